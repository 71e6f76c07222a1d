"""What verify and inspect say of a bundle."""

from pathlib import Path

from analyzer.bundle.reader import read_bundle
from analyzer.bundle.summaries import STATUSES, MissingPiece, inspect_summary, verify_summary
from analyzer.formats.shipped import collector_files
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
    assert found.collector == "node.sh 0.1.0"
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
        "collector text differs from the one shipped with this analyzer",
        "unknown probe ids: file/novelty",
    )


def test_verify_is_silent_about_a_sound_bundle(tmp_path: Path) -> None:
    shipped = {"collector/node.sh": collector_files()["node.sh"]}
    sealed = members(RECORDS[:2], changes=shipped)
    found = verify_summary(read_bundle(write(tmp_path, pack(sealed))))
    assert found.notes == ()
    assert found.signature_state == "unsigned"


def test_verify_misses_the_collectors_text(tmp_path: Path) -> None:
    found = verify_summary(read_bundle(write(tmp_path, pack(members(RECORDS[:2])))))
    assert found.notes == ("the collector's text is not in the bundle",)


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
