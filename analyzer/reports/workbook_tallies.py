"""Tables of tallies: a group of controls a row, a verdict a column, score and coverage."""

from collections.abc import Callable, Sequence

from analyzer.model.assessment import Assessment, Tally
from analyzer.model.responsibility import Party
from analyzer.reports.words import (
    LEVEL_MEANING,
    PARTY_MEANING,
    VERDICTS,
    by_name,
    by_number,
    chapter,
)
from analyzer.reports.workbook_chart import Bars
from analyzer.reports.workbook_figures import FIGURES, KEY, Figures
from analyzer.reports.workbook_live import Register, cell

_TOTAL = FIGURES + len(VERDICTS)
_SCORE, _COVERAGE = _TOTAL + 1, _TOTAL + 2
LAST = _COVERAGE
"""Last column of a table of tallies."""

# Texts of formulas.
_PASS, _FAIL = '"pass"', '"fail"'
_ASIDE = ('"not-applicable"', '"out-of-scope"')

_WAIVED = "Accepted risks left out; never counted as passes."

Condition = Callable[[str], str]
"""What a row of the register must meet, given the address of the cell that names the group."""


class Tallies:
    """Writes tables of tallies."""

    def __init__(self, out: Figures, sheet: str, register: Register) -> None:
        """Take where to write, the sheet's name for charts, and the register to count over."""
        self._out = out
        self._sheet = sheet
        self._register = register

    def standing(self, a: Assessment) -> None:
        """Write score and coverage, before and after waivers."""
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

    def sections(self, a: Assessment) -> Bars:
        """Write the top-level sections; returns where they stand."""
        tallies = by_number(a.summary.by_section)
        rows = [(s, a.sections.get(s) or s, tally) for s, tally in tallies if s == chapter(s)]
        return self._tallies(
            ("By section", "Section", "Title"), rows, self._within, a.summary.overall
        )

    def subsections(self, a: Assessment) -> None:
        """Write the sections below; nothing where there are none.

        A section without any stands among them as a whole, so that the rows hold every control.
        """
        tallies = by_number(a.summary.by_section)
        divided = {chapter(s) for s, _ in tallies if s != chapter(s)}
        rows = [(s, a.sections.get(s) or s, tally) for s, tally in tallies if s not in divided]
        if divided:
            self._tallies(("By subsection", "Section", "Title"), rows, self._within, None)

    def parties(self, a: Assessment) -> Bars:
        """Write who must act; returns where the rows stand."""
        parties = by_name(a.summary.by_party)
        rows = [(party, PARTY_MEANING[Party(party)], tally) for party, tally in parties]
        return self._tallies(
            ("By responsibility", "Responsibility", "Meaning"),
            rows,
            lambda name: self._register.equals("Responsibility", name),
            a.summary.overall,
        )

    def levels(self, a: Assessment) -> None:
        """Write the levels."""
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
        return Bars(sheet=self._sheet, first=first, last=last, figures=FIGURES, head=head)

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
