"""The listening sockets of a node bundle, and which process holds which of them.

A socket belongs to a process where both records name one inode: numbers that the kernel gives to
sockets are unique on a host, whatever network namespace they are in. What is not recorded is not
known: a process without listeners here may listen all the same.
"""

import ipaddress
from collections.abc import Iterator, Mapping

from analyzer.bundle.places import blob_member, source
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.node import Listener

SOCKETS = "proc/sockets"
_FIELDS = 4


def listeners(bundle: Bundle) -> Mapping[int, tuple[Listener, ...]]:
    """Return every listening TCP socket by its inode; lines that are not of the form are left out.

    One that two records show is in both, with the places of both.
    """
    found: dict[int, tuple[Listener, ...]] = {}
    for probe in bundle.probes:
        if probe.probe == SOCKETS and probe.status == "ok":
            for inode, one in _of_record(bundle, probe):
                found[inode] = (*found.get(inode, ()), one)
    return found


def held_by(probe: ProbeRecord, known: Mapping[int, tuple[Listener, ...]]) -> tuple[Listener, ...]:
    """Return the listening sockets that the record of a process says it holds open."""
    inodes = (probe.record.get("process") or {}).get("sockets") or ()
    return tuple(one for inode in dict.fromkeys(inodes) for one in known.get(inode, ()))


def _of_record(bundle: Bundle, probe: ProbeRecord) -> Iterator[tuple[int, Listener]]:
    member = blob_member(probe)
    data = bundle.members[member] if member is not None else b""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        fields = line.split(" ")
        if len(fields) != _FIELDS or not _is_socket(fields):
            continue
        place = source(bundle, str(member), selector=f"line {number}", excerpt=line)
        yield int(fields[3]), Listener(address=fields[1], port=int(fields[2]), source=place)


def _is_socket(fields: list[str]) -> bool:
    numbers = all(text.isascii() and text.isdigit() and len(text) < 20 for text in fields[2:])
    if not numbers or fields[0] not in {"tcp", "tcp6"}:
        return False
    try:
        ipaddress.ip_address(fields[1])
    except ValueError:
        return False
    return True
