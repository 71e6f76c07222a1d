"""Every folder of tests/cases is a test: parameters, evidence, and the verdict that follows."""

from pathlib import Path

import pytest

from analyzer.checks import CHECK_TYPES
from analyzer.model.verdict import Verdict, worst
from tests.node_cases import CASES, FOUND, STANDARD, case_id, evaluate, read_case


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
