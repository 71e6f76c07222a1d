"""Every case of an API check: verdict, reason, subjects and words, as its file says."""

import pytest

from analyzer.formats.kube_objects import KINDS
from analyzer.model.verdict import Verdict, worst
from tests.api_cases import Case, all_cases

CASES = tuple(all_cases())
CITED = (Verdict.PASS, Verdict.FAIL, Verdict.MANUAL)
STANDARD = ("no-api", "passes", "unreadable")
NEVER_PASSES = ("manual-facts", "rbac-masters")
"""Types whose rule no evidence can satisfy."""
API_TYPES = tuple(sorted({case.type for case in CASES}))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    outcomes = case.outcomes()
    assert worst(one.verdict for one in outcomes) == case.body["verdict"], outcomes
    if "reason" in case.body:
        leading = {one.reason for one in outcomes if one.verdict == case.body["verdict"]}
        assert case.body["reason"] in leading
    if "subjects" in case.body:
        assert {one.subject: one.verdict.value for one in outcomes} == case.body["subjects"]
    others = {o.subject: o.other_reading.verdict.value for o in outcomes if o.other_reading}
    assert others == case.body.get("other_reading", {})
    if "missing" in case.body:
        lacking: dict[str, list[str]] = {}
        for one in dict.fromkeys(missed for outcome in outcomes for missed in outcome.missing):
            lacking.setdefault(one.key, []).append(one.subject)
        assert lacking == case.body["missing"]
    told = " ".join(
        " ".join((one.explanation, one.actual, one.expected, *one.notes)) for one in outcomes
    )
    for words in case.body.get("says", ()):
        assert words in told


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_decision_can_be_looked_up(case: Case) -> None:
    for one in case.outcomes():
        assert one.explanation.endswith(".")
        assert one.evidence or one.verdict not in CITED, one
        assert one.missing or one.verdict is not Verdict.NO_EVIDENCE or "NOTHING" in one.reason


@pytest.mark.parametrize("case", [c for c in CASES if c.name == "no-api"], ids=str)
def test_what_is_missing_is_what_the_type_says_it_needs(case: Case) -> None:
    missing = {one.key for outcome in case.outcomes() for one in outcome.missing}
    assert {key for key in case.check().needs if key.startswith("api/")} == missing
    for key in missing:
        assert key.removeprefix("api/") in KINDS


@pytest.mark.parametrize("name", API_TYPES)
def test_every_type_has_the_standard_cases(name: str) -> None:
    names = {case.name for case in CASES if case.type == name}
    assert names.issuperset(STANDARD if name not in NEVER_PASSES else ("no-api", "unreadable"))
