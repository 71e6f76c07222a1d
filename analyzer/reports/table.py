"""Tables of the workbook as pandas frames: one declaration a column, one frame a sheet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Generic, TypeVar

import pandas as pd

from analyzer.model.assessment import Assessment

R = TypeVar("R")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """One column.

    Attributes:
        name: Heading, unique in its table.
        kind: COUNT is a pandas ``Int64``, every other kind ``str``; of a DATE,
            ``YYYY-MM-DD`` or empty.
        width: In characters of the body font.
        value: Takes the cell from a row's source value.
        printed: False for columns kept for filtering and machines only; they stand right of
            the printed ones.
        optional: Left out where no row of this assessment has anything in it.
    """

    name: str
    kind: Kind
    width: float
    value: Callable[[R], str | int]
    link: Link | None = None
    printed: bool = True
    optional: bool = False


def _always(_: Assessment) -> bool:
    return True


def _none(_: Assessment) -> tuple[Column[Any], ...]:
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
    """

    name: str
    key: str
    frozen: int
    columns: tuple[Column[R], ...]
    source: Callable[[Assessment], Iterable[R]]
    empty: str
    further: Callable[[Assessment], tuple[Column[R], ...]] = _none
    wanted: Callable[[Assessment], bool] = _always

    def columns_for(self, assessment: Assessment) -> tuple[Column[R], ...]:
        """Return the columns of this assessment, those that do not print last."""
        rows = tuple(self.source(assessment))
        found = (*self.columns, *self.further(assessment))
        kept = [c for c in found if not c.optional or any(c.value(row) for row in rows)]
        return tuple(sorted(kept, key=lambda column: not column.printed))

    def frame(self, assessment: Assessment) -> pd.DataFrame:
        """Return the rows as a frame with the documented columns, types and order."""
        rows = list(self.source(assessment))
        return pd.DataFrame(
            {
                column.name: _series([column.value(row) for row in rows], column.kind)
                for column in self.columns_for(assessment)
            }
        )


def _series(values: list[Any], kind: Kind) -> "pd.Series[Any]":
    return pd.Series(values, dtype="Int64" if kind is Kind.COUNT else "str")
