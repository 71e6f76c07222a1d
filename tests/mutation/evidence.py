"""A world -> sealed bundles -> the real reader -> evidence; what did not change is read once."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from analyzer.bundle.evidence import api_evidence, node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.api import ApiEvidence
from analyzer.model.bundle import Bundle
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.node import NodeEvidence
from analyzer.pipeline.join import join
from tests.hostile import builder
from tests.mutation.api_value import ApiWorld
from tests.mutation.api_world import API_EDITS, api_members
from tests.mutation.collect import Collector
from tests.mutation.hide import Hide, hidden
from tests.mutation.world import Node, World

API = "api"


class Read(NamedTuple):
    """What the reader made of one bundle, and the bundle itself."""

    bundle: Bundle
    evidence: NodeEvidence | ApiEvidence


def cluster(world: World, hides: Iterable[Hide] = ()) -> ClusterEvidence:
    """Return the evidence of a world, with some of it hidden."""
    wanted = tuple(hides)
    lost = {one.subject for one in wanted if one.how == "bundle-missing"}
    nodes = [read_node(n, _of(wanted, n.name)) for n in world.nodes if n.name not in lost]
    apis = [] if API in lost else [read_api(world.api, _of(wanted, API))]
    seen = (one.evidence for one in nodes if isinstance(one.evidence, NodeEvidence))
    found, _ = join(seen, (a.evidence for a in apis if isinstance(a.evidence, ApiEvidence)))
    return found


def _of(hides: tuple[Hide, ...], subject: str) -> tuple[Hide, ...]:
    return tuple(one for one in hides if one.subject == subject)


@lru_cache(maxsize=256)
def node_members(node: Node) -> dict[str, bytes]:
    """Return the members of a node's bundle, sealed."""
    looked = Collector(node).run()
    number = hashlib.sha256(node.name.encode()).hexdigest()[:32]
    subject = {"node_name": node.name, "hostname": node.name, "euid": 0}
    stated = builder.manifest(bundle_id=number, subject=subject)
    return builder.members(looked.records, blobs=looked.blobs, manifest_value=stated)


@lru_cache(maxsize=256)
def read_node(node: Node, hides: tuple[Hide, ...] = ()) -> Read:
    """Read one node's bundle, with some of it hidden."""
    bundle = _read(hidden(node_members(node), hides))
    return Read(bundle, node_evidence(bundle))


class _Same:
    """Stands for an API in a cache: the same object, not an equal one, since it has no hash."""

    def __init__(self, api: ApiWorld) -> None:
        self.api = api

    def __hash__(self) -> int:
        return id(self.api)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.api is other.api


def read_api(api: ApiWorld, hides: tuple[Hide, ...] = ()) -> Read:
    """Read the API's bundle, with some of it hidden."""
    return _read_api(_Same(api), hides)


@lru_cache(maxsize=256)
def _read_api(same: _Same, hides: tuple[Hide, ...]) -> Read:
    api = same.api
    for one in hides:
        api = API_EDITS["api_hide"](api, {"list": one.target, "how": one.how})
    bundle = _read(api_members(api))
    return Read(bundle, api_evidence(bundle))


def _read(members: dict[str, bytes]) -> Bundle:
    """Pack and read: a file on disk, as the reader wants one."""
    with TemporaryDirectory(prefix="mutation-") as folder:
        path = builder.write(Path(folder), builder.pack(members))
        return read_bundle(path)
