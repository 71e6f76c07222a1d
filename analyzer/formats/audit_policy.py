"""Audit policies: rules in order, and the level that a request is recorded at."""

from dataclasses import dataclass, replace

from analyzer.formats.documents import mapping, sequence, text, texts
from analyzer.formats.strict_yaml import YamlValue, load_all
from analyzer.model.errors import EvidenceFormatError

LEVELS = ("None", "Metadata", "Request", "RequestResponse")
"""From nothing to everything; the place in this tuple is the rank."""

_STAGES = frozenset({"RequestReceived", "ResponseComplete"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResources:
    """Resources of one API group that a rule names; no resources stand for all of them.

    Attributes:
        any_group: The group is ``*`` and the API server takes that for every group.
    """

    group: str
    resources: tuple[str, ...]
    names: tuple[str, ...]
    any_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRule:
    """One rule; an empty field does not narrow it."""

    level: str
    users: tuple[str, ...]
    groups: tuple[str, ...]
    verbs: tuple[str, ...]
    resources: tuple[GroupResources, ...]
    namespaces: tuple[str, ...]
    urls: tuple[str, ...]
    omitted_stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPolicy:
    """A policy: ``api_version`` says whether the API server still reads it."""

    api_version: str
    rules: tuple[AuditRule, ...]
    omitted_stages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A resource request by an ordinary user, for trying a policy.

    Attributes:
        subresource: Empty for the resource itself.
    """

    verb: str
    group: str
    resource: str
    subresource: str
    user: str = "someone"
    groups: tuple[str, ...] = ("system:authenticated",)
    namespace: str = "some-namespace"
    name: str = "some-name"


def read_audit_policy(content: str) -> AuditPolicy:
    """Read an audit policy: the first document, as the API server does, which reads no further.

    Source: Unmarshal in kubernetes-sigs/yaml goyaml.v3/yaml.go, behind LoadPolicyFromBytes.

    Raises:
        EvidenceFormatError: Not a Policy of audit.k8s.io, or a level that does not exist.
    """
    documents = load_all(content)
    document = mapping(documents[0] if documents else None, "the document")
    version = text(document.get("apiVersion"), "apiVersion")
    if document.get("kind") != "Policy" or not version.startswith("audit.k8s.io/"):
        raise EvidenceFormatError("", "is not an audit Policy")
    rules = sequence(document.get("rules"), "rules")
    return AuditPolicy(
        api_version=version,
        rules=tuple(_rule(rule, f"rules[{index}]") for index, rule in enumerate(rules)),
        omitted_stages=texts(document.get("omitStages"), "omitStages"),
    )


def names_every_group(policy: AuditPolicy) -> bool:
    """Tell whether a rule is about the group ``*``."""
    return any(entry.group == "*" for rule in policy.rules for entry in rule.resources)


def with_every_group(policy: AuditPolicy) -> AuditPolicy:
    """Return the policy as an API server reads it that takes the group ``*`` for every group.

    Since Kubernetes 1.36 (pull request 135262); to older ones it is a group that does not exist.
    """
    rules = tuple(
        replace(
            rule,
            resources=tuple(replace(e, any_group=e.group == "*") for e in rule.resources),
        )
        for rule in policy.rules
    )
    return replace(policy, rules=rules)


def recorded_level(policy: AuditPolicy, request: Request) -> tuple[str, int | None]:
    """Return the level that a request is recorded at, and the rule that decides.

    The first rule that matches decides; no match, or a rule that leaves out every stage an
    answered request passes through, records nothing.
    """
    for index, rule in enumerate(policy.rules):
        if _matches(rule, request):
            return ("None" if is_silent(policy, rule) else rule.level), index
    return "None", None


def could_match(rule: AuditRule, request: Request) -> bool:
    """Tell whether a rule is about such requests, whoever makes them, wherever, for which name."""
    anyone = replace(
        rule,
        users=(),
        groups=(),
        namespaces=(),
        urls=() if rule.namespaces else rule.urls,
        resources=tuple(replace(entry, names=()) for entry in rule.resources),
    )
    return _matches(anyone, request)


def is_silent(policy: AuditPolicy, rule: AuditRule) -> bool:
    """Tell whether what a rule matches leaves no record."""
    return rule.level == "None" or {*policy.omitted_stages, *rule.omitted_stages} >= _STAGES


def _rule(value: YamlValue, what: str) -> AuditRule:
    rule = mapping(value, what)
    level = text(rule.get("level"), f"{what}.level")
    if level not in LEVELS:
        raise EvidenceFormatError("", f"{what} has no level that exists")
    resources = sequence(rule.get("resources"), f"{what}.resources")
    return AuditRule(
        level=level,
        users=texts(rule.get("users"), f"{what}.users"),
        groups=texts(rule.get("userGroups"), f"{what}.userGroups"),
        verbs=texts(rule.get("verbs"), f"{what}.verbs"),
        resources=tuple(_resources(r, f"{what}.resources") for r in resources),
        namespaces=texts(rule.get("namespaces"), f"{what}.namespaces"),
        urls=texts(rule.get("nonResourceURLs"), f"{what}.nonResourceURLs"),
        omitted_stages=texts(rule.get("omitStages"), f"{what}.omitStages"),
    )


def _resources(value: YamlValue, what: str) -> GroupResources:
    entry = mapping(value, what)
    return GroupResources(
        group=text(entry.get("group"), f"{what}.group"),
        resources=texts(entry.get("resources"), f"{what}.resources"),
        names=texts(entry.get("resourceNames"), f"{what}.resourceNames"),
    )


def _matches(rule: AuditRule, request: Request) -> bool:
    if rule.users and request.user not in rule.users:
        return False
    if rule.groups and not any(group in rule.groups for group in request.groups):
        return False
    if rule.verbs and request.verb not in rule.verbs:
        return False
    if rule.namespaces and request.namespace not in rule.namespaces:
        return False
    if rule.resources:
        return any(_covers(entry, request) for entry in rule.resources)
    return bool(rule.namespaces) or not rule.urls


def _covers(entry: GroupResources, request: Request) -> bool:
    if entry.group != request.group and not entry.any_group:
        return False
    if not entry.resources:
        return True
    if entry.names and request.name not in entry.names:
        return False
    return any(_names(pattern, request) for pattern in entry.resources)


def _names(pattern: str, request: Request) -> bool:
    """Match ``*``, ``pods``, ``pods/log``, ``*/log`` and ``pods/*`` as the API server does."""
    sub = request.subresource
    whole = f"{request.resource}/{sub}" if sub else request.resource
    if pattern in ("*", whole):
        return True
    if sub and pattern == f"*/{sub}":
        return True
    return pattern == f"{request.resource}/*"
