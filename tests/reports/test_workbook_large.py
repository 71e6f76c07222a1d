"""Long sheets: written to disk row by row, and yet the same sheet, with nothing left out unsaid."""

import csv
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.model.assessment import Assessment, EvidenceRef
from analyzer.reports import rendering_of
from analyzer.reports.table import CHUNK, Table
from analyzer.reports.tables_evidence import EVIDENCE
from analyzer.reports.tables_findings import FINDINGS
from analyzer.reports.workbook import write
from analyzer.reports.workbook_place import Limits
from tests.reports.builder import HOSTILE, build
from tests.tools import needed

ROOT = Path(__file__).parents[2]
STREAMED = Limits(stream_rows=100)
EACH = 20
LONG = ("Findings", "Evidence")


@pytest.fixture(scope="module")
def large() -> Assessment:
    """Some 700 findings; every text short but for one, so that a test of pages stays quick."""
    return build(texts=(*(text[:300] for text in HOSTILE), "x" * 40_000), findings_each=EACH)


@pytest.fixture(scope="module")
def streamed(large: Assessment) -> bytes:
    return write(large, rendering_of(large), STREAMED)


@pytest.fixture(scope="module")
def long(streamed: bytes) -> Workbook:
    return load_workbook(BytesIO(streamed))


@pytest.fixture(scope="module")
def plain(large: Assessment) -> Workbook:
    return load_workbook(BytesIO(write(large, rendering_of(large))))


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def _read(value: Any) -> Any:
    """Return a cell's value; empty texts and none look alike.

    openpyxl undoes the file format's escapes in shared texts, but not in those inside a sheet.
    """
    return value.replace("_x005F_x", "_x") if isinstance(value, str) and value else value or None


def _facts(sheet: Worksheet) -> dict[str, Any]:
    """Return what a reader of the sheet sees, cell by cell."""
    cells = {
        cell.coordinate: (
            _read(cell.value),
            cell.data_type if cell.value else None,
            cell.hyperlink.location if cell.hyperlink else None,
            cell.number_format,
            cell.font.name,
            cell.alignment.wrap_text,
            cell.fill.fgColor.rgb,
            cell.border.left.style,
        )
        for row in sheet.iter_rows()
        for cell in row
    }
    return {
        "cells": cells,
        "heights": {n: row.height for n, row in sheet.row_dimensions.items() if row.height},
        "widths": {n: column.width for n, column in sheet.column_dimensions.items()},
        "frozen": sheet.freeze_panes,
        "titles": sheet.print_title_rows,
        "area": sheet.print_area,
        "colours": {str(found.sqref): len(found.rules) for found in sheet.conditional_formatting},
    }


@pytest.mark.parametrize("name", LONG)
def test_a_streamed_sheet_shows_what_a_table_shows(
    long: Workbook, plain: Workbook, name: str
) -> None:
    assert _facts(_sheet(long, name)) == _facts(_sheet(plain, name))
    assert not _sheet(long, name).tables
    assert list(_sheet(plain, name).tables) == [name]
    filtered = _sheet(long, name).auto_filter.ref
    assert filtered == _sheet(plain, name).tables[name].ref


def test_short_sheets_of_the_same_workbook_are_still_tables(long: Workbook) -> None:
    assert list(_sheet(long, "Controls").tables) == ["Controls"]


def test_every_row_is_there(streamed: bytes, large: Assessment) -> None:
    book = load_workbook(BytesIO(streamed), read_only=True)
    findings = [(c.id, f.verdict.value) for c in large.controls for f in c.findings]
    rows = book["Findings"].iter_rows(min_row=2, max_col=3, values_only=True)
    assert [(row[0], row[2]) for row in rows] == findings
    rows = book["Evidence"].iter_rows(min_row=2, max_col=1, values_only=True)
    assert [row[0] for row in rows] == [entry.id for entry in large.evidence]
    assert len(findings) > STREAMED.stream_rows < len(large.evidence)


def test_libreoffice_reads_every_row(streamed: bytes, large: Assessment, tmp_path: Path) -> None:
    source = tmp_path / "large.xlsx"
    source.write_bytes(streamed)
    # The last number asks for every sheet, one file each.
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [
        needed("soffice"), f"-env:UserInstallation=file://{tmp_path / 'home'}", "--headless",
        "--convert-to", form, "--outdir", str(tmp_path), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for name, count in (
        ("Findings", sum(len(control.findings) for control in large.controls)),
        ("Evidence", len(large.evidence)),
        ("Controls", len(large.controls)),
    ):
        with (tmp_path / f"large-{name}.csv").open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) == count + 1


def test_links_stop_where_a_sheet_takes_no_more(large: Assessment) -> None:
    limits = Limits(stream_rows=100, most_links=61)
    book = load_workbook(BytesIO(write(large, rendering_of(large), limits)))
    linked = [
        cell for row in _sheet(book, "Findings").iter_rows() for cell in row if cell.hyperlink
    ]
    assert len(linked) == 61
    assert max(cell.row or 0 for cell in linked) == 32
    said = [str(row[1]) for row in book["Cover"].iter_rows(values_only=True)]
    assert any(text.startswith("Findings has links in its first 30 rows") for text in said)
    assert not any(text.startswith("Gaps has links") for text in said)


def test_what_a_sheet_cannot_hold_is_said_on_it_and_on_the_cover(large: Assessment) -> None:
    limits = Limits(stream_rows=100, sheet_rows=300)
    book = load_workbook(BytesIO(write(large, rendering_of(large), limits)))
    total = sum(len(control.findings) for control in large.controls)
    sheet = _sheet(book, "Findings")
    assert sheet.max_row == 300
    assert str(sheet["A300"].value).startswith(f"{total - 298} more rows do not fit")
    assert sheet.auto_filter.ref is not None
    assert sheet.auto_filter.ref.endswith("299")
    said = [str(row[1]) for row in book["Cover"].iter_rows(values_only=True)]
    assert any(text.startswith(f"Findings shows 298 of {total} rows") for text in said)


def test_no_link_leads_to_a_row_that_was_left_out(large: Assessment) -> None:
    book = load_workbook(BytesIO(write(large, rendering_of(large), Limits(sheet_rows=30))))
    followed = 0
    for name in ("Controls", "Findings", "Evidence"):
        for row in _sheet(book, name).iter_rows():
            for cell in row:
                if cell.hyperlink is None:
                    continue
                sheet, _, place = str(cell.hyperlink.location).replace("'", "").partition("!")
                assert int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) < 30
                assert book[sheet][place].value
                followed += 1
    assert followed


def test_frames_are_made_in_pieces(large: Assessment) -> None:
    tables: tuple[tuple[Table[Any], int], ...] = (
        (FINDINGS, sum(len(control.findings) for control in large.controls)),
        (EVIDENCE, len(large.evidence)),
    )
    for table, count in tables:
        columns = table.columns_for(large)
        sizes = [len(frame) for frame in table.frames(large, columns, 50)]
        assert sizes == [50] * (count // 50) + ([count % 50] if count % 50 else [])
    assert Limits().stream_rows > CHUNK


def test_evidence_of_a_long_run_is_written_without_its_frame_at_once(large: Assessment) -> None:
    taken: list[str] = []

    def watched(assessment: Assessment) -> Any:
        for row in EVIDENCE.source(assessment):
            taken.append(row.entry.id)
            yield row

    table = replace(EVIDENCE, source=watched)
    frames = table.frames(large, table.columns_for(large), 50)
    taken.clear()
    next(frames)
    assert len(taken) == 50


def test_nothing_stays_behind_on_disk(
    large: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    write(large, rendering_of(large), STREAMED)
    assert list(tmp_path.iterdir()) == []


_DIGEST = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from tests.reports.test_workbook_large import EACH, STREAMED
from tests.reports.builder import build
from analyzer.reports import rendering_of
from analyzer.reports.workbook import write
a = build(findings_each=EACH)
print(hashlib.sha256(write(a, rendering_of(a), STREAMED)).hexdigest())
"""


def _digest(zone: str, seed: str, folder: Path) -> str:
    folder.mkdir()
    environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", _DIGEST, str(ROOT)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_streamed_sheets_repeat_byte_for_byte(tmp_path: Path) -> None:
    first = _digest("Pacific/Auckland", "1", tmp_path / "one")
    assert first == _digest("America/Anchorage", "4711", tmp_path / "another-longer-name")


def test_many_pieces_of_evidence_all_have_their_link() -> None:
    base = build(texts=("short", "brief"), findings_each=1, people=False)
    control = next(c for c in base.controls if c.findings)
    count = 400
    entries = tuple(_entry(base.evidence[0], n) for n in range(1, count + 1))
    findings = tuple(
        replace(control.findings[0], subject=f"Pod/shop/web-{n}", evidence=(entry.id,))
        for n, entry in enumerate(reversed(entries))
    )
    long = replace(base, controls=(replace(control, findings=findings),), evidence=entries)
    book = load_workbook(BytesIO(write(long, rendering_of(long), STREAMED)))
    findings_sheet, register = _sheet(book, "Findings"), _sheet(book, "Evidence")
    place = [cell.value for cell in findings_sheet[1]].index("Evidence")
    for row in findings_sheet.iter_rows(min_row=2):
        link = row[place].hyperlink
        assert link is not None
        aim = str(link.location).partition("!")[2]
        assert register[aim].value == row[place].value


def _entry(model: EvidenceRef, number: int) -> EvidenceRef:
    return replace(model, id=f"EV-{number:04d}")
