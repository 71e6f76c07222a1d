"""Who a request is tried as: an ordinary user, and everyone whom a silent rule leaves out."""

from dataclasses import dataclass, replace
from itertools import zip_longest

from analyzer.checks.judgement import unique
from analyzer.formats.audit_policy import AuditPolicy, AuditRule, Request, is_silent

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
_MATCHES = 20_000
MOST_CALLERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, and in which namespace.

    Attributes:
        user, group, namespace: Empty where nothing out of the ordinary is tried; the namespace
            is None then, because the empty one stands for requests outside any namespace.
    """

    user: str = ""
    group: str = ""
    namespace: str | None = None

    def ask(self, request: Request) -> Request | None:
        """Return the request as this caller makes it; None when nobody can make it so."""
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
            f" as user {self.user}" if self.user else "",
            f" as a member of {self.group}" if self.group else "",
            f" in namespace {self.namespace}" if self.namespace else "",
            " outside any namespace" if self.namespace == "" else "",
        ]
        return "".join(parts)


def callers(policy: AuditPolicy) -> tuple[tuple[Caller, ...], bool]:
    """Return whom to try, the ordinary user first, and whether that is everyone."""
    named = (c for rule in policy.rules if is_silent(policy, rule) for c in _left_out(rule))
    found = unique((Caller(), *named))
    most = max(1, min(MOST_CALLERS, _MATCHES // max(1, len(policy.rules))))
    return found[:most], len(found) <= most


def _left_out(rule: AuditRule) -> tuple[Caller, ...]:
    """Return callers that a rule is narrowed to; those of Kubernetes' own parts may be left out.

    Each name is tried once, in combination with some name of each other kind.
    """
    users = tuple(u for u in rule.users if not u.startswith(_SYSTEM_USERS))
    groups = tuple(g for g in rule.groups if g not in _SYSTEM_GROUPS)
    if (rule.users and not users) or (rule.groups and not groups):
        return ()
    first_user, first_group = users[:1] or ("",), groups[:1] or ("",)
    first_space: tuple[str | None, ...] = rule.namespaces[:1] or (None,)
    return tuple(
        Caller(
            user=first_user[0] if user is None else user,
            group=first_group[0] if group is None else group,
            namespace=first_space[0] if space is None else space,
        )
        for user, group, space in zip_longest(users, groups, rule.namespaces)
    )
