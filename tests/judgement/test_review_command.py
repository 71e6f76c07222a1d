"""``kube-evidence review`` from end to end, on a synthetic assessment."""

from pathlib import Path

import pytest

from analyzer.cli.exits import code_for
from analyzer.cli.kept import load_assessment
from analyzer.cli.review import ReviewRequest, run_review
from analyzer.judgement.review_file import load_reviews
from analyzer.model.errors import UsageError, UserFileError
from analyzer.model.judgement import ReviewVerdict
from analyzer.model.review_sheet import SHEET
from analyzer.model.verdict import Disposition
from analyzer.pipeline.conclude import Additions, conclude
from analyzer.reports import render
from tests.judgement.review_books import DAY, FIRST, HOSTILE, PLAIN, THREE, three, whole
from tests.judgement.workbook_maker import fill, filled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A filled-in workbook beside its assessment."""
    (tmp_path / "report.xlsx").write_bytes(filled(whole(PLAIN), lambda book: three(book[SHEET])))
    (tmp_path / "assessment.json").write_bytes(render("json", PLAIN)["assessment.json"])
    return tmp_path


def request(folder: Path, **other: object) -> ReviewRequest:
    asked: dict[str, object] = {
        "workbook": folder / "report.xlsx",
        "assessment": None,
        "output": folder / "reviews.yaml",
        "reviewer": "",
        "date": "",
        **other,
    }
    return ReviewRequest(**asked)  # type: ignore[arg-type]  # tests name any of them


def test_reviews_are_written_and_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_review(request(folder))
    assert load_reviews(folder / "reviews.yaml").reviews == THREE
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == (
        "reviewed  3 of 43 controls of cis-1.10: 3 new or changed, 0 as before, 0 taken back"
    )
    assert lines[1] == "          1 agree, 1 pass, 1 fail"
    waiting = sum(c.disposition is Disposition.PENDING_REVIEW for c in PLAIN.controls)
    assert lines[2] == f"pending   {waiting} controls wait for a review or for more evidence"
    assert lines[3] == f"written   {folder / 'reviews.yaml'}"
    assert lines[4] == (
        f"next      kube-evidence report {folder / 'assessment.json'} "
        f"--reviews {folder / 'reviews.yaml'} --format json,xlsx,md -o reviewed"
    )


def test_rounds_add_up(folder: Path) -> None:
    """The second round's workbook holds the first round, and keeps what nobody touches."""
    run_review(request(folder))
    first = load_reviews(folder / "reviews.yaml")
    assessment = conclude(load_assessment(folder / "assessment.json"), Additions(reviews=first))
    (folder / "assessment.json").write_bytes(render("json", assessment)["assessment.json"])
    fourth = PLAIN.controls[3].id
    content = filled(
        render("xlsx", assessment)["report.xlsx"],
        lambda book: fill(book[SHEET], fourth, verdict="Agree", by="Bo", on=DAY),
    )
    (folder / "report.xlsx").write_bytes(content)
    run_review(request(folder))
    second = load_reviews(folder / "reviews.yaml")
    assert second.reviews[:3] == first.reviews
    assert [review.control for review in second.reviews] == [r.control for r in THREE] + [fourth]
    again = conclude(assessment, Additions(reviews=second))
    assert [c.verdict for c in again.controls] == [c.verdict for c in PLAIN.controls]
    decided = {c.id: c.disposition for c in again.controls if c.review}
    assert decided[THREE[1].control] is Disposition.COMPLIANT
    assert decided[THREE[2].control] is Disposition.NON_COMPLIANT


def test_the_same_workbook_twice_gives_the_same_bytes(folder: Path) -> None:
    run_review(request(folder))
    first = (folder / "reviews.yaml").read_bytes()
    run_review(request(folder))
    assert (folder / "reviews.yaml").read_bytes() == first


def test_name_and_date_by_option(folder: Path) -> None:
    content = filled(whole(PLAIN), lambda b: fill(b[SHEET], FIRST, verdict="Agree"))
    (folder / "report.xlsx").write_bytes(content)
    run_review(request(folder, reviewer="Ada", date="2026-02-03"))
    (one,) = load_reviews(folder / "reviews.yaml").reviews
    assert (one.reviewer, one.reviewed_on, one.verdict) == (
        "Ada",
        "2026-02-03",
        ReviewVerdict.AGREE,
    )


def test_warnings_go_to_stderr(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def edit(book: object) -> None:
        sheet = book[SHEET]  # type: ignore[index]  # an openpyxl workbook
        three(sheet)
        sheet["C2"].value = "my own\ttitle"

    (folder / "report.xlsx").write_bytes(filled(whole(PLAIN), edit))
    run_review(request(folder))
    err = capsys.readouterr().err
    assert err.startswith("warning: C2 (Title) was edited")
    assert err.count("\n") == 1
    assert "\t" not in err


def test_stale_reviews_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "report.xlsx").write_bytes(whole(HOSTILE))
    (folder / "assessment.json").write_bytes(render("json", HOSTILE)["assessment.json"])
    run_review(request(folder))
    assert "stale     15: 1.1.1, 1.1.4" in capsys.readouterr().out


def test_what_an_older_file_held_more_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_review(request(folder))
    (folder / "report.xlsx").write_bytes(whole(PLAIN))
    capsys.readouterr()
    run_review(request(folder))
    assert "no longer in it: 1.1.1, 1.1.2, 1.1.3" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["report.xlsx", "assessment.json"])
def test_inputs_are_not_overwritten(folder: Path, name: str) -> None:
    before = (folder / name).read_bytes()
    with pytest.raises(UsageError, match="one of the inputs"):
        run_review(request(folder, output=folder / name))
    assert (folder / name).read_bytes() == before


def test_what_is_no_file_of_reviews_is_not_overwritten(folder: Path) -> None:
    (folder / "notes.yaml").write_text("mine: true\n")
    with pytest.raises(UserFileError):
        run_review(request(folder, output=folder / "notes.yaml"))
    assert (folder / "notes.yaml").read_text() == "mine: true\n"


def test_reviews_of_another_case_are_not_overwritten(folder: Path) -> None:
    run_review(request(folder))
    path = folder / "reviews.yaml"
    path.write_bytes(path.read_bytes().replace(b"cis-1.10", b"cis-1.9"))
    with pytest.raises(UsageError, match=r"holds reviews of cis-1\.9"):
        run_review(request(folder))


@pytest.mark.parametrize(
    ("other", "code", "said"),
    [
        ({"date": "3.2.2026"}, 2, "is no date"),
        ({"workbook": Path("gone.xlsx")}, 4, "not a file that exists"),
        ({"assessment": Path("gone.json")}, 4, "cannot be read"),
        ({"output": Path("/dev/null/reviews.yaml")}, 2, "cannot be written"),
    ],
    ids=("date", "workbook", "assessment", "output"),
)
def test_failures_leave_nothing_behind(
    folder: Path, other: dict[str, object], code: int, said: str
) -> None:
    with pytest.raises((UsageError, UserFileError)) as caught:
        run_review(request(folder, **other))
    assert code_for(caught.value) == code
    assert said in caught.value.what
    assert not (folder / "reviews.yaml").exists()


def test_a_missing_workbook_is_named(folder: Path) -> None:
    (folder / "report.xlsx").unlink()
    with pytest.raises(UserFileError, match=r"report\.xlsx"):
        run_review(request(folder))
