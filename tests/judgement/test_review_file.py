"""reviews.yaml: read strictly, written canonically."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.judgement.review_file import (
    ReviewFile,
    control_order,
    load_reviews,
    read_reviews,
    write_reviews,
)
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Method, Review, ReviewVerdict
from analyzer.model.review_sheet import BLOCK, CLEAR, METHOD_WORDS, VERDICT_WORDS
from analyzer.model.verdict import Verdict
from tests.reports.builder import HOSTILE

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "reviewing.md").read_text("utf-8")
ENTRY = """\
  - control: "1.2.3"
    verdict: fail
    method: test
    comment: Seen.
    reviewer: Ada
    reviewed_on: "2026-01-05"
    observed: pass
    result: "0123456789abcdef"
"""
HEAD = 'benchmark: cis-1.12\ncluster: ""\nreport: "0123456789abcdef"\nreviews:\n'


def review(number: str = "1.2.3", comment: str = "Seen.") -> Review:
    return Review(
        control=number,
        verdict=ReviewVerdict.FAIL,
        method=Method.TEST,
        comment=comment,
        reviewer="Ada",
        reviewed_on="2026-01-05",
        observed=Verdict.PASS,
        result="0123456789abcdef",
    )


def file_of(*reviews: Review) -> ReviewFile:
    return ReviewFile(benchmark="cis-1.12", cluster="", report="0123456789abcdef", reviews=reviews)


def test_a_file_written_by_hand_is_read() -> None:
    found = read_reviews((HEAD + ENTRY).encode())
    assert found == file_of(review())
    assert len(found.sha256) == 64


def test_entries_stand_by_number_whatever_order_they_came_in() -> None:
    numbers = ("5.1.1", "1.2.10", "1.2.9", "2.1")
    one = write_reviews(file_of(*(review(n) for n in numbers)))
    other = write_reviews(file_of(*(review(n) for n in sorted(numbers))))
    assert one == other
    wanted = sorted(numbers, key=control_order)
    assert [r.control for r in read_reviews(one).reviews] == wanted
    assert wanted == ["1.2.9", "1.2.10", "2.1", "5.1.1"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:15]))
def test_every_text_round_trips(text: str) -> None:
    one = replace(
        review(comment=text[:32_000]),
        verdict=ReviewVerdict.AGREE,
        reviewer=(text[:150].strip() or "Ada"),
    )
    written = write_reviews(file_of(one))
    assert read_reviews(written) == file_of(one)
    assert write_reviews(read_reviews(written)) == written


def test_a_file_without_reviews_is_a_file() -> None:
    assert read_reviews(write_reviews(file_of())).reviews == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("verdict: fail", "verdict: maybe", 6, "maybe"),
        ("method: test", "method: guess", 7, "guess"),
        ("observed: pass", "observed: fine", 11, "fine"),
        ('"2026-01-05"', '"5.1.2026"', 10, "5.1.2026"),
        ('"2026-01-05"', '"2026-02-30"', 5, "no date"),
        ("comment: Seen.", 'comment: "  "', 5, "needs a comment"),
        ("reviewer: Ada", 'reviewer: " "', 9, "does not match"),
        ("comment: Seen.", 'comment: "\\u200b\\u2060"', 5, "needs a comment"),
        ("reviewer: Ada", 'reviewer: "\\u200b"', 5, "has no name"),
        ('"0123456789abcdef"', '"0123"', 3, "does not match"),
        ("    method: test\n", "", 5, "method"),
        ("    method: test\n", "    method: test\n    mood: bad\n", 8, "mood"),
        ('"1.2.3"', '"1.2.*"', 5, "does not match"),
        (ENTRY, ENTRY + ENTRY, 13, "second review of 1.2.3"),
    ],
)
def test_mistakes_are_refused_with_their_line(old: str, new: str, line: int, said: str) -> None:
    text = (HEAD + ENTRY).replace(old, new, 1)
    with pytest.raises(UserFileError) as caught:
        read_reviews(text.encode(), name="mine.yaml")
    assert f"mine.yaml, line {line}" in caught.value.where
    assert said in caught.value.what
    assert caught.value.advice


def test_to_agree_needs_no_comment() -> None:
    text = (HEAD + ENTRY).replace("verdict: fail", "verdict: agree").replace("Seen.", '""')
    assert read_reviews(text.encode()).reviews[0].comment == ""


def test_the_documented_example_is_canonical() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert write_reviews(read_reviews(example.encode())) == example.encode()


def test_every_word_is_documented() -> None:
    for word in (*VERDICT_WORDS.values(), *METHOD_WORDS.values(), CLEAR, *BLOCK):
        assert word in DOCUMENT, word


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(UserFileError, match="repeated"):
        read_reviews((HEAD + ENTRY + "    method: examine\n").encode())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserFileError, match="not a file"):
        load_reviews(tmp_path / "reviews.yaml")
    with pytest.raises(UserFileError, match="not a file"):
        load_reviews(tmp_path)


def test_a_file_is_named_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(write_reviews(file_of(review())))
    assert load_reviews(path).name == str(path)
    path.write_bytes(b"x" * (9 * 1024 * 1024))
    with pytest.raises(UserFileError, match="larger"):
        load_reviews(path)
