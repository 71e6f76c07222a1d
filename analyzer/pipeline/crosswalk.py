"""What a move from one benchmark to a newer one changes for this cluster."""

from collections.abc import Iterator
from itertools import zip_longest

from analyzer.model.assessment import ControlResult
from analyzer.model.benchmark import Benchmark, Control, control_order
from analyzer.model.crosswalk import Crosswalk, CrosswalkRow, CrosswalkSide, Effect
from analyzer.model.verdict import Verdict

Results = tuple[ControlResult, ...]
_Judged = tuple[Control, ControlResult]


def crosswalk(older: tuple[Benchmark, Results], newer: tuple[Benchmark, Results]) -> Crosswalk:
    """Set two benchmarks side by side by topic; numbers mean nothing across benchmarks.

    Args:
        older: A benchmark with its rows, which are in the benchmark's order.
        newer: The benchmark that a move would lead to, with its rows.
    """
    left, right = _by_topic(older), _by_topic(newer)
    rows = (
        _row(topic, before, after)
        for topic in dict.fromkeys((*right, *left))
        for before, after in zip_longest(left.get(topic, ()), right.get(topic, ()))
    )
    return Crosswalk(
        older=older[0].id, newer=newer[0].id, rows=tuple(sorted(rows, key=_reading_order))
    )


def _by_topic(side: tuple[Benchmark, Results]) -> dict[str, list[_Judged]]:
    topics: dict[str, list[_Judged]] = {}
    for control, result in zip(side[0].controls, side[1], strict=True):
        topics.setdefault(control.definition.topic, []).append((control, result))
    return topics


def _row(topic: str, before: _Judged | None, after: _Judged | None) -> CrosswalkRow:
    shown = after or before
    return CrosswalkRow(
        topic=topic,
        effect=_effect(before, after),
        older=_side(before),
        newer=_side(after),
        differences=tuple(_differences(before[0], after[0])) if before and after else (),
        explanation=shown[1].explanation if shown else "",
    )


def _side(judged: _Judged | None) -> CrosswalkSide | None:
    if judged is None:
        return None
    result = judged[1]
    return CrosswalkSide(
        id=result.id,
        title=result.title,
        level=result.level,
        assessment=result.assessment,
        verdict=result.verdict,
    )


def _effect(before: _Judged | None, after: _Judged | None) -> Effect:
    if before is None:
        return Effect.ADDED
    if after is None:
        return Effect.REMOVED
    old, new = before[1].verdict, after[1].verdict
    if old is new:
        return Effect.UNCHANGED
    if new is Verdict.FAIL:
        return Effect.NEWLY_FAILING
    return Effect.NEWLY_PASSING if new is Verdict.PASS else Effect.CHANGED


def _differences(old: Control, new: Control) -> Iterator[str]:
    if old.id != new.id:
        yield f"Number {old.id} became {new.id}."
    if old.level != new.level:
        yield f"Level {old.level} became {new.level}."
    if old.assessment != new.assessment:
        yield f"{old.assessment.capitalize()} became {new.assessment}."
    if old.check != new.check:
        yield from _requirement(old, new)


def _requirement(old: Control, new: Control) -> Iterator[str]:
    before, after = old.definition.params, new.definition.params
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield f"Required {name.replace('_', ' ')}: {_text(was)} became {_text(now)}."


def _text(value: object) -> str:
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _reading_order(row: CrosswalkRow) -> tuple[object, ...]:
    side = row.newer or row.older
    number = control_order(side.id) if side else ((), "")
    return tuple(Effect).index(row.effect), number
