"""The lines of a bundle's plan, probe records and redactions, checked by type.

schemas/{plan,probe,redaction}.v1.schema.json are the published description; a test holds
the two together. The types are here because a large cluster has a million lines, which
a schema validator written in Python cannot walk in reasonable time.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from analyzer.model.errors import EvidenceFormatError

_LARGEST = 2**53
_Seq = Annotated[int, Meta(ge=1, le=10_000_000)]
_Count = Annotated[int, Meta(ge=0, le=_LARGEST)]
_Owner = Annotated[int, Meta(ge=0, le=2**32 - 1)]
_Id = Annotated[
    str, Meta(pattern="^(host|proc|file|dir|api)/[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=320)
]
_Kind = Literal["proc", "file", "dir", "host", "api"]
_Path = Annotated[str, Meta(max_length=65_536)]
_Time = Annotated[str, Meta(max_length=20)]
_Word = Annotated[str, Meta(max_length=100)]
_Short = Annotated[str, Meta(max_length=200)]
_Name = Annotated[str, Meta(max_length=320)]
_Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
_Blob = Annotated[str, Meta(pattern=r"^(blobs/b[0-9]+|api/p[0-9]+\.ndjson)$", max_length=93)]


class PlanLine(Struct, frozen=True, kw_only=True):
    """One intended probe."""

    seq: _Seq
    id: _Id
    kind: _Kind
    target: _Path
    via: _Path | None = None


class RedactionLine(Struct, frozen=True, kw_only=True):
    """One value that was taken out."""

    id: Annotated[str, Meta(pattern="^r[0-9]+$", max_length=20)]
    rule: Annotated[str, Meta(max_length=200)]
    method: Literal["mask", "drop"]
    seq: _Seq | None = None
    member: _Word | None = None
    line: _Count | None = None
    pointer: _Path | None = None
    kind: Literal["value", "pem", "token", "object"] | None = None
    length_class: Literal["0", "1-8", "9-32", "33-128", "129+"] | None = None


class StatFacts(Struct, frozen=True, kw_only=True):
    """Facts about a path's final target."""

    type: Literal["file", "dir", "fifo", "socket", "block", "char"]
    mode: Annotated[str, Meta(pattern="^0?[0-7]{3,4}$", max_length=5)]
    uid: _Owner
    gid: _Owner
    size: _Count
    mtime: Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)] | None = None
    nlink: _Count | None = None


class LinkFacts(Struct, frozen=True, kw_only=True):
    """The path asked for is itself a link."""

    target: _Path


class ApiFacts(Struct, frozen=True, kw_only=True):
    """How a list was read."""

    resource: _Name | None = None
    group: _Name | None = None
    version: _Name | None = None
    namespaced: bool | None = None
    items: _Count | None = None
    pages: _Count | None = None
    complete: bool | None = None
    resource_version: _Name | None = None
    http_code: Annotated[int, Meta(ge=0, le=999)] | None = None


class ScanFacts(Struct, frozen=True, kw_only=True):
    """How the walk over the processes went."""

    seen: _Count
    unreadable: _Count
    matched: _Count | None = None


class ProcessFacts(Struct, frozen=True, kw_only=True):
    """What a process is, beside its arguments."""

    ppid: _Count | None = None
    start: _Count | None = None
    exe: _Path | None = None
    cwd: _Path | None = None
    mnt_ns: _Count | None = None
    net_ns: _Count | None = None
    own_mounts: bool | None = None
    own_network: bool | None = None
    container_id: _Short | None = None
    pod_uid: _Short | None = None
    sockets: Annotated[list[_Count], Meta(max_length=4_096)] | None = None


class ProbeLine(Struct, frozen=True, kw_only=True):
    """What became of one probe."""

    seq: _Seq
    id: _Id
    kind: _Kind
    target: _Path
    status: Literal[
        "ok",
        "absent",
        "denied",
        "loop",
        "error",
        "timeout",
        "truncated",
        "unsupported",
        "excluded",
    ]
    resolved: _Path | None = None
    via: _Path | None = None
    component: _Word | None = None
    pid: _Count | None = None
    t0: _Time | None = None
    t1: _Time | None = None
    detail: Annotated[str, Meta(max_length=4_096)] | None = None
    stat: StatFacts | None = None
    link: LinkFacts | None = None
    acl: bool | None = None
    truncated: bool | None = None
    bytes_read: _Count | None = None
    blob: _Blob | None = None
    sha256: _Digest | None = None
    redactions: _Count | None = None
    api: ApiFacts | None = None
    scan: ScanFacts | None = None
    entries: _Count | None = None
    process: ProcessFacts | None = None


Line = TypeVar("Line", bound=Struct)


def check_line(value: dict[str, Any], line_type: type[Line]) -> Line:
    """Read one decoded line; fields that the type does not know are left aside.

    Raises:
        EvidenceFormatError: It does not fit; the message names the field, not its content.
    """
    try:
        return msgspec.convert(value, line_type)
    except msgspec.ValidationError as error:
        raise EvidenceFormatError("", _without_content(str(error))) from error


def _without_content(message: str) -> str:
    """Take the refused word out of a message; the place of it stays."""
    if not message.startswith("Invalid enum value"):
        return message
    return f"Unknown word - at {message.rpartition(' - at ')[2]}"
