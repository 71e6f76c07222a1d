"""What holds of every comparison, over assessments drawn with fixed seeds."""

import random
from collections import Counter
from typing import Any

from analyzer.diff import compare_assessments, newly_failing
from analyzer.model.assessment import Assessment
from analyzer.model.benchmark import control_order
from analyzer.model.changes import Change, Changes
from analyzer.model.verdict import Verdict
from tests.diff.small import assessment
from tests.reports import builder

NODES = ("cp-1", "worker-1", "worker-2")
PLACES = (*(f"node/{name}" for name in NODES), "Pod/shop/web", "Pod/shop/db", "cluster")
JUDGED = [v.value for v in Verdict if v is not Verdict.OUT_OF_SCOPE]
SEEDS = range(150)


def drawn(seed: int, side: str) -> Assessment:
    """Return one random side; the two sides of a seed differ in much and share numbers."""
    dice = random.Random(f"{seed} {side}")
    spec: dict[str, Any] = {
        "seen": dice.sample(NODES, dice.randint(1, 3)),
        "expected": dice.choice((NODES, NODES, NODES[:2], None)),
        "api": dice.random() < 0.8,
        "reading": dice.choice(("effective", "effective", "effective", "letter")),
        "benchmark": dice.choice(("cis-1.10", "cis-1.10", "cis-1.12")),
        "controls": {
            f"1.2.{n}": _control(dice, n) for n in range(1, 13) if dice.random() < 0.9
        },
    }  # fmt: skip
    return assessment(spec, side)


def _control(dice: random.Random, n: int) -> dict[str, Any]:
    common = {
        "topic": f"topic-{n}", "rule": dice.choice(("r", "r", "r", "r", "other")),
        "party": dice.choice(("customer", "customer", "provider")),
    }  # fmt: skip
    if dice.random() < 0.1:
        return common | {"verdict": "out-of-scope"}
    few = dice.sample(PLACES, dice.randint(1, 3))
    missing = [name for name in NODES if dice.random() < 0.15]
    findings = {place: dice.choice((*JUDGED, "pass", "fail", "pass", "fail")) for place in few}
    return common | {"findings": findings, "missing": missing, "partial": bool(missing)}


def both(seed: int) -> tuple[Assessment, Assessment, Changes]:
    older, newer = drawn(seed, "older"), drawn(seed, "newer")
    return older, newer, compare_assessments(older, newer, "1" * 16, "2" * 16)


def test_every_control_of_both_sides_stands_exactly_once() -> None:
    for seed in SEEDS:
        older, newer, changes = both(seed)
        assert sorted(r.older.id for r in changes.rows if r.older) == sorted(
            c.id for c in older.controls
        )
        assert sorted(r.newer.id for r in changes.rows if r.newer) == sorted(
            c.id for c in newer.controls
        )
        assert changes.counts == {
            w.value: Counter(r.change for r in changes.rows)[w] for w in Change
        }
        keys = [
            (tuple(Change).index(r.change), r.newer is None, control_order(r.id))
            for r in changes.rows
        ]
        assert keys == sorted(keys)
        assert all(r.why for r in changes.rows)


def test_nothing_is_resolved_without_a_sound_verdict_on_every_place() -> None:
    for seed in SEEDS:
        older, newer, changes = both(seed)
        before, after = ({c.id: c for c in one.controls} for one in (older, newer))
        for row in (r for r in changes.rows if r.change is Change.RESOLVED):
            assert row.older
            assert row.newer
            now = after[row.newer.id]
            assert before[row.older.id].verdict is Verdict.FAIL
            assert now.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE)
            assert not now.partial
            assert not now.nodes_missing
            failed = {f.subject for f in before[row.older.id].findings if f.verdict is Verdict.FAIL}
            assert set(row.gone) == failed
            for subject in failed:
                name = subject.removeprefix("node/")
                if subject.startswith("node/") and not any(
                    f.subject == subject for f in now.findings
                ):
                    listed = newer.cluster.nodes_expected
                    assert name in newer.cluster.nodes_evidenced or (listed and name not in listed)


def test_turned_round_what_was_resolved_is_new() -> None:
    for seed in SEEDS:
        older, newer, changes = both(seed)
        back = compare_assessments(newer, older, "", "")
        turned = {r.newer.id: r for r in back.rows if r.newer}
        for row in (r for r in changes.rows if r.older and r.newer):
            assert row.older
            other = turned[row.older.id]
            if row.change is Change.RESOLVED:
                assert other.change is Change.NEW
                assert other.appeared == row.gone
            if row.change in (Change.UNCHANGED, Change.CHANGED_RESPONSIBILITY):
                assert other.change is row.change
                assert (other.appeared, other.gone) == (row.gone, row.appeared)


def test_subjects_appear_and_go_by_the_findings_only() -> None:
    for seed in SEEDS:
        older, newer, changes = both(seed)
        before, after = ({c.id: c for c in one.controls} for one in (older, newer))
        for row in (r for r in changes.rows if r.older and r.newer):
            assert row.older
            assert row.newer
            then, now = (
                {f.subject for f in control.findings if f.verdict is Verdict.FAIL}
                for control in (before[row.older.id], after[row.newer.id])
            )
            assert set(row.appeared) <= now - then
            assert set(row.gone) <= then - now
            lacking = {
                f.subject for f in after[row.newer.id].findings
                if f.verdict in (Verdict.NO_EVIDENCE, Verdict.ERROR)
            }  # fmt: skip
            assert not set(row.gone) & lacking
        assert {r.id for r in newly_failing(changes)} >= {
            r.id for r in changes.rows if r.change is Change.NEW
        }


def test_nothing_changed_between_a_side_and_itself() -> None:
    for seed in SEEDS:
        one = drawn(seed, "older")
        _all_unchanged(compare_assessments(one, one, "1" * 16, "1" * 16))


def test_hostile_texts_compare_like_any_other() -> None:
    one = builder.build()
    _all_unchanged(compare_assessments(one, one, "1" * 16, ""))


def _all_unchanged(changes: Changes) -> None:
    assert {row.change for row in changes.rows} <= {Change.UNCHANGED}
    assert not any(row.appeared or row.gone for row in changes.rows)


def test_the_draws_hold_every_change() -> None:
    found = Counter(row.change for seed in SEEDS for row in both(seed)[2].rows)
    assert all(found[change] > 20 for change in Change), found
