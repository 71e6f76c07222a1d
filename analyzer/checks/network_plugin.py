"""Whether the installed network plugin is one that enforces network policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analyzer.checks.api_lists import CLUSTER, CRDS, SHOWN, Lists, keys, some, take
from analyzer.checks.workload_units import containers
from analyzer.formats.cni_config import plugin_types
from analyzer.formats.command_line import parse_arguments, values_of
from analyzer.formats.kube_pods import Workload
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Present, Source
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

DAEMONSETS = "daemonsets.apps"
_EXPECTED = "a network plugin that enforces ingress and egress policies"
_K3S_OFF = "disable-network-policy"
"""k3s takes its arguments out of the process list when it starts; seldom is this one seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One trace of something that could be a network plugin.

    Attributes:
        token: ``daemonset:NAME``, ``image:NAME``, ``cni:TYPE``, ``crd:GROUP`` or ``process:NAME``;
            ``idle:NAME`` for a DaemonSet without a ready pod, whatever it is called.
    """

    token: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlugin:
    """A plugin that is known to enforce policies is running.

    A plugin is recognised by its DaemonSet's name or image, or by the CNI configuration of a
    node; custom resource definitions may be leftovers and are only mentioned. A file may be one
    as well. Nothing is decided without the DaemonSets: one that was not seen may be that of
    another plugin, which connects the pods.

    Attributes:
        enforcing: Traces by plugin that enforces policies; ``beside:TRACE`` for what belongs to
            it, or stays behind and does no harm, though it enforces nothing by itself.
        not_enforcing: Traces by plugin that is known not to.
        depending: Traces by plugin whose enforcement is a setting.
    """

    enforcing: Mapping[str, str]
    not_enforcing: Mapping[str, str]
    depending: Mapping[str, str]

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The DaemonSets; CNI configuration of nodes helps."""
        return keys((DAEMONSETS,))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Recognise the plugin by its traces."""
        del context
        lists = take(evidence, (DAEMONSETS,), helpful=(CRDS,))
        seen = tuple(_sightings(lists, evidence))
        hints = tuple(_definitions(lists))
        on = _named(self.enforcing, seen)
        off = _named(self.not_enforcing, seen)
        maybe = _named(self.depending, seen)
        if lists.gaps:
            return lists.gaps
        if on and (off or maybe) and not _running(self.enforcing, seen):
            return (_left_over(on, {**off, **maybe}),)
        beside = _named(self.not_enforcing, _unexplained(self.enforcing, on, seen))
        if on and beside:
            return (_both(on, beside),)
        if on:
            names = some(tuple(on))
            text = f"Running and known to enforce network policies: {names}."
            return (_outcome(Verdict.PASS, Reason.PASS_EXPLICIT, text, names, on),)
        if maybe:
            names = some(tuple(maybe))
            text = f"Whether {names} enforces policies is a setting that is not in evidence."
            return (_outcome(Verdict.MANUAL, Reason.RV_AMBIGUOUS, text, names, maybe),)
        if off:
            names = some(tuple(off))
            text = f"Only {names} is running, which does not enforce network policies."
            return (_outcome(Verdict.FAIL, Reason.FAIL_EXPLICIT, text, names, off),)
        return (self._unknown(lists, seen, hints),)

    def _unknown(
        self, lists: Lists, seen: tuple[Sighting, ...], hints: tuple[Sighting, ...]
    ) -> Outcome:
        leftovers = tuple(_named(self.enforcing, hints))
        tokens = tuple(dict.fromkeys(one.token for one in seen))
        return Outcome(
            subject=CLUSTER,
            verdict=Verdict.MANUAL,
            reason=Reason.RV_AMBIGUOUS,
            explanation="No network plugin was recognised among "
            f"{len(lists.items(DAEMONSETS))} DaemonSets and the CNI configuration in evidence; "
            "a person must say what is installed.",
            actual=some(tokens) or "no DaemonSet, no CNI configuration",
            whole=tokens,
            expected=_EXPECTED,
            evidence=lists.cite(DAEMONSETS),
            notes=tuple(
                f"Definitions of {name} exist, which may be leftovers." for name in leftovers
            ),
        )


def _running(known: Mapping[str, str], seen: tuple[Sighting, ...]) -> bool:
    """Tell whether a plugin is seen by more than a file that an earlier one may have left."""
    return bool(_named(known, tuple(one for one in seen if not one.token.startswith("cni:"))))


def _unexplained(
    known: Mapping[str, str], on: Mapping[str, tuple[Source, ...]], seen: tuple[Sighting, ...]
) -> tuple[Sighting, ...]:
    """Return the traces that do not belong to one of the plugins that were found."""
    spared = {word for name in on for word in known[name].split()}
    return tuple(one for one in seen if f"beside:{one.token}" not in spared)


def _both(on: Mapping[str, tuple[Source, ...]], off: Mapping[str, tuple[Source, ...]]) -> Outcome:
    wanted, other = some(tuple(on)), some(tuple(off))
    text = (
        f"{wanted} is running, and so may be {other}, which does not enforce network policies: a "
        "person must say which one connects the pods."
    )
    return _outcome(Verdict.MANUAL, Reason.RV_AMBIGUOUS, text, f"{wanted}; {other}", {**on, **off})


def _left_over(
    on: Mapping[str, tuple[Source, ...]], off: Mapping[str, tuple[Source, ...]]
) -> Outcome:
    wanted, other = some(tuple(on)), some(tuple(off))
    text = (
        f"A node's CNI configuration names {wanted}, which nothing else shows to be running, "
        f"beside {other}: a person must say which one is in use."
    )
    return _outcome(Verdict.MANUAL, Reason.RV_AMBIGUOUS, text, f"{wanted}; {other}", {**on, **off})


def _outcome(
    verdict: Verdict, reason: Reason, text: str, names: str, found: Mapping[str, tuple[Source, ...]]
) -> Outcome:
    sources = tuple(source for places in found.values() for source in places)
    return Outcome(
        subject=CLUSTER,
        verdict=verdict,
        reason=reason,
        explanation=text,
        actual=names,
        whole=tuple(found),
        expected=_EXPECTED,
        evidence=tuple(dict.fromkeys(sources))[:SHOWN],
    )


def _named(known: Mapping[str, str], seen: tuple[Sighting, ...]) -> dict[str, tuple[Source, ...]]:
    found = {
        name: tuple(one.source for one in seen if one.token in tokens.split())
        for name, tokens in known.items()
    }
    return {name: sources for name, sources in found.items() if sources}


def _sightings(lists: Lists, evidence: ClusterEvidence) -> Iterator[Sighting]:
    for item in lists.items(DAEMONSETS):
        yield from _daemonset(item.value, lists, item.line)
    for node in evidence.nodes:
        for record in node.by_role("cni-config"):
            if isinstance(record.content, Present):
                yield from _cni(record.content)
        for process in node.running("k3s"):
            flags = values_of(parse_arguments(process.argv), _K3S_OFF)
            if not flags:
                where = replace(process.source, excerpt=f"k3s, which may run with --{_K3S_OFF}")
                yield Sighting(token="process:k3s", source=where)  # noqa: S106 - a trace


def _daemonset(value: Workload, lists: Lists, line: int) -> Iterator[Sighting]:
    """Yield a DaemonSet's traces; its name is one only where it sits on the nodes' own network.

    Every agent that sets up pods' networks does; anybody may call another one like it.
    """
    name = f"{value.namespace}/{value.name}"
    template = value.pod_template()
    if _idle(value):
        where = lists.at(DAEMONSETS, line, "/status", f"DaemonSet {name} has no ready pod")
        yield Sighting(token=f"idle:{name}", source=where)
        return
    on_node = template is not None and template.spec.host_network is True
    yield Sighting(
        token=f"daemonset:{value.name if on_node else name}",
        source=lists.at(DAEMONSETS, line, "/metadata/name", f"DaemonSet {name}"),
    )
    if template is None:
        return
    for pointer, container in containers(template.spec):
        image = container.image or ""
        where = lists.at(DAEMONSETS, line, f"/spec/template/spec{pointer}/image", image)
        for part in _image_names(image):
            yield Sighting(token=f"image:{part}", source=where)


def _idle(value: Workload) -> bool:
    """Tell whether a DaemonSet says of itself that none of its pods is wanted or ready."""
    status = value.status
    if status is None:
        return False
    return not status.desired_number_scheduled or not status.number_ready


def _image_names(image: str) -> tuple[str, ...]:
    """Return the names of an image that may identify it: repository path and its last two parts."""
    path = image.partition("@")[0]
    head, colon, tag = path.rpartition(":")
    path = head if colon and "/" not in tag else path
    parts = path.split("/")
    return tuple(dict.fromkeys(("/".join(parts[-2:]), parts[-1])))


def _cni(content: Present[str]) -> Iterator[Sighting]:
    try:
        types = plugin_types(content.value)
    except EvidenceFormatError:  # a file that is no CNI configuration is no trace of a plugin
        return
    for name in types:
        where = replace(content.source, excerpt=f"plugin type {name}"[:400])
        yield Sighting(token=f"cni:{name}", source=where)


def _definitions(lists: Lists) -> Iterator[Sighting]:
    for item in lists.items(CRDS):
        group = item.value.spec.group
        where = lists.at(CRDS, item.line, "/spec/group", group)
        yield Sighting(token=f"crd:{group}", source=where)
