"""The README's commands work as printed, and its check by hand is the one the samples give."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from analyzer.cli import main
from analyzer.cli.exits import MEANING, Exit

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = re.search(r"```console\n(.*?)```", README, re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Commands of the check by hand with the output printed below each."""
    assert SESSION is not None
    found = []
    for part in SESSION[1].split("$ ")[1:]:
        command, _, output = part.partition("\n")
        found.append((command, output))
    return found


def test_check_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    for command, expected in steps():
        ours, _, pipe = command.partition(" | ")
        words = shlex.split(ours)
        if words[0] != "kube-evidence":
            done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, text=True)
            assert done.stdout == expected, command
            continue
        assert main(words[1:]) == 0
        said = capsys.readouterr().out
        if pipe == "tail -4":
            assert "".join(said.splitlines(keepends=True)[-4:]) == expected, command


def test_exit_codes_are_those_of_the_program() -> None:
    for code in Exit:
        assert f"| {code.value} | {MEANING[code]} |" in README


def test_two_commands_come_first() -> None:
    assert README.index("make demo") < README.index("make test") < README.index("pip install")
