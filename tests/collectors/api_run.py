"""Run collectors/api.py as its user does, and open what it made."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.collectors.replay import MESSAGE, Fault, Recording, Replay, write_stand_in

COLLECTOR = Path(__file__).resolve().parents[2] / "collectors" / "api.py"
# The program as it is, but a list that broke off is begun again without a pause.
HASTY = """
import importlib.util, os, pathlib, sys
spec = importlib.util.spec_from_file_location("api", sys.argv[1])
api = importlib.util.module_from_spec(spec)
spec.loader.exec_module(api)
api.RESTART_WAIT = 0
if "SERVICE_ACCOUNT" in os.environ:
    api.SERVICE_ACCOUNT = pathlib.Path(os.environ["SERVICE_ACCOUNT"])
sys.exit(api.main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one run left behind."""

    code: int
    out: str
    err: str
    requests: tuple[str, ...]
    path: Path
    members: Mapping[str, bytes]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the documents of an .ndjson member (below ``bundle/``)."""
        return [json.loads(line) for line in self.members[name].splitlines()]

    @property
    def manifest(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.members["manifest.json"])
        return document

    def probe(self, name: str) -> dict[str, Any]:
        """Return the one record of ``api/NAME``."""
        (found,) = [one for one in self.lines("probes.ndjson") if one["id"] == f"api/{name}"]
        return found

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Return the objects that the bundle holds for ``api/NAME``."""
        return self.lines(self.probe(name)["blob"])


def evidence(got: Collected) -> dict[str, bytes]:
    """Return the members that any two runs over the same cluster have alike."""
    return {
        name: content
        for name, content in got.members.items()
        if name.startswith(("api/", "plan", "redactions"))
    }


def command(
    folder: Path, kubeconfig: Path, words: Sequence[str], kubectl: Path | None
) -> list[str]:
    """Return the words that run the collector against a replay."""
    kubectl = kubectl or write_stand_in(folder / "kubectl")
    options = ["--kubectl", str(kubectl), "--kubeconfig", str(kubeconfig)]
    return hasty(folder, [*options, *words])


def hasty(folder: Path, words: Sequence[str], python: Path | None = None) -> list[str]:
    """Return the words that run the collector into ``folder``, warnings being errors."""
    (folder / "out").mkdir()
    program = [str(python or sys.executable), "-W", "error", "-c", HASTY, str(COLLECTOR)]
    return [*program, "--output", str(folder / "out"), *words]


def collect(
    folder: Path,
    recording: Recording,
    *,
    faults: Sequence[Fault] = (),
    page: int = 500,
    words: Sequence[str] = (),
    kubectl: Path | None = None,
    python: Path | None = None,
    message: str = MESSAGE,
) -> Collected:
    """Serve a recording, collect it with kubectl into ``folder`` and return what came of it."""
    program = kubectl or write_stand_in(folder / "kubectl")
    with Replay(recording, page=page, faults=faults, message=message) as server:
        kubeconfig = server.kubeconfig(folder / "kubeconfig.json")
        options = ["--kubectl", str(program), "--kubeconfig", str(kubeconfig), *words]
        return run(folder, server, hasty(folder, options, python), {})


def collect_in_pod(
    folder: Path,
    server: Replay,
    *,
    ca: Path,
    words: Sequence[str] = ("--in-cluster",),
    python: Path | None = None,
) -> Collected:
    """Collect from a server as a pod with no kubectl does, and return what came of it."""
    mounted = folder / "serviceaccount"
    mounted.mkdir()
    (mounted / "token").write_text(f"{server.token}\n", encoding="ascii")
    (mounted / "ca.crt").write_bytes(ca.read_bytes())
    pod = {
        "KUBERNETES_SERVICE_HOST": "127.0.0.1",
        "KUBERNETES_SERVICE_PORT": str(server.port),
        "SERVICE_ACCOUNT": str(mounted),
        "PATH": str(folder),
        # A proxy that is not there: nothing may be sent to it.
        "https_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    return run(folder, server, hasty(folder, words, python), pod)


def run(
    folder: Path, server: Replay, program: Sequence[str], environment: Mapping[str, str]
) -> Collected:
    """Run a collector whose HOME is empty, and is empty afterwards."""
    home = folder / "home"
    home.mkdir()
    done = subprocess.run(
        program, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, **environment, "HOME": str(home)}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert list(home.rglob("*")) == []
    return opened(done.returncode, done.stdout, done.stderr, server.requests)


def opened(code: int, out: str, err: str, requests: Sequence[str]) -> Collected:
    """Open the bundle that a run names on its standard output, checking its seal."""
    named = re.match(
        r"bundle: (.+)\ncustody fingerprint: sha256:([0-9a-f]{64})\nfor the paper form: (.+)\n\Z",
        out,
    )
    assert named, (code, out, err)
    path = Path(named.group(1))
    with tarfile.open(path, "r:gz") as archive:
        content = {one.name: archive.extractfile(one) for one in archive.getmembers()}
        members = {
            name.removeprefix("bundle/"): stream.read()
            for name, stream in content.items()
            if stream is not None
        }
    assert len(members) == len(content), "a member is not a regular file, or is there twice"
    assert hashlib.sha256(members["SHA256SUMS"]).hexdigest() == named.group(2)
    sums = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in sorted(members.items())
        if name != "SHA256SUMS"
    )
    assert members["SHA256SUMS"].decode() == sums
    return Collected(
        code=code, out=out, err=err, requests=tuple(requests), path=path, members=members
    )
