"""Bundles made byte by byte, sound or broken in one chosen place."""

import copy
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

BLOCK = 512
END = bytes(2 * BLOCK)
FORMAT = b"k8s-evidence-bundle 1.0\n"

MANIFEST: dict[str, Any] = {
    "format": {"name": "k8s-evidence-bundle", "major": 1, "minor": 0, "min_reader_minor": 0},
    "bundle_id": "0123456789abcdef0123456789abcdef",
    "kind": "node",
    "collector": {"name": "node.sh", "version": "0.1.0", "sha256": None, "shell": "dash"},
    "profile": {"id": "node", "version": 1},
    "subject": {"node_name": "cp-1", "hostname": "cp-1", "euid": 0},
    "cluster": {"uid": None, "git_version": None, "ca_sha256": None},
    "time": {"started": "2026-11-22T03:00:00Z", "finished": "2026-11-22T03:00:09Z", "tz": "UTC"},
    "tools": {},
    "limits": {"file_cap": 1048576, "probe_timeout": 10},
    "counts": {},
    "complete": True,
    "case": {"case_no": None, "operator": None, "notes": None},
    "redaction": {"policy_id": "1", "count": 0},
}
STAT = {"type": "file", "mode": "0600", "uid": 0, "gid": 0, "size": 5, "mtime": 1, "nlink": 1}


def header(
    name: str | bytes,
    size: int = 0,
    *,
    kind: bytes = b"0",
    magic: bytes = b"ustar\x0000",
    size_field: bytes | None = None,
    prefix: bytes = b"",
    checksum: int | None = None,
) -> bytes:
    """Return one header block; every part can be forged."""
    raw = name.encode("latin-1") if isinstance(name, str) else name
    block = bytearray(BLOCK)
    block[: len(raw[:100])] = raw[:100]
    block[100:108] = b"0000600\x00"
    block[108:116] = block[116:124] = b"0000000\x00"
    block[124:136] = size_field if size_field is not None else b"%011o\x00" % size
    block[136:148] = b"00000000000\x00"
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[257:265] = magic
    block[345 : 345 + len(prefix)] = prefix
    total = sum(block) if checksum is None else checksum
    block[148:156] = b"%06o\x00 " % total
    return bytes(block)


def entry(name: str | bytes, data: bytes = b"", **forged: Any) -> bytes:
    """Return a header with its content, padded to whole blocks."""
    return header(name, len(data), **forged) + data + bytes(-len(data) % BLOCK)


def tar(entries: Iterable[bytes], end: bytes = END) -> bytes:
    return b"".join(entries) + end


def ndjson(values: Iterable[Any]) -> bytes:
    """Return one line a value; bytes stand for a line as it is."""
    lines = (v if isinstance(v, bytes) else json.dumps(v).encode() for v in values)
    return b"".join(line + b"\n" for line in lines)


def probe(seq: int, probe_id: str, target: str, status: str = "ok", **more: Any) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": probe_id,
        "kind": probe_id.split("/", 1)[0],
        "target": target,
        "via": "candidate",
        "status": status,
        "detail": "",
        **more,
    }


def plan_line(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("seq", "id", "kind", "target", "via")}


def manifest(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(MANIFEST), **changes}


def api_manifest(**changes: Any) -> dict[str, Any]:
    cluster = {"uid": "uid-1", "git_version": "v1.36.2", "ca_sha256": None}
    return manifest(kind="api", subject={}, cluster=cluster, **changes)


def members(
    records: Iterable[Mapping[str, Any]] = (),
    *,
    blobs: Mapping[str, bytes] | None = None,
    plan: Iterable[Any] | None = None,
    probes: Iterable[Any] | None = None,
    redactions: Iterable[Any] = (),
    manifest_value: Mapping[str, Any] | None = None,
    changes: Mapping[str, bytes | None] | None = None,
) -> dict[str, bytes]:
    """Return sealed members; ``changes`` replaces, adds or (None) drops before sealing.

    Records that name a blob get its SHA-256.
    """
    blobs = blobs or {}
    sealed = [_with_digest(record, blobs) for record in records]
    made: dict[str, bytes] = {
        "FORMAT": FORMAT,
        "plan.ndjson": ndjson(plan if plan is not None else map(plan_line, sealed)),
        "probes.ndjson": ndjson(probes if probes is not None else sealed),
        **blobs,
        "redactions.ndjson": ndjson(redactions),
        "log.txt": b"",
        "manifest.json": json.dumps(manifest_value or MANIFEST).encode(),
    }
    for name, data in (changes or {}).items():
        if data is None:
            made.pop(name)
        else:
            made[name] = data
    return {**made, "SHA256SUMS": sums(made)}


def _with_digest(record: Mapping[str, Any], blobs: Mapping[str, bytes]) -> dict[str, Any]:
    blob = record.get("blob")
    if blob is None or "sha256" in record or blob not in blobs:
        return dict(record)
    return {**record, "sha256": hashlib.sha256(blobs[blob]).hexdigest()}


def sums(made: Mapping[str, bytes]) -> bytes:
    return b"".join(
        f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n".encode() for name in sorted(made)
    )


def pack(made: Mapping[str, bytes]) -> bytes:
    """Return a plain tar of members named relative to bundle/."""
    return tar(entry(f"bundle/{name}", data) for name, data in made.items())


def write(folder: Path, data: bytes, name: str = "b.tar") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def squeeze(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
