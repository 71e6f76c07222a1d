"""Roles that use wildcards, beyond those that ship with Kubernetes."""

from dataclasses import dataclass

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, keys, some, take
from analyzer.checks.rbac_authorizers import NEEDS, under_authorizers
from analyzer.checks.rbac_graph import (
    CLUSTER_ROLES,
    RESOURCES,
    ROLES,
    Graph,
    RoleEntry,
    place_text,
    resolve,
    rule_source,
)
from analyzer.formats.kube_access import rule_text, wildcards
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_POLICY = "Policy: only rules of the shipped baseline may use wildcards"
_RULES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RbacWildcard:
    """No rule beyond the shipped baseline names ``*`` for verbs, groups, resources or URLs.

    Shipped roles are known by their content: one that was changed is judged like any other.
    Roles or bindings that could not be read are no evidence.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The role lists, and what tells that RBAC decides.

        Bindings only help to say who is affected.
        """
        return (*keys((CLUSTER_ROLES, ROLES)), *NEEDS)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every role, and whether RBAC decides at all."""
        lists = take(evidence, (CLUSTER_ROLES, ROLES), helpful=RESOURCES)
        if not any(resource in lists.present for resource in (CLUSTER_ROLES, ROLES)):
            return lists.gaps
        return under_authorizers(_judged(lists, context), evidence, context)


def _judged(lists: Lists, context: Context) -> tuple[Outcome, ...]:
    graph = resolve(lists, context)
    holders: dict[str, list[str]] = {}
    for grant in graph.grants:
        holders.setdefault(place_text(grant.role.place), []).append(grant.who)
    wild = [(role, _wild(role)) for role in graph.roles]
    found = tuple(
        _outcome(role, positions, tuple(holders.get(place_text(role.place), ())), lists)
        for role, positions in wild
        if positions
    )
    if found or lists.gaps:
        return found + lists.gaps
    return (_clean(graph, lists),)


def _wild(role: RoleEntry) -> tuple[int, ...]:
    return tuple(position for position in role.extra if wildcards(role.rules[position]))


def _outcome(
    role: RoleEntry, positions: tuple[int, ...], holders: tuple[str, ...], lists: Lists
) -> Outcome:
    places = [
        (position, tail) for position in positions for tail in wildcards(role.rules[position])
    ]
    bound = f"bound to {some(holders, 4)}" if holders else "bound to nobody now"
    return Outcome(
        subject=place_text(role.place),
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_EXPLICIT,
        explanation=f"{len(positions)} of its {len(role.rules)} rules use a wildcard "
        f"({rule_text(role.rules[positions[0]])[:200]}); the role is {bound}. {_POLICY}.",
        actual=f"{_rules(role, positions)}; {bound}",
        whole=(*(rule_text(role.rules[position]) for position in positions), *holders),
        expected="groups, resources and verbs by name",
        evidence=tuple(rule_source(role, lists, *place) for place in places[:SHOWN]),
    )


def _rules(role: RoleEntry, positions: tuple[int, ...]) -> str:
    """Return the first of the wild rules."""
    shown = "; ".join(rule_text(role.rules[position])[:120] for position in positions[:_RULES])
    more = len(positions) - _RULES
    return f"{shown}; and {more} more such rules" if more > 0 else shown


def _clean(graph: Graph, lists: Lists) -> Outcome:
    shipped = sum(1 for role in graph.roles if role.shipped)
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.PASS,
        reason=Reason.PASS_ABSENT,
        explanation=f"Of {len(graph.roles)} roles, {shipped} equal shipped ones and none of the "
        f"others uses a wildcard. {_POLICY}.",
        actual="no wildcard beyond the baseline",
        expected="groups, resources and verbs by name",
        evidence=lists.cite(CLUSTER_ROLES, ROLES),
        notes=(f"Baseline: {graph.baseline}.",),
    )
