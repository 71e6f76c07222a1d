"""One data sheet: a frame written row by row, with links, filters and coloured words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analyzer.model.assessment import Assessment
from analyzer.reports.table import Column, Kind, Table
from analyzer.reports.workbook_cells import cell_text, row_height
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles

SHEET_ROWS = 1_048_576
"""Rows that a sheet can hold, heading included."""

_MOST_LINKS = 65_000  # a spreadsheet refuses more than 65,530 links on one sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A table with its frame and where its rows will stand.

    Attributes:
        shown: Rows that fit; the frame may have more.
        rows: Row (from 0) of each key's first row; later sheets link there.
    """

    table: Table[Any]
    frame: pd.DataFrame
    shown: int
    rows: Mapping[str, int]


def place(table: Table[Any], assessment: Assessment, sheet_rows: int = SHEET_ROWS) -> Placed:
    """Make a table's frame and find where its keys will stand, before anything is written."""
    frame = table.frame(assessment)
    fits = sheet_rows - 1
    # One row is kept for the note that says how many more there are.
    shown = len(frame) if len(frame) <= fits else fits - 1
    rows: dict[str, int] = {}
    if table.key:
        for position, key in enumerate(frame[table.key].head(shown), start=1):
            rows.setdefault(key, position)
    return Placed(table=table, frame=frame, shown=shown, rows=rows)


class SheetWriter:
    """Writes one placed table into one worksheet."""

    def __init__(
        self, sheet: Any, styles: Styles, placed: Placed, others: Mapping[str, Placed]
    ) -> None:
        """Take the sheet, its table, and every table that links may lead to."""
        self._sheet = sheet
        self._styles = styles
        self._placed = placed
        self._others = others
        self._columns: tuple[Column[Any], ...] = placed.table.columns
        self._index = {column.name: n for n, column in enumerate(self._columns)}
        self._links = 0

    def write(self, report_id: str) -> None:
        """Write headings, rows, filter, panes and print set-up."""
        self._head()
        row = 1
        for cells in self._cells():
            self._row(row, cells)
            row += 1
        self._notes(row)
        self._finish(report_id, max(row - 1, 1))

    def _cells(self) -> Iterator[tuple[Any, ...]]:
        frame = self._placed.frame.head(self._placed.shown)
        return frame.itertuples(index=False, name=None)

    def _head(self) -> None:
        self._sheet.set_row(0, 32)
        for n, column in enumerate(self._columns):
            self._sheet.set_column(n, n, column.width)
            look = "head_right" if column.kind is Kind.COUNT else "head"
            self._sheet.write_string(0, n, column.name, self._styles[look])

    def _row(self, row: int, cells: tuple[Any, ...]) -> None:
        whole = self._whole(cells)
        wrapped = []
        for n, (column, value) in enumerate(zip(self._columns, cells, strict=True)):
            if column.kind is Kind.COUNT:
                self._sheet.write_number(row, n, int(value), self._styles["count"])
                continue
            text = cell_text(value, whole)
            if column.kind in (Kind.PROSE, Kind.CODE) and column.printed:
                wrapped.append((text, column.width))
            self._text(row, n, text, self._target(column, cells))
        height = row_height(tuple(wrapped))
        if height is not None:
            self._sheet.set_row(row, height)

    def _text(self, row: int, n: int, text: str, target: str | None) -> None:
        if target is None:
            look = self._styles[self._columns[n].kind.value]
            self._sheet.write_string(row, n, text, look)
        else:
            self._sheet.write_url(row, n, target, self._styles["link"], text)
            self._links += 1

    def _target(self, column: Column[Any], cells: tuple[Any, ...]) -> str | None:
        """Return the internal address a cell leads to; None where there is no such row."""
        if column.link is None or self._links >= _MOST_LINKS:
            return None
        key = cells[self._index[column.link.key]].split(",", 1)[0].split(" ", 1)[0]
        other = self._others[column.link.sheet]
        row = other.rows.get(key)
        at = next((n for n, c in enumerate(other.table.columns) if c.name == other.table.key), 0)
        return None if row is None else f"internal:'{other.table.name}'!{chr(65 + at)}{row + 1}"

    def _whole(self, cells: tuple[Any, ...]) -> str:
        """Return the evidence ids of a row, for the mark in a text that had to be cut."""
        for name in ("Evidence ID", "Evidence"):
            if name in self._index:
                return str(cells[self._index[name]])[:200]
        return ""

    def _notes(self, row: int) -> None:
        hidden = len(self._placed.frame) - self._placed.shown
        if not len(self._placed.frame):
            self._sheet.write_string(row, 0, self._placed.table.empty, self._styles["text"])
        elif hidden:
            note = f"{hidden} more rows do not fit into a sheet; assessment.json has them all."
            self._sheet.write_string(row, 0, note, self._styles["text"])

    def _finish(self, report_id: str, last: int) -> None:
        columns = self._columns
        self._sheet.autofilter(0, 0, last, len(columns) - 1)
        self._sheet.freeze_panes(1, self._placed.table.frozen)
        for n, column in enumerate(columns):
            if column.kind is Kind.WORD:
                self._styles.colour_words(self._sheet, 1, last, n)
        set_up_page(self._sheet, report_id, header_row=0)
        printed = sum(column.printed for column in columns)
        self._sheet.print_area(0, 0, last, printed - 1)
