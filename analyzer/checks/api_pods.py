"""Pods of Kubernetes' own components, as the API knows them: a second look at a node."""

from collections.abc import Mapping

from analyzer.formats.kube_pods import Pod
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Present, Source, Unreadable
from analyzer.model.verdict import Reason

_MIRROR = "kubernetes.io/config.mirror"
_NAME_LABELS = ("component", "k8s-app")
_RUNNING = "Running"


def component_pods(
    component: str, evidence: ClusterEvidence, *, static: bool = False
) -> Mapping[str, Source] | Unreadable:
    """Return, by name of the node, a pod in which a component runs, as the API's list shows it.

    Args:
        component: ``kube-proxy``: the label or the container by which it is known.
        evidence: The cluster. Without an API bundle there is no second look, and nothing in it.
        static: Only mirrors of static pods count.

    Returns:
        The pods' places, or why the list is not known: it could hold any pod.
    """
    if evidence.api is None:
        return {}
    pods = evidence.api.list("pods")
    found: dict[str, Source] = {}
    if not isinstance(pods, Present):
        return pods if isinstance(pods, Unreadable) else found
    if pods.value.malformed:
        detail = f"{len(pods.value.malformed)} of the pods could not be read"
        return Unreadable(reason=Reason.NE_SCHEMA_INVALID, detail=detail, source=pods.source)
    for item in pods.value.items:
        pod: Pod = item.value
        if pod.spec.node_name and _is_of(component, pod) and (not static or _mirrors(pod)):
            text = f"pod {pod.namespace}/{pod.name}"
            found.setdefault(pod.spec.node_name, pods.value.at(item.line, "/spec/nodeName", text))
    return found


def _is_of(component: str, pod: Pod) -> bool:
    if pod.status is None or pod.status.phase != _RUNNING:
        return False
    named = any(pod.labels.get(label) == component for label in _NAME_LABELS)
    return named or any(container.name == component for container in pod.spec.containers)


def _mirrors(pod: Pod) -> bool:
    return _MIRROR in (pod.metadata.annotations or {})
