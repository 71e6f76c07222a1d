"""A named hardening profile that every container's security context must satisfy."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.checks.api_lists import keys, take
from analyzer.checks.pod_security_rules import TESTS, added, security_contexts
from analyzer.checks.seccomp import GOOD
from analyzer.checks.workload_report import Violation, workload_outcomes
from analyzer.checks.workload_units import WORKLOADS, Unit
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Policy
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict

_FROM_TESTS = (
    "privileged",
    "allow-privilege-escalation",
    "capabilities-not-dropped",
    "host-process",
    "root",
)
_MAY_ADD = "NET_BIND_SERVICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityContextProfile:
    """Every container satisfies the profile.

    The profile is that of the declared policy: settings of the container, else of its pod.
    Start-up and ephemeral containers and the templates of workloads count.

    Attributes:
        profile: The profile's name, printed with every verdict: the restricted Pod Security
            Standard for containers, and a read-only root file system.
    """

    profile: str

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Everything that is or makes a pod."""
        return keys(WORKLOADS)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every container of every workload."""
        lists = take(evidence, WORKLOADS)
        if not lists.present:
            return lists.gaps

        def rule(unit: Unit) -> tuple[Violation, ...]:
            return tuple(_violations(unit, context.policy))

        return workload_outcomes(
            lists,
            context,
            rule,
            passed=f"Every container satisfies the profile {self.profile}",
            expected=f"profile {self.profile}",
            linux=True,
        )


def _violations(unit: Unit, policy: Policy) -> Iterator[Violation]:
    for name in _FROM_TESTS:
        for one in TESTS[name](unit.spec, policy):
            yield Violation(tail=one.tail, text=one.text, verdict=Verdict.FAIL)
    yield from _own_fields(unit)


def _own_fields(unit: Unit) -> Iterator[Violation]:
    """Check what no pod-security test of a control asks by itself."""
    pod = unit.spec.security_context
    pod_profile = pod.seccomp_profile.type if pod and pod.seccomp_profile else ""
    for pointer, container, context in security_contexts(unit.spec):
        where = f"container {container.name}:"
        extra = tuple(name for name in added(context) if name != _MAY_ADD)
        if extra:
            text = f"{where} adds {', '.join(extra)}"
            yield Violation(tail=f"{pointer}/capabilities/add", text=text)
        if unit.spec.windows:
            continue
        profile = context.seccomp_profile.type if context.seccomp_profile else pod_profile
        if profile not in GOOD:
            text = f"{where} seccompProfile is {profile or 'unset'}"
            yield Violation(tail=f"{pointer}/seccompProfile", text=text)
        if not context.read_only_root_filesystem:
            text = f"{where} readOnlyRootFilesystem is not true"
            yield Violation(tail=f"{pointer}/readOnlyRootFilesystem", text=text)
