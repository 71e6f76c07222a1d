"""Help for the people who fill in the reviewer's block: lists, dates, and what belongs where.

Nothing is locked: a protected sheet can be neither sorted nor filtered. The reader of a filled-in
workbook finds out what was edited.
"""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from xlsxwriter.utility import xl_range_abs

from analyzer.model import review_sheet
from analyzer.model.verdict import Verdict
from analyzer.reports.tables_review import STALE
from analyzer.reports.workbook_hidden import METHOD_LIST, VERDICT_LIST
from analyzer.reports.workbook_place import Placed
from analyzer.reports.workbook_style import Styles

_YEARS = 10

_LISTS = MappingProxyType(
    {review_sheet.VERDICT: VERDICT_LIST, review_sheet.METHOD: METHOD_LIST},
)
_ASKED: Mapping[str, str] = MappingProxyType(
    {
        review_sheet.VERDICT: (
            "Your own conclusion. Leave it empty while there is none; choose "
            f"{review_sheet.CLEAR} to take an earlier one back."
        ),
        review_sheet.METHOD: (
            "How you came to it: EXAMINE (documents, evidence), INTERVIEW (people) or TEST."
        ),
        review_sheet.COMMENT: "Why. Needed unless you agree.",
        review_sheet.REVIEWER: "Your name.",
        review_sheet.REVIEWED_ON: "The day of the review, as a date: 2026-01-31.",
    }
)


def guide_reviewer(sheet: Any, styles: Styles, placed: Placed) -> None:
    """Add input messages and rules to the block, and print it, filled in or not yet."""
    last = max(placed.shown, 1)
    for heading in review_sheet.BLOCK:
        column = placed.index(heading)
        rule = _rule(heading, placed.assessment.as_of)
        sheet.data_validation(1, column, last, column, rule)
    if placed.has(STALE):
        column, look = placed.index(STALE), styles.words[Verdict.FAIL.value]
        rule = {"type": "text", "criteria": "begins with", "value": "stale", "format": look}
        sheet.conditional_format(1, column, last, column, rule)
    _print_block(sheet, placed, last)


def _print_block(sheet: Any, placed: Placed, last: int) -> None:
    """Print the block on pages of its own, beside number and title, in letters that one can read.

    All columns on one page would shrink to half their size. Whoever fills in a fresh report and
    prints it finds their words on paper. xlsxwriter's print_area() takes a single range; the
    property behind it takes a list as the file format does.
    """
    end = STALE if placed.has(STALE) else review_sheet.FINAL
    block = xl_range_abs(0, placed.index(review_sheet.VERDICT), last, placed.index(end))
    sheet.print_area_range += f",'{placed.table.name}'!{block}"
    sheet.repeat_columns(0, placed.table.frozen - 1)


def _rule(heading: str, as_of: str) -> dict[str, Any]:
    said = {"input_title": heading, "input_message": _ASKED[heading], "error_title": heading}
    if heading in _LISTS:
        wrong = "Choose one of the words of the list, or leave the cell empty."
        return said | {
            "validate": "list",
            "source": f"={_LISTS[heading]}",
            "error_message": wrong,
        }
    if heading == review_sheet.REVIEWED_ON:
        first, final = _span(as_of)
        return said | {
            "validate": "date",
            "criteria": "between",
            "minimum": first,
            "maximum": final,
            "error_message": f"Give a date between {first} and {final}.",
        }
    return said | {"validate": "any"}


def _span(as_of: str) -> tuple[datetime.date, datetime.date]:
    """Return the days that a review may have: within ten years of the assessment."""
    year = int(as_of[:4]) if as_of[:4].isascii() and as_of[:4].isdigit() else 2000
    first, final = max(year - _YEARS, 1901), min(max(year + _YEARS, 1901), 9999)
    return datetime.date(first, 1, 1), datetime.date(final, 12, 31)
