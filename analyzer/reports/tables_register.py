"""The register and its findings: one row a control, one row a control and subject.

``Section #``, ``Recommendation #``, ``Title``, ``Profile`` and ``Assessment Status`` are the
headings of the benchmark's own workbook, so that an auditor can look rows up by them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, ControlResult, Finding
from analyzer.reports.citations import evidence_of
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import counts_line, nodes_line, other_line, several

_EVIDENCE_SHOWN = 1


CONTROLS: Table[ControlResult] = Table(
    name="Controls",
    key="Recommendation #",
    frozen=3,
    source=lambda assessment: assessment.controls,
    empty="The benchmark has no controls.",
    columns=(
        Column(name="Section #", kind=Kind.ID, width=9, value=lambda c: c.section),
        Column(name="Recommendation #", kind=Kind.ID, width=16, value=lambda c: c.id),
        Column(name="Title", kind=Kind.PROSE, width=34, value=lambda c: c.title),
        Column(name="Profile", kind=Kind.ID, width=9, value=lambda c: f"Level {c.level}"),
        Column(
            name="Assessment Status",
            kind=Kind.ID,
            width=12,
            value=lambda c: c.assessment.capitalize(),
        ),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda c: c.verdict.value),
        Column(
            name="What the evidence shows",
            kind=Kind.PROSE,
            width=50,
            value=lambda c: c.explanation,
        ),
        Column(name="Nodes judged", kind=Kind.PROSE, width=10, value=nodes_line),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=15,
            value=lambda c: c.responsibility.party.value,
        ),
        Column(
            name="Published result",
            kind=Kind.ID,
            width=14,
            value=lambda c: c.responsibility.attested_raw,
        ),
        Column(
            name="Comparison",
            kind=Kind.WORD,
            width=15,
            value=lambda c: c.responsibility.comparison.value,
        ),
        Column(name="Disposition", kind=Kind.WORD, width=15, value=lambda c: c.disposition.value),
        Column(
            name="Findings",
            kind=Kind.PROSE,
            width=15,
            value=lambda c: counts_line(c.counts) if c.counts else "",
            link=Link(sheet="Findings", key="Recommendation #"),
        ),
        Column(
            name="Evidence",
            kind=Kind.PROSE,
            width=16,
            value=lambda c: several(evidence_of(c), _EVIDENCE_SHOWN),
            link=Link(sheet="Evidence", key="Evidence"),
        ),
        Column(
            name="Reason", kind=Kind.ID, width=28, value=lambda c: c.reason.value, printed=False
        ),
        Column(
            name="Other reading",
            kind=Kind.PROSE,
            width=46,
            value=lambda c: other_line(c.other_reading),
            printed=False,
        ),
        Column(name="Rule", kind=Kind.PROSE, width=46, value=lambda c: c.rule, printed=False),
        Column(
            name="Remediation",
            kind=Kind.PROSE,
            width=50,
            value=lambda c: c.remediation,
            printed=False,
        ),
        Column(
            name="Basis of responsibility",
            kind=Kind.ID,
            width=15,
            value=lambda c: c.responsibility.basis.value,
            printed=False,
        ),
        Column(
            name="Nodes without evidence",
            kind=Kind.PROSE,
            width=24,
            value=lambda c: several(c.nodes_missing, 20),
            printed=False,
        ),
        Column(
            name="Scored",
            kind=Kind.ID,
            width=9,
            value=lambda c: "yes" if c.scored else "no",
            printed=False,
        ),
        Column(name="Topic", kind=Kind.ID, width=34, value=lambda c: c.topic, printed=False),
        Column(
            name="Check type", kind=Kind.ID, width=24, value=lambda c: c.check_type, printed=False
        ),
        Column(
            name="Decidability",
            kind=Kind.ID,
            width=12,
            value=lambda c: c.decidability,
            printed=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding with the control it belongs to."""

    control: ControlResult
    finding: Finding


def _findings(assessment: Assessment) -> Iterator[FindingRow]:
    for control in assessment.controls:
        for finding in control.findings:
            yield FindingRow(control=control, finding=finding)


def _remarks(row: FindingRow) -> str:
    missing = [f"Missing {m.key} of {m.subject}: {m.detail}" for m in row.finding.missing]
    other = [other_line(row.finding.other_reading)] if row.finding.other_reading else []
    return "\n".join([*missing, *other, *row.finding.notes])


FINDINGS: Table[FindingRow] = Table(
    name="Findings",
    key="Recommendation #",
    frozen=2,
    source=_findings,
    empty="No control was judged on any subject.",
    columns=(
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=16,
            value=lambda r: r.control.id,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Subject", kind=Kind.PROSE, width=32, value=lambda r: r.finding.subject),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda r: r.finding.verdict.value),
        Column(name="Actual", kind=Kind.CODE, width=38, value=lambda r: r.finding.actual),
        Column(name="Expected", kind=Kind.CODE, width=26, value=lambda r: r.finding.expected),
        Column(
            name="Explanation", kind=Kind.PROSE, width=50, value=lambda r: r.finding.explanation
        ),
        Column(
            name="Evidence",
            kind=Kind.ID,
            width=11,
            value=lambda r: "".join(r.finding.evidence[:1]),
            link=Link(sheet="Evidence", key="Evidence"),
        ),
        Column(
            name="Further evidence",
            kind=Kind.PROSE,
            width=18,
            value=lambda r: ", ".join(r.finding.evidence[1:]),
        ),
        Column(name="Remarks", kind=Kind.PROSE, width=36, value=_remarks),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=15,
            value=lambda r: r.control.responsibility.party.value,
            printed=False,
        ),
        Column(
            name="Reason",
            kind=Kind.ID,
            width=28,
            value=lambda r: r.finding.reason.value,
            printed=False,
        ),
        Column(
            name="Title", kind=Kind.PROSE, width=36, value=lambda r: r.control.title, printed=False
        ),
    ),
)
