"""Which subjects the scope of a waiver covers, and whether it bounds anything.

Names are compared byte by byte. A ``*`` at the end stands for any ending, the empty one too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from analyzer.model.judgement import Scope

_ANY = "*"
_NODE = "node/"
_NAMESPACE = "Namespace"
_OUTSIDE = frozenset(("User", "Group"))
"""Kinds whose names may hold a slash: ``Group/shop/admins`` is in no namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """One list of a scope, made ready for many questions."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def hold(self, name: str) -> bool:
        return name in self.whole or name.startswith(self.beginnings)


def coverage(scope: Scope) -> Callable[[str], bool]:
    """Return what tells whether a subject lies within a scope.

    A node is covered by ``nodes``. Any subject is covered by ``namespaces`` and ``objects``,
    as far as they are given both must match. A scope of nothing at all covers everything.
    """
    if scope == Scope():
        return lambda _: True
    nodes, namespaces, objects = map(_names, (scope.nodes, scope.namespaces, scope.objects))
    placed = bool(scope.namespaces or scope.objects)

    def covers(subject: str) -> bool:
        if subject.startswith(_NODE) and nodes.hold(subject.removeprefix(_NODE)):
            return True
        space = namespace_of(subject)
        inside = not scope.namespaces or (space is not None and namespaces.hold(space))
        return placed and inside and (not scope.objects or objects.hold(subject))

    return covers


def bounded(scope: Scope) -> bool:
    """Tell whether a scope names a place, so that it cannot grow over the whole cluster."""
    if scope == Scope():
        return False
    if _ANY in scope.nodes:
        return False
    if not scope.namespaces and not scope.objects:
        return True
    by_space = bool(scope.namespaces) and _ANY not in scope.namespaces
    by_object = bool(scope.objects) and all(map(_names_more_than_a_kind, scope.objects))
    return by_space or by_object


def namespace_of(subject: str) -> str | None:
    """Return the namespace that a subject lies in or is; None where it has none.

    Args:
        subject: As findings name it: ``Deployment/shop/web``, ``Namespace/shop``, ``cluster``.
    """
    match subject.split("/"):
        case [kind, name] if kind == _NAMESPACE:
            return name
        case [kind, namespace, _] if kind not in _OUTSIDE:
            return namespace
        case _:
            return None


def _names(entries: tuple[str, ...]) -> _Names:
    return _Names(
        whole=frozenset(entry for entry in entries if not entry.endswith(_ANY)),
        beginnings=tuple(entry.removesuffix(_ANY) for entry in entries if entry.endswith(_ANY)),
    )


def _names_more_than_a_kind(entry: str) -> bool:
    if not entry.endswith(_ANY):
        return True
    _, _, beginning = entry.removesuffix(_ANY).partition("/")
    return beginning != ""
