"""Whether a policy engine is asked about the pods of a namespace at all: its webhook."""

from dataclasses import dataclass

from analyzer.checks.api_lists import Lists
from analyzer.checks.pod_security_standing import Space
from analyzer.formats.kube_admission import Webhook
from analyzer.formats.kube_objects import ADMISSION
from analyzer.model.evidence import Source

WEBHOOKS = f"validatingwebhookconfigurations.{ADMISSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What is known of an engine's webhook for one namespace.

    Attributes:
        asked: It is asked about new pods there.
        doubt: Why some pods may pass it by; empty when none does.
        notes: What else there is to say of it.
        sources: Its place in evidence.
    """

    asked: bool
    doubt: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def engine(lists: Lists, word: str, space: Space) -> Engine:
    """Find an engine's webhook by a word in its configuration's name; the surest one counts."""
    found = [
        _engine(webhook, lists.at(WEBHOOKS, item.line, f"/webhooks/{index}", item.value.name))
        for item in lists.items(WEBHOOKS)
        if word in item.value.name.lower()
        for index, webhook in enumerate(item.value.webhooks or ())
        if _asked(webhook, space)
    ]
    if not found:
        return Engine(asked=False, doubt=f"no webhook of {word} is asked about its pods")
    return min(found, key=lambda one: (bool(one.doubt), len(one.notes)))


def _asked(webhook: Webhook, space: Space) -> bool:
    selector = webhook.namespace_selector
    if selector is not None and not selector.matches(space.all_labels()):
        return False
    return any(rule.about("pods", "CREATE") for rule in webhook.rules or ())


def _engine(webhook: Webhook, source: Source) -> Engine:
    doubt = ""
    if webhook.object_selector_narrows():
        doubt = f"the object selector of webhook {webhook.name} leaves some pods out"
    elif webhook.match_conditions:
        doubt = f"the match conditions of webhook {webhook.name} may leave some pods out"
    notes = []
    if webhook.failure_policy == "Ignore":
        notes.append(
            f"Webhook {webhook.name} has failurePolicy Ignore: pods are let in while it does "
            "not answer."
        )
    if not any(r.about("pods/ephemeralcontainers", "UPDATE") for r in webhook.rules or ()):
        notes.append(
            f"Webhook {webhook.name} is not asked about ephemeral containers that are added to "
            "a running pod."
        )
    return Engine(asked=True, doubt=doubt, notes=tuple(notes), sources=(source,))
