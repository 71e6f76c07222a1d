"""What holds for any results and any waivers."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.judgement.scopes import bounded, coverage, namespace_of
from analyzer.judgement.waiver_file import WaiverFile
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import ControlResult
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Scope, Waiver, WaiverRecord, WaiverState
from analyzer.model.verdict import Disposition, Verdict
from tests.judgement.results import cluster, control
from tests.unit.waiver_worlds import ENTRIES, SUBJECTS, controls_any, worlds

OPEN = (Verdict.NO_EVIDENCE, Verdict.ERROR, Verdict.MANUAL)
Applied = tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]]


def apply(
    controls: tuple[ControlResult, ...],
    waivers: tuple[Waiver, ...],
    *,
    as_of: str = "2026-06-30T08:00:00Z",
) -> Applied:
    file = WaiverFile(
        where="waivers.yaml",
        benchmark="cis-1.12",
        cluster="",
        sha256="0" * 64,
        waivers=waivers,
    )
    return apply_waivers(controls, file, benchmark="cis-1.12", cluster=cluster({}), as_of=as_of)


def bare(control: ControlResult) -> ControlResult:
    """Return a control without anything that a waiver may set."""
    return replace(
        control,
        waiver=None,
        disposition=Disposition.NOT_ASSESSED,
        findings=tuple(replace(found, waiver="") for found in control.findings),
    )


def covered(controls: tuple[ControlResult, ...]) -> set[tuple[str, str]]:
    return {(c.id, f.subject) for c in controls for f in c.findings if f.waiver}


@settings(max_examples=120, deadline=None)
@given(worlds)
def test_nothing_but_the_marks_of_a_waiver_changes(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]],
) -> None:
    controls, waivers = world
    after, _ = apply(controls, waivers)
    assert tuple(map(bare, after)) == tuple(map(bare, controls))


@settings(max_examples=120, deadline=None)
@given(worlds)
def test_an_accepted_risk_is_a_failure_that_is_covered_to_the_last(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]],
) -> None:
    controls, waivers = world
    after, _ = apply(controls, waivers)
    for old, new in zip(controls, after, strict=True):
        failing = [f for f in new.findings if f.verdict is Verdict.FAIL]
        accepted = bool(failing) and all(f.waiver for f in failing)
        settled = accepted and not any(f.verdict in OPEN for f in new.findings)
        assert (new.disposition is Disposition.ACCEPTED_RISK) == settled
        assert (new.waiver is not None and new.waiver.complete) == settled
        if accepted and not settled:
            assert new.disposition is Disposition.PENDING_REVIEW
        if not accepted:
            assert new.disposition is old.disposition
        assert not any(f.waiver for f in new.findings if f.verdict is not Verdict.FAIL)


@settings(max_examples=120, deadline=None)
@given(worlds)
def test_only_matched_waivers_leave_a_mark(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]],
) -> None:
    controls, waivers = world
    after, records = apply(controls, waivers)
    matched = [r for r in records if r.state is WaiverState.MATCHED]
    names = {r.waiver.id for r in matched}
    assert {f.waiver for c in after for f in c.findings if f.waiver} <= names
    assert {name for c in after if c.waiver for name in c.waiver.ids} == names
    again, _ = apply(controls, tuple(r.waiver for r in matched))
    assert again == after
    for record in matched:
        assert record.waiver.digest in ("", record.digest_now)
        assert record.waiver.digest or bounded(record.waiver.scope)


@settings(max_examples=120, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_waivers_decides_only_which_one_is_named(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]], random: object
) -> None:
    controls, waivers = world
    shuffled = list(waivers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    after, records = apply(controls, waivers)
    other, others = apply(controls, tuple(shuffled))
    assert covered(other) == covered(after)
    assert [c.disposition for c in other] == [c.disposition for c in after]
    assert sorted(records, key=_id) == sorted(others, key=_id)


def _id(record: WaiverRecord) -> str:
    return record.waiver.id


@settings(max_examples=100, deadline=None)
@given(worlds)
def test_laying_them_on_twice_changes_nothing(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]],
) -> None:
    controls, waivers = world
    once = apply(controls, waivers)
    assert apply(once[0], waivers) == once


@settings(max_examples=50, deadline=None)
@given(controls_any)
def test_no_waivers_change_nothing(controls: tuple[ControlResult, ...]) -> None:
    assert apply(controls, ()) == (controls, ())


@pytest.mark.parametrize(
    "as_of", ["", "2026-03", "2026-03T00:00:00Z", "2026-02-30T00:00:00Z", "2026-06-30", "today"]
)
def test_a_time_that_is_none_is_refused(as_of: str) -> None:
    controls = (control("1.2.15", {"node/cp-1": "fail"}),)
    with pytest.raises(UserFileError, match="is not a time"):
        apply(controls, (), as_of=as_of)


def test_a_waiver_that_bounds_itself_never_covers_a_new_place() -> None:
    """Whatever the scope: a place nobody could have thought of lies outside, or it is too broad."""
    new = tuple(
        subject.replace("NAME", name)
        for name in ("zz-9", "cp-9", "s9")
        for subject in ("node/NAME", "Namespace/NAME", "Pod/NAME/NAME", "ClusterRole/NAME")
    )
    lists = [(), *((entry,) for entry in ENTRIES)]
    for nodes, namespaces, objects in product(lists, lists, lists):
        scope = Scope(nodes=nodes, namespaces=namespaces, objects=objects)
        if bounded(scope):
            covers = coverage(scope)
            assert not any(map(covers, new)), scope


def test_only_objects_and_namespaces_have_a_namespace() -> None:
    found = {subject: namespace_of(subject) for subject in SUBJECTS}
    assert {subject: space for subject, space in found.items() if space is not None} == {
        "Namespace/shop": "shop",
        "Deployment/shop/web": "shop",
        "Deployment/bank/web": "bank",
    }
