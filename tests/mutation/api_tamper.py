"""Changes of a finished API bundle: what only a defect, a forger or another tool would write."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.hostile.builder import ndjson, sums
from tests.mutation.api_paths import replaced
from tests.mutation.api_value import Json, Tamper, full_name

Members = dict[str, bytes]
MARK = "KEB-REDACTED-"


def tampered(made: Members, tampers: tuple[Tamper, ...]) -> Members:
    """Return the members after every change; the seal is yet to be put on."""
    for one in tampers:
        made = _WAYS[one.how](made, one)
    return made


def seal(made: Members) -> Members:
    """Bring the counts into agreement with the records, and sign for every member."""
    probes = _lines(made["probes.ndjson"])
    manifest = json.loads(made["manifest.json"])
    manifest["counts"] = {
        "planned": len(_lines(made["plan.ndjson"])),
        "run": len(probes),
        "by_status": dict(Counter(one["status"] for one in probes)),
    }
    manifest["redaction"]["count"] = len(_lines(made["redactions.ndjson"]))
    unsigned = {name: data for name, data in made.items() if name != "SHA256SUMS"}
    sealed = {**unsigned, "manifest.json": json.dumps(manifest).encode()}
    return {**sealed, "SHA256SUMS": sums(sealed)}


def _lines(data: bytes) -> list[Json]:
    return [json.loads(line) for line in data.splitlines()]


def _probe(made: Members, resource: str) -> Json:
    (found,) = (one for one in _lines(made["probes.ndjson"]) if one["id"] == f"api/{resource}")
    return found


def _with_blob(made: Members, record: Json, data: bytes) -> Members:
    """Return the members with another content of one record, its digest set right."""
    digest = hashlib.sha256(data).hexdigest()
    probes = [
        {**one, "sha256": digest} if one["seq"] == record["seq"] else one
        for one in _lines(made["probes.ndjson"])
    ]
    return {**made, record["blob"]: data, "probes.ndjson": ndjson(probes)}


def _not_run(made: Members, tamper: Tamper) -> Members:
    record = _probe(made, tamper.resource)
    probes = [one for one in _lines(made["probes.ndjson"]) if one["seq"] != record["seq"]]
    redactions = [one for one in _lines(made["redactions.ndjson"]) if one["seq"] != record["seq"]]
    kept = {name: data for name, data in made.items() if name != record.get("blob")}
    documents = {"probes.ndjson": ndjson(probes), "redactions.ndjson": ndjson(redactions)}
    return {**kept, **documents}


def _line(made: Members, tamper: Tamper) -> Members:
    """Put another line where an object stood: the first one unless it is named, or a new one."""
    record = _probe(made, tamper.resource)
    lines = made[record["blob"]].splitlines(keepends=True) or [b""]
    lines[_at(lines, tamper.name)] = tamper.text.encode() + b"\n"
    return _with_blob(made, record, b"".join(lines))


def _malformed(made: Members, tamper: Tamper) -> Members:
    """Take the first object's name, so that it is no object of any kind."""
    return _line(made, Tamper(how="line", resource=tamper.resource, text='{"metadata":[]}'))


def _mask(made: Members, tamper: Tamper) -> Members:
    record = _probe(made, tamper.resource)
    lines = made[record["blob"]].splitlines(keepends=True)
    at = _at(lines, tamper.name)
    mark, redactions = _redact(made, record, at + 1, tamper.path)
    value = replaced(json.loads(lines[at]), tamper.path, mark)
    lines[at] = json.dumps(value).encode() + b"\n"
    changed = _with_blob(made, record, b"".join(lines))
    return {**changed, "redactions.ndjson": redactions}


def _redacted(made: Members, tamper: Tamper) -> Members:
    """Mask everything of every object of a list but its name; of other lines, the first one's."""
    record = _probe(made, tamper.resource)
    for line in _lines(made[record["blob"]]):
        if "metadata" not in line:
            return _masked_first(made, tamper.resource, line)
        for field in sorted(set(line) - {"apiVersion", "kind", "metadata"}):
            one = Tamper(
                how="mask", resource=tamper.resource, name=full_name(line), path=f"/{field}"
            )
            made = _mask(made, one)
        if line["metadata"].get("labels"):
            name = full_name(line)
            labels = Tamper(
                how="mask", resource=tamper.resource, name=name, path="/metadata/labels"
            )
            made = _mask(made, labels)
    return made


def _masked_first(made: Members, resource: str, line: Mapping[str, Any]) -> Members:
    for field in sorted(line):
        made = _mask(made, Tamper(how="mask", resource=resource, name="", path=f"/{field}"))
    return made


def _at(lines: list[bytes], name: str) -> int:
    if not name:
        return 0
    (found,) = (i for i, line in enumerate(lines) if full_name(json.loads(line)) == name)
    return found


def _redact(made: Members, record: Json, line: int, pointer: str) -> tuple[str, bytes]:
    """Return the mark of a new redaction, and the document that lists it."""
    known = made["redactions.ndjson"]
    identifier = f"r{len(known.splitlines()) + 1}"
    entry: dict[str, Any] = {
        "id": identifier,
        "rule": "random-text",
        "seq": record["seq"],
        "member": record["blob"],
        "line": line,
        "pointer": pointer,
        "kind": "value",
        "method": "mask",
        "length_class": "9-32",
    }
    return MARK + identifier, known + ndjson([entry])


_WAYS: Mapping[str, Callable[[Members, Tamper], Members]] = MappingProxyType(
    {
        "line": _line,
        "malformed": _malformed,
        "mask": _mask,
        "not-run": _not_run,
        "redacted": _redacted,
    }
)
