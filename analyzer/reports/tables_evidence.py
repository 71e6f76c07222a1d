"""The evidence register, and the evidence that is still to be asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, EvidenceRef, Gap
from analyzer.model.evidence import NODE_BUNDLE
from analyzer.reports.citations import bundle_mark, cited_by
from analyzer.reports.losses import loss_story
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import several

_USERS_SHOWN = 12
_DIGITS = 12
"""Of a hash on paper; the whole one stands in a column that does not print."""


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
        Column(name="Bundle", kind=Kind.CODE, width=24, value=lambda r: bundle_mark(r.entry)),
        Column(name="Archive member", kind=Kind.CODE, width=22, value=lambda r: r.entry.member),
        Column(name="Place", kind=Kind.CODE, width=60, value=lambda r: r.entry.selector),
        Column(name="Excerpt", kind=Kind.CODE, width=64, value=lambda r: r.entry.excerpt),
        Column(
            name="Member SHA-256 begins",
            kind=Kind.CODE,
            width=15,
            value=lambda r: r.entry.member_sha256[:_DIGITS],
        ),
        Column(
            name="Subject",
            kind=Kind.PROSE,
            width=20,
            value=lambda r: r.entry.subject,
            printed=False,
        ),
        Column(
            name="Collected",
            kind=Kind.ID,
            width=21,
            value=lambda r: r.entry.collected_at,
            printed=False,
        ),
        Column(
            name="Member SHA-256",
            kind=Kind.CODE,
            width=68,
            value=lambda r: r.entry.member_sha256,
            printed=False,
        ),
        Column(
            name="Bundle SHA-256",
            kind=Kind.CODE,
            width=68,
            value=lambda r: r.entry.bundle_sha256,
            printed=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A gap with its number on the list of requests."""

    number: int
    gap: Gap


def _gaps(assessment: Assessment) -> Iterator[GapRow]:
    """Yield the requests that unlock most first."""
    ranked = sorted(assessment.gaps, key=lambda gap: -len(gap.controls))
    for number, gap in enumerate(ranked, start=1):
        yield GapRow(number=number, gap=gap)


def _request(row: GapRow) -> str:
    """Return the request as it can be sent to whoever holds the evidence."""
    gap = row.gap
    what = "A bundle" if gap.key == NODE_BUNDLE else f"Evidence {gap.key}"
    controls = "1 control waits" if len(gap.controls) == 1 else f"{len(gap.controls)} controls wait"
    where = "the cluster" if gap.subject == "cluster" else gap.subject.replace("node/", "node ", 1)
    if gap.command.startswith("none"):
        return (
            f"{what} of {where} is missing, and no collector brings it. Please show by other "
            f"means how it is configured; {controls} for it."
        )
    return (
        f"{what} of {where} is missing. Please have the command in this row run, and send the "
        f"bundle that it writes; {controls} for it."
    )


GAPS: Table[GapRow] = Table(
    name="Gaps",
    key="",
    frozen=1,
    source=_gaps,
    empty="No control lacks evidence that a collector could bring.",
    remarks=lambda assessment: tuple(loss_story(assessment)),
    columns=(
        Column(name="Request", kind=Kind.ID, width=9, value=lambda r: f"R-{r.number:02d}"),
        Column(name="What we ask for", kind=Kind.PROSE, width=46, value=_request),
        Column(
            name="Command that collects it",
            kind=Kind.CODE,
            width=44,
            value=lambda r: r.gap.command,
        ),
        Column(
            name="Controls waiting",
            kind=Kind.COUNT,
            width=9,
            value=lambda r: len(r.gap.controls),
        ),
        Column(
            name="Recommendation #",
            kind=Kind.PROSE,
            width=32,
            value=lambda r: ", ".join(r.gap.controls),
        ),
        Column(name="Why", kind=Kind.PROSE, width=13, value=lambda r: r.gap.cause.value),
        Column(name="Missing evidence", kind=Kind.CODE, width=24, value=lambda r: r.gap.key),
        Column(name="Subject", kind=Kind.PROSE, width=20, value=lambda r: r.gap.subject),
        Column(
            name="What was found instead", kind=Kind.PROSE, width=36, value=lambda r: r.gap.detail
        ),
    ),
)
