"""Two assessments and their workbooks, made once when a test first asks for them."""

import datetime
from functools import cache
from typing import Any

from analyzer.model.assessment import Assessment
from analyzer.model.digests import result_digest
from analyzer.model.judgement import Method, Review, ReviewVerdict
from analyzer.model.review_sheet import META_SHEET, SHEET
from analyzer.reports import render
from tests.judgement.workbook_maker import fill, only
from tests.reports.builder import build

PLAIN = build(texts=("a text", "another", "5", "2026-01-05", "true"), people=False)
"""No reviews yet; texts that spreadsheets like to retype."""

HOSTILE = build()
"""With reviews, and with texts that mean harm."""

DAY = datetime.date(2026, 2, 3)
FIRST, SECOND, THIRD = (c.id for c in PLAIN.controls[:3])

_KNOWN = {"plain": PLAIN, "hostile": HOSTILE}


def whole(assessment: Assessment) -> bytes:
    """Return the workbook of one of the two."""
    return _whole(_name(assessment))


def slim(assessment: Assessment) -> bytes:
    """Return it without the sheets that nobody fills in: they take most of the time to save."""
    return _slim(_name(assessment))


def _name(assessment: Assessment) -> str:
    return next(name for name, known in _KNOWN.items() if known is assessment)


@cache
def _whole(name: str) -> bytes:
    return render("xlsx", _KNOWN[name])["report.xlsx"]


@cache
def _slim(name: str) -> bytes:
    return only(_whole(name), (SHEET, META_SHEET))


def result_of(number: str, assessment: Assessment = PLAIN) -> str:
    return result_digest(next(c for c in assessment.controls if c.id == number))


def earlier_of(assessment: Assessment) -> tuple[Review, ...]:
    return tuple(c.review.review for c in assessment.controls if c.review)


def three(sheet: Any) -> None:
    """Fill in three rows in the usual way."""
    fill(sheet, FIRST, verdict="Agree", by="Ada", on=DAY)
    fill(sheet, SECOND, verdict="Pass", method="TEST", comment="Tried it.", by="Ada", on=DAY)
    fill(sheet, THIRD, verdict="Fail", method="INTERVIEW", comment="Asked.", by="Bo", on=DAY)


def review(number: str, verdict: ReviewVerdict, method: Method, comment: str, by: str) -> Review:
    return Review(
        control=number,
        verdict=verdict,
        method=method,
        comment=comment,
        reviewer=by,
        reviewed_on="2026-02-03",
        observed=next(c.verdict for c in PLAIN.controls if c.id == number),
        result=result_of(number),
    )


THREE = (
    review(FIRST, ReviewVerdict.AGREE, Method.EXAMINE, "", "Ada"),
    review(SECOND, ReviewVerdict.PASS, Method.TEST, "Tried it.", "Ada"),
    review(THIRD, ReviewVerdict.FAIL, Method.INTERVIEW, "Asked.", "Bo"),
)
