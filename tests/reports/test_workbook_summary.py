"""Summary of report.xlsx: stored figures are the assessment's, and formulas come to the same."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports import rendering_of
from analyzer.reports.words import VERDICTS
from analyzer.reports.workbook import write
from analyzer.reports.workbook_place import Limits
from tests.reports.builder import build, summarise
from tests.reports.summary_sheet import Rows, block, check, recomputed, stored

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


@pytest.fixture(scope="module")
def content(assessment: Assessment) -> bytes:
    return write(assessment, rendering_of(assessment))


@pytest.fixture(scope="module")
def recalculated(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return recomputed(content, tmp_path_factory.mktemp("lo"))


def test_stored_figures_are_the_assessments(content: bytes, assessment: Assessment) -> None:
    check(stored(content), assessment)


def test_recalculated_figures_are_the_stored_ones(
    recalculated: Rows, content: bytes, assessment: Assessment
) -> None:
    check(recalculated, assessment)
    for computed, kept in zip(recalculated, stored(content), strict=True):
        for one, other in zip(computed, kept, strict=True):
            if other in (None, ""):
                assert one in (None, "")
                continue
            assert one == (pytest.approx(other, abs=0.00011) if isinstance(other, float) else other)


def test_every_total_of_the_register_is_a_formula(content: bytes) -> None:
    rows = list(load_workbook(BytesIO(content))["Summary"].iter_rows(values_only=True))
    for title in ("By section", "By subsection", "By responsibility", "By level"):
        for row in block(rows, title)[1:]:
            assert all(str(cell).startswith("=") for cell in row[2:12]), row


def test_sections_that_look_like_equal_numbers_stay_apart(tmp_path: Path) -> None:
    """1.2 and 1.20 are one number to a spreadsheet that takes text for numbers."""

    plain = build(texts=("plain", "text"), people=False)
    moved = tuple(
        replace(c, section="1.20", id=c.id.replace("1.2.", "1.20."))
        if c.section == "1.2" and c.id > "1.2.4"
        else c
        for c in plain.controls
    )
    a = replace(plain, controls=moved, summary=summarise(moved))
    assert {"1.2", "1.20"} <= set(a.summary.by_section)
    content = write(a, rendering_of(a))
    check(stored(content), a)
    check(recomputed(content, tmp_path), a)


def test_a_section_without_parts_stands_among_the_subsections() -> None:
    """Otherwise the rows would not add up to all controls, and nothing would say why."""

    plain = build(texts=("plain", "text"), people=False)
    whole = tuple(
        replace(c, section="4", id="4." + c.id.replace(".", "")) if c.section[0] == "4" else c
        for c in plain.controls
    )
    a = replace(plain, controls=whole, summary=summarise(whole))
    rows = stored(write(a, rendering_of(a)))
    check(rows, a)
    below = block(rows, "By subsection")[1:]
    assert "4" in [row[0] for row in below]
    assert sum(row[9] for row in below) == len(whole)


def test_nothing_decided_is_no_number(tmp_path: Path) -> None:

    bare = build(texts=("plain", "text"), people=False)
    controls = tuple(c for c in bare.controls if c.verdict is Verdict.NO_EVIDENCE)
    a = replace(bare, controls=controls, summary=summarise(controls))
    content = write(a, rendering_of(a))
    for rows in (stored(content), recomputed(content, tmp_path)):
        first, second = block(rows, "Score and coverage")[1:]
        assert (first[6], first[7], second[6]) == ("n/a", 0, "n/a")
        assert {row[10] for row in block(rows, "By section")[1:]} == {"n/a"}


def test_totals_without_every_control_are_plain_numbers(assessment: Assessment) -> None:

    content = write(assessment, rendering_of(assessment), Limits(sheet_rows=20))
    rows = list(load_workbook(BytesIO(content))["Summary"].iter_rows(values_only=True))
    total = next(row for row in rows if row[0] == "All controls")
    assert list(total[2:9]) == [assessment.summary.overall.by_verdict[v] for v in VERDICTS]
    assert "Controls!" not in str(rows)
    check(stored(content), assessment)


# --- charts ---


def test_charts_stand_on_the_live_cells(content: bytes) -> None:
    package = zipfile.ZipFile(BytesIO(content))
    live = load_workbook(BytesIO(content), data_only=True)
    names = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(names) == 2
    series = 0
    for name in names:
        tree = ElementTree.fromstring(package.read(name))
        for one in tree.iter(f"{_C}ser"):
            series += 1
            for part, cache in (("tx", "strCache"), ("cat", "strCache"), ("val", "numCache")):
                _same(one.find(f"{_C}{part}"), cache, live)
    assert series == 2 * len(VERDICTS)


def _same(part: Any, cache: str, live: Any) -> None:
    """A chart's stored values are those of the cells that it points at."""
    sheet, _, cells = part.find(f".//{_C}f").text.partition("!")
    found = live[sheet][cells.replace("$", "")]
    flat = [cell.value for (cell,) in found] if isinstance(found, tuple) else [found.value]
    kept = [value.text for value in part.find(f".//{_C}{cache}").iter(f"{_C}v")]
    assert kept == [str(value) for value in flat]


def test_charts_are_described(content: bytes) -> None:
    package = zipfile.ZipFile(BytesIO(content))
    drawing = ElementTree.fromstring(package.read("xl/drawings/drawing1.xml"))
    told = [frame.get("descr") for frame in drawing.iter(f"{_D}cNvPr")]
    assert len(told) == 2
    assert all(text and "verdicts" in text for text in told)
