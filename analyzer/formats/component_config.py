"""The effective configuration of one component: flags, files, variables, and which wins.

The ranking follows each component: a kubelet's flags outrank its files except for feature
gates; a scheduler, kube-proxy or etcd that runs with a configuration file ignores the flag;
an API server's structured files outrank the flags that they replace; etcd's variables stand
below its flags.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.formats.command_line import Occurrence, Style, parse_arguments, values_of
from analyzer.formats.config_file import ConfigFile, FileKind, read_config_file
from analyzer.formats.config_keys import read_key
from analyzer.formats.settings import Looked, Origin, Query, Shape, Unset, Value
from analyzer.model.evidence import Absent, Source, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence, Process
from analyzer.model.verdict import Reason
from analyzer.model.version import Version

Step = Callable[["ComponentConfig", Query], Looked | None]

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
_DROPINS_BETA = Version(1, 30)
_DROPINS_ALPHA_VARIABLE = "KUBELET_CONFIG_DROPIN_DIR_ALPHA"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentConfig:
    """Effective configuration of one running component of one node.

    Attributes:
        component: ``kubelet``.
        node: Node name.
        process: The process; None when only configz speaks.
        flags: Its arguments, read.
        files: Files by the flag that names them, each from lowest to highest rank.
        blocked: Why the files of a flag could not be read.
        configz: The component's own answer, with its source; None when not used.
    """

    component: str
    node: str
    process: Process | None
    flags: tuple[Occurrence, ...]
    files: Mapping[str, tuple[ConfigFile, ...]]
    blocked: Mapping[str, Unreadable]
    configz: ConfigFile | None

    @property
    def has_config_file(self) -> bool:
        """Tell whether the component runs with its usual configuration file."""
        if self.configz is not None:
            return True
        name = _USUAL_FILE.get(self.component, ("", FileKind()))[0]
        return bool(name) and (name in self.files or name in self.blocked)

    @property
    def looked(self) -> tuple[Source, ...]:
        """Return every place that a setting could have stood in."""
        if self.process is None:
            return (self.configz.source,) if self.configz else ()
        argv = " ".join(self.process.argv)
        command = replace(self.process.source, selector="", excerpt=argv[:400])
        variables = (self.process.environ_source,) if self._has_variables() else ()
        read = tuple(f.source for files in self.files.values() for f in files)
        return (command, *(v for v in variables if v is not None), *read)

    def look_up(self, query: Query) -> Looked:
        """Return the effective value of a setting, or that it is unset, or unknown."""
        found = self._ranked(query)
        if isinstance(found, Value) and is_redacted(found.text):
            return Unreadable(
                reason=Reason.NE_REDACTED,
                detail=f"{found.written} was masked by the collector",
                source=found.source,
            )
        return found

    def _ranked(self, query: Query) -> Looked:
        if self.process is None:
            return self._from_configz(query)
        if self.process.truncated:
            return Unreadable(
                reason=Reason.NE_TRUNCATED,
                detail=f"the argument list of {self.component} (pid {self.process.pid}) was cut",
                source=self.process.source,
            )
        for step in self._order(query):
            found = step(self, query)
            if found is not None:
                return found
        return Unset(looked=self.looked)

    def _order(self, query: Query) -> tuple[Step, ...]:
        file_flag = query.file or _USUAL_FILE.get(self.component, ("", FileKind()))[0]
        has_file = file_flag in self.files or file_flag in self.blocked
        if self.component == "kubelet":
            gates = query.shape is Shape.GATE
            return (_from_file, _from_flag) if gates else (_from_flag, _from_file)
        if self.component == "kube-apiserver":
            return (_from_file, _from_flag)
        if has_file and query.key:
            return (_from_file,)
        return (_from_flag, _from_variable) if self._has_variables() else (_from_flag,)

    def _has_variables(self) -> bool:
        return self.component == "etcd"

    def _from_configz(self, query: Query) -> Looked:
        if self.configz is None or not query.key:
            return Unreadable(
                reason=Reason.NE_PROCESS_NOT_FOUND,
                detail=f"--{query.flag} can only be seen in the arguments of {self.component}",
            )
        found = read_key((self.configz,), query, Origin.CONFIGZ)
        if found is not None and not isinstance(found, Unset):
            return found
        if query.shape is Shape.GATE:
            return Unset(looked=self.looked)
        if query.zero is None:
            return Unset(looked=self.looked, known_unset=True)
        return Value(
            text=query.zero,
            items=(query.zero,),
            origin=Origin.CONFIGZ,
            source=self.configz.source,
            written=f"{query.key} left out by configz, which means {query.zero}",
        )


def process_config(
    node: NodeEvidence, process: Process, *, version: Version | None
) -> ComponentConfig:
    """Gather what one process was configured with.

    Args:
        node: The node it runs on.
        process: The process.
        version: The component's Kubernetes version; a kubelet before 1.30 reads drop-in
            files only when a variable allows it.
    """
    style = Style.GO_FLAG if process.component == "etcd" else Style.PFLAG
    flags = parse_arguments(process.argv, style=style)
    files: dict[str, tuple[ConfigFile, ...]] = {}
    blocked: dict[str, Unreadable] = {}
    for name, kind in _file_flags(process.component):
        path = _path(flags, process, name)
        read = (_read(node, path, kind),) if path else ()
        if process.component == "kubelet":
            read = (*read, *_dropins(node, process, flags, version))
        problem = next((r for r in read if isinstance(r, Unreadable)), None)
        if problem is not None:
            blocked[name] = problem
        elif read:
            files[name] = tuple(r for r in read if isinstance(r, ConfigFile))
    return ComponentConfig(
        component=process.component,
        node=node.name,
        process=process,
        flags=flags,
        files=MappingProxyType(files),
        blocked=MappingProxyType(blocked),
        configz=None,
    )


def configz_config(node: str, answer: ConfigFile) -> ComponentConfig:
    """Take the kubelet's own word for its effective configuration."""
    return ComponentConfig(
        component="kubelet",
        node=node,
        process=None,
        flags=(),
        files=MappingProxyType({}),
        blocked=MappingProxyType({}),
        configz=answer,
    )


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
        return process.environ.get(_variable(name), "")
    return ""


def _read(node: NodeEvidence, path: str, kind: FileKind) -> ConfigFile | Unreadable:
    if is_redacted(path):
        return Unreadable(
            reason=Reason.NE_REDACTED, detail="the path of the configuration file was masked"
        )
    return read_config_file(path, node.content(path), kind)


def _dropins(
    node: NodeEvidence, process: Process, flags: tuple[Occurrence, ...], version: Version | None
) -> tuple[ConfigFile | Unreadable, ...]:
    """Read the drop-in files of ``--config-dir``, lowest rank first."""
    folder = _path(flags, process, "config-dir").rstrip("/")
    early = version is not None and version < _DROPINS_BETA
    if not folder or (early and not process.environ.get(_DROPINS_ALPHA_VARIABLE)):
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
    found = (p for p in node.files if p.startswith(f"{folder}/") and p.endswith(".conf"))
    return tuple(_read(node, path, _USUAL_FILE["kubelet"][1]) for path in sorted(found))


def _from_flag(config: ComponentConfig, query: Query) -> Looked | None:
    written = values_of(config.flags, query.flag) if query.flag else ()
    if not written or config.process is None:
        return None
    if query.shape is Shape.GATE:
        return _gate_from_flags(config.process, written, query)
    last = written[-1]
    place = replace(config.process.source, selector=f"argv[{last.index}]", excerpt=last.text[:400])
    if query.shape is Shape.LIST:
        items = tuple(i for o in written for i in _members(o.value or ""))
        text = " ".join(o.text for o in written)
        return Value(
            text=",".join(items), items=items, origin=Origin.FLAG, source=place, written=text
        )
    value = "true" if last.value is None else last.value
    return Value(text=value, items=(value,), origin=Origin.FLAG, source=place, written=last.text)


def _gate_from_flags(
    process: Process, written: tuple[Occurrence, ...], query: Query
) -> Looked | None:
    gates: dict[str, tuple[str, Occurrence]] = {}
    for occurrence in written:
        for pair in _members(occurrence.value or ""):
            name, _, value = pair.partition("=")
            gates[name] = (value, occurrence)
    name = query.gate if query.gate in gates else query.gate_group
    if name not in gates:
        return _masked_gates(process, written)
    value, occurrence = gates[name]
    return Value(
        text=value,
        items=(value,),
        origin=Origin.FLAG,
        source=replace(
            process.source, selector=f"argv[{occurrence.index}]", excerpt=occurrence.text[:400]
        ),
        written=f"--{query.flag}={name}={value}",
    )


def _masked_gates(process: Process, written: tuple[Occurrence, ...]) -> Unreadable | None:
    if not any(is_redacted(o.value or "") for o in written):
        return None
    return Unreadable(
        reason=Reason.NE_REDACTED,
        detail="the feature gates were masked by the collector",
        source=process.source,
    )


def _from_variable(config: ComponentConfig, query: Query) -> Looked | None:
    process = config.process
    if process is None or not query.flag:
        return None
    if process.environ_source is None:
        return Unreadable(
            reason=Reason.NE_FILE_NOT_COLLECTED,
            detail=f"the environment of {config.component} (pid {process.pid}) was not collected",
            source=process.source,
        )
    name = _variable(query.flag)
    value = process.environ.get(name, "")
    if not value:
        return None
    written = f"{name}={value}"
    return Value(
        text=value,
        items=_members(value) if query.shape is Shape.LIST else (value,),
        origin=Origin.ENVIRONMENT,
        source=replace(process.environ_source, selector=name, excerpt=written[:400]),
        written=written,
    )


def _from_file(config: ComponentConfig, query: Query) -> Looked | None:
    name = query.file or _USUAL_FILE.get(config.component, ("", FileKind()))[0]
    if not query.key or not name:
        return None
    if name in config.blocked:
        return config.blocked[name]
    found = read_key(config.files.get(name, ()), query, Origin.FILE)
    return None if isinstance(found, Unset) else found


def _members(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _variable(flag: str) -> str:
    return "ETCD_" + flag.upper().replace("-", "_")
