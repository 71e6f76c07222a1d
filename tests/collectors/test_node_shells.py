"""The same evidence from every shell and userland, and with each optional tool taken away."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.collectors.node_run import COLLECTOR, SHELLS, Collected, collect, invoke

SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
BUSYBOX = shutil.which("busybox")
AWKS = tuple(
    words
    for words in (("mawk",), ("gawk",), ("original-awk",), ("busybox", "awk"))
    if shutil.which(words[0])
)
# sha256sum and base64 are done without where openssl is there to stand in.
REPLACED = ("sha256sum", "base64") if shutil.which("openssl") else ()
OPTIONAL = ("timeout", "getfacl", "readlink", "gzip", "stat", *REPLACED)


def toolbox(folder: Path, *, without: Sequence[str] = ()) -> dict[str, str]:
    """Return an environment whose PATH holds links to the tools of this system, less some."""
    folder.mkdir()
    for directory in reversed(SYSTEM):
        for tool in Path(directory).glob("*"):
            link = folder / tool.name
            if tool.name not in without and os.access(tool, os.X_OK) and not link.exists():
                link.symlink_to(tool)
    return {"PATH": str(folder)}


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_shell_gives_the_same_evidence(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    run = collect(cp_tree, tmp_path / "out", shell=shell)
    assert (run.code, run.err) == (0, "")
    assert run.timeless == cp_run.timeless
    assert run.names == cp_run.names
    for name in run.names:
        if name.startswith(("bundle/blobs/", "bundle/plan", "bundle/redactions")):
            assert run.members[name] == cp_run.members[name], name


@pytest.mark.parametrize("words", AWKS, ids=" ".join)
def test_every_awk_gives_the_same_evidence(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "awk"
    program.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
    program.chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    run = collect(cp_tree, tmp_path / "out", env=env)
    assert run.timeless == cp_run.timeless


@pytest.mark.parametrize("missing", OPTIONAL)
def test_an_optional_tool_may_be_missing(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, missing: str
) -> None:
    env = toolbox(tmp_path / "bin", without=[missing])
    run = collect(cp_tree, tmp_path / "out", env=env)
    assert run.code == 0
    assert run.manifest["tools"].get(missing) in {"none", None}
    assert comparable(run) == comparable(cp_run)
    assert run.manifest["cluster"] == cp_run.manifest["cluster"]
    assert run.path.suffix == (".tar" if missing == "gzip" else ".gz")


def comparable(run: Collected) -> list[dict[str, object]]:
    """Return the records less what a poorer userland cannot know: times, mtime and access lists."""
    kept = []
    for record in run.probes:
        slim = {k: v for k, v in record.items() if k not in {"t0", "t1", "acl"}}
        if "stat" in slim:
            slim["stat"] = {k: v for k, v in record["stat"].items() if k != "mtime"}
        kept.append(slim)
    return kept


@pytest.mark.parametrize("missing", ["awk", "od", "tr"])
def test_a_needed_tool_is_asked_for(cp_tree: Path, tmp_path: Path, missing: str) -> None:
    env = toolbox(tmp_path / "bin", without=[missing])
    done = invoke(["--root", str(cp_tree), "--output", str(tmp_path)], env=env)
    assert done.returncode == 4
    assert f"error: {missing}: is not on PATH" in done.stderr


BUSYBOXES = (BUSYBOX,) if BUSYBOX else ()


@pytest.mark.parametrize("busybox", BUSYBOXES)
def test_busybox_and_nothing_else_suffices(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, busybox: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    for applet in applets.stdout.split():
        (folder / applet).symlink_to(busybox)
    words = ["env", "-i", f"PATH={folder}", str(folder / "sh")]
    run = collect(cp_tree, tmp_path / "out", shell=words)
    assert run.code == 0
    assert comparable(run) == comparable(cp_run)
    assert {r.get("acl") for r in run.probes if "stat" in r} == {None}
    assert run.manifest["tools"]["awk"] == "busybox"


def test_the_program_is_one_plain_file() -> None:
    text = COLLECTOR.read_text(encoding="ascii")
    words = text.split()
    assert "eval" not in words
    assert "local" not in words
    assert max(map(len, text.splitlines())) < 500
