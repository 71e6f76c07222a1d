"""Prove one topic: what satisfies it passes, what violates it fails, what hides it is missed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.model.benchmark import Benchmark, Control
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Reading
from analyzer.model.responsibility import DEFAULT_PROFILE
from analyzer.model.version import Version, parse_version
from analyzer.pipeline.judge import Judged, Selection, judge
from analyzer.pipeline.register import EvidenceRegister
from analyzer.pipeline.results import build_results
from analyzer.responsibility.profiles import load_profile
from tests.mutation.api_value import ApiWorld
from tests.mutation.api_world import API_EDITS
from tests.mutation.base import base
from tests.mutation.cases import Case, Spec, specs
from tests.mutation.derived import derived
from tests.mutation.evidence import cluster
from tests.mutation.hide import BUNDLE_MISSING, Hide
from tests.mutation.node_edits import NODE_EDITS
from tests.mutation.pieces import ways_to_hide
from tests.mutation.world import Node, World

DECIDABLE = "ABC"
_PARTIAL = "partial pass"
_MISSED: tuple[str, ...] = ("no-evidence",)
_UNTOUCHED = (*_MISSED, "pass")
"""What a verdict may be when something is hidden that it did not rest on."""
_UNCITED = "the check may read it, and this verdict did not rest on it"
_HIDDEN = {BUNDLE_MISSING: (*_MISSED, _PARTIAL)}
"""A pass on the nodes that were seen is marked as partial, and its disposition is pending."""


class Unit(NamedTuple):
    """One control of one benchmark, and the Kubernetes version that it is judged at."""

    benchmark: Benchmark
    control: Control
    version: Version


class Told(NamedTuple):
    """What the analyzer said."""

    verdict: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One verdict of the proof.

    Attributes:
        kind: ``satisfy``, ``violate``, ``hide`` or ``disguise``.
        expected: The verdicts that would be right.
        reason: Why another verdict than the usual one is right.
        told: What the analyzer said.
    """

    topic: str
    benchmark: str
    control: str
    kind: str
    name: str
    expected: tuple[str, ...]
    got: str
    told: str
    reason: str = ""

    @property
    def good(self) -> bool:
        """Tell whether the verdict is the right one."""
        return self.got in self.expected


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Return every benchmark."""
    return tuple(load_benchmark(name, CHECK_TYPES) for name in known_benchmarks())


def units(topic: str) -> tuple[Unit, ...]:
    """Return the controls that a topic has, one a benchmark, at its newest Kubernetes version."""
    found = []
    for benchmark in benchmarks():
        version = parse_version(benchmark.versions[1])
        assert version is not None
        found += [
            Unit(benchmark, control, version)
            for control in benchmark.controls
            if control.definition.topic == topic
        ]
    return tuple(found)


def spec_of(topic: str) -> Spec | None:
    """Return a topic's edits: those written by hand, else what its definition tells; or None."""
    return specs().get(topic) or derived(units(topic)[0].control.definition)


def topics(letters: str = DECIDABLE) -> tuple[str, ...]:
    """Return every topic that evidence can decide, in the order of the newest benchmark's."""
    found = (
        control.definition for benchmark in reversed(benchmarks()) for control in benchmark.controls
    )
    return tuple(dict.fromkeys(one.topic for one in found if one.decidability in letters))


def prove(spec: Spec) -> Iterator[Result]:
    """Yield every verdict of a topic's proof."""
    for unit in units(spec.topic):
        world = started(spec, unit)
        judged = verdict_of(unit, cluster(world))
        told = Told(judged.verdict.value, judged.explanation)
        yield _result(unit, "satisfy", "base", told, expected=(spec.base,))
        whole = _in_full(unit)
        for case in (*spec.violate, *spec.disguise):
            if case.applies(unit.benchmark.id, unit.version) and (whole or case.bound):
                yield after_case(unit, world, case)
        for hide, cited in ways_to_hide(world, judged, unit.control) if whole else ():
            yield after_hiding(spec, unit, world, hide, cited=cited)


def _in_full(unit: Unit) -> bool:
    """Tell whether every edit is judged for a unit.

    Rules over the API's objects are judged alike in all benchmarks that give them the same
    parameters: there the oldest and the newest of those benchmarks are enough, but for the
    cases that are bound to versions.
    """
    if not unit.control.section.startswith("5"):
        return True
    same = units(unit.control.definition.topic)
    alike = [other for other in same if other.control.check == unit.control.check]
    return unit.benchmark.id in (alike[0].benchmark.id, alike[-1].benchmark.id)


def after_case(unit: Unit, world: World, case: Case) -> Result:
    """Judge a world after a case's edits."""
    after = verdict_of(unit, cluster(changed(world, case)))
    told = Told(after.verdict.value, after.explanation)
    return _result(unit, case.kind, case.name, told, expected=tuple(case.verdict.split("|")))


def after_hiding(spec: Spec, unit: Unit, world: World, hide: Hide, *, cited: bool) -> Result:
    """Judge a world of which one piece is hidden; ``cited`` when the verdict rested on it."""
    evidence = cluster(world, (hide,))
    after = verdict_of(unit, evidence)
    words = f"{hide.subject} {hide.target} {hide.how}"
    known = next((one for one in spec.hide_exceptions if one.fits(words)), None)
    expected = _HIDDEN.get(hide.how, _MISSED) if cited else _UNTOUCHED
    expected = tuple(known.verdict.split("|")) if known else expected
    got = _PARTIAL if _is_partial(unit, evidence, after) else after.verdict.value
    reason = known.reason if known else "" if cited else _UNCITED
    return _result(
        unit, "hide", words, Told(got, after.explanation), expected=expected, reason=reason
    )


def _is_partial(unit: Unit, evidence: ClusterEvidence, judged: Judged) -> bool:
    """Tell whether a run would mark a pass as one over some of the nodes only."""
    register = EvidenceRegister(evidence)
    (row,) = build_results((judged,), unit.benchmark, _profile(), evidence, register)
    return row.partial


def started(spec: Spec, unit: Unit) -> World:
    """Return the hardened cluster at a unit's version, with what satisfies the topic."""
    world = replace(base(), api=api_at(unit.version))
    for case in spec.satisfy:
        if case.applies(unit.benchmark.id, unit.version):
            world = changed(world, case)
    return world


@cache
def api_at(version: Version) -> ApiWorld:
    """Return the API of the hardened cluster, as a version of Kubernetes would serve it."""
    return API_EDITS["api_version"](base().api, {"is": f"v{version}.0"})


def changed(world: World, case: Case) -> World:
    """Return the world after a case's edits."""
    for edit in case.edits:
        world = _edited(world, edit)
    return world


def _edited(world: World, edit: str) -> World:
    ((word, args),) = json.loads(edit).items()
    if word in API_EDITS:
        return replace(world, api=API_EDITS[word](world.api, args))
    if word not in NODE_EDITS:
        raise KeyError(f"no operation {word!r}")
    return world.change(args.get("node", "cp-1"), lambda node: _edited_node(node, edit))


@lru_cache(maxsize=4096)
def _edited_node(node: Node, edit: str) -> Node:
    """Apply an edit once for all benchmarks, so that the node is read once."""
    ((word, args),) = json.loads(edit).items()
    return NODE_EDITS[word](node, args)


def verdict_of(unit: Unit, evidence: ClusterEvidence) -> Judged:
    """Judge one control as a run would."""
    one = replace(unit.benchmark, controls=(unit.control,))
    (judged,) = judge(one, evidence, _context(unit, evidence), Selection(), lambda _: None)
    return judged


def _context(unit: Unit, evidence: ClusterEvidence) -> Context:
    text = evidence.api.git_version if evidence.api is not None else None
    kubelets = {one.name: parse_version(one.kubelet_version) for one in evidence.expected or ()}
    return Context(
        version=parse_version(text) if text else None,
        kubelet_versions={name: found for name, found in kubelets.items() if found is not None},
        defaults=_defaults(),
        policy=_policy(),
        reading=Reading.EFFECTIVE,
        benchmark=unit.benchmark.id,
    )


_defaults = cache(load_defaults)
_policy = cache(lambda: load_policy(None))
_profile = cache(lambda: load_profile(DEFAULT_PROFILE))


def _result(
    unit: Unit, kind: str, name: str, told: Told, *, expected: tuple[str, ...], reason: str = ""
) -> Result:
    return Result(
        topic=unit.control.definition.topic,
        benchmark=unit.benchmark.id,
        control=unit.control.id,
        kind=kind,
        name=name,
        expected=expected,
        got=told.verdict,
        told=told.why,
        reason=reason,
    )
