"""Workbooks for tests: made, filled in, and taken apart."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from analyzer.model.review_sheet import COMMENT, METHOD, NUMBER, REVIEWED_ON, REVIEWER, VERDICT


def filled(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Open a workbook with openpyxl, change it, and save it again."""
    book = load_workbook(BytesIO(content))
    change(book)
    return saved(book)


def only(content: bytes, sheets: tuple[str, ...]) -> bytes:
    """Return a workbook with some of its sheets only."""

    def remove(book: Any) -> None:
        for name in book.sheetnames:
            if name not in sheets:
                book.remove(book[name])

    return filled(content, remove)


def saved(book: Workbook) -> bytes:
    """Return a workbook's bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Take a workbook apart."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(parts: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a workbook of its parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one part changed."""
    parts = parts_of(content)
    parts[part] = change(parts[part])
    return put_together(parts)


def headings(sheet: Any) -> dict[str, int]:
    """Return the column number of each heading of the first row."""
    return {str(cell.value): cell.column for cell in sheet[1] if cell.value is not None}


def row_of(sheet: Any, control: str) -> int:
    """Return the row of a control."""
    column = headings(sheet)[NUMBER]
    return next(
        row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value == control
    )


def fill(sheet: Any, control: str, **cells: object) -> None:
    """Fill in cells of a control's block: ``verdict``, ``method``, ``comment``, ``by``, ``on``."""
    names = {"verdict": VERDICT, "method": METHOD, "comment": COMMENT}
    names |= {"by": REVIEWER, "on": REVIEWED_ON}
    columns, row = headings(sheet), row_of(sheet, control)
    for short, value in cells.items():
        sheet.cell(row, columns[names[short]]).value = value


def at(sheet: Any, control: str, heading: str) -> str:
    """Return the address of a control's cell."""
    return f"{get_column_letter(headings(sheet)[heading])}{row_of(sheet, control)}"
