"""``kube-evidence diff``: files, screen, exit codes and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli.diff import DiffRequest, run_diff
from analyzer.cli.exits import Exit
from analyzer.model.errors import UsageError, UserFileError
from analyzer.reports.assessment_json import read, report_id, write
from tests.diff.small import assessment

PASSES: dict[str, Any] = {"controls": {"1.2.1": {"findings": {"node/cp-1": "pass"}}}}
FAILS: dict[str, Any] = {"controls": {"1.2.1": {"findings": {"node/cp-1": "fail"}}}}
WAIVED = {"controls": {"1.2.1": FAILS["controls"]["1.2.1"] | {"disposition": "accepted-risk"}}}
LACKS = {"controls": {"1.2.1": {"findings": {"node/cp-1": "no-evidence"}}}}


def saved(folder: Path, name: str, spec: dict[str, Any]) -> Path:
    path = folder / f"{name}.json"
    path.write_bytes(write(assessment(spec, name)))
    return path


def request(older: Path, newer: Path, output: Path | None = None, **more: Any) -> DiffRequest:
    chosen: dict[str, Any] = {"formats": ("md", "json"), "exit_code": False} | more
    return DiffRequest(older=older, newer=newer, output=output, **chosen)


@pytest.mark.parametrize(
    ("older", "newer", "code"),
    [
        (PASSES, FAILS, Exit.CONTROL_FAILED),
        (FAILS, PASSES, Exit.DONE),
        (PASSES, WAIVED, Exit.DONE),
        (FAILS, FAILS, Exit.DONE),
        (FAILS, LACKS, Exit.EVIDENCE_LACKING),
        (LACKS, FAILS, Exit.EVIDENCE_LACKING),
    ],
    ids=["new", "resolved", "waived", "still", "lost", "unknown-before"],
)
def test_exit_code_when_asked(
    tmp_path: Path, older: dict[str, Any], newer: dict[str, Any], code: Exit
) -> None:
    files = saved(tmp_path, "older", older), saved(tmp_path, "newer", newer)
    assert run_diff(request(*files, exit_code=True)) == code
    assert run_diff(request(*files)) == Exit.DONE


def test_screen_only_without_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = saved(tmp_path, "older", PASSES), saved(tmp_path, "newer", FAILS)
    run_diff(request(*files))
    said = capsys.readouterr().out
    assert "1 new, 0 resolved" in said
    assert "wrote" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["newer.json", "older.json"]


def test_files_name_both_reports(tmp_path: Path) -> None:
    files = saved(tmp_path, "older", PASSES), saved(tmp_path, "newer", FAILS)
    run_diff(request(*files, tmp_path / "out"))
    document = json.loads((tmp_path / "out" / "changes.json").read_bytes())
    ids = [report_id(path.read_bytes()) for path in files]
    assert [document[side]["report_id"] for side in ("older", "newer")] == ids
    first = (tmp_path / "out" / "changes.md").read_bytes()
    run_diff(request(*files, tmp_path / "again"))
    assert (tmp_path / "again" / "changes.md").read_bytes() == first
    assert ids[0].encode() in first


def test_workbook_is_the_newer_sides(tmp_path: Path) -> None:
    files = saved(tmp_path, "older", PASSES), saved(tmp_path, "newer", FAILS)
    run_diff(request(*files, tmp_path / "out", formats=("xlsx",)))
    assert (tmp_path / "out" / "report.xlsx").read_bytes().startswith(b"PK")


def test_inputs_are_left_alone(tmp_path: Path) -> None:
    files = saved(tmp_path, "older", PASSES), saved(tmp_path, "newer", FAILS)
    before = [path.read_bytes() for path in files]
    run_diff(request(*files, tmp_path / "out"))
    assert [path.read_bytes() for path in files] == before
    assert read(before[1]).changes is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema":"assessment.v1"}', b"\xff"])
def test_a_file_that_is_no_assessment_is_refused(tmp_path: Path, content: bytes) -> None:
    good, bad = saved(tmp_path, "good", PASSES), tmp_path / "bad.json"
    bad.write_bytes(content)
    for files in ((good, bad), (bad, good)):
        with pytest.raises(UserFileError):
            run_diff(request(*files, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "number", ["1.\u00b2", "1." + "9" * 5_000, "../x"], ids=["two", "long", "x"]
)
def test_what_is_no_number_of_a_control_is_refused(tmp_path: Path, number: str) -> None:
    odd = {"controls": {number: {"findings": {"node/cp-1": "fail"}}}}
    files = saved(tmp_path, "older", PASSES), saved(tmp_path, "newer", odd)
    with pytest.raises(UserFileError, match="is not a control's number"):
        run_diff(request(*files, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not write csv"):
        run_diff(request(tmp_path / "none", tmp_path / "none", formats=("md", "csv")))
