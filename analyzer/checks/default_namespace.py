"""What lives in the namespace "default"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, count, keys, some, take
from analyzer.checks.workload_units import WORKLOADS
from analyzer.formats.kube_meta import OwnerReference
from analyzer.formats.kube_objects import KINDS, RBAC, kind_of
from analyzer.model.api import CENSUS, Item
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present, is_redacted
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import parse_version

_Key = tuple[str, str]
"""Kind and name."""

_NAMESPACE = "default"
_NEEDED = (
    *WORKLOADS,
    "configmaps",
    "ingresses.networking.k8s.io",
    "networkpolicies.networking.k8s.io",
    "persistentvolumeclaims",
    f"rolebindings.{RBAC}",
    f"roles.{RBAC}",
    "serviceaccounts",
    "services",
)
_IGNORED = ("events", "events.events.k8s.io", "leases.coordination.k8s.io")
_UNLISTABLE = ("bindings", "localsubjectaccessreviews.authorization.k8s.io")
"""Kinds that can only be asked for or created, which older bundles do not say of them."""
_VIRTUAL = (
    ".custom.metrics.k8s.io",
    ".external.metrics.k8s.io",
    ".metrics.k8s.io",
    ".packages.operators.coreos.com",
)
"""Groups that are computed when asked: what they show lies in other objects or in none."""
_SECRETS = "secrets"
_WIDE = (
    "adminnetworkpolicies.policy.networking.k8s.io",
    "baselineadminnetworkpolicies.policy.networking.k8s.io",
    "ciliumclusterwidenetworkpolicies.cilium.io",
    "clusterimagepolicies.policy.sigstore.dev",
    "clusternetworkpolicies.policy.networking.k8s.io",
    "clusterpolicies.kyverno.io",
    "constrainttemplates.templates.gatekeeper.sh",
    "globalnetworkpolicies.crd.projectcalico.org",
    "globalnetworkpolicies.projectcalico.org",
    "imagevalidatingpolicies.policies.kyverno.io",
    "mutatingadmissionpolicies.admissionregistration.k8s.io",
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
    "persistentvolumes",
    "runtimeclasses.node.k8s.io",
    "securitycontextconstraints.security.openshift.io",
    "validatingpolicies.policies.kyverno.io",
)
_WIDE_GROUPS = (".config.openshift.io", ".constraints.gatekeeper.sh", ".operator.openshift.io")
"""Kinds without a namespace: that their list could not be read says nothing of one."""
_OPENSHIFT = ".openshift.io"
_OURS = "kube-evidence-"
"""How the names begin of the Role and RoleBinding that the collector's guide tells to make."""
_EXPECTED = "only what Kubernetes itself puts there"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultNamespace:
    """Nothing but Kubernetes' own objects lives in the namespace "default".

    Every namespaced list in evidence is looked through, and every namespaced kind of discovery
    has to have one, whole or of this namespace alone. An object is counted with its controller,
    not by itself, where that one is reported in its turn.

    Attributes:
        allowed: ``KIND/NAME`` of the platform's own objects; a name may end in ``*``. With
            ``since VERSION`` it counts from that Kubernetes version, with ``on openshift`` where
            OpenShift's own kinds hold something.
    """

    allowed: tuple[str, ...]

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The common namespaced kinds."""
        return keys(_NEEDED)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Look through every list."""
        lists = take(evidence, (*_NEEDED, *_others(evidence)))
        if not lists.present:
            return lists.gaps
        here = [
            (resource, item)
            for resource in sorted(lists.present)
            for item in lists.items(resource)
            if item.value.namespace == _NAMESPACE
        ]
        allowed = tuple(_counting(self.allowed, lists, context))
        own = [(r, item) for r, item in here if not _is_one_of(allowed, r, item)]
        reported = {(_kind(resource), _name(item)): item for resource, item in own}
        gaps = (*lists.gaps, *_unlisted(evidence), *_masked(lists))
        found = tuple(
            _outcome(resource, item, lists)
            for resource, item in own
            if not _told_elsewhere(reported, (_kind(resource), _name(item)))
        )
        if found or gaps:
            return (*found, *gaps)
        return (_clean(lists, allowed, here),)


def _counting(entries: tuple[str, ...], lists: Lists, context: Context) -> Iterator[str]:
    """Yield the allowances that count for this version and platform."""
    openshift = any(name.endswith(_OPENSHIFT) and lists.items(name) for name in lists.present)
    for entry in entries:
        name, _, condition = entry.partition(" ")
        since = parse_version(condition.removeprefix("since "))
        too_old = since is not None and context.version is not None and context.version < since
        if not too_old and (condition != "on openshift" or openshift):
            yield name


def _is_one_of(allowed: tuple[str, ...], resource: str, item: Item[object]) -> bool:
    name = f"{_kind(resource)}/{_name(item)}"
    return any(
        name.startswith(entry[:-1]) if entry.endswith("*") else name == entry for entry in allowed
    )


def _kind(resource: str) -> str:
    return kind_of(resource.removeprefix(CENSUS))


def _unlisted(evidence: ClusterEvidence) -> tuple[Outcome, ...]:
    """Name the kinds that the server offers and nobody listed: their objects may live here."""
    if evidence.api is None:
        return ()
    if evidence.api.namespaced is None:
        return (_open("which kinds the server offers is not known: discovery is not whole", ()),)
    asked = frozenset(evidence.api.lists)
    left = tuple(name for name in evidence.api.namespaced if _counts(name, asked))
    return (_open(f"objects of these kinds were not listed: {some(left)}", left),) if left else ()


def _masked(lists: Lists) -> tuple[Outcome, ...]:
    """Name the lists of objects whose namespace is masked: it may be this one."""
    names = tuple(
        resource
        for resource in sorted(lists.present)
        if any(is_redacted(item.value.namespace) for item in lists.items(resource))
    )
    why = f"the namespace of some objects is masked: {some(names)}"
    return (_open(why, names, Reason.NE_REDACTED),) if names else ()


def _counts(name: str, asked: frozenset[str]) -> bool:
    spared = (*_IGNORED, *_UNLISTABLE, _SECRETS)
    if name in spared or f".{name.partition('.')[2]}" in _VIRTUAL:
        return False
    return not asked & {name, f"{CENSUS}{name}"}


def _open(
    why: str, kinds: tuple[str, ...], reason: Reason = Reason.NE_API_NOT_COLLECTED
) -> Outcome:
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.NO_EVIDENCE,
        reason=reason,
        explanation=f"What lives in the namespace {_NAMESPACE} is not wholly known; {why}.",
        actual="not known",
        whole=kinds,
        expected=_EXPECTED,
        missing=tuple(
            Missing(key=key, subject=CLUSTER, reason=reason, detail=why)
            for key in keys(kinds or ("discovery",))
        ),
    )


def _clean(lists: Lists, allowed: tuple[str, ...], here: list[tuple[str, Item[object]]]) -> Outcome:
    ours = [f"{_kind(r)} {_name(item)}" for r, item in here if _name(item).startswith(_OURS)]
    aside = f"Set aside, as made for the collection itself: {', '.join(ours)}."
    return Outcome(
        subject=f"Namespace/{_NAMESPACE}",
        verdict=Verdict.PASS,
        reason=Reason.PASS_ABSENT,
        explanation=f"{count(len(lists.present), 'list')} hold nothing in the namespace but "
        f"the platform's own: {some(allowed)}.",
        actual="nothing else",
        expected=_EXPECTED,
        evidence=lists.cite(*_NEEDED)[: SHOWN + 8],
        notes=(
            "Secrets are never read: whether any lies here is not known, and not judged.",
            "Events, Leases and what is only computed when asked (metrics) are not looked at.",
            *((aside,) if ours else ()),
        ),
    )


def _others(evidence: ClusterEvidence) -> tuple[str, ...]:
    """Return the further lists that were asked for and whose objects may live in namespaces."""
    if evidence.api is None:
        return ()
    return tuple(
        name
        for name, found in sorted(evidence.api.lists.items())
        if name not in _NEEDED
        and name not in _IGNORED
        and (KINDS[name][2] if name in KINDS else isinstance(found, Present) or _local(name))
    )


def _local(name: str) -> bool:
    """Tell of a kind of which no object is known whether its objects may live in namespaces."""
    return name not in _WIDE and not name.endswith(_WIDE_GROUPS)


def _name(item: Item[object]) -> str:
    return str(getattr(item.value, "name", ""))


def _controller(item: Item[object]) -> OwnerReference | None:
    metadata = getattr(item.value, "metadata", None)
    owners = getattr(metadata, "owner_references", None) or ()
    return next((owner for owner in owners if owner.controller), None)


def _uid(item: Item[object]) -> str:
    return str(getattr(getattr(item.value, "metadata", None), "uid", None) or "")


def _maker(reported: Mapping[_Key, Item[object]], item: Item[object]) -> _Key | None:
    """Return which reported object controls this one; None when none does."""
    owner = _controller(item)
    if owner is None or (owner.kind, owner.name) not in reported:
        return None
    found = _uid(reported[(owner.kind, owner.name)])
    known = bool(found and owner.uid)
    return None if known and found != owner.uid else (owner.kind, owner.name)


def _told_elsewhere(reported: Mapping[_Key, Item[object]], key: _Key) -> bool:
    """Tell whether the chain of an object's makers ends at another one that is reported."""
    seen = {key}
    maker = _maker(reported, reported[key])
    while maker is not None:
        if maker in seen:
            return False
        seen.add(maker)
        maker = _maker(reported, reported[maker])
    return len(seen) > 1


def _outcome(resource: str, item: Item[object], lists: Lists) -> Outcome:
    kind, name = _kind(resource), _name(item)
    return Outcome(
        subject=f"{kind}/{_NAMESPACE}/{name}",
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_EXPLICIT,
        explanation=f"{kind} {name} lives in the namespace {_NAMESPACE}.",
        actual=f"{kind} {name}",
        expected=_EXPECTED,
        evidence=(
            lists.at(resource, item.line, "/metadata", f"namespace {_NAMESPACE}, name {name}"),
        ),
    )
