"""What a cell still says after a spreadsheet had its way with it, and what is an edit."""

import pytest

from analyzer.judgement.workbook_cells import Cell, CellKind
from analyzer.judgement.workbook_values import day_of, same, short, shown

NUMBER, TRUTH, DATE = CellKind.NUMBER, CellKind.BOOLEAN, CellKind.DATE


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        (None, "  "),
        (Cell(text="a\r\nb "), "a\nb"),
        (Cell(text="a\rb"), "a\nb"),
        (Cell(text="a\u00a0b"), "a b"),
        (Cell(text="_x000D_x"), "\rx"),
        (Cell(text="x _x005F_x0041_"), "x _x0041_"),
        (Cell(text="1.10", kind=NUMBER), "1.10"),
        (Cell(text="1.1", kind=NUMBER), "1.10"),
        (Cell(text="5.0", kind=NUMBER), "5"),
        (Cell(text="1e3", kind=NUMBER), "1000"),
        (Cell(text="46056", kind=NUMBER), "2026-02-03"),
        (Cell(text="46056.5", kind=NUMBER), "2026-02-03T12:00:00Z"),
        (Cell(text="1", kind=TRUTH), "true"),
        (Cell(text="0", kind=TRUTH), "FALSE"),
    ],
)
def test_what_is_no_edit(cell: Cell | None, written: str) -> None:
    assert same(cell, written, from_1904=False)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, "text"),
        (Cell(text="text"), ""),
        (Cell(text="Text"), "text"),
        (Cell(text="a\nb"), "a b"),
        (Cell(text="1.10"), "1.1"),
        (Cell(text="2", kind=NUMBER), "1"),
        (Cell(text="2", kind=NUMBER), "two"),
        (Cell(text="2", kind=NUMBER), ""),
        (Cell(text="46057", kind=NUMBER), "2026-02-03"),
        (Cell(text="NaN", kind=NUMBER), "46056"),
        (Cell(text="1", kind=TRUTH), "false"),
        (Cell(text="1", kind=TRUTH), "1.0"),
        (Cell(text="2026-02-03", kind=DATE), "2026-02-04"),
    ],
)
def test_what_is_an_edit(cell: Cell | None, written: str) -> None:
    assert not same(cell, written, from_1904=False)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (Cell(text="46056", kind=NUMBER), "2026-02-03"),
        (Cell(text="36526", kind=NUMBER), "2000-01-01"),
        (Cell(text="36525", kind=NUMBER), None),
        (Cell(text="109574", kind=NUMBER), "2199-12-31"),
        (Cell(text="109575", kind=NUMBER), None),
        (Cell(text="1e9", kind=NUMBER), None),
        (Cell(text="1e999999", kind=NUMBER), None),
        (Cell(text="-1", kind=NUMBER), None),
        (Cell(text="inf", kind=NUMBER), None),
        (Cell(text="x", kind=NUMBER), None),
        (Cell(text="2026-02-03T10:00:00", kind=DATE), "2026-02-03"),
        (Cell(text="2026-02-03 10:00"), "2026-02-03"),
        (Cell(text="1026-02-03"), None),
        (Cell(text="2026-02-29"), None),
        (Cell(text="2028-02-29"), "2028-02-29"),
        (Cell(text="20260203"), None),
        (Cell(text="2026-02-03 or so"), None),
        (Cell(text="٢٠٢٦-٠٢-٠٣"), None),
    ],
)
def test_days(cell: Cell, day: str | None) -> None:
    assert day_of(cell, from_1904=False) == day


def test_texts_for_messages_are_short_and_on_one_line() -> None:
    assert short("two\nlines") == "`two lines`"
    assert short("x" * 50) == f"`{'x' * 40}...`"
    assert shown(Cell(text="1", kind=TRUTH)) == "TRUE"
