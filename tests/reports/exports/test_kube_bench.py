"""kube-bench.json has the shape that kube-bench writes and its readers rely on."""

import json
from typing import Any

import pytest

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports import render
from analyzer.reports.exports.kube_bench import MANUAL_REASON
from analyzer.reports.text import visible
from tests.reports.builder import build

CHAPTER = {
    "id": str, "version": str, "detected_version": str, "text": str, "node_type": str,
    "tests": list, "total_pass": int, "total_fail": int, "total_warn": int, "total_info": int,
}  # fmt: skip
GROUP = {
    "section": str, "type": str, "pass": int, "fail": int, "warn": int, "info": int, "desc": str,
    "results": list,
}  # fmt: skip
RESULT = {
    "test_number": str, "test_desc": str, "audit": str, "AuditEnv": str, "AuditConfig": str,
    "type": str, "remediation": str, "test_info": list, "status": str, "actual_value": str,
    "scored": bool, "IsMultiple": bool, "expected_result": str, "reason": str,
}  # fmt: skip
STATES = ("pass", "fail", "warn", "info")


@pytest.fixture(scope="module")
def document(assessment: Assessment) -> Any:
    return json.loads(render("kube-bench", assessment)["kube-bench.json"])


def shaped(value: dict[str, Any], shape: dict[str, type]) -> bool:
    return {key: type(part) for key, part in value.items()} == shape


def results(document: Any) -> list[Any]:
    groups = [group for chapter in document["Controls"] for group in chapter["tests"]]
    return [result for group in groups for result in group["results"]]


def test_shape(document: Any) -> None:
    assert set(document) == {"Controls", "Totals"}
    for chapter in document["Controls"]:
        assert shaped(chapter, CHAPTER)
        for group in chapter["tests"]:
            assert shaped(group, GROUP)
            assert all(shaped(result, RESULT) for result in group["results"])


def test_totals_add_up(document: Any, assessment: Assessment) -> None:
    for chapter in document["Controls"]:
        for group in chapter["tests"]:
            counted = [result["status"].lower() for result in group["results"]]
            assert {s: group[s] for s in STATES} == {s: counted.count(s) for s in STATES}
        for state in STATES:
            total = chapter[f"total_{state}"]
            assert total == sum(group[state] for group in chapter["tests"])
    for state in STATES:
        total = document["Totals"][f"total_{state}"]
        assert total == sum(chapter[f"total_{state}"] for chapter in document["Controls"])
    assert sum(document["Totals"].values()) == len(assessment.controls)


def test_chapters_and_sections_are_named_as_there(document: Any) -> None:
    named = {chapter["id"]: chapter["node_type"] for chapter in document["Controls"]}
    assert named == {
        "1": "master", "2": "etcd", "3": "controlplane", "4": "node", "5": "policies",
    }  # fmt: skip
    for chapter in document["Controls"]:
        for group in chapter["tests"]:
            assert (group["section"] + ".").startswith(chapter["id"] + ".")
            for result in group["results"]:
                assert result["test_number"].startswith(group["section"] + ".")


def shown_by_defectdojo(result: dict[str, Any]) -> bool:
    """Its kube-bench parser: FAIL, and WARN unless the reason is that of a manual test."""
    manual = result["reason"] == "Test marked as a manual test"
    return result["status"] == "FAIL" or (result["status"] == "WARN" and not manual)


def test_defectdojo_shows_failures_and_what_lacks_evidence(
    document: Any, assessment: Assessment
) -> None:
    shown = {r["test_number"] for r in results(document) if shown_by_defectdojo(r)}
    wanted = (Verdict.FAIL, Verdict.NO_EVIDENCE, Verdict.ERROR)
    assert shown == {
        c.id
        for c in assessment.controls
        if c.verdict in wanted or (c.verdict is Verdict.PASS and c.partial)
    }


def test_reason_of_a_manual_test_is_theirs_and_only_theirs(
    document: Any, assessment: Assessment
) -> None:
    manual = {c.id for c in assessment.controls if c.verdict is Verdict.MANUAL}
    for result in results(document):
        assert (result["reason"] == MANUAL_REASON) == (result["test_number"] in manual)
        assert (result["type"] == "manual") == (result["test_number"] in manual)


def test_reason_names_code_and_waiver(document: Any, assessment: Assessment) -> None:
    said = {result["test_number"]: result["reason"] for result in results(document)}
    whole, part = [c for c in assessment.controls if c.waiver]
    assert said[whole.id].startswith("[3 failures waived by W-1] FAIL_DEFAULT: ")
    assert said[part.id].startswith("[1 of 3 failures waived by W-1] FAIL_DEFAULT: ")
    lacking = next(c for c in assessment.controls if c.verdict is Verdict.NO_EVIDENCE)
    assert said[lacking.id].startswith("NE_FILE_NOT_COLLECTED: ")


def test_nothing_hidden_is_in_the_texts(document: Any) -> None:
    for result in results(document):
        for text in (result["test_desc"], result["reason"], result["actual_value"]):
            assert text == visible(text)


def test_actual_values_are_bounded() -> None:
    many = build(texts=("value", "other"), findings_each=200)
    for result in results(json.loads(render("kube-bench", many)["kube-bench.json"])):
        lines = result["actual_value"].splitlines()
        assert len(lines) in {0, 51}
        assert not lines or lines[-1] == "and 150 more findings"
