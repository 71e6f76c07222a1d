"""Whether RBAC decides at all: the authorizers of each API server in evidence.

The API server asks its authorizers in order and the first that allows a request settles it, so
what RBAC refuses another one may still allow. ``Node`` only knows kubelets and ``AlwaysDeny``
allows nothing. Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/.
"""

from dataclasses import dataclass, replace

from analyzer.checks.api_lists import some
from analyzer.checks.judgement import one_per_subject, taken_back, unique
from analyzer.checks.settings_evidence import setting_keys, unreadable_key
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.settings import Query, Shape, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source, Unreadable
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict

_SERVER = "kube-apiserver"
_FLAG = "authorization-mode"
_FILE = "authorization-config"
_QUERY = Query(flag=_FLAG, key="authorizers[].type", file=_FILE, shape=Shape.LIST)
_RBAC = "RBAC"
_ALLOW = "AlwaysAllow"
_HARMLESS = ("AlwaysDeny", "Node", _RBAC)
_EXPECTED = "requests decided by RBAC (and the node authorizer) alone"
_UNKNOWN = "The API server's authorizers are not in evidence: another than RBAC may allow more."

NEEDS = setting_keys(_SERVER, _FILE, in_file=True)
"""What tells the authorizers: a rule that passes by RBAC alone reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The authorizers of one API server, in order.

    Attributes:
        written: How they stand in evidence: ``--authorization-mode=Node,RBAC``.
        explicit: Somebody wrote them; otherwise the server's own default counts.
    """

    subject: str
    names: tuple[str, ...]
    written: str
    explicit: bool
    sources: tuple[Source, ...]

    @property
    def doubt(self) -> str:
        """Say why a pass by RBAC does not settle the matter; empty when it does."""
        others = tuple(name for name in self.names if name not in _HARMLESS)
        if others:
            return f"another authorizer ({some(others, 4)}) may grant more"
        if _RBAC not in self.names:
            return "RBAC is not among its authorizers, and another authorizer may grant more"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizers:
    """What is known of the authorizers of every API server in evidence.

    Attributes:
        lines: Those that could be read.
        unread: One outcome for each API server whose authorizers could not.
    """

    lines: tuple[Line, ...]
    unread: tuple[Outcome, ...]

    @property
    def open_doors(self) -> tuple[Line, ...]:
        """Return the API servers that allow every request."""
        return tuple(line for line in self.lines if _ALLOW in line.names)

    @property
    def doubtful(self) -> Line | None:
        """Return an API server on which RBAC does not settle the matter."""
        return next((line for line in self.lines if line.doubt), None)

    @property
    def without_rbac(self) -> bool:
        """Tell whether some API server does not ask RBAC at all."""
        return any(_RBAC not in line.names for line in self.lines)


def read_authorizers(evidence: ClusterEvidence, context: Context) -> Authorizers | None:
    """Return the authorizers of the API servers; None when none of them is in evidence."""
    targets = component_subjects(_SERVER, evidence, context).targets
    if not targets:
        return None
    looked = tuple(_line(target) for target in targets)
    return Authorizers(
        lines=tuple(one for one in looked if isinstance(one, Line)),
        unread=tuple(one for one in looked if isinstance(one, Outcome)),
    )


def under_authorizers(
    found: tuple[Outcome, ...], evidence: ClusterEvidence, context: Context
) -> tuple[Outcome, ...]:
    """Hold what RBAC objects show against the authorizers that are really asked.

    Args:
        found: Outcomes of a rule over roles and bindings.
        evidence: The cluster.
        context: The run, for versions.

    Returns:
        The same outcomes, where a pass does not survive an authorizer that may grant more, or
        an API server that was not seen; and a failure for each that allows every request.
    """
    known = read_authorizers(evidence, context)
    if known is None:
        gaps = component_subjects(_SERVER, evidence, context).outcomes
        return tuple(_unproven(one, gaps) for one in found)
    if known.open_doors:
        rest = tuple(one for one in found if one.verdict is not Verdict.PASS)
        return (*one_per_subject(_allowed(line) for line in known.open_doors), *rest)
    doubtful = known.doubtful
    kept = tuple(_doubted(one, doubtful) for one in found) if doubtful else found
    return (*kept, *one_per_subject(known.unread))


def _line(target: Target) -> Line | Outcome:
    answer = target.config.look_up(_QUERY)
    match answer:
        case Value():
            return Line(
                subject=target.subject,
                names=tuple(name.strip() for name in answer.items),
                written=answer.written,
                explicit=True,
                sources=(answer.source,),
            )
        case Unset():
            default = f"no --{_FLAG} and no --{_FILE}, which means {_ALLOW}"
            return Line(
                subject=target.subject,
                names=(_ALLOW,),
                written=default,
                explicit=False,
                sources=tuple(replace(s, excerpt=s.excerpt or default) for s in answer.looked),
            )
        case Unreadable():
            return _unread(target, answer)


def _unread(target: Target, why: Unreadable) -> Outcome:
    return Outcome(
        subject=target.subject,
        verdict=Verdict.NO_EVIDENCE,
        reason=why.reason,
        explanation=f"Which authorizers decide besides RBAC is not known: {why.detail}.",
        actual="unknown authorizers",
        expected=_EXPECTED,
        evidence=(why.source,) if why.source else (),
        missing=(
            Missing(
                key=EvidenceKey(unreadable_key(why, target.config, _FILE)),
                subject=target.subject,
                reason=why.reason,
                detail=why.detail,
            ),
        ),
    )


def _allowed(line: Line) -> Outcome:
    return Outcome(
        subject=line.subject,
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_EXPLICIT if line.explicit else Reason.FAIL_DEFAULT,
        explanation=f"Every request is allowed, whatever RBAC says: {line.written}.",
        actual=line.written,
        expected=_EXPECTED,
        evidence=line.sources,
    )


def _doubted(outcome: Outcome, line: Line) -> Outcome:
    if outcome.verdict is not Verdict.PASS:
        return outcome
    return replace(
        outcome,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        explanation=f"{outcome.explanation} But on {line.subject} {line.doubt}: {line.written}.",
        evidence=unique((*line.sources, *outcome.evidence)),
    )


def _unproven(outcome: Outcome, gaps: tuple[Outcome, ...]) -> Outcome:
    """Take back what rests on RBAC alone: no API server in evidence says that it decides.

    A violation, and what a person has to judge, stays: another authorizer only ever allows more.
    """
    if outcome.verdict in (Verdict.FAIL, Verdict.MANUAL):
        outcome = replace(outcome, notes=(*outcome.notes, _UNKNOWN))
    return taken_back(
        outcome,
        reason=gaps[0].reason,
        why=f"Whether RBAC alone decides is not known: {gaps[0].missing[0].detail}. By RBAC:",
        missing=(missing for gap in gaps for missing in gap.missing),
        evidence=(source for gap in gaps for source in gap.evidence),
    )
