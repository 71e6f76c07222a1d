"""One control in two assessments: the change, why, and what fails now that did not before."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.diff.pairs import Pair
from analyzer.diff.places import altered, covered, failing, seen
from analyzer.diff.question import other_question
from analyzer.diff.sides import Sides
from analyzer.diff.verdicts import UNDECIDED, change_of
from analyzer.diff.wording import named
from analyzer.model.assessment import ControlResult
from analyzer.model.changes import Change, ChangeSide, ControlChange
from analyzer.model.verdict import Verdict


def change_row(pair: Pair, sides: Sides) -> ControlChange:
    """Compare one pair; a control that only one side has cannot be compared."""
    old, new = pair
    if old is None or new is None:
        return _alone(old, new, sides)
    against = other_question(old, new, sides)
    if against:
        why = (against, _verdicts(old, new), *_renumbered(old, new, sides))
        return _row(old, new, Change.INCOMPARABLE, why)
    subjects = _subjects(old, new, sides)
    change, reason = _judge(old, new, subjects)
    why = (reason, *_notes(old, new, subjects), *_renumbered(old, new, sides))
    return _row(old, new, change, why, subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subjects:
    """Failing subjects of the two sides.

    Attributes:
        appeared: They fail now; the older side looked at them and they did not.
        gone: They failed; the newer side looked at them, or knows that they are no more.
        unseen_before, unseen_now: They fail on one side, and the other did not look.
        altered: They fail on both sides, and something else was found.
    """

    appeared: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unseen_before: tuple[str, ...] = ()
    unseen_now: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


def _subjects(old: ControlResult, new: ControlResult, sides: Sides) -> _Subjects:
    if sides.same_evidence:  # nothing can have come or gone
        return _Subjects()
    more, fewer = failing(new) - failing(old), failing(old) - failing(new)
    known, found = seen(more, old, sides.looked_before), seen(fewer, new, sides.looked_now)
    return _Subjects(
        appeared=tuple(sorted(known)),
        gone=tuple(sorted(found)),
        unseen_before=tuple(sorted(more - known)),
        unseen_now=tuple(sorted(fewer - found)),
        altered=altered(old, new),
    )


def _judge(old: ControlResult, new: ControlResult, subjects: _Subjects) -> tuple[Change, str]:
    """Return the change and its first sentence; both sides asked the same question."""
    verdicts = _verdicts(old, new)
    change = change_of(old.verdict, new.verdict)
    if old.verdict in UNDECIDED and new.verdict is Verdict.FAIL and subjects.appeared:
        return Change.NEW, f"{verdicts} What fails now was in evidence before, and did not fail."
    if change is Change.INCOMPARABLE:
        which = "older" if old.verdict in UNDECIDED else "newer"
        return change, f"The {which} side has no evidence to decide by. {verdicts}"
    if change is Change.UNCHANGED:
        moved = old.responsibility.party is not new.responsibility.party
        return (Change.CHANGED_RESPONSIBILITY if moved else change), verdicts
    against = _unseen(change, old, new, subjects)
    return (Change.INCOMPARABLE, f"{against} {verdicts}") if against else (change, verdicts)


def _unseen(change: Change, old: ControlResult, new: ControlResult, subjects: _Subjects) -> str:
    """Return why a difference of verdicts may be one of what was looked at; empty if not."""
    if change is Change.NEW and subjects.unseen_before and not subjects.appeared:
        return "What fails now was not in the older evidence, and may have failed before."
    if old.verdict is Verdict.FAIL and not failing(old):
        return "The failure names no subject, so that nobody can tell whether it was seen again."
    if old.verdict is Verdict.FAIL and subjects.unseen_now:
        return f"What failed was not seen again: {named(subjects.unseen_now)}."
    if change is Change.RESOLVED and not covered(new):
        return "What failed does so no longer, but not every place was seen."
    return ""


def _verdicts(old: ControlResult, new: ControlResult) -> str:
    if old.verdict is new.verdict:
        return f"It is {new.verdict.value} on both sides."
    return f"From {old.verdict.value} to {new.verdict.value}."


def _notes(old: ControlResult, new: ControlResult, subjects: _Subjects) -> Iterator[str]:
    """Say what a reader should know beside the change."""
    before, after = old.responsibility.party, new.responsibility.party
    if before is not after:
        yield f"The party that must act was {before.value} and is {after.value}."
    if old.verdict is new.verdict and old.disposition is not new.disposition:
        yield f"The disposition was {old.disposition.value} and is {new.disposition.value}."
    if new.verdict is Verdict.FAIL and subjects.unseen_before:
        count = len(subjects.unseen_before)
        yield f"{count} of the failing subjects were not in the older evidence."
    if new.verdict is Verdict.FAIL and subjects.unseen_now:
        yield f"Failed before and not seen now: {named(subjects.unseen_now)}."
    if subjects.altered:
        yield f"Something else was found of {named(subjects.altered)}."
    lost = tuple(name for name in new.nodes_missing if name not in old.nodes_missing)
    if lost:
        yield f"Not in the newer evidence: {named(lost)}."


def _renumbered(old: ControlResult, new: ControlResult, sides: Sides) -> Iterator[str]:
    if not sides.same_benchmark:
        names = sides.older.benchmark_id, sides.newer.benchmark_id
        yield f"Compared by topic: {old.id} of {names[0]} against {new.id} of {names[1]}."
    if old.level != new.level:
        yield f"Level {old.level} became {new.level}."


def _row(
    old: ControlResult,
    new: ControlResult,
    change: Change,
    why: tuple[str, ...],
    subjects: _Subjects | None = None,
) -> ControlChange:
    found = subjects or _Subjects()
    return ControlChange(
        id=new.id,
        title=new.title,
        change=change,
        why=" ".join(part for part in why if part),
        older=_side(old),
        newer=_side(new),
        appeared=found.appeared,
        gone=found.gone,
        altered=found.altered,
    )


def _alone(old: ControlResult | None, new: ControlResult | None, sides: Sides) -> ControlChange:
    shown = new or old
    if shown is None:
        raise ValueError("a pair without a control")
    which, a = ("newer", sides.newer) if new else ("older", sides.older)
    asked = f"Only the {which} side, {a.benchmark_id}, has this control."
    return ControlChange(
        id=shown.id,
        title=shown.title,
        change=Change.INCOMPARABLE,
        why=f"{asked} It is {shown.verdict.value} there.",
        older=_side(old) if old else None,
        newer=_side(new) if new else None,
        appeared=(),
        gone=(),
    )


def _side(control: ControlResult) -> ChangeSide:
    return ChangeSide(
        id=control.id,
        verdict=control.verdict,
        party=control.responsibility.party,
        disposition=control.disposition,
    )
