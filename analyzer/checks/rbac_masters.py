"""Use of the group that no authorizer ever asks about: system:masters."""

from dataclasses import dataclass

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, keys, take
from analyzer.checks.rbac_graph import (
    CLUSTER_ROLE_BINDINGS,
    RESOURCES,
    ROLE_BINDINGS,
    Graph,
    place_text,
    resolve,
    subject_source,
)
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_GROUP = "Group/system:masters"
_EXPECTED = "no use of system:masters beyond the shipped binding"


@dataclass(frozen=True, slots=True, kw_only=True)
class RbacMasters:
    """No binding beyond the shipped one names the group system:masters.

    A binding proves a violation. Its absence proves nothing: a client certificate can carry the
    group, and no cluster records the certificates that were issued. So there is no pass.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The four RBAC lists."""
        return keys(RESOURCES)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Look for the group in every binding."""
        lists = take(evidence, RESOURCES)
        if not lists.present:
            return lists.gaps
        graph = resolve(lists, context.policy)
        found = _bindings(graph, lists)
        if found or lists.gaps:
            return found + lists.gaps
        return (_undecided(lists),)


def _bindings(graph: Graph, lists: Lists) -> tuple[Outcome, ...]:
    extra = [grant for grant in graph.grants if grant.who == _GROUP and not grant.shipped]
    return tuple(
        Outcome(
            subject=place_text(grant.binding),
            verdict=Verdict.FAIL,
            reason=Reason.FAIL_EXPLICIT,
            explanation=f"{place_text(grant.binding)} grants {place_text(grant.role.place)} to "
            "the group system:masters, besides the binding that Kubernetes ships.",
            actual=f"{place_text(grant.binding)} names system:masters",
            expected=_EXPECTED,
            evidence=(subject_source(grant, lists),),
        )
        for grant in extra[:SHOWN]
    )


def _undecided(lists: Lists) -> Outcome:
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        explanation="No binding beyond the shipped one names system:masters, but certificates "
        "that carry the group are recorded nowhere in a cluster: a person must say who holds one.",
        actual="no further binding; issued certificates unknown",
        expected=_EXPECTED,
        evidence=lists.cite(CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS),
        notes=(
            "Before kubeadm 1.29 admin.conf carried the group; since then super-admin.conf does.",
        ),
    )
