"""The files of one node that a rule is about: from flags first, then by role."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.checks.subjects import Target
from analyzer.formats.component_config import process_config
from analyzer.formats.settings import Query, Unset, Value
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.node import FileStat, NodeEvidence
from analyzer.model.verdict import Reason

_KUBECONFIG = (
    Query(flag="kubeconfig", key="clientConnection.kubeconfig"),
    Query(flag="authentication-kubeconfig"),
    Query(flag="authorization-kubeconfig"),
)
_PKI = "/etc/kubernetes/pki"
_PKI_FLAGS = MappingProxyType(
    {
        "kube-apiserver": (
            "tls-cert-file",
            "tls-private-key-file",
            "client-ca-file",
            "etcd-cafile",
            "etcd-certfile",
            "etcd-keyfile",
            "kubelet-client-certificate",
            "kubelet-client-key",
            "service-account-signing-key-file",
            "proxy-client-cert-file",
            "proxy-client-key-file",
            "requestheader-client-ca-file",
        ),
        "kube-controller-manager": ("root-ca-file", "service-account-private-key-file"),
        "etcd": ("cert-file", "key-file", "trusted-ca-file", "peer-cert-file", "peer-key-file"),
    }
)
_PKI_ROLES = ("pki", "private-key", "certificate", "kubelet-ca")
_CNI = "/etc/cni/net.d"
_MANIFESTS = "/etc/kubernetes/manifests"
_UNITS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_USUAL_PATHS = MappingProxyType(
    {
        "admin-kubeconfig": ("/etc/kubernetes/admin.conf",),
        "apiserver-manifest": (f"{_MANIFESTS}/kube-apiserver.yaml",),
        "controller-manager-kubeconfig": ("/etc/kubernetes/controller-manager.conf",),
        "controller-manager-manifest": (f"{_MANIFESTS}/kube-controller-manager.yaml",),
        "etcd-data": ("/var/lib/etcd",),
        "etcd-manifest": (f"{_MANIFESTS}/etcd.yaml",),
        "kubelet-kubeconfig": ("/etc/kubernetes/kubelet.conf",),
        "kubelet-unit": tuple(f"{folder}/kubelet.service" for folder in _UNITS),
        "proxy-kubeconfig": ("/etc/kubernetes/proxy.conf",),
        "scheduler-kubeconfig": ("/etc/kubernetes/scheduler.conf",),
        "scheduler-manifest": (f"{_MANIFESTS}/kube-scheduler.yaml",),
    }
)
"""Where the collector looks for a role's file on every node, whatever distribution it is of."""
_ALSO_USUAL = MappingProxyType({"admin-kubeconfig": ("/etc/kubernetes/super-admin.conf",)})
"""Further files of a role that stand beside the usual one, by the version of kubeadm."""
_FOLDERS_OF = MappingProxyType({"kubelet-unit": "/kubelet.service.d"})
"""Folder whose files are of a role, by the end of its path."""
_SHARED_FOLDERS = ("/", "/etc", "/etc/ssl", "/etc/ssl/certs", "/etc/kubernetes", "/etc/pki", "/var")
"""Folders that hold much else beside a cluster's keys: never taken for its PKI as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGroup:
    """The files of one node that a rule is about.

    Attributes:
        files: Facts by path; an absent one was named and is missing.
        unused: Why there is nothing to judge, when that is a fact; empty otherwise.
        problem: Why it is not known which files there are.
        looked: What shows that.
        notes: How the files were chosen.
    """

    subject: str
    node: NodeEvidence
    files: tuple[tuple[str, Evidence[FileStat]], ...] = ()
    unused: str = ""
    problem: Unreadable | None = None
    looked: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


def node_of(target: Target) -> NodeEvidence:
    """Return the evidence of the node that a target runs on."""
    if target.node is None:
        raise ValueError("files are judged on nodes in evidence only")
    return target.node


def by_role(target: Target, role: str) -> FileGroup:
    """Take every file that the collector recorded under a role.

    A record that could not be read stands for a file all the same. That there is none is a
    fact only where the usual path was looked at and is not there.
    """
    node = node_of(target)
    records = node.by_role(role)
    found = tuple((r.stat.value.path, r.stat) for r in records if isinstance(r.stat, Present))
    unknown = _usual_path_unknown(node, role) or _folder_unknown(node, role)
    if found:
        files = _unique((*_unreadable(node, role), *found))
        return FileGroup(subject=target.subject, node=node, files=files, problem=unknown)
    hidden = next((r.stat for r in records if isinstance(r.stat, Unreadable)), None)
    if hidden is not None or unknown is not None:
        return FileGroup(subject=target.subject, node=node, problem=hidden or unknown)
    looked = tuple(r.stat.source for r in records if isinstance(r.stat, Absent))
    why = f"node {node.name} has no {role} file where one is usually kept"
    return FileGroup(subject=target.subject, node=node, unused=why, looked=looked[:8])


def _unreadable(node: NodeEvidence, role: str) -> Iterator[tuple[str, Evidence[FileStat]]]:
    """Yield what was looked for under a role and could not be known, by path."""
    for path in sorted(node.files):
        if any(r.role == role and isinstance(r.stat, Unreadable) for r in node.files[path]):
            yield path, node.stat(path)
    for path in _ALSO_USUAL.get(role, ()):
        if isinstance(node.stat(path), Unreadable):
            yield path, node.stat(path)


def _folder_unknown(node: NodeEvidence, role: str) -> Unreadable | None:
    """Say which folder of a role's files could not be read to its end."""
    name = _FOLDERS_OF.get(role)
    folders = (stat for path, stat in sorted(node.directories.items()) if name and name in path)
    return next((stat for stat in folders if isinstance(stat, Unreadable)), None)


def _usual_path_unknown(node: NodeEvidence, role: str) -> Unreadable | None:
    """Say at which of a role's usual paths it is not known whether there is a file."""
    usual = _USUAL_PATHS[role]
    return next((s for s in map(node.stat, usual) if isinstance(s, Unreadable)), None)


def manifest(target: Target, role: str) -> FileGroup:
    """Take the static-pod manifests, from the kubelet's own folder where that is known."""
    group = by_role(target, role)
    folder = _static_pod_folder(node_of(target))
    inside = tuple(f for f in group.files if folder and f[0].startswith(f"{folder}/"))
    if folder and not inside:
        name = _USUAL_PATHS[role][0].rpartition("/")[2]
        there = group.node.stat(f"{folder}/{name}")
        if isinstance(there, Unreadable):
            return replace(group, problem=there, unused="")
        return replace(group, problem=_elsewhere(there, folder, name), unused="")
    if not inside or len(inside) == len(group.files):
        return group
    note = f"only files below {folder}, from which the kubelet starts pods, were judged"
    return replace(group, files=inside, notes=(note,))


def _elsewhere(there: Evidence[FileStat], folder: str, name: str) -> Unreadable:
    """Say that a static pod may be written under a name that is not looked for."""
    detail = f"the kubelet starts pods from {folder}, and {name} is not there; a file of another"
    detail += " name may hold the pod"
    return Unreadable(reason=Reason.NE_FILE_ABSENT_ON_HOST, detail=detail, source=there.source)


def _static_pod_folder(node: NodeEvidence) -> str:
    query = Query(flag="pod-manifest-path", key="staticPodPath")
    for process in node.running("kubelet"):
        folder = process_config(node, process).look_up(query)
        if isinstance(folder, Value):
            return folder.text.rstrip("/")
    return ""


def kubeconfig(target: Target, role: str) -> FileGroup:
    """Take the kubeconfigs that a component is told to use."""
    queries = _KUBECONFIG if role != "kubelet-kubeconfig" else (Query(flag="kubeconfig"),)
    return _named(target, role, queries, "uses the credentials of the pod that it runs in")


def _named(target: Target, role: str, queries: tuple[Query, ...], otherwise: str) -> FileGroup:
    """Take the files that flags or configuration name; else those of the role, else none."""
    looked = [target.config.look_up(query) for query in queries]
    problem = next((f for f in looked if isinstance(f, Unreadable)), None)
    if problem is not None:
        return FileGroup(subject=target.subject, node=node_of(target), problem=problem)
    paths = [f.text for f in looked if isinstance(f, Value) and f.text]
    if paths:
        node = node_of(target)
        files = _unique((path, node.stat(path)) for path in paths)
        return FileGroup(subject=target.subject, node=node, files=files)
    group = by_role(target, role)
    if group.files or group.problem is not None:
        return group
    why = f"{target.config.component} on node {target.name} names no {role}: it {otherwise}"
    return FileGroup(
        subject=target.subject, node=node_of(target), unused=why, looked=target.config.looked
    )


def kubelet_config(target: Target, role: str) -> FileGroup:
    """Take the file of ``--config`` and every drop-in file that is read."""
    node = node_of(target)
    named = target.config.look_up(Query(flag="config"))
    if isinstance(named, Unreadable):
        return FileGroup(subject=target.subject, node=node, problem=named)
    blocked = target.config.blocked.get("config")
    read = tuple(f.path for f in target.config.files.get("config", ()))
    main = (named.text,) if isinstance(named, Value) and named.text else ()
    files = _unique((path, node.stat(path)) for path in (*main, *read))
    if files:
        return FileGroup(subject=target.subject, node=node, files=files)
    if blocked is not None:
        return FileGroup(subject=target.subject, node=node, problem=blocked)
    why = f"the kubelet on node {node.name} runs without --config ({role})"
    return FileGroup(subject=target.subject, node=node, unused=why, looked=target.config.looked)


def kubelet_ca(target: Target, role: str) -> FileGroup:
    """Take the client CA file of the kubelet."""
    node = node_of(target)
    ca = target.config.look_up(Query(flag="client-ca-file", key="authentication.x509.clientCAFile"))
    if isinstance(ca, Unreadable):
        return FileGroup(subject=target.subject, node=node, problem=ca)
    if isinstance(ca, Unset) or not ca.text:
        why = f"the kubelet on node {node.name} has no client CA ({role}); a control of its own"
        why += " judges that"
        return FileGroup(subject=target.subject, node=node, unused=why, looked=target.config.looked)
    return FileGroup(subject=target.subject, node=node, files=((ca.text, node.stat(ca.text)),))


def etcd_data(target: Target, role: str) -> FileGroup:
    """Take the data directory itself."""
    node = node_of(target)
    folder = target.config.look_up(Query(flag="data-dir", key="data-dir"))
    uid = target.config.process.uid if target.config.process else None
    notes = ("etcd runs as root",) if uid == 0 else ()
    if isinstance(folder, Value) and folder.text:
        path = folder.text.rstrip("/") or "/"
        stat = node.stat(path) if path in node.files else node.stat(folder.text)
        return FileGroup(subject=target.subject, node=node, files=((path, stat),), notes=notes)
    if isinstance(folder, Unreadable):
        return FileGroup(subject=target.subject, node=node, problem=folder)
    group = by_role(target, role)
    if group.files:
        return group
    detail = f"etcd on node {node.name} names no data directory and its working folder is unknown"
    problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
    return FileGroup(subject=target.subject, node=node, problem=problem)


def pki(target: Target, role: str) -> FileGroup:
    """Take everything below the folders that certificates and keys are taken from."""
    node = node_of(target)
    roots = _pki_roots(node)
    folders = ((p, s) for p, s in sorted(node.directories.items()) if _below(p, roots))
    records = ((path, node.files[path]) for path in sorted(node.files) if _below(path, roots))
    files = ((p, node.stat(p)) for p, found in records if any(r.role in _PKI_ROLES for r in found))
    known = tuple(f for f in _unique((*folders, *files)) if not isinstance(f[1], Absent))
    detail = f"nothing below {', '.join(roots)} was collected on node {node.name} ({role})"
    nothing = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
    problem = _not_walked(node, roots) if known else nothing
    note = f"folders judged: {', '.join(roots)}"
    return FileGroup(subject=target.subject, node=node, files=known, problem=problem, notes=(note,))


def _not_walked(node: NodeEvidence, roots: tuple[str, ...]) -> Unreadable | None:
    """Say which folder may hold more than what is known of it."""
    for path, stat in sorted(node.directories.items()):
        if _below(path, roots) and isinstance(stat, Unreadable):
            return stat
    if _PKI not in roots or _PKI in node.directories:
        return None
    detail = f"{_PKI} was not walked on node {node.name}"
    return Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)


def _pki_roots(node: NodeEvidence) -> tuple[str, ...]:
    found = {_PKI}
    for component, flags in _PKI_FLAGS.items():
        for process in node.running(component):
            config = process_config(node, process)
            for flag in flags:
                value = config.look_up(Query(flag=flag))
                if isinstance(value, Value) and value.text.startswith("/"):
                    found.add(value.text.rpartition("/")[0] or "/")
    kept = sorted(root for root in found if root not in _SHARED_FOLDERS)
    return tuple(
        root for root in kept if not any(root != k and root.startswith(f"{k}/") for k in kept)
    )


def _below(path: str, roots: tuple[str, ...]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def cni(target: Target, role: str) -> FileGroup:
    """Take network configuration and state; an empty folder is a fact."""
    node = node_of(target)
    records = [r for name in (role, "cni-state") for r in node.by_role(name)]
    found = _unique((r.stat.value.path, r.stat) for r in records if isinstance(r.stat, Present))
    folders = [s for p, s in sorted(node.directories.items()) if "/cni" in p]
    hidden = [s for s in (*folders, *(r.stat for r in records)) if isinstance(s, Unreadable)]
    problem = hidden[0] if hidden else None
    if problem is None and _CNI not in node.directories:
        detail = f"{_CNI} was not looked into on node {node.name}"
        problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
    if found or problem is not None:
        return FileGroup(subject=target.subject, node=node, files=found, problem=problem)
    looked = tuple(
        s.source for s in (*folders, *(r.stat for r in records)) if not isinstance(s, Unreadable)
    )
    why = f"node {node.name} has no CNI configuration or state files"
    return FileGroup(subject=target.subject, node=node, unused=why, looked=looked)


def _unique(
    files: Iterable[tuple[str, Evidence[FileStat]]],
) -> tuple[tuple[str, Evidence[FileStat]], ...]:
    return tuple(dict(files).items())
