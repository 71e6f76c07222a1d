"""A made-up cluster as immutable values: what stands on its nodes, and what its API would say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tests.mutation.api_value import ApiWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One path on a node.

    Attributes:
        kind: ``file`` or ``dir``.
        mode: Octal text of the permission bits of the final target.
        content: Text, as a collector would write it down; None where only facts are wanted.
        link: Path that it leads to, where the path itself is a link.
        acl: An access list beyond the mode: yes, no, or unknown.
    """

    kind: str = "file"
    mode: str = "0600"
    uid: int = 0
    gid: int = 0
    content: str | None = None
    link: str | None = None
    acl: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One process; ``argv`` includes the program."""

    component: str
    pid: int
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """One node; compared by identity, so that what was read of it can be kept."""

    name: str
    processes: tuple[Running, ...]
    files: Mapping[str, File]
    users: str = "u root 0\nu etcd 998\ng root 0\ng etcd 998\n"

    def running(self, component: str) -> tuple[Running, ...]:
        """Return the processes of one component."""
        return tuple(one for one in self.processes if one.component == component)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """A cluster: what stands on its nodes, and what its API says; compared by identity."""

    nodes: tuple[Node, ...]
    api: ApiWorld

    def change(self, name: str, edit: Callable[[Node], Node]) -> "World":
        """Return the world with one node changed (``*`` changes each)."""
        wanted = {name} if name != "*" else {node.name for node in self.nodes}
        if not wanted <= {node.name for node in self.nodes}:
            raise ValueError(f"no node {name}")
        nodes = tuple(edit(node) if node.name in wanted else node for node in self.nodes)
        return replace(self, nodes=nodes)


def put(node: Node, path: str, file: File | None) -> Node:
    """Return the node with one path put there, or (None) taken away."""
    files = {p: f for p, f in node.files.items() if p != path}
    if file is not None:
        files[path] = file
    return replace(node, files=MappingProxyType(files))
