"""What a journal shows of components inside another process is cited only where it is plain."""

from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.evidence import node_evidence
from analyzer.bundle.reader import read_bundle
from tests.hostile.builder import members, pack, probe, write

SERVER = b"kube-apiserver\0--profiling=false\0"
OTHER = b"kube-apiserver\0--profiling=true\0"
GOOD = {"component": "kube-apiserver", "pid": 9}


def embedded(folder: Path, *records: dict[str, Any]) -> dict[str, str]:
    """Return what is cited of a node that runs k3s as process 9 and a kubelet as process 10."""
    processes = [
        {
            **probe(n, "proc/cmdline", f"/proc/{pid}/cmdline", blob=f"blobs/b{n}"),
            "component": name,
            "pid": pid,
        }
        for n, (pid, name) in enumerate(((9, "k3s"), (10, "kubelet")), 1)
    ]
    journal = [
        {**probe(n, "proc/embedded", "journal k3s", blob=f"blobs/b{n}"), **record}
        for n, record in enumerate(records, 3)
    ]
    blobs = {"blobs/b1": b"k3s\0server\0", "blobs/b2": b"kubelet\0"}
    blobs |= {f"blobs/b{n}": record.pop("text", SERVER) for n, record in enumerate(journal, 3)}
    sealed = members([*processes, *journal], blobs=blobs)
    node = node_evidence(read_bundle(write(folder, pack(sealed))))
    return {name: place.excerpt for name, place in node.embedded.items()}


def test_arguments_are_cited_by_component(tmp_path: Path) -> None:
    assert embedded(tmp_path, GOOD) == {"kube-apiserver": "kube-apiserver --profiling=false"}


def test_two_records_that_agree_are_one(tmp_path: Path) -> None:
    assert list(embedded(tmp_path, GOOD, GOOD)) == ["kube-apiserver"]


@pytest.mark.parametrize(
    "records",
    [
        (GOOD, {**GOOD, "text": OTHER}),
        ({**GOOD, "pid": 10},),
        ({**GOOD, "pid": 11},),
        ({**GOOD, "component": "k3s"},),
        ({**GOOD, "status": "truncated"},),
        ({**GOOD, "truncated": True},),
        ({"component": "kube-apiserver"},),
        ({"pid": 9},),
    ],
    ids=["differ", "of-a-kubelet", "of-none", "itself", "cut", "marked", "no-pid", "no-name"],
)
def test_what_is_not_plain_is_not_cited(tmp_path: Path, records: tuple[Any, ...]) -> None:
    assert embedded(tmp_path, *records) == {}
