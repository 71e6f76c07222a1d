"""What a node says of its processes and users: plain lines and NUL-separated lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_NUMBER_WIDTH = 10  # digits of the largest 32-bit id


def host_text(text: str) -> str:
    """Turn byte text (one code point a byte) back into the text that the host shows.

    Bytes that are not UTF-8 stay visible as hexadecimal escapes; text that is no byte text
    (a code point beyond U+00FF) is left alone.
    """
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    return raw.decode("utf-8", errors="backslashreplace")


def split_arguments(data: bytes, *, cut: bool) -> tuple[str, ...]:
    """Split /proc/PID/cmdline.

    Args:
        data: NUL-separated arguments.
        cut: The data were truncated: a last argument without its NUL may be half of one
            and is left out.
    """
    parts = data.split(b"\x00")
    if cut or not parts[-1]:
        parts = parts[:-1]
    return tuple(part.decode("utf-8", errors="backslashreplace") for part in parts)


def split_environment(data: bytes) -> Mapping[str, str]:
    """Split ``NAME=value`` entries; of a repeated name the first counts, as in getenv."""
    found: dict[str, str] = {}
    for entry in split_arguments(data, cut=False):
        name, sign, value = entry.partition("=")
        if sign and name:
            found.setdefault(name, value)
    return MappingProxyType(found)


def effective_uid(data: bytes) -> int | None:
    """Read the effective user id from /proc/PID/status: real, effective, saved, file system."""
    for line in data.decode("latin-1").splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == "Uid:":
            return _number(words[2])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of users and groups by number, as the host's own files give them."""

    users: Mapping[int, str]
    groups: Mapping[int, str]


NO_NAMES = Names(users=MappingProxyType({}), groups=MappingProxyType({}))


def parse_names(data: bytes) -> Names:
    """Read lines ``u NAME UID`` and ``g NAME GID``; the first name of a number counts.

    Lines of another form say nothing and are passed over: a number without a name shows
    as a number.
    """
    tables: dict[str, dict[int, str]] = {"u": {}, "g": {}}
    for line in data.decode("utf-8", errors="backslashreplace").split("\n"):
        words = line.split(" ")
        number = _number(words[-1])
        if len(words) == 3 and words[0] in tables and words[1] and number is not None:
            tables[words[0]].setdefault(number, words[1])
    return Names(users=MappingProxyType(tables["u"]), groups=MappingProxyType(tables["g"]))


def _number(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= _NUMBER_WIDTH
    return int(text) if plain else None
