"""What verify and inspect say of a bundle."""

import hashlib
from pathlib import Path

from analyzer.bundle.reader import read_bundle
from analyzer.bundle.summaries import STATUSES, MissingPiece, inspect_summary, verify_summary
from analyzer.formats.shipped import collector_files
from analyzer.model.bundle import CollectorText
from tests.hostile.builder import STAT, manifest, members, pack, plan_line, probe, write

RECORDS = [
    probe(1, "file/pki", "/p/a", stat=STAT),
    probe(2, "file/pki", "/p/b", "absent"),
    {**probe(3, "file/pki", "/p/ä".encode().decode("latin-1"), "denied"), "detail": "no entry"},
    probe(4, "dir/pki", "/p", "ok", stat={"type": "dir"}),
    probe(5, "file/novelty", "/n", stat=STAT),
]
BY_STATUS = {"ok": 3, "absent": 1, "denied": 1}
LATER = probe(6, "host/users", "/etc/passwd")
OTHER = {"collector/node.sh": b"#!/bin/sh\n"}
REDACTION = {"id": "r1", "rule": "env-value", "method": "mask"}


def made(folder: Path) -> Path:
    plan = [plan_line(one) for one in (*RECORDS, LATER)]
    value = manifest(complete=False, counts={"planned": 6, "run": 5, "by_status": BY_STATUS})
    sealed = members(
        RECORDS, plan=plan, redactions=[REDACTION], manifest_value=value, changes=OTHER
    )
    return write(folder, pack({**sealed, "SHA256SUMS.sig": b"x"}))


def test_verify_says_what_does_not_add_up(tmp_path: Path) -> None:
    found = verify_summary(read_bundle(made(tmp_path)))
    assert found.subject == "cp-1"
    assert found.custody.collector == "node.sh 0.1.0"
    assert found.custody.text is CollectorText.DIFFERS
    assert found.planned == 6
    assert found.redactions == 1
    assert found.members == 9
    assert found.signatures == (("bundle/SHA256SUMS.sig", "SSHSIG"),)
    assert found.signature_state == "unverified"
    assert found.leaks == ()
    assert found.notes == (
        "incomplete: some of the plan gave no evidence, or the run was cut short",
        "1 planned probes have no record",
        "1 records do not fit their schema",
        "unknown probe ids: file/novelty",
    )


def test_verify_is_silent_about_a_sound_bundle(tmp_path: Path) -> None:
    shipped = {"collector/node.sh": collector_files()["node.sh"]}
    sealed = members(RECORDS[:2], changes=shipped)
    found = verify_summary(read_bundle(write(tmp_path, pack(sealed))))
    assert found.notes == ()
    assert found.custody.text is CollectorText.AS_SHIPPED
    assert found.custody.text_sha256 == hashlib.sha256(collector_files()["node.sh"]).hexdigest()
    assert found.signature_state == "unsigned"


def test_verify_misses_the_collectors_text(tmp_path: Path) -> None:
    found = verify_summary(read_bundle(write(tmp_path, pack(members(RECORDS[:2])))))
    assert found.custody.text is CollectorText.MISSING
    assert found.custody.text_sha256 == ""


def test_another_version_is_not_compared(tmp_path: Path) -> None:
    value = manifest(collector={"name": "node.sh", "version": "0.0.1"})
    sealed = members(RECORDS[:2], manifest_value=value, changes=OTHER)
    found = inspect_summary(read_bundle(write(tmp_path, pack(sealed))))
    assert found.custody.text is CollectorText.OTHER_VERSION


def test_the_other_program_is_not_the_one_that_was_shipped_for_it(tmp_path: Path) -> None:
    """The text of api.py cannot have written a node's bundle."""
    swapped = {"collector/api.py": collector_files()["api.py"]}
    found = inspect_summary(
        read_bundle(write(tmp_path, pack(members(RECORDS[:2], changes=swapped))))
    )
    assert found.custody.text is CollectorText.DIFFERS


def test_each_process_is_told_in_one_line(tmp_path: Path) -> None:
    facts = {"exe": "/usr/bin/kubelet", "container_id": "c" * 64, "own_mounts": True}
    kubelet = {
        **probe(1, "proc/cmdline", "/proc/9/cmdline", blob="blobs/b1"),
        "component": "kubelet",
        "pid": 9,
        "process": {**facts, "own_network": False, "sockets": [7]},
    }
    bare = {
        **probe(2, "proc/cmdline", "/proc/8/cmdline", blob="blobs/b2"),
        "component": "etcd",
        "pid": 8,
    }
    sockets = probe(3, "proc/sockets", "/proc/net/tcp", blob="blobs/b3")
    blobs = {
        "blobs/b1": b"kubelet\0",
        "blobs/b2": b"etcd\0",
        "blobs/b3": b"tcp 0.0.0.0 10250 7\n",
    }
    sealed = members([kubelet, bare, sockets], blobs=blobs)
    found = inspect_summary(read_bundle(write(tmp_path, pack(sealed))))
    etcd, kubelet_line = found.processes
    assert etcd == "etcd pid 8"
    assert kubelet_line == (
        "kubelet pid 9, runs /usr/bin/kubelet, container cccccccccccc, mounts of its own: its "
        "paths may be others on the host, listens on 0.0.0.0 port 10250"
    )


def test_a_run_that_was_stopped_and_its_case_are_told(tmp_path: Path) -> None:
    told = {"case_no": "C-7", "operator": "J\u00c3\u00b6", "notes": None}
    value = manifest(complete=False, stopped="signal TERM", case=told)
    plan = [plan_line(one) for one in (*RECORDS[:2], LATER)]
    sealed = members(RECORDS[:2], plan=plan, manifest_value=value)
    path = write(tmp_path, pack(sealed))
    found = inspect_summary(read_bundle(path)).custody
    assert (found.case_no, found.operator, found.stopped) == ("C-7", "Jö", "signal TERM")
    assert "the run stopped before its end: signal TERM" in verify_summary(read_bundle(path)).notes


def test_inspect_counts_by_id_and_names_what_is_missing(tmp_path: Path) -> None:
    found = inspect_summary(read_bundle(made(tmp_path)))
    assert {name: dict(row) for name, row in found.counts.items()} == {
        "dir/pki": {"invalid": 1},
        "file/novelty": {"ok": 1},
        "file/pki": {"ok": 1, "absent": 1, "denied": 1},
        "host/users": {"not_run": 1},
    }
    assert list(found.counts) == sorted(found.counts)
    assert list(found.totals) == [s for s in STATUSES if s in found.totals]
    assert sum(found.totals.values()) == 6
    assert [piece.status for piece in found.missing] == ["denied", "invalid", "not_run"]
    assert found.missing[0] == MissingPiece(
        probe="file/pki", target="/p/ä", status="denied", detail="no entry"
    )


def test_a_machine_without_kubernetes_is_said_to_be_one(tmp_path: Path) -> None:
    scan = probe(1, "proc/scan", "/proc", scan={"seen": 3, "unreadable": 0, "matched": 0})
    found = read_bundle(write(tmp_path, pack(members([scan]))))
    assert verify_summary(found).notes == ("no process of a Kubernetes component was found",)
