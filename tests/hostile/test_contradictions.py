"""Bundles that are whole and well-formed, and contradict themselves: nothing is believed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.evidence import node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.evidence import Absent, Present, Unreadable
from analyzer.model.node import NodeEvidence
from analyzer.model.verdict import Reason
from tests.hostile.builder import STAT, members, pack, plan_line, probe, write

CONFIG = "/var/lib/kubelet/config.yaml"
OPEN = {**STAT, "mode": "0777"}
FOLDER = {**STAT, "type": "dir", "mode": "0700"}
Record = dict[str, Any]


def node(
    folder: Path,
    records: Iterable[Record],
    blobs: Mapping[str, bytes] | None = None,
    **more: Any,
) -> NodeEvidence:
    sealed = members(records, blobs=blobs, **more)
    return node_evidence(read_bundle(write(folder, pack(sealed))))


def test_a_link_is_no_final_target(tmp_path: Path) -> None:
    """Item 21b."""
    link = {**STAT, "type": "link"}
    found = node(tmp_path, [probe(1, "file/kubelet-config", CONFIG, stat=link)]).stat(CONFIG)
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.NE_SCHEMA_INVALID


# ------------------------------------------------------------------ record and plan line

OTHER_THAN_PLANNED: dict[str, Record] = {
    "target": {"target": "/nowhere", "status": "absent"},
    "id": {"id": "file/admin-kubeconfig"},
    "kind": {"kind": "host"},
}


@pytest.mark.parametrize("forged", OTHER_THAN_PLANNED.values(), ids=OTHER_THAN_PLANNED)
def test_a_record_answers_the_probe_that_was_planned(tmp_path: Path, forged: Record) -> None:
    planned = probe(1, "file/kubelet-config", CONFIG, stat=STAT)
    found = node(tmp_path, [{**planned, **forged}], plan=[plan_line(planned)])
    evidence = found.stat(CONFIG)
    assert isinstance(evidence, Unreadable)
    assert evidence.reason is Reason.NE_SCHEMA_INVALID
    assert list(found.files) == [CONFIG]


def test_a_kind_goes_with_its_id(tmp_path: Path) -> None:
    record = {**probe(1, "file/kubelet-config", CONFIG, stat=STAT), "kind": "host"}
    assert isinstance(node(tmp_path, [record]).stat(CONFIG), Unreadable)


def test_what_led_to_a_probe_may_be_told_better_once_it_ran(tmp_path: Path) -> None:
    planned = probe(1, "file/kubelet-config", CONFIG, stat=STAT)
    record = {**planned, "via": "kubelet --config pid 9"}
    found = node(tmp_path, [record], plan=[plan_line(planned)])
    assert isinstance(found.stat(CONFIG), Present)


# ------------------------------------------------------------------ files

GOOD, BAD, MASKED = b"a: 1\n", b"a: 2\n", b"a: KEB-REDACTED-r1\n"
TEXTS = {"blobs/b1": GOOD, "blobs/b2": BAD, "blobs/b3": MASKED}
TEXTS["blobs/b4"] = MASKED.replace(b"r1", b"r25")
ONE_PATH: dict[str, tuple[Record, Record, tuple[type, type]]] = {
    "modes-differ": ({"stat": OPEN}, {"stat": STAT}, (Unreadable, Unreadable)),
    "modes-differ-good-first": ({"stat": STAT}, {"stat": OPEN}, (Unreadable, Unreadable)),
    "there-and-not-there": ({"stat": OPEN}, {"status": "absent"}, (Unreadable, Unreadable)),
    "not-there-and-there": ({"status": "absent"}, {"stat": OPEN}, (Unreadable, Unreadable)),
    "acl-differs": ({"stat": STAT, "acl": True}, {"stat": STAT}, (Unreadable, Unreadable)),
    "contents-differ": (
        {"stat": STAT, "blob": "blobs/b1"},
        {"stat": STAT, "blob": "blobs/b2"},
        (Present, Unreadable),
    ),
    "mask-instead-of-a-value": (
        {"stat": STAT, "blob": "blobs/b1"},
        {"stat": STAT, "blob": "blobs/b3"},
        (Present, Unreadable),
    ),
    "masks-are-numbered": (
        {"stat": STAT, "blob": "blobs/b3"},
        {"stat": STAT, "blob": "blobs/b4"},
        (Present, Present),
    ),
    "equal": (
        {"stat": STAT, "blob": "blobs/b1"},
        {"stat": STAT, "blob": "blobs/b1"},
        (Present, Present),
    ),
    "grew-between": ({"stat": STAT}, {"stat": {**STAT, "size": 6}}, (Present, Unreadable)),
    "one-denied": ({"status": "denied"}, {"stat": STAT, "blob": "blobs/b1"}, (Present, Present)),
    "both-absent": ({"status": "absent"}, {"status": "absent"}, (Absent, Absent)),
}


@pytest.mark.parametrize("second", ["kubelet-config", "distribution-config"])
@pytest.mark.parametrize(("one", "two", "kinds"), ONE_PATH.values(), ids=ONE_PATH.keys())
def test_records_of_one_path_have_to_agree(
    tmp_path: Path, one: Record, two: Record, kinds: tuple[type, type], second: str
) -> None:
    """Item 13, with the same role twice and with two roles."""
    records = [
        {**probe(1, "file/kubelet-config", CONFIG), **one},
        {**probe(2, f"file/{second}", CONFIG), **two},
    ]
    found = node(tmp_path, records, TEXTS)
    stat, content = kinds
    assert isinstance(found.stat(CONFIG), stat)
    assert isinstance(found.content(CONFIG), content)
    assert all(isinstance(r.stat, stat | Unreadable) for r in found.files[CONFIG])


def test_a_folder_and_a_file_record_of_one_path_have_to_agree(tmp_path: Path) -> None:
    records = [
        probe(1, "dir/pki", "/p", stat={**FOLDER, "mode": "0777"}, entries=0),
        probe(2, "file/etcd-data", "/p", stat=FOLDER),
    ]
    found = node(tmp_path, records)
    assert isinstance(found.stat("/p"), Unreadable)


def test_two_records_of_one_folder_have_to_agree(tmp_path: Path) -> None:
    records = [
        probe(1, "dir/pki", "/p", stat=FOLDER, entries=0),
        probe(2, "dir/cert-dir", "/p", stat={**FOLDER, "mode": "0777"}, entries=0),
    ]
    assert isinstance(node(tmp_path, records).directories["/p"], Unreadable)


def test_two_lists_of_users_name_nobody(tmp_path: Path) -> None:
    records = [
        probe(1, "host/users", "/etc/passwd", blob="blobs/b1"),
        probe(2, "host/users", "/etc/passwd", blob="blobs/b2"),
        probe(3, "file/kubelet-config", CONFIG, stat={**STAT, "uid": 7}),
    ]
    blobs = {"blobs/b1": b"u etcd 7\n", "blobs/b2": b"u mallory 7\n"}
    found = node(tmp_path, records, blobs).stat(CONFIG)
    assert isinstance(found, Present)
    assert found.value.owner is None


# ------------------------------------------------------------------ folders and what stands in them


def child(seq: int, path: str, status: str = "ok", role: str = "pki") -> Record:
    more = {} if status == "absent" else {"stat": STAT}
    return probe(seq, f"file/{role}", path, status, **more)


FOLDERS: dict[str, tuple[tuple[str, str], int | None, list[Record], type]] = {
    "all-there": (("pki", "/p"), 2, [child(2, "/p/a"), child(3, "/p/b")], Present),
    "one-left-out": (("pki", "/p"), 2, [child(2, "/p/a")], Unreadable),
    "all-left-out": (("cni-config", "/p"), 1, [], Unreadable),
    "one-path-counts-once": (
        ("pki", "/p"),
        2,
        [child(2, "/p/a"), child(3, "/p/a", role="certificate")],
        Unreadable,
    ),
    "deeper-is-not-in-it": (("pki", "/p"), 1, [child(2, "/p/a/b")], Unreadable),
    "absent-is-not-in-it": (("pki", "/p"), 1, [child(2, "/p/a", "absent")], Unreadable),
    "subfolder-counts": (
        ("pki", "/p"),
        1,
        [probe(2, "dir/pki", "/p/a", stat=FOLDER, entries=0)],
        Present,
    ),
    "known-but-denied": (("pki", "/p"), 1, [child(2, "/p/a", "denied")], Present),
    "not-counted": (("pki", "/p"), None, [child(2, "/p/a")], Unreadable),
    "lock-of-the-allocator": (("cni-state", "/p"), 1, [], Present),
    "more-than-the-lock": (("cni-state", "/p"), 2, [], Unreadable),
    "agent-keeps-more-than-keys": (("pki", "/var/lib/rancher/rke2/agent"), 9, [], Present),
}


@pytest.mark.parametrize(
    ("place", "entries", "records", "kind"), FOLDERS.values(), ids=FOLDERS.keys()
)
def test_a_folder_is_known_when_what_stands_in_it_is_recorded(
    tmp_path: Path, place: tuple[str, str], entries: int | None, records: list[Record], kind: type
) -> None:
    """Item 16."""
    role, path = place
    top = probe(1, f"dir/{role}", path, stat=FOLDER, entries=entries)
    found = node(tmp_path, [top, *records]).directories[path]
    assert isinstance(found, kind)
    if isinstance(found, Unreadable) and entries is not None:
        assert found.reason is Reason.NE_TRUNCATED


# ------------------------------------------------------------------ processes


def scan(seq: int, status: str = "ok", **counts: Any) -> Record:
    whole = {"seen": 9, "unreadable": 0, "matched": 1, **counts}
    return probe(seq, "proc/scan", "/proc", status, scan=whole)


def of_process(seq: int, what: str, pid: int = 980, **more: Any) -> Record:
    named = {"component": "kubelet", "pid": pid, **more}
    return probe(seq, f"proc/{what}", f"/proc/{pid}/{what}", **named)


ARGUMENTS = {
    "blobs/b1": b"kubelet\x00--anonymous-auth=true\x00",
    "blobs/b2": b"kubelet\x00--anonymous-auth=false\x00",
}
SCANS: dict[str, tuple[list[Record], type]] = {
    "equal": ([scan(1), scan(2)], Present),
    "second-denied": ([scan(1), scan(2, "denied")], Unreadable),
    "first-denied": ([scan(1, "denied"), scan(2)], Unreadable),
    "second-hid-some": ([scan(1), scan(2, unreadable=1)], Unreadable),
    "saw-another-number": ([scan(1), scan(2, seen=8)], Unreadable),
    "matched-not-said": ([scan(1, matched=None)], Unreadable),
    "matched-more": ([scan(1, matched=2)], Unreadable),
}


@pytest.mark.parametrize(("records", "kind"), SCANS.values(), ids=SCANS.keys())
def test_of_several_walks_the_worst_counts(
    tmp_path: Path, records: list[Record], kind: type
) -> None:
    record = of_process(7, "cmdline", blob="blobs/b1")
    assert isinstance(node(tmp_path, [*records, record], ARGUMENTS).scan, kind)


@pytest.mark.parametrize("order", [("b1", "b2"), ("b2", "b1")], ids=["good-last", "good-first"])
def test_two_argument_lists_of_one_process_are_none(tmp_path: Path, order: tuple[str, str]) -> None:
    records = [
        scan(1),
        *(of_process(n, "cmdline", blob=f"blobs/{name}") for n, name in enumerate(order, 2)),
    ]
    found = node(tmp_path, records, ARGUMENTS)
    assert isinstance(found.scan, Unreadable)
    assert found.processes
    assert all(one.truncated and one.argv == () for one in found.processes)


def test_one_argument_list_recorded_twice_is_one_process(tmp_path: Path) -> None:
    records = [scan(1), *(of_process(n, "cmdline", blob="blobs/b1") for n in (2, 3))]
    found = node(tmp_path, records, ARGUMENTS)
    assert isinstance(found.scan, Present)
    assert len(found.processes) == 1
    assert found.processes[0].truncated is False


def test_one_process_counts_once_however_often_it_is_recorded(tmp_path: Path) -> None:
    records = [
        scan(1, matched=2),
        *(of_process(n, "cmdline", blob="blobs/b1") for n in (2, 3)),
    ]
    assert isinstance(node(tmp_path, records, ARGUMENTS).scan, Unreadable)


def test_two_environments_or_users_of_one_process_are_none(tmp_path: Path) -> None:
    blobs = {"blobs/b1": b"Uid:\t0\t0\t0\t0\n", "blobs/b2": b"Uid:\t5\t5\t5\t5\n"}
    records = [
        scan(1),
        of_process(2, "cmdline", blob="blobs/b1"),
        *(of_process(n, "environ", blob=f"blobs/b{n - 2}") for n in (3, 4)),
        *(of_process(n, "status", blob=f"blobs/b{n - 4}") for n in (5, 6)),
    ]
    (process,) = node(tmp_path, records, blobs).processes
    assert process.environ_source is None
    assert process.uid is None


@pytest.mark.parametrize("target", ["/proc/981/cmdline", "/proc/980/environ", "980"])
def test_a_process_is_the_one_of_its_target(tmp_path: Path, target: str) -> None:
    record = {**of_process(2, "cmdline", blob="blobs/b2"), "target": target}
    found = node(tmp_path, [scan(1), record], ARGUMENTS)
    assert found.processes == ()
    assert isinstance(found.scan, Unreadable)
