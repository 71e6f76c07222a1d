"""Tables of the workbook as pandas frames: one declaration a column, one frame a sheet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from itertools import islice
from typing import Any, Generic, TypeVar

import pandas as pd

from analyzer.model.assessment import Assessment

R = TypeVar("R")

CHUNK = 5_000
"""Rows of a frame while a long sheet is written; bounds what is held beside the assessment."""


@unique
class Kind(StrEnum):
    """How a column is typed and set."""

    ID = "id"
    WORD = "word"
    PROSE = "prose"
    CODE = "code"
    COUNT = "count"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An internal link: to the first row of ``sheet`` whose key is this row's ``key`` cell.

    Of a cell that lists several ids, the first one counts.
    """

    sheet: str
    key: str


Formula = Callable[[Mapping[str, Any], Callable[[str], str]], str]
"""Makes a row's formula from its cells by heading, and the address of a heading's cell; may
return nothing, for a plain cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """One column.

    Attributes:
        name: Heading, unique in its table.
        kind: COUNT is a pandas ``Int64``, every other kind ``str``; of a DATE,
            ``YYYY-MM-DD`` or empty.
        width: In characters of the body font.
        value: Takes the cell from a row's source value; of a formula, its present result.
        printed: False for columns kept for filtering and machines only; they stand right of
            the printed ones.
        optional: Left out where no row of this assessment has anything in it.
        idle: Not printed where this holds of every row.
        entry: Filled in by people; tinted.
        hidden: Out of sight; for programs.
        words: Status words that may come to stand in the column; those found are coloured
            anyway.
    """

    name: str
    kind: Kind
    width: float
    value: Callable[[R], str | int]
    link: Link | None = None
    printed: bool = True
    optional: bool = False
    idle: Callable[[R], bool] | None = None
    entry: bool = False
    hidden: bool = False
    formula: Formula | None = None
    words: tuple[str, ...] = ()


def _always(_: Assessment) -> bool:
    return True


def _none(_: Assessment) -> tuple[Column[Any], ...]:
    return ()


def _silent(_: Assessment) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[R]):
    """One sheet.

    Attributes:
        name: Sheet name, at most 31 characters.
        key: Column that other sheets link to; empty when none does.
        frozen: Leading columns that stay in sight.
        source: Source values in row order; the order is part of the report's promise.
        empty: Sentence that stands in for rows when there are none.
        further: Columns that depend on the assessment; they follow ``columns``.
        wanted: False where this assessment needs no such sheet.
        remarks: Sentences that stand below the rows.
    """

    name: str
    key: str
    frozen: int
    columns: tuple[Column[R], ...]
    source: Callable[[Assessment], Iterable[R]]
    empty: str
    further: Callable[[Assessment], tuple[Column[R], ...]] = _none
    wanted: Callable[[Assessment], bool] = _always
    remarks: Callable[[Assessment], tuple[str, ...]] = _silent

    def columns_for(self, assessment: Assessment) -> tuple[Column[R], ...]:
        """Return the columns of this assessment: printed ones first, hidden ones last."""
        found = (*self.columns, *self.further(assessment))
        dull = {column.name: column for column in found if column.optional or column.idle}
        for row in self.source(assessment) if dull else ():
            dull = {name: column for name, column in dull.items() if _says_nothing(column, row)}
            if not dull:
                break
        kept = [
            replace(column, printed=False) if column.name in dull else column
            for column in found
            if column.name not in dull or column.idle
        ]
        return tuple(sorted(kept, key=lambda column: (column.hidden, not column.printed)))

    def frame(self, assessment: Assessment) -> pd.DataFrame:
        """Return the rows as a frame with the documented columns, types and order."""
        return _frame(self.columns_for(assessment), list(self.source(assessment)))

    def frames(
        self, assessment: Assessment, columns: tuple[Column[R], ...], rows: int = CHUNK
    ) -> Iterator[pd.DataFrame]:
        """Yield the same rows in frames of at most ``rows``, one held at a time.

        Args:
            assessment: Where the rows come from.
            columns: From ``columns_for``, which has to look through every row.
            rows: Rows of one frame.
        """
        left = iter(self.source(assessment))
        while batch := list(islice(left, rows)):
            yield _frame(columns, batch)


def _says_nothing(column: Column[R], row: R) -> bool:
    return not column.value(row) if column.idle is None else column.idle(row)


def _frame(columns: tuple[Column[R], ...], rows: list[R]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column.name: _series([column.value(row) for row in rows], column.kind)
            for column in columns
        }
    )


def _series(values: list[Any], kind: Kind) -> "pd.Series[Any]":
    return pd.Series(values, dtype="Int64" if kind is Kind.COUNT else "str")
