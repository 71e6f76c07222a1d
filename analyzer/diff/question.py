"""Did both sides ask the same? Where they did not, why their answers cannot be set in relation."""

from collections.abc import Iterator

from analyzer.diff.sides import POLICY_READERS, Sides
from analyzer.diff.wording import short
from analyzer.model.assessment import ControlResult
from analyzer.model.verdict import Verdict

_JUDGED = (Verdict.PASS, Verdict.FAIL, Verdict.MANUAL)


def other_question(old: ControlResult, new: ControlResult, sides: Sides) -> str:
    """Return why the two rows do not answer the same question; empty where they do."""
    return next(_differences(old, new, sides), "")


def _differences(old: ControlResult, new: ControlResult, sides: Sides) -> Iterator[str]:
    changed = old.verdict is not new.verdict
    if changed and Verdict.OUT_OF_SCOPE in (old.verdict, new.verdict):
        when = "older" if old.verdict is Verdict.OUT_OF_SCOPE else "newer"
        yield f"The {when} side left this control out of its scope."
    if old.topic != new.topic:
        yield f"The number stands for another rule: {old.topic} then, {new.topic} now."
    yield from _requirement(old, new, wording_counts=changed or not sides.same_benchmark)
    yield from _policy(new, sides)
    if old.responsibility.inherited_from != new.responsibility.inherited_from:
        yield "Another cluster answers for this control now, so that other evidence counts."
    if sides.older.reading != sides.newer.reading and (
        changed or old.other_reading or new.other_reading
    ):
        readings = f"{sides.older.reading} then, {sides.newer.reading} now"
        yield f"The verdict rests on the reading, and another one decides: {readings}."
    if changed and sides.same_evidence:
        yield (
            "Both sides rest on the same bundles: the tool or its options changed, not the cluster."
        )


def _requirement(old: ControlResult, new: ControlResult, *, wording_counts: bool) -> Iterator[str]:
    """Compare rule and expected values; within a benchmark a mended sentence alone is no matter."""
    if wording_counts and (old.rule != new.rule or old.check_type != new.check_type):
        yield f"The rule is another one. Before: {short(old.rule)} Now: {short(new.rule)}"
    before, after = _expected(old), _expected(new)
    if before and after and not before & after:
        yield f"Something else is expected: {_list(before)} then, {_list(after)} now."


def _expected(control: ControlResult) -> frozenset[str]:
    return frozenset(f.expected for f in control.findings if f.verdict in _JUDGED and f.expected)


def _policy(new: ControlResult, sides: Sides) -> Iterator[str]:
    names = [
        name
        for name in sides.policy_differences()
        if new.check_type in POLICY_READERS.get(name, frozenset())
    ]
    if names:
        yield f"The rule reads declared policy that differs: {', '.join(names)}."


def _list(values: frozenset[str]) -> str:
    return short("; ".join(sorted(values)))
