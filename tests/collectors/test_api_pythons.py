"""Python 3.6 suffices, syntax and library; the oldest and newest at hand run the program."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.collectors.api_run import COLLECTOR, collect, evidence
from tests.collectors.programs import python
from tests.collectors.replay import three_pods

VERMIN = (sys.executable, "-c", "import vermin; vermin.main()", "-t=3.6-", "--no-tips")


def test_syntax_and_library_are_those_of_python_3_6() -> None:
    done = subprocess.run(
        [*VERMIN, "--violations", str(COLLECTOR)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Minimum required versions: 3.6" in done.stdout


@pytest.mark.parametrize("program", [("f'{1=}'", "3.8"), ("import tomllib", "3.11")])
def test_the_checker_finds_what_is_younger(tmp_path: Path, program: tuple[str, str]) -> None:
    (tmp_path / "young.py").write_text(f"{program[0]}\n", encoding="ascii")
    done = subprocess.run(
        [*VERMIN, str(tmp_path / "young.py")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode != 0
    assert program[1] in done.stdout


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_other_pythons_bring_the_same_evidence(tmp_path: Path, which: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    got = collect(tmp_path / "a", three_pods(), page=2, python=python(which))
    here = collect(tmp_path / "b", three_pods(), page=2)
    assert (got.code, got.err) == (0, "")
    assert evidence(got) == evidence(here)
