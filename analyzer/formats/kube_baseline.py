"""The roles and bindings that Kubernetes and kubeadm bring along, to set aside by content."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product
from types import MappingProxyType

from analyzer.formats.kube_access import ALL
from analyzer.formats.kube_rbac import PolicyRule, RoleBinding, Subject
from analyzer.formats.strict_yaml import YamlValue, load_strict
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.version import Version, parse_version

Place = tuple[str, str, str]
"""Kind, namespace (empty when cluster-scoped) and name of a role or binding."""

_MOST_ATOMS = 4096
"""A rule that spells out more single permissions than this is not a shipped one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedRule:
    """A rule as it ships; ``until`` is the last version that shipped it, None for no end."""

    rule: PolicyRule
    until: Version | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedBinding:
    """A binding as it ships: the role it grants and to whom."""

    role: tuple[str, str]
    subjects: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Everything that ships.

    Attributes:
        title: Which versions it was taken from, for the report.
    """

    title: str
    roles: Mapping[Place, tuple[ShippedRule, ...]]
    bindings: Mapping[Place, ShippedBinding]

    def extra_rules(
        self, place: Place, rules: tuple[PolicyRule, ...], version: Version | None
    ) -> tuple[int, ...]:
        """Return the positions of a role's rules that the shipped role does not cover.

        Rules that only older releases shipped count for those alone, and not at all while the
        version is unknown.
        """
        shipped = tuple(
            one.rule
            for one in self.roles.get(place, ())
            if one.until is None or (version is not None and version <= one.until)
        )
        return tuple(i for i, rule in enumerate(rules) if not _covered(rule, shipped))

    def ships(self, place: Place, binding: RoleBinding, subject: Subject) -> bool:
        """Tell whether a binding grants a shipped role to a subject that it ships with."""
        known = self.bindings.get(place)
        if known is None or known.role != (binding.role_ref.kind, binding.role_ref.name):
            return False
        return (subject.kind, subject.namespace or "", subject.name) in known.subjects


@lru_cache(maxsize=1)
def shipped_baseline() -> Baseline:
    """Read the baseline that ships with the analyzer.

    Source: ``analyzer/data/rbac-baseline.yaml``, which says where its facts come from.
    """
    text = files("analyzer").joinpath("data/rbac-baseline.yaml").read_bytes()
    return parse_baseline(load_strict(text))


def parse_baseline(document: YamlValue) -> Baseline:
    """Turn the baseline document into a value.

    Raises:
        EvidenceFormatError: The document has another form.
    """
    if not isinstance(document, dict):
        raise EvidenceFormatError("rbac-baseline", "not a mapping")
    roles = {_place(name): _rules(rules) for name, rules in _mapping(document, "roles")}
    bindings = {_place(name): _binding(text) for name, text in _mapping(document, "bindings")}
    return Baseline(
        title=str(document.get("title")),
        roles=MappingProxyType(roles),
        bindings=MappingProxyType(bindings),
    )


def _mapping(document: dict[str, YamlValue], key: str) -> list[tuple[str, YamlValue]]:
    value = document.get(key)
    if not isinstance(value, dict):
        raise EvidenceFormatError(f"rbac-baseline {key}", "not a mapping")
    return list(value.items())


def _place(text: str) -> Place:
    parts = text.split("/")
    if len(parts) == 2:
        return parts[0], "", parts[1]
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    raise EvidenceFormatError(f"rbac-baseline {text}", "not KIND/NAME or KIND/NAMESPACE/NAME")


def _rules(value: YamlValue) -> tuple[ShippedRule, ...]:
    if not isinstance(value, list):
        raise EvidenceFormatError("rbac-baseline", "rules are not a list")
    return tuple(_shipped(str(text)) for text in value)


def _shipped(text: str) -> ShippedRule:
    rule, _, until = text.partition(" until ")
    return ShippedRule(rule=_rule(rule), until=parse_version(until))


def _rule(text: str) -> PolicyRule:
    """Read ``get,list core,apps:pods,services named a,b`` or ``get url:/healthz``."""
    head, _, names = text.partition(" named ")
    verbs, _, target = head.partition(" ")
    groups, _, resources = target.partition(":")
    if groups == "url":
        return PolicyRule(
            verbs=tuple(verbs.split(",")), non_resource_urls=tuple(resources.split(","))
        )
    return PolicyRule(
        verbs=tuple(verbs.split(",")),
        api_groups=tuple("" if group == "core" else group for group in groups.split(",")),
        resources=tuple(resources.split(",")),
        resource_names=tuple(names.split(",")) if names else None,
    )


def _binding(value: YamlValue) -> ShippedBinding:
    """Read a list whose first entry is the role and whose others are subjects."""
    if not isinstance(value, list) or not value:
        raise EvidenceFormatError("rbac-baseline", "a binding is not a list")
    kind, _, name = _place(str(value[0]))
    return ShippedBinding(role=(kind, name), subjects=tuple(_place(str(v)) for v in value[1:]))


@lru_cache(maxsize=4096)
def _covered(rule: PolicyRule, shipped: tuple[PolicyRule, ...]) -> bool:
    """Tell whether shipped rules allow all of a rule; a dozen controls ask it of every role."""
    if any(_within(rule, one) for one in shipped):
        return True
    dimensions = (
        rule.verbs or (),
        rule.api_groups or ("",),
        rule.resources or ("",),
        rule.non_resource_urls or ("",),
        rule.resource_names or ("",),
    )
    size = 1
    for values in dimensions:
        size *= len(values)
    if not shipped or size > _MOST_ATOMS:
        return False
    return all(any(_within(atom, one) for one in shipped) for atom in _atoms(rule, dimensions))


def _atoms(rule: PolicyRule, dimensions: tuple[tuple[str, ...], ...]) -> tuple[PolicyRule, ...]:
    return tuple(
        PolicyRule(
            verbs=(verb,),
            api_groups=(group,) if rule.api_groups else None,
            resources=(resource,) if rule.resources else None,
            non_resource_urls=(url,) if rule.non_resource_urls else None,
            resource_names=(name,) if rule.resource_names else None,
        )
        for verb, group, resource, url, name in product(*dimensions)
    )


def _within(rule: PolicyRule, outer: PolicyRule) -> bool:
    """Tell whether one rule allows no more than another."""
    pairs = (
        (rule.verbs, outer.verbs),
        (rule.api_groups, outer.api_groups),
        (rule.resources, outer.resources),
        (rule.non_resource_urls, outer.non_resource_urls),
    )
    if not all(_subset(inner or (), around or ()) for inner, around in pairs):
        return False
    if not outer.resource_names:
        return True
    return bool(rule.resource_names) and _subset(rule.resource_names or (), outer.resource_names)


def _subset(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return ALL in outer or all(value in outer for value in inner)
