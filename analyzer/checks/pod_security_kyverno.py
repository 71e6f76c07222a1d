"""Kyverno's ClusterPolicy and Policy, rule by rule.

Source: https://kyverno.io/docs/policy-types/cluster-policy/validate/; which action counts:
ResolveValidationFailureAction in kyverno/kyverno pkg/engine/api.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from analyzer.checks.api_lists import Lists, some
from analyzer.checks.pod_security_standing import LEVELS, Answer, Demand, Space, Standing, masked
from analyzer.checks.pod_security_webhooks import Engine, engine
from analyzer.formats.cel_pods import Forbids, forbids
from analyzer.formats.kube_meta import CustomObject
from analyzer.formats.kyverno_match import (
    Extent,
    Fields,
    entries,
    excluded,
    fields,
    glob,
    matched,
    overridden,
)
from analyzer.formats.kyverno_pattern import pattern_forbids
from analyzer.model.evidence import Source, is_redacted
from analyzer.model.version import parse_version

CLUSTER_POLICIES = "clusterpolicies.kyverno.io"
POLICIES = "policies.kyverno.io"
EXCEPTIONS = "policyexceptions.kyverno.io"
_NOT_SEEN = (
    "Namespaces that Kyverno's own configuration filters out are not in evidence; taken to be none."
)
_ENFORCE = "enforce"
_MAY_AUDIT = "an override may make it only audit here"
_NOT_READY = "Kyverno says that the policy is not ready"
_ONE_RULE = "its policy stops at the first rule that applies, and this is not the first"
_CONTROLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "added-capabilities": ("Capabilities",),
        "allow-privilege-escalation": ("Privilege Escalation",),
        "capabilities-not-dropped": ("Capabilities",),
        "host-ipc": ("Host Namespaces",),
        "host-network": ("Host Namespaces",),
        "host-path": ("HostPath Volumes",),
        "host-pid": ("Host Namespaces",),
        "host-port": ("Host Ports",),
        "host-process": ("HostProcess",),
        "net-raw": ("Capabilities",),
        "privileged": ("Privileged Containers",),
        "root": ("Running as Non-root", "Running as Non-root user"),
    }
)
"""What Kyverno calls the part of a Pod Security Standard that a test belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One validating rule of a policy.

    Attributes:
        text: Everything that it validates, to be searched for words.
        later: Another rule of the policy stands before it.
    """

    policy: CustomObject
    fields: Fields
    text: str
    later: bool
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Kyverno:
    """Every rule of every policy; ``lists`` also holds exceptions and webhooks."""

    lists: Lists
    rules: tuple[Rule, ...]

    def answers(self, space: Space, demand: Demand) -> Iterator[Answer]:
        """Return what each validating rule does in a namespace."""
        if not self.rules:
            return
        hook = engine(self.lists, "kyverno", space)
        for rule in self.rules:
            if rule.policy.namespace and rule.policy.namespace != space.name:
                continue
            found = self._rule(rule, space, demand, hook)
            if found is not None:
                yield replace(found, sources=(rule.source, *hook.sources))

    def _rule(self, one: Rule, space: Space, demand: Demand, hook: Engine) -> Answer | None:
        """Judge one rule; None when it is not about the demand or not about these pods."""
        policy, rule, labels = one.policy, one.fields, space.all_labels()
        validate, spec = fields(rule.get("validate")), policy.spec or {}
        label = f"Kyverno policy {policy.name}"
        if _is_masked(one):
            return masked(label, POLICIES if policy.namespace else CLUSTER_POLICIES)
        if not _about(one, demand):
            return None
        extent = matched(rule, space.name, labels)
        if extent is Extent.NONE:
            return None
        if excluded(rule, space.name, labels) is Extent.ALL:
            return Answer(standing=Standing.NOT, text=f"{label} leaves the namespace out")
        actions = _actions(validate, spec, space)
        if spec.get("admission") is False or _ENFORCE not in actions:
            return Answer(standing=Standing.NOT, text=f"{label} is about it, but only audits")
        doubts = (
            *_proof(validate, demand),
            *([_MAY_AUDIT] if len(actions) > 1 else []),
            *([_NOT_READY] if _is_unready(policy) else []),
            *([_ONE_RULE] if one.later and spec.get("applyRules") == "One" else []),
            *_narrowed(rule, spec, space, extent),
            *self._exceptions(policy, str(rule.get("name", "")), space),
            *([hook.doubt] if hook.doubt else []),
        )
        if doubts:
            text = f"{label} enforces, but {'; '.join(doubts)}: a person must read it"
            return Answer(standing=Standing.MAYBE, text=text, notes=hook.notes, whole=(one.text,))
        what = fields(validate.get("podSecurity")).get("level") or f"rule {rule.get('name', '')}"
        return Answer(
            standing=Standing.ENFORCED,
            text=f"{label} enforces {what}".rstrip(),
            notes=(*hook.notes, _NOT_SEEN),
        )

    def _exceptions(self, policy: CustomObject, rule: str, space: Space) -> Iterator[str]:
        """Yield exceptions from a rule that can be about a namespace's pods."""
        name = f"{policy.namespace}/{policy.name}" if policy.namespace else policy.name
        why = self.lists.unknown.get(EXCEPTIONS)
        if why is not None:
            yield f"its exceptions are not known ({why.detail})"
        for item in self.lists.items(EXCEPTIONS):
            spec = item.value.spec or {}
            if is_redacted(str(spec)):
                yield f"PolicyException {item.value.name} holds a masked value"
            named = any(
                one.get("policyName") == name and _names(one.get("ruleNames"), rule)
                for one in entries(spec.get("exceptions"))
            )
            if named and matched(spec, space.name, space.all_labels()) is not Extent.NONE:
                yield f"PolicyException {item.value.name} takes some pods out"


def read_kyverno(lists: Lists) -> Kyverno:
    """Gather the rules of all policies, in the lists' order."""
    return Kyverno(lists=lists, rules=tuple(_rules(lists)))


def _rules(lists: Lists) -> Iterator[Rule]:
    for resource in (CLUSTER_POLICIES, POLICIES):
        for item in lists.items(resource):
            for index, rule in enumerate(entries((item.value.spec or {}).get("rules"))):
                if rule.get("validate"):
                    yield Rule(
                        policy=item.value,
                        fields=rule,
                        text=str(rule["validate"]),
                        later=index > 0,
                        source=lists.at(
                            resource, item.line, f"/spec/rules/{index}", item.value.name
                        ),
                    )


def _is_masked(rule: Rule) -> bool:
    """Tell whether what decides is masked; messages and image verification decide nothing."""
    spec = {key: value for key, value in (rule.policy.spec or {}).items() if key != "rules"}
    validate = {k: v for k, v in fields(rule.fields["validate"]).items() if k != "message"}
    return is_redacted(str((spec, {**rule.fields, "validate": validate})))


def _names(patterns: object, rule: str) -> bool:
    """Tell whether a rule is named, by itself or as the one that Kyverno derives from it."""
    found = [str(one) for one in patterns] if isinstance(patterns, list) else []
    return any(glob(pattern, rule) for pattern in found)


def _about(rule: Rule, demand: Demand) -> bool:
    """Tell whether a rule can be about what is demanded."""
    standard = fields(fields(rule.fields["validate"]).get("podSecurity"))
    if standard:
        return LEVELS.get(str(standard.get("level")), 0) >= LEVELS[demand.level]
    return not demand.words or any(word in rule.text for word in demand.words)


def _actions(validate: Fields, spec: Fields, space: Space) -> frozenset[str]:
    """Return what a violation may lead to: the rule's word goes before the policy's."""
    labels, own = space.all_labels(), validate.get("failureAction")
    whole = frozenset((str(spec.get("validationFailureAction") or "Audit").lower(),))
    overrides = spec.get("validationFailureActionOverrides")
    policy = overridden(overrides, space.name, labels, whole)
    rule = frozenset((str(own).lower(),)) if own else policy
    return overridden(validate.get("failureActionOverrides"), space.name, labels, rule)


def _is_unready(policy: CustomObject) -> bool:
    """Tell whether Kyverno's own condition ``Ready`` says anything else than that it is."""
    conditions = entries(fields(policy.status).get("conditions"))
    return any(one.get("type") == "Ready" and one.get("status") != "True" for one in conditions)


def _narrowed(rule: Fields, spec: Fields, space: Space, extent: Extent) -> Iterator[str]:
    if extent is Extent.SOME:
        yield "it matches only some pods"
    if excluded(rule, space.name, space.all_labels()) is Extent.SOME:
        yield "it excludes some pods"
    if rule.get("preconditions") or rule.get("celPreconditions"):
        yield "it has preconditions"
    if fields(spec.get("webhookConfiguration")).get("matchConditions"):
        yield "its webhook has match conditions"


def _proof(validate: Fields, demand: Demand) -> Iterator[str]:
    """Yield why a rule is not proven to forbid what is demanded."""
    standard = fields(validate.get("podSecurity"))
    if standard:
        yield from _standard(standard, demand)
        return
    found = _forbidden(validate, demand)
    if not found.known:
        yield "its rule is not one that is known"
    elif found.open:
        yield f"not for {some(found.open)}"


def _standard(standard: Fields, demand: Demand) -> Iterator[str]:
    pinned = str(standard.get("version") or "latest")
    since, version = parse_version(demand.since), parse_version(pinned)
    if pinned != "latest" and (version is None or (since is not None and version < since)):
        yield f"it is pinned to {pinned}"
    left_out = [str(one.get("controlName")) for one in entries(standard.get("exclude"))]
    mine = _CONTROLS.get(demand.test)
    if any(mine is None or name in mine for name in left_out):
        yield f"it leaves out {some(tuple(left_out), 4)}"


def _forbidden(validate: Mapping[str, Any], demand: Demand) -> Forbids:
    if "pattern" in validate:
        return pattern_forbids(demand.test, validate["pattern"])
    cel = fields(validate.get("cel"))
    if not cel or cel.get("paramKind"):
        return Forbids(known=False)
    variables = {
        str(one.get("name")): str(one.get("expression")) for one in entries(cel.get("variables"))
    }
    texts = [str(one.get("expression")) for one in entries(cel.get("expressions"))]
    return forbids(demand.test, texts, variables)
