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
from typing import Any, NamedTuple

import pytest

from analyzer.bundle.reader import read_bundle
from analyzer.cli import main
from tests.collectors.node_run import SHELLS, collect, process, short_text, write
from tests.collectors.waiting import LONGEST, wait_until
from tests.tools import needed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
TIMES = 8


class Held(NamedTuple):
    """A run that stands still, the process within it that collects, and its output folder."""

    process: "subprocess.Popen[str]"
    worker: int
    mark: Path
    output: Path


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


def heedful() -> None:
    """Take signals as a terminal's program does, though the tests may run in the background."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def start(stage: Path, output: Path, shell: Sequence[str], **more: Any) -> "subprocess.Popen[str]":
    output.mkdir()
    return subprocess.Popen(
        [*shell, str(stage / "node.sh"), "--root", str(stage / "root"), "--output", str(output)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **{"preexec_fn": heedful, **more},
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
        out, err = run.communicate(timeout=LONGEST)
        left = list((tmp_path / str(n)).iterdir())
        if not left:  # it had not begun, as its code says
            assert out == ""
            assert run.returncode != 0, err
            continue
        (path,) = left
        assert out.startswith(f"bundle: {path}\n"), (run.returncode, out, err)
        manifest = manifest_of(path)
        stopped = manifest["stopped"] == "signal"
        assert (stopped, manifest["complete"]) in {(True, False), (False, True)}
        assert run.returncode in ({3, 4} if stopped else {0}), err
        assert ("stopped before its end: signal" in err) is stopped
        assert main(["verify", str(path)]) == 0


def test_killed_it_leaves_nothing_under_the_final_name(stage: Path, tmp_path: Path) -> None:
    rng = random.Random(9)
    whole = float((stage / "seconds").read_text())
    for n in range(TIMES):
        run = start(stage, tmp_path / str(n), ("sh",))
        time.sleep(whole * rng.uniform(0.5 if n % 2 else 0, 1.1))
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate(timeout=LONGEST)
        for path in (tmp_path / str(n)).iterdir():
            assert path.suffix in {".work", ".gz"}
            if path.suffix == ".gz":
                assert main(["verify", str(path)]) == 0


def work_of(run: Held) -> Path:
    (work,) = run.output.glob("*.work")
    return work


@pytest.fixture
def held(stage: Path, tmp_path: Path) -> Iterator[Callable[[Sequence[str]], Held]]:
    """Return what starts a run that stands still at its file, until the mark there is removed."""
    tools, mark = tmp_path / "tools", tmp_path / "mark"
    still = f'touch "{mark}"; while [ -e "{mark}" ]; do sleep 0.1; done'
    slow = f"#!/bin/sh\ncase $* in *k.yaml) {still} ;; esac\n"
    write(tools, "stat", f'{slow}exec {shutil.which("stat")} "$@"\n', 0o755)
    env: Mapping[str, str] = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    runs = []

    def begin(shell: Sequence[str]) -> Held:
        run = start(stage, tmp_path / "out", shell, env=env)
        runs.append(run)
        wait_until(mark.exists, run)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        (worker,) = map(int, children)
        return Held(run, worker, mark, tmp_path / "out")

    yield begin
    for run in runs:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
def test_a_collecting_process_that_breaks_off_is_said_and_nothing_stays(
    held: Callable[[Sequence[str]], Held], shell: tuple[str, ...]
) -> None:
    """As where a machine without memory ends it."""
    needed(shell[0])
    run = held(shell)
    os.kill(run.worker, signal.SIGKILL)
    run.mark.unlink()
    out, err = run.process.communicate(timeout=LONGEST)
    assert (run.process.returncode, out) == (4, "")
    assert "error: node.sh: broke off (" in err
    assert list(run.output.iterdir()) == []


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
def test_killed_alone_its_collecting_process_seals_and_ends(
    held: Callable[[Sequence[str]], Held], shell: tuple[str, ...]
) -> None:
    needed(shell[0])
    run = held(shell)
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    run.mark.unlink()
    out, err = run.process.communicate(
        timeout=LONGEST
    )  # its output is open until the other ends, too
    assert "stopped before its end: signal" in err
    (path,) = run.output.iterdir()
    assert out.startswith(f"bundle: {path}\n")
    assert (manifest_of(path)["stopped"], manifest_of(path)["complete"]) == ("signal", False)
    assert main(["verify", str(path)]) == 0


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_told_to_stop_nothing_that_was_being_read_is_cut_short(
    held: Callable[[Sequence[str]], Held], shell: tuple[str, ...], number: signal.Signals
) -> None:
    """Ctrl-C reaches every process of the run: what reads a file ends its work nevertheless."""
    needed(shell[0])
    run = held(shell)
    os.killpg(run.process.pid, number)
    wait_until((work_of(run) / "told").exists, run.process)
    run.mark.unlink()
    out, err = run.process.communicate(timeout=LONGEST)
    assert run.process.returncode == 3, err
    bundle = read_bundle(Path(out.splitlines()[0].removeprefix("bundle: ")))
    read = [probe for probe in bundle.probes if probe.record["target"] == "/k.yaml"]
    assert [probe.status for probe in read] == ["ok"]


def narrow(size: int) -> Callable[[], None]:
    """Return what lets a process write files of ``size`` bytes at most, as a full disk would."""

    def limit() -> None:
        heedful()
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
    out, err = run.communicate(timeout=LONGEST)
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
    out, err = run.communicate(timeout=LONGEST)
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
