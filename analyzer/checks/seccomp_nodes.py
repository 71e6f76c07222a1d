"""What a kubelet gives to containers that ask for no seccomp profile: its ``seccompDefault``.

Source: https://kubernetes.io/docs/tutorials/security/seccomp/; the setting came with 1.22.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.checks.own_answer import own_answer
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.settings import Looked, Query, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Unreadable
from analyzer.model.outcome import Missing
from analyzer.model.verdict import Reason
from analyzer.model.version import Version

_FLAG = "seccomp-default"
DEFAULTS_READ = (("kubelet", _FLAG),)
_QUERY = Query(flag=_FLAG, key="seccompDefault", zero="false")
_SINCE = Version(1, 22)
_KEY = EvidenceKey("api/configz")
_YES = ("1", "t", "true")
"""What Go reads as true, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Why it is not known whether a kubelet applies a profile by default."""

    reason: Reason
    missing: Missing


State = bool | Unknown
"""On, off, or why that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDefaults:
    """The kubelets' ``seccompDefault``, where it is known.

    Attributes:
        too_old: No kubelet of the cluster can have the setting.
        states: By node: on, off, or why that is not known. Windows nodes are left out.
        complete: Every node of the cluster is in ``states``.
    """

    too_old: bool
    states: Mapping[str, State]
    complete: bool

    def of(self, node: str | None) -> State:
        """Tell what holds on a node, or wherever a pod may land when no node is named."""
        if self.too_old:
            return False
        if node:
            return self.states.get(node, _not_seen(node))
        if any(state is False for state in self.states.values()):
            return False
        unknown = next((s for s in self.states.values() if isinstance(s, Unknown)), None)
        if unknown is not None or not self.complete:
            return unknown or _not_seen("")
        return True


def node_defaults(evidence: ClusterEvidence, context: Context) -> NodeDefaults:
    """Gather the setting from every kubelet that a node bundle or /configz shows."""
    found: dict[str, State] = {}
    for target in component_subjects("kubelet", evidence, context).targets:
        found[target.name] = _worse(found.get(target.name), _state(target, context))
    expected = evidence.expected or ()
    windows = {node.name for node in expected if node.os == "windows"}
    for node in expected:
        found.setdefault(node.name, _not_seen(node.name))
    return NodeDefaults(
        too_old=context.version is not None and context.version < _SINCE,
        states=MappingProxyType({name: found[name] for name in sorted(found.keys() - windows)}),
        complete=bool(expected),
    )


def _state(target: Target, context: Context) -> State:
    """Judge one kubelet by its arguments and files, and by its own answer."""
    answers: Iterable[Looked | None] = (target.look_up(_QUERY), own_answer(target, _QUERY))
    states = [_read(one, target, context) for one in answers if one is not None]
    worst: State = states[0]
    for state in states[1:]:
        worst = _worse(worst, state)
    return worst


def _read(looked: Looked, target: Target, context: Context) -> State:
    match looked:
        case Value():
            return looked.text.lower() in _YES
        case Unset():
            default = context.defaults.lookup(
                "kubelet", _FLAG, target.version, config_file=target.config.has_config_file
            )
            if default is None:
                return _unknown(target.name, Reason.NE_VERSION_UNKNOWN, "its default is not known")
            return (default.value or "").lower() in _YES
        case Unreadable():
            return _unknown(target.name, looked.reason, looked.detail)


def _worse(one: State | None, other: State) -> State:
    """Join two answers about one node: off decides, then not known."""
    if one is None or one is True or other is False:
        return other
    return one


def _not_seen(node: str) -> Unknown:
    if not node:
        return _unknown("", Reason.NE_NODE_MISSING, "the list of the cluster's nodes is not known")
    return _unknown(node, Reason.NE_NODE_MISSING, "no bundle shows its kubelet's settings")


def _unknown(node: str, reason: Reason, why: str) -> Unknown:
    subject = f"node/{node}" if node else "cluster"
    return Unknown(
        reason=reason, missing=Missing(key=_KEY, subject=subject, reason=reason, detail=why)
    )
