"""What a bundle says of a process' pod arrives, and a process set apart is told on the front page.

What becomes of the verdicts is in tests/cases, under the names of ``namesake``.
"""

from pathlib import Path

from analyzer.bundle.evidence import node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.evidence import Present
from analyzer.model.node import NodeEvidence
from analyzer.pipeline.join import join
from tests.hostile.builder import members, pack, probe, write

OURS = "0123456789abcdef0123456789abcdef"
THEIRS = "3f1c2f6e-95a1-4ad5-9b0e-0d7a3c4b5e6f"


def node(folder: Path, *pods: str) -> NodeEvidence:
    """Return a node with an etcd in each of these pods."""
    records = [probe(1, "proc/scan", "/proc", scan=counts(len(pods)))]
    blobs = {}
    for pid, pod in enumerate(pods, 2):
        facts = {"pod_uid": pod, "own_mounts": True, "own_network": pod == THEIRS}
        one = probe(pid, "proc/cmdline", f"/proc/{pid}/cmdline", blob=f"blobs/b{pid}")
        records.append({**one, "component": "etcd", "pid": pid, "process": facts})
        blobs[f"blobs/b{pid}"] = f"etcd\0--name=n{pid}\0".encode()
    return node_evidence(read_bundle(write(folder, pack(members(records, blobs=blobs)))))


def counts(matched: int) -> dict[str, int]:
    return {"seen": 9, "unreadable": 0, "matched": matched}


def test_a_process_knows_its_pod(tmp_path: Path) -> None:
    ours, theirs = node(tmp_path, OURS, THEIRS).processes
    assert (ours.pod_uid, ours.own_mounts, ours.own_network) == (OURS, True, False)
    assert (theirs.pod_uid, theirs.own_network) == (THEIRS, True)


def test_what_is_set_apart_is_told(tmp_path: Path) -> None:
    cluster, notices = join([node(tmp_path, OURS, THEIRS)], [])
    (only,) = cluster.nodes
    assert [one.pid for one in only.running("etcd")] == [2]
    assert [(one.process.pid, one.another) for one in only.namesakes] == [(3, True)]
    assert any(f"etcd, pid 3, in pod {THEIRS}" in notice for notice in notices)
    assert isinstance(only.scan, Present)


def test_nothing_is_told_where_nothing_is_set_apart(tmp_path: Path) -> None:
    cluster, notices = join([node(tmp_path, OURS, OURS)], [])
    assert len(cluster.nodes[0].running("etcd")) == 2
    assert not any("ordinary pods" in notice for notice in notices)
