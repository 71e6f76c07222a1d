"""The register: one row a control.

``Section #``, ``Recommendation #``, ``Title``, ``Profile`` and ``Assessment Status`` are the
headings of the benchmark's own workbook, so that an auditor can look rows up by them.
"""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment
from analyzer.model.judgement import WaiverRecord, WaiverState
from analyzer.model.responsibility import Comparison
from analyzer.reports.citations import evidence_of
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.tables_review import BLOCK, DISPOSITION, KEYS, RegisterRow
from analyzer.reports.words import (
    computed,
    counts_line,
    is_published,
    nodes_line,
    other_line,
    several,
)

_EVIDENCE_SHOWN = 1
_EXPECTED_SHOWN = 3


def _rows(assessment: Assessment) -> Iterator[RegisterRow]:
    records: dict[str, list[WaiverRecord]] = {}
    for record in assessment.waivers:
        for number in record.matched:
            records.setdefault(number, []).append(record)
    for control in assessment.controls:
        yield RegisterRow(
            control=control,
            benchmark=assessment.benchmark_id,
            waivers=tuple(records.get(control.id, ())),
        )


def _waivers(row: RegisterRow) -> str:
    """Return the state of every waiver that names the control, and how much is covered."""
    applied = row.control.waiver
    said = [f"{record.waiver.id}: {record.state.value}" for record in row.waivers]
    if applied is not None:
        named = {r.waiver.id for r in row.waivers}
        said += [f"{i}: {WaiverState.MATCHED.value}" for i in applied.ids if i not in named]
        said.append(f"{applied.waived} of {applied.failing} failures waived")
    return "\n".join(said)


def _expected(row: RegisterRow) -> str:
    wanted = dict.fromkeys(finding.expected for finding in row.control.findings)
    return several(tuple(text for text in wanted if text), _EXPECTED_SHOWN)


def _contradicted(row: RegisterRow) -> bool:
    return row.control.responsibility.comparison is Comparison.CONTRADICTED


CONTROLS: Table[RegisterRow] = Table(
    name="Controls",
    key="Recommendation #",
    frozen=3,
    source=_rows,
    empty="The benchmark has no controls.",
    columns=(
        Column(name="Section #", kind=Kind.ID, width=9, value=lambda r: r.control.section),
        Column(name="Recommendation #", kind=Kind.ID, width=16, value=lambda r: r.control.id),
        Column(name="Title", kind=Kind.PROSE, width=32, value=lambda r: r.control.title),
        Column(name="Profile", kind=Kind.ID, width=8, value=lambda r: f"Level {r.control.level}"),
        Column(
            name="Assessment Status",
            kind=Kind.ID,
            width=12,
            value=lambda r: r.control.assessment.capitalize(),
        ),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda r: r.control.verdict.value),
        Column(
            name="What the evidence shows",
            kind=Kind.PROSE,
            width=48,
            value=lambda r: r.control.explanation,
        ),
        Column(
            name="Nodes judged", kind=Kind.PROSE, width=9, value=lambda r: nodes_line(r.control)
        ),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=13,
            value=lambda r: r.control.responsibility.party.value,
        ),
        Column(
            name="Published result",
            kind=Kind.PROSE,
            width=13,
            value=lambda r: r.control.responsibility.attested_raw,
            optional=True,
        ),
        Column(
            name="Comparison",
            kind=Kind.WORD,
            width=17,
            value=lambda r: r.control.responsibility.comparison.value,
            idle=lambda r: not is_published(r.control) and not _contradicted(r),
        ),
        Column(
            name=DISPOSITION, kind=Kind.WORD, width=15, value=lambda r: computed(r.control).value
        ),
        Column(name="Waivers", kind=Kind.PROSE, width=14, value=_waivers, optional=True),
        Column(
            name="Findings",
            kind=Kind.PROSE,
            width=13,
            value=lambda r: counts_line(r.control.counts) if r.control.counts else "",
            link=Link(sheet="Findings", key="Recommendation #"),
        ),
        Column(
            name="Evidence",
            kind=Kind.PROSE,
            width=13,
            value=lambda r: several(evidence_of(r.control), _EVIDENCE_SHOWN),
            link=Link(sheet="Evidence", key="Evidence"),
        ),
        *BLOCK,
        Column(
            name="Reason",
            kind=Kind.ID,
            width=28,
            value=lambda r: r.control.reason.value,
            printed=False,
        ),
        Column(name="Expected", kind=Kind.PROSE, width=30, value=_expected, printed=False),
        Column(
            name="Other reading",
            kind=Kind.PROSE,
            width=46,
            value=lambda r: other_line(r.control.other_reading),
            printed=False,
            optional=True,
        ),
        Column(
            name="Rule", kind=Kind.PROSE, width=46, value=lambda r: r.control.rule, printed=False
        ),
        Column(
            name="Remediation",
            kind=Kind.PROSE,
            width=50,
            value=lambda r: r.control.remediation,
            printed=False,
        ),
        Column(
            name="Basis of responsibility",
            kind=Kind.ID,
            width=15,
            value=lambda r: r.control.responsibility.basis.value,
            printed=False,
        ),
        Column(
            name="Nodes without evidence",
            kind=Kind.PROSE,
            width=24,
            value=lambda r: several(r.control.nodes_missing, 20),
            printed=False,
            optional=True,
        ),
        Column(
            name="Scored",
            kind=Kind.ID,
            width=9,
            value=lambda r: "yes" if r.control.scored else "no",
            printed=False,
        ),
        Column(
            name="Topic", kind=Kind.ID, width=34, value=lambda r: r.control.topic, printed=False
        ),
        Column(
            name="Check type",
            kind=Kind.ID,
            width=24,
            value=lambda r: r.control.check_type,
            printed=False,
        ),
        Column(
            name="Decidability",
            kind=Kind.ID,
            width=12,
            value=lambda r: r.control.decidability,
            printed=False,
        ),
        *KEYS,
    ),
)
