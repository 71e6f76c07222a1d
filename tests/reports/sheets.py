"""Sheets of a workbook read back as rows by heading."""

from io import BytesIO
from itertools import takewhile
from typing import Any

from openpyxl import Workbook, load_workbook

from analyzer.model.assessment import Assessment
from analyzer.reports import rendering_of
from analyzer.reports.workbook import write

PLAIN = ("plain", "text")
"""Texts that mean nothing, for ``build``."""


def written(assessment: Assessment) -> Workbook:
    """Return an assessment's workbook, read back."""
    return load_workbook(BytesIO(write(assessment, rendering_of(assessment))))


def records(book: Workbook, name: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet by heading, up to the empty one that remarks follow."""
    heads, *rows = book[name].iter_rows(values_only=True)
    full = takewhile(lambda row: any(cell is not None for cell in row), rows)
    names = [str(head) for head in heads]
    return [{h: "" if c is None else c for h, c in zip(names, row, strict=True)} for row in full]


def remarks(book: Workbook, name: str) -> list[str]:
    """Return the sentences below the rows of a sheet."""
    sheet, rows = book[name], len(records(book, name))
    return [str(row[0]) for row in sheet.iter_rows(min_row=rows + 3, values_only=True)]


def cover(book: Workbook) -> dict[str, str]:
    """Return the first two columns of the Cover."""
    return {str(row[0]): str(row[1]) for row in book["Cover"].iter_rows(values_only=True) if row[0]}
