"""The seccomp profile that each container really runs under."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.checks.api_lists import keys, take
from analyzer.checks.workload_report import Violation, workload_outcomes
from analyzer.checks.workload_units import WORKLOADS, Unit, containers
from analyzer.formats.kube_pods import Container, PodSpec
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present
from analyzer.model.outcome import Outcome
from analyzer.model.version import Version

GOOD = ("Localhost", "RuntimeDefault")
_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod"
_CONTAINER_ANNOTATION = "container.seccomp.security.alpha.kubernetes.io/"
_LAST_ANNOTATED = Version(1, 24)
_GOOD_ANNOTATIONS = ("docker/default", "runtime/default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seccomp:
    """Every container runs under RuntimeDefault or Localhost.

    The container's own profile counts, else the pod's, else (kubelets up to 1.24) an annotation,
    else the kubelet's ``seccompDefault`` on the pod's node where /configz shows it.
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
        nodes = _node_defaults(evidence)
        annotated = context.version is not None and context.version <= _LAST_ANNOTATED

        def rule(unit: Unit) -> tuple[Violation, ...]:
            return _violations(unit, nodes, annotated=annotated)

        return workload_outcomes(
            lists,
            context,
            rule,
            passed="Every container runs under RuntimeDefault or Localhost",
            expected="seccompProfile RuntimeDefault or Localhost",
            linux=True,
        )


def _node_defaults(evidence: ClusterEvidence) -> Mapping[str, bool]:
    """Return the kubelet's seccompDefault by node; a node that shows nothing is left out."""
    if evidence.api is None:
        return MappingProxyType({})
    return MappingProxyType(
        {
            name: answer.value.get("seccompDefault") is True
            for name, answer in evidence.api.configz.items()
            if isinstance(answer, Present)
        }
    )


def _violations(unit: Unit, nodes: Mapping[str, bool], *, annotated: bool) -> tuple[Violation, ...]:
    if unit.spec.windows:
        return ()
    found = []
    for pointer, container in containers(unit.spec):
        text = _wrong(unit, container, nodes, annotated=annotated)
        if text:
            found.append(
                Violation(
                    tail=f"{pointer}/securityContext", text=f"container {container.name}: {text}"
                )
            )
    return tuple(found)


def _wrong(unit: Unit, container: Container, nodes: Mapping[str, bool], *, annotated: bool) -> str:
    """Say what is wrong with a container's profile; empty when nothing is."""
    own = container.security_context
    if own is not None and own.privileged:
        return "privileged, so it runs without a profile whatever is written"
    written = _written(unit.spec, container)
    if written:
        return "" if written in GOOD else f"seccompProfile is {written}"
    if annotated:
        profile = _annotation(unit, container)
        if profile:
            good = profile in _GOOD_ANNOTATIONS or profile.startswith("localhost/")
            return "" if good else f"seccomp annotation is {profile}"
    if unit.spec.node_name and nodes.get(unit.spec.node_name):
        return ""
    if not unit.spec.node_name and nodes and all(nodes.values()):
        return ""
    return "no seccompProfile (default Unconfined)"


def _written(spec: PodSpec, container: Container) -> str:
    own = container.security_context.seccomp_profile if container.security_context else None
    if own is not None and own.type:
        return own.type
    pod = spec.security_context.seccomp_profile if spec.security_context else None
    return pod.type if pod is not None else ""


def _annotation(unit: Unit, container: Container) -> str:
    own = unit.annotations.get(f"{_CONTAINER_ANNOTATION}{container.name}")
    return own or unit.annotations.get(_ANNOTATION, "")
