"""Pods and pod templates as units of judgement, each under its topmost owner in evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.checks.api_lists import Lists
from analyzer.formats.kube_meta import KubeObject
from analyzer.formats.kube_objects import kind_of
from analyzer.formats.kube_pods import Container, CronJob, Pod, PodSpec, PodTemplate, Workload
from analyzer.model.context import Policy
from analyzer.model.evidence import Source

PODS = "pods"
_DEPLOYMENTS = "deployments.apps"
CONTROLLERS = (
    "cronjobs.batch",
    "daemonsets.apps",
    _DEPLOYMENTS,
    "jobs.batch",
    "podtemplates",
    "replicasets.apps",
    "replicationcontrollers",
    "statefulsets.apps",
)
WORKLOADS = (*CONTROLLERS, PODS)
_DEEPEST = 8
"""Owners above a pod that are followed; Kubernetes itself has two."""

_ENDED = ("Failed", "Succeeded")
_MIRROR = "kubernetes.io/config.mirror"

Key = tuple[str, str, str]
Owned = Mapping[Key, tuple[KubeObject, str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One pod spec in evidence: a live pod's, or the template of what makes pods.

    Attributes:
        subject: ``KIND/NAMESPACE/NAME`` of the topmost owner in evidence.
        where: ``template`` or ``pod NAME``, with ``(ended)`` when it ran to its end.
        annotations: Of the pod or its template.
        resource, line, pointer: Place of the pod spec in the bundle.
        own: It belongs to the collector, by the declared policy.
    """

    subject: str
    namespace: str
    where: str
    spec: PodSpec
    annotations: Mapping[str, str]
    resource: str
    line: int
    pointer: str
    own: bool

    @property
    def is_mirror(self) -> bool:
        """Tell whether it only shows a node's static pod, which runs as no account.

        Admission gives such a pod neither an account nor its token, refuses one that names an
        account, and validation lets nobody add the annotation later (kubernetes/kubernetes
        plugin/pkg/admission/serviceaccount/admission.go, pkg/apis/core/validation).
        """
        live = self.resource == PODS and not self.spec.service_account_name
        return live and _MIRROR in self.annotations

    def source(self, lists: Lists, tail: str = "", excerpt: str = "") -> Source:
        """Return one place in the pod spec; ``tail`` is a JSON pointer below it."""
        return lists.at(self.resource, self.line, self.pointer + tail, excerpt)


def units(lists: Lists, policy: Policy) -> tuple[Unit, ...]:
    """Return every pod and template, templates first; linear in the number of objects."""
    owners = _index(lists)
    return tuple(_templates(lists, owners, policy)) + tuple(_pods(lists, owners, policy))


def containers(spec: PodSpec) -> Iterator[tuple[str, Container]]:
    """Yield every container of a pod with its JSON pointer: main, init and ephemeral ones."""
    for field, group in (
        ("containers", spec.containers),
        ("initContainers", spec.init_containers),
        ("ephemeralContainers", spec.ephemeral_containers),
    ):
        for index, container in enumerate(group or ()):
            yield f"/{field}/{index}", container


def _index(lists: Lists) -> Owned:
    found: dict[Key, tuple[KubeObject, str, int]] = {}
    for resource in CONTROLLERS:
        kind = kind_of(resource)
        for item in lists.items(resource):
            found[kind, item.value.namespace, item.value.name] = (item.value, resource, item.line)
    return MappingProxyType(found)


def _templates(lists: Lists, owners: Owned, policy: Policy) -> Iterator[Unit]:
    for (kind, _, _), (value, resource, line) in owners.items():
        if not isinstance(value, (Workload, CronJob, PodTemplate)):
            continue
        template = value.pod_template()
        if template is None or _is_history(kind, value, owners, lists):
            continue
        annotations = template.metadata.annotations if template.metadata else None
        yield Unit(
            subject=_top(kind, value, owners),
            namespace=value.namespace,
            where="template" if _is_top(value, owners) else f"template of {kind} {value.name}",
            spec=template.spec,
            annotations=annotations or {},
            resource=resource,
            line=line,
            pointer=_TEMPLATE_POINTER.get(kind, "/spec/template/spec"),
            own=_is_collectors(policy, value.namespace, value.name),
        )


def _is_history(kind: str, value: KubeObject, owners: Owned, lists: Lists) -> bool:
    """Tell whether a ReplicaSet only keeps an earlier state of the Deployment that owns it.

    Where the Deployments are not known the one that it names is taken to be there.
    """
    if kind != "ReplicaSet" or not isinstance(value, Workload) or value.spec.replicas != 0:
        return False
    unseen = _DEPLOYMENTS in lists.unknown and _names_deployment(value)
    return unseen or not _is_top(value, owners)


def _names_deployment(value: KubeObject) -> bool:
    references = value.metadata.owner_references or ()
    return any(one.controller and one.kind == "Deployment" for one in references)


_TEMPLATE_POINTER: Mapping[str, str] = MappingProxyType(
    {
        "CronJob": "/spec/jobTemplate/spec/template/spec",
        "PodTemplate": "/template/spec",
    }
)


def _pods(lists: Lists, owners: Owned, policy: Policy) -> Iterator[Unit]:
    for item in lists.items(PODS):
        pod: Pod = item.value
        ended = pod.status is not None and pod.status.phase in _ENDED
        subject = _top("Pod", pod, owners)
        yield Unit(
            subject=subject,
            namespace=pod.namespace,
            where=f"pod {pod.name}{' (ended)' if ended else ''}",
            spec=pod.spec,
            annotations=pod.metadata.annotations or {},
            resource=PODS,
            line=item.line,
            pointer="/spec",
            own=_is_collectors(policy, pod.namespace, subject.rsplit("/", 1)[-1]),
        )


def _is_collectors(policy: Policy, namespace: str, name: str) -> bool:
    """Tell whether a workload is the collector's: its name alone proves nothing elsewhere."""
    return all(policy.matches("own-collector-names", one) for one in (namespace, name))


def _top(kind: str, value: KubeObject, owners: Owned) -> str:
    """Follow controllers upwards as long as they are in evidence."""
    for _ in range(_DEEPEST):
        above = _controller(value, owners)
        if above is None:
            break
        kind, value = above
    return f"{kind}/{value.namespace}/{value.name}"


def _is_top(value: KubeObject, owners: Owned) -> bool:
    return _controller(value, owners) is None


def _controller(value: KubeObject, owners: Owned) -> tuple[str, KubeObject] | None:
    """Return the controlling owner; a reference whose UID is another object's does not count."""
    for reference in value.metadata.owner_references or ():
        if not reference.controller:
            continue
        found = owners.get((reference.kind, value.namespace, reference.name))
        if found is None:
            return None
        uid = found[0].metadata.uid
        if uid and reference.uid and uid != reference.uid:
            return None
        return reference.kind, found[0]
    return None
