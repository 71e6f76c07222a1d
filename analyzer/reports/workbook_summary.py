"""The Summary sheet: totals by section, party and level, each with score and coverage."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter import Workbook

from analyzer.model.assessment import Assessment, Tally
from analyzer.model.responsibility import Party
from analyzer.reports.text import one_line
from analyzer.reports.words import (
    COMPARISON_MEANING,
    COMPARISONS,
    PARTY_MEANING,
    VERDICTS,
    by_name,
    chapters,
    counts_line,
    levels,
    score_line,
    subsections,
)
from analyzer.reports.workbook_live import Register
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import CHART_COLOURS, Styles

NAME = "Summary"
_COLUMNS = 1 + len(VERDICTS) + 3
_CHART_ROWS = 12
_FIRST_TABLE = 5 + _CHART_ROWS


class SummarySheet:
    """Writes the sheet from top to bottom."""

    def __init__(self, book: Workbook, sheet: Any, styles: Styles, register: Register) -> None:
        """Take an empty sheet of the book, and where the register will stand."""
        self._register = register
        self._book = book
        self._sheet = sheet
        self._styles = styles
        self._row = 0

    def write(self, a: Assessment, report_id: str) -> None:
        """Write the headline, the charts and every table."""
        summary = a.summary
        self._sheet.set_column(0, 0, 38)
        self._sheet.set_column(1, _COLUMNS - 1, 11.5)
        self._headline(a)
        self._row = _FIRST_TABLE
        first, last = self._tallies("By section", chapters(a), summary.overall)
        self._chart("Controls by section", first, last, 0)
        parties = by_name(summary.by_party)
        by_party = {f"{party}: {PARTY_MEANING[Party(party)]}": t for party, t in parties}
        first, last = self._tallies("By responsibility", by_party, summary.overall)
        self._chart("Controls by responsibility", first, last, 5)
        self._tallies("By level", levels(a), summary.overall)
        self._tallies("By subsection", subsections(a), None)
        self._counts("Dispositions", dict(by_name(summary.by_disposition)), {})
        meanings = {word.value: COMPARISON_MEANING[word] for word in COMPARISONS}
        ordered = {w: summary.by_comparison[w] for w in meanings if w in summary.by_comparison}
        self._counts("Published against observed", ordered, meanings)
        set_up_page(self._sheet, report_id)
        self._sheet.print_area(0, 0, self._row, _COLUMNS - 1)

    def _headline(self, a: Assessment) -> None:
        overall, wide = a.summary.overall, _COLUMNS - 1
        self._sheet.set_row(0, 28)
        self._sheet.write_string(0, 0, "Summary", self._styles["title"])
        title = one_line(f"{a.benchmark_title}: {overall.total} controls, as of {a.as_of}")
        self._sheet.write_string(1, 0, title, self._styles["subtitle"])
        line = f"{counts_line(overall.by_verdict)}; {score_line(overall)}"
        self._sheet.set_row(2, 24)
        self._sheet.merge_range(2, 0, 2, wide, line, self._styles["headline"])
        explained = (
            "Score is pass / (pass + fail). Coverage is (pass + fail) / controls in scope and "
            "applicable. n/a: nothing was decided."
        )
        self._sheet.merge_range(3, 0, 3, wide, explained, self._styles["muted"])

    def _tallies(
        self, title: str, tallies: Mapping[str, Tally], overall: Tally | None
    ) -> tuple[int, int]:
        """Write one table of tallies; returns its first and last row, without the total."""
        self._heading(title)
        names = [title.removeprefix("By ").capitalize(), *VERDICTS, "Controls", "Score", "Coverage"]
        for n, name in enumerate(names):
            look = self._styles["head_right" if n else "head"]
            self._sheet.write_string(self._row, n, name, look)
        first = self._row = self._row + 1
        for name, tally in tallies.items():
            self._tally(name, tally, "")
        last = self._row - 1
        if overall is not None:
            self._tally("All controls", overall, "total_")
        self._row += 1
        return first, last

    def _tally(self, name: str, tally: Tally, look: str) -> None:
        sheet, styles, row = self._sheet, self._styles, self._row
        sheet.write_string(row, 0, one_line(name), styles["total" if look else "prose"])
        numbers = [tally.by_verdict[verdict] for verdict in VERDICTS] + [tally.total]
        for n, number in enumerate(numbers, start=1):
            sheet.write_number(row, n, number, styles[f"{look}count"])
        for n, share in enumerate((tally.score, tally.coverage), start=1 + len(numbers)):
            if share is None:
                sheet.write_string(row, n, "n/a", styles[f"{look}percent"])
            else:
                sheet.write_number(row, n, share, styles[f"{look}percent"])
        self._row += 1

    def _counts(self, title: str, counts: Mapping[str, int], meanings: Mapping[str, str]) -> None:
        self._heading(title)
        first = self._row
        for word, count in counts.items():
            self._sheet.write_string(self._row, 0, word, self._styles["word"])
            self._sheet.write_number(self._row, 1, count, self._styles["count"])
            if word in meanings:
                self._sheet.write_string(self._row, 2, meanings[word], self._styles["text"])
            self._row += 1
        if counts:
            self._styles.colour_words(self._sheet, first, self._row - 1, 0)
        self._row += 1

    def _heading(self, title: str) -> None:
        for column in range(_COLUMNS):
            self._sheet.write_blank(self._row, column, None, self._styles["heading"])
        self._sheet.write_string(self._row, 0, title, self._styles["heading"])
        self._row += 1

    def _chart(self, title: str, first: int, last: int, column: int) -> None:
        """Place a stacked bar chart over a table's rows; nothing where the table is empty."""
        if last < first:
            return
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        for n, verdict in enumerate(VERDICTS, start=1):
            colour = CHART_COLOURS[verdict]
            chart.add_series(
                {
                    "name": verdict.value,
                    "categories": [NAME, first, 0, last, 0],
                    "values": [NAME, first, n, last, n],
                    "fill": {"color": colour},
                    "border": {"color": "#FFFFFF", "width": 0.5},
                    "gap": 45,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": {"size": 8}})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "line": {"none": True}})
        chart.set_x_axis({"num_font": {"size": 8}, "major_gridlines": {"visible": False}})
        chart.set_size({"width": 590 if column == 0 else 480, "height": _CHART_ROWS * 20 - 12})
        self._sheet.insert_chart(4, column, chart, {"object_position": 2, "x_offset": 4})
