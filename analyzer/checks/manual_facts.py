"""Controls that ask for intent: the facts, laid out for a person."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from types import MappingProxyType

from analyzer.checks.api_lists import CLUSTER, CRDS, SHOWN, Lists, count, keys, some, take
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.checks.workload_units import PODS
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

NAMESPACES = "namespaces"
POLICIES = "networkpolicies.networking.k8s.io"
QUOTAS = "resourcequotas"
_DEFAULT = "default"


@unique
class Facts(StrEnum):
    """Which facts to lay out."""

    NAMESPACES = "namespaces"
    SECRET_STORES = "secret-stores"  # noqa: S105 - the name of a topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFacts:
    """A person decides; what the evidence shows about it is laid out.

    There is no pass: the question is one of intent. Users who have no namespace but "default"
    fail the one about namespaces. Lists that could not be read are no evidence.

    Attributes:
        facts: ``namespaces``: an inventory, and a failure where nothing but "default" and
            exempt namespaces is there. ``secret-stores``: traces of outside secret stores.
        traces: For ``secret-stores``: API groups by product.
    """

    facts: Facts
    traces: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """What is laid out."""
        return keys((NAMESPACES,) if self.facts is Facts.NAMESPACES else (CRDS,))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Lay the facts out."""
        if self.facts is Facts.NAMESPACES:
            lists = take(evidence, (NAMESPACES,), helpful=(PODS, POLICIES, QUOTAS))
            return lists.gaps or (_namespaces(lists, context),)
        lists = take(evidence, (CRDS,))
        return lists.gaps or (self._stores(lists),)

    def _stores(self, lists: Lists) -> Outcome:
        found = tuple(
            (product, item)
            for product, groups in self.traces.items()
            for item in lists.items(CRDS)
            if item.value.spec.group in groups.split()
        )
        names = tuple(dict.fromkeys(product for product, _ in found))
        text = (
            f"Definitions of {some(names)} are installed" if names else "No trace of one was found"
        )
        return Outcome(
            subject=CLUSTER,
            verdict=Verdict.MANUAL,
            reason=Reason.RV_MANUAL_BENCHMARK,
            explanation=f"Whether an outside secret store was considered is for a person to say. "
            f"{text} among {count(len(lists.items(CRDS)), 'custom resource definition')}.",
            actual=some(names) or "no trace",
            whole=names,
            expected="a recorded consideration of outside secret storage",
            evidence=tuple(
                lists.at(CRDS, item.line, "/spec/group", item.value.name)
                for _, item in found[:SHOWN]
            )
            or lists.cite(CRDS),
        )


def _namespaces(lists: Lists, context: Context) -> Outcome:
    names = tuple(item.value.name for item in lists.items(NAMESPACES))
    used = tuple(n for n in names if n != _DEFAULT and not is_exempt(context, n))
    pods = Counter(item.value.namespace for item in lists.items(PODS))
    policies = Counter(item.value.namespace for item in lists.items(POLICIES))
    quotas = Counter(item.value.namespace for item in lists.items(QUOTAS))
    failed = not used
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.FAIL if failed else Verdict.MANUAL,
        reason=Reason.FAIL_ABSENT if failed else Reason.RV_MANUAL_BENCHMARK,
        explanation=f"No namespace besides {_DEFAULT} and the exempt ones ({SYSTEM}) exists, so "
        "namespaces separate nothing."
        if failed
        else f"{count(len(used), 'namespace')} besides {_DEFAULT} and the exempt ones ({SYSTEM}): "
        f"{some(used)}. Whether they separate what should be apart is for a person to judge.",
        actual=some(used, 30) or f"only {_DEFAULT} and exempt namespaces",
        whole=used,
        expected="namespaces that separate teams and applications as intended",
        evidence=lists.cite(NAMESPACES, PODS, POLICIES, QUOTAS),
        notes=tuple(
            f"{name}: {count(pods[name], 'pod')}, {count(policies[name], 'NetworkPolicy object')}, "
            f"{count(quotas[name], 'quota')}"
            for name in (*used, _DEFAULT)[:40]
        ),
    )
