"""Other admission mechanisms: admission policies, Kyverno, Gatekeeper, PodSecurityPolicy.

What such a policy forbids is a program or a pattern. Few forms can be proven to forbid what a
control asks; whatever merely mentions the field is put before a person.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.checks.api_lists import Lists, keys
from analyzer.checks.pod_security_standing import LEVELS, Answer, Demand, Space, Standing
from analyzer.formats.kube_admission import (
    AdmissionBinding,
    AdmissionPolicy,
    MatchResources,
    OperationRule,
    Webhook,
)
from analyzer.formats.kube_meta import CustomObject
from analyzer.formats.kube_objects import ADMISSION
from analyzer.model.api import Item
from analyzer.model.evidence import Source

POLICIES = f"validatingadmissionpolicies.{ADMISSION}"
BINDINGS = f"validatingadmissionpolicybindings.{ADMISSION}"
WEBHOOKS = f"validatingwebhookconfigurations.{ADMISSION}"
KYVERNO = "clusterpolicies.kyverno.io"
KYVERNO_LOCAL = "policies.kyverno.io"
KYVERNO_EXCEPTIONS = "policyexceptions.kyverno.io"
KYVERNO_CEL = "validatingpolicies.policies.kyverno.io"
CONSTRAINT_GROUP = ".constraints.gatekeeper.sh"
HELPFUL = (
    BINDINGS,
    KYVERNO,
    KYVERNO_CEL,
    KYVERNO_EXCEPTIONS,
    KYVERNO_LOCAL,
    POLICIES,
    WEBHOOKS,
)

_PLAIN_CONSTRAINTS = (
    "k8spspallowprivilegeescalationcontainer",
    "k8spsphostnamespace",
    "k8spspprivilegedcontainer",
)
"""Library constraints that forbid outright, without parameters that could let something in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Every mechanism besides Pod Security Admission."""

    lists: Lists
    constraints: tuple[str, ...]

    def answers(self, space: Space, demand: Demand) -> tuple[Answer, ...]:
        """Return what each mechanism does in a namespace; never empty."""
        found = (
            *self._policies(space, demand),
            *self._kyverno(space, demand),
            *self._kyverno_cel(demand),
            *self._gatekeeper(space, demand),
        )
        return (*found, *self._unread()) or (Answer(standing=Standing.NOT, text=""),)

    def _unread(self) -> Iterator[Answer]:
        for name in (*HELPFUL, *self.constraints):
            why = self.lists.unknown.get(name)
            if why is not None:
                yield Answer(
                    standing=Standing.UNKNOWN,
                    text=f"{name} could not be read ({why.detail})",
                    sources=(why.source,) if why.source else (),
                    reason=why.reason,
                    lacking=keys((name,)),
                )

    def _policies(self, space: Space, demand: Demand) -> Iterator[Answer]:
        policies = {item.value.name: item for item in self.lists.items(POLICIES)}
        for item in self.lists.items(BINDINGS):
            binding: AdmissionBinding = item.value
            policy = policies.get(binding.spec.policy_name)
            if policy is None or not _binds(binding, policy.value, space, demand):
                continue
            yield Answer(
                standing=Standing.MAYBE,
                text=f"ValidatingAdmissionPolicy {policy.value.name} denies by an expression that "
                "a person must read",
                sources=(
                    self.lists.at(POLICIES, policy.line, "/spec/validations", _cel(policy.value)),
                    self.lists.at(BINDINGS, item.line, "/spec", f"binding {binding.name}"),
                ),
            )

    def _kyverno(self, space: Space, demand: Demand) -> Iterator[Answer]:
        for resource in (KYVERNO, KYVERNO_LOCAL):
            for item in self.lists.items(resource):
                policy: CustomObject = item.value
                if policy.namespace and policy.namespace != space.name:
                    continue
                for index, rule in enumerate(_dicts((policy.spec or {}).get("rules"))):
                    where = self.lists.at(resource, item.line, f"/spec/rules/{index}", policy.name)
                    yield from self._kyverno_rule(policy, rule, where, demand, space)

    def _kyverno_rule(
        self,
        policy: CustomObject,
        rule: Mapping[str, Any],
        where: Source,
        demand: Demand,
        space: Space,
    ) -> Iterator[Answer]:
        validate = _dict(rule.get("validate"))
        action = validate.get("failureAction") or (policy.spec or {}).get(
            "validationFailureAction", "Audit"
        )
        if str(action).lower() != "enforce":
            return
        standard = _dict(validate.get("podSecurity"))
        proven = _forbids(standard, demand) and _unconditional(rule)
        excepted = bool(self.lists.items(KYVERNO_EXCEPTIONS))
        if proven and not excepted and self._webhook("kyverno", space):
            text = f"Kyverno policy {policy.name} enforces {standard.get('level')}"
            yield Answer(standing=Standing.ENFORCED, text=text, sources=(where,))
        elif standard or _mentions(str(rule), demand):
            text = f"Kyverno policy {policy.name} may forbid it: a person must read it"
            yield Answer(standing=Standing.MAYBE, text=text, sources=(where,))

    def _kyverno_cel(self, demand: Demand) -> Iterator[Answer]:
        for item in self.lists.items(KYVERNO_CEL):
            spec: Mapping[str, Any] = item.value.spec or {}
            actions = spec.get("validationActions")
            if isinstance(actions, list) and "Deny" in actions and _mentions(str(spec), demand):
                yield Answer(
                    standing=Standing.MAYBE,
                    text=f"Kyverno policy {item.value.name} denies by an expression that a person "
                    "must read",
                    sources=(self.lists.at(KYVERNO_CEL, item.line, "/spec", item.value.name),),
                )

    def _gatekeeper(self, space: Space, demand: Demand) -> Iterator[Answer]:
        for resource in self.constraints:
            kind = resource.removesuffix(CONSTRAINT_GROUP)
            if demand.constraints and kind not in demand.constraints:
                continue
            for item in self.lists.items(resource):
                yield from self._constraint(resource, kind, item, space)

    def _constraint(
        self, resource: str, kind: str, item: Item[Any], space: Space
    ) -> Iterator[Answer]:
        spec: Mapping[str, Any] = item.value.spec or {}
        match = _dict(spec.get("match"))
        if spec.get("enforcementAction", "deny") != "deny" or not _selects(match, space.name):
            return
        narrowed = any(match.get(k) for k in ("labelSelector", "namespaceSelector", "name"))
        loose = spec.get("parameters") or kind not in _PLAIN_CONSTRAINTS or narrowed
        proven = not loose and self._webhook("gatekeeper", space)
        word = "denies" if proven else "may deny, as a person must read from it,"
        yield Answer(
            standing=Standing.ENFORCED if proven else Standing.MAYBE,
            text=f"Gatekeeper constraint {kind}/{item.value.name} {word} it",
            sources=(self.lists.at(resource, item.line, "/spec", item.value.name),),
        )

    def _webhook(self, word: str, space: Space) -> bool:
        """Tell whether the engine's webhook must be asked about pods of the namespace."""
        return any(
            word in item.value.name.lower() and _asked(webhook, space)
            for item in self.lists.items(WEBHOOKS)
            for webhook in item.value.webhooks or ()
        )


def constraint_resources(names: Iterable[str]) -> tuple[str, ...]:
    """Return the Gatekeeper constraint lists among resource names, sorted."""
    return tuple(sorted(name for name in names if name.endswith(CONSTRAINT_GROUP)))


def _binds(
    binding: AdmissionBinding, policy: AdmissionPolicy, space: Space, demand: Demand
) -> bool:
    if "Deny" not in (binding.spec.validation_actions or ()):
        return False
    if not _mentions(_cel(policy), demand):
        return False
    constraints = policy.spec.match_constraints
    if constraints is None or not any(_pods(rule) for rule in constraints.resource_rules or ()):
        return False
    return _in(constraints, space) and _in(binding.spec.match_resources, space)


def _in(match: MatchResources | None, space: Space) -> bool:
    if match is None or match.namespace_selector is None:
        return True
    return match.namespace_selector.matches(_labels(space))


def _labels(space: Space) -> dict[str, str]:
    return {"kubernetes.io/metadata.name": space.name, **space.labels}


def _pods(rule: OperationRule) -> bool:
    groups, resources = rule.api_groups or (), rule.resources or ()
    create = any(name in ("*", "CREATE") for name in rule.operations or ())
    core = any(name in ("", "*") for name in groups)
    return create and core and any(name in ("*", "*/*", "pods") for name in resources)


def _asked(webhook: Webhook, space: Space) -> bool:
    if webhook.failure_policy == "Ignore" or webhook.object_selector_narrows():
        return False
    selector = webhook.namespace_selector
    if selector is not None and not selector.matches(_labels(space)):
        return False
    return any(_pods(rule) for rule in webhook.rules or ())


def _cel(policy: AdmissionPolicy) -> str:
    return " && ".join(one.expression for one in policy.spec.validations or ())


def _mentions(text: str, demand: Demand) -> bool:
    return not demand.words or any(word in text for word in demand.words)


def _forbids(standard: Mapping[str, Any], demand: Demand) -> bool:
    level = LEVELS.get(str(standard.get("level")), 0)
    latest = standard.get("version", "latest") == "latest"
    return level >= LEVELS[demand.level] and latest and not standard.get("exclude")


def _unconditional(rule: Mapping[str, Any]) -> bool:
    """Tell whether a Kyverno rule matches every pod: kind Pod, nothing that narrows it."""
    if rule.get("exclude") or rule.get("preconditions"):
        return False
    match = _dict(rule.get("match"))
    filters = [match, *_dicts(match.get("any"))]
    return any(
        set(resources) == {"kinds"} and "Pod" in resources["kinds"]
        for resources in (_dict(entry.get("resources")) for entry in filters)
        if isinstance(resources.get("kinds"), list)
    )


def _selects(match: Mapping[str, Any], namespace: str) -> bool:
    chosen, excluded = match.get("namespaces"), match.get("excludedNamespaces")
    if isinstance(excluded, list) and any(_fits(str(p), namespace) for p in excluded):
        return False
    return not isinstance(chosen, list) or any(_fits(str(p), namespace) for p in chosen)


def _fits(pattern: str, name: str) -> bool:
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name.endswith(pattern[1:]) if pattern.startswith("*") else pattern == name


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
