"""Controls without a verdict, by what kept their evidence away: what was lost, and what helps.

Sentences are plain text; each report escapes them in its own way. Controls with a verdict are
not lost, whatever is missing beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.model.api import CENSUS
from analyzer.model.assessment import Assessment, Gap
from analyzer.model.cause import NOT_ACCEPTED, Cause
from analyzer.model.verdict import Verdict
from analyzer.reports.words import several

WHY: Mapping[Cause, str] = {
    Cause.DENIED: "the collector was denied what they need",
    Cause.NO_BUNDLE: "no bundle shows a node that they speak of",
    Cause.NOT_RUN: "a collector was stopped before it looked",
    Cause.TIMEOUT: "reading what they need took too long",
    Cause.TRUNCATED: "what they need was cut off",
    Cause.FAILED: "collecting what they need failed",
    Cause.REDACTED: "what they need was masked",
    Cause.MALFORMED: "what was recorded contradicts itself or does not fit its format",
    Cause.NOT_FOUND: "what they speak of was not found where it should be",
    Cause.NOT_COLLECTED: "no collector looked for what they need",
}
"""The other half of ``controls could not be judged because ...``, for every cause."""

_HELP: Mapping[Cause, str] = {
    Cause.NO_BUNDLE: "Bring a bundle of it, or ask whoever runs it.",
    Cause.NOT_RUN: "Run it again, to its end.",
    Cause.TIMEOUT: "Run the collector again when the machine is less busy.",
    Cause.TRUNCATED: "Ask for the whole of it by another way.",
    Cause.FAILED: "Read in the bundle why, and run the collector again.",
    Cause.REDACTED: "A person has to look at it where it stands.",
    Cause.MALFORMED: "Ask where the bundle comes from, and collect again.",
    Cause.NOT_FOUND: "Ask where it is, or whether it is there at all.",
    Cause.NOT_COLLECTED: "Run the commands of the gaps.",
}
_LISTED, _PLACES = 40, 6
_API, _NODE = "api/", "node/"
_OF_NO_PLACE = "The gaps say what was denied."
_LOG_IN = "The API server did not accept the credentials: log in again and run api.py once more."
_LISTS_ARE = "the rights that docs/collecting.md lists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one cause kept from being judged.

    Attributes:
        controls: Ids in the benchmark's order, each once.
        pieces: How many pieces of evidence are missing for it.
        advice: What helps, one or two sentences.
    """

    cause: Cause
    controls: tuple[str, ...]
    pieces: int
    advice: str


def losses(a: Assessment) -> tuple[Loss, ...]:
    """Return what each cause kept from being judged, in the order of the causes."""
    return tuple(filter(None, (_loss(a, cause) for cause in Cause)))


def denied(a: Assessment) -> Loss | None:
    """Return what was lost to permissions, or None."""
    return _loss(a, Cause.DENIED)


def loss_story(a: Assessment) -> Iterator[str]:
    """Yield a sentence for each cause, and what helps against it."""
    for loss in losses(a):
        yield f"{loss_line(loss)}: {several(loss.controls, _LISTED)}. {loss.advice}"


def loss_line(loss: Loss) -> str:
    """Return ``9 controls could not be judged because ...``, without an end."""
    count = len(loss.controls)
    which = "1 control" if count == 1 else f"{count} controls"
    return f"{which} could not be judged because {WHY[loss.cause]}"


def _loss(a: Assessment, cause: Cause) -> Loss | None:
    gaps = tuple(gap for gap in a.gaps if gap.cause is cause)
    waiting = {control for gap in gaps for control in gap.controls}
    lost = (c.id for c in a.controls if c.verdict is Verdict.NO_EVIDENCE and c.id in waiting)
    controls = tuple(lost)
    if not controls:
        return None
    advice = _HELP.get(cause) or " ".join(_rights(gaps)) or _OF_NO_PLACE
    return Loss(cause=cause, controls=controls, pieces=len(gaps), advice=advice)


def _rights(gaps: tuple[Gap, ...]) -> Iterator[str]:
    """Yield who has to be allowed what."""
    nodes = _each(gap.subject.removeprefix(_NODE) for gap in gaps if _is_of_node(gap))
    if nodes:
        yield f"Run node.sh as root on {several(nodes, _PLACES)}."
    asked = tuple(gap for gap in gaps if gap.key.startswith(_API))
    strange = tuple(gap for gap in asked if NOT_ACCEPTED in gap.detail)
    if strange:
        yield _LOG_IN
    lists = _each(_list(gap.key) for gap in asked if gap not in strange)
    if lists:
        yield f"Give whoever runs api.py {_LISTS_ARE}; denied: {several(lists, _PLACES)}."


def _list(key: str) -> str:
    name = key.removeprefix(_API)
    one = name.removeprefix(CENSUS)
    return name if one == name else f"{one} in namespace default"


def _is_of_node(gap: Gap) -> bool:
    return gap.subject.startswith(_NODE) and not gap.key.startswith(_API)


def _each(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
