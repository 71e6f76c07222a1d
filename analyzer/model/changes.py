"""Two assessments set side by side: what changed, and what cannot be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.model.responsibility import Party
from analyzer.model.verdict import Disposition, Verdict


@unique
class Change(StrEnum):
    """What became of a control between an older and a newer assessment."""

    NEW = "new"
    RESOLVED = "resolved"
    CHANGED = "changed"
    CHANGED_RESPONSIBILITY = "changed-responsibility"
    INCOMPARABLE = "incomparable"
    UNCHANGED = "unchanged"


CHANGE_MEANING = {
    Change.NEW: "It fails now, and did not before.",
    Change.RESOLVED: "It failed before, and does not fail now.",
    Change.CHANGED: "The verdict is another one; neither side is a failure, or both are open.",
    Change.CHANGED_RESPONSIBILITY: "The verdict is the same, but someone else must act.",
    Change.INCOMPARABLE: "The two sides do not rest on the same question or evidence.",
    Change.UNCHANGED: "Same verdict, same responsibility; what fails may be something else.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSide:
    """One assessment's answer on a control."""

    id: str
    verdict: Verdict
    party: Party
    disposition: Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChange:
    """One control in both assessments; a side is None where only the other has the control.

    Attributes:
        id, title: Of the newer side; of the older where the newer has none.
        why: One sentence: what changed, or why nothing can be compared.
        appeared: Subjects that fail now and did not before; sorted.
        gone: Subjects that failed before and do not fail now; sorted. Empty, too, where the
            newer side did not see them.
        altered: Subjects that fail on both sides, of which something else was found; sorted.
    """

    id: str
    title: str
    change: Change
    why: str
    older: ChangeSide | None
    newer: ChangeSide | None
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    altered: tuple[str, ...] = ()

    @property
    def other_failure(self) -> bool:
        """Tell whether what fails is not what failed, whatever the verdicts say."""
        return bool(self.appeared or self.gone or self.altered)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesSide:
    """Which assessment one side is: enough to find its file again."""

    report_id: str
    as_of: str
    benchmark: str
    profile: str
    reading: str
    analyzer_version: str
    kubernetes_version: str
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """From an older assessment to a newer one.

    Attributes:
        limits: What stands against comparing the two as wholes, one sentence each: other
            benchmark, other evidence coverage, other reading, another cluster.
        counts: Controls by change word, every word present.
        rows: By change in the order of ``Change``, then in the order of the newer benchmark;
            controls that only the older side has come last.
    """

    older: ChangesSide
    newer: ChangesSide
    limits: tuple[str, ...]
    counts: Mapping[str, int]
    rows: tuple[ControlChange, ...]
