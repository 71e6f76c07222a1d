"""The seccomp profile that each container really runs under."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.checks.api_lists import keys, take
from analyzer.checks.seccomp_nodes import DEFAULTS_READ, NodeDefaults, Unknown, node_defaults
from analyzer.checks.workload_report import Violation, workload_outcomes
from analyzer.checks.workload_units import WORKLOADS, Unit, containers
from analyzer.formats.kube_pods import Container, PodSpec
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict
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
    else the kubelet's ``seccompDefault`` on the pod's node. What may land on any node is judged
    by all of them.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Everything that is or makes a pod."""
        return keys(WORKLOADS)

    @property
    def defaults_read(self) -> tuple[tuple[str, str], ...]:
        """Whether a kubelet applies a profile of its own."""
        return DEFAULTS_READ

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every container of every workload."""
        lists = take(evidence, WORKLOADS)
        if not lists.present:
            return lists.gaps
        nodes = node_defaults(evidence, context)

        def rule(unit: Unit) -> tuple[Violation, ...]:
            return tuple(_violations(unit, nodes, context))

        return workload_outcomes(
            lists,
            context,
            rule,
            passed="Every container runs under RuntimeDefault or Localhost",
            expected="seccompProfile RuntimeDefault or Localhost",
            linux=True,
        )


def _violations(unit: Unit, nodes: NodeDefaults, context: Context) -> Iterator[Violation]:
    if unit.spec.windows:
        return
    annotated = _annotations_count(unit, context)
    for pointer, container in containers(unit.spec):
        tail, name = f"{pointer}/securityContext", f"container {container.name}"
        text = _wrong(unit, container, annotated=annotated)
        if text is None:
            yield from _by_default(tail, name, unit, nodes)
        elif text:
            good = _written(unit.spec, container) in GOOD
            yield Violation(
                tail=tail,
                text=f"{name}: {text}",
                letter=Verdict.PASS if good else None,
                letter_why="the benchmark's text asks for the profile that is written",
            )


def _annotations_count(unit: Unit, context: Context) -> bool:
    """Tell whether the kubelet that runs the pod still reads the old annotations."""
    version = context.kubelet_versions.get(unit.spec.node_name or "", context.version)
    return version is not None and version <= _LAST_ANNOTATED


def _wrong(unit: Unit, container: Container, *, annotated: bool) -> str | None:
    """Say what is wrong with a container's profile: empty for nothing, None when it has none."""
    own = container.security_context
    if own is not None and own.privileged:
        return "privileged, so it runs without a profile whatever is written"
    written = _written(unit.spec, container)
    if written:
        return "" if written in GOOD else f"seccompProfile is {written}"
    profile = _annotation(unit, container) if annotated else ""
    if profile:
        good = profile in _GOOD_ANNOTATIONS or profile.startswith("localhost/")
        return "" if good else f"seccomp annotation is {profile}"
    return None


def _by_default(tail: str, name: str, unit: Unit, nodes: NodeDefaults) -> Iterator[Violation]:
    """Ask the node for a container that has no profile of its own."""
    default = nodes.of(unit.spec.node_name)
    if default is True:
        yield Violation(
            tail=tail,
            text=f"{name}: no seccompProfile; the kubelet applies RuntimeDefault by default",
            verdict=Verdict.PASS,
            letter=Verdict.FAIL,
            letter_why="the benchmark's text wants a profile written in the pod",
        )
    elif default is False:
        yield Violation(tail=tail, text=f"{name}: no seccompProfile (default Unconfined)")
    elif isinstance(default, Unknown):
        yield Violation(
            tail=tail,
            text=f"{name}: no seccompProfile, and whether the kubelet applies one by default is "
            f"not known ({default.missing.subject}: {default.missing.detail})",
            verdict=Verdict.NO_EVIDENCE,
            reason=default.reason,
            lacking=(default.missing,),
        )


def _written(spec: PodSpec, container: Container) -> str:
    own = container.security_context.seccomp_profile if container.security_context else None
    if own is not None and own.type:
        return own.type
    pod = spec.security_context.seccomp_profile if spec.security_context else None
    return pod.type if pod is not None else ""


def _annotation(unit: Unit, container: Container) -> str:
    own = unit.annotations.get(f"{_CONTAINER_ANNOTATION}{container.name}")
    return own or unit.annotations.get(_ANNOTATION, "")
