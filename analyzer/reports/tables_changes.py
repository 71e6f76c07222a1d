"""What changed since an older assessment: one row a control."""

from collections.abc import Callable, Iterable

from analyzer.model.assessment import Assessment
from analyzer.model.changes import ChangeSide, ControlChange
from analyzer.reports.table import Column, Kind, Link, Table

_NO_CONTROL = "no such control"


def _rows(assessment: Assessment) -> Iterable[ControlChange]:
    return assessment.changes.rows if assessment.changes else ()


def _older(value: Callable[[ChangeSide], str]) -> Callable[[ControlChange], str]:
    return lambda row: value(row.older) if row.older else ""


def _newer(value: Callable[[ChangeSide], str]) -> Callable[[ControlChange], str]:
    return lambda row: value(row.newer) if row.newer else ""


def _older_number(row: ControlChange) -> str:
    """Return the older number where it is another one."""
    return row.older.id if row.older and row.older.id != row.id else ""


def _limits(assessment: Assessment) -> tuple[str, ...]:
    """Return which assessment is the older one, and what stands against comparing the two."""
    changes = assessment.changes
    if changes is None:
        return ()
    older = changes.older
    told = f"Before: report {older.report_id} as of {older.as_of}, {older.benchmark}."
    return (told, *(f"Limit of the comparison: {limit}" for limit in changes.limits))


CHANGES: Table[ControlChange] = Table(
    name="Changes",
    key="",
    frozen=3,
    source=_rows,
    empty="Neither assessment has a control.",
    wanted=lambda assessment: assessment.changes is not None,
    remarks=_limits,
    columns=(
        Column(name="Change", kind=Kind.WORD, width=22, value=lambda r: r.change.value),
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=15,
            value=lambda r: r.id,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Title", kind=Kind.PROSE, width=32, value=lambda r: r.title),
        Column(
            name="Verdict before",
            kind=Kind.WORD,
            width=15,
            value=lambda r: r.older.verdict.value if r.older else _NO_CONTROL,
        ),
        Column(
            name="Verdict",
            kind=Kind.WORD,
            width=15,
            value=lambda r: r.newer.verdict.value if r.newer else _NO_CONTROL,
        ),
        Column(name="Why", kind=Kind.PROSE, width=42, value=lambda r: r.why),
        Column(
            name="Fails now, and did not",
            kind=Kind.PROSE,
            width=28,
            value=lambda r: "\n".join(r.appeared),
            optional=True,
        ),
        Column(
            name="Failed, and does not now",
            kind=Kind.PROSE,
            width=28,
            value=lambda r: "\n".join(r.gone),
            optional=True,
        ),
        Column(
            name="Fails with other facts",
            kind=Kind.PROSE,
            width=28,
            value=lambda r: "\n".join(r.altered),
            optional=True,
        ),
        Column(
            name="Responsibility before",
            kind=Kind.WORD,
            width=14,
            value=_older(lambda side: side.party.value),
        ),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=14,
            value=_newer(lambda side: side.party.value),
        ),
        Column(
            name="Disposition before",
            kind=Kind.WORD,
            width=16,
            value=_older(lambda side: side.disposition.value),
            printed=False,
        ),
        Column(
            name="Disposition",
            kind=Kind.WORD,
            width=16,
            value=_newer(lambda side: side.disposition.value),
            printed=False,
        ),
        Column(
            name="Number before",
            kind=Kind.ID,
            width=12,
            value=_older_number,
            printed=False,
            optional=True,
        ),
    ),
)
