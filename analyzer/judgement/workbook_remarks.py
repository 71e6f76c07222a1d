"""What is remarkable about a workbook and wrong in none of its cells: told, never refused."""

from collections.abc import Iterator, Mapping
from datetime import date

from analyzer.judgement.workbook_block import Decision
from analyzer.judgement.workbook_register import Register, Row, has_headings
from analyzer.judgement.workbook_sheets import Sheet
from analyzer.model.assessment import Assessment
from analyzer.model.review_sheet import REVIEWED_ON, SHEET

_DAYS_BEFORE = 30
"""Nobody has seen a result before its evidence was collected; a month is left for clocks that are
wrong and for a date of the assessment that was set to the end of a period."""

_DAYS_AFTER = 400
"""Audits come round once a year; by then there is newer evidence to look at."""

_NAMED = 12
_TITLE = 40


def twins(sheets: Mapping[str, Sheet]) -> list[str]:
    """Name other visible sheets that people may have filled in instead of ours.

    Args:
        sheets: By title; of others than ours the first rows are enough.
    """
    return [
        f'sheet "{title[:_TITLE]}" has the headings of {SHEET} as well; only {SHEET} is read'
        for title, sheet in sheets.items()
        if title != SHEET and not sheet.hidden and has_headings(sheet)
    ]


def odd_days(
    decisions: Mapping[str, Decision], rows: Mapping[str, Row], assessment: Assessment
) -> list[str]:
    """Name new reviews whose day does not go with the day of the evidence."""
    as_of = date.fromisoformat(assessment.as_of[:10])
    return list(_odd_days(decisions, rows, as_of))


def _odd_days(
    decisions: Mapping[str, Decision], rows: Mapping[str, Row], as_of: date
) -> Iterator[str]:
    for control, decision in decisions.items():
        if not decision.made or decision.review is None:
            continue
        day = decision.review.reviewed_on
        days = (date.fromisoformat(day) - as_of).days
        if -_DAYS_BEFORE <= days <= _DAYS_AFTER:
            continue
        when = "before" if days < 0 else "after"
        yield (
            f"{rows[control].at(REVIEWED_ON)}: {control} was reviewed on {day}, {abs(days)} days "
            f"{when} the assessment's date {as_of.isoformat()}"
        )


def out_of_sight(
    decisions: Mapping[str, Decision], rows: Mapping[str, Row], register: Register
) -> list[str]:
    """Count the rows that decide something new where nobody sees it."""
    hidden = [
        control
        for control, decision in decisions.items()
        if (decision.made or decision.cleared) and rows[control].number in register.hidden
    ]
    if not hidden:
        return []
    first = ", ".join(hidden[:_NAMED])
    more = f" and {len(hidden) - _NAMED} more" if len(hidden) > _NAMED else ""
    what = "rows that are hidden, by hand or by a filter, say something new, which counts as well"
    return [f"{what}: {len(hidden)} ({first}{more})"]
