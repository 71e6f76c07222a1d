"""Two benchmarks judged on the same evidence, set side by side by topic."""

from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.model.verdict import Verdict


@unique
class Effect(StrEnum):
    """What a move from the older benchmark to the newer one does to this cluster."""

    NEWLY_FAILING = "newly-failing"
    ADDED = "added"
    CHANGED = "changed"
    NEWLY_PASSING = "newly-passing"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkSide:
    """One benchmark's control on a topic, as judged."""

    id: str
    title: str
    level: int
    assessment: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkRow:
    """One topic in both benchmarks; one side is None where only the other asks for it.

    Attributes:
        differences: What the benchmarks themselves changed, one sentence each: the number,
            the level, the label, the requirement. Empty when they ask alike.
        explanation: What the evidence shows, in the words of the newer side (of the older
            one where the newer asks nothing).
    """

    topic: str
    effect: Effect
    older: CrosswalkSide | None
    newer: CrosswalkSide | None
    differences: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """Every topic of two benchmarks, by effect and then by number.

    Attributes:
        older, newer: Ids of the benchmarks; the newer is the assessment's own.
    """

    older: str
    newer: str
    rows: tuple[CrosswalkRow, ...]
