"""The waivers of a run: what they cover, until when, and what became of them."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment
from analyzer.model.judgement import WAIVER_STATE_MEANING, Waiver, WaiverRecord
from analyzer.reports.table import Column, Kind, Table
from analyzer.reports.workbook_cells import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRow:
    """A waiver and the day that it is judged on; None where the run has no proper date."""

    record: WaiverRecord
    day: datetime.date | None


def _rows(assessment: Assessment) -> Iterator[WaiverRow]:
    day = day_of(assessment.as_of[:10])
    for record in assessment.waivers:
        yield WaiverRow(record=record, day=day)


def _scope(waiver: Waiver) -> str:
    """Return where a waiver holds; without a place, its digest says which failures it means."""
    scope = waiver.scope
    parts = (
        ("nodes", scope.nodes),
        ("namespaces", scope.namespaces),
        ("objects", scope.objects),
    )
    said = [f"{what}: {', '.join(names)}" for what, names in parts if names]
    unplaced = "bound by its digest" if waiver.digest else "not restricted"
    return "\n".join(said) or unplaced


def _standing(row: WaiverRow) -> str:
    """Return how long it is still valid, counted from the day of the assessment."""
    first, last = day_of(row.record.waiver.valid_from), day_of(row.record.waiver.expires_on)
    if row.day is None or first is None or last is None:
        return ""
    if row.day < first:
        return f"begins in {_days(first - row.day)}"
    if row.day > last:
        return f"ended {_days(row.day - last)} ago"
    return f"{_days(last - row.day)} left"


def _days(span: datetime.timedelta) -> str:
    return "1 day" if span.days == 1 else f"{span.days} days"


def _remarks(assessment: Assessment) -> tuple[str, ...]:
    """Return what the states mean that occur."""
    states = {record.state for record in assessment.waivers}
    return tuple(f"{s.value}: {text}" for s, text in WAIVER_STATE_MEANING.items() if s in states)


WAIVERS: Table[WaiverRow] = Table(
    name="Waivers",
    key="",
    frozen=1,
    source=_rows,
    empty="No waiver was given: no failure of this assessment is an accepted risk.",
    remarks=_remarks,
    columns=(
        Column(name="Waiver", kind=Kind.PROSE, width=14, value=lambda r: r.record.waiver.id),
        Column(name="State", kind=Kind.WORD, width=13, value=lambda r: r.record.state.value),
        Column(name="Why", kind=Kind.PROSE, width=30, value=lambda r: r.record.why),
        Column(
            name="Recommendation #",
            kind=Kind.PROSE,
            width=13,
            value=lambda r: ", ".join(r.record.waiver.controls),
        ),
        Column(name="Where", kind=Kind.PROSE, width=22, value=lambda r: _scope(r.record.waiver)),
        Column(
            # Not "covered": an expired or a stale waiver names failures, and covers none.
            name="Failures it names",
            kind=Kind.COUNT,
            width=9,
            value=lambda r: r.record.findings,
        ),
        Column(
            name="Reason", kind=Kind.PROSE, width=18, value=lambda r: r.record.waiver.reason.value
        ),
        Column(
            name="Justification",
            kind=Kind.PROSE,
            width=38,
            value=lambda r: r.record.waiver.justification,
        ),
        Column(name="Owner", kind=Kind.PROSE, width=14, value=lambda r: r.record.waiver.owner),
        Column(
            name="Approved by", kind=Kind.PROSE, width=14, value=lambda r: r.record.waiver.approver
        ),
        Column(
            name="Valid from", kind=Kind.DATE, width=11, value=lambda r: r.record.waiver.valid_from
        ),
        Column(
            name="Expires on", kind=Kind.DATE, width=11, value=lambda r: r.record.waiver.expires_on
        ),
        Column(name="On the day of this report", kind=Kind.PROSE, width=13, value=_standing),
        Column(
            name="Ticket",
            kind=Kind.PROSE,
            width=14,
            value=lambda r: r.record.waiver.ticket,
            printed=False,
            optional=True,
        ),
        Column(
            name="Names failures of",
            kind=Kind.PROSE,
            width=18,
            value=lambda r: ", ".join(r.record.matched),
            printed=False,
        ),
        Column(
            name="Digest granted for",
            kind=Kind.CODE,
            width=40,
            value=lambda r: r.record.waiver.digest,
            printed=False,
            optional=True,
        ),
        Column(
            name="Digest now",
            kind=Kind.CODE,
            width=40,
            value=lambda r: r.record.digest_now,
            printed=False,
            optional=True,
        ),
    ),
)
