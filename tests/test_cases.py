"""Every folder of tests/cases is a test: parameters, evidence, and the verdict that follows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.catalogue.binding import bind
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.definitions import CheckSpec, load_definitions
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.formats.strict_yaml import load_strict
from analyzer.model.context import Context
from analyzer.model.outcome import Check, Outcome
from analyzer.model.verdict import Verdict, worst
from tests import case_evidence
from tests.evidence_builder import context

CASES = Path(__file__).resolve().parent / "cases"
STANDARD = {
    "address-filter": {"passes", "fails", "absent", "unreadable", "malformed", "near-miss"},
    "admission-plugin": {"passes", "fails", "default-applies", "absent", "unreadable", "redacted"},
    "anonymous-requests": {"passes", "fails", "default-applies", "absent", "unreadable"},
    "audit-coverage": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "audit-policy": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "cipher-suites": {"passes", "fails", "default-applies", "absent", "unreadable", "redacted"},
    "credential-facts": {"passes", "default-applies", "absent", "unreadable", "redacted"},
    "encryption": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "file-mode": {"passes", "fails", "absent", "unreadable"},
    "file-owner": {"passes", "fails", "absent", "unreadable"},
    "separate-authorities": {"passes", "fails", "default-applies", "absent", "unreadable"},
    "setting": {
        "passes",
        "fails",
        "default-applies",
        "absent",
        "unreadable",
        "repeated",
        "malformed",
        "near-miss",
        "redacted",
        "truncated",
    },
}
"""Cases that a check type over node evidence has to have; API types have a runner of their own."""

FOUND = sorted(p for t in sorted(STANDARD) for p in CASES.glob(f"{t}/*/case.yaml"))


def read_case(path: Path) -> Mapping[str, Any]:
    loaded = load_strict(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def check_of(case: Mapping[str, Any], check_type: str) -> Check:
    if "topic" in case:
        spec = load_definitions()[case["topic"]].spec
        spec = replace(spec, params={**spec.params, **(case.get("check") or {})})
        assert spec.type == check_type
    else:
        spec = CheckSpec(type=check_type, params=case.get("check") or {}, parts=())
    return bind(spec, CHECK_TYPES, where="case")


def settings_of(case: Mapping[str, Any]) -> Context:
    return context(
        version=case.get("version", "1.32"),
        kubelet_versions=case.get("kubelets") or {},
        reading=case.get("reading", "effective"),
        defaults=load_defaults(),
        policy=load_policy(None),
    )


def evaluate(case: Mapping[str, Any], check_type: str) -> tuple[Outcome, ...]:
    return check_of(case, check_type).evaluate(case_evidence.build(case), settings_of(case))


def case_id(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}"


@pytest.mark.parametrize("path", FOUND, ids=case_id)
def test_case(path: Path) -> None:
    case = read_case(path)
    outcomes = evaluate(case, path.parent.parent.name)
    verdict = worst(outcome.verdict for outcome in outcomes)
    assert verdict == Verdict(case["verdict"]), [(o.subject, o.explanation) for o in outcomes]
    leading = [o for o in outcomes if o.verdict is verdict]
    if "reason" in case:
        assert case["reason"] in [o.reason.value for o in leading]
    text = " ".join(f"{o.actual} {o.explanation} {' '.join(o.notes)}" for o in outcomes)
    others = [o.other_reading for o in outcomes if o.other_reading]
    assert [f"{o.reading}: {o.verdict}" for o in others] == case.get("other_reading", [])
    for said in case.get("says") or []:
        assert said in text
    for unsaid in case.get("never_says") or []:
        assert unsaid not in text
    if "subjects" in case:
        assert sorted(f"{o.subject} {o.verdict.value}" for o in outcomes) == case["subjects"]
    if "missing" in case:
        assert case["missing"] in [m.key for o in outcomes for m in o.missing]
    for outcome in outcomes:
        judged = outcome.verdict in (Verdict.PASS, Verdict.FAIL, Verdict.MANUAL)
        assert outcome.evidence or not judged, "a judgement without evidence"
        assert outcome.missing or outcome.verdict is not Verdict.NO_EVIDENCE


@pytest.mark.parametrize("check_type", sorted(CHECK_TYPES))
def test_every_type_has_cases_that_are_run(check_type: str) -> None:
    assert check_type in STANDARD or (CASES / check_type / "api-cases.yaml").is_file(), (
        f"name {check_type} in STANDARD with the cases it must have, or write api-cases.yaml"
    )


def test_every_folder_of_cases_is_run() -> None:
    assert {path.name for path in CASES.iterdir()} <= set(CHECK_TYPES)


@pytest.mark.parametrize("check_type", sorted(STANDARD))
def test_every_type_has_its_standard_cases(check_type: str) -> None:
    assert check_type in CHECK_TYPES
    have = {path.parent.name for path in FOUND if path.parent.parent.name == check_type}
    assert STANDARD[check_type] <= have
