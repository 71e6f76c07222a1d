"""One pod-security test: kept out on admission in every namespace, and violated by no workload."""

from dataclasses import dataclass

from analyzer.checks.api_lists import keys, take, unsettled
from analyzer.checks.pod_security_rules import LINUX_ONLY, violations
from analyzer.checks.pod_security_spaces import NAMESPACES, NEEDS, no_space, space_outcome, spaces
from analyzer.checks.pod_security_standing import Demand, Space, Standing
from analyzer.checks.workload_report import (
    NO_OFFENCE,
    Violation,
    exempt_outcomes,
    scan,
    violation_outcomes,
    windows_outcomes,
)
from analyzer.checks.workload_units import WORKLOADS, Unit
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurity:
    """Nothing that violates the test is admitted, and nothing that runs violates it.

    Each namespace outside the exempt list is judged on whether something enforces the rule, and
    each workload that violates it fails, also where it is enforced: it is older than the label,
    or exempt. Exempt namespaces are reported apart.

    Attributes:
        test: Name of the test in ``pod_security_rules.TESTS``.
        level: Pod Security Standard that forbids the violation.
        since: Version of that standard from which it does, ``1.22``; empty is always.
        words: Field names by which other policies are recognised as being about it.
        constraints: Gatekeeper library kinds about it, lower case.
    """

    test: str
    level: str
    since: str = ""
    words: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """What tells of enforcement, and everything that is or makes a pod."""
        return (*NEEDS, *keys(WORKLOADS))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge namespaces and workloads."""
        lists = take(evidence, (NAMESPACES, *WORKLOADS))
        if not lists.present:
            return lists.gaps

        def rule(unit: Unit) -> tuple[Violation, ...]:
            return violations(self.test, unit, context.policy)

        result = scan(lists, context, rule, linux=self.test in LINUX_ONLY)
        expected = f"kept out on admission ({self.level} or an equal policy), and no violation"
        known = spaces(lists, evidence, context)
        demand = Demand(
            level=self.level,
            since=self.since,
            test=self.test,
            words=self.words,
            constraints=self.constraints,
        )
        # "Nothing violates it" is taken back where nothing but Windows was looked at.
        windows = {one.subject: one for one in windows_outcomes(result, expected=expected)}

        def about_space(space: Space) -> Outcome:
            answer = known.answer(space, demand)
            outcome = space_outcome(
                space,
                answer,
                context,
                expected=expected,
                violating=len(result.violating.get(space.name, ())),
                unjudged=windows.get(f"Namespace/{space.name}"),
            )
            if answer.standing is not Standing.NOT:
                return outcome
            return unsettled((outcome,), lists, WORKLOADS, undone=NO_OFFENCE)[0]

        about = tuple(map(about_space, known.judged))
        return (
            *about,
            *unsettled(
                violation_outcomes(result, lists, context, expected=expected), lists, WORKLOADS
            ),
            *exempt_outcomes(result, lists),
            *no_space(lists, about),
            *lists.gaps,
        )
