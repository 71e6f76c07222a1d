"""junit.xml keeps to Jenkins' schema, and holds every control once."""

from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports import render
from tests.reports.builder import HOSTILE, build

# Of junit-10.xsd (jenkinsci/xunit-plugin): by element, the attributes that must be there, those
# that may, and the children.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        },
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "skipped": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


@pytest.fixture(scope="module")
def root(assessment: Assessment) -> Any:
    return fromstring(render("junit", assessment)["junit.xml"], forbid_dtd=True)


def test_schema(root: Any) -> None:
    for element in root.iter():
        required, optional, children = SCHEMA[element.tag]
        names = set(element.attrib)
        assert required <= names <= required | optional, element.tag
        assert {child.tag for child in element} <= children, element.tag


def test_suites_are_sections_and_cases_controls(root: Any, assessment: Assessment) -> None:
    names = [case.get("name").split(" ")[0] for case in root.iter("testcase")]
    assert names == [control.id for control in assessment.controls]
    for suite in root:
        section = suite.get("name").split(" ")[0]
        classes = {case.get("classname") for case in suite.iter("testcase")}
        assert classes == {f"cis-1.10.{section}"}


def test_counts_are_those_of_the_cases(root: Any, assessment: Assessment) -> None:
    for suite in [*root, root]:
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
        assert int(suite.get("errors")) == len(list(suite.iter("error")))
        if suite is not root:
            assert int(suite.get("skipped")) == len(list(suite.iter("skipped")))
    failing = [c for c in assessment.controls if c.verdict is Verdict.FAIL]
    assert int(root.get("failures")) == len(failing)


def test_skips_say_why(root: Any, assessment: Assessment) -> None:
    by_id = {c.id: c for c in assessment.controls}
    for case in root.iter("testcase"):
        control = by_id[case.get("name").split(" ")[0]]
        for answer in case.iter("skipped"):
            assert answer.get("type") == control.reason.value
            assert f"{control.verdict.value}: " in answer.get("message")


def test_waiver_and_review_are_told(root: Any, assessment: Assessment) -> None:
    cases = {case.get("name").split(" ")[0]: case for case in root.iter("testcase")}
    waived = next(c for c in assessment.controls if c.waiver and c.waiver.complete)
    message = cases[waived.id].find("failure").get("message")
    assert message.startswith("[3 failures waived by W-1] fail: ")
    said = f"disposition: {waived.disposition.value}"
    assert said in cases[waived.id].find("system-out").text
    reviewed = next(c for c in assessment.controls if c.review and not c.review.stale)
    assert "auditor: agree (Ada Auditor)" in cases[reviewed.id].find("system-out").text


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_gives_well_formed_xml(text: str) -> None:
    fromstring(render("junit", build(texts=(text, text)))["junit.xml"], forbid_dtd=True)
