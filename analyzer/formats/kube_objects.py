"""Decode one object of an API list into a typed value, and find lists by what they hold."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from analyzer.formats.kube_admission import (
    AdmissionBinding,
    AdmissionPolicy,
    WebhookConfiguration,
)
from analyzer.formats.kube_cluster import (
    CertificateSigningRequest,
    CustomResourceDefinition,
    NetworkPolicy,
    Node,
    ServiceAccount,
)
from analyzer.formats.kube_meta import CustomObject, KubeObject
from analyzer.formats.kube_pods import CronJob, Pod, PodTemplate, Workload
from analyzer.formats.kube_rbac import Role, RoleBinding
from analyzer.model.api import ApiEvidence, ResourceList
from analyzer.model.cluster import ExpectedNode
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import REDACTED, Evidence, Present, is_redacted
from analyzer.model.node import NodeName

RBAC = "rbac.authorization.k8s.io"
ADMISSION = "admissionregistration.k8s.io"

KINDS: Mapping[str, tuple[str, type[KubeObject], bool]] = MappingProxyType(
    {
        "configmaps": ("ConfigMap", KubeObject, True),
        f"clusterrolebindings.{RBAC}": ("ClusterRoleBinding", RoleBinding, False),
        f"clusterroles.{RBAC}": ("ClusterRole", Role, False),
        "certificatesigningrequests.certificates.k8s.io": (
            "CertificateSigningRequest",
            CertificateSigningRequest,
            False,
        ),
        "cronjobs.batch": ("CronJob", CronJob, True),
        "customresourcedefinitions.apiextensions.k8s.io": (
            "CustomResourceDefinition",
            CustomResourceDefinition,
            False,
        ),
        "daemonsets.apps": ("DaemonSet", Workload, True),
        "deployments.apps": ("Deployment", Workload, True),
        "endpoints": ("Endpoints", KubeObject, True),
        "endpointslices.discovery.k8s.io": ("EndpointSlice", KubeObject, True),
        "ingresses.networking.k8s.io": ("Ingress", KubeObject, True),
        "jobs.batch": ("Job", Workload, True),
        f"mutatingwebhookconfigurations.{ADMISSION}": (
            "MutatingWebhookConfiguration",
            WebhookConfiguration,
            False,
        ),
        "namespaces": ("Namespace", KubeObject, False),
        "networkpolicies.networking.k8s.io": ("NetworkPolicy", NetworkPolicy, True),
        "nodes": ("Node", Node, False),
        "persistentvolumeclaims": ("PersistentVolumeClaim", KubeObject, True),
        "poddisruptionbudgets.policy": ("PodDisruptionBudget", KubeObject, True),
        "pods": ("Pod", Pod, True),
        "podsecuritypolicies.policy": ("PodSecurityPolicy", CustomObject, False),
        "podtemplates": ("PodTemplate", PodTemplate, True),
        "replicasets.apps": ("ReplicaSet", Workload, True),
        "replicationcontrollers": ("ReplicationController", Workload, True),
        f"rolebindings.{RBAC}": ("RoleBinding", RoleBinding, True),
        f"roles.{RBAC}": ("Role", Role, True),
        "serviceaccounts": ("ServiceAccount", ServiceAccount, True),
        "services": ("Service", KubeObject, True),
        "statefulsets.apps": ("StatefulSet", Workload, True),
        f"validatingadmissionpolicies.{ADMISSION}": (
            "ValidatingAdmissionPolicy",
            AdmissionPolicy,
            False,
        ),
        f"validatingadmissionpolicybindings.{ADMISSION}": (
            "ValidatingAdmissionPolicyBinding",
            AdmissionBinding,
            False,
        ),
        f"validatingwebhookconfigurations.{ADMISSION}": (
            "ValidatingWebhookConfiguration",
            WebhookConfiguration,
            False,
        ),
    }
)
"""Kind, struct and "lives in a namespace" by resource name. Items of a list carry no kind."""

_DECODERS: Mapping[str, msgspec.json.Decoder[KubeObject]] = MappingProxyType(
    {resource: msgspec.json.Decoder(struct) for resource, (_, struct, _) in KINDS.items()}
)
_OTHER: msgspec.json.Decoder[KubeObject] = msgspec.json.Decoder(CustomObject)

_MASK = REDACTED.encode("ascii")

_DEEPEST = 64
"""Levels of a custom object that are read; rules walk through it."""

_WHOLE = ("podsecuritypolicies.policy",)
"""Kinds besides RBAC's of which every value may decide."""

_ROLE_LABELS = (
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
    "node-role.kubernetes.io/controlplane",
)


def decode(resource: str, line: bytes) -> KubeObject:
    """Decode one object of a list.

    Args:
        resource: ``pods``, ``roles.rbac.authorization.k8s.io``; a resource that is not in
            KINDS becomes a CustomObject.
        line: One JSON object in UTF-8.

    Raises:
        EvidenceFormatError: The text is not JSON or not an object of its kind, or it grants
            something that is masked: rights are not judged by half.
    """
    try:
        value = _DECODERS.get(resource, _OTHER).decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EvidenceFormatError(resource, f"not an object of its kind: {error}") from error
    if isinstance(value, CustomObject) and value.deeper_than(_DEEPEST):
        raise EvidenceFormatError(resource, f"{value.name!r} is nested too deeply")
    if resource.endswith((f".{RBAC}", *_WHOLE)) and _is_masked(line):
        raise EvidenceFormatError(resource, f"{value.name!r} holds a masked value")
    if _MASK in line and is_redacted(str(_deciding(value))):
        raise EvidenceFormatError(resource, f"{value.name!r} holds a masked value where it decides")
    if resource in KINDS and KINDS[resource][2] and not value.namespace:
        raise EvidenceFormatError(resource, f"{value.name!r} names no namespace")
    return value


def _is_masked(line: bytes) -> bool:
    """Tell whether anything but a label or an annotation of an object is masked."""
    if _MASK not in line:
        return False
    value = msgspec.json.decode(line)
    metadata = value["metadata"]
    kept = {name: one for name, one in metadata.items() if name not in ("labels", "annotations")}
    return _MASK in msgspec.json.encode({**value, "metadata": kept})


def _deciding(value: KubeObject) -> object:
    """Return what says to which objects something applies: by half, it would apply to others."""
    if isinstance(value, WebhookConfiguration):
        return [
            (hook.rules, hook.namespace_selector, hook.object_selector, hook.failure_policy)
            for hook in value.webhooks or ()
        ]
    if isinstance(value, NetworkPolicy) and value.spec is not None:
        return (value.spec.pod_selector, value.spec.policy_types)
    return ()


def kind_of(resource: str) -> str:
    """Return the kind that a resource's objects have; the resource itself when unknown."""
    return KINDS[resource][0] if resource in KINDS else resource


def expected_nodes(api: ApiEvidence) -> tuple[ExpectedNode, ...] | None:
    """Return the nodes that the API knows, by name.

    None when the list was not collected whole, holds a line that could not be read, or is
    empty: a cluster's node list is then not known.
    """
    nodes: Evidence[ResourceList[Any]] = api.list("nodes")
    if not isinstance(nodes, Present) or nodes.value.malformed or not nodes.value.items:
        return None
    found = [_expected(item.value) for item in nodes.value.items]
    return tuple(sorted(found, key=lambda node: node.name))


def _expected(node: Node) -> ExpectedNode:
    info = node.status.node_info if node.status else None
    return ExpectedNode(
        name=NodeName(node.name),
        control_plane=any(label in node.labels for label in _ROLE_LABELS),
        os=node.labels.get("kubernetes.io/os") or (info and info.operating_system) or "",
        kubelet_version=(info and info.kubelet_version) or "",
    )
