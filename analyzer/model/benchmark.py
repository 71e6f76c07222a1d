"""Benchmarks as values: numbered controls, each naming a check definition."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import NewType

from analyzer.model.outcome import Check
from analyzer.model.version import Version

ControlId = NewType("ControlId", str)


def control_order(control_id: str) -> tuple[tuple[int, ...], str]:
    """Sort key that puts 1.2.10 after 1.2.9; any text has one."""
    return tuple(map(_number, control_id.split("."))), control_id


def _number(part: str) -> int:
    return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else 0


@unique
class Without(StrEnum):
    """What a rule comes to on a version of Kubernetes that does not have its subject."""

    MET = "met"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a rule is about, where some versions of Kubernetes do not have it.

    Attributes:
        what: Its name: ``the flag --basic-auth-file``.
        since: First version that has it; None for the oldest that any benchmark covers.
        until: Last version that has it; None where it is still there.
        without: What follows where it is not there.
        instead: A sentence on what counts in its place; may be empty.
        source: Where the versions can be looked up.
    """

    what: str
    since: Version | None
    until: Version | None
    without: Without
    instead: str
    source: str

    def exists_in(self, version: Version) -> bool:
        """Tell whether a version of Kubernetes has it."""
        begun = self.since is None or self.since <= version
        return begun and (self.until is None or version <= self.until)

    def missing_text(self, version: Version) -> str:
        """Say that a version does not have it, a sentence without its full stop."""
        if self.since is not None and version < self.since:
            return (
                f"Kubernetes {version} does not have {self.what} yet, which came with {self.since}"
            )
        return f"Kubernetes {version} no longer has {self.what}, which ended with {self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One check definition: what to compare, by topic.

    Attributes:
        topic: Stable name, ``api-anonymous``; the same in every benchmark.
        title: Half a sentence in our words that is true when the control passes.
        role: Where the evidence is: ``control-plane``, ``etcd``, ``worker`` (every node that
            runs a kubelet) or ``cluster``.
        type: Name of the check type.
        params: Parameters as text or lists of text, before the benchmark's own ones.
        rule: One sentence in our words: what satisfies the control.
        rationale: One sentence: why it matters.
        remediation: What to change, in our words.
        decidability: ``A`` pass and fail follow from evidence; ``B`` once a policy is declared;
            ``C`` one verdict is provable; ``H`` a person decides.
        source: Where the rule's facts can be looked up.
        subject: Set where not every version of Kubernetes has what the rule is about.
    """

    topic: str
    title: str
    role: str
    type: str
    params: Mapping[str, object]
    rule: str
    rationale: str
    remediation: str
    decidability: str
    source: str
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One numbered control, bound to its check.

    Attributes:
        section: Number of the section it stands in, ``1.2``.
        title: The benchmark's own one, or the definition's.
        level: 1 or 2.
        assessment: ``automated`` or ``manual``: the benchmark's own label.
        scored: Whether the benchmark counts it; its label says so where nothing else does.
        node_role: The definition's role.
        check: The bound check.
        wording: What this benchmark's text asks for where the definition judges more than that:
            a text may speak of pod security policies when any mechanism counts.
    """

    id: ControlId
    section: str
    title: str
    level: int
    assessment: str
    scored: bool
    node_role: str
    definition: Definition
    check: Check
    wording: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One published benchmark version.

    Attributes:
        id: ``cis-1.10``.
        versions: Kubernetes versions that it was written for, first and last, as text.
        sections: Section titles by number, in our words.
        controls: Every control, in numeric order.
        levels_inferred: Where levels come from that no readable source states for this
            document; empty where all are stated.
    """

    id: str
    title: str
    version: str
    versions: tuple[str, str]
    sections: Mapping[str, str]
    controls: tuple[Control, ...]
    levels_inferred: str = ""
