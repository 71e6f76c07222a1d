"""The register that people fill in: block, keys, lists, and what follows when it is filled in."""

import datetime
import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.model import review_sheet as words
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.digests import case_digest, result_digest
from analyzer.model.judgement import WaiverState
from analyzer.model.responsibility import Attestation, Comparison
from analyzer.model.verdict import Disposition
from analyzer.reports import rendering_of
from analyzer.reports.register_cells import block_cells, register_cells
from analyzer.reports.workbook import write
from analyzer.reports.workbook_place import Limits
from tests.reports.builder import build
from tests.tools import needed

BENCHMARK = ("Section #", "Recommendation #", "Title", "Profile", "Assessment Status")


@pytest.fixture(scope="module")
def content(assessment: Assessment) -> bytes:
    return write(assessment, rendering_of(assessment))


@pytest.fixture(scope="module")
def book(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


@pytest.fixture(scope="module")
def shown(content: bytes) -> Workbook:
    """The same with the stored results of formulas."""
    return load_workbook(BytesIO(content), data_only=True)


def _controls(book: Workbook) -> Worksheet:
    sheet = book["Controls"]
    assert isinstance(sheet, Worksheet)
    return sheet


def _heads(book: Workbook) -> list[str]:
    return [str(cell.value) for cell in _controls(book)[1]]


def _rows(book: Workbook) -> list[dict[str, Any]]:
    heads = _heads(book)
    rows = _controls(book).iter_rows(min_row=2, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_columns_come_in_the_promised_order(book: Workbook) -> None:
    heads = _heads(book)
    assert tuple(heads[:5]) == BENCHMARK
    tool = ["Verdict", "What the evidence shows", "Nodes judged", "Responsibility",
            "Published result", "Comparison", "Disposition", "Waivers", "Findings",
            "Evidence"]  # fmt: skip
    assert heads[5 : 5 + len(tool)] == tool
    block = heads.index(words.VERDICT)
    assert heads[block : block + 6] == [*words.BLOCK, words.FINAL]
    assert tuple(heads[-2:]) == words.KEYS
    hidden = [heading for place, heading in enumerate(heads, start=1) if _hidden(book, place)]
    assert tuple(hidden) == words.KEYS


def _hidden(book: Workbook, place: int) -> bool:
    # A file joins neighbouring columns of the same look into one range.
    found = _controls(book).column_dimensions
    return any(d.hidden and (d.min or 0) <= place <= (d.max or 0) for d in found.values())


def test_an_earlier_review_fills_the_block(shown: Workbook, assessment: Assessment) -> None:
    for row, control in zip(_rows(shown), assessment.controls, strict=True):
        if control.review is None:
            assert all(row[heading] is None for heading in words.BLOCK)
            continue
        review = control.review.review
        assert row[words.VERDICT] == words.VERDICT_WORDS[review.verdict]
        assert row[words.METHOD] == words.METHOD_WORDS[review.method]
        assert row[words.REVIEWER] == "Ada Auditor"
        assert row[words.REVIEWED_ON].date() == datetime.date(2026, 1, 5)
        stale = row["Stale review"] or ""
        assert stale.startswith("stale: ") == control.review.stale
    day = _controls(shown).cell(2, _heads(shown).index(words.REVIEWED_ON) + 1)
    assert day.number_format == "yyyy-mm-dd"
    assert any(c.review and c.review.stale for c in assessment.controls)


def test_the_final_disposition_is_stored(shown: Workbook, assessment: Assessment) -> None:
    final = [row[words.FINAL] for row in _rows(shown)]
    assert final == [control.disposition.value for control in assessment.controls]


def test_keys_tie_each_row_to_its_result(shown: Workbook, assessment: Assessment) -> None:
    for row, control in zip(_rows(shown), assessment.controls, strict=True):
        assert row[words.ROW_KEY] == f"cis-1.10/{control.id}"
        assert row[words.RESULT] == result_digest(control)


def test_meta_says_what_the_workbook_is_of(book: Workbook, assessment: Assessment) -> None:
    found = {row[0]: row[1] for row in book[words.META_SHEET].iter_rows(values_only=True)}
    assert found == {
        words.META_FORMAT: words.FORMAT,
        words.META_REPORT: rendering_of(assessment).report_id,
        words.META_CASE: case_digest(assessment),
        words.META_BENCHMARK: "cis-1.10",
        words.META_CLUSTER: assessment.cluster.uid,
        words.META_REVIEWS: assessment.reviews_sha256,
    }


def test_block_offers_its_words(book: Workbook, assessment: Assessment) -> None:
    heads, last = _heads(book), len(assessment.controls) + 1
    rules = {str(rule.sqref): rule for rule in _controls(book).data_validations.dataValidation}
    offered = {}
    for heading in words.BLOCK:
        letter = get_column_letter(heads.index(heading) + 1)
        rule = rules[f"{letter}2:{letter}{last}"]
        assert rule.promptTitle == heading
        assert rule.prompt
        if rule.type == "list":
            offered[heading] = _named(book, str(rule.formula1))
        else:
            assert (rule.type == "date") == (heading == words.REVIEWED_ON)
    assert offered == {
        words.VERDICT: [*words.VERDICT_WORDS.values(), words.CLEAR],
        words.METHOD: list(words.METHOD_WORDS.values()),
    }
    assert all(rule.showErrorMessage for rule in rules.values())


def _named(book: Workbook, name: str) -> list[Any]:
    ((sheet, cells),) = book.defined_names[name].destinations
    return [cell.value for row in book[sheet][cells] for cell in row]


def test_the_block_prints_whether_or_not_there_are_reviews(book: Workbook) -> None:
    """Whoever fills in a fresh report and prints it has to find their words on the paper."""
    bare = build(people=False)
    blank = load_workbook(BytesIO(write(bare, rendering_of(bare))))
    for one, end in ((book, "Stale review"), (blank, words.FINAL)):
        heads, sheet = _heads(one), _controls(one)
        first, last = (get_column_letter(heads.index(h) + 1) for h in (words.VERDICT, end))
        rows = sheet.max_row
        tool = get_column_letter(heads.index("Evidence") + 1)
        areas = [f"'Controls'!$A$1:${tool}${rows}", f"'Controls'!${first}$1:${last}${rows}"]
        assert str(sheet.print_area).split(",") == areas
        assert sheet.print_title_cols == "$A:$C"


def test_the_note_on_rows_left_out_prints_too() -> None:
    bare = build(people=False)
    short = write(bare, rendering_of(bare), Limits(sheet_rows=20))
    sheet = _controls(load_workbook(BytesIO(short)))
    area = str(sheet.print_area).split(",")[0]
    assert "more rows do not fit" in str(sheet.cell(sheet.max_row, 1).value)
    assert area.endswith(f"${sheet.max_row}")


def test_a_long_comment_has_room(book: Workbook, assessment: Assessment) -> None:
    place = next(
        n
        for n, c in enumerate(assessment.controls, start=2)
        if c.review and len(c.review.review.comment) > 1000
    )
    assert (_controls(book).row_dimensions[place].height or 0) > 300


def test_words_that_will_be_filled_in_have_their_colour_already() -> None:
    bare = build(people=False)
    sheet = _controls(load_workbook(BytesIO(write(bare, rendering_of(bare)))))
    heads = [cell.value for cell in sheet[1]]
    for heading, wanted in (
        (words.VERDICT, set(words.VERDICT_WORDS.values())),
        (words.FINAL, {word.value for word in Disposition}),
    ):
        letter = get_column_letter(heads.index(heading) + 1)
        ruled = {
            rule.formula[0].strip('"')
            for found in sheet.conditional_formatting
            if str(found.sqref).startswith(f"{letter}2:")
            for rule in found.rules
        }
        assert ruled == wanted


def test_nothing_is_locked(book: Workbook) -> None:
    assert not any(sheet.protection.sheet for sheet in book.worksheets)


def test_waivers_name_their_state(shown: Workbook, assessment: Assessment) -> None:
    said = {row["Recommendation #"]: row["Waivers"] or "" for row in _rows(shown)}
    for record in assessment.waivers:
        for control in record.matched:
            assert f"{record.waiver.id}: {record.state.value}" in said[control].split("\n")
    whole, part = (c for c in assessment.controls if c.waiver)
    assert "3 of 3 failures waived" in said[whole.id]
    assert "1 of 3 failures waived" in said[part.id]
    assert {s.value for s in WaiverState if s is not WaiverState.UNUSED} <= {
        line.partition(": ")[2] for text in said.values() for line in text.split("\n")
    }


def test_comparison_prints_only_where_something_is_published(book: Workbook) -> None:
    bare = build(people=False)
    nothing = tuple(
        replace(
            control,
            responsibility=replace(
                control.responsibility,
                attested=Attestation.NOT_STATED,
                attested_raw="",
                comparison=(Comparison.OBSERVED_ONLY, Comparison.NOT_COMPARABLE)[n % 2],
            ),
        )
        for n, control in enumerate(bare.controls)
    )
    silent = replace(bare, controls=nothing)
    quiet = load_workbook(BytesIO(write(silent, rendering_of(silent))))
    for one, printed in ((book, True), (quiet, False)):
        place = _heads(one).index("Comparison") + 1
        last = str(_controls(one).print_area).split(",")[0].rpartition(":")[2].split("$")[1]
        assert (place <= column_index_from_string(last)) == printed
    assert "Published result" not in _heads(quiet)


def test_a_run_without_people_has_no_empty_columns() -> None:
    bare = build(people=False, profile=False)
    book = load_workbook(BytesIO(write(bare, rendering_of(bare))))
    heads = _heads(book)
    assert not {"Waivers", "Stale review"} & set(heads)
    assert set(words.BLOCK) <= set(heads)
    assert "Waiver" not in [cell.value for cell in book["Findings"][1]]


def test_register_cells_are_what_is_written(shown: Workbook, assessment: Assessment) -> None:
    told, block = register_cells(assessment), block_cells(assessment)
    assert list(told) == [control.id for control in assessment.controls]
    for row in _rows(shown):
        number = row["Recommendation #"]
        tool = set(row) - {*words.BLOCK, *words.KEYS, words.FINAL}
        assert set(told[number]) == tool
        for heading, text in told[number].items():
            assert _unescaped(row[heading]) == text, (number, heading)
        assert set(block[number]) == set(words.BLOCK)
        for heading, text in block[number].items():
            cell = row[heading]
            day = isinstance(cell, datetime.datetime)
            assert (cell.date().isoformat() if day else _unescaped(cell)) == text


def _unescaped(cell: object) -> str:
    """Undo what the file format makes of a literal ``_x000D_``; openpyxl leaves it."""
    return re.sub("_x005F(_x[0-9A-F]{4}_)", r"\1", "" if cell is None else str(cell))


def _recalculated(content: bytes, folder: Path) -> Workbook:
    """Return the workbook after LibreOffice worked every formula out again."""
    source, home = folder / "in.xlsx", folder / "home"
    source.write_bytes(content)
    command = [
        needed("soffice"), f"-env:UserInstallation=file://{home}", "--headless", "--convert-to",
        "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return load_workbook(folder / "out" / "in.xlsx", data_only=True)


def _filled_in(content: bytes, cells: dict[int, dict[str, Any]]) -> bytes:
    book = load_workbook(BytesIO(content))
    heads = _heads(book)
    for row, entries in cells.items():
        for heading, value in entries.items():
            letter = get_column_letter(heads.index(heading) + 1)
            _controls(book)[f"{letter}{row + 2}"] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


FOLLOWS = {
    "Pass": "compliant",
    "Fail": "non-compliant",
    "Not applicable": "not-applicable",
    "Compensated": "compensated",
    "Need more evidence": "pending-review",
}


def _wanted(control: ControlResult, word: str) -> str:
    computed = control.review.computed if control.review else control.disposition
    return FOLLOWS.get(word, computed.value)


def test_final_disposition_follows_what_is_filled_in(
    content: bytes, assessment: Assessment, tmp_path: Path
) -> None:
    offered = [*words.VERDICT_WORDS.values(), words.CLEAR, None]
    entries = {n: offered[n % len(offered)] for n in range(len(assessment.controls))}
    day = datetime.date(2026, 2, 1)
    filled = _filled_in(
        content, {n: {words.VERDICT: w, words.REVIEWED_ON: day} for n, w in entries.items()}
    )
    rows = _rows(_recalculated(filled, tmp_path))
    for n, control in enumerate(assessment.controls):
        assert rows[n][words.FINAL] == _wanted(control, entries[n] or ""), control.id
        assert not rows[n]["Stale review"]


def test_a_stale_review_has_no_effect_until_repeated(
    content: bytes, assessment: Assessment, tmp_path: Path
) -> None:
    rows = _rows(_recalculated(_filled_in(content, {}), tmp_path))
    stale = [n for n, c in enumerate(assessment.controls) if c.review and c.review.stale]
    assert stale
    for n, control in enumerate(assessment.controls):
        assert rows[n][words.FINAL] == control.disposition.value
    for n in stale:
        assert str(rows[n]["Stale review"]).startswith("stale: ")
        assert rows[n][words.VERDICT] in words.VERDICT_WORDS.values()
    assert {rows[n][words.FINAL] for n in stale} <= {word.value for word in Disposition}
