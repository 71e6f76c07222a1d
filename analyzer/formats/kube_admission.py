"""Webhooks and admission policies of the API server, as far as rules read them."""

import msgspec

from analyzer.formats.kube_meta import KubeObject, LabelSelector


class OperationRule(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Which requests reach a webhook or policy."""

    api_groups: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    operations: tuple[str, ...] | None = None


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

    def object_selector_narrows(self) -> bool:
        """Tell whether objects without certain labels escape it."""
        selector = self.object_selector
        return selector is not None and bool(selector.match_labels or selector.match_expressions)


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


class AdmissionPolicySpec(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What a ValidatingAdmissionPolicy demands."""

    failure_policy: str | None = None
    match_constraints: MatchResources | None = None
    match_conditions: tuple[Validation, ...] | None = None
    validations: tuple[Validation, ...] | None = None


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
