"""Whether images are verified before pods are admitted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, keys, some, take, unsettled
from analyzer.checks.api_server_flags import Server, plugin_on, servers
from analyzer.checks.image_policies import EXCEPTIONS, verifies
from analyzer.checks.image_verifiers import WEBHOOKS, PodWebhook, pod_webhooks
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
OPENSHIFT = ("clusterimagepolicies.config.openshift.io", "imagepolicies.config.openshift.io")
_FAILS_OPEN = "Its webhook has failurePolicy Ignore: images are let in while it does not answer."
_PLUGIN = "ImagePolicyWebhook"
_ASKING = MappingProxyType({True: "ValidatingAdmissionWebhook", False: "MutatingAdmissionWebhook"})
"""The plugin without which the API server asks no validating (True) or mutating webhook."""
_EXPECTED = "an admission mechanism that verifies images"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProvenance:
    """A known image verifier enforces in every namespace outside the exempt list.

    A namespace passes when the policies of a verifier that is known refuse unverified images
    there. A verifier that only reports, whose policies are narrowed or not understood, or that
    is known by nothing but its name goes to a person. None at all fails.

    Attributes:
        verifiers: By product: words that its webhook's names contain, and ``requires:RESOURCE``
            for objects without which it verifies nothing.
        others: Words in the names of webhooks that are known to verify nothing by themselves.
    """

    verifiers: Mapping[str, str]
    others: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Webhook configurations; the API server's flags help."""
        return (*keys((*WEBHOOKS, NAMESPACES)), EvidenceKey("process/kube-apiserver"))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Look for the plugin, then for known verifiers, then for anything that may be one."""
        running = servers(evidence)
        plugin = plugin_on(running, _PLUGIN, default=False)
        by_plugin = tuple(_plugin(server) for server in running) if plugin else ()
        if by_plugin and all(one.verdict is Verdict.PASS for one in by_plugin):
            return by_plugin
        required = tuple(sorted(_required(self.verifiers)))
        lists = take(evidence, (*WEBHOOKS, NAMESPACES), helpful=(*required, EXCEPTIONS, *OPENSHIFT))
        webhooks = pod_webhooks(lists)
        asked = {kind: plugin_on(running, name, default=True) for kind, name in _ASKING.items()}
        off = frozenset(kind for kind, on in asked.items() if running and on is not True)
        seen = tuple(self._verifiers(webhooks, lists, context, off))
        judged = seen if running else tuple(map(_unproven, seen))
        sure = tuple(outcome for outcome in judged if outcome.verdict is Verdict.PASS)
        if sure and NAMESPACES not in lists.unknown:
            return sure
        found = (*by_plugin, *unsettled(judged, lists, (NAMESPACES,)), *_at_pull(lists))
        if found or lists.gaps:
            return (*found, *lists.gaps)
        unknown = tuple(webhook for webhook in webhooks if not _named(self.others, webhook))
        if unknown:
            return (_unknown(unknown),)
        none = _none(lists, running, webhooks, plugin=plugin)
        return unsettled((none,), lists, OPENSHIFT, undone=(Verdict.FAIL,))

    def _verifiers(
        self,
        webhooks: tuple[PodWebhook, ...],
        lists: Lists,
        context: Context,
        off: frozenset[bool],
    ) -> Iterator[Outcome]:
        """Judge each product by each webhook that may be its own."""
        for product, words in self.verifiers.items():
            loaded = _loaded(words, lists)
            for webhook in webhooks:
                if loaded is not None and _recognised(words, webhook):
                    closed = _ASKING[webhook.validating] if webhook.validating in off else ""
                    doubt = f"the admission plugin {closed} is off, or may be" if closed else loaded
                    yield _verifier(product, webhook, doubt, lists, context)


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
    return _named(plain, webhook)


def _named(words: tuple[str, ...], webhook: PodWebhook) -> bool:
    return any(word in name for word in words for name in webhook.names)


def _loaded(words: str, lists: Lists) -> str | None:
    """Return what keeps a verifier's policies from covering every image; None without a policy."""
    wanted = tuple(word[9:] for word in words.split() if word.startswith("requires:"))
    if not wanted:
        return "what it demands is not in evidence, and a name proves nothing"
    found = [
        doubt
        for name in wanted
        for item in lists.items(name)
        for refuses, doubt in (verifies(name, item.value.name, item.value.spec or {}, lists),)
        if refuses
    ]
    if found:
        return min(found, key=bool)
    unread = next((name for name in wanted if name in lists.unknown), None)
    return None if unread is None else f"its policies are not in evidence ({unread})"


def _verifier(
    product: str, webhook: PodWebhook, loaded: str, lists: Lists, context: Context
) -> Outcome:
    bare = tuple(
        item.value.name
        for item in lists.items(NAMESPACES)
        if not is_exempt(context, item.value.name)
        and not webhook.covers(item.value.name, item.value.labels)
    )
    doubts = [loaded] if loaded else []
    if webhook.narrowed:
        doubts.append(webhook.narrowed)
    if bare:
        doubts.append(f"it is not asked about {some(bare, 6)}")
    passed = not doubts
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.PASS if passed else Verdict.MANUAL,
        reason=Reason.PASS_EXPLICIT if passed else Reason.RV_AMBIGUOUS,
        explanation=f"{product} is at work through the webhook {webhook.label}"
        f"{'; but ' + ', and '.join(doubts) if doubts else ' and verifies images everywhere'}.",
        actual=f"{product}: webhook {webhook.label}",
        whole=(loaded, webhook.narrowed, *bare),
        expected=_EXPECTED,
        evidence=(webhook.source,),
        notes=(_FAILS_OPEN,) if webhook.ignorable else (),
    )


def _unproven(outcome: Outcome) -> Outcome:
    """Take a verifier's pass back where no API server was seen: its plugins may be switched off."""
    if outcome.verdict is not Verdict.PASS:
        return outcome
    detail = "no API server's arguments are in evidence: they can switch all webhooks off"
    return replace(
        outcome,
        verdict=Verdict.NO_EVIDENCE,
        reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
        explanation=f"{outcome.explanation} But {detail}.",
        missing=(
            Missing(
                key=EvidenceKey("process/kube-apiserver"),
                subject=CLUSTER,
                reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
                detail=detail,
            ),
        ),
    )


def _at_pull(lists: Lists) -> tuple[Outcome, ...]:
    """Name OpenShift's policies, by which the nodes verify images when they pull them."""
    found = tuple((name, item) for name in OPENSHIFT for item in lists.items(name))
    if not found:
        return ()
    policies = tuple(f"{name} {item.value.name}" for name, item in found)
    names = some(policies)
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.MANUAL,
            reason=Reason.RV_AMBIGUOUS,
            explanation="The nodes verify images of some scopes when they pull them; whether the "
            f"scopes cover every image is for a person to read: {names}.",
            actual=names,
            whole=policies,
            expected=_EXPECTED,
            evidence=tuple(
                lists.at(name, item.line, "/spec", item.value.name) for name, item in found[:SHOWN]
            ),
        ),
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
        whole=names,
        expected=_EXPECTED,
        evidence=tuple(webhook.source for webhook in webhooks[:SHOWN]),
    )


def _none(
    lists: Lists,
    running: tuple[Server, ...],
    webhooks: tuple[PodWebhook, ...],
    *,
    plugin: bool | None,
) -> Outcome:
    """Nothing that sees pods verifies them: decided, unless the plugin is out of sight."""
    cited: tuple[Source, ...] = tuple(one.source for one in webhooks[:SHOWN]) or lists.cite(
        *WEBHOOKS
    )
    names = some(tuple(webhook.label for webhook in webhooks), 6)
    told = f"No webhook that sees new pods verifies images ({names})"
    told = told if webhooks else "No webhook sees new pods"
    if plugin is None:
        return Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
            explanation=f"{told}, and whether the plugin {_PLUGIN} is on is not in evidence.",
            actual="no verifying webhook; plugin unknown",
            expected=_EXPECTED,
            evidence=cited,
            missing=(
                Missing(
                    key=EvidenceKey("process/kube-apiserver"),
                    subject=CLUSTER,
                    reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
                    detail="no API server's command line is in evidence",
                ),
            ),
        )
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        explanation=f"{told} and the plugin {_PLUGIN} is off, so nothing verifies images.",
        actual="no mechanism",
        expected=_EXPECTED,
        evidence=(*cited, *(server.source("enable-admission-plugins") for server in running)),
    )
