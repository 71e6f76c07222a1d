"""One pitfall as data: tests/pitfalls/P01-….yaml, and the run that it asks for.

A file holds ``row`` (P1), ``title``, ``peer`` (what goes wrong in kube-bench 0.15.6, in our own
words), ``promise`` (what this analyzer holds to instead) and ``cases``. A case is::

    name: ...
    benchmark: cis-1.12          # the usual one; a list, or auto
    reading: effective           # or letter
    edits: [...]                 # words of tests/mutation on the hardened cluster
    policy: TEXT                 # a policy file of the user's
    spoil: [{node, probe, component, add, status, detail}]   # change records before sealing
    bare: worker-1               # a node on which nothing runs and no file stands
    manifest: {SECTION: {KEY: VALUE}}   # what the API bundle states of its making
    only: [cp-1, api]            # bundles that are given; all of them otherwise
    tree: {processes: [{pid, argv, environ, exe}], shells: [...]}
    verdicts: {CONTROL: VERDICT}
    counts: {VERDICT: N}         # over the whole register
    findings: {CONTROL: {SUBJECT: VERDICT}}
    places: {CONTROL: [TEXT]}    # in the selectors of the evidence it cites
    says: {CONTROL: [TEXT]}      # in its row or findings
    letter: {CONTROL: VERDICT}   # what the other reading says, where that differs
    never: [TEXT]                # in no report at all
    longest: N                   # no text of the assessment has more characters
    chosen: cis-1.12             # with auto; ``refused`` for a refusal
    why: [TEXT]                  # why that benchmark was chosen

``tree`` runs our own node collector over a recorded control-plane node instead.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.bundle import Bundle
from analyzer.model.context import Reading
from analyzer.pipeline.run import Options, assess, prepare
from analyzer.reports import render
from tests.collectors.node_run import collect, process, unpack
from tests.hostile import builder
from tests.mutation.api_world import API_EDITS, api_members
from tests.mutation.base import base
from tests.mutation.evidence import API, node_members, read_api, read_node
from tests.mutation.node_edits import NODE_EDITS
from tests.mutation.world import Node, World

HERE = Path(__file__).resolve().parent
ROW_KEYS = {"row", "title", "peer", "promise", "cases"}
CASE_KEYS = {
    *(
        "name",
        "benchmark",
        "reading",
        "policy",
        "edits",
        "spoil",
        "bare",
        "manifest",
        "only",
        "tree",
    ),
    *("verdicts", "counts", "findings", "places", "says", "letter", "never", "longest"),
    *("chosen", "why"),
}
USUAL = "cis-1.12"
REFUSED = "refused"


class Pitfall(NamedTuple):
    """One row and one of its cases."""

    row: str
    case: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.row}-{str(self.case['name']).replace(' ', '-')}"


def documents() -> dict[Path, Mapping[str, Any]]:
    """Return every row by its file, in the order of their numbers."""
    return {
        path: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(HERE.glob("P*.yaml"))
    }


def pitfalls() -> Iterator[Pitfall]:
    """Yield every case of every row."""
    for document in documents().values():
        for case in document["cases"]:
            yield Pitfall(document["row"], case)


def edited(edits: list[Mapping[str, Any]]) -> World:
    """Return the hardened cluster after some edits; ``{x*9}`` in a text stands for nine x."""
    world = base()
    for edit in edits:
        ((word, args),) = edit.items()
        args = {key: _grown(value) for key, value in args.items()}
        if word in API_EDITS:
            world = replace(world, api=API_EDITS[word](world.api, args))
        else:
            world = world.change(args.get("node", "cp-1"), _edit(NODE_EDITS[word], args))
    return world


def _edit(
    change: Callable[[Node, Mapping[str, Any]], Node], args: Mapping[str, Any]
) -> Callable[[Node], Node]:
    return lambda node: change(node, args)


def _grown(value: object) -> object:
    if not isinstance(value, str):
        return value
    return re.sub(r"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), value)


def bundles(case: Mapping[str, Any], folder: Path) -> Iterator[tuple[Bundle, ...]]:
    """Yield what is analysed; with a tree, once for each shell that collects it."""
    if "tree" in case:
        yield from _collected(case["tree"], folder)
        return
    world = edited(case.get("edits", []))
    if "bare" in case:
        world = world.change(
            case["bare"], lambda node: Node(name=node.name, processes=(), files={})
        )
    found = {node.name: read_node(node).bundle for node in world.nodes}
    found |= {API: read_api(world.api).bundle} | _changed(case, world, folder)
    yield tuple(found[name] for name in case.get("only", list(found)))


def _changed(case: Mapping[str, Any], world: World, folder: Path) -> dict[str, Bundle]:
    """Return the bundles that a case changes after they were made."""
    made: dict[str, dict[str, bytes]] = {}
    if "manifest" in case:
        made[API] = _stating(api_members(world.api), case["manifest"])
    for spoil in case.get("spoil", []):
        name = spoil["node"]
        before = made.get(name) or _members(world, name)
        made[name] = _spoilt(before, spoil)
    packed = {n: builder.write(folder, builder.pack(m), f"{n}.tar") for n, m in made.items()}
    return {name: read_bundle(path) for name, path in packed.items()}


def _members(world: World, name: str) -> dict[str, bytes]:
    nodes = {node.name: node for node in world.nodes}
    return api_members(world.api) if name == API else node_members(nodes[name])


def _spoilt(members: Mapping[str, bytes], spoil: Mapping[str, Any]) -> dict[str, bytes]:
    """Change the records of a probe as a broken or careless collector would."""
    records = [json.loads(line) for line in members["probes.ndjson"].splitlines()]
    hit = [record for record in records if record["id"] == spoil["probe"]]
    hit = [r for r in hit if spoil.get("component") in (None, r.get("component"))]
    assert hit, f"no record of {spoil['probe']}"
    changed = dict(members)
    for record in hit:
        if "add" in spoil and record.get("blob"):
            changed[record["blob"]] += str(spoil["add"]).encode()
            record["sha256"] = hashlib.sha256(changed[record["blob"]]).hexdigest()
        record.update({key: spoil[key] for key in ("status", "detail") if key in spoil})
        if spoil.get("status", "ok") != "ok":
            changed.pop(record.pop("blob"))
            del record["sha256"]
    return _sealed({**changed, "probes.ndjson": builder.ndjson(records)})


def _stating(members: Mapping[str, bytes], stated: Mapping[str, Any]) -> dict[str, bytes]:
    """Let the API bundle's manifest state other values, by section."""
    manifest = json.loads(members["manifest.json"])
    for section, values in stated.items():
        manifest[section].update(values)
    return _sealed({**members, "manifest.json": json.dumps(manifest).encode()})


def _sealed(members: Mapping[str, bytes]) -> dict[str, bytes]:
    rest = {name: data for name, data in members.items() if name != "SHA256SUMS"}
    return {**rest, "SHA256SUMS": builder.sums(rest)}


def _collected(tree: Mapping[str, Any], folder: Path) -> Iterator[tuple[Bundle, ...]]:
    root = unpack("cp-1", folder / "tree")
    for one in tree.get("processes", []):
        process(root, one["pid"], *one["argv"], environ=one.get("environ"), exe=one.get("exe"))
    for shell in tree.get("shells", ["sh"]):
        words = tuple(shell.split())
        run = collect(root, folder / words[0], shell=words)
        yield (read_bundle(run.path),)


def run(case: Mapping[str, Any], read: tuple[Bundle, ...], folder: Path) -> Assessment:
    """Judge bundles as a user would who asks for the case's benchmark."""
    policy = None
    if "policy" in case:
        policy = folder / "policy.yaml"
        policy.write_text(case["policy"], encoding="utf-8")
    options = Options(
        benchmarks=(case.get("benchmark", USUAL),),
        reading=Reading(case.get("reading", "effective")),
        policy=policy,
    )
    (assessment,) = assess(_prepared(options), read, lambda _: None)
    return assessment


_prepared = lru_cache(maxsize=32)(prepare)


def texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from texts(inner)
    for inner in value if isinstance(value, list) else ():
        yield from texts(inner)


def row_text(control: ControlResult) -> str:
    """Return all that is said of a control, in its row and its findings."""
    found = [control.explanation]
    for finding in control.findings:
        found += [finding.subject, finding.actual, finding.expected, finding.explanation]
        found += [*finding.notes, *(f"{m.key} {m.detail}" for m in finding.missing)]
    return "\n".join(found)


def reports(assessment: Assessment) -> dict[str, str]:
    """Return the written reports as text."""
    formats = {"json": "assessment.json", "md": "report.md"}
    return {n: render(n, assessment)[file].decode("utf-8") for n, file in formats.items()}
