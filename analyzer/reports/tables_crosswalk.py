"""What a move to this benchmark changes: one row a topic and older benchmark of the same run."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assessment import Assessment
from analyzer.model.crosswalk import Crosswalk, CrosswalkRow, CrosswalkSide
from analyzer.reports.table import Column, Kind, Link, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRow:
    """A row with the crosswalk it belongs to."""

    walk: Crosswalk
    row: CrosswalkRow


def _rows(assessment: Assessment) -> Iterator[WalkRow]:
    for walk in assessment.crosswalks:
        for row in walk.rows:
            yield WalkRow(walk=walk, row=row)


def _id(side: CrosswalkSide | None) -> str:
    return side.id if side else ""


def _verdict(side: CrosswalkSide | None) -> str:
    return side.verdict.value if side else "not asked"


def _title(row: CrosswalkRow) -> str:
    side = row.newer or row.older
    return side.title if side else ""


CROSSWALK: Table[WalkRow] = Table(
    name="Crosswalk",
    key="",
    frozen=3,
    source=_rows,
    empty="One benchmark was judged; name two with --benchmark to set them side by side.",
    wanted=lambda assessment: bool(assessment.crosswalks),
    columns=(
        Column(name="Effect", kind=Kind.WORD, width=15, value=lambda r: r.row.effect.value),
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=16,
            value=lambda r: _id(r.row.newer),
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Title", kind=Kind.PROSE, width=36, value=lambda r: _title(r.row)),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda r: _verdict(r.row.newer)),
        Column(name="Older benchmark", kind=Kind.ID, width=14, value=lambda r: r.walk.older),
        Column(name="Older #", kind=Kind.ID, width=10, value=lambda r: _id(r.row.older)),
        Column(
            name="Older verdict", kind=Kind.WORD, width=14, value=lambda r: _verdict(r.row.older)
        ),
        Column(
            name="What the benchmark changed",
            kind=Kind.PROSE,
            width=44,
            value=lambda r: " ".join(r.row.differences),
        ),
        Column(
            name="What the evidence shows",
            kind=Kind.PROSE,
            width=50,
            value=lambda r: r.row.explanation,
        ),
        Column(name="Topic", kind=Kind.ID, width=34, value=lambda r: r.row.topic, printed=False),
    ),
)
