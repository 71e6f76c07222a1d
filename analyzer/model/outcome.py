"""What one check said about one subject, with the evidence it judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A piece of evidence that a rule needed and did not get.

    Attributes:
        key: What it is, ``file/kubelet-config``.
        subject: ``node/NAME`` or ``cluster``: where it is to be collected.
        detail: One sentence: what was found instead.
    """

    key: EvidenceKey
    subject: str
    detail: str


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
        notes: Further facts that do not change the verdict (drift, letter against effective).
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


class Check(Protocol):
    """One question, asked of evidence. Pure: no files, clock, environment or logging."""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads, in the words of docs/bundle-format.md."""
        ...

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every subject; an empty tuple means that nothing was there to judge."""
        ...


CheckFactory = Callable[..., Check]
