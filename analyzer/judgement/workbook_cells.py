"""The cells of one sheet's part, heard element by element."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from analyzer.judgement.workbook_archive import FILL_AGAIN
from analyzer.judgement.workbook_strings import Text
from analyzer.model.errors import UserFileError

MOST_CELLS = 300_000
MOST_COLUMNS = 1_000
LAST_ROW = 1_048_576
"""Of any sheet, in every program."""

_ADDRESS = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile("[1-9][0-9]{0,6}")
_INDEX = re.compile("[0-9]{1,9}")
_NO_HEIGHT = re.compile(r"0+(\.0*)?|\.0+")


class CellKind(Enum):
    """What a cell says it holds."""

    TEXT = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    DATE = auto()
    OTHER = auto()
    SHARED = auto()
    """Only while a sheet is read: ``text`` is an index into the shared strings."""


_KINDS = {
    "s": CellKind.SHARED,
    "inlineStr": CellKind.TEXT,
    "str": CellKind.TEXT,
    "n": CellKind.NUMBER,
    "b": CellKind.BOOLEAN,
    "d": CellKind.DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell that is not empty.

    Attributes:
        text: What stands in it; numbers as written in the file.
        formula: It has a formula; ``text`` is then what some program once worked out.
    """

    text: str
    kind: CellKind = CellKind.TEXT
    formula: bool = False


def column_number(letters: str) -> int:
    """Return the number of a column, ``A`` is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column, 1 is ``A``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(slots=True)
class SheetListener:
    """Gathers a sheet's cells by row and column; columns beyond a thousand are not kept.

    Attributes:
        last: Row after which nothing is wanted.
        hidden: Rows that nobody sees, whether hidden by hand, by a filter, or by their height.
    """

    name: str
    text: Text
    last: int = LAST_ROW
    done: bool = False
    hidden: set[int] = field(default_factory=set)
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _cells: int = 0
    _kind: CellKind = CellKind.OTHER
    _formula: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of a row, a cell, or what a cell holds."""
        match tag:
            case "row":
                self._begin_row(attributes)
            case "c":
                self._begin(attributes)
            case "f":
                self._formula = True
            case "mergeCell" if len(self.merged) < MOST_COLUMNS:
                self.merged.append(attributes.get("ref", ""))
            case _:
                self.text.start(tag)

    def data(self, text: str) -> None:
        """Hear a piece of a value."""
        self.text.data(text)

    def end(self, tag: str) -> None:
        """Hear of the end of a value or a cell."""
        self.text.end(tag)
        if tag == "c":
            self._finish(self.text.take())

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._to_row(attributes.get("r", str(self._row + 1)))
        self._column = 0
        self.done = self._row > self.last
        height = attributes.get("ht", "")
        if attributes.get("hidden") in ("1", "true") or _NO_HEIGHT.fullmatch(height):
            self.hidden.add(self._row)

    def _to_row(self, said: str) -> None:
        if not _ROW.fullmatch(said) or int(said) > LAST_ROW:
            raise ValueError("a row is outside the sheet")
        self._row = int(said)

    def _begin(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        if self._cells > MOST_CELLS:
            raise UserFileError(self.name, "has too many cells on a sheet", advice=FILL_AGAIN)
        self._column += 1
        found = _ADDRESS.fullmatch(attributes.get("r", ""))
        if found:
            self._column = column_number(found[1])
            self._to_row(found[2])
        self._kind = _KINDS.get(attributes.get("t", "n"), CellKind.OTHER)
        # A text that a formula came to; what fills several cells has its formula in the first.
        self._formula = attributes.get("t") == "str"

    def _finish(self, text: str) -> None:
        if (not text and not self._formula) or self._column > MOST_COLUMNS:
            return
        if self._row > self.last:
            return
        if self._kind is CellKind.SHARED and not _INDEX.fullmatch(text):
            raise ValueError("a cell points to no text")
        row = self.rows.setdefault(self._row, {})
        if self._column in row:
            raise ValueError("a cell stands twice")
        row[self._column] = Cell(text=text, kind=self._kind, formula=self._formula)
