"""The findings: one row a control and subject."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, ControlResult, Finding
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import other_line, several


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
            width=15,
            value=lambda r: r.control.id,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Subject", kind=Kind.PROSE, width=24, value=lambda r: r.finding.subject),
        Column(name="Verdict", kind=Kind.WORD, width=13, value=lambda r: r.finding.verdict.value),
        Column(name="Actual", kind=Kind.CODE, width=46, value=lambda r: r.finding.actual),
        Column(name="Expected", kind=Kind.PROSE, width=33, value=lambda r: r.finding.expected),
        Column(
            name="Explanation", kind=Kind.PROSE, width=54, value=lambda r: r.finding.explanation
        ),
        Column(
            name="Evidence",
            kind=Kind.ID,
            width=16,
            value=lambda r: several(r.finding.evidence, 1),
            link=Link(sheet="Evidence", key="Evidence"),
        ),
        Column(
            name="Further evidence",
            kind=Kind.PROSE,
            width=40,
            value=lambda r: ", ".join(r.finding.evidence[1:]),
            printed=False,
            optional=True,
        ),
        Column(name="Remarks", kind=Kind.PROSE, width=30, value=_remarks, optional=True),
        Column(
            name="Waiver", kind=Kind.ID, width=10, value=lambda r: r.finding.waiver, optional=True
        ),
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
