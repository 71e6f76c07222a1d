"""Who holds a powerful right beyond what Kubernetes and kubeadm ship with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, keys, set_aside, some, take
from analyzer.checks.rbac_asides import aggregated, breadth, indirect, nothing_new, unresolved
from analyzer.checks.rbac_authorizers import NEEDS, under_authorizers
from analyzer.checks.rbac_graph import (
    MASTERS,
    RESOURCES,
    Grant,
    Graph,
    grant_sources,
    place_text,
    resolve,
)
from analyzer.formats.kube_access import Right, granted_verbs, parse_right, rule_text, together
from analyzer.formats.kube_baseline import Place
from analyzer.formats.kube_rbac import PolicyRule
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

Hits = Mapping[tuple[Place, bool], tuple[int, ...]]
"""Positions of a role's rules that grant the right, by role and whether cluster-wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RbacGrant:
    """Nobody beyond the shipped baseline holds any of the rights.

    Nobody is a pass. A grant to everyone (every caller, every service account of the cluster or
    of a namespace) fails. Any other holder may have good reason: facts for a person. The group
    system:masters may do everything anyway, so a binding gives it nothing: named, not judged.

    Attributes:
        rights: Texts like ``get,list,watch core:secrets``.
        holds: What a holder can do, to complete "can ...".
        indirect: Further rights that lead to the same thing: their holders are named, not judged.
    """

    rights: tuple[str, ...]
    holds: str
    indirect: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The four RBAC lists, and what tells that RBAC decides."""
        return (*keys(RESOURCES), *NEEDS)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every subject of every binding, and whether RBAC decides at all."""
        lists = take(evidence, RESOURCES)
        if not lists.present:
            return lists.gaps
        return under_authorizers(self._granted(lists, context), evidence, context)

    def _granted(self, lists: Lists, context: Context) -> tuple[Outcome, ...]:
        graph = resolve(lists, context)
        hits = _hits(graph, self.rights)
        held: dict[str, list[tuple[Grant, tuple[int, ...]]]] = {}
        aside: list[str] = []
        masters: list[Grant] = []
        for grant in graph.grants:
            granting = _granting(grant, hits)
            if granting and grant.own and not grant.everyone:
                aside.append(f"{grant.who} through {place_text(grant.binding)}")
            elif granting and grant.who == MASTERS:
                masters.append(grant)
            elif granting:
                held.setdefault(grant.who, []).append((grant, granting))
        found = tuple(self._outcome(who, grants, lists) for who, grants in sorted(held.items()))
        notes = (*indirect(self._others(graph, held), self.holds), *unresolved(graph))
        own = set_aside(tuple(dict.fromkeys(aside)), lists.cite(*RESOURCES))
        own += nothing_new(tuple(masters), lists)
        if found or lists.gaps:
            return _noted(found, notes) + own + lists.gaps
        return (*_noted((self._nobody(graph, lists),), notes), *own)

    def _others(self, graph: Graph, held: Mapping[str, object]) -> dict[str, Grant]:
        """Return one grant of each subject that only gets there another way."""
        if not self.indirect:
            return {}
        hits = _hits(graph, self.indirect)
        return {
            grant.who: grant
            for grant in sorted(graph.grants, key=lambda one: one.who)
            if grant.who not in held
            and grant.who != MASTERS
            and not grant.own
            and _granting(grant, hits)
        }

    def _outcome(
        self, who: str, held: list[tuple[Grant, tuple[int, ...]]], lists: Lists
    ) -> Outcome:
        everyone = held[0][0].everyone
        ways = tuple(_way(grant, positions) for grant, positions in held)
        sources = tuple(
            place
            for grant, positions in held[:SHOWN]
            for place in grant_sources(grant, lists, positions[0])
        )
        judgement = (
            "A grant to everyone is never needed."
            if everyone
            else "Whether it is needed is for a person to judge."
        )
        return Outcome(
            subject=who,
            verdict=Verdict.FAIL if everyone else Verdict.MANUAL,
            reason=Reason.FAIL_EXPLICIT if everyone else Reason.RV_AMBIGUOUS,
            explanation=f"{who} can {self.holds} beyond the shipped baseline: {ways[0]}. "
            f"{judgement}",
            actual=some(ways, 4),
            whole=tuple(_way(grant, positions, None) for grant, positions in held),
            expected="no holder beyond the shipped baseline, or each one justified",
            evidence=tuple(dict.fromkeys(sources)),
            notes=(
                *breadth(who),
                *ways[1:SHOWN],
                *aggregated(grant for grant, _ in held),
            ),
        )

    def _nobody(self, graph: Graph, lists: Lists) -> Outcome:
        return Outcome(
            subject=CLUSTER,
            verdict=Verdict.PASS,
            reason=Reason.PASS_ABSENT,
            explanation=f"Nobody beyond the shipped baseline can {self.holds}: "
            f"{len(graph.grants)} grants of {len(graph.roles)} roles were resolved.",
            actual="no holder beyond the baseline",
            expected="no holder beyond the shipped baseline, or each one justified",
            evidence=lists.cite(*RESOURCES),
            notes=(f"Baseline: {graph.baseline}.",),
        )


def _noted(found: tuple[Outcome, ...], notes: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Put what is said once for the whole cluster beside the first finding."""
    return tuple(
        replace(one, notes=(*one.notes, *notes)) if at == 0 else one for at, one in enumerate(found)
    )


def _hits(graph: Graph, texts: tuple[str, ...]) -> Hits:
    rights = tuple(parse_right(text) for text in texts)
    return {
        (role.place, wide): _granted_by(
            role.rules, tuple(right for right in rights if wide or not right.cluster_scoped)
        )
        for role in graph.roles
        for wide in (False, True)
    }


def _granted_by(rules: tuple[PolicyRule, ...], rights: tuple[Right, ...]) -> tuple[int, ...]:
    """Return the positions of rules that grant a right, each by itself or else together."""
    alone = tuple(
        position
        for position, rule in enumerate(rules)
        if any(granted_verbs(rule, right) for right in rights)
    )
    return alone or next((found for r in rights if (found := together(rules, r))), ())


def _granting(grant: Grant, hits: Hits) -> tuple[int, ...]:
    wide = not grant.binding[1]
    found = hits[grant.role.place, wide]
    if not found:
        return ()
    counted = frozenset(grant.positions())
    return tuple(position for position in found if position in counted)


def _way(grant: Grant, positions: tuple[int, ...], most: int | None = 3) -> str:
    """Say what a binding grants: by the first rules, the start of each; whole without a limit."""
    longest = None if most is None else 160
    rules = "; ".join(rule_text(grant.role.rules[at])[:longest] for at in positions[:most])
    scope = f"in namespace {grant.binding[1]}" if grant.binding[1] else "cluster-wide"
    binding, role = place_text(grant.binding), place_text(grant.role.place)
    return f"{binding} grants {role} {scope} ({rules})"
