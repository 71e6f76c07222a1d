"""Waivers over results, as data: tests/judgement/waivers/*.yaml."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.judgement.waiver_file import WaiverFile, load_waivers
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import ControlResult
from analyzer.model.digests import failing_digest
from analyzer.model.judgement import WaiverRecord
from analyzer.model.verdict import Disposition, Verdict
from tests.judgement.results import cluster, control, finding, read_cases

CASES = [
    pytest.param(case, id=f"{name}: {case['case']}")
    for name in ("scope", "breadth", "states", "effect")
    for case in read_cases(name)
]
WITH_EFFECT = [
    pytest.param(case, id=case["case"]) for case in read_cases("effect") if "effect" in case
]
FILLED = {
    "reason": "risk-accepted",
    "justification": "The port is closed by a firewall; see the ticket.",
    "owner": "Platform team",
    "approver": "Security officer",
    "valid_from": "2026-01-01",
    "expires_on": "2026-12-31",
}
Case = Mapping[str, Any]


def controls_of(case: Case) -> tuple[ControlResult, ...]:
    """Write the case's controls out, and one that passes for every number that is only named."""
    named = {number for waiver in case["waivers"] for number in waiver["controls"]}
    own = case["controls"]
    extra = named - set(own) if case.get("benchmark") is None else set()
    missing = case.get("missing", {})
    made = {
        number: control(
            number,
            own.get(number, {"cluster": "pass"}),
            missing=tuple(missing.get(number, ())),
            comparison=case.get("comparison", "observed-only"),
        )
        for number in (*own, *sorted(extra))
    }
    return tuple(made.values())


def file_of(case: Case, controls: tuple[ControlResult, ...], folder: Path) -> WaiverFile:
    """Write the case's waivers into a file, what it leaves out filled in, and load it."""
    waivers = [
        FILLED | waiver | ({"digest": _digest(waiver, controls)} if "digest" in waiver else {})
        for waiver in case["waivers"]
    ]
    document = {"benchmark": "cis-1.12", "waivers": waivers}
    if "file_cluster" in case:
        document["cluster"] = case["file_cluster"]
    path = folder / "waivers.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load_waivers(path)


def _digest(waiver: Case, controls: tuple[ControlResult, ...]) -> str:
    """Return a digest as written, of other failures, or of all that its controls fail now."""
    said = waiver["digest"]
    if isinstance(said, Mapping):
        given = [(n, finding(s, w)) for n, found in said.items() for s, w in found.items()]
    elif said == "now":
        given = [(c.id, f) for c in controls if c.id in waiver["controls"] for f in c.findings]
    else:
        return str(said)
    return failing_digest((number, f) for number, f in given if f.verdict is Verdict.FAIL)


def run(
    case: Case, folder: Path
) -> tuple[tuple[ControlResult, ...], tuple[ControlResult, ...], tuple[WaiverRecord, ...]]:
    before = controls_of(case)
    after, records = apply_waivers(
        before,
        file_of(case, before, folder),
        benchmark=case.get("benchmark", "cis-1.12"),
        cluster=cluster(case),
        as_of=case.get("as_of", "2026-03-15T10:00:00Z"),
    )
    return before, after, records


@pytest.mark.parametrize("case", CASES)
def test_what_is_covered(case: Case, tmp_path: Path) -> None:
    _, after, _ = run(case, tmp_path)
    covered = {c.id: {f.subject: f.waiver for f in c.findings if f.waiver} for c in after}
    assert {number: found for number, found in covered.items() if found} == case["covered"]


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_each_waiver(case: Case, tmp_path: Path) -> None:
    _, _, records = run(case, tmp_path)
    assert {r.waiver.id: _said(r) for r in records} == case["records"]
    assert [r.waiver.id for r in records] == [w["id"] for w in case["waivers"]]
    for name, words in case.get("says", {}).items():
        assert next(r.why for r in records if r.waiver.id == name) == words


def _said(record: WaiverRecord) -> str:
    assert bool(record.digest_now) == bool(record.findings) == bool(record.matched)
    if not record.findings:
        return record.state.value
    return f"{record.state.value} {record.findings} of {', '.join(record.matched)}"


@pytest.mark.parametrize("case", WITH_EFFECT)
def test_what_follows_for_each_control(case: Case, tmp_path: Path) -> None:
    before, after, _ = run(case, tmp_path)
    assert {c.id: _effect(c) for c in after if c.waiver} == case["effect"]
    for number, words in case.get("why", {}).items():
        assert next(c.waiver.why for c in after if c.id == number and c.waiver) == words
    for old, new in zip(before, after, strict=True):
        assert new.verdict is old.verdict
        assert new.counts == old.counts
        assert new.responsibility == old.responsibility
        if new.waiver is None:
            assert new == old


def _effect(control: ControlResult) -> str:
    applied = control.waiver
    assert applied is not None
    settled = "complete" if applied.complete else "open"
    ids = " ".join(applied.ids)
    return f"{ids} {applied.waived}/{applied.failing} {settled} {control.disposition.value}"


def test_of_two_findings_on_one_subject_only_the_failure_is_covered(tmp_path: Path) -> None:
    """A node may run a component twice; what passes there has nothing to be accepted."""
    case = {"controls": {}, "waivers": [{"id": "W", "controls": ["1.2.15"], "digest": "now"}]}
    twice = replace(
        control("1.2.15", {"node/cp-1": "fail"}),
        findings=(finding("node/cp-1", "pass"), finding("node/cp-1", "fail")),
    )
    (after,), _ = apply_waivers(
        (twice,),
        file_of(case, (twice,), tmp_path),
        benchmark="cis-1.12",
        cluster=cluster({}),
        as_of="2026-03-15T10:00:00Z",
    )
    assert [found.waiver for found in after.findings] == ["", "W"]
    assert after.disposition is Disposition.ACCEPTED_RISK
