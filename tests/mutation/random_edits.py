"""Random edits of one bundle: anything may come of them except an error of ours."""

import json
import random
from collections.abc import Callable

import yaml

from tests.mutation.random_draft import Draft, Record
from tests.mutation.random_values import (
    as_json,
    as_yaml,
    deep,
    flipped,
    jumbled,
    odd,
    twisted,
)

Edit = Callable[[Draft, random.Random], str]
"""Changes the draft and says how; an empty text when there was no place for it."""

STATUSES = ("ok", "absent", "denied", "loop", "error", "timeout", "truncated", "unsupported",
            "excluded", "OK", "", "not_run", "invalid")  # fmt: skip
_DEEPEST = 40


def a_record(draft: Draft, rng: random.Random) -> int | None:
    """Choose a record; those that hold something are chosen far more often."""
    rows = draft.rows()
    full = [n for n, one in rows if one.get("blob") or one.get("stat") or one.get("scan")]
    chosen = full if full and rng.random() < 0.8 else [n for n, _ in rows]
    return rng.choice(chosen) if chosen else None


def record_of(draft: Draft, index: int) -> Record:
    record = draft.records[index]
    assert isinstance(record, dict)
    return record


def label(record: Record) -> str:
    return f"{record.get('id')} {record.get('target')}"[:120]


def change_status(draft: Draft, rng: random.Random) -> str:
    index = a_record(draft, rng)
    if index is None:
        return ""
    status = rng.choice(STATUSES)
    draft.put(index, status=status)
    return f"status {status!r}: {label(record_of(draft, index))}"


def change_field(draft: Draft, rng: random.Random) -> str:
    """Put an odd value anywhere into a record, its plan line changed with it or not."""
    index = a_record(draft, rng)
    if index is None:
        return ""
    before = record_of(draft, index)
    after, how = twisted(before, rng)
    draft.records[index] = after if isinstance(after, dict) else as_json(after)
    if isinstance(after, dict) and rng.random() < 0.5:
        _plan_alike(draft, before, after)
        how += " (planned so)"
    return f"record {how}: {label(before)}"


def _plan_alike(draft: Draft, before: Record, after: Record) -> None:
    for number, line in enumerate(draft.plan):
        if isinstance(line, dict) and line.get("seq") == before.get("seq"):
            draft.plan[number] = {**line, **{k: after[k] for k in line if k in after}}


def disorder_records(draft: Draft, rng: random.Random) -> str:
    """Drop, repeat, swap or shuffle lines of plan or records."""
    lines = draft.records if rng.random() < 0.7 else draft.plan
    if not lines:
        return ""
    index = rng.randrange(len(lines))
    line = lines[index]
    how = rng.choice(("drop", "repeat", "shuffle", "line"))
    if how == "drop":
        del lines[index]
    elif how == "repeat":
        fresh = max((o["seq"] for o in draft.plan if isinstance(o, dict)), default=0) + 1
        if isinstance(line, dict) and rng.random() < 0.7:
            _repeat(draft, line, {**line, "seq": fresh}, rng)
        else:
            lines.append(line)
    elif how == "shuffle":
        rng.shuffle(lines)
    else:
        lines[index] = jumbled(as_json(line if isinstance(line, dict) else {}), rng)[0]
    return f"{how} a line ({'records' if lines is draft.records else 'plan'}): {str(line)[:90]}"


def _repeat(draft: Draft, line: Record, again: Record, rng: random.Random) -> None:
    """Plan and answer one probe a second time, with the same or with another result."""
    draft.plan.append({k: again[k] for k in ("seq", "id", "kind", "target", "via") if k in again})
    record = again if "status" in again else {**again, "status": "absent"}
    if rng.random() < 0.5:
        record = {**record, "status": rng.choice(STATUSES[:9])}
    draft.records.append(record)


def change_manifest(draft: Draft, rng: random.Random) -> str:
    if not isinstance(draft.manifest, dict):
        return ""
    if rng.random() < 0.1:
        draft.manifest, how = jumbled(as_json(draft.manifest), rng)
        return f"manifest text: {how}"
    after, how = twisted(draft.manifest, rng)
    draft.manifest = after if isinstance(after, dict) else as_json(after)
    if rng.random() < 0.3:
        draft.loose.add("counts")
    return f"manifest {how}"


def change_redactions(draft: Draft, rng: random.Random) -> str:
    if not draft.redactions:
        draft.redactions.append({"id": "r1", "rule": "x", "seq": 1, "kind": "value"})
    index = rng.randrange(len(draft.redactions))
    line = draft.redactions[index]
    after, how = twisted(line, rng) if isinstance(line, dict) else (line, "same")
    draft.redactions[index] = after if isinstance(after, dict) else as_json(after)
    return f"redaction {how}"


def break_seal(draft: Draft, rng: random.Random) -> str:
    """Change a member and leave one of the seals as it was."""
    name = rng.choice(sorted(draft.blobs))
    draft.blobs[name] = flipped(draft.blobs[name], rng)
    seal = rng.choice(("digests", "counts", "sums"))
    draft.loose.add(seal)
    return f"flip {name}, {seal} left as they were"


def change_members(draft: Draft, rng: random.Random) -> str:
    """Take a member away, add one, or exchange two."""
    names = sorted(name for name in draft.blobs if name != "FORMAT")
    one, two = rng.choice(names), rng.choice(names)
    how = rng.choice(("take away", "add", "exchange"))
    if how == "take away":
        del draft.blobs[one]
    elif how == "add":
        draft.blobs[rng.choice(("blobs/b9999", "x", "api/p999.ndjson", "SHA256SUMS.sig"))] = b"x"
    else:
        draft.blobs[one], draft.blobs[two] = draft.blobs[two], draft.blobs[one]
    return f"{how} {one} {two}"


# ------------------------------------------------------------------ contents


def a_content(draft: Draft, rng: random.Random, *, of: tuple[str, ...] = ()) -> Record | None:
    """Choose a record that names a member which is there."""
    rows = [one for _, one in draft.rows() if draft.holds(one)]
    chosen = [one for one in rows if str(one.get("id")).startswith(of)] if of else rows
    return rng.choice(chosen) if chosen else None


def jumble_content(draft: Draft, rng: random.Random) -> str:
    record = a_content(draft, rng)
    if record is None:
        return ""
    draft.blobs[record["blob"]], how = jumbled(draft.blobs[record["blob"]], rng)
    return f"{how}: {label(record)}"


def twist_file(draft: Draft, rng: random.Random) -> str:
    """Change one place of a structured file."""
    record = a_content(draft, rng, of=("file/",))
    if record is None:
        return ""
    try:
        value = yaml.safe_load(draft.blobs[record["blob"]])
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return ""
    if not isinstance(value, dict | list):
        return ""
    after, how = twisted(value, rng)
    write = as_yaml if rng.random() < 0.7 else as_json
    draft.blobs[record["blob"]] = write(after)
    return f"file {how}: {label(record)}"


def twist_arguments(draft: Draft, rng: random.Random) -> str:
    record = a_content(draft, rng, of=("proc/cmdline",))
    if record is None:
        return ""
    argv = draft.blobs[record["blob"]].rstrip(b"\0").split(b"\0")
    index = rng.randrange(len(argv))
    word = argv[index]
    name, _, value = word.partition(b"=")
    said = str(odd(rng))[:2000].encode("utf-8", "surrogatepass")
    ways: dict[str, list[bytes]] = {
        "drop": argv[:index] + argv[index + 1 :],
        "repeat": [*argv, word],
        "other value": [*argv[:index], name + b"=" + said, *argv[index + 1 :]],
        "repeat with other value": [*argv, name + b"=" + said],
        "in two words": [*argv[:index], name, value, *argv[index + 1 :]],
        "no value": [*argv[:index], name, *argv[index + 1 :]],
        "underscores": [*argv[:index], word.replace(b"-", b"_"), *argv[index + 1 :]],
        "one dash": [*argv[:index], word.replace(b"--", b"-", 1), *argv[index + 1 :]],
        "other case": [*argv[:index], word.swapcase(), *argv[index + 1 :]],
        "insert": [*argv[:index], said, *argv[index:]],
        "double dash": [*argv[:index], b"--", *argv[index:]],
        "shuffle": rng.sample(argv, len(argv)),
        "one word": [b" ".join(argv)],
        "none": [],
        "huge": [*argv, b"--x=" + b"y" * 100_000],
    }
    how = rng.choice(list(ways))
    draft.blobs[record["blob"]] = b"".join(one + b"\0" for one in ways[how])
    return f"arguments {how} {word[:60]!r} {said[:40]!r}: {label(record)}"


def swap_contents(draft: Draft, rng: random.Random) -> str:
    """Let one record name the content of another."""
    one, two = a_content(draft, rng), a_content(draft, rng)
    if one is None or two is None:
        return ""
    draft.blobs[one["blob"]] = draft.blobs[two["blob"]]
    return f"content of {label(two)}: {label(one)}"


# ------------------------------------------------------------------ API lists


def an_object(draft: Draft, rng: random.Random) -> tuple[int, int] | None:
    """Choose a record with a list, and one of its lines."""
    rows = [n for n, one in draft.rows() if draft.holds(one) and draft.blobs[one["blob"]]]
    if not draft.is_api or not rows:
        return None
    index = rng.choice(rows)
    lines = draft.blobs[record_of(draft, index)["blob"]].splitlines()
    return index, rng.randrange(len(lines))


def twist_object(draft: Draft, rng: random.Random) -> str:
    """Change one place of one object."""
    found = an_object(draft, rng)
    if found is None:
        return ""
    lines = draft.blobs[record_of(draft, found[0])["blob"]].splitlines()
    try:
        value = json.loads(lines[found[1]])
    except (ValueError, RecursionError):
        return ""
    after, how = twisted(value, rng)
    lines[found[1]] = as_json(after)
    _put_lines(draft, found[0], lines)
    return f"object line {found[1] + 1} {how}: {label(record_of(draft, found[0]))}"


def reshape_list(draft: Draft, rng: random.Random) -> str:
    """Add, drop, repeat, shuffle or break objects of a list; its count is kept right."""
    found = an_object(draft, rng)
    if found is None:
        return ""
    index, place = found
    lines = draft.blobs[record_of(draft, index)["blob"]].splitlines()
    line = lines[place]
    ways: dict[str, list[bytes]] = {
        "drop": lines[:place] + lines[place + 1 :],
        "repeat": [*lines, line],
        "shuffle": rng.sample(lines, len(lines)),
        "break": [*lines[:place], jumbled(line, rng)[0].replace(b"\n", b" "), *lines[place + 1 :]],
        "odd": [*lines, as_json(odd(rng))],
        "deep": [*lines, as_json({"metadata": {"name": "x", "namespace": "x"}, "spec": deep(rng)})],
        "only odd": [as_json(odd(rng))],
        "none": [],
        "many": lines * (20 if sum(map(len, lines)) < 4_000 else 2),
        "blank": [*lines, b"", *lines],
    }
    how = rng.choice(list(ways))
    _put_lines(draft, index, ways[how])
    return f"list {how}: {label(record_of(draft, index))}"


def _put_lines(draft: Draft, index: int, lines: list[bytes]) -> None:
    record = record_of(draft, index)
    draft.blobs[record["blob"]] = b"".join(line + b"\n" for line in lines)
    facts = record.get("api")
    if isinstance(facts, dict) and facts.get("items") is not None:
        draft.put(index, api={**facts, "items": len(lines)})


def twist_facts(draft: Draft, rng: random.Random) -> str:
    """Change what a record says of how its list was read."""
    rows = [n for n, one in draft.rows() if isinstance(one.get("api"), dict)]
    if not rows:
        return ""
    index = rng.choice(rows)
    after, how = twisted(record_of(draft, index)["api"], rng)
    draft.put(index, api=after)
    return f"facts {how}: {label(record_of(draft, index))}"


EDITS: tuple[Edit, ...] = (
    change_status, change_field, change_field, disorder_records, disorder_records,
    change_manifest, change_redactions, break_seal, change_members, jumble_content,
    jumble_content, jumble_content, twist_file, twist_file, twist_file, twist_file,
    twist_arguments, twist_arguments, twist_arguments, swap_contents, twist_object,
    twist_object, twist_object, twist_object, twist_object, twist_object, reshape_list,
    reshape_list, twist_facts,
)  # fmt: skip
