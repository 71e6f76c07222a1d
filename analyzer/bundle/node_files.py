"""The files and directories of a node bundle."""

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.bundle.places import (
    blob_member,
    record_source,
    source,
    target_of,
    text_of,
    why_not,
)
from analyzer.formats.file_stat import file_stat, stat_text
from analyzer.formats.process_text import NO_NAMES, Names, parse_names
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.evidence import Absent, Evidence, Present, Unreadable
from analyzer.model.node import CapturedFile, FileStat
from analyzer.model.verdict import Reason

FILE = "file/"
DIRECTORY = "dir/"


def captured_files(bundle: Bundle, names: Names) -> Mapping[str, tuple[CapturedFile, ...]]:
    """Return every file record by asked path, in the order of the plan."""
    found: dict[str, list[CapturedFile]] = {}
    for probe in bundle.probes:
        if not probe.probe.startswith(FILE):
            continue
        record = CapturedFile(
            role=probe.probe.removeprefix(FILE),
            via=text_of(bundle, probe.record.get("via") or ""),
            stat=_file_stat(bundle, probe, names),
            content=_content(bundle, probe),
        )
        found.setdefault(target_of(bundle, probe), []).append(record)
    return MappingProxyType({path: tuple(found[path]) for path in sorted(found)})


def captured_directories(bundle: Bundle, names: Names) -> Mapping[str, Evidence[FileStat]]:
    """Return every directory record by asked path.

    A directory whose walk was not finished is not known, even where its own mode is:
    files below it may be missing from the evidence.
    """
    found: dict[str, Evidence[FileStat]] = {}
    for probe in bundle.probes:
        if not probe.probe.startswith(DIRECTORY):
            continue
        path = target_of(bundle, probe)
        evidence = _directory_stat(bundle, probe, names)
        if path not in found or isinstance(evidence, Unreadable):
            found[path] = evidence
    return MappingProxyType({path: found[path] for path in sorted(found)})


def host_names(bundle: Bundle) -> Names:
    """Return the host's user and group names; none when they were not collected whole."""
    for probe in bundle.probes:
        member = blob_member(probe)
        if probe.probe == "host/users" and probe.status == "ok" and member is not None:
            return parse_names(bundle.members[member])
    return NO_NAMES


def _file_stat(bundle: Bundle, probe: ProbeRecord, names: Names) -> Evidence[FileStat]:
    """Facts are known whenever they were recorded, also where the content was refused."""
    if probe.status == "absent":
        return _absent(bundle, probe)
    if probe.record.get("stat") is None:
        return why_not(bundle, probe) if probe.status != "ok" else _without_facts(bundle, probe)
    value = file_stat(probe.record, names)
    place = record_source(bundle, probe, pointer="/stat", excerpt=stat_text(value))
    return Present(value=value, source=place)


def _directory_stat(bundle: Bundle, probe: ProbeRecord, names: Names) -> Evidence[FileStat]:
    if probe.status in {"ok", "absent"}:
        return _file_stat(bundle, probe, names)
    return why_not(bundle, probe)


def _content(bundle: Bundle, probe: ProbeRecord) -> Evidence[str]:
    if probe.status == "absent":
        return _absent(bundle, probe)
    if probe.status != "ok":
        return why_not(bundle, probe)
    if probe.record.get("truncated"):
        return why_not(bundle, probe, status="truncated")
    member = blob_member(probe)
    path = target_of(bundle, probe)
    if member is None:
        return Unreadable(
            reason=Reason.NE_FILE_NOT_COLLECTED,
            detail=f"{path}: only facts about it were collected, not its content",
            source=record_source(bundle, probe),
        )
    return _text(bundle, member, path)


def _text(bundle: Bundle, member: str, path: str) -> Evidence[str]:
    place = source(bundle, member)
    try:
        return Present(value=bundle.members[member].decode("utf-8"), source=place)
    except UnicodeDecodeError as error:
        detail = f"{path}: not UTF-8 text at byte {error.start}"
        return Unreadable(reason=Reason.NE_SCHEMA_INVALID, detail=detail, source=place)


def _absent(bundle: Bundle, probe: ProbeRecord) -> Absent:
    return Absent(
        source=record_source(bundle, probe),
        detail=f"{target_of(bundle, probe)} does not exist on this node",
    )


def _without_facts(bundle: Bundle, probe: ProbeRecord) -> Unreadable:
    return Unreadable(
        reason=Reason.NE_SCHEMA_INVALID,
        detail=f"{target_of(bundle, probe)}: the record holds no facts about it",
        source=record_source(bundle, probe),
    )
