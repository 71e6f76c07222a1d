"""The whole way on the sample cluster: analyze, fill in, save elsewhere, review, report."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import main
from analyzer.model.review_sheet import SHEET
from tests.judgement.office import Office
from tests.judgement.workbook_maker import fill, filled
from tests.tools import needed

ROOT = Path(__file__).resolve().parents[2]
DONE = {"by": "Ada Auditor", "on": "2026-12-01"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of the sample cluster."""
    folder = tmp_path_factory.mktemp("samples") / "report"
    words = ["--benchmark", "cis-1.12", "--format", "json,xlsx", "-o", str(folder)]
    assert main(["analyze", str(ROOT / "samples" / "bundles"), *words]) == 0
    return folder


def _controls(folder: Path) -> dict[str, Any]:
    document = json.loads((folder / "assessment.json").read_bytes())
    return {control["id"]: control for control in document["controls"]}


def _of(report: Path, verdict: str) -> str:
    return next(number for number, c in _controls(report).items() if c["verdict"] == verdict)


def _filled(report: Path) -> bytes:
    def conclude(book: Any) -> None:
        sheet = book[SHEET]
        why = {"method": "TEST", "comment": "Tried on the node.\nSee ticket 7.", **DONE}
        fill(sheet, _of(report, "fail"), verdict="Pass", **why)
        fill(sheet, _of(report, "pass"), verdict="Agree", **DONE)
        fill(sheet, _of(report, "manual"), verdict="Need more evidence", **why)
        fill(sheet, _of(report, "no-evidence"), verdict="agree", **DONE)

    return filled((report / "report.xlsx").read_bytes(), conclude)


def test_from_bundles_to_a_reviewed_report(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "audit.xlsx").write_bytes(_filled(report))
    kept, reviews = report / "assessment.json", tmp_path / "reviews.yaml"
    words = ["--assessment", str(kept), "-o", str(reviews)]
    assert main(["review", str(tmp_path / "audit.xlsx"), *words]) == 0
    assert capsys.readouterr().err == ""
    again = ["--reviews", str(reviews), "--format", "json,xlsx", "-o", str(tmp_path / "reviewed")]
    assert main(["report", str(kept), *again]) == 0
    before, after = _controls(report), _controls(tmp_path / "reviewed")
    assert {n: c["verdict"] for n, c in before.items()} == {
        n: c["verdict"] for n, c in after.items()
    }
    wanted = {
        "fail": "compliant",
        "pass": "compliant",
        "manual": "pending-review",
        "no-evidence": before[_of(report, "no-evidence")]["disposition"],
    }
    for verdict, disposition in wanted.items():
        assert after[_of(report, verdict)]["disposition"] == disposition
    assert sum(c["review"] is not None for c in after.values()) == 4
    assert not any(c["review"]["stale"] for c in after.values() if c["review"])
    # The next round: workbook and assessment lie side by side, and nothing is touched.
    second = tmp_path / "second.yaml"
    assert main(["review", str(tmp_path / "reviewed" / "report.xlsx"), "-o", str(second)]) == 0
    assert "0 new or changed, 4 as before" in capsys.readouterr().out
    assert second.read_bytes().split(b"reviews:")[1] == reviews.read_bytes().split(b"reviews:")[1]


def test_the_real_workbook_saved_by_libreoffice(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(needed("soffice"), tmp_path)
    content = _filled(report)
    there_and_back = office.save_as(office.save_as(content, "xlsx", "ods"), "ods", "xlsx")
    written = []
    for name, book in {
        "straight": content,
        "again": office.save_as(content, "xlsx", "xlsx"),
        "back": there_and_back,
    }.items():
        (tmp_path / f"{name}.xlsx").write_bytes(book)
        words = ["--assessment", str(report / "assessment.json")]
        words += ["-o", str(tmp_path / f"{name}.yaml")]
        assert main(["review", str(tmp_path / f"{name}.xlsx"), *words]) == 0
        assert capsys.readouterr().err == ""
        written.append((tmp_path / f"{name}.yaml").read_bytes())
    assert written[0] == written[1] == written[2]


def test_what_is_wrong_is_said_and_nothing_written(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = _of(report, "fail")
    content = filled(
        (report / "report.xlsx").read_bytes(),
        lambda book: fill(book[SHEET], number, verdict="Fine", **DONE),
    )
    (tmp_path / "audit.xlsx").write_bytes(content)
    words = ["--assessment", str(report / "assessment.json")]
    words += ["-o", str(tmp_path / "reviews.yaml")]
    assert main(["review", str(tmp_path / "audit.xlsx"), *words]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith(f"error: {tmp_path / 'audit.xlsx'}: ")
    assert "says `Fine`; known are Agree, Pass" in err
    assert err.splitlines()[1].startswith("help: ")
    assert not (tmp_path / "reviews.yaml").exists()
