"""What became of controls, case by case: ``cases.yaml`` and ``verdicts.csv``."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.diff import compare_assessments, newly_failing
from analyzer.model.verdict import Verdict
from tests.diff.small import assessment

HERE = Path(__file__).resolve().parent
CASES = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
_LINES = (HERE / "verdicts.csv").read_text(encoding="utf-8").splitlines()
TABLE = [
    (row["older"], newer, change)
    for row in csv.DictReader(_LINES)
    for newer, change in row.items()
    if newer != "older"
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    changes = compare_assessments(
        assessment(case["older"], "older"), assessment(case["newer"], "newer"), "a" * 16, ""
    )
    rows = {row.id: row for row in changes.rows}
    assert rows.keys() == case["rows"].keys()
    for number, wanted in case["rows"].items():
        row = rows[number]
        assert row.change == wanted["change"], row.why
        for field in ("appeared", "gone", "altered"):
            if field in wanted:
                assert list(getattr(row, field)) == wanted[field]
        assert wanted.get("says", "") in row.why
    for limit in case.get("limits", ()):
        assert any(limit in said for said in changes.limits), changes.limits
    if "newly" in case:
        assert [row.id for row in newly_failing(changes)] == case["newly"]
    if not case.get("limits"):
        assert not set(changes.limits) - _about_nodes(changes.limits, case)


def _about_nodes(limits: tuple[str, ...], case: dict[str, Any]) -> set[str]:
    """Cases about nodes and policy differ in these, and need not repeat the sentence."""
    touched = {*case["older"], *case["newer"]} & {"seen", "expected", "policy", "reading",
                                                  "analyzer", "benchmark"}  # fmt: skip
    return set(limits) if touched else set()


def test_table_has_every_pair_of_verdicts() -> None:
    words = {verdict.value for verdict in Verdict}
    assert {(older, newer) for older, newer, _ in TABLE} == {(a, b) for a in words for b in words}


@pytest.mark.parametrize(("older", "newer", "change"), TABLE)
def test_pair_of_verdicts(older: str, newer: str, change: str) -> None:
    """Where one subject was looked at on both sides, the two verdicts alone decide."""
    before, after = (
        assessment({"controls": {"1.2.1": _judged(word)}}, bundles)
        for word, bundles in ((older, "older"), (newer, "newer"))
    )
    (row,) = compare_assessments(before, after, "", "").rows
    assert row.change == change
    assert bool(row.appeared) is (change == "new")
    assert bool(row.gone) is (older == "fail" and newer in ("pass", "not-applicable", "manual"))


def _judged(word: str) -> dict[str, Any]:
    return {"verdict": word} if word == "out-of-scope" else {"findings": {"node/cp-1": word}}
