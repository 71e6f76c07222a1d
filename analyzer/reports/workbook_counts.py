"""Tables of words with their counts: what follows, what people said, what changed."""

from collections import Counter
from collections.abc import Sequence

from analyzer.model import review_sheet
from analyzer.model.assertion import AGREEMENT_MEANING
from analyzer.model.assessment import Assessment
from analyzer.model.changes import CHANGE_MEANING
from analyzer.reports.tables_review import DISPOSITION, STALE
from analyzer.reports.text import one_line
from analyzer.reports.words import (
    COMPARISON_MEANING,
    DISPOSITION_MEANING,
    REVIEW_MEANING,
    computed,
    is_published,
)
from analyzer.reports.workbook_figures import KEY, Figures
from analyzer.reports.workbook_live import Register, cell


class Counts:
    """Writes tables of one word a row."""

    def __init__(self, out: Figures, register: Register) -> None:
        """Take where to write, and the register to count over."""
        self._out = out
        self._register = register

    def write(self, a: Assessment) -> None:
        """Write every table that this assessment has something for."""
        self._dispositions(a)
        self._reviews(a)
        self._comparisons(a)
        self._changes(a)
        self._other_tools(a)
        self._further(a)

    def _dispositions(self, a: Assessment) -> None:
        out = self._out
        alone = Counter(computed(control) for control in a.controls)
        out.heading("Dispositions: what follows for the audit")
        out.heads("Disposition", "Meaning", "computed", "now")
        first = out.row
        for word, meaning in DISPOSITION_MEANING.items():
            out.label(word.value, meaning, "word")
            out.number(2, alone[word], self._words(DISPOSITION))
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
        out.coloured(first)
        reviewed = f"SUM({cell(first, 2)}:{cell(out.row - 1, 2)})"
        out.label("left to review", "No verdict of an auditor yet, or a stale one.", "label")
        left = a.summary.overall.total - sum(found.values())
        out.number(2, left, f"{self._register.size()}-{reviewed}")
        out.row += 2

    def _comparisons(self, a: Assessment) -> None:
        if not any(map(is_published, a.controls)):
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
        self._out.row -= 1
        for limit in a.changes.limits:
            self._out.note(f"Limit of the comparison: {limit}")
        self._out.row += 1

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
