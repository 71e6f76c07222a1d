"""Filled-in workbooks: what is taken over, what is tolerated, what is refused."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from analyzer.judgement.reviews import apply_reviews
from analyzer.judgement.workbook import WorkbookReview
from analyzer.model.assessment import Assessment
from analyzer.model.digests import result_digest
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import ReviewVerdict
from analyzer.model.review_sheet import (
    COMMENT,
    META_CASE,
    META_FORMAT,
    META_SHEET,
    METHOD,
    NUMBER,
    RESULT,
    REVIEWED_ON,
    REVIEWER,
    ROW_KEY,
    SHEET,
    VERDICT,
)
from analyzer.model.verdict import Verdict
from analyzer.pipeline.review import review_workbook
from tests.judgement.review_books import (
    DAY,
    FIRST,
    HOSTILE,
    PLAIN,
    SECOND,
    THIRD,
    THREE,
    earlier_of,
    result_of,
    slim,
    three,
    whole,
)
from tests.judgement.sheet_changes import (
    add_column,
    add_rows,
    add_title,
    blanks,
    hide,
    move,
    number_keys,
    retype,
    sort,
    wrap_headings,
)
from tests.judgement.workbook_maker import at, fill, filled, headings, row_of

Change = Callable[[Any], None]


def read(
    change: Change, assessment: Assessment = PLAIN, *, by: str = "", on: str = ""
) -> WorkbookReview:
    """Fill in the workbook's register and read it."""
    content = filled(slim(assessment), lambda book: change(book[SHEET]))
    return review_workbook(content, assessment, reviewer=by, reviewed_on=on)


def test_an_untouched_workbook_says_nothing() -> None:
    found = read(lambda _: None)
    assert found.file.reviews == ()
    assert (found.made, found.kept, found.cleared, found.stale, found.warnings) == ((),) * 5


def test_what_is_filled_in_is_taken_over() -> None:
    found = read(three)
    assert found.file.reviews == THREE
    assert found.file.benchmark == "cis-1.10"
    assert found.file.cluster == PLAIN.cluster.uid
    assert len(found.file.report) == 16
    assert found.made == (FIRST, SECOND, THIRD)
    assert found.warnings == ()


@pytest.mark.parametrize("assessment", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_the_workbook_as_written_says_what_the_assessment_says(assessment: Assessment) -> None:
    found = review_workbook(whole(assessment), assessment)
    assert found.file.reviews == earlier_of(assessment)
    assert found.warnings == ()
    assert found.made == ()


def test_what_is_read_can_be_applied() -> None:
    file = read(three).file
    done = apply_reviews(PLAIN.controls, file, benchmark="cis-1.10", cluster_uid=PLAIN.cluster.uid)
    assert [c.review.stale for c in done if c.review] == [False] * 3


# -- words and dates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Agree", ReviewVerdict.AGREE),
        ("  pass ", ReviewVerdict.PASS),
        ("FAIL", ReviewVerdict.FAIL),
        ("not applicable", ReviewVerdict.NOT_APPLICABLE),
        ("Compensated\n", ReviewVerdict.COMPENSATED),
        ("Need more\u00a0evidence", ReviewVerdict.NEED_MORE_EVIDENCE),
    ],
)
def test_words_are_known_in_any_letter_case(said: str, meant: ReviewVerdict) -> None:
    found = read(lambda s: fill(s, FIRST, verdict=said, method="test", comment="x", by="A", on=DAY))
    assert found.file.reviews[0].verdict is meant


@pytest.mark.parametrize(
    "said",
    [
        "Not-applicable",
        "Need  more evidence",
        "Pa\u00df",
        "Pa\u017f\u017f",
        "P\u0430ss",
        "Pa\u200bss",
    ],
)
def test_other_spellings_are_no_words(said: str) -> None:
    """The sheet's own formula does not take them for words either."""
    cells = {"verdict": said, "method": "test", "comment": "x", "by": "A", "on": DAY}
    refused(lambda s: fill(s, FIRST, **cells), VERDICT, "known are Agree, Pass")


@pytest.mark.parametrize(
    "said",
    [
        DAY,
        datetime.datetime.combine(DAY, datetime.time(14, 5)),
        "2026-02-03",
        " 2026-02-03 ",
        "2026-2-3",
        "2026-02-03T14:05:00",
        46056,
        46056.75,
    ],
    ids=repr,
)
def test_dates_are_known_however_they_were_typed(said: object) -> None:
    found = read(lambda s: fill(s, FIRST, verdict="Agree", by="Ada", on=said))
    assert found.file.reviews[0].reviewed_on == "2026-02-03"


def test_dates_may_count_from_1904() -> None:
    def since_1904(book: Any) -> None:
        fill(book[SHEET], FIRST, verdict="Agree", by="Ada", on=46056 - 1462)
        book.epoch = CALENDAR_MAC_1904

    content = filled(slim(PLAIN), since_1904)
    assert review_workbook(content, PLAIN).file.reviews[0].reviewed_on == "2026-02-03"


@pytest.mark.parametrize("said", ["3.2.2026", "02/03/2026", "soon", "2026-02-30", 5, -3, "46056"])
def test_what_is_no_date_is_refused(said: object) -> None:
    refused(lambda s: fill(s, FIRST, verdict="Agree", by="Ada", on=said), REVIEWED_ON, "date")


def refused(change: Change, heading: str, said: str, assessment: Assessment = PLAIN) -> None:
    """The refusal names the cell of the first control's row."""
    places: list[str] = []

    def noting(sheet: Any) -> None:
        places.append(at(sheet, FIRST, heading))
        change(sheet)

    with pytest.raises(UserFileError) as caught:
        read(noting, assessment)
    assert f"{places[0]} " in caught.value.what
    assert said in caught.value.what
    assert caught.value.advice


@pytest.mark.parametrize(
    ("cells", "heading", "said"),
    [
        ({"verdict": "OK"}, VERDICT, "`OK`; known are Agree, Pass"),
        ({"verdict": "Pass", "method": "GUESS", "comment": "x"}, METHOD, "known are EXAMINE"),
        ({"verdict": "Pass", "comment": "x"}, METHOD, "needs a method"),
        ({"verdict": "Pass", "method": "TEST"}, COMMENT, "needs a comment"),
        ({"verdict": "Pass", "method": "TEST", "comment": " \n "}, COMMENT, "needs a comment"),
        ({"verdict": "Pass", "method": "TEST", "comment": "\u200b"}, COMMENT, "needs a comment"),
        ({"verdict": "Pass", "method": "TEST", "comment": "\u3164-"}, COMMENT, "needs a comment"),
        ({"verdict": "Agree", "by": None}, REVIEWER, "needs a name"),
        ({"verdict": "Agree", "by": "\u2060\u200b"}, REVIEWER, "needs a name"),
        ({"verdict": "Agree", "by": "A" * 201}, REVIEWER, "longer than 200"),
        ({"verdict": "Agree", "on": None}, REVIEWED_ON, "needs a date"),
        ({"verdict": '="Agree"'}, VERDICT, "a formula"),
        ({"comment": "=1+1"}, COMMENT, "a formula"),
        ({"verdict": "Agree", "on": "=TODAY()"}, REVIEWED_ON, "a formula"),
        ({"verdict": "Agree", "by": "#REF!"}, REVIEWER, "an error value"),
    ],
)
def test_cells_that_make_no_sense_are_named(
    cells: dict[str, object], heading: str, said: str
) -> None:
    refused(lambda s: fill(s, FIRST, **{"by": "Ada", "on": DAY, **cells}), heading, said)


def test_all_such_cells_are_named_at_once_up_to_twenty() -> None:
    def wrong(sheet: Any) -> None:
        for control in PLAIN.controls[:25]:
            fill(sheet, control.id, verdict="maybe", method="TEST", comment="x", by="A", on=DAY)

    with pytest.raises(UserFileError) as caught:
        read(wrong)
    assert caught.value.what.count("`maybe`") == 20
    assert "and 5 more" in caught.value.what


def test_name_and_date_may_be_given_for_all_rows() -> None:
    def bare(sheet: Any) -> None:
        fill(sheet, FIRST, verdict="Agree")
        fill(sheet, SECOND, verdict="Agree", by="Bo", on=datetime.date(2026, 1, 1))

    one, other = read(bare, by="Ada", on="2026-02-03").file.reviews
    assert (one.reviewer, one.reviewed_on) == ("Ada", "2026-02-03")
    assert (other.reviewer, other.reviewed_on) == ("Bo", "2026-01-01")


def test_columns_of_what_is_given_for_all_rows_may_be_gone() -> None:
    def gone(sheet: Any) -> None:
        fill(sheet, FIRST, verdict="Agree")
        for heading in (REVIEWER, REVIEWED_ON):
            sheet.cell(1, headings(sheet)[heading]).value = None

    assert len(read(gone, by="Ada", on="2026-02-03").file.reviews) == 1
    with pytest.raises(UserFileError, match="no column Reviewer, Reviewed on"):
        read(gone)


# -- earlier reviews -----------------------------------------------------------------------


def test_earlier_reviews_stay_exactly_as_they_were() -> None:
    """Hostile texts too, which a cell holds otherwise than the review does."""
    found = read(lambda _: None, HOSTILE)
    assert found.file.reviews == earlier_of(HOSTILE)
    assert found.made == ()
    assert found.warnings == ()


def test_a_blank_verdict_is_no_decision() -> None:
    reviewed = [c.id for c in HOSTILE.controls if c.review][:3]

    def blank(sheet: Any) -> None:
        for number in reviewed:
            fill(sheet, number, verdict=None)

    assert read(blank, HOSTILE).file.reviews == earlier_of(HOSTILE)


def test_clear_takes_a_review_back() -> None:
    number = next(c.id for c in HOSTILE.controls if c.review)
    found = read(lambda s: fill(s, number, verdict="(Clear)"), HOSTILE)
    assert found.file.reviews == tuple(r for r in earlier_of(HOSTILE) if r.control != number)
    assert found.cleared == (number,)


def test_clear_without_a_review_is_nothing() -> None:
    found = read(lambda s: fill(s, FIRST, verdict="(clear)"))
    assert (found.file.reviews, found.cleared) == ((), ())


def test_a_changed_cell_makes_a_new_review_of_what_is_seen_now() -> None:
    control = next(c for c in HOSTILE.controls if c.review and c.review.review.comment)
    assert control.review
    old = control.review.review
    assert old.result != result_digest(control)
    found = read(lambda s: fill(s, control.id, on=DAY), HOSTILE)
    new = next(r for r in found.file.reviews if r.control == control.id)
    assert new == replace(old, reviewed_on="2026-02-03", result=result_digest(control))
    assert found.made == (control.id,)
    assert control.id not in found.stale


@pytest.mark.parametrize("cells", [{"comment": "Said better."}, {"by": "Bo"}, {"verdict": "FAIL"}])
def test_to_mend_the_wording_is_not_to_repeat_a_review(cells: dict[str, object]) -> None:
    """What was stale stays so: the sheet itself says as long that it has no effect."""
    control = next(
        c
        for c in HOSTILE.controls
        if c.review and c.review.stale and c.review.review.verdict is ReviewVerdict.FAIL
    )
    assert control.review
    old = control.review.review
    found = read(lambda s: fill(s, control.id, **cells), HOSTILE)
    new = next(r for r in found.file.reviews if r.control == control.id)
    assert (new.result, new.observed, new.verdict) == (old.result, old.observed, old.verdict)
    assert control.id in found.stale
    assert (new != old) == ("verdict" not in cells)


def test_a_comment_without_a_verdict_is_pointed_out() -> None:
    places = []

    def remark(sheet: Any) -> None:
        places.append(at(sheet, FIRST, COMMENT))
        fill(sheet, FIRST, comment="To be asked.", by="Ada")

    found = read(remark)
    assert found.file.reviews == ()
    assert len(found.warnings) == 1
    assert places[0] in found.warnings[0]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"by": "Eve", "on": DAY}, (REVIEWER, REVIEWED_ON)),
        ({"method": "TEST"}, (METHOD,)),
        ({"by": "Eve"}, ()),
        ({"on": DAY}, ()),
        ({"verdict": "(clear)", "comment": "No longer so."}, (COMMENT,)),
        ({"verdict": "(clear)", "by": "Eve"}, (REVIEWER,)),
        ({"verdict": "(clear)"}, ()),
    ],
)
def test_what_is_written_and_not_taken_over_is_pointed_out(
    cells: dict[str, object], told: tuple[str, ...]
) -> None:
    places: list[str] = []

    def remark(sheet: Any) -> None:
        places.extend(at(sheet, FIRST, heading) for heading in told)
        fill(sheet, FIRST, **cells)

    found = read(remark)
    assert found.file.reviews == ()
    assert len(found.warnings) == bool(told)
    assert all(w.startswith(", ".join(places)) and "no effect" in w for w in found.warnings)


# -- stale ---------------------------------------------------------------------------------


def _other_result(number: str) -> Assessment:
    """The same case with another result of one control, and so of another report."""
    controls = tuple(
        replace(c, verdict=Verdict.FAIL, explanation="Found since.") if c.id == number else c
        for c in PLAIN.controls
    )
    return replace(PLAIN, controls=controls)


def test_a_review_of_an_older_result_is_kept_and_stale() -> None:
    seen = next(c for c in PLAIN.controls if c.verdict is Verdict.PASS)
    content = filled(
        slim(PLAIN),
        lambda book: fill(
            book[SHEET], seen.id, verdict="Compensated", method="TEST", comment="x", by="A", on=DAY
        ),
    )
    now = _other_result(seen.id)
    found = review_workbook(content, now)
    assert found.stale == (seen.id,)
    (kept,) = found.file.reviews
    assert (kept.observed, kept.result) == (Verdict.PASS, result_digest(seen))
    assert any("another run" in w or "of report" in w for w in found.warnings)
    done = apply_reviews(now.controls, found.file, benchmark="cis-1.10", cluster_uid=None)
    (applied,) = (c.review for c in done if c.review)
    assert "was pass when it was reviewed and is fail now" in applied.why


def test_without_its_digest_a_row_counts_only_for_the_very_report() -> None:
    def without(sheet: Any) -> None:
        fill(sheet, FIRST, verdict="Agree", by="Ada", on=DAY)
        sheet.cell(row_of(sheet, FIRST), headings(sheet)[RESULT]).value = None

    assert read(without).file.reviews[0].result == result_of(FIRST)
    content = filled(slim(PLAIN), lambda book: without(book[SHEET]))
    with pytest.raises(UserFileError, match="lacks the hidden result digest"):
        review_workbook(content, _other_result(SECOND))


def test_what_the_auditor_saw_must_be_a_verdict() -> None:
    def spoiled(sheet: Any) -> None:
        fill(sheet, FIRST, verdict="Agree", by="Ada", on=DAY)
        sheet.cell(row_of(sheet, FIRST), headings(sheet)[RESULT]).value = "0" * 16
        sheet.cell(row_of(sheet, FIRST), headings(sheet)["Verdict"]).value = "fine"

    refused(spoiled, "Verdict", "no verdict of the tool")


# -- what people and spreadsheets do to a sheet ----------------------------------------------


CHANGES: tuple[Change, ...] = (
    sort,
    move,
    add_column,
    add_rows,
    add_title,
    wrap_headings,
    blanks,
    retype,
    number_keys,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_nothing_hangs_on_position_or_typing(change: Change) -> None:
    def both(sheet: Any) -> None:
        three(sheet)
        change(sheet)

    found = read(both)
    assert found.file.reviews == THREE
    assert found.warnings == ()


def test_everything_at_once() -> None:
    def everything(sheet: Any) -> None:
        three(sheet)
        for change in (sort, move, add_column, add_rows, hide):
            change(sheet)

    assert read(everything).file.reviews == THREE


def test_what_is_new_where_nobody_sees_it_is_counted() -> None:
    """Filtered rows are what auditors have, and planted ones are what they would not see."""

    def both(sheet: Any) -> None:
        three(sheet)
        hide(sheet)

    found = read(both)
    assert found.file.reviews == THREE
    (warning,) = found.warnings
    assert "hidden" in warning
    assert warning.endswith(f": 3 ({FIRST}, {SECOND}, {THIRD})")
    assert read(hide, HOSTILE).warnings == ()
    cleared = next(c.id for c in HOSTILE.controls[:10] if c.review)

    def clear(sheet: Any) -> None:
        fill(sheet, cleared, verdict="(clear)")
        hide(sheet)

    assert [w.endswith(f": 1 ({cleared})") for w in read(clear, HOSTILE).warnings] == [True]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2199-12-31", "days after"),
        ("2027-02-07", "401 days after"),
        ("2027-02-06", ""),
        ("2025-12-03", ""),
        ("2025-12-02", "31 days before"),
    ],
)
def test_days_far_from_the_evidence_are_pointed_out(day: str, told: str) -> None:
    assert PLAIN.as_of.startswith("2026-01-02")
    places = []

    def dated(sheet: Any) -> None:
        places.append(at(sheet, FIRST, REVIEWED_ON))
        fill(sheet, FIRST, verdict="Agree", by="Ada", on=day)

    found = read(dated)
    assert found.file.reviews[0].reviewed_on == day
    assert len(found.warnings) == bool(told)
    assert all(w.startswith(places[0]) and told in w for w in found.warnings)


def test_rows_may_be_gone() -> None:
    def gone(sheet: Any) -> None:
        three(sheet)
        sheet.delete_rows(row_of(sheet, SECOND))

    found = read(gone)
    assert found.file.reviews == (THREE[0], THREE[2])
    assert len(found.warnings) == 1
    assert f"no row of {SECOND}" in found.warnings[0]


def test_a_decision_in_a_row_of_ones_own_is_pointed_out() -> None:
    def own(sheet: Any) -> None:
        sheet.cell(sheet.max_row + 1, headings(sheet)[VERDICT]).value = "Pass"

    found = read(own)
    assert found.file.reviews == ()
    assert "belongs to no control" in found.warnings[0]


def test_joined_cells_of_the_block_are_pointed_out() -> None:
    def join(sheet: Any) -> None:
        three(sheet)
        letter = get_column_letter(headings(sheet)[VERDICT])
        sheet.merge_cells(f"{letter}20:{letter}22")
        sheet.merge_cells("CA30:CA31")

    found = read(join)
    assert len(found.warnings) == 1
    assert "20:" in found.warnings[0]
    assert "joined" in found.warnings[0]


def test_edited_columns_of_the_tool_are_pointed_out_and_not_taken_over() -> None:
    place = []

    def edit(sheet: Any) -> None:
        three(sheet)
        place.append(at(sheet, SECOND, "Verdict"))
        sheet[place[0]].value = "compliant, I should say, and that in a long sentence"

    found = read(edit)
    assert found.file.reviews == THREE
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith(f"{place[0]} (Verdict) was edited from")
    assert "`compliant, I should say, and that in a l...`" in found.warnings[0]


def test_many_edits_do_not_fill_the_screen() -> None:
    def edit(sheet: Any) -> None:
        for row in range(2, 40):
            sheet.cell(row, headings(sheet)["Title"]).value = "x"

    warnings = read(edit).warnings
    assert len(warnings) == 21
    assert "18 more" in warnings[-1]


# -- keys ----------------------------------------------------------------------------------


def _without_keys(sheet: Any) -> None:
    three(sheet)
    sheet.delete_cols(headings(sheet)[ROW_KEY], 2)


def test_without_keys_the_number_finds_the_row() -> None:
    found = read(_without_keys)
    assert found.file.reviews == THREE
    assert any(f"column {ROW_KEY} is gone" in w for w in found.warnings)


def test_without_the_number_the_key_finds_the_row() -> None:
    def gone(sheet: Any) -> None:
        three(sheet)
        sheet.cell(1, headings(sheet)[NUMBER]).value = None

    found = read(gone)
    assert found.file.reviews == THREE
    assert [f"column {NUMBER} is gone" in warning for warning in found.warnings] == [True]


def test_without_keys_two_rows_of_a_number_are_refused() -> None:
    def twice(sheet: Any) -> None:
        _without_keys(sheet)
        sheet.cell(row_of(sheet, SECOND), headings(sheet)[NUMBER]).value = FIRST

    with pytest.raises(UserFileError, match=f"a second row of {FIRST}"):
        read(twice)


def test_a_copied_row_is_refused() -> None:
    def copy(sheet: Any) -> None:
        row = sheet.max_row + 1
        for cell in sheet[row_of(sheet, FIRST)]:
            sheet.cell(row, cell.column).value = cell.value

    with pytest.raises(UserFileError, match=rf"a second row of {FIRST}; the first is row 2"):
        read(copy)


def test_a_row_of_another_benchmark_is_refused() -> None:
    def foreign(sheet: Any) -> None:
        sheet.cell(row_of(sheet, FIRST), headings(sheet)[ROW_KEY]).value = "cis-1.9/1.1.1"

    refused(foreign, ROW_KEY, "no control of this assessment")


def test_columns_that_were_sorted_apart_are_refused() -> None:
    def torn(sheet: Any) -> None:
        keys = headings(sheet)[ROW_KEY]
        values = [sheet.cell(row, keys).value for row in range(2, sheet.max_row + 1)]
        for row, value in enumerate(reversed(values), start=2):
            sheet.cell(row, keys).value = value

    with pytest.raises(UserFileError, match="sorted without the others"):
        read(torn)


@pytest.mark.parametrize(
    "spell",
    [
        lambda number: f"{number}\u200b",
        lambda number: f"\u200f{number}",
        lambda number: number[:-1] + chr(0xFF10 + int(number[-1])),
        lambda number: f'="{number}"',
        lambda number: f"No. {number}",
        lambda _: None,
        lambda _: 1.5,
    ],
    ids=("space", "direction", "wide", "formula", "words", "blank", "number"),
)
def test_a_number_that_is_not_exactly_the_keys_is_refused(
    spell: Callable[[str], object],
) -> None:
    """A Pass for the one control would else become the other's, whose key was put there."""

    def planted(sheet: Any) -> None:
        fill(sheet, FIRST, verdict="Pass", method="TEST", comment="x", by="A", on=DAY)
        one, other, columns = row_of(sheet, FIRST), row_of(sheet, SECOND), headings(sheet)
        for heading in (ROW_KEY, RESULT):
            here, there = (sheet.cell(row, columns[heading]) for row in (one, other))
            here.value, there.value = there.value, here.value
        for row in (one, other):
            cell = sheet.cell(row, columns[NUMBER])
            cell.value = spell(cell.value)

    with pytest.raises(UserFileError) as caught:
        read(planted)
    assert len(caught.value.what.split("; ")) == 2


@pytest.mark.parametrize("heading", [VERDICT, METHOD, COMMENT, REVIEWED_ON])
def test_a_renamed_column_is_refused(heading: str) -> None:
    def rename(sheet: Any) -> None:
        sheet.cell(1, headings(sheet)[heading]).value = f"My {heading}"

    with pytest.raises(UserFileError, match=f"no column {heading}"):
        read(rename)


def test_a_column_that_stands_twice_is_refused() -> None:
    def twice(sheet: Any) -> None:
        sheet.cell(1, sheet.max_column + 1).value = COMMENT

    with pytest.raises(UserFileError, match=r"a column twice: Comment \([A-Z]+1, [A-Z]+1\)"):
        read(twice)


# -- the whole workbook --------------------------------------------------------------------


def _book(change: Change) -> bytes:
    return filled(whole(PLAIN), change)


def _set_meta(name: str, value: str) -> Change:
    def change(book: Any) -> None:
        for row in book[META_SHEET].iter_rows():
            if row[0].value == name:
                row[1].value = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: book.remove(book[META_SHEET]), "_meta"),
        (_set_meta(META_CASE, ""), "_meta"),
        (_set_meta(META_FORMAT, "workbook.v9"), "workbook.v9"),
        (lambda book: book.remove(book[SHEET]), f"no sheet {SHEET}"),
        (lambda book: setattr(book[SHEET], "title", "Mine"), f"no sheet {SHEET}"),
        (lambda book: book[SHEET].delete_rows(1), "has no column Auditor verdict"),
        (lambda book: setattr(book[SHEET], "sheet_state", "hidden"), "is hidden"),
        (lambda book: setattr(book[SHEET], "sheet_state", "veryHidden"), "is hidden"),
    ],
    ids=(
        *("no-meta", "no-case", "version", "no-sheet", "renamed", "no-headings"),
        *("hidden", "very-hidden"),
    ),
)
def test_a_workbook_that_lacks_what_it_needs_is_refused(change: Change, said: str) -> None:
    with pytest.raises(UserFileError) as caught:
        review_workbook(_book(change), PLAIN, name="mine.xlsx")
    assert said in caught.value.what
    assert caught.value.where == "mine.xlsx"
    assert caught.value.advice


def test_another_sheet_that_looks_like_ours_is_pointed_out() -> None:
    def twin(book: Any) -> None:
        three(book[SHEET])
        copied = book.copy_worksheet(book[SHEET])
        copied.title = f"{SHEET} "
        fill(copied, FIRST, verdict="Fail")
        book.copy_worksheet(book[SHEET]).sheet_state = "hidden"

    found = review_workbook(filled(slim(PLAIN), twin), PLAIN)
    assert found.file.reviews == THREE
    (warning,) = found.warnings
    assert warning.startswith('sheet "Controls "')


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            replace(PLAIN, benchmark_id="cis-1.9"),
            "is of cis-1.10, and the assessment is of cis-1.9",
        ),
        (
            replace(PLAIN, bundles=(), cluster=replace(PLAIN.cluster, uid="another")),
            "and the assessment of another",
        ),
        (replace(PLAIN, bundles=()), "other bundles"),
    ],
)
def test_a_workbook_of_another_case_is_refused(other: Assessment, said: str) -> None:
    with pytest.raises(UserFileError) as caught:
        review_workbook(slim(PLAIN), other)
    assert said in caught.value.what
    assert "--assessment" in caught.value.advice


def test_a_block_filled_in_from_other_reviews_is_refused() -> None:
    """Else stale reviews that nobody touched would come back as new ones."""
    bare = replace(
        HOSTILE,
        controls=tuple(replace(c, review=None) for c in HOSTILE.controls),
        reviews_sha256="",
    )
    for other in (bare, replace(HOSTILE, reviews_sha256="56" * 32)):
        with pytest.raises(UserFileError, match="from other reviews"):
            review_workbook(whole(HOSTILE), other)


def test_an_empty_block_may_meet_an_assessment_with_reviews() -> None:
    """The workbook of the first round is filled in further after reviews were laid over."""
    first = read(three).file
    reviewed = replace(
        PLAIN,
        controls=apply_reviews(PLAIN.controls, first, benchmark="cis-1.10", cluster_uid=None),
        reviews_sha256="78" * 32,
    )
    fourth = PLAIN.controls[3].id

    def further(book: Any) -> None:
        three(book[SHEET])
        fill(book[SHEET], fourth, verdict="Agree", by="Ada", on=DAY)

    found = review_workbook(filled(slim(PLAIN), further), reviewed)
    assert found.file.reviews[:3] == THREE
    assert found.made == (fourth,)
    assert found.kept == (FIRST, SECOND, THIRD)


def test_another_run_over_the_same_bundles_is_the_same_case() -> None:
    again = replace(PLAIN, analyzer_version="9.9.9")
    content = _book(lambda book: three(book[SHEET]))
    found = review_workbook(content, again)
    assert found.file.reviews == THREE
    assert found.stale == ()
    assert len(found.warnings) == 1
    assert "of report" in found.warnings[0]
