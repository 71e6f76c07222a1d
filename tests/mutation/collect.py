"""What our node collector would record of a node, in its own ids, roles and order.

The paths that it looks at on every node are taken from a bundle that it made itself
(samples/bundles), and so cannot drift from it; ``test_collect.py`` compares the rest.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.hostile import builder
from tests.mutation.flags import FLAGS, KEYS, WALK_DEPTH
from tests.mutation.world import File, Node, Running

_SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "bundles" / "cp-1.tar.gz"
_STATUS = "Uid:\t{0}\t{0}\t{0}\t{0}\nGid:\t{0}\t{0}\t{0}\t{0}\n"
_FACTS_ONLY = frozenset({"private-key", "token-file", "etcd-data", "cni-state", "cert-dir"})
_CERTIFICATE = (".crt", ".pem", ".cert", ".cer")
_MANIFEST_NAMES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
_UNITS = (
    "kubelet.service", "kubelet.service.d", "service.d", "slice.d", "-.slice", "-.slice.d",
    "system.slice", "system.slice.d",
)  # fmt: skip
_OF_POD = re.compile(r"/(var/)?run/secrets/kubernetes\.io/")
"""What a pod finds in itself is no file of the node."""
_KEPT = re.compile(r"ETCD_[A-Z_]+|KUBELET_CONFIG_DROPIN_DIR_ALPHA")


class Looked(NamedTuple):
    """Records in the order of the plan, and the contents that they name."""

    records: list[dict[str, Any]]
    blobs: dict[str, bytes]


class Reference(NamedTuple):
    """A path that a flag or a file named."""

    role: str
    path: str
    via: str


@cache
def candidates() -> tuple[tuple[str, str, str], ...]:
    """Return what is looked for on every node: kind, role and path."""
    with tarfile.open(_SAMPLE) as archive:
        member = archive.extractfile("bundle/plan.ndjson")
        assert member is not None
        lines = [json.loads(line) for line in member.read().splitlines()]
    found = (line for line in lines if line["via"] == "candidate")
    places = ((one["kind"], one["id"].partition("/")[2], one["target"]) for one in found)
    return tuple(place for place in places if place[0] in ("file", "dir"))


class Collector:
    """One run over one node."""

    def __init__(self, node: Node) -> None:
        """Start with nothing looked at."""
        self._node = node
        self._records: list[dict[str, Any]] = []
        self._blobs: dict[str, bytes] = {}
        self._done: set[tuple[str, str]] = set()

    def run(self) -> Looked:
        """Look at everything, in the collector's order."""
        self._host()
        references = [found for process in self._node.processes for found in self._process(process)]
        while references:
            references = [found for one in references for found in self._follow(one)]
        for kind, role, path in candidates():
            if kind == "file":
                list(self._file(role, path, "candidate"))
            elif role == "systemd-unit":
                self._unit_folder(path)
            else:
                self._walk(role, path, "candidate")
        return Looked(self._records, self._blobs)

    def _add(self, probe: str, target: str, status: str = "ok", **more: Any) -> None:
        blob = more.pop("content", None)
        if blob is not None:
            name = f"blobs/b{len(self._blobs) + 1}"
            self._blobs[name] = blob
            more["blob"] = name
        record = builder.probe(len(self._records) + 1, probe, target, status, **more)
        self._records.append(record)

    def _host(self) -> None:
        self._add("host/os-release", "/etc/os-release", content=b"ID=ubuntu\n")
        self._add("host/users", "/etc/passwd", content=self._node.users.encode())
        count = len(self._node.processes)
        scan = {"seen": count + 2, "unreadable": 0, "matched": count}
        self._add("proc/scan", "/proc", scan=scan)
        self._add("host/mounts", "/proc/1/mountinfo", "absent")
        self._add("proc/sockets", "/proc/net/tcp", content=b"")

    def _process(self, one: Running) -> Iterator[Reference]:
        where = f"/proc/{one.pid}"
        facts: dict[str, Any] = {"component": one.component, "pid": one.pid, "via": "proc/scan"}
        argv = "".join(f"{word}\0" for word in one.argv).encode()
        kept = {name: text for name, text in one.environ.items() if _KEPT.fullmatch(name)}
        environ = "".join(f"{name}={text}\0" for name, text in kept.items()).encode()
        self._add("proc/cmdline", f"{where}/cmdline", content=argv, **facts)
        self._add("proc/environ", f"{where}/environ", content=environ, **facts)
        self._add(
            "proc/status", f"{where}/status", content=_STATUS.format(one.uid).encode(), **facts
        )
        yield from _named_by_flags(one)
        yield from _named_by_variables(one, kept)

    def _follow(self, one: Reference) -> Iterator[Reference]:
        if _OF_POD.match(one.path):
            return
        if one.role == "@manifests":
            for name in _MANIFEST_NAMES:
                role = f"{name.removeprefix('kube-')}-manifest"
                yield from self._file(role, f"{one.path.rstrip('/')}/{name}.yaml", one.via)
        elif one.role.startswith("@"):
            self._walk(one.role[1:], one.path.rstrip("/") or "/", one.via)
        else:
            yield from self._file(one.role, one.path, one.via)

    def _file(self, role: str, path: str, via: str, *, wanted: bool = True) -> Iterator[Reference]:
        if (role, path) in self._done:
            return
        self._done.add((role, path))
        file = self._node.files.get(path)
        if file is None:
            self._add(f"file/{role}", path, "absent", via=via, resolved=path)
            return
        known = wanted and role not in _FACTS_ONLY and file.kind == "file"
        content = file.content if known and _has_content(role, path) else None
        self._add(
            f"file/{role}",
            path,
            via=via,
            content=content.encode("utf-8", "surrogateescape") if content is not None else None,
            **_facts(path, file),
        )
        if content is not None:
            yield from _named_by_keys(role, content, via)

    def _walk(self, role: str, folder: str, via: str) -> None:
        if (f"dir/{role}", folder) in self._done:
            return
        self._done.add((f"dir/{role}", folder))
        pending = [folder]
        while pending:
            path = pending.pop(0)
            depth = path[len(folder) :].count("/")
            here = self._node.files.get(path)
            step = via if path == folder else f"walk {folder}"
            if here is None:
                self._add(f"dir/{role}", path, "absent", via=step, resolved=path)
                continue
            inside = sorted(p for p in self._node.files if p.rpartition("/")[0] == path)
            self._add(f"dir/{role}", path, via=step, entries=len(inside), **_facts(path, here))
            for child in inside:
                if self._node.files[child].kind != "dir":
                    self._found(role, child, folder)
                elif depth < WALK_DEPTH.get(role, 2):
                    pending.append(child)

    def _unit_folder(self, folder: str) -> None:
        """Look into a folder of units: the kubelet's, what is above it, and no other."""
        here = self._node.files.get(folder)
        if here is None:
            self._add("dir/systemd-unit", folder, "absent", via="candidate", resolved=folder)
            return
        inside = {p for p in self._node.files if p.rpartition("/")[0] == folder}
        facts = _facts(folder, here)
        self._add("dir/systemd-unit", folder, via="candidate", entries=len(inside), **facts)
        for path in (f"{folder}/{name}" for name in _UNITS):
            if path not in inside:
                continue
            role = "kubelet-unit" if "/kubelet." in path else "systemd-unit"
            if path.endswith(".d"):
                self._walk(role, path, "candidate")
            else:
                list(self._file(role, path, "candidate"))

    def _found(self, role: str, path: str, folder: str) -> None:
        name = path.rpartition("/")[2]
        if role == "cni-state" and name == "lock":
            return
        if role == "pki" and name.endswith((".key", "-key.pem")):
            list(self._file("private-key", path, f"walk {folder}"))
        wanted = _walk_reads(role, name)
        list(self._file(role, path, f"walk {folder}", wanted=wanted))


def _facts(path: str, file: File) -> dict[str, Any]:
    size = len(file.content or "")
    stat = {
        "type": file.kind, "mode": file.mode, "uid": file.uid, "gid": file.gid,
        "size": size, "mtime": 1, "nlink": 1,
    }  # fmt: skip
    link = {"link": {"target": file.link}} if file.link else {}
    return {"resolved": file.link or path, "stat": stat, "acl": file.acl, **link}


def _has_content(role: str, path: str) -> bool:
    return role != "pki" or path.endswith(_CERTIFICATE)


def _walk_reads(role: str, name: str) -> bool:
    if role == "cni-config":
        return name.endswith((".conf", ".conflist", ".json")) or "kubeconfig" in name
    if role in ("kubelet-dropin", "kubelet-unit", "systemd-unit"):
        return name.endswith(".conf")
    return role == "pki" and name.endswith(_CERTIFICATE) and not name.endswith("key.pem")


def _named_by_flags(one: Running) -> Iterator[Reference]:
    for at, word in enumerate(one.argv[1:], 1):
        if not re.match(r"--?[A-Za-z]", word):
            continue
        flag, equals, value = word.lstrip("-").partition("=")
        name = flag.lower().replace("_", "-")
        role = FLAGS.get((one.component, name))
        text = value if equals else next(iter(one.argv[at + 1 : at + 2]), "")
        if role is not None and text.startswith("/"):
            yield Reference(_role(role, text), text, f"{one.component} --{name} pid {one.pid}")


def _named_by_variables(one: Running, kept: dict[str, str]) -> Iterator[Reference]:
    for name, text in kept.items():
        flag = "config-dir"
        if name.startswith("ETCD_"):
            flag = name.removeprefix("ETCD_").lower().replace("_", "-")
        role = FLAGS.get((one.component, flag))
        if role is not None and text.startswith("/"):
            yield Reference(_role(role, text), text, f"{one.component} {name} pid {one.pid}")


def _named_by_keys(role: str, content: str, via: str) -> Iterator[Reference]:
    """Return the paths that a file names, without parsing it: keys stand at the end of a line."""
    pid = f" pid {via.rpartition(' pid ')[2]}" if " pid " in via else ""
    for key, found in re.findall(r'"?([A-Za-z-]+)"?:\s+"?(/[^\s",}]+)', content):
        wanted = KEYS.get((role, key))
        if wanted is not None:
            yield Reference(wanted, found, f"{via.partition(' ')[0]} {key}{pid}")


def _role(role: str, path: str) -> str:
    return "private-key" if role == "pki" and path.endswith(".key") else role
