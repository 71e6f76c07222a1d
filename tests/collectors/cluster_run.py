"""Run collectors/kubernetes/collect.sh against a cluster that is a folder."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.collectors import kubectl_stand_in as stand_in
from tests.collectors.waiting import wait_until

if TYPE_CHECKING:
    from tests.collectors.kubectl_stand_in import Cluster, Thing

KUBERNETES = Path(__file__).resolve().parents[2] / "collectors" / "kubernetes"
DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGES = (
    f"--image=registry.example.com:5000/tools/busybox@{DIGEST}",
    f"--api-image=registry.example.com/python@{DIGEST}",
)
NODES = ("cp-1,linux,True", "w-1,linux,True", "w-2,linux,True")
SHORTER = {"PATIENCE=90 ": "PATIENCE=2 ", "BLOCKS=32768 ": "BLOCKS=2048 ",
           "PACKED=524288 ": "PACKED=2048 "}  # fmt: skip
HASTY = {"kube 120 delete namespaces": "kube 1 delete namespaces"}
SHELLS = (("dash",), ("busybox", "sh"), ("bash",))


def set_up(
    folder: Path,
    nodes: Sequence[str],
    *,
    objects: Sequence["Thing"] = (),
    faults: Sequence["Thing"] = (),
    pods: Path,
    openshift: bool = False,
    minor: str = "32+",
) -> Path:
    """Make a cluster and return its kubectl.

    Args:
        folder: A new folder.
        nodes: ``NAME,OS,READY`` of each.
        objects: What is there already: kind, name, namespace, labels.
        faults: Each with ``on`` (plain words that begin a call), ``kind`` (fail; hang; flood: far
            too much; cut: half of the answer; spoil: the file ``text`` instead of it; sick: pod
            ``on`` is not ready for the reason ``text``), and optionally ``times`` (default:
            always) and ``text``.
        pods: Holds for each role (node, api) the folder with ``log`` and the bundle that the log
            names, as its pod would.
        openshift: The cluster offers security.openshift.io.
        minor: Of the server's version.
    """
    folder.mkdir()
    cluster = {
        "nodes": nodes,
        "objects": list(objects),
        "faults": list(faults),
        "pods": str(pods),
        "openshift": openshift,
        "minor": minor,
        "made": [],
        "documents": [],
        "calls": [],
        "flooded": [],
        "paths": [path for path in sys.path if path.endswith("site-packages")],
    }
    stand_in.save(str(folder), cluster)
    program = folder / "kubectl"
    at = Path(stand_in.__file__)
    text = f"import sys; sys.path[:0] = ['{at.parent}']; import {at.stem} as k; sys.exit(k.call())"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S -c "{text}" {folder} "$@"\n')
    program.chmod(0o755)
    return program


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What one run left behind."""

    code: int
    out: str
    err: str
    fetched: dict[str, bytes]
    cluster: "Cluster"

    @property
    def ours(self) -> list[str]:
        """Return what is still in the cluster of what was made there."""
        there = self.cluster["objects"]
        return [f"{one['kind']}/{one['name']}" for one in there if one in self.cluster["made"]]

    def row(self, subject: str) -> str:
        """Return the table's line about a subject."""
        (found,) = [line for line in self.out.splitlines() if line.startswith(f"{subject}  ")]
        return found


def pods_from(bundle: Path, said: str, folder: Path, names: Sequence[str]) -> Path:
    """Lay out what pods say and hold: the same run for each node under a name of its own."""
    for number, name in enumerate(names):
        at = folder / ("api" if name == "api" else f"node/{name}")
        at.mkdir(parents=True)
        kind = "api" if name == "api" else "node"
        file = f"keb-{kind}-{number:08x}-20261122t120000z.tar.gz"
        shutil.copy(bundle, at / file)
        log = re.sub(r"(?m)^bundle: .*$", f"bundle: /work/{file}", said)
        (at / "log").write_text(f"{log}exit code: 0\n")
    return folder


def quick(folder: Path, shorter: Mapping[str, str] = SHORTER) -> Path:
    """Copy the script and its manifests, with less patience; programs lie above, as shipped."""
    target = folder / "kubernetes"
    shutil.copytree(KUBERNETES, target)
    for name in ("node.sh", "api.py"):
        (folder / name).write_text("a program\n")
    script = target / "collect.sh"
    text = script.read_text()
    for old, new in shorter.items():
        assert old in text
        text = text.replace(old, new)
    script.write_text(text)
    return script


def run(
    folder: Path,
    script: Path,
    kubectl: Path,
    *words: str,
    shell: Sequence[str] = ("sh",),
    after: float | None = None,
    on: str = "",
    number: int = signal.SIGTERM,
) -> Ended:
    """Run the script in ``folder`` to its end.

    A signal is sent ``after`` so many seconds, counted from the first call of kubectl that
    begins with the word ``on``.
    """
    out = folder / "out"
    out.mkdir(exist_ok=True)
    child = subprocess.Popen(
        [*shell, str(script), "--kubectl", str(kubectl), "--output", str(out), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if after is not None:
        wait_until(lambda: was_called(kubectl, on), child)
        time.sleep(after)
        child.send_signal(number)
    said, complained = child.communicate(timeout=600)
    return Ended(
        code=child.returncode,
        out=said,
        err=complained,
        fetched={path.name: path.read_bytes() for path in out.iterdir()},
        cluster=stand_in.load(str(kubectl.parent)),
    )


def was_called(kubectl: Path, word: str) -> bool:
    """Tell whether kubectl was called, with ``word`` as its first plain word if one is given."""
    calls = stand_in.load(str(kubectl.parent))["calls"]
    return any(stand_in.options_of(words)[0][0].startswith(word) for words in calls)


def fault(on: str, kind: str, **more: Any) -> dict[str, Any]:
    """Describe one way to go wrong."""
    return {"on": on, "kind": kind, **more}
