"""Two assessments set side by side: what changed, and what cannot be compared.

Nothing here judges evidence again. Where the two sides do not rest on the same question, or the
newer side did not see what failed before, a row says so and claims neither better nor worse.
"""

from collections.abc import Callable

from analyzer.diff.limits import limits
from analyzer.diff.pairs import pairs
from analyzer.diff.places import looked
from analyzer.diff.rows import change_row
from analyzer.diff.sides import Sides
from analyzer.model.assessment import Assessment
from analyzer.model.changes import Change, Changes, ChangesSide, ControlChange


def compare_assessments(
    older: Assessment, newer: Assessment, older_id: str, newer_id: str
) -> Changes:
    """Say what became of every control of two assessments.

    Args:
        older: The baseline.
        newer: What is set against it.
        older_id: Report id of the baseline's file.
        newer_id: Report id of the newer file; empty when the changes become part of it.

    Returns:
        One row a control: controls of the same benchmark are paired by number, those of two
        benchmarks by topic. A control that only one side has stands alone.
    """
    sides = Sides(older=older, newer=newer, looked_before=looked(older), looked_now=looked(newer))
    rows = tuple(sorted((change_row(pair, sides) for pair in pairs(sides)), key=_place))
    return Changes(
        older=_side(older, older_id),
        newer=_side(newer, newer_id),
        limits=tuple(limits(sides)),
        counts={word.value: sum(row.change is word for row in rows) for word in Change},
        rows=rows,
    )


def newly_failing(changes: Changes) -> tuple[ControlChange, ...]:
    """Return the rows with something that fails now and did not before.

    These are the new failures, and the failures of old with further subjects.
    """
    return tuple(row for row in changes.rows if row.change is Change.NEW or row.appeared)


def _side(a: Assessment, report_id: str) -> ChangesSide:
    return ChangesSide(
        report_id=report_id,
        as_of=a.as_of,
        benchmark=a.benchmark_id,
        profile=a.profile.id if a.profile else "",
        reading=a.reading,
        analyzer_version=a.analyzer_version,
        kubernetes_version=a.cluster.kubernetes_version or "",
        nodes=len(a.cluster.nodes_evidenced),
    )


_PLACE: Callable[[Change], int] = tuple(Change).index


def _place(row: ControlChange) -> int:
    """Order by change alone: pairs come in the order of the newer benchmark already."""
    return _PLACE(row.change)
