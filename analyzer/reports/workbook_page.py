"""What every sheet shares: paper, margins, header and footer."""

from dataclasses import dataclass
from typing import Any

from analyzer.model.assessment import Assessment
from analyzer.reports.rendering import Paper, Rendering
from analyzer.reports.text import one_line
from analyzer.reports.workbook_cells import clip

_PAPER_CODES = {Paper.A4: 9, Paper.LETTER: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is printed around every sheet.

    Attributes:
        benchmark, cluster: What was judged against what; left and right of the header.
        label: Who may see it, between the two.
    """

    paper: Paper
    label: str
    benchmark: str
    cluster: str


def page_of(assessment: Assessment, rendering: Rendering) -> Page:
    """Return what is printed around the sheets of one assessment."""
    cluster = f"cluster {assessment.cluster.uid}" if assessment.cluster.uid else "cluster unknown"
    return Page(
        paper=rendering.paper,
        label=rendering.label,
        benchmark=assessment.benchmark_title,
        cluster=f"{cluster}, as of {assessment.as_of[:10]}",
    )


def label_page(sheet: Any, page: Page) -> None:
    """Set the paper, and say on each page what is judged and who should see it."""
    sheet.set_paper(_PAPER_CODES[page.paper])
    left, right = _plain(page.benchmark, 80), _plain(page.cluster, 90)
    middle = _plain(page.label, 50)
    sheet.set_header(f"&L&8{left}&C&8{middle}&R&8{right}", {"margin": 0.25})


def set_up_page(sheet: Any, report_id: str, *, header_row: int | None = None) -> None:
    """Make a sheet print well: landscape, one page wide, numbered, headings repeated.

    Args:
        sheet: An xlsxwriter worksheet.
        report_id: Printed in the footer; ties the paper to assessment.json.
        header_row: Row (from 0) to repeat on each page; None where there is none.
    """
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.35, right=0.35, top=0.55, bottom=0.5)
    sheet.set_footer(f"&L&8report {report_id}&C&8&A&R&8Page &P of &N", {"margin": 0.25})
    sheet.hide_gridlines(2)
    if header_row is not None:
        sheet.repeat_rows(header_row)


def _plain(text: str, most: int) -> str:
    """Return text that a header prints as it stands, whatever it holds.

    Args:
        text: One part of the header.
        most: UTF-16 units to keep; a spreadsheet refuses more than 255 in all.
    """
    kept = clip(one_line(text).replace("&", "&&"), most)
    if (len(kept) - len(kept.rstrip("&"))) % 2:
        kept = kept[:-1]
    # A space first: a digit right after "&8" would be read as a part of the font size.
    return f" {kept}"
