"""Which control of one assessment answers to which of the other."""

from collections.abc import Callable, Iterator
from itertools import zip_longest

from analyzer.diff.sides import Sides
from analyzer.model.assessment import Assessment, ControlResult

Pair = tuple[ControlResult | None, ControlResult | None]


def pairs(sides: Sides) -> Iterator[Pair]:
    """Yield every control of both sides exactly once, the older one first in each pair.

    Numbers pair controls of the same benchmark. Between benchmarks a number may mean another
    control, so that topics do; controls of one topic pair in their order. Pairs come in the
    order of the newer side; what only the older side has comes last.
    """
    name = _number if sides.same_benchmark else _topic
    before, after = _named(sides.older, name), _named(sides.newer, name)
    for key in dict.fromkeys((*after, *before)):
        yield from zip_longest(before.get(key, ()), after.get(key, ()))


def _named(a: Assessment, name: Callable[[ControlResult], str]) -> dict[str, list[ControlResult]]:
    found: dict[str, list[ControlResult]] = {}
    for control in a.controls:
        found.setdefault(name(control), []).append(control)
    return found


def _number(control: ControlResult) -> str:
    return control.id


def _topic(control: ControlResult) -> str:
    return control.topic
