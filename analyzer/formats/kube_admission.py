"""Webhooks and admission policies of the API server, as far as rules read them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from analyzer.formats.kube_meta import KubeObject, LabelSelector
from analyzer.model.errors import EvidenceFormatError


class OperationRule(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Which requests reach a webhook or policy."""

    api_groups: tuple[str, ...] | None = None
    api_versions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    resource_names: tuple[str, ...] | None = None
    operations: tuple[str, ...] | None = None
    scope: str | None = None

    def about(self, resource: str, operation: str) -> bool:
        """Tell whether requests for a namespaced resource of the core group reach it.

        ``*`` stands for every resource, and for none of their subresources.
        """
        name, _, sub = resource.partition("/")
        wanted = {resource, "*/*", f"*/{sub}", f"{name}/*"} if sub else {resource, "*", "*/*"}
        return (
            bool({"", "*"} & set(self.api_groups or ()))
            and bool({"v1", "*"} & set(self.api_versions or ("*",)))
            and bool(wanted & set(self.resources or ()))
            and bool({operation, "*"} & set(self.operations or ()))
            and self.scope != "Cluster"
        )


class ServiceRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The service that answers."""

    name: str | None = None
    namespace: str | None = None


class ClientConfig(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a webhook's requests go."""

    service: ServiceRef | None = None
    url: str | None = None


class Webhook(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """One webhook of a configuration."""

    name: str = ""
    failure_policy: str | None = None
    client_config: ClientConfig | None = None
    rules: tuple[OperationRule, ...] | None = None
    namespace_selector: LabelSelector | None = None
    object_selector: LabelSelector | None = None
    match_conditions: tuple["Validation", ...] | None = None

    def object_selector_narrows(self) -> bool:
        """Tell whether objects without certain labels escape it."""
        return self.object_selector is not None and not self.object_selector.selects_all()


class WebhookConfiguration(KubeObject, frozen=True, kw_only=True, gc=False):
    """A validating or mutating webhook configuration."""

    webhooks: tuple[Webhook, ...] | None = None


class MatchResources(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What an admission policy or its binding matches; None stands for everything."""

    namespace_selector: LabelSelector | None = None
    object_selector: LabelSelector | None = None
    resource_rules: tuple[OperationRule, ...] | None = None
    exclude_resource_rules: tuple[OperationRule, ...] | None = None


class Validation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One CEL expression that must hold."""

    expression: str = ""


class PolicyVariable(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A name that other expressions use as ``variables.NAME``."""

    name: str = ""
    expression: str = ""


class ParamKind(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The kind of the object that a policy's expressions call ``params``."""

    kind: str = ""


class AdmissionPolicySpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What a ValidatingAdmissionPolicy demands."""

    failure_policy: str | None = None
    match_constraints: MatchResources | None = None
    match_conditions: tuple[Validation, ...] | None = None
    validations: tuple[Validation, ...] | None = None
    variables: tuple[PolicyVariable, ...] | None = None
    param_kind: ParamKind | None = None

    def named_variables(self) -> dict[str, str]:
        """Return the variables' expressions by name."""
        return {one.name: one.expression for one in self.variables or ()}


def read_policy_spec(fields: Mapping[str, Any]) -> AdmissionPolicySpec:
    """Read the spec of a custom kind that is written like a ValidatingAdmissionPolicy's.

    Raises:
        EvidenceFormatError: It is written differently.
    """
    try:
        return msgspec.convert(dict(fields), AdmissionPolicySpec)
    except msgspec.ValidationError as error:
        raise EvidenceFormatError("spec", f"not an admission policy's: {error}") from error


class AdmissionPolicy(KubeObject, frozen=True, kw_only=True, gc=False):
    """A ValidatingAdmissionPolicy; it does nothing until it is bound."""

    spec: AdmissionPolicySpec


class AdmissionBindingSpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Where a policy holds and what a violation leads to."""

    policy_name: str = ""
    match_resources: MatchResources | None = None
    validation_actions: tuple[str, ...] | None = None


class AdmissionBinding(KubeObject, frozen=True, kw_only=True, gc=False):
    """A ValidatingAdmissionPolicyBinding."""

    spec: AdmissionBindingSpec
