"""Who is granted which rules, and which of that ships with Kubernetes: resolved once per check."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from analyzer.checks.api_lists import Lists
from analyzer.formats.kube_access import only_lists, rule_text
from analyzer.formats.kube_baseline import Baseline, Place, shipped_baseline
from analyzer.formats.kube_objects import RBAC
from analyzer.formats.kube_rbac import PolicyRule, Role, RoleBinding, Subject
from analyzer.model.api import Item
from analyzer.model.context import Context
from analyzer.model.evidence import Source

ROLES = f"roles.{RBAC}"
CLUSTER_ROLES = f"clusterroles.{RBAC}"
ROLE_BINDINGS = f"rolebindings.{RBAC}"
CLUSTER_ROLE_BINDINGS = f"clusterrolebindings.{RBAC}"
RESOURCES = (CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES)

EVERYONE = ("system:anonymous", "system:authenticated", "system:unauthenticated")
ALL_ACCOUNTS = "system:serviceaccounts"
ACCOUNT_USER = "system:serviceaccount:"
MASTERS = "Group/system:masters"
"""Who may do everything before any role is asked, so that no binding gives it anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEntry:
    """One role in evidence.

    Attributes:
        place: Kind, namespace and name.
        extra: Positions of the rules that the shipped role of that place does not cover; all of
            them for a role that does not ship.
        shipped: The role is part of the baseline and grants nothing beyond it.
        aggregated: Label selectors (``a=b``) whose ClusterRoles a controller merged into it.
    """

    place: Place
    rules: tuple[PolicyRule, ...]
    extra: tuple[int, ...]
    shipped: bool
    aggregated: tuple[str, ...]
    resource: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One subject of one binding.

    Attributes:
        who: ``User/NAME``, ``Group/NAME`` or ``ServiceAccount/NAMESPACE/NAME``.
        everyone: The subject stands for every caller or every service account of a namespace.
        binding: Kind, namespace and name; the namespace limits the effect, empty is cluster-wide.
        shipped: Binding and subject are part of the baseline.
        own: The binding belongs to the collector, by the declared policy and by what it grants.
    """

    who: str
    everyone: bool
    binding: Place
    role: RoleEntry
    shipped: bool
    own: bool
    resource: str
    line: int
    pointer: str

    def positions(self) -> tuple[int, ...]:
        """Return which of the role's rules count: what ships is set aside."""
        return self.role.extra if self.shipped else tuple(range(len(self.role.rules)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A subject of a binding whose role does not exist: it is granted nothing, until it does.

    Attributes:
        who: As of a grant.
        text: ``ClusterRoleBinding/b -> role``.
    """

    who: str
    text: str
    resource: str
    line: int
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All roles and grants, with what could not be resolved.

    Attributes:
        dangling: Bindings whose role does not exist: they grant nothing now.
        idle: The subjects of those bindings.
        invalid: Service accounts without a namespace in cluster-wide bindings: they name nobody.
    """

    baseline: str
    roles: tuple[RoleEntry, ...]
    grants: tuple[Grant, ...]
    dangling: tuple[str, ...]
    idle: tuple[Idle, ...]
    invalid: tuple[str, ...]


def resolve(lists: Lists, context: Context) -> Graph:
    """Resolve every binding; linear in the number of roles, bindings and subjects."""
    baseline = shipped_baseline()
    roles = _roles(lists, baseline, context)
    grants: list[Grant] = []
    dangling: list[str] = []
    idle: list[Idle] = []
    invalid: list[str] = []
    for resource, place, item in _bindings(lists):
        binding: RoleBinding = item.value
        role = roles.get(_target(binding, place))
        if role is None:
            if _roles_known(lists, binding):
                dangling.append(f"{place_text(place)} -> {binding.role_ref.name}")
                idle.extend(_idle(resource, item, dangling[-1]))
            continue
        own = _is_collectors(binding, role, context)
        for index, subject in enumerate(binding.subjects or ()):
            if subject.kind == "ServiceAccount" and not (subject.namespace or place[1]):
                invalid.append(f"{place_text(place)} subject {subject.name}")
                continue
            grants.append(
                Grant(
                    who=_who(subject, place[1]),
                    everyone=_everyone(subject),
                    binding=place,
                    role=role,
                    shipped=baseline.ships(place, binding, subject),
                    own=own,
                    resource=resource,
                    line=item.line,
                    pointer=f"/subjects/{index}",
                )
            )
    return Graph(
        baseline=baseline.title,
        roles=tuple(roles.values()),
        grants=tuple(grants),
        dangling=tuple(dangling),
        idle=tuple(idle),
        invalid=tuple(invalid),
    )


def place_text(place: Place) -> str:
    """Write a place as a subject of the contract: ``KIND/NAMESPACE/NAME`` or ``KIND/NAME``."""
    return "/".join(part for part in place if part)


def grant_sources(grant: Grant, lists: Lists, position: int) -> tuple[Source, Source]:
    """Return where a grant's subject and the rule it receives can be read."""
    return subject_source(grant, lists), rule_source(grant.role, lists, position)


def subject_source(grant: Grant, lists: Lists) -> Source:
    """Return where the subject of a binding can be read."""
    text = f"{place_text(grant.binding)} grants {place_text(grant.role.place)} to {grant.who}"
    return lists.at(grant.resource, grant.line, grant.pointer, text)


def idle_source(idle: Idle, lists: Lists) -> Source:
    """Return where a subject that is granted nothing now can be read."""
    return lists.at(idle.resource, idle.line, idle.pointer, f"{idle.text} names {idle.who}")


def rule_source(role: RoleEntry, lists: Lists, position: int, tail: str = "") -> Source:
    """Return where one rule of a role can be read."""
    text = f"{place_text(role.place)}: {rule_text(role.rules[position])}"
    return lists.at(role.resource, role.line, f"/rules/{position}{tail}", text)


def _roles(lists: Lists, baseline: Baseline, context: Context) -> Mapping[Place, RoleEntry]:
    found: dict[Place, RoleEntry] = {}
    for resource, kind in ((CLUSTER_ROLES, "ClusterRole"), (ROLES, "Role")):
        for item in lists.items(resource):
            role: Role = item.value
            place = (kind, role.namespace if kind == "Role" else "", role.name)
            rules = role.rules or ()
            extra = baseline.extra_rules(place, rules, context.version)
            found[place] = RoleEntry(
                place=place,
                rules=rules,
                extra=extra,
                shipped=place in baseline.roles and not extra,
                aggregated=_aggregated(role),
                resource=resource,
                line=item.line,
            )
    return MappingProxyType(found)


def _aggregated(role: Role) -> tuple[str, ...]:
    selectors = role.aggregation_rule.cluster_role_selectors if role.aggregation_rule else None
    return tuple(
        f"{key}={value}"
        for selector in selectors or ()
        for key, value in sorted((selector.match_labels or {}).items())
    ) or (("expressions",) if selectors else ())


def _bindings(lists: Lists) -> Iterator[tuple[str, Place, Item[Any]]]:
    for item in lists.items(CLUSTER_ROLE_BINDINGS):
        yield CLUSTER_ROLE_BINDINGS, ("ClusterRoleBinding", "", item.value.name), item
    for item in lists.items(ROLE_BINDINGS):
        yield ROLE_BINDINGS, ("RoleBinding", item.value.namespace, item.value.name), item


def _idle(resource: str, item: Item[Any], text: str) -> Iterator[Idle]:
    for index, subject in enumerate(item.value.subjects or ()):
        yield Idle(
            who=_who(subject, item.value.namespace),
            text=text,
            resource=resource,
            line=item.line,
            pointer=f"/subjects/{index}",
        )


def _is_collectors(binding: RoleBinding, role: RoleEntry, context: Context) -> bool:
    """Tell whether a binding is the collector's: a name alone proves nothing, its rights do."""
    named = context.policy.matches("own-collector-names", binding.name)
    return named and all(only_lists(rule) for rule in role.rules)


def _target(binding: RoleBinding, place: Place) -> Place:
    kind = binding.role_ref.kind
    return kind, place[1] if kind == "Role" else "", binding.role_ref.name


def _roles_known(lists: Lists, binding: RoleBinding) -> bool:
    resource = ROLES if binding.role_ref.kind == "Role" else CLUSTER_ROLES
    return resource in lists.present and not lists.present[resource].malformed


def _who(subject: Subject, home: str) -> str:
    """Name a subject; a service account's user name means the account itself.

    An account without a namespace is one of ``home``, the namespace of the binding.
    Source: appliesToUser in kubernetes/kubernetes pkg/registry/rbac/validation/rule.go.
    """
    if subject.kind == "ServiceAccount":
        return f"ServiceAccount/{subject.namespace or home}/{subject.name}"
    if subject.kind == "User" and subject.name.startswith(ACCOUNT_USER):
        namespace, _, name = subject.name.removeprefix(ACCOUNT_USER).partition(":")
        if namespace and name:
            return f"ServiceAccount/{namespace}/{name}"
    return f"{subject.kind}/{subject.name}"


def _everyone(subject: Subject) -> bool:
    if subject.kind == "User":
        return subject.name == "system:anonymous"
    accounts = subject.name == ALL_ACCOUNTS or subject.name.startswith(f"{ALL_ACCOUNTS}:")
    return subject.kind == "Group" and (subject.name in EVERYONE or accounts)
