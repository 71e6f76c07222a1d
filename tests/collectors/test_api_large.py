"""Twenty thousand pods: page by page, in little memory."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.collectors.api_run import COLLECTOR, HASTY, opened
from tests.collectors.replay import Recording, Replay, small, write_stand_in

PODS = 20_000
MEBIBYTES = 120
KINDS = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
MEASURED = HASTY.replace("sys.exit(api.main(sys.argv[2:]))", """
code = api.main(sys.argv[2:])
sys.stderr.write(open("/proc/self/status").read())
sys.exit(code)
""")  # fmt: skip


class Large(Replay):
    """A server whose pods are made when they are asked for."""

    def __init__(self, recording: Recording, make: Callable[[int], dict[str, Any]]) -> None:
        super().__init__(recording)
        self._make = make

    def answer(self, target: str) -> tuple[int, bytes, str]:
        path, _, query = target.partition("?")
        if path != "/api/v1/pods":
            return super().answer(target)
        found = re.search(r"continue=(\d+)", query)
        start = int(found[1]) if found else 0
        limit = int(query.partition("limit=")[2].partition("&")[0])
        left = PODS - start - limit
        metadata: dict[str, Any] = {"resourceVersion": "9"}
        if left > 0:
            metadata |= {"continue": str(start + limit), "remainingItemCount": left}
        items = [self._make(at) for at in range(start, min(start + limit, PODS))]
        page = {"kind": "PodList", "apiVersion": "v1", "metadata": metadata, "items": items}
        return 200, json.dumps(page).encode(), ""


def pod(number: int) -> dict[str, Any]:
    """Return a pod whose status, which is not kept, is most of its size."""
    metadata = {"name": f"pod-{number}", "namespace": f"team-{number % 50}", "uid": str(number)}
    container = {"name": "main", "image": "registry.example/app:1"}
    spec = {"nodeName": f"node-{number % 100}", "containers": [container]}
    return {"metadata": metadata, "spec": spec, "status": {"phase": "Running", "x": "y" * 1500}}


def measured(folder: Path, make: Callable[[int], dict[str, Any]]) -> tuple[list[str], str]:
    """Collect; returns the kept pods' lines and what the process said of its memory."""
    (folder / "out").mkdir()
    kubectl = write_stand_in(folder / "kubectl")
    recording = small({"nodes": [], "namespaces": [], "pods": []}, KINDS)
    with Large(recording, make) as server:
        config = server.kubeconfig(folder / "kubeconfig.json")
        options = ["--kubectl", str(kubectl), "--kubeconfig", str(config)]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(COLLECTOR), "--output", str(folder / "out"),
             *options],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
    got = opened(done.returncode, done.stdout, done.stderr, server.requests)
    probe = got.probe("pods")
    facts = probe["api"]
    assert (probe["status"], facts["items"], facts["pages"]) == ("ok", PODS, PODS // 500)
    return got.members[probe["blob"]].decode().splitlines(), done.stderr


def test_twenty_thousand_pods_need_little_memory(tmp_path: Path) -> None:
    lines, said = measured(tmp_path, pod)
    assert len(lines) == PODS
    assert [json.loads(lines[at])["metadata"]["name"] for at in (0, -1)] == [
        "pod-0",
        f"pod-{PODS - 1}",
    ]
    peak = re.search(r"VmHWM:\s+(\d+) kB", said)
    assert peak is not None
    assert int(peak[1]) < MEBIBYTES * 1024
