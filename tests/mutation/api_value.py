"""What an API server would answer: the objects of one small cluster, as one immutable value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind that a server serves; ``since`` and ``until`` are minor versions of Kubernetes."""

    resource: str
    group: str
    version: str
    kind: str
    namespaced: bool
    since: int = 0
    until: int = 999

    @property
    def id(self) -> str:
        """The name that a bundle gives the list: ``pods``, ``deployments.apps``."""
        return f"{self.resource}.{self.group}" if self.group else self.resource

    @property
    def group_version(self) -> str:
        """The group and version as discovery writes them."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def path(self) -> str:
        """The path of the list."""
        root = "/apis/" if self.group else "/api/"
        return f"{root}{self.group_version}/{self.resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tamper:
    """A change of a finished bundle, as a defect or a forger would make it.

    Attributes:
        how: ``mask``, ``line``, ``malformed``, ``redacted`` or ``not-run``.
        resource: The list, as the bundle names it.
        name: ``NAMESPACE/NAME`` of the object, where one is meant.
        path: Place in the object.
        text: The line that stands there afterwards.
    """

    how: str
    resource: str
    name: str = ""
    path: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiWorld:
    """The API of one cluster.

    Attributes:
        version: ``v1.34.2``; what is served follows from it.
        kinds: Every kind that some version serves, and what definitions added.
        objects: By resource id, in the server's order.
        configz: The kubelet's own settings by node; a node without an entry refuses to answer.
        faults: By resource id (or ``version``, ``discovery``, ``configz``), how it goes wrong.
        tampers: Done to the finished bundle, in order.
    """

    version: str
    kinds: tuple[Kind, ...]
    objects: Mapping[str, tuple[Json, ...]]
    configz: Mapping[str, Json] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    tampers: tuple[Tamper, ...] = ()

    @property
    def minor(self) -> int:
        """The minor version, ``34``."""
        return int(self.version.split(".")[1])

    def served(self) -> tuple[Kind, ...]:
        """Return the kinds that this version serves, less those whose fault is ``absent``."""
        return tuple(
            kind
            for kind in self.kinds
            if kind.since <= self.minor <= kind.until and self.faults.get(kind.id) != "absent"
        )

    def resource(self, word: str) -> str:
        """Return the resource id for an id, or for a plural that only one kind has.

        Raises:
            KeyError: No kind, or more than one, is called that.
        """
        ids = tuple(dict.fromkeys(k.id for k in self.kinds if word in (k.id, k.resource)))
        if word in ids:
            return word
        if len(ids) != 1:
            raise KeyError(f"{word!r} names {len(ids)} kinds")
        return ids[0]


def full_name(value: Mapping[str, Any]) -> str:
    """Return ``NAMESPACE/NAME`` of an object, or its name where it has no namespace."""
    metadata = value["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else str(metadata["name"])


def grouped(lists: Mapping[str, Sequence[Json]]) -> Mapping[str, tuple[Json, ...]]:
    """Freeze lists of objects."""
    return MappingProxyType({name: tuple(items) for name, items in lists.items()})
