"""The effective configuration of one component: flags, files, variables, and which wins.

The ranking follows each component: a kubelet's flags outrank its files, feature gates gate by
gate; a scheduler, kube-proxy or etcd that runs with a configuration file ignores the flag; an
API server's structured files outrank the flags that they replace; etcd's variables stand below
its flags.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.formats.command_line import (
    MASKED_FLAG,
    Occurrence,
    Style,
    parse_arguments,
    values_of,
)
from analyzer.formats.component_files import files_of, usual_file
from analyzer.formats.config_file import ConfigFile
from analyzer.formats.config_keys import read_key, values_in
from analyzer.formats.setting_places import flag_values, variable_values
from analyzer.formats.settings import Looked, Origin, Query, Shape, Unset, Value
from analyzer.model.evidence import Source, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence, Process
from analyzer.model.verdict import Reason

Step = Callable[["ComponentConfig", Query], Looked | None]

_MOST_OUTRANKED = 8


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
        """Tell whether the component runs with its usual configuration file.

        A kubelet with drop-ins alone lays them over the defaults of its flags.
        """
        if self.configz is not None:
            return True
        name = usual_file(self.component)
        if self.component == "kubelet":
            return any(flag.value for flag in values_of(self.flags, name)[-1:])
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

    def outranked(self, query: Query) -> tuple[Value, ...]:
        """Return values that are given somewhere and do not count, a few of them at most."""
        found = self.look_up(query)
        if self.process is None or isinstance(found, Unreadable):
            return ()
        others = (v for v in self._all(query, self.process) if v != found)
        kept = tuple(v for v in others if not is_redacted(v.text))
        return kept[:_MOST_OUTRANKED]

    def _all(self, query: Query, process: Process) -> Iterator[Value]:
        given: list[Iterator[Looked]] = [flag_values(process, self.flags, query)]
        if self._has_variables():
            given.append(variable_values(process, query))
        if query.key:
            given.append(values_in(self.files.get(self._file(query), ()), query, Origin.FILE))
        return (value for values in given for value in values if isinstance(value, Value))

    def _ranked(self, query: Query) -> Looked:
        if self.process is None:
            return self._from_configz(query)
        if self.process.truncated:
            return Unreadable(
                reason=Reason.NE_TRUNCATED,
                detail=f"the argument list of {self.component} (pid {self.process.pid}) was cut",
                source=self.process.source,
            )
        hidden = self._hidden_flag()
        for asked in _each_name(query):
            for step in self._order(asked):
                if hidden and step is not _from_flag:
                    return hidden
                found = step(self, asked)
                if found is not None:
                    return found
        return hidden or Unset(looked=self.looked)

    def _hidden_flag(self) -> Unreadable | None:
        """Tell of a masked word among the flags: it may set whatever none of the others sets."""
        masked = values_of(self.flags, MASKED_FLAG)
        if not masked:
            return None
        return Unreadable(
            reason=Reason.NE_REDACTED,
            detail=f"argument {masked[0].index} of {self.component}, which may be this flag, was "
            "masked by the collector",
            source=self.process.source if self.process else None,
        )

    def _order(self, query: Query) -> tuple[Step, ...]:
        if self.component == "kubelet":
            return (_from_flag, _from_file)
        if self.component == "kube-apiserver":
            return (_from_file, _from_flag)
        name = self._file(query)
        if query.key and (name in self.files or name in self.blocked):
            return (_from_file,)
        return (_from_flag, _from_variable) if self._has_variables() else (_from_flag,)

    def _file(self, query: Query) -> str:
        return query.file or usual_file(self.component)

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


def process_config(node: NodeEvidence, process: Process) -> ComponentConfig:
    """Gather what one process was configured with."""
    style = Style.GO_FLAG if process.component == "etcd" else Style.PFLAG
    flags = parse_arguments(process.argv, style=style)
    files, blocked = files_of(node, process, flags)
    return ComponentConfig(
        component=process.component,
        node=node.name,
        process=process,
        flags=flags,
        files=files,
        blocked=blocked,
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


def _each_name(query: Query) -> tuple[Query, ...]:
    """Ask for a gate everywhere before its group: all places are merged before gates are set."""
    if query.shape is not Shape.GATE or not query.gate_group:
        return (query,)
    return (
        replace(query, gate_group=""),
        replace(query, gate=query.gate_group, gate_group=""),
    )


def _from_flag(config: ComponentConfig, query: Query) -> Looked | None:
    if config.process is None:
        return None
    return next(flag_values(config.process, config.flags, query), None)


def _from_variable(config: ComponentConfig, query: Query) -> Looked | None:
    return None if config.process is None else next(variable_values(config.process, query), None)


def _from_file(config: ComponentConfig, query: Query) -> Looked | None:
    name = query.file or usual_file(config.component)
    if not query.key or not name:
        return None
    if name in config.blocked:
        return config.blocked[name]
    found = read_key(config.files.get(name, ()), query, Origin.FILE)
    return None if isinstance(found, Unset) else found
