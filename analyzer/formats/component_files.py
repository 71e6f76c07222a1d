"""Configuration files of one process: which there are, and what they hold."""

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.formats.authorization_file import why_not_loaded
from analyzer.formats.command_line import Occurrence, values_of
from analyzer.formats.config_file import ConfigFile, FileKind, read_config_file
from analyzer.formats.setting_places import variable_name
from analyzer.model.evidence import Absent, Present, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence, Process
from analyzer.model.verdict import Reason

_USUAL_FILE = MappingProxyType(
    {
        "kubelet": ("config", FileKind(kind="KubeletConfiguration", group="kubelet.config.k8s.io")),
        "kube-scheduler": (
            "config",
            FileKind(kind="KubeSchedulerConfiguration", group="kubescheduler.config.k8s.io"),
        ),
        "kube-proxy": (
            "config",
            FileKind(kind="KubeProxyConfiguration", group="kubeproxy.config.k8s.io"),
        ),
        "etcd": ("config-file", FileKind()),
    }
)
_STRUCTURED_FILE = MappingProxyType(
    {
        "authorization-config": FileKind(
            kind="AuthorizationConfiguration", group="apiserver.config.k8s.io"
        ),
        "authentication-config": FileKind(
            kind="AuthenticationConfiguration", group="apiserver.config.k8s.io"
        ),
    }
)

Files = tuple[Mapping[str, tuple[ConfigFile, ...]], Mapping[str, Unreadable]]


def usual_file(component: str) -> str:
    """Return the flag that names a component's configuration file; empty when it has none."""
    return _USUAL_FILE.get(component, ("", FileKind()))[0]


def files_of(node: NodeEvidence, process: Process, flags: tuple[Occurrence, ...]) -> Files:
    """Read the files that a process was told to use.

    Returns:
        Files by the flag that names them, each from lowest to highest rank; and why the files
        of a flag could not be read.
    """
    files: dict[str, tuple[ConfigFile, ...]] = {}
    blocked: dict[str, Unreadable] = {}
    for name, kind in _file_flags(process.component):
        path = _path(flags, process, name)
        read = (_read(node, path, kind),) if path else ()
        if process.component == "kubelet":
            read = (*read, *_dropins(node, process, flags))
        problem = next((r for r in read if isinstance(r, Unreadable)), None)
        if problem is not None:
            blocked[name] = problem
        elif read:
            files[name] = tuple(r for r in read if isinstance(r, ConfigFile))
    return MappingProxyType(files), MappingProxyType(blocked)


def _file_flags(component: str) -> tuple[tuple[str, FileKind], ...]:
    if component == "kube-apiserver":
        return tuple(_STRUCTURED_FILE.items())
    usual = _USUAL_FILE.get(component)
    return (usual,) if usual else ()


def _path(flags: tuple[Occurrence, ...], process: Process, name: str) -> str:
    """Return the path that a flag, or etcd's variable, names; empty when none does."""
    written = values_of(flags, name)
    if written:
        return written[-1].value or ""
    if process.component == "etcd":
        return process.environ.get(variable_name(name), "")
    return ""


def _read(node: NodeEvidence, path: str, kind: FileKind) -> ConfigFile | Unreadable:
    if is_redacted(path):
        return Unreadable(
            reason=Reason.NE_REDACTED, detail="the path of the configuration file was masked"
        )
    found = read_config_file(path, node.content(path), kind)
    if kind is _STRUCTURED_FILE["authorization-config"] and isinstance(found, ConfigFile):
        problem = why_not_loaded(found.document)
        if problem:
            return Unreadable(
                reason=Reason.NE_SCHEMA_INVALID, detail=f"{path} {problem}", source=found.source
            )
    return found


def _dropins(
    node: NodeEvidence, process: Process, flags: tuple[Occurrence, ...]
) -> tuple[ConfigFile | Unreadable, ...]:
    """Read the drop-in files of ``--config-dir``, lowest rank first.

    A kubelet that runs with the flag reads them: one that does not know it, or (1.28 and 1.29)
    wants a variable to be set beside it that is not, does not start.
    """
    folder = _path(flags, process, "config-dir").rstrip("/")
    if not folder:
        return ()
    looked = node.directories.get(folder)
    if looked is None or isinstance(looked, Unreadable):
        detail = f"the drop-in folder {folder} of the kubelet could not be read"
        reason = looked.reason if looked is not None else Reason.NE_FILE_NOT_COLLECTED
        return (Unreadable(reason=reason, detail=detail),)
    if isinstance(looked, Absent):
        detail = (
            f"the drop-in folder {folder} is named by the kubelet and was not found on the host"
        )
        reason = Reason.NE_FILE_ABSENT_ON_HOST
        return (Unreadable(reason=reason, detail=detail, source=looked.source),)
    hidden = _hidden_below(node, folder)
    if hidden is not None:
        return (hidden,)
    return tuple(_read(node, path, _USUAL_FILE["kubelet"][1]) for path in _in_order(node, folder))


def _hidden_below(node: NodeEvidence, folder: str) -> Unreadable | None:
    """Return why a folder below the drop-in folder, which the kubelet enters, is not known."""
    for path, stat in sorted(node.directories.items()):
        if path.startswith(f"{folder}/") and isinstance(stat, Unreadable):
            return stat
    below = (p for p in sorted(node.files) if p.startswith(f"{folder}/"))
    for path in (p for p in below if p not in node.directories):
        found = node.stat(path)
        if isinstance(found, Present) and found.value.kind == "dir":
            detail = f"the folder {path} below the drop-in folder was not walked"
            reason = Reason.NE_FILE_NOT_COLLECTED
            return Unreadable(reason=reason, detail=detail, source=found.source)
    return None


def _in_order(node: NodeEvidence, folder: str) -> tuple[str, ...]:
    """Return the files of a drop-in folder as the kubelet walks it: folder by folder, by name."""
    found = (p for p in node.files if p.startswith(f"{folder}/") and p.endswith(".conf"))
    return tuple(sorted(found, key=lambda path: path.split("/")))
