"""Network policies in every namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyzer.checks.api_lists import (
    CLUSTER,
    SHOWN,
    Lists,
    count,
    keys,
    nothing_to_judge,
    some,
    take,
)
from analyzer.checks.judgement import with_letter
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.checks.workload_units import PODS, WORKLOADS
from analyzer.formats.kube_cluster import NetworkPolicy as PolicyObject
from analyzer.formats.kube_pods import Pod
from analyzer.model.api import Item
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict

NAMESPACES = "namespaces"
POLICIES = "networkpolicies.networking.k8s.io"
LOCAL = (
    "ciliumnetworkpolicies.cilium.io",
    "networkpolicies.crd.projectcalico.org",
    "networkpolicies.projectcalico.org",
)
WIDE = (
    "adminnetworkpolicies.policy.networking.k8s.io",
    "baselineadminnetworkpolicies.policy.networking.k8s.io",
    "ciliumclusterwidenetworkpolicies.cilium.io",
    "clusternetworkpolicies.policy.networking.k8s.io",
    "globalnetworkpolicies.crd.projectcalico.org",
    "globalnetworkpolicies.projectcalico.org",
)
_EXPECTED = "at least one NetworkPolicy"
_MOST_MATCHES = 200_000
"""Selector matches per namespace up to which uncovered pods are counted."""

Found = Mapping[str, tuple[tuple[str, Item[Any]], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicyEverywhere:
    """Each namespace outside the exempt list has a network policy of its own.

    A policy of Cilium or Calico in the namespace counts. A cluster-wide policy may cover a
    namespace that has none: a person must read it. Where neither a pod nor a template of pods is,
    there is nothing that a policy could protect.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Namespaces and network policies."""
        return keys((NAMESPACES, POLICIES))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every namespace."""
        lists = take(evidence, (NAMESPACES, POLICIES), helpful=(*LOCAL, *WIDE, *WORKLOADS))
        if NAMESPACES not in lists.present or POLICIES not in lists.sources:
            return lists.gaps
        policies = _by_namespace(lists)
        pods = _pods(lists)
        peopled = _peopled(lists)
        found: list[Outcome] = []
        exempt: list[str] = []
        for item in lists.items(NAMESPACES):
            name = item.value.name
            if is_exempt(context, name):
                exempt.append(f"{name} ({count(len(policies.get(name, ())), 'policy object')})")
            elif name in policies:
                found.append(_covered(item, policies[name], pods.get(name, ()), lists, context))
            elif name in peopled:
                found.append(_bare(item, len(pods.get(name, ())), lists))
            else:
                found.append(_without_pods(item, lists, context))
        return (*found, *_apart(tuple(exempt), lists), *_nothing(found, lists), *lists.gaps)


def _by_namespace(lists: Lists) -> Found:
    found: dict[str, list[tuple[str, Item[Any]]]] = {}
    for resource in (POLICIES, *LOCAL):
        for item in lists.items(resource):
            if item.value.namespace:
                found.setdefault(item.value.namespace, []).append((resource, item))
    return {name: tuple(items) for name, items in found.items()}


def _pods(lists: Lists) -> Mapping[str, tuple[Pod, ...]]:
    found: dict[str, list[Pod]] = {}
    for item in lists.items(PODS):
        found.setdefault(item.value.namespace, []).append(item.value)
    return {name: tuple(pods) for name, pods in found.items()}


def _peopled(lists: Lists) -> frozenset[str]:
    """Return the namespaces in which a pod lives, or something that makes pods."""
    return frozenset(
        item.value.namespace for resource in WORKLOADS for item in lists.items(resource)
    )


def _without_pods(namespace: Item[Any], lists: Lists, context: Context) -> Outcome:
    """Set a namespace aside where nothing runs; the text asks for a policy all the same.

    A list of workloads that is not known may hold some of this namespace.
    """
    bare = _bare(namespace, 0, lists)
    unread = tuple(resource for resource in WORKLOADS if resource in lists.unknown)
    if bare.verdict is not Verdict.FAIL:
        return bare
    if unread:
        first = lists.unknown[unread[0]]
        return replace(
            bare,
            verdict=Verdict.NO_EVIDENCE,
            reason=first.reason,
            explanation="No network policy in the namespace; whether anything runs there is not "
            f"known ({some(unread, 3)}): {first.detail}.",
            missing=tuple(
                Missing(
                    key=keys((resource,))[0],
                    subject=CLUSTER,
                    reason=lists.unknown[resource].reason,
                    detail=lists.unknown[resource].detail,
                )
                for resource in unread
            ),
        )
    empty = replace(
        bare,
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_ROLE,
        explanation="No network policy in the namespace, and no pod, and nothing that makes one.",
        evidence=(*bare.evidence, *lists.cite(*WORKLOADS, lacking="none of this namespace")),
    )
    why = "the benchmark's text wants a policy in each namespace, whatever lives there"
    return with_letter(empty, Verdict.FAIL, why, context)


def _counted(
    name: str, policies: tuple[tuple[str, Item[Any]], ...], pods: tuple[Pod, ...], lists: Lists
) -> Outcome:
    plain = tuple(item.value for resource, item in policies if resource == POLICIES)
    policy_names = tuple(item.value.name for _, item in policies)
    names = some(policy_names)
    return Outcome(
        subject=f"Namespace/{name}",
        verdict=Verdict.PASS,
        reason=Reason.PASS_EXPLICIT,
        explanation=f"{count(len(policies), 'network policy object')} in the namespace: {names}.",
        actual=names,
        whole=policy_names,
        expected=_EXPECTED,
        evidence=tuple(
            lists.at(resource, item.line, "/metadata/name", item.value.name)
            for resource, item in policies[:SHOWN]
        ),
        notes=_coverage(plain, pods) if len(plain) == len(policies) else (),
    )


def _covered(
    namespace: Item[Any],
    policies: tuple[tuple[str, Item[Any]], ...],
    pods: tuple[Pod, ...],
    lists: Lists,
    context: Context,
) -> Outcome:
    """Pass a namespace with policies, unless they select none of its pods.

    Such policies do nothing, while the text asks for their existence alone.
    """
    covered = _counted(namespace.value.name, policies, pods, lists)
    plain = tuple(item.value for resource, item in policies if resource == POLICIES)
    if len(plain) < len(policies) or any(_selects_all(policy) for policy in plain):
        return covered
    if PODS in lists.unknown:
        return _unseen_pods(covered, lists)
    if not pods or len(plain) * len(pods) > _MOST_MATCHES:
        return covered
    if any(_selects(policy, pod) for policy in plain for pod in pods):
        return covered
    text = f"None of the {count(len(pods), 'pod')} is selected by a policy ({covered.actual})"
    idle = _bare(namespace, len(pods), lists, text)
    idle = replace(
        idle,
        actual=covered.actual,
        whole=(*covered.whole, *idle.whole),
        evidence=(*covered.evidence, *idle.evidence),
    )
    why = "the benchmark's text asks for a policy in the namespace, whatever it selects"
    return with_letter(idle, Verdict.PASS, why, context)


def _unseen_pods(covered: Outcome, lists: Lists) -> Outcome:
    problem = lists.unknown[PODS]
    return replace(
        covered,
        verdict=Verdict.NO_EVIDENCE,
        reason=problem.reason,
        explanation=f"{covered.explanation.rstrip('.')}; whether any selects a pod is not known: "
        f"{problem.detail}.",
        missing=(
            Missing(
                key=keys((PODS,))[0],
                subject=CLUSTER,
                reason=problem.reason,
                detail=problem.detail,
            ),
        ),
    )


def _selects_all(policy: PolicyObject) -> bool:
    selector = policy.spec.pod_selector if policy.spec else None
    return selector is None or not (selector.match_labels or selector.match_expressions)


def _coverage(policies: tuple[PolicyObject, ...], pods: tuple[Pod, ...]) -> tuple[str, ...]:
    """Note what one policy object does not say: pods it leaves out, traffic it lets in."""
    notes = []
    if not any(_denies_by_default(policy) for policy in policies):
        notes.append("No policy selects every pod and allows nothing (default deny).")
    if len(policies) * len(pods) <= _MOST_MATCHES:
        bare = tuple(p.name for p in pods if not any(_selects(policy, p) for policy in policies))
        if bare:
            notes.append(f"Pods that no policy selects: {some(bare)}.")
    return tuple(notes)


def _denies_by_default(policy: PolicyObject) -> bool:
    spec = policy.spec
    if spec is None:
        return False
    return (
        _selects_all(policy)
        and not spec.ingress
        and "Ingress" in (spec.policy_types or ("Ingress",))
    )


def _selects(policy: PolicyObject, pod: Pod) -> bool:
    selector = policy.spec.pod_selector if policy.spec else None
    return selector is None or selector.matches(pod.labels)


def _bare(
    item: Item[Any], pods: int, lists: Lists, text: str = "No network policy in the namespace"
) -> Outcome:
    name = item.value.name
    wide = tuple(f"{resource} {i.value.name}" for resource in WIDE for i in lists.items(resource))
    unread = tuple(name for name in (POLICIES, *LOCAL, *WIDE) if name in lists.unknown)
    verdict, reason = Verdict.FAIL, Reason.FAIL_ABSENT
    if wide:
        verdict, reason = Verdict.MANUAL, Reason.RV_POLICY_DEPENDENT
        text += f"; whether a cluster-wide one covers it is for a person to read ({some(wide, 4)})"
    elif unread:
        verdict, reason = Verdict.NO_EVIDENCE, lists.unknown[unread[0]].reason
        text += f"; not every policy is known ({some(unread, 3)})"
    return Outcome(
        subject=f"Namespace/{name}",
        verdict=verdict,
        reason=reason,
        explanation=f"{text}; {count(pods, 'pod')} there." if PODS in lists.present else f"{text}.",
        actual="none of its own",
        whole=wide,
        expected=_EXPECTED,
        evidence=(
            lists.at(NAMESPACES, item.line, "/metadata/name", name),
            *lists.cite(POLICIES, *LOCAL, lacking="no policy of this namespace"),
            *lists.cite(*WIDE),
        ),
        missing=tuple(
            Missing(
                key=keys((resource,))[0],
                subject=CLUSTER,
                reason=lists.unknown[resource].reason,
                detail=lists.unknown[resource].detail,
            )
            for resource in unread
            if verdict is Verdict.NO_EVIDENCE
        ),
    )


def _apart(exempt: tuple[str, ...], lists: Lists) -> tuple[Outcome, ...]:
    if not exempt:
        return ()
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation=f"Exempt by the declared policy {SYSTEM}, reported apart: {some(exempt)}.",
            actual=some(exempt),
            whole=exempt,
            expected=_EXPECTED,
            evidence=lists.cite(NAMESPACES, POLICIES),
        ),
    )


def _nothing(found: list[Outcome], lists: Lists) -> tuple[Outcome, ...]:
    if found:
        return ()
    return nothing_to_judge(
        lists,
        what="no namespace",
        explanation="No namespace stands outside the exempt list.",
        expected=_EXPECTED,
        cited=(NAMESPACES,),
    )
