"""Processes that only go by the name of a component, set apart before anything is judged.

Anybody who may run a pod may call a program ``kube-apiserver`` or run an etcd of his own. The
control group of a process names its pod: that of a static pod has a hash for an identity, unless
its manifest sets one (OpenShift's do), every other one has the UUID that the API gave to it. A
control plane may live in such pods all the same, so what nothing else speaks for is left to a
person. kube-proxy always does, but on the node's own network.

Source: kubernetes/kubernetes pkg/kubelet/config/common.go (identity of static pods),
openshift/library-go pkg/operator/staticpod/installerpod/cmd.go.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from analyzer.model.evidence import Present
from analyzer.model.node import ALL_IN_ONE, COMPONENTS, Namesake, NodeEvidence, Process

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_NODES = ("kubelet", "kube-proxy")
_MANIFESTS = {
    "kube-apiserver": "apiserver-manifest",
    "kube-controller-manager": "controller-manager-manifest",
    "kube-scheduler": "scheduler-manifest",
    "etcd": "etcd-manifest",
}
_SHOWN = 5


def without_namesakes(
    nodes: tuple[NodeEvidence, ...],
) -> tuple[tuple[NodeEvidence, ...], tuple[str, ...]]:
    """Take namesakes out of the processes of each node.

    Returns:
        The nodes, with those processes as ``namesakes``, and notices that name them.
    """
    found = {
        node.name: frozenset(one.pid for one in node.processes if _doubtful(one, node))
        for node in nodes
    }
    if not any(found.values()):
        return nodes, ()
    sure = {
        (node.name, one.component)
        for node in nodes
        for one in node.processes
        if one.pid not in found[node.name]
    }
    changed = tuple(_apart(node, found[node.name], sure) for node in nodes)
    return changed, tuple(_notices(changed))


def _apart(
    node: NodeEvidence, doubtful: frozenset[int], sure: Iterable[tuple[str, str]]
) -> NodeEvidence:
    return replace(
        node,
        processes=tuple(one for one in node.processes if one.pid not in doubtful),
        namesakes=tuple(
            Namesake(process=one, another=_another(one.component, node.name, sure))
            for one in node.processes
            if one.pid in doubtful
        ),
    )


def _another(component: str, node: str, sure: Iterable[tuple[str, str]]) -> bool:
    """Tell whether the component itself is seen: on this node, or anywhere for a control plane."""
    if component in _OF_NODES:
        return any(where == node and what in (component, *ALL_IN_ONE) for where, what in sure)
    return any(what in (component, *ALL_IN_ONE) for _, what in sure)


def _doubtful(process: Process, node: NodeEvidence) -> bool:
    if process.component not in COMPONENTS or not _in_ordinary_pod(process):
        return False
    if any(_UUID.fullmatch(one.pod_uid) and one.own_mounts is False for one in node.processes):
        return False  # the node itself lives in a pod, and so does all that it runs
    if process.component == "kubelet":
        return True
    if process.component == "kube-proxy":
        return process.own_network is True
    return not _by_manifest(process.component, node)


def _in_ordinary_pod(process: Process) -> bool:
    return process.own_mounts is not False and bool(_UUID.fullmatch(process.pod_uid))


def _by_manifest(component: str, node: NodeEvidence) -> bool:
    """Tell whether a manifest of the node may have given its UUID to the component's pod."""
    if any(not _in_ordinary_pod(one) for one in node.running(component)):
        return False
    return any(isinstance(file.stat, Present) for file in node.by_role(_MANIFESTS[component]))


def _notices(nodes: tuple[NodeEvidence, ...]) -> Iterator[str]:
    told = [f"{one.text} (node {node.name})" for node in nodes for one in node.namesakes]
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    yield (
        "Processes in ordinary pods go by the names of components, and were not judged as such: "
        f"{'; '.join(told[:_SHOWN])}{more}."
    )
