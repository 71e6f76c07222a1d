"""Listening sockets belong to a process by their inode, and to no other."""

from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.evidence import node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.node import Process
from tests.hostile.builder import members, pack, probe, write

ARGV = b"/usr/bin/kubelet\0--read-only-port=0\0"
SOCKETS = b"tcp 0.0.0.0 10255 71\ntcp6 0000:0000:0000:0000:0000:0000:0000:0000 10250 72\n"


def read(folder: Path, sockets: bytes, held: Any, *own: bytes) -> Process:
    """Return a kubelet of a bundle with these sockets, of which it holds some."""
    kubelet = {
        **probe(1, "proc/cmdline", "/proc/9/cmdline", blob="blobs/b1"),
        "component": "kubelet",
        "pid": 9,
        "process": held if held is None else {"sockets": held},
    }
    records = [kubelet, probe(2, "proc/sockets", "/proc/net/tcp", blob="blobs/b2")]
    blobs = {"blobs/b1": ARGV, "blobs/b2": sockets}
    for seq, data in enumerate(own, 3):
        target = "/proc/9/net/tcp"
        records.append({**probe(seq, "proc/sockets", target, blob=f"blobs/b{seq}"), "pid": 9})
        blobs[f"blobs/b{seq}"] = data
    made = write(folder, pack(members(records, blobs=blobs)))
    (found,) = node_evidence(read_bundle(made)).processes
    return found


def places(process: Process) -> list[tuple[str, int, str]]:
    return [(one.address, one.port, one.source.selector) for one in process.listeners]


def test_only_what_the_process_holds_is_its_own(tmp_path: Path) -> None:
    assert places(read(tmp_path, SOCKETS, [71, 99])) == [("0.0.0.0", 10255, "line 1")]


def test_sockets_of_its_own_network_count(tmp_path: Path) -> None:
    found = read(tmp_path, SOCKETS, [80], b"tcp 10.0.0.7 10255 80\n")
    assert places(found) == [("10.0.0.7", 10255, "line 1")]
    assert found.listeners[0].source.excerpt == "tcp 10.0.0.7 10255 80"


@pytest.mark.parametrize("held", [None, []], ids=["not read", "none"])
def test_without_inodes_nothing_is_known(tmp_path: Path, held: Any) -> None:
    assert places(read(tmp_path, SOCKETS, held)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"tcp 0.0.0.0 10255",
        b"udp 0.0.0.0 10255 71",
        b"tcp 0.0.0.0 port 71",
        b"tcp nowhere 10255 71",
        b"tcp 0.0.0.0 -1 71",
        b"tcp 0.0.0.0 10255 71 ",
        b"tcp \xff 10255 71",
        "tcp 0.0.0.0 १० 71".encode(),
        b"tcp 0.0.0.0 10255 " + b"7" * 5000,
    ],
)
def test_a_line_of_another_form_is_no_socket(tmp_path: Path, line: bytes) -> None:
    assert places(read(tmp_path, line + b"\n", [71])) == []
