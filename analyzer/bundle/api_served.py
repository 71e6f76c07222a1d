"""What an API server serves, and whether a record is the whole list of one kind."""

import re
from collections.abc import Mapping
from typing import Any

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.places import blob_member, misfit, source, why_not
from analyzer.formats.strict_json import parse_object, split_lines
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Evidence, Present, Unreadable
from analyzer.model.verdict import Reason

DISCOVERY = "api/discovery"
ALWAYS_SERVED = frozenset(
    {
        "configmaps",
        "endpoints",
        "limitranges",
        "namespaces",
        "nodes",
        "persistentvolumeclaims",
        "persistentvolumes",
        "pods",
        "podtemplates",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "serviceaccounts",
        "services",
        "clusterrolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "roles.rbac.authorization.k8s.io",
    }
)
"""Kinds that no Kubernetes cluster lacks: a discovery without them was not its own."""

_ONE_NAMESPACE = {"configmaps": "/api/v1/namespaces/default/configmaps"}
"""Kinds that the collector asks for in one namespace only."""
_OK = 200


def is_served(resource: str, served: frozenset[str]) -> bool:
    """Tell whether a kind is offered, or is one that every server offers."""
    return resource in served or resource in ALWAYS_SERVED


def served_resources(bundle: Bundle) -> Evidence[frozenset[str]]:
    """Return the resource names that the server offers, when discovery was complete."""
    found = [probe for probe in bundle.probes if probe.probe == DISCOVERY]
    if not found:
        detail = "discovery was not collected"
        return Unreadable(reason=Reason.NE_API_NOT_COLLECTED, detail=detail)
    if len(found) > 1:
        return misfit(bundle, found[-1], "discovery is in the bundle more than once")
    return _discovery(bundle, found[0])


def namespaced_kinds(bundle: Bundle) -> tuple[str, ...] | None:
    """Return the kinds with objects in namespaces that can be listed; None when not known.

    A line says whether its kind can be listed from the collector that takes the census on; where
    it does not, the kind is taken for one that can.
    """
    if not isinstance(served_resources(bundle), Present):
        return None
    (probe,) = (one for one in bundle.probes if one.probe == DISCOVERY)
    member = blob_member(probe)
    values = _lines(bundle.members[member]) if member is not None else []
    kinds = {
        _name(value)
        for value in values
        if value.get("namespaced") is not False and value.get("listable") is not False
    }
    return tuple(sorted(kinds))


def is_single_object(probe: ProbeRecord, resource: str) -> bool:
    """Tell whether a record asked for one object by name: it is not the list of its kind."""
    name, _, group = resource.partition(".")
    pattern = rf"{_root(group)}(?:namespaces/[^/]+/)?{re.escape(name)}/[^/]+"
    return re.fullmatch(pattern, probe.record["target"]) is not None


def is_census(probe: ProbeRecord, resource: str) -> bool:
    """Tell whether a record asked for a kind's objects in namespace default alone."""
    name, _, group = resource.partition(".")
    pattern = rf"{_root(group)}namespaces/default/{re.escape(name)}"
    asked = re.fullmatch(pattern, probe.record["target"]) is not None
    return asked and resource not in _ONE_NAMESPACE


def list_problem(probe: ProbeRecord, resource: str) -> str:
    """Say why a record is not the whole list that it was asked for; empty when it is.

    Args:
        probe: A record with status ``ok`` that says it is complete.
        resource: The kind that its id names.
    """
    facts = probe.record["api"]
    name, _, group = resource.partition(".")
    target = probe.record["target"]
    whole = re.fullmatch(rf"{_root(group)}{re.escape(name)}", target) is not None
    tests = (
        (
            (facts.get("resource"), facts.get("group") or "") != (name, group),
            "the facts of the list are those of another kind",
        ),
        (
            not whole and target != _ONE_NAMESPACE.get(resource) and not is_census(probe, resource),
            "not the path of the list over the whole cluster",
        ),
        (facts.get("items") is None, "the record does not count its objects"),
        (not facts.get("pages"), "the record counts no page that was read"),
        (facts.get("http_code") not in {None, _OK}, "the API server did not answer 200"),
    )
    return next((problem for wrong, problem in tests if wrong), "")


def _root(group: str) -> str:
    """Return a pattern for the path of a group, in whatever version."""
    return rf"/apis/{re.escape(group)}/v\w+/" if group else "/api/v1/"


def _discovery(bundle: Bundle, probe: ProbeRecord) -> Evidence[frozenset[str]]:
    if probe.status != "ok":
        return why_not(bundle, probe, status="error" if probe.status == "absent" else None)
    facts = probe.record.get("api") or {}
    member = blob_member(probe)
    if member is None or facts.get("complete") is not True:
        return why_not(bundle, probe, status="truncated")
    try:
        names = _names(bundle.members[member])
    except EvidenceFormatError as error:
        return misfit(bundle, probe, error.what)
    if facts.get("items") != len(names):
        return misfit(bundle, probe, "another number of kinds was recorded than is there")
    served = frozenset(names)
    lacking = sorted(ALWAYS_SERVED - served)
    if lacking:
        return misfit(bundle, probe, f"the server would not serve {', '.join(lacking[:3])}")
    return Present(value=served, source=source(bundle, member))


def _names(data: bytes) -> list[str]:
    return [_name(value) for value in _lines(data)]


def _lines(data: bytes) -> list[dict[str, Any]]:
    values = []
    for number, line in split_lines(data, max_length=DEFAULT_LIMITS.line_length):
        value = parse_object(line)
        group, resource = value.get("group"), value.get("resource")
        if not isinstance(resource, str) or not isinstance(group, str | None):
            raise EvidenceFormatError("", f"line {number} names no resource")
        values.append(value)
    return values


def _name(value: Mapping[str, Any]) -> str:
    group, resource = value.get("group"), value["resource"]
    return f"{resource}.{group}" if group else str(resource)
