"""Settings of a systemd unit file or drop-in, as systemd.syntax(7) reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENTS = ("#", ";")
_BLANK = " \t\r\n"
"""What systemd takes for white space, which is less than what Python does."""
_LINE_END = re.compile(r"(?:\r\n|\n\r|[\r\n])\0?|\0")
"""A carriage return or a zero byte ends a line too: read_line_full, systemd src/basic/fileio.c."""
_BYTE_ORDER_MARK = "\ufeff"


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
    """Return every assignment in order; what is none is passed over, as systemd does.

    Nothing is read after a section header that does not end: systemd gives up there.
    """
    section = ""
    found = []
    for line, words in _logical_lines(text):
        if words.startswith("["):
            if not words.endswith("]"):
                break
            section = words[1:-1]
            continue
        name, assigned, value = words.partition("=")
        if assigned:
            name, value = name.strip(_BLANK), value.strip(_BLANK)
            found.append(UnitSetting(section=section, name=name, value=value, line=line))
    return tuple(found)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join lines that a backslash continues; comments do not end a continued line."""
    held: list[str] = []
    start = 0
    for number, line in enumerate(_lines(text), 1):
        if line.lstrip(_BLANK).startswith(_COMMENTS):
            continue
        start = start if held else number
        if _continues(line):
            held.append(line[:-1])
            continue
        yield start, " ".join((*held, line)).strip(_BLANK)
        held = []
    if held:
        yield start, " ".join(held).strip(_BLANK)


def _lines(text: str) -> Iterator[str]:
    """Split as systemd does; the first byte order mark that a line begins with is passed over."""
    marked = False
    for line in _LINE_END.split(text):
        yield line.removeprefix(_BYTE_ORDER_MARK) if not marked else line
        marked = marked or line.startswith(_BYTE_ORDER_MARK)


def _continues(line: str) -> bool:
    """Tell whether a line ends in a backslash that no other one escapes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
