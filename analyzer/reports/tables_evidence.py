"""The evidence register, and the evidence that is still to be asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, EvidenceRef, Gap
from analyzer.reports.citations import bundle_mark, cited_by
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import several

_USERS_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """An entry and the controls that cite it."""

    entry: EvidenceRef
    users: tuple[str, ...]


def _evidence(assessment: Assessment) -> Iterator[EvidenceRow]:
    users = cited_by(assessment)
    for ref in assessment.evidence:
        yield EvidenceRow(entry=ref, users=users.get(ref.id, ()))


EVIDENCE: Table[EvidenceRow] = Table(
    name="Evidence",
    key="Evidence ID",
    frozen=2,
    source=_evidence,
    empty="No verdict cites a place in a bundle.",
    columns=(
        Column(name="Evidence ID", kind=Kind.ID, width=12, value=lambda r: r.entry.id),
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=16,
            value=lambda r: "".join(r.users[:1]),
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(
            name="Also used by",
            kind=Kind.PROSE,
            width=16,
            value=lambda r: several(r.users[1:], _USERS_SHOWN),
        ),
        Column(name="Subject", kind=Kind.PROSE, width=20, value=lambda r: r.entry.subject),
        Column(name="Archive member", kind=Kind.CODE, width=22, value=lambda r: r.entry.member),
        Column(name="Place", kind=Kind.CODE, width=26, value=lambda r: r.entry.selector),
        Column(name="Excerpt", kind=Kind.CODE, width=50, value=lambda r: r.entry.excerpt),
        Column(
            name="Member SHA-256", kind=Kind.CODE, width=34, value=lambda r: r.entry.member_sha256
        ),
        Column(name="Bundle", kind=Kind.CODE, width=28, value=lambda r: bundle_mark(r.entry)),
        Column(
            name="Collected",
            kind=Kind.ID,
            width=21,
            value=lambda r: r.entry.collected_at,
            printed=False,
        ),
        Column(
            name="Bundle SHA-256",
            kind=Kind.CODE,
            width=34,
            value=lambda r: r.entry.bundle_sha256,
            printed=False,
        ),
    ),
)

GAPS: Table[Gap] = Table(
    name="Gaps",
    key="",
    frozen=1,
    source=lambda assessment: assessment.gaps,
    empty="No control lacks evidence that a collector could bring.",
    columns=(
        Column(name="Missing evidence", kind=Kind.CODE, width=28, value=lambda g: g.key),
        Column(name="Subject", kind=Kind.PROSE, width=22, value=lambda g: g.subject),
        Column(name="What was found instead", kind=Kind.PROSE, width=46, value=lambda g: g.detail),
        Column(
            name="Command that collects it", kind=Kind.CODE, width=52, value=lambda g: g.command
        ),
        Column(
            name="Controls waiting",
            kind=Kind.COUNT,
            width=11,
            value=lambda g: len(g.controls),
        ),
        Column(
            name="Recommendation #",
            kind=Kind.PROSE,
            width=40,
            value=lambda g: ", ".join(g.controls),
        ),
    ),
)
