"""What one check said about one subject, with the evidence it judged."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Reading
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.verdict import Reason, Verdict, worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A piece of evidence that a rule needed and did not get.

    Attributes:
        key: What it is, ``file/kubelet-config``.
        subject: ``node/NAME`` or ``cluster``: where it is to be collected.
        reason: Why it was not got: one of the ``NE_*`` reasons.
        detail: One sentence: what was found instead.
    """

    key: EvidenceKey
    subject: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReading:
    """What the reading that does not decide says of the same evidence.

    Attributes:
        reading: Which one that is.
        verdict: Its answer; never that of the deciding reading.
        why: Half a sentence, or one: the reason of that.
    """

    reading: Reading
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check's answer about one subject.

    Attributes:
        subject: ``node/NAME``, ``cluster``, ``KIND/NAMESPACE/NAME`` or ``KIND/NAME``.
        explanation: One sentence for the report: the value, its origin, the rule.
        actual: What the evidence says, short (``--profiling=true (default)``).
        expected: What satisfies the rule (``false``).
        evidence: Where to look; at least one for a pass, fail or manual.
        missing: For ``no-evidence``: what to collect.
        notes: Further facts that do not change the verdict (drift, ...).
        other_reading: Where text and behaviour differ: the answer that does not decide.
        whole: Everything that the outcome rests on and ``actual`` shows the first of, or only
            counts: full names, full rules, full lines, in an order that does not change by
            itself. A person's word is tied to it, so what is left out here may be exchanged
            unnoticed; what changes without meaning anything does not belong here.
    """

    subject: str
    verdict: Verdict
    reason: Reason
    explanation: str
    actual: str
    expected: str
    evidence: tuple[Source, ...] = ()
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()
    other_reading: OtherReading | None = None
    whole: tuple[str, ...] = ()


def roll_up_other(outcomes: Iterable[Outcome], verdict: Verdict) -> OtherReading | None:
    """Combine outcomes by the reading that does not decide.

    Args:
        outcomes: Some of them may read the same either way.
        verdict: What the deciding reading makes of all of them.

    Returns:
        The other reading's verdict over all of them; None where it comes to the same.
    """
    found = tuple(outcomes)
    reading = next((o.other_reading.reading for o in found if o.other_reading), None)
    other = worst(_other_verdict(outcome) for outcome in found)
    if reading is None or other is verdict:
        return None
    deciding = next(outcome for outcome in found if _other_verdict(outcome) is other)
    why = deciding.other_reading.why if deciding.other_reading else deciding.explanation
    return OtherReading(reading=reading, verdict=other, why=why)


def _other_verdict(outcome: Outcome) -> Verdict:
    return outcome.other_reading.verdict if outcome.other_reading else outcome.verdict


class Check(Protocol):
    """One question, asked of evidence. Pure: no files, clock, environment or logging."""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads, in the words of docs/bundle-format.md."""
        ...

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every subject; an empty tuple means that nothing was there to judge."""
        ...


@runtime_checkable
class ReadsDefaults(Protocol):
    """A check that asks what a component does when a setting is absent."""

    @property
    def defaults_read(self) -> tuple[tuple[str, str], ...]:
        """Component and name of every default that it may look up."""
        ...


CheckFactory = Callable[..., Check]
