"""What is made up looks like what our own collector writes: same ids, roles and paths."""

import json
import tarfile
from pathlib import Path
from types import MappingProxyType

from tests.mutation.base import base
from tests.mutation.collect import Collector
from tests.mutation.flags import FLAGS
from tests.mutation.world import File, Node, Running

_ROOT = Path(__file__).resolve().parents[2]
_LIVE = "proc/sockets"
"""Only a live host has a table of sockets; the samples are of recorded ones."""
_SAMPLES = _ROOT / "samples" / "bundles"


def _recorded(name: str) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    with tarfile.open(_SAMPLES / f"{name}.tar.gz") as archive:
        opened = ((m.name, archive.extractfile(m)) for m in archive.getmembers())
        members = {name: file.read() for name, file in opened if file is not None}
    lines = members["bundle/probes.ndjson"].splitlines()
    return [json.loads(line) for line in lines], members


def _rebuilt(name: str) -> Node:
    """Return the node that a recorded bundle is of, from its own records."""
    records, members = _recorded(name)
    processes = tuple(
        Running(
            component=str(r["component"]),
            pid=int(str(r["pid"])),
            argv=tuple(members[f"bundle/{r['blob']}"].decode().split("\0")[:-1]),
        )
        for r in records
        if r["id"] == "proc/cmdline"
    )
    files: dict[str, File] = {}
    for r in records:
        if str(r["id"]).startswith(("file/", "dir/")) and r["status"] == "ok":
            files[str(r["target"])] = _file(r, members, files.get(str(r["target"])))
    return Node(name=name, processes=processes, files=MappingProxyType(files))


def _file(record: dict[str, object], members: dict[str, bytes], before: File | None) -> File:
    stat = record["stat"]
    assert isinstance(stat, dict)
    content = members[f"bundle/{record['blob']}"].decode() if "blob" in record else None
    known = before.content if content is None and before is not None else content
    return File(
        kind=stat["type"], mode=stat["mode"], uid=stat["uid"], gid=stat["gid"], content=known
    )


def test_looks_where_the_collector_looked() -> None:
    for name in ("cp-1", "worker-1"):
        records, _ = _recorded(name)
        made = Collector(_rebuilt(name)).run().records
        theirs = {(r["id"], r["target"], r["status"]) for r in records if r["id"] != _LIVE}
        ours = {(r["id"], r["target"], r["status"]) for r in made if r["id"] != _LIVE}
        assert sorted(ours ^ theirs, key=str) == []


def test_keeps_the_contents_that_the_collector_kept() -> None:
    for name in ("cp-1", "worker-1"):
        records, _ = _recorded(name)
        made = Collector(_rebuilt(name)).run().records
        theirs = {(r["id"], r["target"]) for r in records if "blob" in r}
        ours = {(r["id"], r["target"]) for r in made if "blob" in r and r["id"] != _LIVE}
        assert sorted(ours ^ theirs, key=str) == []


def test_knows_every_flag_that_the_collector_follows() -> None:
    text = (_ROOT / "collectors" / "node.sh").read_text(encoding="utf-8")
    table = text.partition("FLAGS='\n")[2].partition("\n'")[0]
    rows = (line.split() for line in table.splitlines())
    rows = (row for row in rows if row[0] not in ("k3s", "rke2", "k0s"))
    followed = {(row[0], flag): row[1] for row in rows for flag in row[3:]}
    passed_over = {("kubelet", "hostname-override")}
    assert {k: v for k, v in followed.items() if k not in passed_over} == dict(FLAGS)


def test_base_is_read_whole() -> None:
    for node in base().nodes:
        looked = Collector(node).run()
        assert [r for r in looked.records if r["status"] not in ("ok", "absent")] == []
