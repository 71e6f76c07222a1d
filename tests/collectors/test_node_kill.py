"""Told to stop, killed, or left without a disk at any moment: a whole bundle, or none."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import main
from tests.collectors.node_run import SHELLS, collect, process, short_text, write
from tests.tools import needed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
TIMES = 3


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a folder with a short collector, a small tree and the seconds that a run takes."""
    folder = tmp_path_factory.mktemp("kill")
    write(folder, "/node.sh", short_text())
    write(folder, "/root/etc/hostname", "bare-1\n")
    process(folder / "root", 7, "kubelet", "--config=/k.yaml")
    write(folder, "/root/k.yaml", "kind: KubeletConfiguration\nreadOnlyPort: 0\n")
    collect(folder / "root", folder / "warm", script=folder / "node.sh")
    before = time.monotonic()
    collect(folder / "root", folder / "first", script=folder / "node.sh")
    write(folder, "/seconds", str(time.monotonic() - before))
    yield folder
    shutil.rmtree(folder)


def start(stage: Path, output: Path, shell: Sequence[str], **more: Any) -> "subprocess.Popen[str]":
    output.mkdir()
    return subprocess.Popen(
        [*shell, str(stage / "node.sh"), "--root", str(stage / "root"), "--output", str(output)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **more,
    )


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as archive:
        opened = archive.extractfile("bundle/manifest.json")
        assert opened is not None
        loaded: dict[str, Any] = json.loads(opened.read())
    return loaded


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
def test_told_to_stop_it_seals_all_or_leaves_nothing(
    stage: Path, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    """Random moments, the last ones within the seal; to the shell alone, or as Ctrl-C does."""
    needed(shell[0])
    rng = random.Random(" ".join(shell))
    whole = float((stage / "seconds").read_text())
    for n in range(TIMES):
        run = start(stage, tmp_path / str(n), shell)
        time.sleep(whole * rng.uniform(0.6 if n % 2 else 0, 1.1))
        send = rng.choice((os.kill, os.killpg))
        with contextlib.suppress(ProcessLookupError):
            send(run.pid, rng.choice(SIGNALS))
        out, err = run.communicate(timeout=60)
        left = list((tmp_path / str(n)).iterdir())
        # ksh93 may add 128 when the signal met it within a command substitution
        code = run.returncode & 0x7F if shell == ("ksh93",) else run.returncode
        # zsh 5.9 may crash while it leaves a trap: all was written and said by then
        crashed = shell[0] == "zsh" and code == -signal.SIGSEGV
        if not left:
            assert out == ""
            assert code != 0, err
            continue
        (path,) = left
        assert out.startswith(f"bundle: {path}\n")
        manifest = manifest_of(path)
        stopped = manifest["stopped"] == "signal"
        assert (stopped, manifest["complete"]) in {(True, False), (False, True)}
        assert crashed or code in ({3, 4} if stopped else {0}), (run.returncode, err)
        assert ("stopped before its end: signal" in err) is stopped
        assert main(["verify", str(path)]) == 0


def test_killed_it_leaves_nothing_under_the_final_name(stage: Path, tmp_path: Path) -> None:
    rng = random.Random(9)
    whole = float((stage / "seconds").read_text())
    for n in range(TIMES):
        run = start(stage, tmp_path / str(n), ("sh",))
        time.sleep(whole * rng.uniform(0.5 if n % 2 else 0, 1.1))
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate(timeout=60)
        for path in (tmp_path / str(n)).iterdir():
            assert path.suffix in {".work", ".gz"}
            if path.suffix == ".gz":
                assert main(["verify", str(path)]) == 0


def narrow(size: int) -> Callable[[], None]:
    """Return what lets a process write files of ``size`` bytes at most, as a full disk would."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


# The folder itself, its first files, or only the archive of them all find no room.
@pytest.mark.parametrize("size", [0, 50_000, len(short_text()) + 1_000])
@pytest.mark.parametrize("shell", [("dash",), ("bash",), ("busybox", "sh")], ids=" ".join)
def test_a_disk_that_is_full_is_said_and_nothing_stays(
    stage: Path, tmp_path: Path, shell: tuple[str, ...], size: int
) -> None:
    needed(shell[0])
    run = start(stage, tmp_path / "out", shell, preexec_fn=narrow(size), restore_signals=False)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (4, "")
    assert "the bundle could not be written\nhelp: Free some space" in err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
def test_an_output_folder_that_vanishes_is_said(
    stage: Path, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    needed(shell[0])
    tools = tmp_path / "tools"
    output = tmp_path / "out"
    real = shutil.which("stat")
    gone = f'case $* in *os-release) rm -rf "{output}" ;; esac'
    write(tools, "stat", f'#!/bin/sh\n{gone}\nexec {real} "$@"\n', 0o755)
    env: Mapping[str, str] = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    run = start(stage, output, shell, env=env)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (4, "")
    assert "the bundle could not be written" in err
    assert not output.exists()


CAPS = {
    "PROBE_CAP=5000 ": ("PROBE_CAP=3 ", "more than 3 probes"),
    "BUNDLE_CAP=67108864 ": ("BUNDLE_CAP=10 ", "more than 10 bytes of files"),
    "RUN_CAP=900 ": ("RUN_CAP=0 ", "more than 0 seconds"),
}


@pytest.mark.parametrize("cap", sorted(CAPS))
def test_a_cap_ends_the_run_and_says_so(stage: Path, tmp_path: Path, cap: str) -> None:
    new, why = CAPS[cap]
    text = (stage / "node.sh").read_text()
    assert text.count(f"\n{cap}") == 1
    script = write(tmp_path, "node.sh", text.replace(f"\n{cap}", f"\n{new}"))
    run = collect(stage / "root", tmp_path / "out", script=script)
    assert run.code in {3, 4}
    assert (run.manifest["stopped"], run.manifest["complete"]) == (why, False)
    counts = run.manifest["counts"]
    assert counts["run"] < counts["planned"]
    never = counts["planned"] - counts["run"]
    assert f"stopped before its end: {why}; {never} probes never ran\n" in run.err
    assert "Kubernetes component" not in run.err  # nobody has looked for one yet
    name, value = new.strip().split("=")
    assert run.manifest["limits"][name.lower()] == int(value)
