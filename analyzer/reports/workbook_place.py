"""Where everything will stand, found out before anything is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from analyzer.model.assessment import Assessment
from analyzer.reports.rendering import Rendering
from analyzer.reports.table import Column, Table
from analyzer.reports.workbook_page import Page, page_of

SHEET_ROWS = 1_048_576
"""Rows that a sheet can hold, heading included."""

STREAM_ROWS = 10_000
"""Above this many rows a sheet is written row by row to disk and is no Excel table."""

MOST_LINKS = 65_000
"""Links that one sheet gets; a spreadsheet refuses more than 65,530."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much goes into one sheet; tests lower them."""

    sheet_rows: int = SHEET_ROWS
    stream_rows: int = STREAM_ROWS
    most_links: int = MOST_LINKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A table, its columns for this assessment, and where its rows will stand.

    Attributes:
        columns: In the order written.
        total: Rows that there are.
        shown: Rows that the sheet gets; the others are counted in a note.
        rows: Row (from 0) of each key's first row; cells of other sheets link there.
        streamed: Written row by row to disk.
    """

    table: Table[Any]
    assessment: Assessment
    columns: tuple[Column[Any], ...]
    total: int
    shown: int
    rows: Mapping[str, int]
    streamed: bool

    def frames(self) -> Iterator[pd.DataFrame]:
        """Yield every row in frames of a few thousand, one held at a time."""
        return self.table.frames(self.assessment, self.columns)

    def index(self, heading: str) -> int:
        """Return the position (from 0) of a column; ValueError where there is none."""
        return [column.name for column in self.columns].index(heading)

    def has(self, heading: str) -> bool:
        """Tell whether this assessment's sheet has such a column."""
        return any(column.name == heading for column in self.columns)

    def reference(self, heading: str) -> str:
        """Return the absolute address of a column's data cells, ``'Controls'!$F$2:$F$132``."""
        letter = xl_col_to_name(self.index(heading))
        return f"'{self.table.name}'!${letter}$2:${letter}${max(self.shown, 1) + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole workbook before it is written.

    Attributes:
        tables: Every data sheet by name, in the order of the tabs.
    """

    page: Page
    limits: Limits
    tables: Mapping[str, Placed]

    def remarks(self) -> tuple[str, ...]:
        """Return a sentence for everything that a spreadsheet's limits left out."""
        return tuple(said for placed in self.tables.values() for said in self._of(placed))

    def _of(self, placed: Placed) -> Iterator[str]:
        name = placed.table.name
        if placed.shown < placed.total:
            yield (
                f"{name} shows {placed.shown} of {placed.total} rows, as many as a sheet holds; "
                "assessment.json has them all."
            )
        linked = sum(column.link is not None for column in placed.columns)
        if placed.shown * linked > self.limits.most_links:
            rows = self.limits.most_links // linked
            yield (
                f"{name} has links in its first {rows} rows, as many as a sheet holds; further "
                "down, look ids up by searching for them."
            )


def place(table: Table[Any], assessment: Assessment, limits: Limits = Limits()) -> Placed:
    """Find a table's columns and where its keys will stand; reads the rows, keeps none."""
    columns = table.columns_for(assessment)
    keys = [column.value for column in columns if column.name == table.key]
    rows: dict[str, int] = {}
    total = 0
    for total, row in enumerate(table.source(assessment), start=1):
        for key in keys:
            rows.setdefault(str(key(row)), total)
    fits = limits.sheet_rows - 1
    # One row is kept for the note that says how many more there are.
    shown = total if total <= fits else fits - 1
    if shown < total:
        rows = {key: row for key, row in rows.items() if row <= shown}
    return Placed(
        table=table,
        assessment=assessment,
        columns=columns,
        total=total,
        shown=shown,
        rows=rows,
        streamed=shown > limits.stream_rows,
    )


def lay_out(
    tables: tuple[Table[Any], ...],
    assessment: Assessment,
    rendering: Rendering,
    limits: Limits,
) -> Layout:
    """Place every table that this assessment wants."""
    placed = [place(table, assessment, limits) for table in tables if table.wanted(assessment)]
    return Layout(
        page=page_of(assessment, rendering),
        limits=limits,
        tables={one.table.name: one for one in placed},
    )
