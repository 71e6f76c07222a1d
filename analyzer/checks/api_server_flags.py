"""What the API server's own command line says about admission, where a node bundle shows it."""

from dataclasses import dataclass

from analyzer.formats.command_line import Occurrence, parse_arguments, values_of
from analyzer.formats.component_config import process_config
from analyzer.formats.settings import Query, Shape, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Source, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence, Process

PLUGIN_FLAGS = ("admission-control", "disable-admission-plugins", "enable-admission-plugins")
"""Flags that switch admission plugins on and off."""

_SERVER = "kube-apiserver"
_NO = ("0", "f", "false")
"""What Go reads as false, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One running API server.

    Attributes:
        config_path: Value of ``--admission-control-config-file``, empty when unset.
    """

    node: NodeEvidence
    process: Process
    flags: tuple[Occurrence, ...]
    config_path: str

    def source(self, name: str) -> Source:
        """Return where a flag stands, or the whole command line when it is not there."""
        found = values_of(self.flags, name)
        base = self.process.source
        return Source(
            bundle_sha256=base.bundle_sha256,
            member=base.member,
            member_sha256=base.member_sha256,
            selector=f"argv[{found[-1].index}]" if found else "",
            excerpt=found[-1].text[:400] if found else f"{_SERVER} without --{name}",
        )


def servers(evidence: ClusterEvidence) -> tuple[Server, ...]:
    """Return every API server in evidence whose whole command line is known."""
    return tuple(
        _server(node, process)
        for node in evidence.nodes
        for process in node.running(_SERVER)
        if not process.truncated
    )


def plugin_on(running: tuple[Server, ...], plugin: str, *, default: bool) -> bool | None:
    """Tell whether an admission plugin is on in every API server; None when not in evidence."""
    states = tuple(_on(server, plugin, default=default) for server in running)
    if not states or any(state is None for state in states):
        return None
    return all(states)


def flag_sources(running: tuple[Server, ...], names: tuple[str, ...]) -> tuple[Source, ...]:
    """Return where any of these flags stand."""
    return tuple(
        server.source(name) for server in running for name in names if values_of(server.flags, name)
    )


def gate_on(running: tuple[Server, ...], gate: str, *, group: str, default: bool) -> bool | None:
    """Tell whether a feature gate is on in every API server; None when not in evidence.

    Args:
        running: The API servers.
        gate: Its name; what is said of it goes before what is said of its group.
        group: ``AllAlpha`` or ``AllBeta``, by the gate's stage.
        default: Its state where neither is named.
    """
    query = Query(flag="feature-gates", shape=Shape.GATE, gate=gate, gate_group=group)
    states = tuple(_gate(server, query, default=default) for server in running)
    if False in states:
        return False
    return True if states and None not in states else None


def _gate(server: Server, query: Query, *, default: bool) -> bool | None:
    match process_config(server.node, server.process).look_up(query):
        case Value() as value:
            return value.text.lower() not in _NO
        case Unset():
            return default
        case Unreadable():
            return None


def _server(node: NodeEvidence, process: Process) -> Server:
    flags = parse_arguments(process.argv)
    paths = values_of(flags, "admission-control-config-file")
    path = (paths[-1].value or "") if paths else ""
    return Server(node=node, process=process, flags=flags, config_path=path)


def _on(server: Server, plugin: str, *, default: bool) -> bool | None:
    """Apply the admission flags: defaults, plus enabled, less disabled; a legacy list is exact."""
    enabled = _members(server, "enable-admission-plugins")
    disabled = _members(server, "disable-admission-plugins")
    exact = _members(server, "admission-control")
    if any(is_redacted(name) for name in (*enabled, *disabled, *exact)):
        return None
    if exact:
        return plugin in exact
    return (default or plugin in enabled) and plugin not in disabled


def _members(server: Server, flag: str) -> tuple[str, ...]:
    return tuple(
        name.strip()
        for occurrence in values_of(server.flags, flag)
        for name in (occurrence.value or "").split(",")
        if name.strip()
    )
