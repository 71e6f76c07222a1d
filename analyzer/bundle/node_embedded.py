"""Arguments of components that run inside another process, as its journal shows them.

They are cited, and not judged: the record does not say when the line was written, so a line of an
earlier start, with other arguments, cannot be told from that of the process which runs now.
"""

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.bundle.places import blob_member, source
from analyzer.formats.process_text import split_arguments
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.evidence import Source
from analyzer.model.node import ALL_IN_ONE, COMPONENTS, Process

EMBEDDED = "proc/embedded"


def embedded_arguments(bundle: Bundle, processes: tuple[Process, ...]) -> Mapping[str, Source]:
    """Return by component where its arguments stand; none of which two records differ.

    Args:
        bundle: A checked node bundle.
        processes: What runs on the node; a record that names none of them is passed over.
    """
    holders = {one.pid for one in processes if one.component in ALL_IN_ONE}
    found: dict[str, list[str]] = {}
    for probe in bundle.probes:
        member = blob_member(probe)
        if member is not None and _is_told(probe, holders):
            found.setdefault(probe.record["component"], []).append(member)
    return MappingProxyType(
        {
            component: _place(bundle, members[0])
            for component, members in sorted(found.items())
            if len({bundle.member_sha256[member] for member in members}) == 1
        }
    )


def _is_told(probe: ProbeRecord, holders: set[int]) -> bool:
    whole = probe.status == "ok" and not probe.record.get("truncated")
    named = probe.record.get("component") in COMPONENTS and probe.record.get("pid") in holders
    return probe.probe == EMBEDDED and whole and named


def _place(bundle: Bundle, member: str) -> Source:
    argv = split_arguments(bundle.members[member], cut=False)
    return source(bundle, member, excerpt=" ".join(argv))
