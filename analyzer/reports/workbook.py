"""report.xlsx: the assessment as a workbook that an auditor can sort, filter, print and send on.

Every text is written as a typed string, so nothing from a bundle becomes a formula, a number or
an outside link. The creation time is the assessment's, so equal results are equal files.
"""

import datetime
from collections.abc import Mapping
from io import BytesIO
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook

from analyzer.model.assessment import Assessment
from analyzer.model.review_sheet import PROGRAM
from analyzer.reports import workbook_cover, workbook_summary
from analyzer.reports.rendering import Rendering
from analyzer.reports.tables import TABLES
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.workbook_hidden import add_lists, add_meta
from analyzer.reports.workbook_live import register_of
from analyzer.reports.workbook_page import label_page
from analyzer.reports.workbook_place import Layout, Limits, Placed, lay_out
from analyzer.reports.workbook_review import guide_reviewer
from analyzer.reports.workbook_style import Styles
from analyzer.reports.workbook_table import SheetWriter

_OPTIONS = {
    "use_zip64": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(assessment: Assessment, rendering: Rendering, limits: Limits | None = None) -> bytes:
    """Return the workbook.

    Args:
        assessment: What to report.
        rendering: Its report id, and the paper.
        limits: How much goes into one sheet; what does not fit is counted in a note.
    """
    layout = lay_out(TABLES, assessment, rendering, limits or Limits())
    if not any(placed.streamed for placed in layout.tables.values()):
        return _write(assessment, rendering, layout, {"in_memory": True})
    # Only for its owner, and gone afterwards: it holds evidence.
    with TemporaryDirectory(prefix="kube-evidence-") as folder:
        return _write(assessment, rendering, layout, {"tmpdir": folder})


def _write(
    assessment: Assessment, rendering: Rendering, layout: Layout, where: Mapping[str, Any]
) -> bytes:
    report_id = rendering.report_id
    out = BytesIO()
    book = Workbook(out, {**_OPTIONS, **where})
    book.set_properties(
        {
            "title": "Kubernetes benchmark assessment",
            "subject": f"report {report_id}",
            "author": PROGRAM + assessment.analyzer_version,
            "created": _created(assessment.as_of),
        }
    )
    styles = Styles(book)
    placed = layout.tables
    cover = workbook_cover.CoverSheet(book.add_worksheet(workbook_cover.NAME), styles)
    cover.write(assessment, report_id, tuple(placed), layout.remarks())
    summary = book.add_worksheet(workbook_summary.NAME)
    register = register_of(placed[CONTROLS.name])
    workbook_summary.SummarySheet(book, summary, styles, register).write(assessment, report_id)
    for one in placed.values():
        sheet = _add_sheet(book, one)
        SheetWriter(sheet, styles, one, layout).write(report_id)
        if one.table is CONTROLS:
            guide_reviewer(sheet, styles, one)
    add_lists(book)
    add_meta(book, assessment, report_id)
    for sheet in book.worksheets():
        label_page(sheet, layout.page)
    book.close()
    return out.getvalue()


def _add_sheet(book: Workbook, placed: Placed) -> Any:
    """Add a sheet; of very many rows, one whose rows go to disk as they are written."""
    book.constant_memory = placed.streamed
    sheet = book.add_worksheet(placed.table.name)
    book.constant_memory = False
    return sheet


def _created(as_of: str) -> datetime.datetime:
    """Return the document's time; a fixed one where ``as_of`` is no time, never the clock."""
    try:
        return datetime.datetime.strptime(as_of, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except ValueError:
        return datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
