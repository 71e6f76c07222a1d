"""The sample cluster compared with itself seen less well: leaving evidence out mends nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import main

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "bundles"
BUNDLES = ("api", "cp-1", "worker-1")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Judge all bundles, and all but one of each."""
    folder = tmp_path_factory.mktemp("judged")
    for left_out in ("", *BUNDLES):
        paths = [str(SAMPLES / f"{name}.tar.gz") for name in BUNDLES if name != left_out]
        words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(folder / f"-{left_out}")]
        assert main(["analyze", *paths, *words, "--join"]) == 0
    return {name: folder / f"-{name}" / "assessment.json" for name in ("", *BUNDLES)}


def compared(older: Path, newer: Path, folder: Path) -> dict[str, Any]:
    code = main(["diff", str(older), str(newer), "-o", str(folder), "--exit-code"])
    assert code == 11
    document: dict[str, Any] = json.loads((folder / "changes.json").read_bytes())
    return document


@pytest.mark.parametrize("left_out", BUNDLES)
def test_evidence_left_out_resolves_nothing(
    judged: dict[str, Path], left_out: str, tmp_path: Path
) -> None:
    changes = compared(judged[""], judged[left_out], tmp_path)
    assert changes["counts"]["resolved"] == 0
    assert changes["counts"]["new"] == 0
    assert not any(row["gone"] or row["appeared"] for row in changes["rows"])
    assert changes["counts"]["incomparable"] > 0
    assert changes["limits"]


@pytest.mark.parametrize("left_out", BUNDLES)
def test_evidence_found_later_is_no_new_failure(
    judged: dict[str, Path], left_out: str, tmp_path: Path
) -> None:
    changes = compared(judged[left_out], judged[""], tmp_path)
    assert changes["counts"]["resolved"] == 0
    assert changes["counts"]["new"] == 0
    assert not any(row["gone"] or row["appeared"] for row in changes["rows"])


def test_the_same_assessment_twice(judged: dict[str, Path], tmp_path: Path) -> None:
    path = str(judged[""])
    assert main(["diff", path, path, "-o", str(tmp_path), "--exit-code"]) == 0
    counts = json.loads((tmp_path / "changes.json").read_bytes())["counts"]
    assert counts.pop("unchanged") == 131
    assert not any(counts.values())
