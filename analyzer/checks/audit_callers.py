"""Who a request is tried as: an ordinary user, and everyone whom some rule sets apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from analyzer.checks.judgement import unique
from analyzer.formats.audit_policy import (
    LEVELS,
    AuditPolicy,
    AuditRule,
    Request,
    could_match,
    is_silent,
)

_SYSTEM_USERS = (
    "system:kube-",
    "system:node:",
    "system:apiserver",
    "system:unsecured",
    "system:serviceaccount:kube-system:",
)
_SYSTEM_GROUPS = ("system:nodes",)
_EVERYONE, _NOBODY = "system:authenticated", "system:unauthenticated"
_ANONYMOUS, _ACCOUNT = "system:anonymous", "system:serviceaccount:"
_CLUSTER_SCOPED = ("tokenreviews",)
_MADE_UP = "anything"  # a kind that may live in no namespace as well as in one
MOST_CALLERS = 200
_MATCHES = 100_000
"""Names in the policy times callers: the comparisons that each kind of request may cost."""
_COMBINED = 20_000
"""Callers that rules may set apart, the same one as often as it is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request and the level it has to be recorded at: exactly, or at least."""

    request: Request
    level: str
    exactly: bool

    def met_by(self, level: str) -> bool:
        """Tell whether a level is what was asked."""
        rank, wanted = LEVELS.index(level), LEVELS.index(self.level)
        return rank == wanted if self.exactly else rank >= wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, in which namespace, and for which object.

    Attributes:
        user, group, namespace, name: Empty where nothing out of the ordinary is tried; the
            namespace is None then, because the empty one stands for requests outside any.
    """

    user: str = ""
    group: str = ""
    namespace: str | None = None
    name: str = ""

    def ask(self, request: Request) -> Request | None:
        """Return the request as this caller makes it; None when nobody can make it so."""
        if self.name and request.verb == "create" and not request.subresource:
            return None  # what does not exist yet has no name in the request
        inside = self.namespace
        if request.resource in _CLUSTER_SCOPED:
            inside = ""
        elif inside == "" and request.verb not in ("list", "watch"):
            inside = inside if request.resource == _MADE_UP else None
            if inside is None:
                return None
        return replace(
            request,
            user=self.user or (_ANONYMOUS if self.group == _NOBODY else request.user),
            groups=self._groups(),
            namespace=request.namespace if inside is None else inside,
            name=self.name or request.name,
        )

    def _groups(self) -> tuple[str, ...]:
        if self.group == _NOBODY or self.user == _ANONYMOUS:
            return (_NOBODY,)
        implied: tuple[str, ...] = ()
        if self.user.startswith(_ACCOUNT):
            space = self.user.removeprefix(_ACCOUNT).partition(":")[0]
            implied = ("system:serviceaccounts", f"system:serviceaccounts:{space}")
        return unique((_EVERYONE, *implied, *((self.group,) if self.group else ())))

    @property
    def said(self) -> str:
        """Return the caller in words; empty for the ordinary one."""
        parts = [
            f" of the name {self.name}" if self.name else "",
            f" as user {self.user}" if self.user else "",
            f" as a member of {self.group}" if self.group else "",
            f" in namespace {self.namespace}" if self.namespace else "",
            " outside any namespace" if self.namespace == "" else "",
        ]
        return "".join(parts)


def unnamed(policy: AuditPolicy, probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """Return the probes as of a user, namespace and object that no rule of the policy names."""
    taken = {name for rule in policy.rules for name in (*rule.users, *rule.namespaces)}
    taken |= {name for rule in policy.rules for entry in rule.resources for name in entry.names}
    return tuple(replace(probe, request=_unnamed(probe.request, taken)) for probe in probes)


def _unnamed(request: Request, taken: set[str]) -> Request:
    return replace(
        request,
        user=_other(request.user, taken),
        namespace=_other(request.namespace, taken),
        name=_other(request.name, taken),
    )


def _other(name: str, taken: set[str]) -> str:
    while name and name in taken:
        name += "-else"
    return name


def callers(policy: AuditPolicy, probes: tuple[Probe, ...]) -> tuple[tuple[Caller, ...], bool]:
    """Return whom to try, the ordinary user first, and whether that is everyone.

    Tried is everyone whom a rule sets apart that would record one of the requests otherwise
    than asked: too little, or too much.
    """
    most = max(1, min(MOST_CALLERS, _MATCHES // max(1, _size(policy))))
    named = (c for rule in policy.rules for c in _set_apart(policy, rule, probes))
    found = {Caller(): None}
    for caller in islice(named, _COMBINED):
        if len(found) == most and caller not in found:
            return tuple(found), False
        found[caller] = None
    return tuple(found), next(named, None) is None


def _size(policy: AuditPolicy) -> int:
    """Return how many names a request is compared with until no rule matches."""
    lists = (
        part
        for rule in policy.rules
        for part in (
            rule.users,
            rule.groups,
            rule.verbs,
            rule.namespaces,
            rule.resources,
            *(entry.resources + entry.names for entry in rule.resources),
        )
    )
    return len(policy.rules) + sum(map(len, lists))


def _set_apart(policy: AuditPolicy, rule: AuditRule, probes: tuple[Probe, ...]) -> Iterator[Caller]:
    silent = is_silent(policy, rule)
    level = "None" if silent else rule.level
    wrong = (probe.request for probe in probes if not probe.met_by(level))
    if not any(could_match(rule, request) for request in wrong):
        return iter(())
    return _left_out(rule) if silent else _combined(rule, rule.users, rule.groups)


def _left_out(rule: AuditRule) -> Iterator[Caller]:
    """Return callers that a silent rule leaves out, less Kubernetes' own parts."""
    users = tuple(u for u in rule.users if not u.startswith(_SYSTEM_USERS))
    groups = tuple(g for g in rule.groups if g not in _SYSTEM_GROUPS)
    if (rule.users and not users) or (rule.groups and not groups):
        return iter(())
    return _combined(rule, users, groups)


def _combined(rule: AuditRule, users: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Caller]:
    """Yield each name together with each of the other kinds: another rule may take some out."""
    names = tuple(name for entry in rule.resources for name in entry.names)
    spaces: tuple[str | None, ...] = rule.namespaces
    for user, group, space, name in product(
        unique(users) or ("",),
        unique(groups) or ("",),
        unique(spaces) or (None,),
        unique(names) or ("",),
    ):
        yield Caller(user=user, group=group, namespace=space, name=name)
