"""report.xlsx: the assessment as a workbook that an auditor can sort, filter, print and send on.

Every text is written as a typed string, so nothing from a bundle becomes a formula, a number or
an outside link. The creation time is the assessment's, so equal results are equal files.
"""

import datetime
from io import BytesIO

from xlsxwriter import Workbook

from analyzer.model.assessment import Assessment
from analyzer.reports import workbook_cover, workbook_summary
from analyzer.reports.rendering import Rendering
from analyzer.reports.tables import TABLES
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.workbook_live import register_of
from analyzer.reports.workbook_style import Styles
from analyzer.reports.workbook_table import SHEET_ROWS, SheetWriter, place

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(assessment: Assessment, rendering: Rendering, sheet_rows: int = SHEET_ROWS) -> bytes:
    """Return the workbook.

    Args:
        assessment: What to report.
        rendering: Its report id, and the paper.
        sheet_rows: Rows that one sheet may hold; what does not fit is counted in a note.
    """
    report_id = rendering.report_id
    out = BytesIO()
    book = Workbook(out, _OPTIONS)
    book.set_properties(
        {
            "title": "Kubernetes benchmark assessment",
            "subject": f"report {report_id}",
            "author": f"kube-evidence {assessment.analyzer_version}",
            "created": _created(assessment.as_of),
        }
    )
    styles = Styles(book)
    wanted = [table for table in TABLES if table.wanted(assessment)]
    placed = {table.name: place(table, assessment, sheet_rows) for table in wanted}
    cover = workbook_cover.CoverSheet(book.add_worksheet(workbook_cover.NAME), styles)
    cover.write(assessment, report_id, tuple(placed))
    summary = book.add_worksheet(workbook_summary.NAME)
    register = register_of(placed[CONTROLS.name])
    workbook_summary.SummarySheet(book, summary, styles, register).write(assessment, report_id)
    for name, one in placed.items():
        SheetWriter(book.add_worksheet(name), styles, one, placed).write(report_id)
    book.close()
    return out.getvalue()


def _created(as_of: str) -> datetime.datetime:
    """Return the document's time; a fixed one where ``as_of`` is no time, never the clock."""
    try:
        return datetime.datetime.strptime(as_of, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        return datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
