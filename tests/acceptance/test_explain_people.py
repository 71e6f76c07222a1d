"""``explain`` beside people's words: a waiver to fill in, and what was waived or reviewed."""

from pathlib import Path

import pytest

from analyzer.cli import main
from analyzer.cli.explain_trace import trace_lines
from analyzer.judgement.waiver_file import load_waivers
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import WaiverState
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports.assessment_json import read, write
from tests.reports.builder import build

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = str(ROOT / "samples" / "bundles")
FILLED = {
    "reason": "risk-accepted",
    "justification": "Nobody outside of the control plane reaches the port.",
    "owner": "Platform team",
    "approver": "Security officer",
    "valid_from": "2026-01-01",
    "expires_on": "2030-12-31",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain-people")
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(folder)]
    assert main(["analyze", BUNDLES, *words]) == 0
    return folder / "assessment.json"


def entry(number: str, kept: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what ``explain`` prints to be pasted."""
    capsys.readouterr()
    assert main(["explain", number, str(kept)]) == 0
    before, found, after = capsys.readouterr().out.partition("  - id: ")
    assert before.splitlines()[-1].startswith("To accept all that fails here") or not found
    return found + after


def waiver_file(folder: Path, entries: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(f"benchmark: cis-1.12\nwaivers:\n{entries}", encoding="utf-8")
    return path


@pytest.mark.parametrize("number", ["1.2.15", "5.1.3", "4.1.3", "5.2.9"])
def test_the_entry_pasted_and_filled_in_covers_all_that_fails(
    number: str, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted = entry(number, kept, capsys)
    for key, value in FILLED.items():
        assert f'    {key}: ""' in pasted
        pasted = pasted.replace(f'    {key}: ""', f"    {key}: {value}")
    assessment = read(kept.read_bytes(), where="assessment.json")
    controls, (record,) = apply_waivers(
        assessment.controls,
        load_waivers(waiver_file(tmp_path, pasted)),
        benchmark="cis-1.12",
        cluster=assessment.cluster,
        as_of=assessment.as_of,
    )
    assert record.state is WaiverState.MATCHED
    (row,) = (control for control in controls if control.id == number)
    failing = [found for found in row.findings if found.verdict is Verdict.FAIL]
    assert all(found.waiver == f"accept-{number}" for found in failing)
    assert row.disposition in (Disposition.ACCEPTED_RISK, Disposition.PENDING_REVIEW)


@pytest.mark.parametrize("left", sorted(FILLED))
def test_the_entry_is_refused_while_anything_is_left_to_fill_in(
    left: str, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pasted = entry("1.2.15", kept, capsys)
    for key, value in FILLED.items():
        if key != left:
            pasted = pasted.replace(f'    {key}: ""', f"    {key}: {value}")
    with pytest.raises(UserFileError, match=f"/waivers/0/{left}"):
        load_waivers(waiver_file(tmp_path, pasted))


@pytest.mark.parametrize("number", ["1.2.14", "5.1.1", "2.4"])
def test_what_does_not_fail_has_nothing_to_accept(
    number: str, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry(number, kept, capsys) == ""


def with_people(text: str) -> tuple[Assessment, ControlResult, ControlResult]:
    """Return an assessment with its control that is waived whole, and the one in part."""
    assessment = build(texts=(text, text))
    whole, part = (control for control in assessment.controls if control.waiver)
    assert whole.waiver is not None
    assert whole.waiver.complete
    return assessment, whole, part


def test_a_waived_control_says_by_what() -> None:
    assessment, whole, part = with_people("plain")
    said = list(trace_lines(assessment, whole.id))
    assert "  accepted:    W-1 covers 3 of 3 failures: plain." in said
    assert "  waiver:      W-1 is matched: matched: plain" in said
    assert "  waiver:      W-4 is expired: expired: plain" in said
    assert said.count("      accepted by waiver W-1") == 3
    assert not any(line.startswith("  - id:") for line in said)
    said = list(trace_lines(assessment, part.id))
    assert said.count("      accepted by waiver W-1") == 1
    assert f"  - id: accept-{part.id}" in said


def test_a_control_that_no_waiver_names_speaks_of_none() -> None:
    assessment, whole, part = with_people("plain")
    (bare,) = [c.id for c in assessment.controls if c.verdict is Verdict.PASS][:1]
    assert bare not in (whole.id, part.id)
    said = "\n".join(trace_lines(assessment, bare))
    assert "waiver:" not in said
    assert "accepted:" not in said


def test_a_reviewed_control_says_by_whom_and_whether_it_still_counts() -> None:
    assessment, _, _ = with_people("plain")
    reviewed = [c for c in assessment.controls if c.review]
    assert {c.review.stale for c in reviewed if c.review} == {True, False}
    for control in reviewed:
        (line,) = (
            at for at in trace_lines(assessment, control.id) if at.startswith("  review:      ")
        )
        assert control.review is not None
        word = control.review.review.verdict.value
        assert f"{word} by Ada Auditor on 2026-01-05: plain" in line
        assert ("STALE" in line) == control.review.stale


def test_people_write_no_lines_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assessment, whole, _ = with_people("one\n  - id: two\n  review:      pass by me\x1b[2J")
    path = tmp_path / "assessment.json"
    path.write_bytes(write(assessment))
    reviewed = [c.id for c in assessment.controls if c.review]
    for number in (whole.id, *reviewed):
        assert main(["explain", number, str(path)]) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "  - id: two" not in said.splitlines()
        assert said.count("\n  review: ") == (number in reviewed)
