"""Make the sample bundles again, with our own collectors and the recorded evidence.

Run it as root (``make samples``): the recorded trees hold files of several owners, and a
collector that is to report them must find them on disk. Every bundle carries the time it was
made and a random identifier, so two builds differ in those; nothing in a bundle is edited.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.collectors.replay import (  # noqa: E402 - found through the path set above
    Fault,
    Recording,
    Replay,
    captured,
    write_stand_in,
)

SAMPLES = ROOT / "samples"
TREES = ROOT / "tests" / "data" / "rootfs"
NODES = ("cp-1", "worker-1")
CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane"
MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
# An exe link of a kernel thread points nowhere, and was recorded as a file without content.
UNREADABLE = "proc/2/exe"
PARTIAL = 3  # what a collector returns when something was refused or did not answer


def extract(node: str, folder: Path) -> Path:
    """Unpack the recorded root of a node, with modes and owners, and return its path."""
    target = folder / node
    target.mkdir()
    with tarfile.open(TREES / f"{node}.rootfs.tar.gz") as archive:
        # The archive is ours, and a filter would change the very modes that are evidence. Set
        # as an attribute, since Pythons before 3.11.4 know neither filters nor the argument.
        archive.extraction_filter = lambda member, _folder: member
        for member in archive.getmembers():
            if not member.name.endswith(UNREADABLE):
                archive.extract(member, target)
    return target


def run(command: list[str], output: Path) -> Path:
    """Run a collector that writes into ``output`` and return the one bundle it made."""
    output.mkdir()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=600)
    if done.returncode not in (0, PARTIAL):
        sys.exit(f"error: {command[1]}: ended with {done.returncode}")
    (bundle,) = output.glob("*.tar.gz")
    print(re.sub(r"(?m)^bundle: .*/", "bundle: ", done.stdout), end="")
    return bundle


def node_bundle(node: str, tree: Path, folder: Path) -> Path:
    """Collect one node from its recorded root."""
    output = folder / f"out-{node}"
    script = str(ROOT / "collectors" / "node.sh")
    words = ["--root", str(tree), "--node-name", node, "--output", str(output)]
    return run(["sh", script, *words], output)


def api_bundle(name: str, recording: Recording, faults: list[Fault], ca: Path, at: Path) -> Path:
    """Collect the API from a server that replays ``recording``."""
    output = at / f"out-{name}"
    kubectl = write_stand_in(at / f"kubectl-{name}")
    script = str(ROOT / "collectors" / "api.py")
    with Replay(recording, faults=faults) as server:
        kubeconfig = server.kubeconfig(at / f"{name}.json", ca=ca)
        words = ["--kubectl", str(kubectl), "--kubeconfig", str(kubeconfig)]
        return run([sys.executable, script, *words, "--output", str(output)], output)


def managed(recording: Recording) -> Recording:
    """Return what a customer of a managed service sees: no control-plane node, none of its pods."""
    lists = dict(recording.lists)
    nodes, pods = lists["/api/v1/nodes"], lists["/api/v1/pods"]
    lists["/api/v1/nodes"] = dict(
        nodes,
        items=[n for n in nodes["items"] if CONTROL_PLANE_LABEL not in n["metadata"]["labels"]],
    )
    lists["/api/v1/pods"] = dict(
        pods,
        items=[
            pod
            for pod in pods["items"]
            if MIRROR_ANNOTATION not in pod["metadata"].get("annotations", {})
        ],
    )
    return Recording(lists=lists, discovery=recording.discovery)


def refused_kubelets(recording: Recording) -> list[Fault]:
    """Return faults that refuse each kubelet's settings, as a reader without nodes/proxy sees."""
    names = [one["metadata"]["name"] for one in recording.lists["/api/v1/nodes"]["items"]]
    return [Fault(path=f"/api/v1/nodes/{name}/proxy/configz", kind="403") for name in names]


def build(folder: Path) -> None:
    """Make every bundle in ``folder``, then put them all in place."""
    trees = {node: extract(node, folder) for node in NODES}
    made = {SAMPLES / "bundles" / f"{n}.tar.gz": node_bundle(n, trees[n], folder) for n in NODES}
    ca = trees["cp-1"] / "etc" / "kubernetes" / "pki" / "ca.crt"
    whole, reduced = captured(), managed(captured())
    made[SAMPLES / "bundles" / "api.tar.gz"] = api_bundle("api", whole, [], ca, folder)
    made[SAMPLES / "managed" / "worker-1.tar.gz"] = made[SAMPLES / "bundles" / "worker-1.tar.gz"]
    made[SAMPLES / "managed" / "api.tar.gz"] = api_bundle(
        "managed", reduced, refused_kubelets(reduced), ca, folder
    )
    for target, source in made.items():
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)


def main() -> None:
    """Build the samples, or say what is missing."""
    if os.geteuid() != 0:
        sys.exit(
            "error: samples: only root can unpack files of other owners\n"
            "help: Run it as root, for example in a container."
        )
    with tempfile.TemporaryDirectory(prefix="kube-evidence-samples-") as folder:
        build(Path(folder))


if __name__ == "__main__":
    main()
