"""Run collectors/node.sh on a prepared tree, and open what it made."""

import base64
import hashlib
import io
import json
import random
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTOR = REPOSITORY / "collectors" / "node.sh"
TREES = REPOSITORY / "tests" / "data" / "rootfs"
# Recorded from a kernel thread, whose exe link points nowhere: the entry cannot be unpacked.
BROKEN = "proc/2/exe"

SHELLS: tuple[tuple[str, ...], ...] = (
    ("sh",),
    ("dash",),
    ("bash",),
    ("bash", "--posix"),
    ("busybox", "sh"),
    ("mksh",),
    ("yash",),
    ("ksh93",),
    ("posh",),
    ("zsh", "--emulate", "sh"),
)

RNG = random.Random(20261122)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one run left behind; ``names`` are the members in their order in the archive."""

    code: int
    out: str
    err: str
    path: Path
    names: tuple[str, ...]
    members: Mapping[str, bytes]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the documents of an .ndjson member (below ``bundle/``)."""
        return [json.loads(line) for line in self.members[f"bundle/{name}"].splitlines()]

    @property
    def probes(self) -> list[dict[str, Any]]:
        """Return the probe records in the order in which they were written."""
        return self.lines("probes.ndjson")

    @property
    def manifest(self) -> dict[str, Any]:
        """Return the manifest."""
        loaded: dict[str, Any] = json.loads(self.members["bundle/manifest.json"])
        return loaded

    def records(self, probe_id: str, target: str | None = None) -> list[dict[str, Any]]:
        """Return the records of an id, of one target where one is given."""
        return [r for r in self.probes if r["id"] == probe_id and target in (None, r["target"])]

    def record(self, probe_id: str, target: str | None = None) -> dict[str, Any]:
        """Return the one record of an id and target."""
        (found,) = self.records(probe_id, target)
        return found

    def blob(self, probe_id: str, target: str | None = None) -> bytes:
        """Return the content that the one record of an id and target kept."""
        return self.members["bundle/" + self.record(probe_id, target)["blob"]]

    @property
    def timeless(self) -> bytes:
        """Return probes.ndjson less its times, for comparing two runs."""
        kept = [{k: v for k, v in r.items() if k not in {"t0", "t1"}} for r in self.probes]
        return "\n".join(json.dumps(r) for r in kept).encode()


def unpack(node: str, target: Path) -> Path:
    """Lay out the recorded root of ``node`` below ``target``, with modes and, as root, owners."""
    target.mkdir(parents=True)
    with tarfile.open(TREES / f"{node}.rootfs.tar.gz") as archive:
        members = [m for m in archive.getmembers() if not m.name.endswith(BROKEN)]
        # The archive is ours, and a filter would change the modes that are evidence. Set as
        # an attribute, since Pythons before 3.11.4 know neither filters nor the argument.
        archive.extraction_filter = lambda member, _folder: member
        archive.extractall(target, members=members)
    return target


def invoke(
    words: Sequence[str],
    *,
    shell: Sequence[str] = ("sh",),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    script: Path = COLLECTOR,
) -> subprocess.CompletedProcess[str]:
    """Run the collector with ``words`` and wait for its end."""
    return subprocess.run(
        [*shell, str(script), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
    )


def collect(
    root: Path,
    output: Path,
    *words: str,
    shell: Sequence[str] = ("sh",),
    env: Mapping[str, str] | None = None,
    script: Path = COLLECTOR,
) -> Collected:
    """Collect the tree at ``root`` into a new folder ``output`` and open the bundle."""
    output.mkdir()
    # Tests that run as an ordinary user inside let the collector write here.
    output.chmod(0o777)
    arguments = ["--root", str(root), "--output", str(output), *words]
    done = invoke(arguments, shell=shell, env=env, script=script)
    assert done.returncode in {0, 3, 4}, done.stderr
    (path,) = output.iterdir()
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
        entries = archive.getmembers()
        assert all(e.isreg() for e in entries)
        members = {e.name: _content(archive, e) for e in entries}
    return Collected(
        code=done.returncode,
        out=done.stdout,
        err=done.stderr,
        path=path,
        names=tuple(e.name for e in entries),
        members=members,
    )


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    opened = archive.extractfile(entry)
    assert opened is not None
    return opened.read()


def write(root: Path, path: str, content: str | bytes, mode: int = 0o644) -> Path:
    """Put a file into a tree, with the folders above it."""
    at = root / path.lstrip("/")
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(content.encode() if isinstance(content, str) else content)
    at.chmod(mode)
    return at


def process(
    root: Path,
    pid: int,
    *argv: str | bytes,
    environ: Mapping[str, str] | None = None,
    exe: str | None = None,
) -> Path:
    """Add a process to the tree's /proc."""
    folder = root / "proc" / str(pid)
    words = [a.encode() if isinstance(a, str) else a for a in argv]
    write(root, f"/proc/{pid}/cmdline", b"".join(w + b"\0" for w in words))
    pairs = "".join(f"{k}={v}\0" for k, v in (environ or {}).items())
    write(root, f"/proc/{pid}/environ", pairs)
    write(root, f"/proc/{pid}/status", "Name:\tx\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n")
    write(root, f"/proc/{pid}/stat", f"{pid} (x) S " + " ".join(str(n) for n in range(50)) + "\n")
    (folder / "exe").symlink_to(exe or f"/usr/bin/program-{pid}")
    (folder / "root").symlink_to("/")
    return folder


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hex."""
    return hashlib.sha256(content).hexdigest()


def secret(length: int = 24) -> str:
    """Return a fresh secret that no shape gives away: only its place can."""
    return "".join(RNG.choice(ALPHABET) for _ in range(length))


def forms(value: str) -> tuple[bytes, ...]:
    """Return the shapes in which a value could leak: plain, base64 at any offset, hex."""
    raw = value.encode()
    shapes = [raw, raw.hex().encode(), raw.hex().upper().encode()]
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + raw)
        shapes.append(coded[(0, 2, 3)[shift] : len(coded) - 4])
    return tuple(shapes)


def assert_absent(run: Collected, *values: str) -> None:
    """Assert that no member holds any of ``values`` in any form."""
    for value in values:
        for shape in forms(value):
            found = [name for name, content in run.members.items() if shape in content]
            assert not found, (value, found)


def one_change(text: str, old: str, new: str) -> str:
    """Return a program with the one place of it changed that reads so."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def short_text() -> str:
    """Return the collector with few rows in its tables, so that a run is quick."""
    text = COLLECTOR.read_text()
    for table in ("CANDIDATES", "WALKS"):
        head, rest = text.split(f"\n{table}='\n")
        rows, tail = rest.split("\n'\n", 1)
        text = "\n".join([head, f"{table}='", *rows.splitlines()[:4], "'", tail])
    return text
