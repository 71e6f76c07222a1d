"""Every front page says alike who must act on what fails, and what people settled of it."""

from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook

from analyzer.model.assessment import Assessment
from analyzer.model.judgement import REVIEW_DISPOSITION, ReviewVerdict
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports import render
from analyzer.reports.terminal import summary_text
from tests.reports.builder import build, summarise

ACTING = (
    "Who must act on the failures: the provider on 1, the customer on 2, and somebody whom "
    "nothing names on 1. An auditor settled 1 failure: 5.1.4 pass. Waivers accept 1 failure "
    "whole: 1.2.3."
)


@pytest.fixture(scope="module")
def settled() -> Assessment:
    made = build(texts=("plain", "words"))
    (like, *_) = (c.review for c in made.controls if c.review)
    assert like is not None
    said = replace(like.review, control="5.1.4", verdict=ReviewVerdict.PASS)
    review = replace(like, review=said, stale=False, computed=Disposition.NON_COMPLIANT)
    after = REVIEW_DISPOSITION[said.verdict]
    controls = tuple(
        replace(c, review=review, disposition=after) if c.id == "5.1.4" else c
        for c in made.controls
    )
    return replace(made, controls=controls, summary=summarise(controls))


def _pages(a: Assessment) -> dict[str, str]:
    book = load_workbook(BytesIO(render("xlsx", a)["report.xlsx"]))
    cells = [str(c.value) for row in book["Cover"].iter_rows() for c in row if c.value]
    return {
        "md": render("md", a)["report.md"].decode().partition("## Contents")[0],
        "html": unescape(render("html", a)["report.html"].decode()).partition("</header>")[0],
        "cover": "\n".join(cells),
        "terminal": summary_text(a, width=None),
    }


def test_they_say_it_in_the_same_words(settled: Assessment) -> None:
    for name, page in _pages(settled).items():
        assert ACTING in page, name


def test_the_verdicts_stay_as_observed(settled: Assessment) -> None:
    pages = _pages(settled)
    assert "6 pass, 6 fail" in pages["md"]
    assert "6 pass, 6 fail" in pages["html"]
    assert "6 passed and 6 failed" in pages["cover"]
    assert settled.summary.by_party["shared"].by_verdict[Verdict.FAIL] == 2
    assert "**Worst of the open failures**" in pages["md"]
    assert "2 more open failures" not in pages["terminal"]  # four are open, and four are shown


def test_nothing_settled_says_nothing_of_it() -> None:
    for name, page in _pages(build(texts=("plain", "words"), people=False)).items():
        for word in ("settled", "Waivers accept", "open failures"):
            assert word not in page, (name, word)


def test_the_page_says_when_nothing_is_left(settled: Assessment) -> None:
    one = tuple(c for c in settled.controls if c.id == "5.1.4")
    page = _pages(replace(settled, controls=one, summary=summarise(one)))["html"]
    assert "1 failure: 5.1.4 pass. No failure is left open." in page
    assert "No control fails." not in page
    good = tuple(c for c in settled.controls if c.verdict is Verdict.PASS)
    page = _pages(replace(settled, controls=good, summary=summarise(good)))["html"]
    assert "<p>No control fails.</p>" in page


def test_the_page_says_when_no_risk_is_accepted(settled: Assessment) -> None:
    idle = replace(settled, summary=replace(settled.summary, waived=0))
    assert "no failure is an accepted risk" in _pages(idle)["html"]
    assert "1 failure is an accepted risk, and stays a failure in" in _pages(settled)["html"]
