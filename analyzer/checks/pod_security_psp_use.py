"""Who may use which PodSecurityPolicy, and so whom a permissive one lets through where.

A pod is admitted by any policy that its service account or its creator may ``use`` in the pod's
namespace. Source: kubernetes/kubernetes release-1.24,
plugin/pkg/admission/security/podsecuritypolicy/admission.go.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.checks.api_lists import Lists
from analyzer.checks.rbac_graph import (
    ALL_ACCOUNTS,
    MASTERS,
    Grant,
    Graph,
    place_text,
    subject_source,
)
from analyzer.formats.kube_access import Right, granted_verbs, parse_right
from analyzer.formats.kube_rbac import PolicyRule
from analyzer.model.evidence import Source

ACCOUNTS = "serviceaccounts"
_USE = (
    parse_right("use policy:podsecuritypolicies"),
    parse_right("use extensions:podsecuritypolicies"),
)
_CREATE = (parse_right("create core:pods"),)
_ALL = (parse_right("* *:*"),)
_CALLERS = frozenset(("Group/system:authenticated", f"Group/{ALL_ACCOUNTS}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One grant of ``use``.

    Attributes:
        names: Policies that it is limited to; None stands for every policy.
    """

    grant: Grant
    names: frozenset[str] | None

    def opens(self, policies: Collection[str]) -> bool:
        """Tell whether it covers any of these policies."""
        return self.names is None or any(name in self.names for name in policies)

    def told(self, lists: Lists) -> tuple[str, Source]:
        """Return one clause about it and its place."""
        return self.text, subject_source(self.grant, lists)

    @property
    def text(self) -> str:
        """One clause about it."""
        return f"{self.grant.who} through {place_text(self.grant.binding)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who gets a pod past the policies in one namespace.

    Attributes:
        anyone: Grants by which whoever may create pods there, or workloads there, gets through.
        others: Grants to named users, groups and accounts of elsewhere.
    """

    anyone: tuple[Use, ...]
    others: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Every grant of ``use``, sorted by where it holds and whom it reaches.

    Attributes:
        uses: Grants by namespace; the empty one holds everywhere.
        makers: Accounts that make pods for others: the shipped controllers.
        creators: Subjects that may create pods, by namespace; the empty one is everywhere.
        powerful: Subjects that may do everything, so that no policy holds them anyway.
        accounts: Service accounts that exist, as subjects; None where that is not known.
    """

    uses: Mapping[str, tuple[Use, ...]]
    makers: frozenset[str]
    creators: Mapping[str, frozenset[str]]
    powerful: frozenset[str]
    accounts: frozenset[str] | None

    def reach(self, namespace: str, policies: Collection[str]) -> Reach:
        """Tell who may use any of these policies in a namespace."""
        anyone: list[Use] = []
        others: list[Use] = []
        for use in (*self.uses.get("", ()), *self.uses.get(namespace, ())):
            if not use.opens(policies) or not self._exists(use.grant.who):
                continue
            if self._anyone(use.grant.who, namespace):
                anyone.append(use)
            elif use.grant.who not in self.powerful and self._creates(use.grant.who, namespace):
                others.append(use)
        return Reach(anyone=tuple(anyone), others=tuple(others))

    def _exists(self, who: str) -> bool:
        known = self.accounts
        return known is None or not who.startswith("ServiceAccount/") or who in known

    def _anyone(self, who: str, namespace: str) -> bool:
        if who in _CALLERS or who == f"Group/{ALL_ACCOUNTS}:{namespace}":
            return True
        if who.startswith(f"ServiceAccount/{namespace}/") or who in self.makers:
            return True
        group = who.removeprefix(f"Group/{ALL_ACCOUNTS}:")
        return group != who and any(m.startswith(f"ServiceAccount/{group}/") for m in self.makers)

    def _creates(self, who: str, namespace: str) -> bool:
        """Tell whether a subject may make pods; of a person's groups nothing is known."""
        kind, _, rest = who.partition("/")
        if kind != "ServiceAccount":
            return True
        home = rest.partition("/")[0]
        names = {who, *_CALLERS, f"Group/{ALL_ACCOUNTS}:{home}"}
        return any(names & self.creators.get(place, frozenset()) for place in ("", namespace))


def policy_users(graph: Graph, lists: Lists) -> Users:
    """Sort every grant of the graph."""
    creating = [grant for grant in graph.grants if _grants(grant, _CREATE)]
    wide = (grant for grant in graph.grants if not grant.binding[1])
    return Users(
        uses=_by_namespace(graph.grants),
        makers=frozenset(
            grant.who
            for grant in creating
            if grant.shipped and grant.who.startswith("ServiceAccount/")
        ),
        creators=_creators(creating),
        powerful=frozenset({MASTERS, *(g.who for g in wide if _grants(g, _ALL))}),
        accounts=_accounts(lists),
    )


def _grants(grant: Grant, rights: tuple[Right, ...]) -> bool:
    return any(granted_verbs(rule, right) for rule in grant.role.rules for right in rights)


def _by_namespace(grants: Iterable[Grant]) -> Mapping[str, tuple[Use, ...]]:
    found: dict[str, list[Use]] = {}
    for grant in grants:
        rules = [rule for rule in grant.role.rules if any(granted_verbs(rule, r) for r in _USE)]
        if rules:
            use = Use(grant=grant, names=_names(rules))
            found.setdefault(grant.binding[1], []).append(use)
    return MappingProxyType({place: tuple(uses) for place, uses in found.items()})


def _names(rules: Iterable[PolicyRule]) -> frozenset[str] | None:
    names: set[str] = set()
    for rule in rules:
        if not rule.resource_names:
            return None
        names.update(rule.resource_names)
    return frozenset(names)


def _creators(grants: Iterable[Grant]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for grant in grants:
        found.setdefault(grant.binding[1], set()).add(grant.who)
    return MappingProxyType({place: frozenset(names) for place, names in found.items()})


def _accounts(lists: Lists) -> frozenset[str] | None:
    found = lists.present.get(ACCOUNTS)
    if found is None or found.malformed:
        return None
    return frozenset(
        f"ServiceAccount/{item.value.namespace}/{item.value.name}" for item in found.items
    )
