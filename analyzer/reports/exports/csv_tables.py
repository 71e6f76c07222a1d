"""controls.csv, findings.csv and evidence.csv: headings as in the workbook, nothing shortened."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import TypeVar

from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef, Finding
from analyzer.model.judgement import AppliedReview
from analyzer.reports.citations import cited_by, evidence_of
from analyzer.reports.exports.csv_cells import lines
from analyzer.reports.rendering import Rendering
from analyzer.reports.tables_review import DISPOSITION, STALE
from analyzer.reports.words import computed, counts_line, nodes_line, other_line

R = TypeVar("R")
Columns = Mapping[str, Callable[[R], str]]


def _of_review(value: Callable[[AppliedReview], str]) -> Callable[[ControlResult], str]:
    return lambda control: value(control.review) if control.review else ""


_CONTROLS: Columns[ControlResult] = {
    "Section #": lambda c: c.section,
    "Recommendation #": lambda c: c.id,
    "Title": lambda c: c.title,
    "Profile": lambda c: f"Level {c.level}",
    "Assessment Status": lambda c: c.assessment.capitalize(),
    "Verdict": lambda c: c.verdict.value,
    "Reason": lambda c: c.reason.value,
    "What the evidence shows": lambda c: c.explanation,
    "Nodes judged": nodes_line,
    "Nodes without evidence": lambda c: ", ".join(c.nodes_missing),
    "Responsibility": lambda c: c.responsibility.party.value,
    "Basis of responsibility": lambda c: c.responsibility.basis.value,
    "Published result": lambda c: c.responsibility.attested_raw,
    "Comparison": lambda c: c.responsibility.comparison.value,
    DISPOSITION: lambda c: computed(c).value,
    "Waivers": lambda c: ", ".join(c.waiver.ids) if c.waiver else "",
    "Failures waived": lambda c: f"{c.waiver.waived} of {c.waiver.failing}" if c.waiver else "",
    review_sheet.VERDICT: _of_review(lambda r: review_sheet.VERDICT_WORDS[r.review.verdict]),
    review_sheet.METHOD: _of_review(lambda r: review_sheet.METHOD_WORDS[r.review.method]),
    review_sheet.COMMENT: _of_review(lambda r: r.review.comment),
    review_sheet.REVIEWER: _of_review(lambda r: r.review.reviewer),
    review_sheet.REVIEWED_ON: _of_review(lambda r: r.review.reviewed_on),
    review_sheet.FINAL: lambda c: c.disposition.value,
    STALE: _of_review(lambda r: r.why),
    "Findings": lambda c: counts_line(c.counts) if c.counts else "",
    "Evidence": lambda c: ", ".join(evidence_of(c)),
    "Other reading": lambda c: other_line(c.other_reading),
    "Rule": lambda c: c.rule,
    "Remediation": lambda c: c.remediation,
    "Scored": lambda c: "yes" if c.scored else "no",
    "Topic": lambda c: c.topic,
    "Check type": lambda c: c.check_type,
    "Decidability": lambda c: c.decidability,
}

_Found = tuple[ControlResult, Finding]


def _missing(found: _Found) -> str:
    return "\n".join(f"{m.key} of {m.subject}: {m.detail}" for m in found[1].missing)


_FINDINGS: Columns[_Found] = {
    "Recommendation #": lambda f: f[0].id,
    "Subject": lambda f: f[1].subject,
    "Verdict": lambda f: f[1].verdict.value,
    "Reason": lambda f: f[1].reason.value,
    "Actual": lambda f: f[1].actual,
    "Expected": lambda f: f[1].expected,
    "Explanation": lambda f: f[1].explanation,
    "Evidence": lambda f: ", ".join(f[1].evidence),
    "Missing evidence": _missing,
    "Waiver": lambda f: f[1].waiver,
    "Responsibility": lambda f: f[0].responsibility.party.value,
    "Other reading": lambda f: other_line(f[1].other_reading),
    "Remarks": lambda f: "\n".join(f[1].notes),
}

_Cited = tuple[EvidenceRef, tuple[str, ...]]

_EVIDENCE: Columns[_Cited] = {
    "Evidence ID": lambda e: e[0].id,
    "Recommendation #": lambda e: ", ".join(e[1]),
    "Subject": lambda e: e[0].subject,
    "Archive member": lambda e: e[0].member,
    "Place": lambda e: e[0].selector,
    "Excerpt": lambda e: e[0].excerpt,
    "Member SHA-256": lambda e: e[0].member_sha256,
    "Bundle SHA-256": lambda e: e[0].bundle_sha256,
    "Collected": lambda e: e[0].collected_at,
}


def write_controls(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the register: a row a control, in the benchmark's order."""
    del rendering  # a table has no front page
    return _file(_CONTROLS, assessment.controls)


def write_findings(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return a row a control and subject, in the register's order."""
    del rendering
    return _file(_FINDINGS, ((c, f) for c in assessment.controls for f in c.findings))


def write_evidence(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return a row a place that a verdict cites, by evidence id."""
    del rendering
    users = cited_by(assessment)
    return _file(_EVIDENCE, ((entry, users.get(entry.id, ())) for entry in assessment.evidence))


def _file(columns: Columns[R], values: Iterable[R]) -> bytes:
    """Write row by row: beside the finished file there is never more than one row in memory."""
    out = BytesIO()
    out.writelines(lines(_rows(columns, values)))
    return out.getvalue()


def _rows(columns: Columns[R], values: Iterable[R]) -> Iterator[Iterable[str]]:
    yield columns
    for value in values:
        yield (cell(value) for cell in columns.values())
