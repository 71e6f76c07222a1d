"""The guides' commands run as printed, in order, in one folder; their pictures are those made.

A ``console`` block is run: a line that begins with ``$`` is a command, the lines below it are
(part of) what it says. An ``sh`` block needs the customer's machines, and is not.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from analyzer.cli import main
from analyzer.model import review_sheet

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GUIDES = ("auditor-guide.md", "customer-guide.md", "exports.md", "guide.md")
PICTURE_LIMIT = 200_000


def text_of(guide: str) -> str:
    return (DOCS / guide).read_text(encoding="utf-8")


def commands(guide: str) -> list[tuple[str, list[str]]]:
    """Every command of a guide, and the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text_of(guide), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def fill_in(workbook: Path) -> None:
    """Be the auditor: agree with the first control, and fail the second with a reason."""
    book = openpyxl.load_workbook(workbook)
    sheet = book[review_sheet.SHEET]
    rows = list(sheet.iter_rows())
    at = next(n for n, row in enumerate(rows) if review_sheet.VERDICT in [c.value for c in row])
    place = {cell.value: number for number, cell in enumerate(rows[at], start=1)}
    for below, verdict in ((1, "Agree"), (2, "Fail")):
        values = (verdict, "EXAMINE", "Seen in the bundle.", "Ada Auditor", "2026-11-30")
        for name, value in zip(review_sheet.BLOCK, values, strict=True):
            sheet.cell(row=at + 1 + below, column=place[name], value=value)
    book.save(workbook)


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_run(
    guide: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    for command, expected in commands(guide):
        reviewing = command.startswith("kube-evidence review ")
        if reviewing:
            fill_in(tmp_path / shlex.split(command)[2])
        code = run(command)
        said = capfd.readouterr()
        assert code == 0, (command, said.err)
        assert "called newer is the earlier" not in said.out, command
        if reviewing:
            assert Path("reviews.yaml").read_text(encoding="utf-8").count("- control:") == 2
        assert [line for line in expected if line not in said.out.splitlines()] == [], command


def run(command: str) -> int:
    """Run one command: ours in this process, the shell's in a shell."""
    words = shlex.split(command)
    if words[0] == "kube-evidence" and not set("|&;()<>") & set(command):
        return main(words[1:])
    return subprocess.run(["sh", "-c", command], check=False).returncode


def test_what_needs_the_customer_names_options_that_exist() -> None:
    usage = {
        name: subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for name, command in {
            "node.sh": ["sh", str(ROOT / "collectors" / "node.sh"), "--help"],
            "api.py": [sys.executable, str(ROOT / "collectors" / "api.py"), "--help"],
            "collect.sh": ["sh", str(ROOT / "collectors" / "kubernetes" / "collect.sh"), "--help"],
            "sign.sh": ["sh", str(ROOT / "collectors" / "sign.sh"), "--help"],
        }.items()
    }
    seen = 0
    for guide in (*GUIDES, "collecting.md", "in-cluster.md"):
        for block in re.findall(r"```sh\n(.*?)```", text_of(guide), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                program = next(name for name in usage if name in line)
                for option in re.findall(r"--[a-z-]+", line):
                    assert option in usage[program], (guide, line)
                    seen += 1
    assert seen


def pictures() -> set[str]:
    """Names of the pictures that the builder makes."""
    return set(re.findall(r'picture="([a-z-]+\.png)"', text_of("make_pictures.py")))


def test_guides_show_every_picture_that_is_made() -> None:
    shown = {
        name
        for guide in GUIDES
        for name in re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", text_of(guide))
    }
    assert shown == pictures()


def test_pictures_are_there_and_small() -> None:
    kept = {path.name: path.stat().st_size for path in (DOCS / "pictures").iterdir()}
    assert set(kept) == pictures()
    assert not {name for name, size in kept.items() if size > PICTURE_LIMIT}


def test_every_guide_is_reached_from_the_user_guide() -> None:
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", text_of("guide.md")))
    assert {"auditor-guide.md", "customer-guide.md", "exports.md"} <= linked
