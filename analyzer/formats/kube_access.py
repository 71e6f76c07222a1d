"""What an RBAC rule allows, as the API server's own authorizer reads it.

Source: kubernetes/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go. Of resources only ``*``,
the exact ``resource/subresource`` and ``*/subresource`` match; ``pods/*`` in a rule is an exact
text like any other and grants nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzer.formats.kube_rbac import PolicyRule

ALL = "*"
EVERY_VERB = frozenset(
    {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
)
"""Verbs of requests for resources: named together they allow what ``*`` does
(https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb).
"""

CLUSTER_SCOPED = frozenset(
    {
        ("", "groups"),
        ("", "namespaces"),
        ("", "nodes"),
        ("", "persistentvolumes"),
        ("", "users"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
        ("authentication.k8s.io", "uids"),
        ("authentication.k8s.io", "userextras"),
        ("certificates.k8s.io", "certificatesigningrequests"),
        ("certificates.k8s.io", "signers"),
        ("rbac.authorization.k8s.io", "clusterrolebindings"),
        ("rbac.authorization.k8s.io", "clusterroles"),
    }
)
"""Resources without a namespace: no RoleBinding can grant them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right that a rule may grant.

    Attributes:
        verbs: Any of these suffices; ``any`` stands for every verb, ``*`` for all verbs at once,
            by the wildcard or each by its name.
        group: API group, empty for core, ``*`` for all groups at once.
        resource: ``secrets``; ``*`` asks for the wildcard itself.
        subresource: ``proxy``, ``*`` for any, or empty.
    """

    verbs: tuple[str, ...]
    group: str
    resource: str
    subresource: str

    @property
    def cluster_scoped(self) -> bool:
        """Only a ClusterRoleBinding can grant it.

        ``bind`` is the exception: a ClusterRole may be bound within one namespace, and the API
        server asks for ``bind`` in that namespace (pkg/registry/rbac/helpers.go of kubernetes).
        """
        return (self.group, self.resource) in CLUSTER_SCOPED and self.verbs != ("bind",)


def parse_right(text: str) -> Right:
    """Read ``get,list,watch core:secrets`` or ``any core:nodes/proxy``.

    Raises:
        ValueError: The text has another form.
    """
    verbs, _, target = text.partition(" ")
    group, colon, path = target.partition(":")
    if not (verbs and colon and path):
        raise ValueError(f"not a right: {text!r}")
    resource, _, sub = path.partition("/")
    return Right(
        verbs=tuple(verbs.split(",")),
        group="" if group == "core" else group,
        resource=resource,
        subresource=sub,
    )


def granted_verbs(rule: PolicyRule, right: Right) -> tuple[str, ...]:
    """Return the verbs of a right that a rule grants; empty when it grants none of them."""
    if not _group_fits(rule, right.group) or not _resource_fits(rule, right):
        return ()
    verbs = tuple(rule.verbs or ())
    if right.verbs == ("any",):
        granted = verbs
    elif ALL in right.verbs:
        granted = (ALL,) if ALL in verbs else _each_by_name(rule)
    else:
        granted = tuple(verb for verb in right.verbs if verb in verbs or ALL in verbs)
    return _without_impossible(rule, right, granted)


def together(rules: Sequence[PolicyRule], right: Right) -> tuple[int, ...]:
    """Return the positions of rules that only together grant all verbs at once, if they do."""
    if ALL not in right.verbs:
        return ()
    part = replace(right, verbs=("any",))
    found = tuple(
        position
        for position, rule in enumerate(rules)
        if not rule.resource_names and granted_verbs(rule, part)
    )
    verbs = {verb for position in found for verb in rules[position].verbs or ()}
    return found if verbs >= EVERY_VERB else ()


def _each_by_name(rule: PolicyRule) -> tuple[str, ...]:
    """Return a rule's verbs if they leave none out; with names of objects no create is allowed."""
    verbs = tuple(rule.verbs or ())
    return verbs if EVERY_VERB.issubset(verbs) and not rule.resource_names else ()


def _without_impossible(
    rule: PolicyRule, right: Right, granted: tuple[str, ...]
) -> tuple[str, ...]:
    """Names cannot allow a top-level create: the object's name is not part of that request."""
    if rule.resource_names and not right.subresource:
        return tuple(verb for verb in granted if verb != "create")
    return granted


def _group_fits(rule: PolicyRule, group: str) -> bool:
    groups = rule.api_groups or ()
    return ALL in groups or group in groups


def _resource_fits(rule: PolicyRule, right: Right) -> bool:
    resources = rule.resources or ()
    if ALL in resources:
        return True
    if right.subresource == ALL:
        return any(name.partition("/")[0] == right.resource and "/" in name for name in resources)
    if not right.subresource:
        return right.resource in resources
    exact = f"{right.resource}/{right.subresource}"
    return exact in resources or f"*/{right.subresource}" in resources


def wildcards(rule: PolicyRule) -> tuple[str, ...]:
    """Return the places of a rule that hold a wildcard, as JSON pointer tails."""
    places = [
        f"/{field}/{index}"
        for field, values in (
            ("verbs", rule.verbs),
            ("apiGroups", rule.api_groups),
            ("resources", rule.resources),
            ("nonResourceURLs", rule.non_resource_urls),
        )
        for index, value in enumerate(values or ())
        if value in (ALL, "/*") or (field == "resources" and value.startswith("*/"))
    ]
    return tuple(places)


def only_lists(rule: PolicyRule) -> bool:
    """Tell whether a rule gives no more than our collector asks for: lists of what holds no secret.

    Settings of kubelets, through nodes/proxy, are the one thing beyond (docs/collecting.md).
    """
    verbs, resources = set(rule.verbs or ()), set(rule.resources or ())
    if rule.non_resource_urls or ALL in (rule.api_groups or ()):
        return False
    if resources == {"nodes/proxy"}:
        return verbs <= {"get"}
    plain = not any("/" in name or name in (ALL, "secrets") for name in resources)
    return plain and verbs <= {"get", "list"}


def rule_text(rule: PolicyRule) -> str:
    """Write a rule in one line: verbs, then groups and resources or URLs, then names."""
    verbs = ",".join(rule.verbs or ())
    if rule.non_resource_urls:
        return f"{verbs} on URLs {','.join(rule.non_resource_urls)}"
    groups = ",".join(group or "core" for group in rule.api_groups or ())
    named = f" named {','.join(rule.resource_names)}" if rule.resource_names else ""
    return f"{verbs} on {groups}:{','.join(rule.resources or ())}{named}"
