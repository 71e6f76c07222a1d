"""A real bundle taken apart, so that it can be changed in one place and sealed again."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analyzer.bundle.archive import Archive, read_archive
from analyzer.bundle.reader import check_archive
from analyzer.model.bundle import Bundle, BundleKind

Record = dict[str, Any]
PREFIX = "bundle/"
_WHOLE = ("api/discovery", "api/namespaces")
_PARTS = ("plan.ndjson", "probes.ndjson", "redactions.ndjson", "manifest.json", "SHA256SUMS")


@dataclass(slots=True, kw_only=True)
class Draft:
    """The parts of one bundle; an edit puts new values in, and never changes one in place.

    Attributes:
        plan, records, redactions: Lines; bytes stand for a line as it is.
        blobs: Every other member, by name below ``bundle/``.
        manifest: Replaced as a whole, or bytes for text that is no document.
        loose: Seals that are to be left as they were: ``digests``, ``counts``, ``sums``.
    """

    name: str
    plan: list[Record | bytes]
    records: list[Record | bytes]
    redactions: list[Record | bytes]
    blobs: dict[str, bytes]
    manifest: Record | bytes
    sums: bytes
    loose: set[str] = field(default_factory=set)

    @property
    def is_api(self) -> bool:
        """Tell which kind of bundle it is, by what it holds and not by what it says."""
        return "api.py" in "".join(self.blobs)

    def copy(self) -> "Draft":
        """Return a draft that can be edited without touching this one."""
        return Draft(
            name=self.name,
            plan=list(self.plan),
            records=list(self.records),
            redactions=list(self.redactions),
            blobs=dict(self.blobs),
            manifest=self.manifest,
            sums=self.sums,
            loose=set(self.loose),
        )

    def rows(self) -> list[tuple[int, Record]]:
        """Return the records that are still objects, with their index."""
        return [(n, one) for n, one in enumerate(self.records) if isinstance(one, dict)]

    def holds(self, record: Record) -> bool:
        """Tell whether a record names a member that is there."""
        blob = record.get("blob")
        return isinstance(blob, str) and blob in self.blobs

    def put(self, index: int, **changes: Any) -> None:
        """Replace fields of one record; ``...`` takes a field out."""
        record = self.records[index]
        assert isinstance(record, dict)
        changed = {**record, **changes}
        self.records[index] = {k: v for k, v in changed.items() if v is not ...}


def draft_of(path: Path) -> Draft:
    """Take a bundle file apart."""
    archive = read_archive(path)
    members = {name.removeprefix(PREFIX): data for name, data in archive.members.items()}
    return Draft(
        name=path.name,
        plan=_lines(members["plan.ndjson"]),
        records=_lines(members["probes.ndjson"]),
        redactions=_lines(members["redactions.ndjson"]),
        blobs={name: data for name, data in members.items() if name not in _PARTS},
        manifest=json.loads(members["manifest.json"]),
        sums=members["SHA256SUMS"],
    )


def sealed_members(draft: Draft) -> dict[str, bytes]:
    """Put the parts together again, every hash and count as it has to be."""
    records = [_digested(one, draft) for one in draft.records]
    made = {
        "FORMAT": draft.blobs["FORMAT"],
        "plan.ndjson": _ndjson(draft.plan),
        "probes.ndjson": _ndjson(records),
        **draft.blobs,
        "redactions.ndjson": _ndjson(draft.redactions),
        "manifest.json": _manifest(draft, records),
    }
    sums = draft.sums if "sums" in draft.loose else _sums(made)
    return {**{PREFIX + name: data for name, data in made.items()}, PREFIX + "SHA256SUMS": sums}


def sealed(draft: Draft) -> Bundle:
    """Read a draft as the bundle that it now is.

    Raises:
        BundleRefusedError: It is none any more.
    """
    members = sealed_members(draft)
    whole = hashlib.sha256(b"".join(members.values())).hexdigest()
    size = sum(map(len, members.values()))
    return check_archive(
        Archive(name=draft.name, sha256=whole, size=size, members=MappingProxyType(members))
    )


def trimmed(draft: Draft, *, keep: int) -> Draft:
    """Return an API bundle with the first and last few objects of each list.

    Namespaces stay, since others live in them, and so does the role that no server lacks.
    """
    small = draft.copy()
    for index, record in small.rows():
        blob, facts = record.get("blob"), record.get("api") or {}
        if blob is None or facts.get("items") is None or record["id"] in _WHOLE:
            continue
        lines = small.blobs[blob].splitlines(keepends=True)
        if len(lines) > 2 * keep:
            always = [one for one in lines[keep:-keep] if b'"name":"cluster-admin"' in one]
            lines = [*lines[:keep], *always, *lines[-keep:]]
        small.blobs[blob] = b"".join(lines)
        small.put(index, api={**facts, "items": len(lines)})
    return small


def kind_of(bundle: Bundle) -> str:
    """Return ``api`` or the name of the node."""
    return "api" if bundle.kind is BundleKind.API else bundle.subject


def _lines(data: bytes) -> list[Record | bytes]:
    return [json.loads(line) for line in data.splitlines()]


def _ndjson(lines: Iterable[Record | bytes]) -> bytes:
    texts = (one if isinstance(one, bytes) else _json(one) for one in lines)
    return b"".join(text + b"\n" for text in texts)


def _json(value: Record) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode("ascii")


def _digested(record: Record | bytes, draft: Draft) -> Record | bytes:
    if isinstance(record, bytes) or "digests" in draft.loose:
        return record
    data = draft.blobs.get(blob) if isinstance(blob := record.get("blob"), str) else None
    if data is None:
        return record
    return {**record, "sha256": hashlib.sha256(data).hexdigest()}


def _manifest(draft: Draft, records: list[Record | bytes]) -> bytes:
    if isinstance(draft.manifest, bytes):
        return draft.manifest
    if "counts" in draft.loose:
        return _json(draft.manifest)
    return _json({**draft.manifest, "counts": _counts(draft, records)})


def _counts(draft: Draft, records: list[Record | bytes]) -> Mapping[str, Any]:
    stated = Counter(
        str(one.get("status")) if isinstance(one, dict) else "invalid" for one in records
    )
    return {"planned": len(draft.plan), "run": len(records), "by_status": dict(stated)}


def _sums(made: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in sorted(made))
    return "".join(lines).encode("ascii")
