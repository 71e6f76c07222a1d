"""The Summary sheet: totals that follow the register, with score and coverage side by side.

Whatever can be counted from the Controls sheet is a formula over it, and bears the
assessment's own figure as its stored value; what people fill in there changes these totals.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from xlsxwriter import Workbook

from analyzer.model import review_sheet
from analyzer.model.assertion import AGREEMENT_MEANING
from analyzer.model.assessment import Assessment, Tally
from analyzer.model.changes import CHANGE_MEANING
from analyzer.model.responsibility import Party
from analyzer.reports.tables_review import DISPOSITION, STALE
from analyzer.reports.text import one_line
from analyzer.reports.words import (
    COMPARISON_MEANING,
    DISPOSITION_MEANING,
    LEVEL_MEANING,
    PARTY_MEANING,
    REVIEW_MEANING,
    VERDICTS,
    by_name,
    by_number,
    chapter,
    counts_line,
    score_line,
)
from analyzer.reports.workbook_chart import Bars, stacked_bars
from analyzer.reports.workbook_figures import FIGURES, KEY, MEANING, Figures
from analyzer.reports.workbook_live import Register, cell
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles

NAME = "Summary"

_TOTAL = FIGURES + len(VERDICTS)
_SCORE, _COVERAGE = _TOTAL + 1, _TOTAL + 2
_WIDTHS = (20, 40, *([11.5] * (_COVERAGE + 1 - FIGURES)))
_CHART_TOP, _CHART_ROWS = 4, 12
_EXPLAINED = (
    "Score is pass / (pass + fail). Coverage is (pass + fail) / controls in scope and "
    "applicable. n/a: nothing was decided. The figures below count the rows of sheet Controls "
    "and follow what is changed there."
)
# Texts of formulas.
_PASS, _FAIL = '"pass"', '"fail"'
_ASIDE = ('"not-applicable"', '"out-of-scope"')

_WAIVED = "Accepted risks left out; never counted as passes."

Condition = Callable[[str], str]
"""What a row of the register must meet, given the address of the cell that names the group."""


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
        self._out.row = _CHART_TOP + _CHART_ROWS
        self._standing(a)
        self._sections(a)
        self._parties(a)
        # Heeded by programs that print a scaled sheet with breaks, ignored by the others.
        self._sheet.set_h_pagebreaks([self._out.row])
        self._levels(a)
        self._dispositions(a)
        self._reviews(a)
        self._comparisons(a)
        self._changes(a)
        self._other_tools(a)
        self._further(a)
        self._subsections(a)
        set_up_page(self._sheet, report_id)
        self._sheet.print_area(0, 0, self._out.row - 2, len(_WIDTHS) - 1)

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

    # --- score and coverage, before and after waivers ---

    def _standing(self, a: Assessment) -> None:
        s, out = a.summary, self._out
        out.heading("Score and coverage")
        out.heads(
            "", "", "pass", "fail", "accepted risk", "in scope and applicable", "score", "coverage"
        )
        out.label("As observed", "What the evidence shows.", "label")
        self._stand(s.overall, 0, s.overall.score)
        out.label("After waivers", _WAIVED, "label")
        self._stand(s.overall, s.waived, s.score_after_waivers)
        out.row += 1

    def _stand(self, overall: Tally, waived: int, score: float | None) -> None:
        out, counts = self._out, overall.by_verdict
        passed, failed, accepted, scope = (cell(out.row, FIGURES + n) for n in range(4))
        out.number(2, counts["pass"], self._counted(_PASS))
        out.number(3, counts["fail"] - waived, f"{self._counted(_FAIL)}-{accepted}")
        out.number(4, waived)
        out.number(
            5,
            overall.total - counts["not-applicable"] - counts["out-of-scope"],
            self._counted(*_ASIDE, left_out=True),
        )
        out.share(6, score, passed, f"{passed}+{failed}")
        out.share(7, overall.coverage, f"{passed}+{failed}+{accepted}", scope)
        out.row += 1

    def _counted(self, *verdicts: str, left_out: bool = False) -> str:
        """Return the formula that counts controls by verdict; empty where nothing is live."""
        live = self._register
        if not live.whole():
            return ""
        condition = live.differs if left_out else live.equals
        return live.counted(*(condition("Verdict", verdict) for verdict in verdicts))

    # --- tallies: a group a row, a verdict a column ---

    def _sections(self, a: Assessment) -> None:
        tallies = by_number(a.summary.by_section)
        rows = [(s, a.sections.get(s) or s, tally) for s, tally in tallies if s == chapter(s)]
        bars = self._tallies(
            ("By section", "Section", "Title"), rows, self._within, a.summary.overall
        )
        self._chart("Controls by section", bars, MEANING, 0)

    def _subsections(self, a: Assessment) -> None:
        tallies = by_number(a.summary.by_section)
        rows = [(s, a.sections.get(s) or s, tally) for s, tally in tallies if s != chapter(s)]
        if rows:
            self._tallies(("By subsection", "Section", "Title"), rows, self._within, None)

    def _parties(self, a: Assessment) -> None:
        parties = by_name(a.summary.by_party)
        rows = [(party, PARTY_MEANING[Party(party)], tally) for party, tally in parties]
        bars = self._tallies(
            ("By responsibility", "Responsibility", "Meaning"),
            rows,
            lambda name: self._register.equals("Responsibility", name),
            a.summary.overall,
        )
        self._chart("Controls by responsibility", bars, KEY, 1)

    def _levels(self, a: Assessment) -> None:
        levels = by_number(a.summary.by_level)
        rows = [(f"Level {level}", LEVEL_MEANING.get(level, ""), t) for level, t in levels]
        self._tallies(
            ("By level", "Level", "Meaning"),
            rows,
            lambda name: self._register.equals("Profile", name),
            a.summary.overall,
        )

    def _within(self, name: str) -> str:
        return self._register.begins("Section #", name)

    def _tallies(
        self,
        names: tuple[str, str, str],
        rows: Sequence[tuple[str, str, Tally]],
        condition: Condition,
        overall: Tally | None,
    ) -> Bars:
        """Write one table of tallies; returns where its rows stand, without the total."""
        out = self._out
        out.heading(names[0])
        out.heads(*names[1:], *VERDICTS, "controls", "score", "coverage")
        head, first = out.row - 1, out.row
        for key, meaning, tally in rows:
            out.label(key, meaning, "id")
            name = cell(out.row, KEY, fixed_column=True)
            self._tally(tally, (condition(name),) if self._register.whole() else (), head, "")
        last = out.row - 1
        if overall is not None:
            out.label("All controls", "", "total")
            self._tally(overall, (), head, "total_")
        out.row += 1
        return Bars(sheet=NAME, first=first, last=last, figures=FIGURES, head=head)

    def _tally(self, tally: Tally, group: tuple[str, ...], head: int, look: str) -> None:
        out, live = self._out, self._register
        for n, verdict in enumerate(VERDICTS, start=FIGURES):
            formula = ""
            if live.whole():
                name = cell(head, n, fixed_row=True)
                formula = live.counted(*group, live.equals("Verdict", name))
            out.number(n, tally.by_verdict[verdict], formula, look)
        passed, failed, last = (cell(out.row, FIGURES + n) for n in (0, 1, len(VERDICTS) - 1))
        out.number(_TOTAL, tally.total, f"=SUM({passed}:{last})", look)
        decided = f"{passed}+{failed}"
        aside = "-".join(cell(out.row, column) for column in (_TOTAL, _TOTAL - 2, _TOTAL - 1))
        out.share(_SCORE, tally.score, passed, decided, look)
        out.share(_COVERAGE, tally.coverage, decided, aside, look)
        out.row += 1

    # --- counts: a word a row ---

    def _dispositions(self, a: Assessment) -> None:
        out = self._out
        computed = Counter(
            (c.review.computed if c.review else c.disposition).value for c in a.controls
        )
        out.heading("Dispositions: what follows for the audit")
        out.heads("Disposition", "Meaning", "computed", "now")
        first = out.row
        for word, meaning in DISPOSITION_MEANING.items():
            out.label(word.value, meaning, "word")
            out.number(2, computed[word.value], self._words(DISPOSITION))
            count = a.summary.by_disposition.get(word.value, 0)
            out.number(3, count, self._words(review_sheet.FINAL))
            out.row += 1
        out.coloured(first)
        out.note("computed: without the auditor. now: as sheet Controls stands.")
        out.row += 1

    def _reviews(self, a: Assessment) -> None:
        out, found = self._out, a.summary.by_review
        # A stale review stands in the block to be repeated, and has no effect until then.
        fresh = (self._register.blank(STALE),) if self._register.has(STALE) else ()
        out.heading("Auditor's review")
        out.heads("Auditor verdict", "Meaning", "controls")
        first = out.row
        for word, meaning in REVIEW_MEANING.items():
            out.label(review_sheet.VERDICT_WORDS[word], meaning, "word")
            formula = self._words(review_sheet.VERDICT, *fresh)
            out.number(2, found.get(word.value, 0), formula)
            out.row += 1
        reviewed = f"SUM({cell(first, 2)}:{cell(out.row - 1, 2)})"
        out.label("left to review", "No verdict of an auditor yet, or a stale one.", "label")
        left = a.summary.overall.total - sum(found.values())
        out.number(2, left, f"{self._register.size()}-{reviewed}")
        out.row += 2

    def _comparisons(self, a: Assessment) -> None:
        if a.profile is None:
            return
        out = self._out
        out.heading("Published against observed")
        out.heads("Comparison", "Meaning", "controls")
        first = out.row
        for word, meaning in COMPARISON_MEANING.items():
            out.label(word.value, meaning, "word")
            count = a.summary.by_comparison.get(word.value, 0)
            out.number(2, count, self._words("Comparison"))
            out.row += 1
        out.coloured(first)
        out.row += 1

    def _changes(self, a: Assessment) -> None:
        if a.changes is None:
            return
        counts, older = a.changes.counts, a.changes.older
        rows = [(word.value, text, counts.get(word, 0)) for word, text in CHANGE_MEANING.items()]
        self._plain(f"Changes since {older.as_of[:10]}, {older.benchmark}", "Change", rows)

    def _other_tools(self, a: Assessment) -> None:
        for other in a.third_party:
            found = Counter(said.agreement for said in other.results)
            rows = [(word.value, text, found[word]) for word, text in AGREEMENT_MEANING.items()]
            title = f"What {other.tool} says: an assertion, not evidence"
            self._plain(title, "Agreement", rows)

    def _plain(self, title: str, what: str, rows: Sequence[tuple[str, str, int]]) -> None:
        """Write counts that nothing in the workbook changes."""
        out = self._out
        out.heading(one_line(title))
        out.heads(what, "Meaning", "rows")
        first = out.row
        for word, meaning, count in rows:
            out.label(word, meaning, "word")
            out.number(2, count)
            out.row += 1
        out.coloured(first)
        out.row += 1

    def _words(self, heading: str, *conditions: str) -> str:
        """Return the formula that counts rows by the word in this row's key; empty for none."""
        live = self._register
        name = cell(self._out.row, KEY, fixed_column=True)
        return live.counted(live.equals(heading, name), *conditions) if live.has(heading) else ""

    def _further(self, a: Assessment) -> None:
        partial = sum(control.partial for control in a.controls)
        figures = (
            ("readings differ", "The other reading judges otherwise.", a.summary.readings_differ),
            ("partial passes", "Passes that rest on some of the nodes only.", partial),
            ("evidence to ask for", "Missing pieces; sheet Gaps lists them.", len(a.gaps)),
            ("stale reviews", "The result changed since its review.", a.summary.stale_reviews),
        )
        self._out.heading("Further figures")
        for word, meaning, count in figures:
            self._out.label(word, meaning, "label")
            self._out.number(2, count)
            self._out.row += 1
        self._out.row += 1

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
