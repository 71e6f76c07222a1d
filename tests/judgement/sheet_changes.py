"""What people and spreadsheets do to a sheet without meaning any harm."""

import datetime
from typing import Any

from openpyxl.utils import get_column_letter

from analyzer.model.review_sheet import COMMENT, NUMBER, VERDICT
from tests.judgement.workbook_maker import headings


def _rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def _write(sheet: Any, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def sort(sheet: Any) -> None:
    title = headings(sheet)["Title"] - 1
    _write(
        sheet, sorted(_rows(sheet), key=lambda row: (str(row[title]), str(row[1])), reverse=True)
    )


def move(sheet: Any) -> None:
    """The block goes before everything else."""
    whole = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at_ = headings(sheet)[VERDICT] - 1
    for number, row in enumerate(whole, start=1):
        moved = row[at_ : at_ + 5] + row[:at_] + row[at_ + 5 :]
        for column, value in enumerate(moved, start=1):
            sheet.cell(number, column).value = value


def hide(sheet: Any) -> None:
    sheet.column_dimensions[get_column_letter(headings(sheet)[COMMENT])].hidden = True
    for row in range(2, 12):
        sheet.row_dimensions[row].hidden = True


def add_column(sheet: Any) -> None:
    sheet.cell(1, sheet.max_column + 1).value = "My notes"
    sheet.cell(3, sheet.max_column).value = "=1+1"


def add_rows(sheet: Any) -> None:
    row = sheet.max_row + 1
    sheet.cell(row, 1).value = "Notes of mine"
    sheet.cell(row + 2, 3).value = "More"


def add_title(sheet: Any) -> None:
    sheet.insert_rows(1, 2)
    sheet.cell(1, 1).value = "Audit 2026"


def wrap_headings(sheet: Any) -> None:
    for cell in sheet[1]:
        cell.value = f" {str(cell.value).replace(' ', chr(10))} "


def blanks(sheet: Any) -> None:
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str) and not cell.value.startswith("="):
                cell.value = f"{cell.value}  "


def retype(sheet: Any) -> None:
    """What a spreadsheet makes of texts that look like something else."""
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if cell.value == "5":
                cell.value = 5
            elif cell.value == "2026-01-05":
                cell.value = datetime.date(2026, 1, 5)
            elif cell.value == "true":
                cell.value = True


def number_keys(sheet: Any) -> None:
    """Two-part numbers become numbers."""
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, headings(sheet)[NUMBER])
        if str(cell.value).count(".") == 1:
            cell.value = float(cell.value)
