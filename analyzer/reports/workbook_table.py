"""One data sheet: a frame written row by row, with links, filters and coloured words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from analyzer.model.assessment import Assessment
from analyzer.reports.table import Column, Kind, Table
from analyzer.reports.workbook_cells import cell_text, day_of, row_height
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_style import Styles

SHEET_ROWS = 1_048_576
"""Rows that a sheet can hold, heading included."""

_MOST_LINKS = 65_000  # a spreadsheet refuses more than 65,530 links on one sheet


_FIT = MappingProxyType({Kind.PROSE: 1.05, Kind.CODE: 0.85})
"""Letters that fit into one unit of column width; long paths and flags break early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A table with its frame and where its rows will stand.

    Attributes:
        columns: Of this assessment, in the order written.
        shown: Rows that fit; the frame may have more.
        rows: Row (from 0) of each key's first row; later sheets link there.
    """

    table: Table[Any]
    columns: tuple[Column[Any], ...]
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
    columns = table.columns_for(assessment)
    return Placed(table=table, columns=columns, frame=frame, shown=shown, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Everything about a column that its cells need, looked up once and not for each cell.

    Attributes:
        number: Cells are counts, written as numbers.
        date: Cells are days, written as dates.
        wraps: Width to fit row heights to; 0 where a column's texts do not count.
        look: Format of a plain cell.
        key: Position of the cell that says where the link leads.
        rows: Row of each key on the sheet that links lead to; None without links.
        address: Link target up to the row number.
    """

    number: bool
    date: bool
    wraps: float
    look: Any
    key: int
    rows: Mapping[str, int] | None
    address: str


class SheetWriter:
    """Writes one placed table into one worksheet."""

    def __init__(
        self, sheet: Any, styles: Styles, placed: Placed, others: Mapping[str, Placed]
    ) -> None:
        """Take the sheet, its table, and every table that links may lead to."""
        self._sheet = sheet
        self._styles = styles
        self._placed = placed
        self._columns: tuple[Column[Any], ...] = placed.columns
        self._index = {column.name: n for n, column in enumerate(self._columns)}
        self._plans = tuple(self._plan(column, others) for column in self._columns)
        named = [n for name, n in self._index.items() if name in ("Evidence ID", "Evidence")]
        self._evidence = named[0] if named else None
        self._link = styles["link"]
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

    def _plan(self, column: Column[Any], others: Mapping[str, Placed]) -> _Plan:
        wrapped = column.printed and column.kind in (Kind.PROSE, Kind.CODE)
        rows, address, key = None, "", 0
        if column.link is not None:
            other = others[column.link.sheet]
            names = [c.name for c in other.columns]
            letter = xl_col_to_name(names.index(other.table.key))
            address = f"internal:'{other.table.name}'!{letter}"
            rows, key = other.rows, self._index[column.link.key]
        return _Plan(
            number=column.kind is Kind.COUNT,
            date=column.kind is Kind.DATE,
            wraps=column.width * _FIT[column.kind] if wrapped else 0,
            look=self._styles[column.kind.value],
            key=key,
            rows=rows,
            address=address,
        )

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
        whole = "" if self._evidence is None else cells[self._evidence][:200]
        wrapped = []
        for n, (plan, value) in enumerate(zip(self._plans, cells, strict=True)):
            if plan.number:
                self._sheet.write_number(row, n, int(value), plan.look)
                continue
            text = cell_text(value, whole)
            if plan.wraps and (len(text) > plan.wraps or "\n" in text):
                wrapped.append((text, plan.wraps))
            day = day_of(text) if plan.date else None
            if day is not None:
                self._sheet.write_datetime(row, n, day, plan.look)
                continue
            target = None if plan.rows is None else self._target(plan, plan.rows, cells)
            if target is None:
                self._sheet.write_string(row, n, text, plan.look)
            else:
                self._sheet.write_url(row, n, target, self._link, text)
        height = row_height(tuple(wrapped)) if wrapped else None
        if height is not None:
            self._sheet.set_row(row, height)

    def _target(self, plan: _Plan, rows: Mapping[str, int], cells: tuple[Any, ...]) -> str | None:
        """Return the internal address a cell leads to; None where there is no such row."""
        row = rows.get(cells[plan.key].split(",", 1)[0].split(" ", 1)[0])
        if row is None or self._links >= _MOST_LINKS:
            return None
        self._links += 1
        return f"{plan.address}{row + 1}"

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
