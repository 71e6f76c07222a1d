"""Workbooks for tests: made, filled in, and taken apart."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook


def filled(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Open a workbook with openpyxl, change it, and save it again."""
    book = load_workbook(BytesIO(content))
    change(book)
    return saved(book)


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
