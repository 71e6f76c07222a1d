"""What keeps offending pods out of a namespace: the states an answer can have, and the question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, unique

from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.verdict import Reason


@unique
class Standing(IntEnum):
    """How far enforcement is proven; the strongest of several mechanisms counts."""

    NOT = 0
    UNKNOWN = 1
    MAYBE = 2
    ENFORCED = 3


LEVELS: Mapping[str, int] = {"privileged": 0, "baseline": 1, "restricted": 2}
"""Pod Security Standards by strictness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a mechanism must forbid.

    Attributes:
        level: Pod Security Standard that forbids it, ``baseline`` or ``restricted``.
        since: Version of that standard, ``1.22``, from which it is forbidden; empty is always.
        test: Name of the test, or empty for "any enforcing mechanism".
        words: Field names that a policy about it must mention.
        constraints: Gatekeeper library kinds (lower case) about it.
    """

    level: str
    since: str = ""
    test: str = ""
    words: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one mechanism does in one namespace.

    Attributes:
        text: A clause: ``label enforce=baseline (latest)``.
        reason: For ``UNKNOWN``: why.
        lacking: For ``UNKNOWN``: evidence that would tell.
        whole: Everything of which ``text`` shows only the first, as in ``Outcome``.
    """

    standing: Standing
    text: str
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    reason: Reason = Reason.NE_API_NOT_COLLECTED
    lacking: tuple[EvidenceKey, ...] = ()
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A namespace with its labels and its place in evidence."""

    name: str
    labels: Mapping[str, str]
    source: Source

    def all_labels(self) -> dict[str, str]:
        """Return its labels with the one that every namespace carries from Kubernetes 1.22 on."""
        return {"kubernetes.io/metadata.name": self.name, **self.labels}


def masked(label: str, resource: str) -> Answer:
    """Answer for an object that decides, and of which a value was masked."""
    return Answer(
        standing=Standing.UNKNOWN,
        text=f"{label} holds a masked value",
        reason=Reason.NE_REDACTED,
        lacking=(EvidenceKey(f"api/{resource}"),),
    )


def strongest(answers: Iterable[Answer]) -> Answer:
    """Join answers of several mechanisms: the strongest decides, the others explain."""
    found = sorted(answers, key=lambda answer: -answer.standing)
    best = found[0]
    if best.standing is Standing.ENFORCED:
        return best
    alike = [answer for answer in found if answer.standing is best.standing]
    return Answer(
        standing=best.standing,
        text="; ".join(answer.text for answer in alike if answer.text),
        sources=tuple(dict.fromkeys(s for answer in alike for s in answer.sources)),
        notes=tuple(
            note for answer in found for note in (answer.notes or _also(answer, best.standing))
        ),
        reason=best.reason,
        lacking=tuple(dict.fromkeys(key for answer in alike for key in answer.lacking)),
        whole=tuple(fact for answer in alike for fact in answer.whole),
    )


def _also(answer: Answer, standing: Standing) -> tuple[str, ...]:
    return (answer.text,) if answer.standing is not standing and answer.text else ()
