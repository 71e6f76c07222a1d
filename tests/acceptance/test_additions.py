"""Waivers, reviews, a baseline and another tool's result, laid over by analyze and by report."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from analyzer.cli import main
from analyzer.model.review_sheet import BLOCK
from tests.tools import needed

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = str(ROOT / "samples" / "bundles")
WAIVERS = str(ROOT / "samples" / "waivers.yaml")
RUN = ["analyze", BUNDLES, "--benchmark", "cis-1.12", "--format", "json"]


def _kept(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    assert main([*RUN, "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def reviews(plain: Path) -> Path:
    """An auditor passes one failure, and agrees to another control with a digest of long ago."""
    controls = {c["id"]: c for c in _kept(plain)["controls"]}
    from analyzer.cli.kept import load_assessment  # noqa: PLC0415 - the digest of a real result
    from analyzer.model.digests import result_digest  # noqa: PLC0415 - the same

    results = {c.id: result_digest(c) for c in load_assessment(plain / "assessment.json").controls}
    entries = [("1.2.16", "pass", results["1.2.16"]), ("1.2.17", "pass", "0" * 16)]
    lines = ["benchmark: cis-1.12", 'cluster: ""', 'report: ""', "reviews:"]
    for number, verdict, result in entries:
        lines += [
            f'  - control: "{number}"',
            f"    verdict: {verdict}",
            "    method: examine",
            "    comment: Seen on the console with the operator.",
            "    reviewer: Ada Auditor",
            '    reviewed_on: "2026-11-22"',
            f"    observed: {controls[number]['verdict']}",
            f'    result: "{result}"',
        ]
    path = plain.parent / "reviews.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_waivers_accept_risks_and_change_no_verdict(plain: Path, tmp_path: Path) -> None:
    assert main([*RUN, "--waivers", WAIVERS, "-o", str(tmp_path)]) == 0
    before, after = _kept(plain), _kept(tmp_path)
    assert after["summary"]["waived"] > 0
    assert after["summary"]["score_after_waivers"] > before["summary"]["score"]
    assert after["summary"]["by_verdict"] == before["summary"]["by_verdict"]
    assert after["summary"]["score"] == before["summary"]["score"]
    accepted = [c for c in after["controls"] if c["disposition"] == "accepted-risk"]
    assert accepted
    assert {c["verdict"] for c in accepted} == {"fail"}


def test_report_lays_over_what_analyze_does(plain: Path, reviews: Path, tmp_path: Path) -> None:
    words = ["--waivers", WAIVERS, "--reviews", str(reviews), "--baseline"]
    words += [str(plain / "assessment.json")]
    at_once, later = tmp_path / "at-once", tmp_path / "later"
    assert main([*RUN, *words, "-o", str(at_once)]) == 0
    kept = str(plain / "assessment.json")
    assert main(["report", kept, *words, "--format", "json", "-o", str(later)]) == 0
    assert (at_once / "assessment.json").read_bytes() == (later / "assessment.json").read_bytes()


def test_additions_stay_when_others_are_laid_on(reviews: Path, tmp_path: Path) -> None:
    waived, both = tmp_path / "waived", tmp_path / "both"
    assert main([*RUN, "--waivers", WAIVERS, "-o", str(waived)]) == 0
    kept = str(waived / "assessment.json")
    words = ["--reviews", str(reviews), "--format", "json", "-o", str(both)]
    assert main(["report", kept, *words]) == 0
    assert _kept(both)["waivers"] == _kept(waived)["waivers"]
    again = tmp_path / "again"
    words = ["--waivers", WAIVERS, "--reviews", str(reviews), "--format", "json"]
    assert main(["report", str(both / "assessment.json"), *words, "-o", str(again)]) == 0
    assert _kept(again) == _kept(both)


def test_reviews_stand_beside_the_observed_verdict(reviews: Path, tmp_path: Path) -> None:
    assert main([*RUN, "--reviews", str(reviews), "-o", str(tmp_path)]) == 0
    controls = {c["id"]: c for c in _kept(tmp_path)["controls"]}
    passed = controls["1.2.16"]
    assert (passed["verdict"], passed["disposition"]) == ("fail", "compliant")
    assert passed["review"]["stale"] is False
    stale = controls["1.2.17"]
    assert stale["review"]["stale"] is True
    assert stale["disposition"] != "compliant"
    assert _kept(tmp_path)["summary"]["by_review"] == {"pass": 1}
    assert _kept(tmp_path)["summary"]["stale_reviews"] == 1


def test_reviews_of_no_benchmark_of_the_run_are_refused(
    reviews: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--benchmark", "cis-1.11", "--reviews", str(reviews), "-o", str(tmp_path / "r")]
    assert main(["analyze", BUNDLES, *words]) == 4
    said = capsys.readouterr().err
    assert "help: " in said
    assert "cis-1.12" in said
    assert not (tmp_path / "r").exists()


def test_each_benchmark_of_a_run_takes_its_own(reviews: Path, tmp_path: Path) -> None:
    words = ["--benchmark", "cis-1.11,cis-1.12", "--format", "json", "--reviews", str(reviews)]
    assert main(["analyze", BUNDLES, *words, "-o", str(tmp_path)]) == 0
    assert _kept(tmp_path)["summary"]["by_review"] == {"pass": 1}
    assert _kept(tmp_path / "cis-1.11")["summary"]["by_review"] == {}


def test_a_baseline_fills_the_changes(plain: Path, tmp_path: Path) -> None:
    words = ["--baseline", str(plain / "assessment.json"), "-o", str(tmp_path)]
    assert main([*RUN, *words]) == 0
    changes = _kept(tmp_path)["changes"]
    assert changes["counts"]["unchanged"] == 131
    assert changes["newer"]["report_id"] == ""
    assert changes["older"]["report_id"]


def test_another_tool_changes_nothing_of_ours(plain: Path, tmp_path: Path) -> None:
    export = tmp_path / "export"
    kept = str(plain / "assessment.json")
    assert main(["report", kept, "--format", "kube-bench", "-o", str(export)]) == 0
    words = ["--third-party", str(export / "kube-bench.json"), "--format", "json"]
    assert main(["report", kept, *words, "-o", str(tmp_path / "r")]) == 0
    before, after = _kept(plain), _kept(tmp_path / "r")
    (other,) = after.pop("third_party")
    assert before.pop("third_party") == []
    assert after == before
    assert other["comparable"] is True
    assert {row["agreement"] for row in other["results"]} <= {"agrees", "only-ours", "neither"}


def _fill_in(path: Path) -> None:
    book = load_workbook(path)
    sheet = book["Controls"]
    heads = {str(cell.value): n for n, cell in enumerate(sheet[1], 1)}
    filled = ("Agree", "EXAMINE", "", "Ada Auditor", "2026-11-22")
    for heading, text in zip(BLOCK, filled, strict=True):
        sheet.cell(row=2, column=heads[heading]).value = text or None
    book.save(path)


def _refuses_to_overwrite(words: list[str], path: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    before = path.read_bytes()
    capsys.readouterr()
    code = main(words)
    said = capsys.readouterr().err
    assert path.read_bytes() == before
    assert "saved by somebody since" in said
    assert "help: Read them with kube-evidence review" in said
    return code == 2


def test_a_saved_workbook_is_not_overwritten(
    plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = str(plain / "assessment.json")
    words = ["report", kept, "--format", "json,xlsx", "-o", str(tmp_path)]
    assert main(words) == 0
    assert main(words) == 0, "nobody has saved it"
    path = tmp_path / "report.xlsx"
    _fill_in(path)
    compare = ["diff", kept, kept, "--format", "xlsx", "-o", str(tmp_path)]
    again = [*RUN[:-1], "xlsx", "-o", str(tmp_path)]
    for command in (words, compare, again):
        assert _refuses_to_overwrite(command, path, capsys)
    assert main([*words[:-1], str(tmp_path / "other")]) == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a password", b"PK\x03\x04 cut off", b"my notes"],
    ids=["empty", "password", "damaged", "notes"],
)
def test_what_cannot_be_read_is_not_overwritten(
    content: bytes, plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(content)
    words = ["report", str(plain / "assessment.json"), "--format", "xlsx", "-o", str(tmp_path)]
    assert _refuses_to_overwrite(words, path, capsys)


def test_libreoffice_saves_under_its_own_name(
    plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = needed("soffice")
    words = ["report", str(plain / "assessment.json"), "--format", "xlsx", "-o", str(tmp_path)]
    assert main(words) == 0
    saved = tmp_path / "saved"
    command = [office, f"-env:UserInstallation=file://{tmp_path}/office", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(saved), str(tmp_path / "report.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    words[-1] = str(saved)
    assert _refuses_to_overwrite(words, saved / "report.xlsx", capsys)


@pytest.mark.parametrize("option", ["--waivers", "--reviews", "--baseline", "--third-party"])
def test_a_file_that_is_none_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"\x00[")
    for path in (bad, tmp_path / "absent", tmp_path):
        assert main([*RUN, option, str(path), "-o", str(tmp_path / "r")]) == 4
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert "help: " in said
    assert not (tmp_path / "r").exists()


def test_waived_failures_do_not_fail_the_exit_code(tmp_path: Path) -> None:
    """Only when every failing control is an accepted risk; the sample has others."""
    words = [*RUN, "--exit-code", "--waivers", WAIVERS, "-o", str(tmp_path)]
    assert main(words) == 10
