"""``--third-party`` on the command line: beside the verdicts, and refused when it is no result."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import main
from tests.third_party.shapes import whole

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "bundles"


def judged(folder: Path, *words: str) -> dict[str, Any]:
    common = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(folder)]
    assert main(["analyze", str(SAMPLES), *common, *words]) == 0
    document: dict[str, Any] = json.loads((folder / "assessment.json").read_bytes())
    return document


def test_an_assessment_moves_in_nothing_else(tmp_path: Path) -> None:
    alone = judged(tmp_path / "alone")
    turned = {"pass": "FAIL", "fail": "PASS"}
    lines = [
        ["master", "cis-1.12", control["id"], turned.get(control["verdict"], "PASS")]
        for control in alone["controls"]
    ]
    (tmp_path / "k.json").write_bytes(whole(lines))
    beside = judged(tmp_path / "beside", "--third-party", str(tmp_path / "k.json"))
    assert {key for key in beside if beside[key] != alone[key]} == {"third_party"}
    words = [row["agreement"] for row in beside["third_party"][0]["results"]]
    decided = sum(alone["summary"]["by_verdict"][word] for word in turned)
    assert words.count("differs") == decided
    assert words.count("only-theirs") == len(words) - decided


def test_a_file_that_is_no_result_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "k.txt").write_text("[PASS] 1.1.1 Ensure that\n")
    words = ["--third-party", str(tmp_path / "k.txt"), "-o", str(tmp_path / "out")]
    assert main(["analyze", str(SAMPLES), *words]) == 4
    said = capsys.readouterr().err
    assert "error: " in said
    assert "help: Give what kube-bench wrote with --json" in said
    assert not (tmp_path / "out").exists()
