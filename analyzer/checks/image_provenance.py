"""Whether images are verified before pods are admitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, keys, some, take
from analyzer.checks.api_server_flags import Server, plugin_on, servers
from analyzer.checks.image_verifiers import WEBHOOKS, PodWebhook, kyverno_verifies, pod_webhooks
from analyzer.checks.workload_report import is_exempt
from analyzer.formats.documents import mapping, sequence
from analyzer.formats.strict_yaml import load_collected
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Present, Source
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict

NAMESPACES = "namespaces"
KYVERNO = "clusterpolicies.kyverno.io"
_PLUGIN = "ImagePolicyWebhook"
_EXPECTED = "an admission mechanism that verifies images"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProvenance:
    """A known image verifier enforces in every namespace outside the exempt list.

    Attributes:
        verifiers: By product: words that its webhook's names contain, and ``requires:RESOURCE``
            for objects without which it verifies nothing.
    """

    verifiers: Mapping[str, str]

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Webhook configurations; the API server's flags help."""
        return (*keys((*WEBHOOKS, NAMESPACES)), EvidenceKey("process/kube-apiserver"))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Look for the plugin, then for known verifiers, then for anything that may be one."""
        running = servers(evidence)
        plugin = plugin_on(running, _PLUGIN, default=False)
        if plugin:
            return tuple(_plugin(server) for server in running)
        required = tuple(sorted(_required(self.verifiers)))
        lists = take(evidence, (*WEBHOOKS, NAMESPACES), helpful=(*required, KYVERNO))
        webhooks = pod_webhooks(lists)
        known = tuple(
            (product, webhook)
            for product, words in self.verifiers.items()
            for webhook in webhooks
            if _recognised(words, webhook) and _loaded(words, lists)
        )
        judged = tuple(_verifier(*pair, lists, context) for pair in known)
        if any(outcome.verdict is Verdict.PASS for outcome in judged):
            return tuple(outcome for outcome in judged if outcome.verdict is Verdict.PASS)
        if judged or lists.gaps:
            return judged + lists.gaps
        if webhooks:
            return (_unknown(webhooks),)
        return (_none(lists, running, plugin=plugin),)


def _plugin(server: Server) -> Outcome:
    """Judge the built-in plugin by its configuration."""
    allow = _default_allow(server)
    passed = allow is False
    states = {True: "admits images when its backend fails", None: "has no readable configuration"}
    return Outcome(
        subject=f"node/{server.node.name}",
        verdict=Verdict.PASS if passed else Verdict.MANUAL,
        reason=Reason.PASS_EXPLICIT if passed else Reason.RV_AMBIGUOUS,
        explanation=f"The admission plugin {_PLUGIN} is on and "
        f"{states.get(allow, 'refuses images when its backend fails')}.",
        actual=f"{_PLUGIN} on, defaultAllow {'unknown' if allow is None else str(allow).lower()}",
        expected=_EXPECTED,
        evidence=(
            server.source("enable-admission-plugins"),
            server.source("admission-control-config-file"),
        ),
    )


def _default_allow(server: Server) -> bool | None:
    content = server.node.content(server.config_path) if server.config_path else None
    if not isinstance(content, Present):
        return None
    try:
        document = mapping(load_collected(content.value), "configuration")
        for entry in sequence(document.get("plugins"), "plugins"):
            plugin = mapping(entry, "plugin")
            if plugin.get("name") == _PLUGIN:
                settings = mapping(plugin.get("configuration"), "configuration")
                policy = mapping(settings.get("imagePolicy"), "imagePolicy")
                return policy.get("defaultAllow") != "false"
    except EvidenceFormatError:  # unreadable is unknown, and unknown is put before a person
        return None
    return None


def _required(verifiers: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        word.removeprefix("requires:")
        for words in verifiers.values()
        for word in words.split()
        if word.startswith("requires:")
    )


def _recognised(words: str, webhook: PodWebhook) -> bool:
    plain = tuple(word for word in words.split() if not word.startswith("requires:"))
    return any(word in name for word in plain for name in webhook.names)


def _loaded(words: str, lists: Lists) -> bool:
    """Tell whether a verifier has something to verify by, and refuses what fails."""
    wanted = tuple(word[9:] for word in words.split() if word.startswith("requires:"))
    if KYVERNO in wanted:
        return any(kyverno_verifies(item.value.spec or {}) for item in lists.items(KYVERNO))
    return not wanted or any(
        _refuses(item.value.spec or {}) for name in wanted for item in lists.items(name)
    )


def _refuses(spec: Mapping[str, Any]) -> bool:
    """Tell whether a policy refuses; Sigstore's mode and Kyverno's actions may say otherwise."""
    actions = spec.get("validationActions")
    denies = not isinstance(actions, list) or "Deny" in actions
    return denies and spec.get("mode") != "warn"


def _verifier(product: str, webhook: PodWebhook, lists: Lists, context: Context) -> Outcome:
    bare = tuple(
        item.value.name
        for item in lists.items(NAMESPACES)
        if not is_exempt(context, item.value.name)
        and not webhook.covers(item.value.name, item.value.labels)
    )
    doubts = []
    if webhook.ignorable:
        doubts.append("it is passed over when it does not answer (failurePolicy Ignore)")
    if webhook.narrowed:
        doubts.append("its object selector leaves some pods out")
    if bare:
        doubts.append(f"it is not asked about {some(bare, 6)}")
    passed = not doubts
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.PASS if passed else Verdict.MANUAL,
        reason=Reason.PASS_EXPLICIT if passed else Reason.RV_AMBIGUOUS,
        explanation=f"{product} verifies images through the webhook {webhook.label}"
        f"{'; but ' + ', and '.join(doubts) if doubts else ', in every judged namespace'}.",
        actual=f"{product}: webhook {webhook.label}",
        expected=_EXPECTED,
        evidence=(webhook.source,),
    )


def _unknown(webhooks: tuple[PodWebhook, ...]) -> Outcome:
    names = tuple(webhook.label for webhook in webhooks)
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        explanation=f"No known image verifier is at work, but other webhooks see new pods and one "
        f"of them may be a verifier: {some(names)}.",
        actual=some(names),
        expected=_EXPECTED,
        evidence=tuple(webhook.source for webhook in webhooks[:SHOWN]),
    )


def _none(lists: Lists, running: tuple[Server, ...], *, plugin: bool | None) -> Outcome:
    """No webhook sees pods: decided, unless the built-in plugin is out of sight."""
    cited: tuple[Source, ...] = lists.cite(*WEBHOOKS)
    if plugin is None:
        return Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
            explanation=f"No webhook sees new pods, and whether the plugin {_PLUGIN} is on is not "
            "in evidence.",
            actual="no webhook; plugin unknown",
            expected=_EXPECTED,
            evidence=cited,
            missing=(
                Missing(
                    key=EvidenceKey("process/kube-apiserver"),
                    subject=CLUSTER,
                    detail="no API server's command line is in evidence",
                ),
            ),
        )
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        explanation=f"No webhook sees new pods and the plugin {_PLUGIN} is off, so nothing "
        "verifies images.",
        actual="no mechanism",
        expected=_EXPECTED,
        evidence=(*cited, *(server.source("enable-admission-plugins") for server in running)),
    )
