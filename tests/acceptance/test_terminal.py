"""What a person at a terminal sees, and what a program at the other end of a pipe gets."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from analyzer.reports import render
from analyzer.reports.terminal import summary_text
from tests.reports.builder import build
from tests.terminals import read_to_end

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys
from pathlib import Path
from analyzer.cli.kept import load_assessment
from analyzer.cli.screen import show_summary
show_summary(load_assessment(Path(sys.argv[1])), ("out/report.md",))
"""
BARE = ("NO_COLOR", "TERM", "FORCE_COLOR", "COLUMNS")
PLAIN = {"NO_COLOR": "1"}
ANALYZE = ["-m", "analyzer", "analyze", "samples/bundles", "--benchmark", "cis-1.12"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("kept") / "assessment.json"
    path.write_bytes(render("json", build())["assessment.json"])
    return str(path)


def _environment(words: dict[str, str]) -> dict[str, str]:
    bare = {k: v for k, v in os.environ.items() if k not in BARE}
    return bare | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)} | words


def _at_terminal(
    command: list[str], *, stream: str, size: int = 120, environment: dict[str, str] | None = None
) -> tuple[str, str]:
    """Run with one stream on a terminal; return what came there, and on the other stream."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, size, 0, 0))
    other = "stderr" if stream == "stdout" else "stdout"
    child = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=_environment(environment or {}),
        stdin=subprocess.DEVNULL,
        **{stream: theirs, other: subprocess.PIPE},  # type: ignore[call-overload] # by name
    )
    os.close(theirs)
    seen = read_to_end(ours)
    os.close(ours)
    output, errors = child.communicate()
    assert child.returncode == 0, errors
    rest: bytes = errors if stream == "stdout" else output
    return seen.decode().replace("\r\n", "\n"), rest.decode()


def test_a_terminal_gets_colour_that_says_nothing_new(kept: str) -> None:
    coloured, _ = _at_terminal(["-c", SHOW, kept], stream="stdout")
    plain, _ = _at_terminal(["-c", SHOW, kept], stream="stdout", environment=PLAIN)
    assert "\x1b[1;31mfail\x1b[0m 4.1.1" in coloured
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "0"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_who_wants_no_colour_gets_none(
    kept: str, environment: dict[str, str], *, colour: bool
) -> None:
    seen, _ = _at_terminal(["-c", SHOW, kept], stream="stdout", environment=environment)
    assert ("\x1b[" in seen) is colour


def test_analyze_ends_in_that_screen(tmp_path: Path) -> None:
    coloured, _ = _at_terminal([*ANALYZE, "--format", "json", "-o", str(tmp_path)], stream="stdout")
    lines = coloured.splitlines()
    assert lines[0].startswith("cis-1.12, ")
    assert any(line.startswith("\x1b[1;31mfail\x1b[0m ") for line in lines)
    assert len(lines) <= 24


def test_a_pipe_gets_plain_text(kept: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOW, kept],
        cwd=ROOT,
        env=_environment({}),
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"cis-1.10, ")
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""
    whole = summary_text(build(), ("out/report.md",), width=None)
    assert done.stdout.decode() == whole + "\n"
    assert max(map(len, whole.split("\n"))) > 160


@pytest.mark.parametrize(
    ("size", "wish", "widest"),
    [(80, "", 80), (200, "", 200), (20, "", 60), (100, "60", 60), (60, "100", 100), (80, "0", 80)],
)
def test_lines_fit_the_window(kept: str, size: int, wish: str, widest: int) -> None:
    environment = PLAIN | {"COLUMNS": wish}
    seen, _ = _at_terminal(["-c", SHOW, kept], stream="stdout", size=size, environment=environment)
    lines = seen.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= widest
    assert max(map(len, lines)) > widest - 20


def test_progress_is_for_terminals_only(tmp_path: Path) -> None:
    command = [*ANALYZE, "-o", str(tmp_path)]
    bar, summary = _at_terminal(command, stream="stderr")
    for word in ("reading", "judging", "writing"):
        assert word in bar
    assert summary.startswith("cis-1.12, ")
    assert "\x1b" not in summary
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=_environment({}), capture_output=True, check=True
    )
    assert done.stderr == b""
    assert done.stdout.decode() == summary
