"""Named sets of files, and the nodes that have to have them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.checks.api_pods import component_pods
from analyzer.checks.file_gather import (
    FileGroup,
    by_role,
    cni,
    etcd_data,
    kubeconfig,
    kubelet_ca,
    kubelet_config,
    manifest,
    node_of,
    pki,
)
from analyzer.checks.subjects import Subjects, Target, component_subjects, control_plane_nodes
from analyzer.formats.component_config import ComponentConfig
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source, Unreadable
from analyzer.model.node import NodeEvidence
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSubjects:
    """Groups to judge, and outcomes where there is no node to judge."""

    groups: tuple[FileGroup, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSet:
    """A named set of files.

    Attributes:
        component: Whose files they are; decides which nodes are judged.
        role: Role that the collector records them under.
        gather: Finds them on one node.
        whole_control_plane: Judge every control-plane node, whatever runs there.
    """

    component: str
    role: str
    gather: Callable[[Target, str], FileGroup]
    whole_control_plane: bool = False


def file_subjects(name: str, evidence: ClusterEvidence, context: Context) -> FileSubjects:
    """Find the files of a named set on every node that has to have them."""
    wanted = FILE_SETS[name]
    subjects = component_subjects(wanted.component, evidence, context)
    if wanted.whole_control_plane:
        return _of_control_plane(wanted, subjects, evidence)
    seen = tuple(t for t in subjects.targets if t.node is not None)
    groups = _doubted(wanted, tuple(_gather(wanted, target) for target in seen), evidence)
    unseen = () if seen else tuple(_not_visited(wanted, t) for t in subjects.targets)
    return FileSubjects(groups=groups, outcomes=(*subjects.outcomes, *unseen))


def _gather(wanted: FileSet, target: Target) -> FileGroup:
    """Gather on one node; a component known only by configz has no arguments to follow."""
    if target.config.process is not None or wanted.gather is by_role:
        return wanted.gather(target, wanted.role)
    detail = f"no {wanted.component} process was seen on node {target.name}, so not its files"
    problem = Unreadable(reason=Reason.NE_PROCESS_NOT_FOUND, detail=detail)
    return FileGroup(subject=target.subject, node=node_of(target), problem=problem)


def _doubted(
    wanted: FileSet, groups: tuple[FileGroup, ...], evidence: ClusterEvidence
) -> tuple[FileGroup, ...]:
    """Doubt that a component has no manifest where the API shows its static pod on the node."""
    if wanted.gather is not manifest or not any(group.unused for group in groups):
        return groups
    pods = component_pods(wanted.component, evidence, static=True)
    return tuple(
        _contradicted(wanted.component, group, pods) if group.unused else group for group in groups
    )


def _contradicted(
    component: str, group: FileGroup, pods: Mapping[str, Source] | Unreadable
) -> FileGroup:
    if isinstance(pods, Unreadable):
        return replace(group, unused="", problem=pods)
    pod = pods.get(group.node.name)
    if pod is None:
        return group
    detail = f"{group.unused}, and the API shows a static pod of {component} there: {pod.excerpt}"
    problem = Unreadable(reason=Reason.NE_FILE_ABSENT_ON_HOST, detail=detail, source=pod)
    return replace(group, unused="", problem=problem)


def _not_visited(wanted: FileSet, target: Target) -> Outcome:
    detail = f"node {target.name} is known to the API and no bundle covers it"
    return Outcome(
        subject=target.subject,
        verdict=Verdict.NO_EVIDENCE,
        reason=Reason.NE_NODE_MISSING,
        explanation=f"No evidence: {detail}.",
        actual="unknown",
        expected="",
        missing=(
            Missing(
                key=EvidenceKey(f"file/{wanted.role}"),
                subject=target.subject,
                reason=Reason.NE_NODE_MISSING,
                detail=detail,
            ),
        ),
    )


def _of_control_plane(
    wanted: FileSet, subjects: Subjects, evidence: ClusterEvidence
) -> FileSubjects:
    nodes = control_plane_nodes(evidence)
    if not nodes:
        return FileSubjects(groups=(), outcomes=subjects.outcomes)
    by_name = {target.name: target for target in subjects.targets}
    groups = []
    for node in nodes:
        target = by_name.get(node.name) or _bare_target(node)
        groups.append(wanted.gather(target, wanted.role))
    return FileSubjects(groups=tuple(groups), outcomes=())


def _bare_target(node: NodeEvidence) -> Target:
    """Stand for a node where the component itself was not seen."""
    from_nothing = ComponentConfig(
        component="",
        node=node.name,
        process=None,
        flags=(),
        files=MappingProxyType({}),
        blocked=MappingProxyType({}),
        configz=None,
    )
    return Target(name=node.name, node=node, config=from_nothing, version=None)


FILE_SETS: Mapping[str, FileSet] = MappingProxyType(
    {
        "admin-kubeconfig": FileSet(
            component="kube-apiserver",
            role="admin-kubeconfig",
            gather=by_role,
            whole_control_plane=True,
        ),
        "apiserver-manifest": FileSet(
            component="kube-apiserver", role="apiserver-manifest", gather=manifest
        ),
        "cni": FileSet(
            component="kube-apiserver", role="cni-config", gather=cni, whole_control_plane=True
        ),
        "controller-manager-kubeconfig": FileSet(
            component="kube-controller-manager",
            role="controller-manager-kubeconfig",
            gather=kubeconfig,
        ),
        "controller-manager-manifest": FileSet(
            component="kube-controller-manager",
            role="controller-manager-manifest",
            gather=manifest,
        ),
        "etcd-data": FileSet(component="etcd", role="etcd-data", gather=etcd_data),
        "etcd-manifest": FileSet(component="etcd", role="etcd-manifest", gather=manifest),
        "kubelet-ca": FileSet(component="kubelet", role="kubelet-ca", gather=kubelet_ca),
        "kubelet-config": FileSet(
            component="kubelet", role="kubelet-config", gather=kubelet_config
        ),
        "kubelet-kubeconfig": FileSet(
            component="kubelet", role="kubelet-kubeconfig", gather=kubeconfig
        ),
        "kubelet-service": FileSet(component="kubelet", role="kubelet-unit", gather=by_role),
        "pki": FileSet(
            component="kube-apiserver", role="pki", gather=pki, whole_control_plane=True
        ),
        "proxy-kubeconfig": FileSet(
            component="kube-proxy", role="proxy-kubeconfig", gather=kubeconfig
        ),
        "scheduler-kubeconfig": FileSet(
            component="kube-scheduler", role="scheduler-kubeconfig", gather=kubeconfig
        ),
        "scheduler-manifest": FileSet(
            component="kube-scheduler", role="scheduler-manifest", gather=manifest
        ),
    }
)
"""Every set that a definition may name."""
