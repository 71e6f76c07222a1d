"""Admission policies written in CEL: the API server's own, and Kyverno's ValidatingPolicy.

Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/; the
kind is on by default from 1.30.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analyzer.checks.api_lists import Lists, some
from analyzer.checks.api_server_flags import PLUGIN_FLAGS, Server, flag_sources, plugin_on
from analyzer.checks.pod_security_standing import Answer, Demand, Space, Standing, masked
from analyzer.checks.pod_security_webhooks import engine
from analyzer.formats.cel_pods import forbids
from analyzer.formats.kube_admission import (
    AdmissionBinding,
    AdmissionPolicySpec,
    MatchResources,
    read_policy_spec,
)
from analyzer.formats.kube_objects import ADMISSION
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Source, is_redacted
from analyzer.model.version import Version

POLICIES = f"validatingadmissionpolicies.{ADMISSION}"
BINDINGS = f"validatingadmissionpolicybindings.{ADMISSION}"
KYVERNO_CEL = "validatingpolicies.policies.kyverno.io"
KYVERNO_CEL_EXCEPTIONS = "policyexceptions.policies.kyverno.io"
_SINCE = Version(1, 30)
_PLUGIN = "ValidatingAdmissionPolicy"
_SHOWN = 300
_DECIDING = ("validationActions", "evaluation")
_READ = 60_000
"""Characters of expressions about pods, all policies together, that are looked at."""
_UNREAD = "was not looked at, as the policies before it hold too many or too long expressions"


@dataclass(frozen=True, slots=True, kw_only=True)
class CelPolicies:
    """Every policy in CEL, and whether the API server evaluates its own.

    Attributes:
        version: Of the API server; None when it is not in evidence.
        plugin: The API server's plugin is on, off, or not in evidence.
        seen: Some API server's command line is in evidence.
        switches: Where a flag that switches it stands.
        unread: Names of policies beyond what is looked at, with their resource.
    """

    lists: Lists
    version: Version | None
    plugin: bool | None
    seen: bool
    switches: tuple[Source, ...]
    unread: frozenset[tuple[str, str]]

    def own(self, space: Space, demand: Demand) -> Iterator[Answer]:
        """Return what each bound policy of the API server does in a namespace."""
        policies = {item.value.name: item for item in self.lists.items(POLICIES)}
        for item in self.lists.items(BINDINGS):
            binding: AdmissionBinding = item.value
            if is_redacted(str(binding.spec)):
                yield masked(f"ValidatingAdmissionPolicyBinding {binding.name}", BINDINGS)
                continue
            policy = policies.get(binding.spec.policy_name)
            if policy is None or not _may_mention(expressions(policy.value.spec), demand):
                continue
            spec: AdmissionPolicySpec = policy.value.spec
            label = f"ValidatingAdmissionPolicy {policy.value.name}"
            if is_redacted(str(spec.match_constraints)):
                yield masked(label, POLICIES)
                continue
            matched = (spec.match_constraints, binding.spec.match_resources)
            if not _reaches(spec, space) or not _within(matched[1], space):
                continue
            shown = expressions(spec)
            sources = (
                self.lists.at(POLICIES, policy.line, "/spec/validations", shown),
                self.lists.at(BINDINGS, item.line, "/spec", f"binding {binding.name}"),
            )
            if "Deny" not in (binding.spec.validation_actions or ()):
                yield _lax(label, sources)
            elif self.plugin is False:
                text = f"{label} is there, but its admission plugin is switched off"
                yield Answer(standing=Standing.NOT, text=text, sources=(*self.switches, *sources))
            else:
                doubts = (*self._age(), *narrowed(spec), *_narrows(matched[1], "its binding"))
                read = (POLICIES, policy.value.name) not in self.unread
                yield _judged(label, spec, demand, doubts, sources, bound=matched[1], read=read)

    def _age(self) -> Iterator[str]:
        if self.plugin is None and self.seen:
            yield "whether its admission plugin is on is not known"
        if self.version is None or self.version < _SINCE:
            yield f"such policies are evaluated by default from Kubernetes {_SINCE} only"

    def kyverno(self, space: Space, demand: Demand) -> Iterator[Answer]:
        """Return what each of Kyverno's policies does in a namespace, through its webhook."""
        for item in self.lists.items(KYVERNO_CEL):
            fields = item.value.spec or {}
            label = f"Kyverno ValidatingPolicy {item.value.name}"
            where = self.lists.at(KYVERNO_CEL, item.line, "/spec", label)
            try:
                spec = read_policy_spec(fields)
            except EvidenceFormatError:
                if _may_mention(str(fields), demand):
                    yield _unclear(f"{label} could not be read", (where,))
                continue
            if not _may_mention(expressions(spec), demand):
                continue
            decides = (spec.match_constraints, *(fields.get(key) for key in _DECIDING))
            if is_redacted(str(decides)):
                yield masked(label, KYVERNO_CEL)
                continue
            if not _reaches(spec, space):
                continue
            actions = fields.get("validationActions", ["Deny"])
            if not isinstance(actions, list) or "Deny" not in actions or _not_asked(fields):
                yield _lax(label, (where,))
                continue
            hook = engine(self.lists, "kyverno", space)
            doubts = (
                *narrowed(spec),
                *([hook.doubt] if hook.doubt else []),
                *self._exceptions(item.value.name),
                *_unwritten(fields),
            )
            read = (KYVERNO_CEL, item.value.name) not in self.unread
            found = _judged(label, spec, demand, doubts, (where, *hook.sources), read=read)
            yield replace(found, notes=(*found.notes, *hook.notes))

    def _exceptions(self, policy: str) -> Iterator[str]:
        why = self.lists.unknown.get(KYVERNO_CEL_EXCEPTIONS)
        if why is not None:
            yield f"its exceptions are not known ({why.detail})"
        for item in self.lists.items(KYVERNO_CEL_EXCEPTIONS):
            refs = (item.value.spec or {}).get("policyRefs")
            found = refs if isinstance(refs, list) else []
            if policy in [one.get("name") for one in found if isinstance(one, dict)]:
                yield f"PolicyException {item.value.name} takes some pods out"


def _unwritten(fields: Mapping[str, Any]) -> tuple[str, ...]:
    if "validationActions" in fields:
        return ()
    return ("what it does to a violation is not written",)


def read_cel(lists: Lists, running: tuple[Server, ...], version: Version | None) -> CelPolicies:
    """Gather the policies; ``lists`` holds them as far as they are known."""
    return CelPolicies(
        lists=lists,
        version=version,
        plugin=plugin_on(running, _PLUGIN, default=True),
        seen=bool(running),
        switches=flag_sources(running, PLUGIN_FLAGS),
        unread=frozenset(_unread(lists)),
    )


def _unread(lists: Lists) -> Iterator[tuple[str, str]]:
    """Yield the policies about pods whose expressions, in order of evidence, are too many."""
    left = _READ
    for resource, name, spec in _specs(lists):
        match = spec.match_constraints
        if match is None or not _about_pods(match):
            continue
        left -= len(expressions(spec))
        if left < 0:
            yield resource, name


def _specs(lists: Lists) -> Iterator[tuple[str, str, AdmissionPolicySpec]]:
    for item in lists.items(POLICIES):
        yield POLICIES, item.value.name, item.value.spec
    for item in lists.items(KYVERNO_CEL):
        try:
            yield KYVERNO_CEL, item.value.name, read_policy_spec(item.value.spec or {})
        except EvidenceFormatError:
            continue  # said where the policy is judged


def expressions(spec: AdmissionPolicySpec) -> str:
    """Return everything that a policy's validations say, in one text."""
    texts = [one.expression for one in spec.validations or ()]
    return " && ".join(texts + [one.expression for one in spec.variables or ()])


def mentions(text: str, demand: Demand) -> bool:
    """Tell whether a policy's text is about what is demanded."""
    return not demand.words or any(word in text for word in demand.words)


def _may_mention(text: str, demand: Demand) -> bool:
    """Tell the same of a text that may be masked: what is masked may be about anything."""
    return is_redacted(text) or mentions(text, demand)


def _reaches(spec: AdmissionPolicySpec, space: Space) -> bool:
    """Tell whether new pods of a namespace are put before the policy."""
    match = spec.match_constraints
    return match is not None and _about_pods(match) and _in(match, space)


def _within(match: MatchResources | None, space: Space) -> bool:
    """Tell whether a binding, which may match everything, covers new pods of a namespace."""
    if match is None:
        return True
    return (not match.resource_rules or _about_pods(match)) and _in(match, space)


def _about_pods(match: MatchResources) -> bool:
    return any(rule.about("pods", "CREATE") for rule in match.resource_rules or ())


def _in(match: MatchResources, space: Space) -> bool:
    selector = match.namespace_selector
    return selector is None or selector.matches(space.all_labels())


def _not_asked(fields: Mapping[str, Any]) -> bool:
    """Tell whether a Kyverno policy is kept out of admission by its own evaluation settings.

    Source: https://kyverno.io/docs/policy-types/validating-policy, evaluation.
    """
    evaluation = fields.get("evaluation")
    if not isinstance(evaluation, dict):
        return False
    admission = evaluation.get("admission")
    off = isinstance(admission, dict) and admission.get("enabled") is False
    return off or evaluation.get("mode", "Kubernetes") != "Kubernetes"


def narrowed(spec: AdmissionPolicySpec) -> tuple[str, ...]:
    """Name what keeps a policy from holding for every pod that it matches."""
    found = list(_narrows(spec.match_constraints, "the policy"))
    if spec.match_conditions:
        found.append("it has match conditions")
    if spec.failure_policy == "Ignore":
        found.append("failurePolicy Ignore lets in what cannot be evaluated")
    elif is_redacted(str(spec.failure_policy)):
        found.append("its failurePolicy was masked")
    if spec.param_kind is not None:
        found.append(f"it depends on parameters ({spec.param_kind.kind or 'of some kind'})")
    return tuple(found)


def _narrows(match: MatchResources | None, whose: str) -> Iterator[str]:
    if match is None:
        return
    if match.object_selector is not None and not match.object_selector.selects_all():
        yield f"the object selector of {whose} leaves some pods out"
    if any(one.about("pods", "CREATE") for one in match.exclude_resource_rules or ()):
        yield f"{whose} excludes some pods"
    if match.resource_rules and all(
        one.resource_names for one in match.resource_rules if one.about("pods", "CREATE")
    ):
        yield f"{whose} names single pods"


def _judged(
    label: str,
    spec: AdmissionPolicySpec,
    demand: Demand,
    doubts: tuple[str, ...],
    sources: tuple[Source, ...],
    *,
    bound: MatchResources | None = None,
    read: bool,
) -> Answer:
    """Decide by what the policy's expressions prove, and by what escapes it."""
    if not read:
        return _unclear(f"{label} {_UNREAD}", sources)
    texts = tuple(one.expression for one in spec.validations or ())
    found = forbids(demand.test, texts, spec.named_variables())
    if not found.known:
        text = f"{label} denies by an expression that a person must read: {_cut(expressions(spec))}"
        return _unclear(text, sources, whole=(expressions(spec),))
    open_doors = [_PLACES.get(name, name) for name in found.open]
    asked_later = _asked_later(spec.match_constraints) and _asked_later(bound)
    if not found.open and not asked_later and demand.test in _FOR_CONTAINERS:
        open_doors.append("ephemeral containers added to a running pod (pods/ephemeralcontainers)")
    if open_doors or doubts:
        why = [f"not for {some(tuple(open_doors))}"] if open_doors else []
        return _unclear(f"{label} forbids it, but {'; '.join([*why, *doubts])}", sources)
    return Answer(standing=Standing.ENFORCED, text=f"{label} forbids it", sources=sources)


_PLACES = {
    "containers": "containers",
    "initContainers": "init containers",
    "ephemeralContainers": "ephemeral containers",
    "pod": "the pod as a whole",
}
_FOR_CONTAINERS = (
    "added-capabilities",
    "allow-privilege-escalation",
    "capabilities-not-dropped",
    "host-process",
    "net-raw",
    "privileged",
    "root",
)
"""Tests that an ephemeral container, which is added to a running pod, can violate."""


_LATER = ("pods/ephemeralcontainers", "UPDATE")


def _asked_later(match: MatchResources | None) -> bool:
    """Tell whether containers added to any running pod are matched; None matches everything."""
    if match is None:
        return True
    rules, left_out = match.resource_rules or (), match.exclude_resource_rules or ()
    asked = not rules or any(one.about(*_LATER) and not one.resource_names for one in rules)
    return asked and not any(one.about(*_LATER) for one in left_out)


def _lax(label: str, sources: tuple[Source, ...]) -> Answer:
    text = f"{label} is about it, but does not deny"
    return Answer(standing=Standing.NOT, text=text, sources=sources)


def _unclear(text: str, sources: tuple[Source, ...], *, whole: tuple[str, ...] = ()) -> Answer:
    return Answer(standing=Standing.MAYBE, text=text, sources=sources, whole=whole)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
