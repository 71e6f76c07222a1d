"""What one node bundle says: processes, files, directories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NewType, TypeVar

from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.verdict import Reason

NodeName = NewType("NodeName", str)
V = TypeVar("V")

COMPONENTS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "kubelet",
    "kube-proxy",
)
ALL_IN_ONE = ("k3s", "rke2", "k0s", "kubelite")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    """Facts about one path, taken from the final target of any links.

    Attributes:
        path: The path asked for, as the host sees it.
        resolved: The final path after links; equals ``path`` where there is none.
        kind: ``file dir fifo socket block char``.
        mode: Permission bits with setuid, setgid and sticky, 0 to 0o7777.
        uid, gid: Numeric owner and group.
        owner, group: Names as the host resolves them, or None where it has none.
        has_acl: An access ACL beyond the mode; None when it could not be known.
        link_target: Text of the link when ``path`` itself is one.
    """

    path: str
    resolved: str
    kind: str
    mode: int
    uid: int
    gid: int
    owner: str | None
    group: str | None
    size: int
    has_acl: bool | None
    link_target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFile:
    """One file record: its facts, and its redacted content where that was collected.

    Attributes:
        role: Role of docs/bundle-format.md, ``kubelet-config``.
        via: What led the collector there: ``candidate``, ``walk DIR``, ``kubelet --config pid 9``.
        stat: Facts; the source points at the probe record.
        content: Text; the source points at the blob. Unreadable with NE_FILE_NOT_COLLECTED
            when only facts were wanted.
    """

    role: str
    via: str
    stat: Evidence[FileStat]
    content: Evidence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One listening TCP socket; the source is its line among the sockets of the host.

    Attributes:
        address: ``0.0.0.0``, ``127.0.0.1``, or an IPv6 address in hexadecimal groups.
    """

    address: str
    port: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One running process of a component.

    Attributes:
        component: One of COMPONENTS or ALL_IN_ONE.
        pid: Process id on the host.
        argv: Arguments, the first is the program; redacted values keep their place.
        source: The blob that holds the arguments; selectors are ``argv[N]``.
        environ: Allow-listed variables only.
        environ_source: Where those were found, or None when they were not collected.
        environ_gap: Why they are not known; None when they are, or when nobody looked.
        uid: Effective user id, or None when unknown.
        truncated: The argument list was cut: an absent flag is then unknown.
        listeners: Listening sockets that it is known to hold; there may be others.
        pod_uid: Identity of the pod in whose control group it runs; empty when in none, or when
            that is not known.
        own_mounts, own_network: Whether it sees other mounts or another network than process 1
            of the node; None when not known.
    """

    component: str
    pid: int
    argv: tuple[str, ...]
    source: Source
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    environ_source: Source | None = None
    environ_gap: Unreadable | None = None
    uid: int | None = None
    truncated: bool = False
    listeners: tuple[Listener, ...] = ()
    pod_uid: str = ""
    own_mounts: bool | None = None
    own_network: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """A process that goes by the name of a component in a pod that anybody may have made.

    Attributes:
        another: The component itself is seen as well, so that this one is not it.
    """

    process: Process
    another: bool

    @property
    def text(self) -> str:
        """Return what it is, short: ``etcd, pid 7, in pod UID``."""
        return f"{self.process.component}, pid {self.process.pid}, in pod {self.process.pod_uid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEvidence:
    """Everything one node bundle says.

    Attributes:
        name: Node name (from the collector's option, the kubelet's flag, or the host name).
        bundle_sha256: SHA-256 of the archive.
        source: The manifest: stands for "this node was visited".
        complete: The collector says that it ran to its end.
        embedded: Where the arguments of components inside an all-in-one process stand, by
            component, as its journal shows them; whether they are those of its present start is
            not known.
        stopped: Why the run ended before its plan did; empty when it did not.
        names_gap: Why the host's user and group names are not known; None when they are.
        namesakes: Processes that go by a component's name and are not judged as one.
        scan: The walk over /proc. Present: every process could be seen (the value is the
            number seen). Unreadable: some could not, so "not running" is unknown.
        processes: Matched processes, by component then pid.
        files: Records by asked path; several roles may have led to one path.
        directories: Records of walked directories by path.
        ca_sha256: SHA-256 of the cluster CA's DER form, or None.
        collected_at: UTC, ``YYYY-MM-DDThh:mm:ssZ``.
        unknown_probes: Probe ids that this reader does not know, sorted.
    """

    name: NodeName
    bundle_sha256: str
    source: Source
    complete: bool
    scan: Evidence[int]
    processes: tuple[Process, ...]
    files: Mapping[str, tuple[CapturedFile, ...]]
    directories: Mapping[str, Evidence[FileStat]]
    ca_sha256: str | None
    collected_at: str
    unknown_probes: tuple[str, ...] = ()
    embedded: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    stopped: str = ""
    names_gap: Unreadable | None = None
    namesakes: tuple[Namesake, ...] = ()

    def running(self, component: str) -> tuple[Process, ...]:
        """Return the processes of one component, by pid."""
        return tuple(p for p in self.processes if p.component == component)

    def stat(self, path: str) -> Evidence[FileStat]:
        """Return the facts about a path; Unreadable when the collector never looked there."""
        records = self.files.get(path, ())
        best = _best(tuple(r.stat for r in records))
        return best if best is not None else self.directories.get(path) or self._not_collected(path)

    def content(self, path: str) -> Evidence[str]:
        """Return the content of a path; Unreadable when it was not collected."""
        best = _best(tuple(r.content for r in self.files.get(path, ())))
        return best if best is not None else self._not_collected(path)

    def by_role(self, role: str) -> tuple[CapturedFile, ...]:
        """Return every record of one role, by path."""
        return tuple(r for path in sorted(self.files) for r in self.files[path] if r.role == role)

    def _not_collected(self, path: str) -> Unreadable:
        """Say that nobody looked; what a flag or a folder names is planned only on the way."""
        if self.stopped:
            detail = f"{path}: the collector stopped before it ({self.stopped})"
            return Unreadable(reason=Reason.NE_NOT_RUN, detail=detail, source=self.source)
        detail = f"{path} was not collected on this node"
        return Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)


def _best(found: tuple[Evidence[V], ...]) -> Evidence[V] | None:
    """Prefer what is present, then what is absent, then the first reason for not knowing."""
    for kind in (Present, Absent, Unreadable):
        for evidence in found:
            if isinstance(evidence, kind):
                return evidence
    return None
