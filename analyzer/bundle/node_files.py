"""The files and directories of a node bundle."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from analyzer.bundle.agreement import agreed_files, contradiction, same_facts
from analyzer.bundle.places import (
    blob_member,
    lacking,
    misfit,
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
_USERS = "host/users"
_AGENT = "/agent/"
_REGULAR = "file"


def captured_files(
    bundle: Bundle, names: Names, folders: Mapping[str, Evidence[FileStat]]
) -> Mapping[str, tuple[CapturedFile, ...]]:
    """Return every file record by asked path, in the order of the plan.

    Args:
        bundle: A node bundle.
        names: The host's users and groups.
        folders: What its directory records say, to be contradicted by none.
    """
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
    agreed = {p: agreed_files(p, tuple(found[p]), folders.get(p)) for p in sorted(found)}
    return MappingProxyType(agreed)


def captured_directories(bundle: Bundle, names: Names) -> Mapping[str, Evidence[FileStat]]:
    """Return every directory record by asked path.

    A directory whose walk was not finished is not known, even where its own mode is:
    files below it may be missing from the evidence. So is one of which fewer entries are
    recorded than stand in it.
    """
    found: dict[str, Evidence[FileStat]] = {}
    children = _recorded_children(bundle)
    for probe in bundle.probes:
        if not probe.probe.startswith(DIRECTORY):
            continue
        path = target_of(bundle, probe)
        evidence = _directory_stat(bundle, probe, names, children[path])
        before = found.get(path)
        if before is None or isinstance(evidence, Unreadable):
            found[path] = evidence
        elif not isinstance(before, Unreadable) and not same_facts((before, evidence)):
            found[path] = contradiction(path, (before, evidence))
    return MappingProxyType({path: found[path] for path in sorted(found)})


def host_names(bundle: Bundle) -> Names:
    """Return the host's user and group names; none when they were not collected whole.

    Two lists that differ name nobody.
    """
    lists = []
    for probe in bundle.probes:
        member = blob_member(probe)
        if probe.probe == _USERS and probe.status == "ok" and member is not None:
            lists.append(bundle.members[member])
    if not lists or any(data != lists[0] for data in lists):
        return NO_NAMES
    return parse_names(lists[0])


def names_gap(bundle: Bundle, names: Names) -> Unreadable | None:
    """Return why the host's names are not known; None when users and groups were read."""
    if names.users and names.groups:
        return None
    asked = [probe for probe in bundle.probes if probe.probe == _USERS]
    failed = next((probe for probe in asked if probe.status not in {"ok", "absent"}), None)
    if failed is not None:
        return why_not(bundle, failed)
    detail = f"the user names of node {bundle.subject} were not collected"
    if asked:
        return misfit(bundle, asked[0], "it does not name users and groups, or twice and not alike")
    return lacking(bundle, Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail))


def _file_stat(bundle: Bundle, probe: ProbeRecord, names: Names) -> Evidence[FileStat]:
    """Facts are known whenever they were recorded, also where the content was refused."""
    if probe.status == "absent":
        return _absent(bundle, probe)
    if probe.record.get("stat") is None:
        if probe.status != "ok":
            return why_not(bundle, probe)
        return misfit(bundle, probe, "the record holds no facts about it")
    value = file_stat(probe.record, names)
    place = record_source(bundle, probe, pointer="/stat", excerpt=stat_text(value))
    return Present(value=value, source=place)


def _directory_stat(
    bundle: Bundle, probe: ProbeRecord, names: Names, children: int
) -> Evidence[FileStat]:
    if probe.status not in {"ok", "absent"}:
        return why_not(bundle, probe)
    stat = _file_stat(bundle, probe, names)
    if not isinstance(stat, Present):
        return stat
    entries = probe.record.get("entries")
    if not isinstance(entries, int):
        return misfit(bundle, probe, "the record does not count what stands in it")
    if children + _passed_over(probe, entries) < entries:
        fewer = Unreadable(
            reason=Reason.NE_TRUNCATED,
            detail=f"{stat.value.path}: {entries} entries stand in it, {children} are recorded",
            source=stat.source,
        )
        return lacking(bundle, fewer)
    return stat


def _recorded_children(bundle: Bundle) -> Counter[str]:
    """Return by folder how many paths directly in it have a record that is not ``absent``."""
    paths = {
        target_of(bundle, probe)
        for probe in bundle.probes
        if probe.status != "absent" and probe.probe.startswith((FILE, DIRECTORY))
    }
    return Counter(path.rpartition("/")[0] for path in paths)


def _passed_over(probe: ProbeRecord, entries: int) -> int:
    """Return how many entries of a folder the collector leaves out by its own rules."""
    if probe.probe == "dir/cni-state":
        return 1  # the lock file of the address allocator
    if probe.probe == "dir/pki" and _AGENT in f"{probe.record['target']}/":
        return entries  # beside its keys an agent keeps images and volumes there
    if probe.probe == "dir/systemd-unit":
        return entries  # of a host's units few concern the kubelet
    return 0


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
    kind = (probe.record.get("stat") or {}).get("type", _REGULAR)
    if kind != _REGULAR:
        return misfit(bundle, probe, f"recorded as {kind}, with the content of a file")
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
