"""Which pods of a namespace a Kyverno rule matches: all, some, or none of them.

Source: https://kyverno.io/docs/policy-types/cluster-policy/match-exclude/
"""

import re
from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Any

from analyzer.formats.kube_meta import read_selector

Fields = Mapping[str, Any]
_DECIDED = frozenset(("kinds", "namespaces", "namespaceSelector", "operations"))
"""Parts of a resource filter that a namespace's new pods either all satisfy or none does."""
_ACTIONS = frozenset(("audit", "enforce"))
_API_VERSION = re.compile(r"v[0-9]+((alpha|beta)[0-9]+)?|\*")
_LATER = "ephemeralcontainers"


@unique
class Extent(IntEnum):
    """How many of a namespace's pods something is about."""

    NONE = 0
    SOME = 1
    ALL = 2


def matched(rule: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    """Return the extent of a rule's ``match``; one that is empty is not understood.

    Args:
        rule: The rule.
        namespace: Name of the namespace.
        labels: The namespace's labels.
    """
    block = fields(rule.get("match"))
    return _block(block, namespace, labels) if block else Extent.SOME


def excluded(rule: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    """Return the extent of a rule's ``exclude``."""
    block = fields(rule.get("exclude"))
    return _block(block, namespace, labels) if block else Extent.NONE


def overridden(
    overrides: object, namespace: str, labels: dict[str, str], otherwise: frozenset[str]
) -> frozenset[str]:
    """Return every action, in lower case, that a violation in a namespace may lead to.

    The first override that fits decides; one that may fit leaves open what comes after it.

    Args:
        overrides: The list as written.
        namespace: Name of the namespace.
        labels: The namespace's labels.
        otherwise: The actions when none fits.
    """
    possible = set()
    for one in entries(overrides):
        action = str(one.get("action", "")).lower()
        extent = _fits(one, namespace, labels)
        if action not in _ACTIONS or extent is Extent.NONE:
            continue
        possible.add(action)
        if extent is Extent.ALL:
            return frozenset(possible)
    return otherwise.union(possible)


def glob(pattern: str, text: str) -> bool:
    """Match ``*`` and ``?`` as Kyverno does; linear but for one step back a star."""
    at = star = mark = 0
    last = -1
    while at < len(text):
        wanted = pattern[star : star + 1]
        if wanted == "*":
            last, mark, star = star, at, star + 1
        elif wanted and wanted in ("?", text[at]):
            at, star = at + 1, star + 1
        elif last >= 0:
            mark += 1
            at, star = mark, last + 1
        else:
            return False
    return not pattern[star:].strip("*")


def fields(value: object) -> Fields:
    """Return a mapping, empty for anything else."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[Fields]:
    """Return the mappings of a list, none for anything else."""
    return [one for one in _list(value) if isinstance(one, dict)]


def _block(block: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    any_of, all_of = block.get("any"), block.get("all")
    if (any_of or all_of) and sum(1 for value in block.values() if value) > 1:
        return Extent.SOME
    if isinstance(any_of, list):
        return max((_filter(fields(o), namespace, labels) for o in any_of), default=Extent.SOME)
    if isinstance(all_of, list):
        return min((_filter(fields(o), namespace, labels) for o in all_of), default=Extent.SOME)
    return _filter(block, namespace, labels)


def _filter(one: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    resources = fields(one.get("resources"))
    extent = _resources(resources, namespace, labels)
    if extent is Extent.NONE:
        return extent
    further = any(value for name, value in one.items() if name != "resources")
    return Extent.SOME if further or not resources else extent


def _resources(resources: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    names, operations = resources.get("namespaces"), resources.get("operations")
    if names and not any(glob(str(pattern), namespace) for pattern in _list(names)):
        return Extent.NONE
    if operations and "CREATE" not in _list(operations):
        return Extent.NONE
    kinds, selector = resources.get("kinds"), resources.get("namespaceSelector")
    unclear = Extent.SOME if kinds else Extent.ALL
    about = max((_pods(str(kind)) for kind in _list(kinds)), default=unclear)
    chosen = Extent.ALL if selector is None else _chosen(selector, labels)
    further = any(value for name, value in resources.items() if name not in _DECIDED)
    return min(about, chosen, Extent.SOME if further else Extent.ALL)


def _fits(override: Fields, namespace: str, labels: dict[str, str]) -> Extent:
    """Tell whether an override is about a namespace; one that names none and has no labels is not.

    Source: ResolveValidationFailureAction in kyverno/kyverno pkg/engine/api.
    """
    names, selector = override.get("namespaces"), override.get("namespaceSelector")
    if names is None and selector is None:
        return Extent.NONE
    if names is not None and not any(glob(str(pattern), namespace) for pattern in _list(names)):
        return Extent.NONE
    return Extent.ALL if selector is None else _chosen(selector, labels)


def _pods(written: str) -> Extent:
    """Return how much of the core group's pods a kind, as a policy writes it, means.

    ``Pod``, ``v1/Pod`` and ``*/Pod`` mean them; ``example.com/v1/Pod`` and ``v2/Pod`` mean others.
    Of their parts only the one by which a running pod gets containers counts.
    Source: ParseKindSelector in kyverno/kyverno pkg/utils/kube and CheckKind in pkg/utils/match.
    """
    group, version, kind, part = _selector(written)
    if not (glob(group, "") and glob(version, "v1") and glob(kind, "Pod")):
        return Extent.NONE
    if glob(part, ""):
        return Extent.ALL
    return Extent.SOME if glob(part, _LATER) else Extent.NONE


def _selector(written: str) -> tuple[str, str, str, str]:
    """Split a kind into group, version, kind and part."""
    *before, last = written.split("/")
    parts = [*before, *last.split(".")]
    if parts == ["*", "*"]:
        return "*", "*", "*", "*"
    if len(parts) == 2 and parts[0] == "*" and parts[1] == parts[1].lower():
        return "*", "*", "*", parts[1]
    if len(parts) in (2, 3) and _API_VERSION.fullmatch(parts[0]):
        return "*", parts[0], parts[1], "".join(parts[2:])
    if len(parts) in (1, 2):
        return "*", "*", parts[0], "".join(parts[1:])
    if len(parts) in (3, 4):
        return parts[0], parts[1], parts[2], "".join(parts[3:])
    return "", "", "", ""


def _chosen(selector: object, labels: dict[str, str]) -> Extent:
    parsed = read_selector(selector)
    if parsed is None or any(sign in str(selector) for sign in "*?"):
        return Extent.SOME
    return Extent.ALL if parsed.matches(labels) else Extent.NONE


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
