"""Which subjects the scope of a waiver covers, and whether it bounds anything.

Names are compared byte by byte. A ``*`` at the end stands for any ending, the empty one too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from analyzer.formats.kube_objects import KINDS
from analyzer.model.judgement import Scope

_ANY = "*"
_NODE = "node/"
_NAMESPACE = "Namespace"
_WITHIN = frozenset(kind for kind, _, within in KINDS.values() if within)
_WIDE = frozenset(kind for kind, _, within in KINDS.values() if not within)
_OUTSIDE = _WIDE | {"node", "User", "Group"}
"""Kinds of no namespace. A name of theirs may hold a slash, ``Group/shop/admins``, and then looks
like a name in one.
"""
_DEFAULT = "default"
"""The one namespace where findings also name objects of kinds that only this cluster has."""


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
    """Tell whether a scope names its places, so that it cannot grow over what nobody has seen.

    A beginning names none, however long: a list of them covers a cluster as well as a bare star.
    The one exception lies within a namespace that is named, ``Deployment/shop/*``.
    """
    if any(map(_open_ended, scope.nodes)):
        return False
    if not scope.namespaces and not scope.objects:
        return bool(scope.nodes)
    by_space = bool(scope.namespaces) and not any(map(_open_ended, scope.namespaces))
    by_object = bool(scope.objects) and all(map(_names_a_place, scope.objects))
    return by_space or by_object


def namespace_of(subject: str) -> str | None:
    """Return the namespace that a subject lies in or is; None where it has none.

    Args:
        subject: As findings name it: ``Deployment/shop/web``, ``Namespace/shop``, ``cluster``.
    """
    match subject.split("/"):
        case [kind, name] if kind == _NAMESPACE:
            return name
        case [kind, namespace, _] if _lives_in(kind, namespace):
            return namespace
        case _:
            return None


def _lives_in(kind: str, namespace: str) -> bool:
    return kind in _WITHIN or (namespace == _DEFAULT and kind not in _OUTSIDE)


def _names(entries: tuple[str, ...]) -> _Names:
    return _Names(
        whole=frozenset(entry for entry in entries if not _open_ended(entry)),
        beginnings=tuple(entry.removesuffix(_ANY) for entry in entries if _open_ended(entry)),
    )


def _open_ended(entry: str) -> bool:
    return entry.endswith(_ANY)


def _names_a_place(entry: str) -> bool:
    in_a_namespace = entry.count("/") > 1 and namespace_of(entry) is not None
    return in_a_namespace or not _open_ended(entry)
