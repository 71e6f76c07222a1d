"""Argument vectors as pflag and Go's flag package read them, never as a joined string."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, unique

from analyzer.formats.known_flags import BOOLEAN_FLAGS, VALUE_FLAGS
from analyzer.model.evidence import is_redacted

MASKED_FLAG = ""
"""Name of an argument that was masked whole where only a flag can stand."""


@unique
class Style(Enum):
    """Which library reads the arguments."""

    PFLAG = "pflag"
    GO_FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One flag as written.

    Attributes:
        name: Without dashes, underscores as dashes; MASKED_FLAG for one that was masked whole.
        value: The value; None for a flag written bare.
        index: Place in the argument vector, from 0, of the flag itself.
        text: The argument or arguments as written, for an excerpt.
    """

    name: str
    value: str | None
    index: int
    text: str


def parse_arguments(argv: Iterable[str], *, style: Style = Style.PFLAG) -> tuple[Occurrence, ...]:
    """Read every flag of an argument vector, in order; the first argument is the program.

    Positional arguments are passed over (pflag) or end the flags (Go's flag package). etcd, which
    reads them in the latter way, does not start with any, so a masked word among its flags is one
    (go.etcd.io/etcd server/etcdmain/config.go, parse).
    """
    arguments = tuple(argv)
    found: list[Occurrence] = []
    index = 1
    while index < len(arguments):
        name, value = _split(arguments[index], style)
        if name is None and style is Style.GO_FLAG and is_redacted(arguments[index]):
            name, value = MASKED_FLAG, arguments[index]
        if name is None:
            if arguments[index] == "--" or style is Style.GO_FLAG:
                break
            index += 1
            continue
        used = 1
        if value is None and _takes_next(name, arguments, index):
            value, used = arguments[index + 1], 2
        text = " ".join(arguments[index : index + used])
        found.append(Occurrence(name=name, value=value, index=index, text=text))
        index += used
    return tuple(found)


def values_of(occurrences: Iterable[Occurrence], name: str) -> tuple[Occurrence, ...]:
    """Return every occurrence of one flag, in order."""
    return tuple(occurrence for occurrence in occurrences if occurrence.name == name)


def _split(argument: str, style: Style) -> tuple[str | None, str | None]:
    """Split ``--name=value``; a name of None is no flag."""
    long = argument.startswith("--")
    if not long and not (style is Style.GO_FLAG and argument.startswith("-")):
        return None, None
    body = argument[2:] if long else argument[1:]
    name, equals, value = body.partition("=")
    if not name or name.startswith("-"):
        return None, None
    return name.replace("_", "-"), value if equals else None


def _takes_next(name: str, arguments: tuple[str, ...], index: int) -> bool:
    if name in BOOLEAN_FLAGS or index + 1 >= len(arguments):
        return False
    return name in VALUE_FLAGS or not arguments[index + 1].startswith("-")
