"""Formulas over the register, so that totals follow what people change in it.

Texts are compared with ``=`` inside SUMPRODUCT. COUNTIFS would take ``1.20`` for the number 1.2,
and ``*`` in a word for a wildcard.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from analyzer.reports.workbook_place import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Where the columns of the Controls sheet stand.

    Attributes:
        ranges: ``Controls!$F$2:$F$132`` by heading. Empty where the sheet does not hold every
            control: totals over it would be wrong, so they are written as plain numbers.
    """

    ranges: Mapping[str, str]

    def has(self, heading: str) -> bool:
        """Tell whether this assessment's register has a column that can be counted."""
        return heading in self.ranges

    def whole(self) -> bool:
        """Tell whether formulas can count over it."""
        return bool(self.ranges)

    def counted(self, *conditions: str) -> str:
        """Return the formula that counts the rows that meet every condition."""
        product = "*".join(f"({condition})" for condition in conditions)
        return f"=SUMPRODUCT(1*{product})"

    def size(self) -> str:
        """Return the formula that counts every row."""
        return f"=ROWS({next(iter(self.ranges.values()))})" if self.ranges else "=0"

    def equals(self, heading: str, cell: str) -> str:
        """Return the condition that a column's text is that of a cell."""
        return f"{self.ranges[heading]}={cell}"

    def blank(self, heading: str) -> str:
        """Return the condition that nothing stands in a column."""
        return f'{self.ranges[heading]}=""'

    def differs(self, heading: str, cell: str) -> str:
        """Return the condition that a column's text is not that of a cell."""
        return f"{self.ranges[heading]}<>{cell}"

    def begins(self, heading: str, cell: str) -> str:
        """Return the condition that a section is the one named in a cell, or lies in it."""
        return f'LEFT({self.ranges[heading]}&".",LEN({cell})+1)={cell}&"."'


def register_of(placed: Placed) -> Register:
    """Return where the columns of the placed Controls sheet will stand."""
    rows = placed.shown
    if not rows or rows < placed.total:
        return Register(ranges={})
    ranges = {
        column.name: f"{placed.table.name}!${xl_col_to_name(n)}$2:${xl_col_to_name(n)}${rows + 1}"
        for n, column in enumerate(placed.columns)
    }
    return Register(ranges=ranges)


def cell(row: int, column: int, *, fixed_row: bool = False, fixed_column: bool = False) -> str:
    """Return the address of a cell, rows and columns from 0."""
    return str(xl_rowcol_to_cell(row, column, row_abs=fixed_row, col_abs=fixed_column))
