"""Take single pieces of evidence out of a finished node bundle, and seal it again.

A piece is a path (or ``/proc/PID/cmdline``): every record of it is treated alike, since a
collector that may not read a file may not read it under another role either.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.hostile.builder import ndjson, sums

Members = dict[str, bytes]
Record = dict[str, Any]
MARK = "KEB-REDACTED-r9"
_SCALAR = re.compile(r"(?m)(^\s*(?:- )?[\w./-]+:|^\s*-)[ \t]+(?![\[{]\s*$)(\S.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide:
    """One piece of evidence, and how it is hidden.

    Attributes:
        subject: The node's name, or ``api``.
        target: The path asked for; of the API the name of the list.
        how: One of the ways below; of the API one of ``API_HIDES``.
    """

    subject: str
    target: str
    how: str


BUNDLE_MISSING = "bundle-missing"
RECORD_WAYS = ("denied", "error", "timeout", "loop", "not-run", "forgotten", "misfit")
"""How any record can be lost: refused, failed, too slow, links without end, the run cut short,
an older collector that never looked, a record that does not fit the schema."""
FACT_WAYS = (*RECORD_WAYS, "absent")
CONTENT_WAYS = ("denied", "error", "timeout", "not-run", "forgotten", "misfit", "absent",
                "truncated", "malformed", "redacted", "facts-only")  # fmt: skip
PROCESS_WAYS = ("denied", "error", "timeout", "not-run", "misfit", "truncated", "redacted",
                "process-gone", "process-hidden")  # fmt: skip
FOLDER_WAYS = (*RECORD_WAYS, "entry-lost")
MAYBE_WITHOUT_EFFECT = ("entry-lost", "redacted")
"""Ways for which there may be nothing to do: an empty folder, a text without values."""


def hidden(made: Members, hides: tuple[Hide, ...]) -> Members:
    """Return the members with pieces hidden, sealed anew."""
    for one in hides:
        made = _WAYS.get(one.how, _status)(made, one)
    return {**made, "SHA256SUMS": sums({n: d for n, d in made.items() if n != "SHA256SUMS"})}


def _lines(data: bytes) -> list[Record]:
    return [json.loads(line) for line in data.splitlines()]


def _each(made: Members, target: str, change: Callable[[Record], Record | None]) -> Members:
    """Change every record of a target (None drops it); contents nobody names go too."""
    changed = []
    for record in _lines(made["probes.ndjson"]):
        kept = change(record) if record["target"] == target else record
        if kept is not None:
            changed.append(kept)
    named = {record.get("blob") for record in changed}
    left = {n: d for n, d in made.items() if not n.startswith("blobs/") or n in named}
    return {**left, "probes.ndjson": ndjson(changed)}


def _bare(record: Record) -> Record:
    gone = ("blob", "sha256", "stat", "link", "acl", "resolved", "entries")
    return {key: value for key, value in record.items() if key not in gone}


def _status(made: Members, hide: Hide) -> Members:
    status = {"facts-only": "ok"}.get(hide.how, hide.how)
    return _each(made, hide.target, lambda record: {**_bare(record), "status": status})


def _facts_only(made: Members, hide: Hide) -> Members:
    return _each(made, hide.target, _without_content)


def _without_content(record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in ("blob", "sha256")}


def _not_run(made: Members, hide: Hide) -> Members:
    return _each(made, hide.target, lambda _: None)


def _forgotten(made: Members, hide: Hide) -> Members:
    planned = [line for line in _lines(made["plan.ndjson"]) if line["target"] != hide.target]
    return {**_not_run(made, hide), "plan.ndjson": ndjson(planned)}


def _misfit(made: Members, hide: Hide) -> Members:
    return _each(made, hide.target, lambda record: {**record, "detail": 5})


def _truncated(made: Members, hide: Hide) -> Members:
    """Cut the content in half, as the cap on its size would; the record says so."""
    cut = _contents(made, hide, lambda data: data[: len(data) // 2])
    return _each(
        cut, hide.target, lambda record: {**record, "status": "truncated", "truncated": True}
    )


def _malformed(made: Members, hide: Hide) -> Members:
    return _contents(made, hide, lambda data: b"\t{[" + data[: len(data) // 2])


def _redacted(made: Members, hide: Hide) -> Members:
    return _contents(made, hide, _masked)


def _masked(data: bytes) -> bytes:
    """Mask every value, as a collector does with what its allow-list does not name."""
    text = data.decode()
    if "\0" in text:
        words = [re.sub(r"=.*", f"={MARK}", word) for word in text.split("\0")]
        return "\0".join(words).encode()
    return _SCALAR.sub(rf"\1 {MARK}", text).encode()


def _contents(made: Members, hide: Hide, change: Callable[[bytes], bytes]) -> Members:
    contents: dict[str, bytes] = {}

    def changed(record: Record) -> Record:
        blob = record.get("blob")
        if blob is None:
            return record
        contents[blob] = change(made[blob])
        return {**record, "sha256": hashlib.sha256(contents[blob]).hexdigest()}

    done = _each(made, hide.target, changed)
    return {**done, **contents}


def _process_gone(made: Members, hide: Hide) -> Members:
    """Take every record of the process away, and the walk matched one less."""
    return _scan(_without_process(made, hide.target), unreadable=0)


def _process_hidden(made: Members, hide: Hide) -> Members:
    """Do the same, and the walk could not read one process."""
    return _scan(_without_process(made, hide.target), unreadable=1)


def _without_process(made: Members, target: str) -> Members:
    folder = target.rpartition("/")[0]
    for name in ("cmdline", "environ", "status"):
        made = _forgotten(made, Hide(subject="", target=f"{folder}/{name}", how=""))
    return made


def _scan(made: Members, *, unreadable: int) -> Members:
    def changed(record: Record) -> Record:
        scan = {**record["scan"], "unreadable": unreadable}
        scan["matched"] -= 1
        status = "denied" if unreadable else "ok"
        return {**record, "status": status, "scan": scan}

    return _each(made, "/proc", changed)


def _entry_lost(made: Members, hide: Hide) -> Members:
    """Lose the first file of a folder, plan and record: only the count of entries tells."""
    below = (
        line["target"]
        for line in _lines(made["plan.ndjson"])
        if line["target"].rpartition("/")[0] == hide.target and line["via"].startswith("walk")
    )
    lost = next(below, None)
    if lost is None:
        return made
    return _forgotten(made, Hide(subject="", target=lost, how=""))


_WAYS: Mapping[str, Callable[[Members, Hide], Members]] = MappingProxyType(
    {
        "entry-lost": _entry_lost,
        "facts-only": _facts_only,
        "forgotten": _forgotten,
        "malformed": _malformed,
        "misfit": _misfit,
        "not-run": _not_run,
        "process-gone": _process_gone,
        "process-hidden": _process_hidden,
        "redacted": _redacted,
        "truncated": _truncated,
    }
)
