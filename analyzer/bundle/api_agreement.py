"""Lists of one cluster, against themselves, one another, and what no cluster is without.

A list can be whole by its own count and still not be what the API server holds: a proxy in
front of it may have left objects out, or the bundle was changed and sealed again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from analyzer.formats.kube_meta import KubeObject
from analyzer.formats.kube_objects import KINDS, RBAC
from analyzer.model.api import Malformed, ResourceList
from analyzer.model.evidence import Evidence, Present

NAMESPACES = "namespaces"
ALWAYS_THERE: Mapping[str, str] = MappingProxyType(
    {NAMESPACES: "kube-system", f"clusterroles.{RBAC}": "cluster-admin"}
)
"""An object that the API server makes itself and makes again when it is gone, by its list."""

_LONGEST = 400
"""Characters of a sentence; a name may be longer."""
_Lists = dict[str, Evidence[ResourceList[Any]]]


def whole_list_doubt(resource: str, objects: tuple[KubeObject, ...]) -> str:
    """Say why a list is not what a server holds; empty where nothing speaks against it.

    Args:
        resource: ``pods``, ``roles.rbac.authorization.k8s.io``.
        objects: Those that could be read.
    """
    named = Counter((one.namespace, one.name) for one in objects)
    again = [name for (_, name), times in named.items() if times > 1]
    if again:
        return f"{again[0]} is in the list more than once"
    lacking = ALWAYS_THERE.get(resource)
    if lacking is not None and ("", lacking) not in named:
        return f"{lacking} is not in the list, and every API server holds it"
    return ""


def with_unlisted_namespaces(lists: _Lists) -> _Lists:
    """Add to the namespaces those that objects live in and that their own list lacks.

    They are there, and nothing is known of their labels: each counts as one that could not
    be read.
    """
    known = lists.get(NAMESPACES)
    if not isinstance(known, Present):
        return lists
    names = {item.value.name for item in known.value.items}
    unlisted: dict[str, Malformed] = {}
    for resource in sorted(lists):
        for name, line in _places(resource, lists[resource]):
            if name not in names:
                told = f"line {line} of {resource} lives in {name}, which is not in the list"
                unlisted.setdefault(name, Malformed(line=0, detail=told[:_LONGEST]))
    if not unlisted:
        return lists
    whole = replace(known.value, malformed=(*known.value.malformed, *unlisted.values()))
    return {**lists, NAMESPACES: replace(known, value=whole)}


def _places(resource: str, found: Evidence[ResourceList[Any]]) -> list[tuple[str, int]]:
    """Return the namespace and line of every object that lives in one."""
    if not isinstance(found, Present) or (resource in KINDS and not KINDS[resource][2]):
        return []
    return [(item.value.namespace, item.line) for item in found.value.items if item.value.namespace]
