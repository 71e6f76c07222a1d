"""One 512-byte tar header, read without trust."""

import re
from dataclasses import dataclass

from analyzer.bundle.limits import Limits
from analyzer.bundle.refusal import ADVICE_COPY, ADVICE_FOREIGN, ADVICE_HOSTILE, refuse, shown

BLOCK = 512
_MAGICS = (b"ustar\x0000", b"ustar  \x00")
_REGULAR = (b"0", b"\x00")
_KINDS = {
    b"1": "hard link",
    b"2": "symbolic link",
    b"3": "character device",
    b"4": "block device",
    b"5": "directory",
    b"6": "named pipe",
    b"7": "contiguous file",
    b"g": "pax global header",
    b"x": "pax header",
    b"L": "GNU long name",
    b"K": "GNU long link",
    b"S": "sparse file",
    b"M": "continued volume",
    b"V": "volume label",
    b"D": "GNU directory listing",
}
_OCTAL = re.compile(rb" *([0-7]{1,12})[ \x00]*\Z")
_NAME = re.compile(r"bundle(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header says about its member: a safe name, and a size in bytes."""

    name: str
    size: int


def parse_header(block: bytes, *, where: str, limits: Limits) -> Header:
    """Read one header block.

    Args:
        block: Exactly 512 bytes, not all of them zero.
        where: The archive, for messages.
        limits: Bounds of name and size.

    Raises:
        BundleRefusedError: Not a plain regular file with a safe name and size.
    """
    if block[257:265] not in _MAGICS:
        raise refuse(where, "not a tar archive in ustar or GNU form", ADVICE_FOREIGN)
    _check_sum(block, where=where)
    raw = block[:100].split(b"\x00", 1)[0]
    label = shown(raw.decode("latin-1"))
    kind = block[156:157]
    if kind not in _REGULAR:
        what = _KINDS.get(kind, f"member of type {kind!r}")
        raise refuse(where, f"{what} in the archive: {label}", ADVICE_HOSTILE)
    if any(block[345:500]):
        raise refuse(where, f"name of more than 100 bytes: {label}", ADVICE_HOSTILE)
    name = _safe_name(raw, where=where, limits=limits)
    size = _octal(block[124:136])
    if size is None:
        raise refuse(where, f"size of {name} is not an octal number", ADVICE_HOSTILE)
    return Header(name=name, size=size)


def _octal(field: bytes) -> int | None:
    """Read an octal field; base-256 sizes are for members far beyond any limit."""
    found = _OCTAL.match(field)
    return int(found[1], 8) if found else None


def _check_sum(block: bytes, *, where: str) -> None:
    expected = _octal(block[148:156])
    actual = sum(block[:148]) + sum(block[156:]) + 8 * ord(" ")
    if expected != actual:
        raise refuse(where, "checksum of a tar header is wrong", ADVICE_COPY)


def _safe_name(raw: bytes, *, where: str, limits: Limits) -> str:
    name = raw.decode("latin-1")
    label = shown(name)
    problem = _name_problem(name, limits)
    if problem:
        raise refuse(where, f"{problem}: {label}", ADVICE_HOSTILE)
    return name


def _name_problem(name: str, limits: Limits) -> str | None:
    """Say what is wrong with a member's name, most telling reason first."""
    tests = (
        (not name, "empty member name"),
        (len(name) > limits.name_length, f"name of more than {limits.name_length} bytes"),
        (any(ord(c) < 0x20 or ord(c) == 0x7F for c in name), "control byte in a member name"),
        ("\\" in name, "backslash in a member name"),
        (name.startswith("/"), "absolute member name"),
        (".." in name.split("/"), "member name with '..'"),
        (name.endswith("/"), "directory in the archive"),
        (not _NAME.fullmatch(name), "member outside bundle/ or with an unusual name"),
    )
    return next((problem for wrong, problem in tests if wrong), None)
