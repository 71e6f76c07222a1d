"""Which pods of a namespace a Kyverno rule matches: all, some, or none of them.

Source: https://kyverno.io/docs/policy-types/cluster-policy/match-exclude/
"""

from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Any

from analyzer.formats.kube_meta import read_selector

Fields = Mapping[str, Any]
_DECIDED = frozenset(("kinds", "namespaces", "namespaceSelector", "operations"))
"""Parts of a resource filter that a namespace's new pods either all satisfy or none does."""


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


def overridden(overrides: object, namespace: str, labels: dict[str, str]) -> str:
    """Return the action of the first override that fits a namespace, lower case; empty if none."""
    for one in entries(overrides):
        names, selector = one.get("namespaces"), one.get("namespaceSelector")
        named = not names or any(glob(str(p), namespace) for p in _list(names))
        chosen = selector is None or _chosen(selector, labels) is Extent.ALL
        if named and chosen and (names or selector is not None):
            return str(one.get("action", "")).lower()
    return ""


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
    kinds, names = resources.get("kinds"), resources.get("namespaces")
    operations = resources.get("operations")
    if kinds and not any(_pods(str(kind)) for kind in _list(kinds)):
        return Extent.NONE
    if names and not any(glob(str(pattern), namespace) for pattern in _list(names)):
        return Extent.NONE
    if operations and "CREATE" not in _list(operations):
        return Extent.NONE
    selector = resources.get("namespaceSelector")
    chosen = Extent.ALL if selector is None else _chosen(selector, labels)
    further = any(value for name, value in resources.items() if name not in _DECIDED)
    return min(chosen, Extent.SOME) if further else chosen


def _pods(kind: str) -> bool:
    """Tell whether ``Pod``, ``v1/Pod`` or a pattern means pods, and not one of their parts."""
    return glob(kind.rpartition("/")[2], "Pod")


def _chosen(selector: object, labels: dict[str, str]) -> Extent:
    parsed = read_selector(selector)
    if parsed is None or any(sign in str(selector) for sign in "*?"):
        return Extent.SOME
    return Extent.ALL if parsed.matches(labels) else Extent.NONE


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
