"""Random edits that only take evidence away, as a refusal, an outage or a mask would.

None of them states anything new. Whatever was not proven before cannot be proven after.
"""

import json
import random
from typing import Any

import yaml

from tests.mutation.random_draft import Draft, Record
from tests.mutation.random_edits import Edit, a_content, a_record, an_object, label, record_of
from tests.mutation.random_values import as_json, as_yaml, at, changed, places

MASK = "KEB-REDACTED-r1"
_NAMES = ("name", "namespace", "nodeName", "serviceAccount", "serviceAccountName")
_REFUSED = ("denied", "loop", "error", "timeout", "truncated", "unsupported", "excluded")
_OF_CONTENT = ("blob", "sha256", "redactions", "bytes_read")
_WRONG: tuple[dict[str, Any], ...] = (
    {"status": "fine"}, {"status": None}, {"seq": "1"}, {"stat": []}, {"pid": "one"},
    {"target": 5}, {"kind": "file "}, {"blob": "../b1"}, {"acl": "no"}, {"api": 1}, {"via": {}},
)  # fmt: skip


def refuse_record(draft: Draft, rng: random.Random) -> str:
    """Nothing of it could be read."""
    index = a_record(draft, rng)
    if index is None:
        return ""
    status = rng.choice(_REFUSED)
    gone = dict.fromkeys((*_OF_CONTENT, "stat", "scan", "entries", "link"), ...)
    draft.put(index, status=status, **gone)
    _count_nothing(draft, index)
    return f"{status}: {label(record_of(draft, index))}"


def _count_nothing(draft: Draft, index: int) -> None:
    facts = record_of(draft, index).get("api")
    if isinstance(facts, dict):
        draft.put(index, api={**facts, "items": None, "complete": False, "http_code": 403})


def refuse_content(draft: Draft, rng: random.Random) -> str:
    """The facts about a file are known, its content is not."""
    rows = [n for n, one in draft.rows() if one.get("stat") and one.get("blob")]
    if not rows:
        return ""
    index = rng.choice(rows)
    draft.put(index, status=rng.choice(_REFUSED), **dict.fromkeys(_OF_CONTENT, ...))
    return f"content refused: {label(record_of(draft, index))}"


def lose_record(draft: Draft, rng: random.Random) -> str:
    """The collector was stopped before it, or right after some of it."""
    index = a_record(draft, rng)
    if index is None:
        return ""
    if rng.random() < 0.1:
        said = f"stopped after line {index}"
        del draft.records[index:]
        return said
    said = f"not run: {label(record_of(draft, index))}"
    del draft.records[index]
    return said


def spoil_record(draft: Draft, rng: random.Random) -> str:
    """The record does not fit the format any more."""
    index = a_record(draft, rng)
    if index is None:
        return ""
    wrong = rng.choice(_WRONG)
    draft.put(index, **wrong)
    return f"record with {wrong}: {label(record_of(draft, index))}"


def forget_probe(draft: Draft, rng: random.Random) -> str:
    """It was neither planned nor run."""
    index = a_record(draft, rng)
    if index is None:
        return ""
    record = record_of(draft, index)
    del draft.records[index]
    draft.plan[:] = [
        one for one in draft.plan if not isinstance(one, dict) or one["seq"] != record["seq"]
    ]
    return f"never planned: {label(record)}"


def cut_content(draft: Draft, rng: random.Random) -> str:
    record = a_content(draft, rng)
    if record is None:
        return ""
    data = draft.blobs[record["blob"]]
    draft.blobs[record["blob"]] = data[: rng.randrange(len(data) + 1)]
    for index, one in draft.rows():
        if one.get("blob") == record["blob"]:
            draft.put(index, truncated=True, **rng.choice(({}, {"status": "truncated"})))
    return f"cut short: {label(record)}"


def spoil_content(draft: Draft, rng: random.Random) -> str:
    """What is left of the content is no text at all."""
    record = a_content(draft, rng)
    if record is None or str(record["id"]).startswith("proc/"):
        return ""  # of a process, any bytes are arguments
    draft.blobs[record["blob"]] = rng.choice((b"\xff\xfe\xfa\xfb", b"\xc3(", b"{\xff"))
    return f"no text: {label(record)}"


def mask_argument(draft: Draft, rng: random.Random) -> str:
    record = a_content(draft, rng, of=("proc/cmdline",))
    if record is None:
        return ""
    argv = draft.blobs[record["blob"]].rstrip(b"\0").split(b"\0")
    places_ = [n for n, word in enumerate(argv) if b"=" in word]
    if not places_:
        return ""
    index = rng.choice(places_)
    name = argv[index].partition(b"=")[0]
    argv[index] = name + b"=" + MASK.encode()
    draft.blobs[record["blob"]] = b"".join(word + b"\0" for word in argv)
    return f"masked {name!r}: {label(record)}"


def mask_in_file(draft: Draft, rng: random.Random) -> str:
    record = a_content(draft, rng, of=("file/",))
    if record is None:
        return ""
    try:
        value = yaml.safe_load(draft.blobs[record["blob"]])
    except (yaml.YAMLError, UnicodeDecodeError):
        return ""
    masked = _masked(value, rng)
    if masked is None:
        return ""
    draft.blobs[record["blob"]] = as_yaml(masked[0])
    return f"masked {masked[1]}: {label(record)}"


def mask_in_object(draft: Draft, rng: random.Random) -> str:
    found = an_object(draft, rng)
    if found is None:
        return ""
    lines = draft.blobs[record_of(draft, found[0])["blob"]].splitlines()
    try:
        masked = _masked(json.loads(lines[found[1]]), rng)
    except ValueError:  # what an earlier edit cut or spoiled
        return ""
    if masked is None:
        return ""
    lines[found[1]] = as_json(masked[0])
    draft.blobs[record_of(draft, found[0])["blob"]] = b"".join(line + b"\n" for line in lines)
    return f"masked line {found[1] + 1} {masked[1]}: {label(record_of(draft, found[0]))}"


def _masked(value: Any, rng: random.Random) -> tuple[Any, tuple[Any, ...]] | None:
    """Mask one scalar; metadata and names are never masked by a collector."""
    scalars = [
        path
        for path in places(value)
        if path
        and path[0] != "metadata"
        and path[-1] not in _NAMES
        and not isinstance(at(value, path), dict | list)
    ]
    if not scalars:
        return None
    path = rng.choice(scalars)
    return changed(value, path, lambda _: MASK), path


def spoil_object(draft: Draft, rng: random.Random) -> str:
    """One object of a list cannot be read."""
    found = an_object(draft, rng)
    if found is None:
        return ""
    record = record_of(draft, found[0])
    lines = draft.blobs[record["blob"]].splitlines()
    lines[found[1]] = rng.choice((b"{", b"null", b"[]", b'{"metadata": 5}', b'"x"', b"\xff", b""))
    draft.blobs[record["blob"]] = b"".join(line + b"\n" for line in lines)
    return f"no object on line {found[1] + 1}: {label(record)}"


def shorten_list(draft: Draft, rng: random.Random) -> str:
    """A list was not read to its end, and the record says so."""
    rows = [n for n, one in draft.rows() if isinstance(one.get("api"), dict) and draft.holds(one)]
    if not rows:
        return ""
    index = rng.choice(rows)
    record = record_of(draft, index)
    lines = draft.blobs[record["blob"]].splitlines(keepends=True)
    kept = lines[: rng.randrange(len(lines) + 1)]
    draft.blobs[record["blob"]] = b"".join(kept)
    facts: Record = {**record["api"], "complete": False, "items": len(kept)}
    draft.put(index, api=facts, status=rng.choice(("truncated", "ok")))
    return f"list not read to its end: {label(record)}"


HIDES: tuple[Edit, ...] = (
    refuse_record, refuse_record, refuse_content, lose_record, spoil_record, forget_probe,
    cut_content, spoil_content, mask_argument, mask_argument, mask_in_file, mask_in_file,
    mask_in_object, spoil_object, shorten_list,
)  # fmt: skip
