"""Admission webhooks that look at pods, and which of them verify images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.checks.api_lists import Lists
from analyzer.formats.kube_admission import OperationRule, Webhook, WebhookConfiguration
from analyzer.formats.kube_objects import ADMISSION
from analyzer.model.evidence import Source

VALIDATING = f"validatingwebhookconfigurations.{ADMISSION}"
MUTATING = f"mutatingwebhookconfigurations.{ADMISSION}"
WEBHOOKS = (MUTATING, VALIDATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodWebhook:
    """One webhook that is asked before a pod is created.

    Attributes:
        names: Everything it may be recognised by, lower case: its own name, that of its
            configuration, and its service as ``NAMESPACE/NAME``.
        ignorable: Pods are let in when it does not answer.
        narrowed: Objects without certain labels escape it.
    """

    label: str
    names: tuple[str, ...]
    webhook: Webhook
    ignorable: bool
    narrowed: bool
    validating: bool
    source: Source

    def covers(self, name: str, labels: Mapping[str, str]) -> bool:
        """Tell whether pods of a namespace are put before it."""
        selector = self.webhook.namespace_selector
        known = {"kubernetes.io/metadata.name": name, **labels}
        return selector is None or selector.matches(known)


def pod_webhooks(lists: Lists) -> tuple[PodWebhook, ...]:
    """Return every webhook that is asked about new pods, in the lists' order."""
    return tuple(
        _pod_webhook(resource, item.value, index, lists, item.line)
        for resource in WEBHOOKS
        for item in lists.items(resource)
        for index, webhook in enumerate(item.value.webhooks or ())
        if any(_about_pods(rule) for rule in webhook.rules or ())
    )


def _pod_webhook(
    resource: str, configuration: WebhookConfiguration, index: int, lists: Lists, line: int
) -> PodWebhook:
    webhook = (configuration.webhooks or ())[index]
    service = webhook.client_config.service if webhook.client_config else None
    place = f"{service.namespace}/{service.name}" if service else ""
    label = f"{configuration.name}/{webhook.name}"
    return PodWebhook(
        label=label,
        names=tuple(text.lower() for text in (configuration.name, webhook.name, place) if text),
        webhook=webhook,
        ignorable=webhook.failure_policy == "Ignore",
        narrowed=webhook.object_selector_narrows(),
        validating=resource == VALIDATING,
        source=lists.at(resource, line, f"/webhooks/{index}", label),
    )


def _about_pods(rule: OperationRule) -> bool:
    groups, resources = rule.api_groups or (), rule.resources or ()
    create = any(name in ("*", "CREATE") for name in rule.operations or ())
    core = any(name in ("", "*") for name in groups)
    return create and core and any(name in ("*", "*/*", "pods") for name in resources)


def kyverno_verifies(spec: Mapping[str, Any]) -> bool:
    """Tell whether a Kyverno policy verifies images and refuses those that fail."""
    by_default = str(spec.get("validationFailureAction", "Audit"))
    for rule in _dicts(spec.get("rules")):
        for entry in _dicts(rule.get("verifyImages")):
            if str(entry.get("failureAction", by_default)).lower() == "enforce":
                return True
    return False


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one
