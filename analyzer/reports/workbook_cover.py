"""The Cover sheet: what was judged, from which evidence, by which rules, and what words mean."""

from collections.abc import Iterable
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import MEANING
from analyzer.reports.bundle_lines import case_line, collector_line, run_line
from analyzer.reports.cover_texts import (
    REVIEWING,
    SHEETS,
    comparison_limits,
    differences,
    facts,
    how_far,
    in_short,
    subject_line,
)
from analyzer.reports.story import worst
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import LIMITS, VERDICTS, by_name, counts_line, score_line
from analyzer.reports.workbook_cells import cell_text, row_height
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles

NAME = "Cover"
_WIDTHS = (24, 82, 18, 42)

_WORST, _SAID = 5, 170
_KEY = xl_col_to_name([column.name for column in CONTROLS.columns].index(CONTROLS.key))
"""Column of the register that links lead to."""
_LETTER = 1.25
"""Letters that fit into one unit of column width."""
_FURTHER = "Further rows of the sheet before it."
_PRINTED = (
    f"On paper, sheet {CONTROLS.name} prints the auditor's columns on pages of their own, beside "
    "number and title. The last columns of some sheets are there to filter by; they do not print."
)


class CoverSheet:
    """Writes the sheet from top to bottom."""

    def __init__(self, sheet: Any, styles: Styles) -> None:
        """Take an empty sheet."""
        self._sheet = sheet
        self._styles = styles
        self._row = 0

    def write(
        self, a: Assessment, report_id: str, sheets: tuple[str, ...], remarks: tuple[str, ...]
    ) -> None:
        """Write every block.

        Args:
            a: What to report.
            report_id: Ties the workbook to assessment.json.
            sheets: Names of the data sheets that follow.
            remarks: A sentence for everything that a spreadsheet's limits left out.
        """
        for column, width in enumerate(_WIDTHS):
            self._sheet.set_column(column, column, width)
        self._title(a)
        self._pairs("In short", in_short(a))
        self._worst(a)
        self._pairs("Read this first", [(f"Note {n}", t) for n, t in enumerate(a.notices, 1)])
        # Heeded by programs that print a scaled sheet with breaks, ignored by the others.
        self._sheet.set_h_pagebreaks([self._row])
        self._pairs("What was judged", facts(a, report_id))
        self._sheets(sheets)
        self._pairs("For the auditor", REVIEWING)
        self._pairs("What stands against the comparison", comparison_limits(a))
        self._pairs("What did not fit", [(f"Sheet note {n}", r) for n, r in enumerate(remarks, 1)])
        self._pairs("Where text and behaviour differ", differences(a))
        self._bundles(a)
        self._legend()
        self._pairs("Declared policy: " + a.policy_id, by_name(a.policy))
        self._pairs("Limits", [(f"Limit {n}", text) for n, text in enumerate(LIMITS, 1)])
        set_up_page(self._sheet, report_id)
        self._sheet.print_area(0, 0, self._row, len(_WIDTHS) - 1)

    def _title(self, a: Assessment) -> None:
        self._sheet.set_row(0, 30)
        self._sheet.write_string(0, 0, "Kubernetes benchmark assessment", self._styles["title"])
        self._sheet.write_string(1, 0, cell_text(subject_line(a)), self._styles["subtitle"])
        line = f"{counts_line(a.summary.overall.by_verdict)}; {score_line(a.summary.overall)}"
        self._sheet.set_row(2, 26)
        self._sheet.merge_range(2, 0, 2, 3, line, self._styles["headline"])
        self._row = 4

    def _worst(self, a: Assessment) -> None:
        """Write the failures to speak of first, each with what was seen and who must act."""
        found = worst(a, _WORST)
        if not found:
            return
        self._heading("Worst failures")
        self._heads(("Control", "What fails", "Who must act", "How far"))
        rows = {control.id: row for row, control in enumerate(a.controls, start=2)}
        for c in found:
            said = cut(one_line(f"{c.title}. {c.explanation}"), _SAID, " ...")
            texts = (c.id, said, c.responsibility.party.value, how_far(c))
            self._cells(tuple(cell_text(text) for text in texts))
            target = f"internal:'{CONTROLS.name}'!{_KEY}{rows[c.id]}"
            self._sheet.write_url(self._row - 1, 0, target, self._styles["link"], cell_text(c.id))
        self._row += 1

    def _heads(self, names: tuple[str, ...]) -> None:
        for column, name in enumerate(names):
            self._sheet.write_string(self._row, column, name, self._styles["head"])
        self._row += 1

    def _cells(self, shown: tuple[str, ...]) -> None:
        for column, text in enumerate(shown):
            self._sheet.write_string(self._row, column, text, self._styles["prose"])
        self._fit(tuple(zip(shown, _WIDTHS, strict=True)))
        self._row += 1

    def _heading(self, title: str) -> None:
        for column in range(len(_WIDTHS)):
            self._sheet.write_blank(self._row, column, None, self._styles["heading"])
        self._sheet.write_string(self._row, 0, cell_text(title), self._styles["heading"])
        self._row += 1

    def _pairs(self, title: str, pairs: Iterable[tuple[str, str]]) -> None:
        pairs = tuple(pairs)
        if not pairs:
            return
        self._heading(title)
        for label, text in pairs:
            self._pair(label, text, "label")
        self._row += 1

    def _pair(self, label: str, text: str, look: str) -> None:
        shown = cell_text(text)
        self._sheet.write_string(self._row, 0, cell_text(label), self._styles[look])
        self._sheet.merge_range(self._row, 1, self._row, 3, "", self._styles["prose"])
        self._sheet.write_string(self._row, 1, shown, self._styles["prose"])
        self._fit(((label, _WIDTHS[0]), (shown, sum(_WIDTHS[1:]))))
        self._row += 1

    def _bundles(self, a: Assessment) -> None:
        self._heading("Bundles")
        self._heads(("Subject", "Bundle", "Integrity", "Collected"))
        for b in a.bundles:
            made = "\n".join(filter(None, (f"by {collector_line(b)}", case_line(b))))
            statuses = ", ".join(f"{count} {status}" for status, count in by_name(b.counts))
            cells = (
                f"{b.kind}: {b.subject}",
                f"bundle id {b.name}\nSHA-256 {b.sha256}\ncustody fingerprint {b.fingerprint}",
                f"hashes {b.integrity}\n{b.signature}",
                f"{b.collected_at}, {run_line(b)}\n{made}\nprobes: {statuses}",
            )
            self._cells(tuple(cell_text(text) for text in cells))
        self._row += 1

    def _legend(self) -> None:
        self._heading("What the verdicts mean")
        first = self._row
        for verdict in VERDICTS:
            self._pair(verdict.value, MEANING[verdict], "word")
        self._styles.colour_words(self._sheet, first, self._row - 1, 0)
        self._row += 1

    def _sheets(self, sheets: tuple[str, ...]) -> None:
        self._heading("Sheets")
        for name in ("Summary", *sheets):
            self._pair(name, SHEETS.get(name, _FURTHER), "label")
            link = f"internal:'{name}'!A1"
            self._sheet.write_url(self._row - 1, 0, link, self._styles["link"], name)
        self._sheet.write_string(self._row, 0, _PRINTED, self._styles["text"])
        self._row += 2

    def _fit(self, texts: tuple[tuple[str, float], ...]) -> None:
        height = row_height(tuple((text, width * _LETTER) for text, width in texts))
        if height is not None:
            self._sheet.set_row(self._row, height)
