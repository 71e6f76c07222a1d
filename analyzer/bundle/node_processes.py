"""The processes of a node bundle, and whether all of them could be seen."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from analyzer.bundle.node_sockets import held_by, listeners
from analyzer.bundle.places import blob_member, lacking, misfit, record_source, source, why_not
from analyzer.formats.process_text import effective_uid, split_arguments, split_environment
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.evidence import Evidence, Present, Source, Unreadable
from analyzer.model.node import ALL_IN_ONE, COMPONENTS, Process
from analyzer.model.verdict import Reason

_ORDER = {name: rank for rank, name in enumerate((*COMPONENTS, *ALL_IN_ONE))}
SCAN = "proc/scan"
CMDLINE = "proc/cmdline"
_OWN_NAMES = frozenset((*COMPONENTS, "kubelite"))
"""Program names that say by themselves which component a process is."""
_NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})


class _Surroundings(NamedTuple):
    """What other records say of a process."""

    environ: Mapping[str, str]
    environ_source: Source | None
    environ_gap: Unreadable | None
    uid: int | None


def processes(bundle: Bundle) -> tuple[Process, ...]:
    """Return the matched processes, by component then pid.

    A process whose arguments could not be read, or were cut, is kept and marked as
    truncated: it runs, but a flag that is not seen may still be set. So is one of which two
    records say different things, with the arguments of neither.
    """
    environs = _agreed(bundle, "proc/environ")
    statuses = _agreed(bundle, "proc/status")
    commands = _agreed(bundle, CMDLINE)
    sockets = listeners(bundle)
    found = []
    for pid, probe in _by_pid(bundle, CMDLINE):
        if probe.record.get("component") not in _ORDER or probe.status == "absent":
            continue
        around = _surroundings(bundle, environs.get(pid), statuses.get(pid))
        one = _process(bundle, pid, probe, around)
        if commands[pid] is None:
            found.append(replace(one, argv=(), truncated=True))
        elif commands[pid] is probe:
            found.append(replace(one, listeners=held_by(probe, sockets)))
    return tuple(sorted(found, key=lambda one: (_ORDER[one.component], one.pid)))


def process_scan(bundle: Bundle) -> Evidence[int]:
    """Tell whether every process of the node could be seen.

    Returns:
        Present with the number of processes seen; Unreadable when some were hidden, when a
        matched process has a record that cannot be attributed or that another contradicts,
        or when two walks differ.
    """
    walks = [probe for probe in bundle.probes if probe.probe == SCAN]
    if not walks:
        detail = "the processes of this node were not collected"
        return Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
    worst = next((probe for probe in walks if not _saw_all(probe)), None)
    if worst is None and any(_counts(probe) != _counts(walks[0]) for probe in walks):
        return misfit(bundle, walks[-1], "two walks over the processes contradict one another")
    return _walk(bundle, worst or walks[0])


def _counts(probe: ProbeRecord) -> Mapping[str, Any]:
    return probe.record.get("scan") or {}


def _saw_all(probe: ProbeRecord) -> bool:
    return probe.status == "ok" and _counts(probe).get("unreadable") == 0


def _walk(bundle: Bundle, probe: ProbeRecord) -> Evidence[int]:
    """Read one walk over the processes."""
    if probe.status == "absent" or (probe.status == "ok" and not probe.record.get("scan")):
        return misfit(bundle, probe, "the record of the walk over the processes is incomplete")
    if probe.status != "ok":
        return why_not(bundle, probe)
    scan = probe.record["scan"]
    if scan["unreadable"]:
        return why_not(bundle, probe, status="denied")
    problem = _miscounted(bundle, scan)
    if problem:
        return lacking(bundle, misfit(bundle, probe, problem))
    lost = _unattributed(bundle)
    if lost is not None:
        return misfit(bundle, lost, "a process was matched, but not which component it is")
    return Present(
        value=scan["seen"],
        source=record_source(
            bundle, probe, pointer="/scan", excerpt=f"seen={scan['seen']} unreadable=0"
        ),
    )


def _miscounted(bundle: Bundle, scan: Mapping[str, Any]) -> str:
    """Say in which way the counts of a walk do not go with the processes recorded."""
    matched = scan.get("matched")
    if matched is None:
        return "the walk does not say how many processes it matched"
    commands = _agreed(bundle, CMDLINE)
    if matched > len(commands):
        return "more processes were matched than recorded"
    if None in commands.values():
        return "the records of one process contradict one another"
    return ""


def _agreed(bundle: Bundle, probe_id: str) -> Mapping[int, ProbeRecord | None]:
    """Return the first record of each pid; None where another one says something else.

    So does the name of the program itself, where it is the name of another component.
    """
    found: dict[int, ProbeRecord | None] = {}
    for pid, probe in _by_pid(bundle, probe_id):
        before = found.setdefault(pid, probe)
        if before is not None and (_facts(before) != _facts(probe) or _is_another(bundle, probe)):
            found[pid] = None
    return found


def _is_another(bundle: Bundle, probe: ProbeRecord) -> bool:
    """Tell whether a record names one component, and its first argument another."""
    member = blob_member(probe)
    if probe.probe != CMDLINE or member is None:
        return False
    program = bundle.members[member].partition(b"\0")[0].decode("utf-8", "replace")
    name = program.removesuffix(" (deleted)").rpartition("/")[2]
    return name in _OWN_NAMES and name != probe.record.get("component")


def _facts(probe: ProbeRecord) -> tuple[object, ...]:
    told = (probe.record.get(name) for name in ("component", "sha256", "truncated"))
    return (probe.status, *told)


def _by_pid(bundle: Bundle, probe_id: str) -> Iterator[tuple[int, ProbeRecord]]:
    for probe in bundle.probes:
        pid = probe.record.get("pid")
        if probe.probe == probe_id and isinstance(pid, int):
            yield pid, probe


def _process(bundle: Bundle, pid: int, probe: ProbeRecord, around: _Surroundings) -> Process:
    member = blob_member(probe)
    cut = probe.status != "ok" or bool(probe.record.get("truncated")) or member is None
    data = bundle.members[member] if member is not None else b""
    facts = probe.record.get("process") or {}
    argv = split_arguments(data, cut=cut)
    place = record_source(bundle, probe)
    if member is not None:
        place = source(bundle, member, excerpt=" ".join(argv))
    return Process(
        component=probe.record["component"],
        pid=pid,
        argv=argv,
        source=place,
        environ=around.environ,
        environ_source=around.environ_source,
        environ_gap=around.environ_gap,
        uid=around.uid,
        truncated=cut or not argv,  # no process runs without a name: nothing was readable
        pod_uid=facts.get("pod_uid") or "",
        own_mounts=facts.get("own_mounts"),
        own_network=facts.get("own_network"),
    )


def _surroundings(
    bundle: Bundle, environ: ProbeRecord | None, status: ProbeRecord | None
) -> _Surroundings:
    variables = _whole(environ)
    facts = _whole(status)
    return _Surroundings(
        environ=split_environment(bundle.members[variables]) if variables else _NO_ENVIRONMENT,
        environ_source=source(bundle, variables) if variables else None,
        environ_gap=_no_environment(bundle, environ),
        uid=effective_uid(bundle.members[facts]) if facts else None,
    )


def _no_environment(bundle: Bundle, environ: ProbeRecord | None) -> Unreadable | None:
    """Say why the environment of a process is not known, where a record says so."""
    if environ is None or environ.status in {"ok", "absent"}:
        return None
    return why_not(bundle, environ)


def _whole(probe: ProbeRecord | None) -> str | None:
    """Return the member of a record that was read to its end."""
    if probe is None or probe.status != "ok" or probe.record.get("truncated"):
        return None
    return blob_member(probe)


def _unattributed(bundle: Bundle) -> ProbeRecord | None:
    """Find a matched process of which no record says what it is."""
    for probe in bundle.probes:
        named = bool(probe.record.get("component")) and probe.record.get("pid") is not None
        if probe.probe == CMDLINE and probe.status != "absent" and not named:
            return probe
    return None
