"""Admission webhooks that look at pods."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.checks.api_lists import Lists
from analyzer.formats.kube_admission import Webhook, WebhookConfiguration
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
        narrowed: What lets some objects escape it; empty when nothing does.
    """

    label: str
    names: tuple[str, ...]
    webhook: Webhook
    ignorable: bool
    narrowed: str
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
        if any(rule.about("pods", "CREATE") for rule in webhook.rules or ())
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
        narrowed=_narrowed(webhook),
        validating=resource == VALIDATING,
        source=lists.at(resource, line, f"/webhooks/{index}", label),
    )


def _narrowed(webhook: Webhook) -> str:
    if webhook.object_selector_narrows():
        return "its object selector leaves some pods out"
    return "its match conditions may leave some pods out" if webhook.match_conditions else ""
