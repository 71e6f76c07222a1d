"""Nodes, accounts, network policies and the other small kinds, as far as rules read them."""

import msgspec

from analyzer.formats.kube_meta import KubeObject, LabelSelector, Name


class NodeInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What the kubelet reports of itself."""

    kubelet_version: str | None = None
    operating_system: str | None = None


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Status of a node."""

    node_info: NodeInfo | None = None


class Taint(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A taint of a node."""

    key: str = ""


class NodeSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Spec of a node."""

    taints: tuple[Taint, ...] | None = None


class Node(KubeObject, frozen=True, kw_only=True, gc=False):
    """A node."""

    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class ServiceAccount(KubeObject, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A service account."""

    automount_service_account_token: bool | None = None


class NetworkPolicySpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Which pods a policy isolates, and in which direction."""

    pod_selector: LabelSelector | None = None
    policy_types: tuple[str, ...] | None = None
    ingress: tuple[msgspec.Raw, ...] | None = None
    egress: tuple[msgspec.Raw, ...] | None = None


class NetworkPolicy(KubeObject, frozen=True, kw_only=True, gc=False):
    """A NetworkPolicy."""

    spec: NetworkPolicySpec | None = None


class CrdNames(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a custom kind is called."""

    kind: str = ""
    plural: str = ""


class CrdSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a custom resource definition adds."""

    group: Name
    names: CrdNames | None = None


class CustomResourceDefinition(KubeObject, frozen=True, kw_only=True, gc=False):
    """A custom resource definition; its name is ``plural.group``."""

    spec: CrdSpec


class CsrSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Who asked for which certificate."""

    signer_name: str | None = None
    username: str | None = None
    groups: tuple[str, ...] | None = None


class CertificateSigningRequest(KubeObject, frozen=True, kw_only=True, gc=False):
    """A certificate signing request."""

    spec: CsrSpec | None = None
