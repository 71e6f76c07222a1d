"""Workbook, people, other programs, and back: the same reviews.yaml, byte for byte."""

from collections.abc import Callable
from typing import Any

import pytest

from analyzer.judgement.review_file import read_reviews, write_reviews
from analyzer.judgement.workbook import WorkbookReview
from analyzer.model.review_sheet import COMMENT, SHEET
from analyzer.pipeline.review import review_workbook
from tests.judgement.office import Office
from tests.judgement.review_books import HOSTILE, PLAIN, THREE, earlier_of, three, whole
from tests.judgement.sheet_changes import add_column, add_rows, hide, move, sort
from tests.judgement.workbook_maker import at, fill, filled
from tests.tools import needed


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice with a home of its own."""
    return Office(needed("soffice"), tmp_path_factory.mktemp("office"))


def bytes_of(found: WorkbookReview) -> bytes:
    return write_reviews(found.file)


def three_filled(*changes: Callable[[Any], None]) -> bytes:
    def fill_in(book: Any) -> None:
        for change in (three, *changes):
            change(book[SHEET])

    return filled(whole(PLAIN), fill_in)


def test_same_reviews_same_bytes_whatever_happened_to_the_sheet() -> None:
    straight = review_workbook(three_filled(), PLAIN)
    assert straight.file.reviews == THREE
    wanted = bytes_of(straight)
    for changes in ((sort,), (move,), (hide,), (sort, move, add_column, add_rows, hide)):
        assert bytes_of(review_workbook(three_filled(*changes), PLAIN)) == wanted
    assert bytes_of(review_workbook(filled(three_filled(), lambda _: None), PLAIN)) == wanted
    assert read_reviews(wanted) == straight.file


def test_saved_again_by_libreoffice(office: Office) -> None:
    wanted = bytes_of(review_workbook(three_filled(), PLAIN))
    again = office.save_as(three_filled(), "xlsx", "xlsx")
    found = review_workbook(again, PLAIN)
    assert bytes_of(found) == wanted
    assert found.warnings == ()
    twice = office.save_as(filled(again, lambda book: sort(book[SHEET])), "xlsx", "xlsx")
    assert bytes_of(review_workbook(twice, PLAIN)) == wanted


def test_saved_as_opendocument_and_back(office: Office) -> None:
    wanted = bytes_of(review_workbook(three_filled(), PLAIN))
    there = office.save_as(three_filled(), "xlsx", "ods")
    found = review_workbook(office.save_as(there, "ods", "xlsx"), PLAIN)
    assert bytes_of(found) == wanted
    assert found.warnings == ()


TYPED = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2+3",
    "'quoted'",
    '"quoted"',
    "#REF!",
    "TRUE",
    "1.10",
    "2026-01-05",
    "one line\nand another\n\n  indented",
    "שלום עולם 中文 😀 ümlaut",
    "&amp; <b>bold</b> ]]> <!-- -->",
    "http://evil.example/x",
    "x" * 30_000,
)


def test_any_comment_survives_libreoffice(office: Office) -> None:
    """New comments are taken over as typed, and hostile earlier ones stay exactly."""
    free = [c.id for c in HOSTILE.controls if not c.review][: len(TYPED)]

    def comment(book: Any) -> None:
        sheet = book[SHEET]
        for number, text in zip(free, TYPED, strict=True):
            fill(sheet, number, verdict="Fail", method="TEST", by="Ada", on="2026-02-03")
            cell = sheet[at(sheet, number, COMMENT)]
            cell.value = text
            cell.data_type = "s"  # as a person types it behind an apostrophe

    content = filled(whole(HOSTILE), comment)
    straight = review_workbook(content, HOSTILE)
    again = review_workbook(office.save_as(content, "xlsx", "xlsx"), HOSTILE)
    for found in (straight, again):
        by_control = {review.control: review for review in found.file.reviews}
        assert tuple(by_control[number].comment for number in free) == TYPED
        assert [r for r in found.file.reviews if r.control not in free] == list(earlier_of(HOSTILE))
        assert found.warnings == ()
    assert bytes_of(again) == bytes_of(straight)
    assert read_reviews(bytes_of(straight)) == straight.file
