"""Settings of a systemd unit file or drop-in, as systemd.syntax(7) reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

_COMMENTS = ("#", ";")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSetting:
    """One assignment.

    Attributes:
        value: Text after the first ``=``; empty takes back what was assigned before.
        line: Number of the line it starts on, from 1.
    """

    section: str
    name: str
    value: str
    line: int


def unit_settings(text: str) -> tuple[UnitSetting, ...]:
    """Return every assignment in order; what is none is passed over, as systemd does."""
    section = ""
    found = []
    for line, words in _logical_lines(text):
        if words.startswith("[") and words.endswith("]"):
            section = words[1:-1]
            continue
        name, assigned, value = words.partition("=")
        if assigned:
            found.append(
                UnitSetting(section=section, name=name.strip(), value=value.strip(), line=line)
            )
    return tuple(found)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join lines that a backslash continues; comments do not end a continued line."""
    held: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith(_COMMENTS):
            continue
        start = start if held else number
        if line.endswith("\\"):
            held.append(line[:-1])
            continue
        yield start, " ".join((*held, line)).strip()
        held = []
    if held:
        yield start, " ".join(held).strip()
