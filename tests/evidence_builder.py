"""Small functions that turn plain data into evidence values, shared by every test of a check."""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from analyzer.model.api import ApiEvidence, Item, Malformed, ResourceList
from analyzer.model.cluster import ClusterEvidence, ExpectedNode
from analyzer.model.context import Context, Defaults, Policy, Reading
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.node import CapturedFile, FileStat, Listener, NodeEvidence, NodeName, Process
from analyzer.model.verdict import Reason
from analyzer.model.version import parse_version

NAMES = {0: "root", 2000: "etcd"}


def source(member: str, text: str = "", *, selector: str = "", bundle: str = "bundle") -> Source:
    """A source whose hashes follow from its name and text."""
    return Source(
        bundle_sha256=hashlib.sha256(bundle.encode()).hexdigest(),
        member=member,
        member_sha256=hashlib.sha256((member + text).encode("utf-8", "replace")).hexdigest(),
        selector=selector,
        excerpt=text[:400],
    )


def unreadable(reason: str = "NE_PERMISSION_DENIED", detail: str = "denied") -> Unreadable:
    """Evidence that could not be known."""
    return Unreadable(reason=Reason(reason), detail=detail, source=source("bundle/probes.ndjson"))


def process(
    component: str,
    argv: Iterable[str],
    *,
    pid: int = 100,
    environ: Mapping[str, str] | None = None,
    uid: int | None = 0,
    truncated: bool = False,
    listens: Iterable[str] = (),
    pod_uid: str = "",
    own_mounts: bool | None = None,
    own_network: bool | None = None,
) -> Process:
    """A running process; ``argv`` includes the program, ``listens`` are ``ADDRESS PORT``."""
    return Process(
        component=component,
        pid=pid,
        argv=tuple(argv),
        source=source(f"bundle/blobs/p{pid}", "\0".join(argv)),
        environ=MappingProxyType(dict(environ or {})),
        environ_source=source(f"bundle/blobs/e{pid}") if environ is not None else None,
        uid=uid,
        truncated=truncated,
        listeners=tuple(map(_listener, listens)),
        pod_uid=pod_uid,
        own_mounts=own_mounts,
        own_network=own_network,
    )


def _listener(text: str) -> Listener:
    address, port = text.split(" ")
    where = source("bundle/blobs/sockets", f"tcp {text} 7", selector="line 1")
    return Listener(address=address, port=int(port), source=where)


def file_stat(
    path: str,
    *,
    mode: str = "0600",
    uid: int = 0,
    gid: int = 0,
    kind: str = "file",
    acl: bool | None = False,
    link: str | None = None,
) -> FileStat:
    """Facts about a path."""
    return FileStat(
        path=path,
        resolved=link or path,
        kind=kind,
        mode=int(mode, 8),
        uid=uid,
        gid=gid,
        owner=NAMES.get(uid),
        group=NAMES.get(gid),
        size=1,
        has_acl=acl,
        link_target=link,
    )


def captured(
    path: str,
    *,
    role: str = "",
    via: str = "candidate",
    content: str | None = None,
    status: str = "ok",
    reason: str = "NE_PERMISSION_DENIED",
    **facts: Any,
) -> CapturedFile:
    """A file record; ``status`` is ``ok``, ``absent`` or anything else for unreadable."""
    where = source("bundle/probes.ndjson", path, selector=f"line {len(path)}")
    stat: Evidence[FileStat]
    text: Evidence[str]
    if status == "ok":
        stat = Present(value=file_stat(path, **facts), source=where)
        text = _content(path, content)
    elif status == "absent":
        stat = text = Absent(source=where, detail=f"{path} does not exist")
    else:
        stat = text = Unreadable(reason=Reason(reason), detail=f"{path}: {status}", source=where)
    return CapturedFile(role=role, via=via, stat=stat, content=text)


def _content(path: str, content: str | None) -> Evidence[str]:
    if content is None:
        return Unreadable(
            reason=Reason.NE_FILE_NOT_COLLECTED, detail=f"the content of {path} was not wanted"
        )
    return Present(value=content, source=source(f"bundle/blobs{path}", content))


def node(
    name: str,
    *,
    processes: Iterable[Process] = (),
    files: Iterable[tuple[str, CapturedFile]] = (),
    directories: Mapping[str, Evidence[FileStat]] | None = None,
    scan: Evidence[int] | None = None,
    embedded: Mapping[str, str] | None = None,
    names_gap: Unreadable | None = None,
) -> NodeEvidence:
    """One node bundle; ``files`` are pairs of asked path and record."""
    grouped: dict[str, tuple[CapturedFile, ...]] = {}
    for path, record in files:
        grouped[path] = (*grouped.get(path, ()), record)
    manifest = source("bundle/manifest.json", bundle=name)
    return NodeEvidence(
        name=NodeName(name),
        bundle_sha256=manifest.bundle_sha256,
        source=manifest,
        complete=True,
        scan=scan or Present(value=10, source=source("bundle/probes.ndjson", "proc/scan")),
        processes=tuple(sorted(processes, key=lambda p: (p.component, p.pid))),
        files=MappingProxyType(grouped),
        directories=MappingProxyType(dict(directories or {})),
        ca_sha256=None,
        collected_at="2026-01-01T00:00:00Z",
        embedded={name: source("bundle/blobs/j", text) for name, text in (embedded or {}).items()},
        names_gap=names_gap,
    )


def resource_list(
    resource: str, items: Iterable[Any], *, malformed: Iterable[int] = ()
) -> Present[ResourceList[Any]]:
    """A complete list; values are what ``kube_objects.decode`` returns."""
    where = source(f"bundle/api/{resource}.ndjson", resource)
    values = tuple(Item(value=value, line=line) for line, value in enumerate(items, 1))
    broken = tuple(Malformed(line=line, detail="not an object") for line in malformed)
    return Present(
        value=ResourceList(resource=resource, items=values, malformed=broken, source=where),
        source=where,
    )


def api(
    *,
    lists: Mapping[str, Evidence[ResourceList[Any]]] | None = None,
    configz: Mapping[str, Evidence[Mapping[str, Any]]] | None = None,
    git_version: str | None = None,
    namespaced: tuple[str, ...] | None = (),
) -> ApiEvidence:
    """One API bundle."""
    manifest = source("bundle/manifest.json", bundle="api")
    return ApiEvidence(
        bundle_sha256=manifest.bundle_sha256,
        source=manifest,
        cluster_uid="00000000-0000-0000-0000-000000000001",
        git_version=git_version,
        version_source=source("bundle/blobs/version") if git_version else None,
        lists=MappingProxyType(dict(lists or {})),
        namespaced=namespaced,
        configz=MappingProxyType(dict(configz or {})),
        complete=True,
        collected_at="2026-01-01T00:00:00Z",
        ca_sha256=None,
    )


def expected(name: str, *, control_plane: bool = False, os: str = "linux") -> ExpectedNode:
    """A node that the API knows."""
    return ExpectedNode(name=NodeName(name), control_plane=control_plane, os=os, kubelet_version="")


def cluster(
    *nodes: NodeEvidence,
    api_evidence: ApiEvidence | None = None,
    expected_nodes: Iterable[ExpectedNode] | None = None,
) -> ClusterEvidence:
    """All evidence of one cluster."""
    known = None if expected_nodes is None else tuple(sorted(expected_nodes, key=lambda n: n.name))
    return ClusterEvidence(
        nodes=tuple(sorted(nodes, key=lambda n: n.name)), api=api_evidence, expected=known
    )


def context(
    *,
    version: str | None = "1.32",
    kubelet_versions: Mapping[str, str] | None = None,
    reading: str = "effective",
    defaults: Defaults | None = None,
    policy: Policy | None = None,
    benchmark: str = "cis-1.12",
) -> Context:
    """What a run decides before its first check."""
    found = {name: parse_version(text) for name, text in (kubelet_versions or {}).items()}
    return Context(
        version=parse_version(version) if version else None,
        kubelet_versions=MappingProxyType({n: v for n, v in found.items() if v is not None}),
        defaults=defaults or Defaults(entries=MappingProxyType({})),
        policy=policy or Policy(id="test", values=MappingProxyType({}), lists=MappingProxyType({})),
        reading=Reading(reading),
        benchmark=benchmark,
    )
