"""Secrets handed to containers as environment variables."""

from dataclasses import dataclass

from analyzer.checks.api_lists import keys, take
from analyzer.checks.workload_report import Violation, workload_outcomes
from analyzer.checks.workload_units import WORKLOADS, Unit, containers
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretEnvironment:
    """No container takes a Secret, or one of its keys, as a variable.

    All containers count, start-up and ephemeral ones too, in pods and in the templates of
    workloads. What could not be read is no evidence.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Everything that is or makes a pod."""
        return keys(WORKLOADS)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every container of every workload."""
        lists = take(evidence, WORKLOADS)
        if not lists.present:
            return lists.gaps
        return workload_outcomes(
            lists,
            context,
            _violations,
            passed="No container takes a Secret as a variable",
            expected="Secrets mounted as files",
        )


def _violations(unit: Unit) -> tuple[Violation, ...]:
    found = []
    for pointer, container in containers(unit.spec):
        for index, variable in enumerate(container.env or ()):
            reference = variable.value_from.secret_key_ref if variable.value_from else None
            if reference is not None:
                found.append(
                    Violation(
                        tail=f"{pointer}/env/{index}/valueFrom/secretKeyRef",
                        text=f"container {container.name}: variable {variable.name} comes from "
                        f"Secret {reference.name or '(unnamed)'}",
                    )
                )
        for index, source in enumerate(container.env_from or ()):
            if source.secret_ref is not None:
                found.append(
                    Violation(
                        tail=f"{pointer}/envFrom/{index}/secretRef",
                        text=f"container {container.name}: all of Secret "
                        f"{source.secret_ref.name or '(unnamed)'} becomes variables",
                        letter=Verdict.PASS,
                        letter_why="the benchmark's text looks for secretKeyRef alone",
                    )
                )
    return tuple(found)
