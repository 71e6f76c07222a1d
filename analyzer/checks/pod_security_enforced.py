"""Whether every namespace has some mechanism that enforces pod security."""

from dataclasses import dataclass

from analyzer.checks.api_lists import CLUSTER, some, take
from analyzer.checks.pod_security_spaces import NAMESPACES, NEEDS, no_space, space_outcome, spaces
from analyzer.checks.pod_security_standing import LEVELS, Demand
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_MINIMUM = "minimum-pod-security-level"


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurityEnforced:
    """Every namespace outside the exempt list enforces at least the declared level.

    Enforcement is a label or the server's own default of Pod Security admission, a policy of a
    known engine in enforcing mode, or before Kubernetes 1.25 a pod security policy that the
    namespace's accounts are held to. Warnings and audit modes do not count. A policy that
    cannot be understood goes to a person.

    Attributes:
        words: Field names by which other policies are recognised as being about pod security.
    """

    words: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The namespaces, and the API server's own configuration of admission."""
        return NEEDS

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every namespace."""
        lists = take(evidence, (NAMESPACES,))
        if not lists.present:
            return lists.gaps
        level = context.policy.values.get(_MINIMUM, "baseline")
        demand = Demand(level=level if level in LEVELS else "baseline", words=self.words)
        known = spaces(lists, evidence, context)
        expected = f"an enforcing mechanism (policy {_MINIMUM}: {demand.level})"
        found = tuple(
            space_outcome(
                space, known.answer(space, demand), context, expected=expected, violating=0
            )
            for space in known.judged
        )
        exempt = tuple(
            item.value.name
            for item in lists.items(NAMESPACES)
            if is_exempt(context, item.value.name)
        )
        apart = Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation=f"Exempt by the declared policy {SYSTEM}: {some(exempt)}.",
            actual=some(exempt),
            whole=exempt,
            expected="judged by whoever answers for the platform",
            evidence=lists.cite(NAMESPACES),
        )
        return (*found, *((apart,) if exempt else ()), *no_space(lists, found), *lists.gaps)
