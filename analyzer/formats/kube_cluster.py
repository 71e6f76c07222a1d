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


class SecretRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A Secret of the same namespace."""

    name: str = ""


class ServiceAccount(KubeObject, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A service account."""

    automount_service_account_token: bool | None = None
    secrets: tuple[SecretRef, ...] | None = None

    def token_secrets(self) -> tuple[str, ...]:
        """Return its Secrets that are named as controllers name a token that never expires."""
        names = (one.name for one in self.secrets or ())
        return tuple(name for name in names if name.startswith(f"{self.name}-token-"))


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


class CsrCondition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was decided about a request: ``Approved``, ``Denied`` or ``Failed``."""

    type: str = ""


class CsrStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Decisions about a request."""

    conditions: tuple[CsrCondition, ...] | None = None


class RequestSubject(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Whom the certificate would name, as the collector decoded it."""

    common_name: str | None = None
    organizations: tuple[str, ...] | None = None


class CsrFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What the collector says of a request besides the object itself."""

    request_subject: RequestSubject | None = None


class CertificateSigningRequest(KubeObject, frozen=True, kw_only=True, gc=False):
    """A certificate signing request."""

    spec: CsrSpec | None = None
    status: CsrStatus | None = None
    facts: CsrFacts | None = msgspec.field(name="x-kube-evidence", default=None)

    @property
    def organizations(self) -> tuple[str, ...]:
        """Groups that the certificate would carry; none where the subject was not decoded."""
        subject = self.facts.request_subject if self.facts else None
        return (subject.organizations if subject else None) or ()

    @property
    def approved(self) -> bool:
        """Somebody approved it, so that its signer may issue the certificate."""
        conditions = self.status.conditions if self.status else None
        return any(one.type == "Approved" for one in conditions or ())
