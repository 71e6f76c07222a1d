"""One data sheet: frames written row by row, with links, filters and coloured words.

Sheets are Excel tables. A sheet of very many rows is written to disk row by row instead, which
bounds the memory but rules an Excel table out; it has a plain filter. Rows are not grouped by
section: a spreadsheet that sorts a table leaves the outline where it was.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from analyzer.reports.table import Column, Formula, Kind
from analyzer.reports.text import one_line
from analyzer.reports.workbook_cells import cell_text, day_of, row_height
from analyzer.reports.workbook_page import set_up_page
from analyzer.reports.workbook_place import Layout, Placed
from analyzer.reports.workbook_style import WORD_COLOURS, Styles

_FIT = MappingProxyType({Kind.PROSE: 1.15, Kind.CODE: 1.0})
"""Letters that fit into one unit of column width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Everything about a column that its cells need, looked up once and not for each cell.

    Attributes:
        wraps: Width to fit row heights to; 0 where a column's texts do not count.
        look: Format of a plain cell.
        key: Position of the cell that says where the link leads.
        rows: Row of each key on the sheet that links lead to; None without links.
        address: Link target up to the row number.
        blank: An empty cell is left truly empty, for somebody to fill in.
    """

    kind: Kind
    wraps: float
    look: Any
    key: int
    rows: Mapping[str, int] | None
    address: str
    blank: bool
    formula: Formula | None


class SheetWriter:
    """Writes one placed table into one worksheet."""

    def __init__(self, sheet: Any, styles: Styles, placed: Placed, layout: Layout) -> None:
        """Take the sheet, its table, and every table that links may lead to."""
        self._sheet = sheet
        self._styles = styles
        self._placed = placed
        self._layout = layout
        self._columns: tuple[Column[Any], ...] = placed.columns
        self._index = {column.name: n for n, column in enumerate(self._columns)}
        self._plans = tuple(self._plan(column) for column in self._columns)
        self._words = [n for n, c in enumerate(self._columns) if c.kind is Kind.WORD]
        self._seen: dict[int, set[str]] = {n: set(self._columns[n].words) for n in self._words}
        named = [n for name, n in self._index.items() if name in ("Evidence ID", "Evidence")]
        self._evidence = named[0] if named else None
        self._remarks = placed.table.remarks(placed.assessment)
        self._link = styles["link"]
        self._links = 0

    def write(self, report_id: str) -> None:
        """Write headings, rows, filter, panes and print set-up."""
        self._head()
        for row, cells in enumerate(self._cells(), start=1):
            self._row(row, cells)
        self._notes()
        self._finish(report_id)

    def _plan(self, column: Column[Any]) -> _Plan:
        paper = column.printed or column.entry or column.formula is not None
        wrapped = paper and column.kind in _FIT
        rows, address, key = None, "", 0
        if column.link is not None:
            other = self._layout.tables[column.link.sheet]
            letter = xl_col_to_name(other.index(other.table.key))
            address = f"internal:'{other.table.name}'!{letter}"
            rows, key = other.rows, self._index[column.link.key]
        look = f"entry_{column.kind.value}" if column.entry else column.kind.value
        return _Plan(
            kind=column.kind,
            wraps=column.width * _FIT[column.kind] if wrapped else 0,
            look=self._styles[look],
            key=key,
            rows=rows,
            address=address,
            blank=column.entry,
            formula=column.formula,
        )

    def _cells(self) -> Iterator[tuple[Any, ...]]:
        left = self._placed.shown
        for frame in self._placed.frames():
            yield from frame.head(left).itertuples(index=False, name=None)
            left -= min(left, len(frame))

    def _head(self) -> None:
        self._sheet.set_row(0, 32)
        for n, column in enumerate(self._columns):
            options = {"hidden": True} if column.hidden else None
            self._sheet.set_column(n, n, column.width, None, options)
            self._sheet.write_string(0, n, column.name, self._head_look(column))

    def _head_look(self, column: Column[Any]) -> Any:
        if column.entry:
            return self._styles["head_entry"]
        return self._styles["head_right" if column.kind is Kind.COUNT else "head"]

    def _row(self, row: int, cells: tuple[Any, ...]) -> None:
        whole = "" if self._evidence is None else cells[self._evidence][:200]
        wrapped = []
        for n, (plan, value) in enumerate(zip(self._plans, cells, strict=True)):
            if plan.kind is Kind.COUNT:
                self._sheet.write_number(row, n, int(value), plan.look)
                continue
            text = cell_text(value, whole)
            if plan.wraps and (len(text) > plan.wraps or "\n" in text):
                wrapped.append((text, plan.wraps))
            self._text(row, n, text, cells)
        for n in self._words:
            self._seen[n].add(cells[n])
        height = row_height(tuple(wrapped)) if wrapped else None
        if height is not None:
            self._sheet.set_row(row, height)
        if self._placed.streamed:
            # The row before is on disk by now; its height would be kept for nothing.
            self._sheet.row_info.pop(row - 1, None)

    def _text(self, row: int, n: int, text: str, cells: tuple[Any, ...]) -> None:
        plan = self._plans[n]
        formula = self._formula(row, plan, cells)
        if formula:
            self._sheet.write_formula(row, n, formula, plan.look, text)
            return
        day = day_of(text) if plan.kind is Kind.DATE else None
        target = None if plan.rows is None else self._target(plan, plan.rows, cells)
        if day is not None:
            self._sheet.write_datetime(row, n, day, plan.look)
        elif target is not None:
            self._sheet.write_url(row, n, target, self._link, text)
        elif plan.blank and not text:
            self._sheet.write_blank(row, n, None, plan.look)
        else:
            self._sheet.write_string(row, n, text, plan.look)

    def _formula(self, row: int, plan: _Plan, cells: tuple[Any, ...]) -> str:
        """Return a cell's formula; empty where the cell has none."""
        if plan.formula is None:
            return ""
        named = {column.name: cell for column, cell in zip(self._columns, cells, strict=True)}
        return plan.formula(named, lambda name: self._address(row, name))

    def _address(self, row: int, name: str) -> str:
        return f"{xl_col_to_name(self._index[name], col_abs=True)}{row + 1}"

    def _target(self, plan: _Plan, rows: Mapping[str, int], cells: tuple[Any, ...]) -> str | None:
        """Return the internal address a cell leads to; None where there is no such row."""
        row = rows.get(cells[plan.key].split(",", 1)[0].split(" ", 1)[0])
        if row is None or self._links >= self._layout.limits.most_links:
            return None
        self._links += 1
        return f"{plan.address}{row + 1}"

    def _notes(self) -> None:
        placed = self._placed
        if not placed.total:
            self._sheet.write_string(1, 0, placed.table.empty, self._styles["text"])
        elif placed.shown < placed.total:
            left = placed.total - placed.shown
            note = f"{left} more rows do not fit into a sheet; assessment.json has them all."
            self._sheet.write_string(placed.shown + 1, 0, note, self._styles["text"])
        # An empty row keeps them out of the table, which grows over what it touches.
        for row, text in enumerate(self._remarks, start=placed.shown + 2):
            self._sheet.write_string(row, 0, cell_text(one_line(text)), self._styles["text"])

    def _finish(self, report_id: str) -> None:
        columns, shown = self._columns, self._placed.shown
        if shown and self._placed.streamed:
            self._sheet.autofilter(0, 0, shown, len(columns) - 1)
        elif shown:
            self._table(shown)
        self._sheet.freeze_panes(1, self._placed.table.frozen)
        for n, seen in self._seen.items():
            self._styles.colour_words(self._sheet, 1, max(shown, 1), n, seen & set(WORD_COLOURS))
        set_up_page(self._sheet, report_id, header_row=0)
        printed = sum(column.printed for column in columns)
        last = shown + (shown < self._placed.total)
        if self._remarks:
            last = shown + 1 + len(self._remarks)
        self._sheet.print_area(0, 0, last, printed - 1)

    def _table(self, shown: int) -> None:
        heads = [{"header": c.name, "header_format": self._head_look(c)} for c in self._columns]
        options = {
            "name": table_name(self._placed.table.name),
            "style": "Table Style Light 1",
            "columns": heads,
        }
        self._sheet.add_table(0, 0, shown, len(self._columns) - 1, options)


def table_name(sheet: str) -> str:
    """Return the name of a sheet's Excel table: ``PublishedVsObserved``."""
    return "".join(part[0].upper() + part[1:] for part in re.findall(r"\w+", sheet))
