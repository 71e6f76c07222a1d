"""What the Controls sheet holds, as text: what a filled-in workbook is compared with."""

from collections.abc import Callable, Mapping

from analyzer.model.assessment import Assessment
from analyzer.model.review_sheet import BLOCK, FINAL, KEYS
from analyzer.reports.table import Column
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.tables_review import RegisterRow
from analyzer.reports.workbook_cells import cell_text

Cells = Mapping[str, Mapping[str, str]]
"""Text by heading by control id."""


def register_cells(assessment: Assessment) -> Cells:
    """Return every cell that the tool fills, but hidden keys and the live formula."""
    return _cells(assessment, lambda heading: heading not in (*BLOCK, *KEYS, FINAL))


def block_cells(assessment: Assessment) -> Cells:
    """Return how the reviewer's block was filled in advance; dates as ``YYYY-MM-DD``.

    Texts are as written, hidden characters spelled out: a comment that nobody touched is equal
    to this, not always to the comment of the review.
    """
    return _cells(assessment, lambda heading: heading in BLOCK)


def _cells(assessment: Assessment, wanted: Callable[[str], bool]) -> Cells:
    columns = CONTROLS.columns_for(assessment)
    return {row.control.id: _row(row, columns, wanted) for row in CONTROLS.source(assessment)}


def _row(
    row: RegisterRow, columns: tuple[Column[RegisterRow], ...], wanted: Callable[[str], bool]
) -> Mapping[str, str]:
    evidence = next(str(column.value(row)) for column in columns if column.name == "Evidence")
    return {
        column.name: cell_text(str(column.value(row)), evidence[:200])
        for column in columns
        if wanted(column.name)
    }
