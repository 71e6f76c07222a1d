"""What a check thinks of one subject, before the chosen reading makes an outcome of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from analyzer.model.context import Context, Reading
from analyzer.model.evidence import EvidenceKey, Source, Unreadable
from analyzer.model.outcome import Missing, OtherReading, Outcome, roll_up_other
from analyzer.model.verdict import Reason, Verdict, worst

T = TypeVar("T")
_BY_LETTER = {Verdict.PASS: Reason.PASS_EXPLICIT, Verdict.FAIL: Reason.FAIL_EXPLICIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer about one subject.

    Attributes:
        verdict, reason: What Kubernetes' behaviour says.
        actual: What the evidence says, short.
        why: One sentence.
        letter: What the benchmark's text says where that differs; None where it does not.
        letter_why: Half a sentence: the reason of that.
        letter_reason: Reason code of that; None where it follows from both verdicts.
        missing: For ``no-evidence``: what to collect.
        whole: Everything of which ``actual`` shows only the first, as in ``Outcome``.
    """

    verdict: Verdict
    reason: Reason
    actual: str
    why: str
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    letter: Verdict | None = None
    letter_why: str = ""
    letter_reason: Reason | None = None
    whole: tuple[str, ...] = ()


def outcome_of(judged: Judgement, subject: str, expected: str, context: Context) -> Outcome:
    """Make an outcome, deciding by the reading that the run chose."""
    outcome = Outcome(
        subject=subject,
        verdict=judged.verdict,
        reason=judged.reason,
        explanation=judged.why,
        actual=judged.actual,
        expected=expected,
        evidence=judged.sources,
        missing=judged.missing if judged.verdict is not Verdict.PASS else (),
        notes=judged.notes,
        whole=judged.whole,
    )
    if judged.letter is None:
        return outcome
    read = with_letter(outcome, judged.letter, judged.letter_why, context)
    if read.verdict is not judged.letter or judged.letter_reason is None:
        return read
    return replace(read, reason=judged.letter_reason, missing=judged.missing)


def with_letter(outcome: Outcome, letter: Verdict, why: str, context: Context) -> Outcome:
    """Set what the benchmark's text says beside an outcome, or over it if the run so chose.

    Args:
        outcome: By Kubernetes' behaviour.
        letter: By the text. Missing evidence is missing for both: no text makes a pass of it.
        why: Half a sentence: what the text says.
        context: The run, for its reading.
    """
    if letter is outcome.verdict:
        return outcome
    if outcome.verdict is Verdict.NO_EVIDENCE and letter is Verdict.PASS:
        return outcome
    if context.reading is Reading.EFFECTIVE:
        other = OtherReading(reading=Reading.LETTER, verdict=letter, why=why)
        return replace(outcome, other_reading=other)
    other = OtherReading(
        reading=Reading.EFFECTIVE, verdict=outcome.verdict, why=outcome.explanation.rstrip(".")
    )
    return replace(
        outcome,
        verdict=letter,
        reason=_letter_reason(letter, outcome.reason),
        explanation=f"By the letter: {why}.",
        other_reading=other,
    )


def taken_back(
    outcome: Outcome,
    *,
    reason: Reason,
    why: str,
    missing: Iterable[Missing],
    evidence: Iterable[Source],
    undone: tuple[Verdict, ...] = (Verdict.PASS,),
) -> Outcome:
    """Make no-evidence of a pass that something not known could undo, in either reading.

    Args:
        outcome: What the evidence that there is says; a violation in it stays one.
        reason: Why the rest is not known.
        why: What is not known, and how the known part says otherwise: it comes first.
        missing: What to collect.
        evidence: Where the gap shows.
        undone: The verdicts that do not survive.
    """
    other = outcome.other_reading
    if other is not None and other.verdict in undone:
        other = replace(other, verdict=Verdict.NO_EVIDENCE)
    if outcome.verdict not in undone:
        return replace(outcome, other_reading=_if_other(other, outcome.verdict))
    return replace(
        outcome,
        verdict=Verdict.NO_EVIDENCE,
        reason=reason,
        explanation=f"{why} {outcome.explanation}",
        evidence=unique((*evidence, *outcome.evidence)),
        missing=unique(missing),
        other_reading=_if_other(other, Verdict.NO_EVIDENCE),
    )


def _if_other(other: OtherReading | None, verdict: Verdict) -> OtherReading | None:
    return other if other is not None and other.verdict is not verdict else None


def no_evidence(
    problem: Unreadable, key: str, subject: str, *, sources: tuple[Source, ...] = ()
) -> Judgement:
    """Say that a needed piece is not known, and what it was."""
    looked = (problem.source,) if problem.source is not None else ()
    return Judgement(
        verdict=Verdict.NO_EVIDENCE,
        reason=problem.reason,
        actual="unknown",
        why=f"No evidence: {problem.detail}.",
        sources=(*looked, *sources),
        missing=(
            Missing(
                key=EvidenceKey(key),
                subject=subject,
                reason=problem.reason,
                detail=problem.detail,
            ),
        ),
    )


def all_of(parts: Iterable[Judgement]) -> Judgement:
    """Join judgements that must all be satisfied; the first of the worst one leads."""
    found = tuple(parts)
    if len(found) == 1:
        return found[0]
    verdict = worst(part.verdict for part in found)
    leading = next(part for part in found if part.verdict is verdict)
    letter = worst(part.letter or part.verdict for part in found)
    says = next((p.letter_why for p in found if (p.letter or p.verdict) is letter), "")
    return replace(
        leading,
        actual="; ".join(unique(part.actual for part in found)),
        why=" ".join(unique(part.why for part in found if part.verdict is verdict)),
        sources=unique(source for part in found for source in part.sources),
        notes=unique(note for part in found for note in part.notes),
        missing=unique(m for part in found for m in part.missing),
        whole=unique(fact for part in found for fact in part.whole),
        letter=letter if letter is not verdict else None,
        letter_why=says or leading.why,
    )


def one_per_subject(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Join several processes of one node into one finding: the worst counts, all are named."""
    grouped: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        grouped.setdefault(outcome.subject, []).append(outcome)
    return tuple(_joined(tuple(group)) for group in grouped.values())


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """Drop repeats and keep the order."""
    return tuple(dict.fromkeys(items))


def _joined(group: tuple[Outcome, ...]) -> Outcome:
    if len(group) == 1:
        return group[0]
    verdict = worst(outcome.verdict for outcome in group)
    leading = next(outcome for outcome in group if outcome.verdict is verdict)
    others = tuple(
        f"another process on this node: {o.verdict.value}; {o.explanation}"
        for o in group
        if o is not leading
    )
    return replace(
        leading,
        evidence=unique(source for outcome in group for source in outcome.evidence),
        missing=unique(m for outcome in group for m in outcome.missing),
        notes=unique((*leading.notes, *others)),
        other_reading=roll_up_other(group, verdict),
        whole=(*leading.whole, *_facts_of(o for o in group if o is not leading)),
    )


def _facts_of(others: Iterable[Outcome]) -> Iterator[str]:
    """Return what was found of the others, in an order that does not hang on their ids."""
    for facts in sorted((o.verdict.value, o.actual, o.expected, *o.whole) for o in others):
        yield from facts


def _letter_reason(letter: Verdict, reason: Reason) -> Reason:
    if letter is Verdict.FAIL and reason in (Reason.PASS_DEFAULT, Reason.PASS_ABSENT):
        return Reason.FAIL_ABSENT
    if letter is Verdict.PASS and reason in (Reason.FAIL_DEFAULT, Reason.FAIL_ABSENT):
        return Reason.PASS_ABSENT
    return _BY_LETTER.get(letter, reason)
