"""Two benchmarks in one run: both in full, and what a move to the newer one changes."""

import csv
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analyzer.cli import main

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = str(ROOT / "samples" / "bundles")
GOLDEN = ROOT / "tests" / "golden" / "self-managed.cis-1.12.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("both")
    words = ["analyze", BUNDLES, "--benchmark", "cis-1.12,cis-1.10,cis-1.12", "-o", str(made)]
    assert main(words) == 0
    return made


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_newest_lies_flat_and_older_in_its_folder(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    names = {"assessment.json", "report.xlsx", "report.md"}
    assert files == names | {f"cis-1.10/{name}" for name in names}
    assert load(folder / "assessment.json")["benchmark"]["id"] == "cis-1.12"
    assert load(folder / "cis-1.10" / "assessment.json")["benchmark"]["id"] == "cis-1.10"


def test_each_is_the_same_as_alone(folder: Path, tmp_path: Path) -> None:
    assert main(["analyze", BUNDLES, "--benchmark", "cis-1.10", "-o", str(tmp_path)]) == 0
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / "cis-1.10" / path.name).read_bytes()
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        golden = {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    both = load(folder / "assessment.json")
    assert {c["id"]: c["verdict"] for c in both["controls"]} == golden


def test_crosswalk_goes_by_topic_and_agrees_with_both(folder: Path) -> None:
    newer, older = load(folder / "assessment.json"), load(folder / "cis-1.10" / "assessment.json")
    (walk,) = newer["crosswalks"]
    assert (walk["older"], walk["newer"], older["crosswalks"]) == ("cis-1.10", "cis-1.12", [])
    for side, document in (("older", older), ("newer", newer)):
        told = {row[side]["id"]: row[side]["verdict"] for row in walk["rows"] if row[side]}
        assert told == {c["id"]: c["verdict"] for c in document["controls"]}
    rows = {row["topic"]: row for row in walk["rows"]}
    assert rows["seccomp"]["differences"] == ["Number 5.7.2 became 5.6.2."]
    assert rows["pki-cert-mode"]["differences"] == ["Required limit: 600 became 644."]
    assert rows["pki-cert-mode"]["effect"] == "newly-passing"
    assert rows["api-sa-extend-token"]["effect"] == "added"
    assert [row["effect"] for row in walk["rows"] if row["newer"] is None] == ["removed"]


def test_crosswalk_stands_in_workbook_and_text(folder: Path) -> None:
    book = openpyxl.load_workbook(BytesIO((folder / "report.xlsx").read_bytes()), read_only=True)
    rows = list(book["Crosswalk"].iter_rows(values_only=True))
    assert rows[0][:4] == ("Effect", "Recommendation #", "Title", "Verdict")
    assert len(rows) - 1 == len(load(folder / "assessment.json")["crosswalks"][0]["rows"])
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "## Crosswalk: from cis-1.10 to cis-1.12" in text
    older = (folder / "cis-1.10" / "report.md").read_text(encoding="utf-8")
    assert "## Crosswalk" not in older


def test_terminal_says_what_a_move_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--benchmark", "cis-1.10,auto", "--format", "json", "-o", str(tmp_path)]
    assert main(["analyze", BUNDLES, *words]) == 0
    said = capsys.readouterr().out
    assert "a move from cis-1.10 changes: " in said
    assert "why cis-2.0.1: Kubernetes 1.36 is in evidence" in said


def test_report_writes_the_crosswalk_again(folder: Path, tmp_path: Path) -> None:
    kept = str(folder / "assessment.json")
    assert main(["report", kept, "--format", "json,xlsx,md", "-o", str(tmp_path)]) == 0
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes()


@pytest.mark.parametrize("names", ["", ",", "cis-1.10,no-such", "cis-1.10,auto,nonsense"])
def test_unknown_or_empty_names_are_refused(names: str, tmp_path: Path) -> None:
    words = ["analyze", BUNDLES, "--benchmark", names, "-o", str(tmp_path / "out")]
    assert main(words) in (2, 4)
    assert not (tmp_path / "out").exists()
