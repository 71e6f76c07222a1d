"""The Summary sheet: totals that follow the register, with score and coverage side by side.

Whatever can be counted from the Controls sheet is a formula over it, and bears the
assessment's own figure as its stored value; what people fill in there changes these totals.
"""

from typing import Any

from xlsxwriter import Workbook

from analyzer.model.assessment import Assessment
from analyzer.reports.text import one_line
from analyzer.reports.words import counts_line, score_line
from analyzer.reports.workbook_chart import Bars, stacked_bars
from analyzer.reports.workbook_counts import Counts
from analyzer.reports.workbook_figures import FIGURES, KEY, MEANING, Figures
from analyzer.reports.workbook_live import Register
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles
from analyzer.reports.workbook_tallies import LAST, Tallies

NAME = "Summary"

_WIDTHS = (20, 40, *([11.5] * (LAST + 1 - FIGURES)))
_CHART_TOP, _CHART_ROWS = 4, 12
_EXPLAINED = (
    "Score is pass / (pass + fail). Coverage is (pass + fail) / controls in scope and "
    "applicable. n/a: nothing was decided. The figures below count the rows of sheet Controls "
    "and follow what is changed there."
)


class SummarySheet:
    """Writes the sheet from top to bottom."""

    def __init__(self, book: Workbook, sheet: Any, styles: Styles, register: Register) -> None:
        """Take an empty sheet of the book, and where the register will stand."""
        self._book = book
        self._sheet = sheet
        self._styles = styles
        self._register = register
        self._out = Figures(sheet, styles, _WIDTHS, live=register.whole())

    def write(self, a: Assessment, report_id: str) -> None:
        """Write the headline, the charts and every table."""
        self._headline(a)
        out = self._out
        out.row = _CHART_TOP + _CHART_ROWS
        tallies = Tallies(out, NAME, self._register)
        tallies.standing(a)
        self._chart("Controls by section", tallies.sections(a), MEANING, 0)
        self._chart("Controls by responsibility", tallies.parties(a), KEY, 1)
        breaks = [out.row]
        tallies.levels(a)
        Counts(out, self._register).write(a)
        # Heeded by programs that print a scaled sheet with breaks, ignored by the others.
        self._sheet.set_h_pagebreaks([*breaks, out.row])
        tallies.subsections(a)
        set_up_page(self._sheet, report_id)
        self._sheet.print_area(0, 0, out.row - 2, len(_WIDTHS) - 1)

    def _headline(self, a: Assessment) -> None:
        overall, wide = a.summary.overall, len(_WIDTHS) - 1
        self._sheet.set_row(0, 28)
        self._sheet.write_string(0, 0, "Summary", self._styles["title"])
        title = one_line(f"{a.benchmark_title}: {overall.total} controls, as of {a.as_of}")
        self._sheet.write_string(1, 0, title, self._styles["subtitle"])
        line = f"{counts_line(overall.by_verdict)}; {score_line(overall)}"
        self._sheet.set_row(2, 24)
        self._sheet.merge_range(2, 0, 2, wide, line, self._styles["headline"])
        self._sheet.set_row(3, 28)
        self._sheet.merge_range(3, 0, 3, wide, _EXPLAINED, self._styles["muted"])

    def _chart(self, title: str, bars: Bars, names: int, place: int) -> None:
        """Place a chart beside the other one; nothing where its table is empty."""
        if bars.last < bars.first:
            return
        told = (
            f"Stacked bars of verdicts. Table '{title.removeprefix('Controls ')}' has the numbers."
        )
        column, width = ((0, 650), (FIGURES + 3, 560))[place]
        height = _CHART_ROWS * 20 - 12
        chart = stacked_bars(self._book, bars, names, title, (width, height))
        options = {"object_position": 2, "x_offset": 4, "description": told}
        self._sheet.insert_chart(_CHART_TOP, column, chart, options)
