"""An archive as a file -> its members in memory, or a refusal.

Only what the bundle format allows is read: regular files in ustar or GNU form, one
after another, then zero blocks. Nothing is written to disk, and a size in a header
is a claim that is checked against limits before it is followed.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from analyzer.bundle.inflate import ByteStream, CountedFile, open_stream
from analyzer.bundle.limits import DEFAULT_LIMITS, Limits
from analyzer.bundle.refusal import (
    ADVICE_COPY,
    ADVICE_FOREIGN,
    ADVICE_HOSTILE,
    ADVICE_LIMIT,
    refuse,
)
from analyzer.bundle.tar_header import BLOCK, Header, parse_header

FIRST_MEMBER = "bundle/FORMAT"
_ZERO_BLOCK = bytes(BLOCK)
_STEP = 1024 * 1024

# O_NONBLOCK: opening a named pipe must reach the regular-file test, not wait for a writer.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The members of one archive.

    Attributes:
        name: File name, without folders.
        sha256: SHA-256 of the file, 64 hex digits.
        size: Bytes of the file.
        members: Bytes by member name, in archive order.
    """

    name: str
    sha256: str
    size: int
    members: Mapping[str, bytes]


def read_archive(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Archive:
    """Read one archive that the user named.

    Raises:
        BundleRefusedError: Not a regular file, not a bundle, damaged, or beyond a limit.
    """
    where = path.name or str(path)
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise refuse(where, f"cannot be opened ({reason})", ADVICE_FOREIGN) from error
    with os.fdopen(descriptor, "rb") as handle:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise refuse(where, "not a regular file", ADVICE_FOREIGN)
        source = CountedFile(handle=handle, where=where, limits=limits)
        try:
            members = _walk(open_stream(source=source, where=where, limits=limits), where, limits)
        except OSError as error:
            raise refuse(where, f"cannot be read ({error.strerror})", ADVICE_COPY) from error
        return Archive(
            name=where,
            sha256=source.sha256(),
            size=source.count,
            members=MappingProxyType(members),
        )


def _walk(stream: ByteStream, where: str, limits: Limits) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    while (block := _exactly(stream, BLOCK, where)) != _ZERO_BLOCK:
        header = parse_header(block, where=where, limits=limits)
        _check_place(header, members, where=where, limits=limits)
        members[header.name] = _content(stream, header.size, where)
    _check_end(stream, where)
    if not members:
        raise refuse(where, "not an evidence bundle: archive is empty", ADVICE_FOREIGN)
    return members


def _check_place(
    header: Header, members: Mapping[str, bytes], *, where: str, limits: Limits
) -> None:
    """Refuse a member that must not stand here, before a byte of it is read."""
    if not members and header.name != FIRST_MEMBER:
        what = f"not an evidence bundle: first member is {header.name}"
        raise refuse(where, what, ADVICE_FOREIGN)
    if header.name in members:
        raise refuse(where, f"duplicate member {header.name}", ADVICE_HOSTILE)
    if len(members) >= limits.members:
        raise refuse(where, f"more than {limits.members} members", ADVICE_LIMIT)
    if header.size > limits.member_size:
        what = f"{header.name} claims more than {limits.member_size} bytes"
        raise refuse(where, what, ADVICE_LIMIT)


def _exactly(stream: ByteStream, size: int, where: str) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise refuse(where, "tar archive is cut short", ADVICE_COPY)
    return data


def _content(stream: ByteStream, size: int, where: str) -> bytes:
    """Read a member in steps, so that memory follows what is there and not what is claimed."""
    parts = []
    left = size
    while left:
        part = _exactly(stream, min(left, _STEP), where)
        parts.append(part)
        left -= len(part)
    if any(_exactly(stream, -size % BLOCK, where)):
        raise refuse(where, "padding after a member is not zero", ADVICE_HOSTILE)
    return b"".join(parts)


def _check_end(stream: ByteStream, where: str) -> None:
    """Demand the second zero block, and nothing but zeros after it."""
    if _exactly(stream, BLOCK, where) != _ZERO_BLOCK:
        raise refuse(where, "a lone zero block inside the archive", ADVICE_HOSTILE)
    while tail := stream.read(_STEP):
        if any(tail):
            raise refuse(where, "data follows the end of the tar archive", ADVICE_HOSTILE)
