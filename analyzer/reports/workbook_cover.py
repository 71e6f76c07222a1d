"""The Cover sheet: what was judged, from which evidence, by which rules, and what words mean."""

from collections.abc import Iterable
from typing import Any

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import MEANING
from analyzer.reports.words import (
    LIMITS,
    VERDICTS,
    benchmark_line,
    by_name,
    counts_line,
    nodes_in_evidence,
    other_line,
    profile_facts,
    reading_line,
    score_line,
)
from analyzer.reports.workbook_cells import cell_text, row_height
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles

NAME = "Cover"
_WIDTHS = (24, 82, 18, 42)

_SHEETS = {
    "Summary": "Totals by section, responsibility and level, with score and coverage.",
    "Controls": "The register: one row for every control of the benchmark.",
    "Findings": "One row for each node or object that a control was judged on.",
    "Evidence": "Where each piece of evidence stands: bundle, member, hash and place.",
    "Responsibility": "Who answers for each control; first three columns as in a FedRAMP CRM.",
    "Published vs observed": "What the provider publishes beside what the evidence shows.",
    "Gaps": "What evidence to ask for, the command that collects it, and what waits for it.",
    "Nodes": "Every control that was judged on nodes, a column a node.",
    "Waivers": "Accepted risks: what they cover, until when, and whether they took effect.",
    "Changes": "What changed since the older assessment, and what cannot be compared.",
    "Third party": "What another tool says, beside our verdict; an assertion, not evidence.",
    "Crosswalk": "What a move from an older benchmark of this run changes.",
}
"""What a sheet is for, by its name."""
_FURTHER = "Further rows of the sheet before it."


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
        self._pairs("This report", _facts(a, report_id))
        self._pairs("Read this first", [(f"Note {n}", t) for n, t in enumerate(a.notices, 1)])
        self._pairs("Where text and behaviour differ", _differences(a))
        self._bundles(a)
        self._legend()
        self._pairs("Declared policy: " + a.policy_id, by_name(a.policy))
        self._pairs("Limits", [(f"Limit {n}", text) for n, text in enumerate(LIMITS, 1)])
        self._sheets(sheets)
        self._pairs("What did not fit", [(f"Sheet note {n}", r) for n, r in enumerate(remarks, 1)])
        set_up_page(self._sheet, report_id)
        self._sheet.print_area(0, 0, self._row, len(_WIDTHS) - 1)

    def _title(self, a: Assessment) -> None:
        self._sheet.set_row(0, 30)
        self._sheet.write_string(0, 0, "Kubernetes benchmark assessment", self._styles["title"])
        self._sheet.write_string(1, 0, cell_text(a.benchmark_title), self._styles["subtitle"])
        line = f"{counts_line(a.summary.overall.by_verdict)}; {score_line(a.summary.overall)}"
        self._sheet.set_row(2, 26)
        self._sheet.merge_range(2, 0, 2, 3, line, self._styles["headline"])
        self._row = 4

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
        heads = ("Subject", "Bundle", "Integrity", "Collected")
        for column, name in enumerate(heads):
            self._sheet.write_string(self._row, column, name, self._styles["head"])
        self._row += 1
        for b in a.bundles:
            ran = "complete" if b.complete else "incomplete: some probes gave no evidence"
            statuses = ", ".join(f"{count} {status}" for status, count in by_name(b.counts))
            cells = (
                f"{b.kind}: {b.subject}",
                f"bundle id {b.name}\nSHA-256 {b.sha256}\ncustody fingerprint {b.fingerprint}",
                f"hashes {b.integrity}\n{b.signature}",
                f"{b.collected_at}, {ran}\nby {b.collector}\nprobes: {statuses}",
            )
            shown = tuple(cell_text(text) for text in cells)
            for column, text in enumerate(shown):
                self._sheet.write_string(self._row, column, text, self._styles["prose"])
            self._fit(tuple(zip(shown, _WIDTHS, strict=True)))
            self._row += 1
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
            self._pair(name, _SHEETS.get(name, _FURTHER), "label")
            link = f"internal:'{name}'!A1"
            self._sheet.write_url(self._row - 1, 0, link, self._styles["link"], name)
        note = "Columns right of the printed area are there to filter by; they do not print."
        self._sheet.write_string(self._row, 0, note, self._styles["text"])
        self._row += 1

    def _fit(self, texts: tuple[tuple[str, float], ...]) -> None:
        height = row_height(texts)
        if height is not None:
            self._sheet.set_row(self._row, height)


def _differences(a: Assessment) -> list[tuple[str, str]]:
    return [
        (c.id, f"{c.title}: {c.verdict.value}; {other_line(c.other_reading)}")
        for c in a.controls
        if c.other_reading is not None
    ]


def _facts(a: Assessment, report_id: str) -> list[tuple[str, str]]:
    return [
        ("Report id", f"{report_id} (first 16 digits of SHA-256 of assessment.json)"),
        ("As of", a.as_of),
        ("Benchmark", benchmark_line(a)),
        ("Why this benchmark", a.benchmark_why),
        ("Cluster", a.cluster.uid or "unknown"),
        ("Kubernetes version", a.cluster.kubernetes_version or "unknown"),
        ("Nodes", nodes_in_evidence(a)),
        *(profile_facts(a.profile) if a.profile else ()),
        ("Reading", reading_line(a)),
        ("Written by", f"kube-evidence {a.analyzer_version}"),
    ]
