"""A filled-in workbook joined with the assessment that it was written from."""

from analyzer.judgement.workbook import Cells, WorkbookReview, read_workbook
from analyzer.model.assessment import Assessment
from analyzer.reports import rendering_of
from analyzer.reports.register_cells import block_cells, register_cells
from analyzer.reports.tables_register import CONTROLS


def review_workbook(
    content: bytes,
    assessment: Assessment,
    *,
    name: str = "report.xlsx",
    reviewer: str = "",
    reviewed_on: str = "",
) -> WorkbookReview:
    """Read what auditors filled in, compared with what was written for them.

    Args:
        content: The workbook's bytes.
        assessment: The run that it was written from, or another over the same bundles.
        name: What messages call the workbook.
        reviewer: Name for rows without one.
        reviewed_on: Date, ``YYYY-MM-DD``, for rows without one.

    Raises:
        UserFileError: Not such a workbook, of another case, or some cells make no sense.
    """
    return read_workbook(
        content,
        assessment,
        _written(assessment),
        report_id=rendering_of(assessment).report_id,
        name=name,
        reviewer=reviewer,
        reviewed_on=reviewed_on,
    )


def _written(assessment: Assessment) -> Cells:
    """Return what was written, but live cells: they show what follows of what people fill in."""
    live = {column.name for column in CONTROLS.columns_for(assessment) if column.formula}
    block = block_cells(assessment)
    return {
        control: {heading: text for heading, text in cells.items() if heading not in live}
        | dict(block[control])
        for control, cells in register_cells(assessment).items()
    }
