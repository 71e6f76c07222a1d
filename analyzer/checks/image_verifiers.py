"""Admission webhooks that look at pods, and which of them verify images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.checks.api_lists import Lists
from analyzer.formats.kube_admission import Webhook, WebhookConfiguration
from analyzer.formats.kube_objects import ADMISSION
from analyzer.formats.kyverno_match import Extent, matched
from analyzer.model.evidence import Source

VALIDATING = f"validatingwebhookconfigurations.{ADMISSION}"
MUTATING = f"mutatingwebhookconfigurations.{ADMISSION}"
WEBHOOKS = (MUTATING, VALIDATING)
KYVERNO = "clusterpolicies.kyverno.io"
_LOCAL = "policies.kyverno.io"
_ONE_NAMESPACE = "it is about its own namespace only"
_VALIDATING = "imagevalidatingpolicies.policies.kyverno.io"
CONSTRAINTS = ".constraints.gatekeeper.sh"


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
        narrowed=webhook.object_selector_narrows(),
        validating=resource == VALIDATING,
        source=lists.at(resource, line, f"/webhooks/{index}", label),
    )


def verifies(resource: str, spec: Mapping[str, Any]) -> tuple[bool, str]:
    """Tell whether a policy refuses images that it cannot verify, and what it leaves out.

    Args:
        resource: The policy's kind as a list name.
        spec: Its spec.

    Returns:
        Whether it refuses anything, and why that may not be every image; empty when it is.
    """
    if resource in (KYVERNO, _LOCAL):
        refuses, doubt = _kyverno(spec)
        return refuses, doubt or (_ONE_NAMESPACE if resource == _LOCAL else "")
    if resource.endswith(CONSTRAINTS):
        doubt = "it is limited to some objects" if spec.get("match") else ""
        return spec.get("enforcementAction", "deny") == "deny", doubt
    actions = spec.get("validationActions")
    if isinstance(actions, list) and "Deny" not in actions:
        return False, ""
    if spec.get("mode") == "warn" or _lets_all_pass(spec):
        return False, ""
    if resource == f"namespaced{_VALIDATING}":
        return True, _ONE_NAMESPACE
    images = _dicts(spec.get("matchImageReferences"))
    if resource == _VALIDATING and not any(one.get("glob") == "*" for one in images):
        return True, "it may be about some images only"
    return True, ""


def _kyverno(spec: Mapping[str, Any]) -> tuple[bool, str]:
    """Judge a Kyverno policy by its best rule: one about every image of every pod is sure."""
    by_default = str(spec.get("validationFailureAction", "Audit"))
    found = [
        _kyverno_entry(rule, entry)
        for rule in _dicts(spec.get("rules"))
        for entry in _dicts(rule.get("verifyImages"))
        if str(entry.get("failureAction", by_default)).lower() == "enforce"
        and (entry.get("attestors") or entry.get("attestations"))
    ]
    return bool(found), min(found, key=bool, default="")


def _kyverno_entry(rule: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    if matched(rule, "", {}) is not Extent.ALL or rule.get("exclude") or rule.get("preconditions"):
        return "its rule is about some pods only"
    images = entry.get("imageReferences")
    all_images = isinstance(images, list) and "*" in images
    if not all_images or entry.get("skipImageReferences") or entry.get("required") is False:
        return "it is about some images only"
    return ""


def _lets_all_pass(spec: Mapping[str, Any]) -> bool:
    """Tell whether every authority of a Sigstore policy approves without looking."""
    authorities = [one.get("static") for one in _dicts(spec.get("authorities"))]
    return bool(authorities) and all(
        isinstance(static, dict) and static.get("action") == "pass" for static in authorities
    )


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one
