"""The move to a newer benchmark as text: counts first, then every topic that it changes."""

from collections import Counter
from collections.abc import Iterator

from analyzer.model.assessment import Assessment
from analyzer.model.crosswalk import Crosswalk, CrosswalkRow, CrosswalkSide, Effect
from analyzer.reports.markdown_text import plain, table

EFFECT_MEANING = {
    Effect.NEWLY_FAILING: "was no failure under the older benchmark, fails under the newer",
    Effect.ADDED: "asked by the newer benchmark only",
    Effect.CHANGED: "the verdict differs, and is neither a pass nor a failure now",
    Effect.NEWLY_PASSING: "was no pass under the older benchmark, passes under the newer",
    Effect.REMOVED: "asked by the older benchmark only",
    Effect.UNCHANGED: "same verdict under both",
}


def crosswalks(assessment: Assessment) -> Iterator[str]:
    """Yield one chapter for each older benchmark of the run."""
    for walk in assessment.crosswalks:
        yield f"## Crosswalk: from {plain(walk.older)} to {plain(walk.newer)}"
        counts = Counter(row.effect for row in walk.rows)
        yield table(
            ("effect", "controls", "meaning"),
            [(e.value, str(counts[e]), EFFECT_MEANING[e]) for e in Effect if counts[e]],
        )
        yield from _changed(walk)


def _changed(walk: Crosswalk) -> Iterator[str]:
    rows = [row for row in walk.rows if row.effect is not Effect.UNCHANGED or row.differences]
    if not rows:
        yield "Both ask the same under the same numbers."
        return
    heads = ("effect", walk.older, walk.newer, "title", "what the benchmark changed")
    yield table(tuple(plain(head) for head in heads), [_row(row) for row in rows])


def _row(row: CrosswalkRow) -> tuple[str, ...]:
    side = row.newer or row.older
    title = plain(side.title, 200) if side else ""
    changed = plain(" ".join(row.differences), 300)
    return (row.effect.value, _side(row.older), _side(row.newer), title, changed)


def _side(side: CrosswalkSide | None) -> str:
    return f"{plain(side.id)} {side.verdict.value}" if side else "not asked"
