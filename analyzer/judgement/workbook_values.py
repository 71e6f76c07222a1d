"""What a person's cell means, however a spreadsheet has typed it again on the way."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from analyzer.judgement.workbook_cells import Cell, CellKind
from analyzer.judgement.workbook_sheets import unescaped

W = TypeVar("W")

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})([T ][0-9:.]*Z?)?")
_YEARS = range(2000, 2200)
_EPOCH = date(1899, 12, 30)  # right from March 1900 on, which is all that matters
_EPOCH_1904 = date(1904, 1, 1)
_ESCAPES = 3
_SHORT = 40
_TRUTH = {"1": "TRUE", "0": "FALSE"}


def shown(cell: Cell | None) -> str:
    """Return a cell's text without what nobody can see at its ends and in its line ends."""
    if cell is None:
        return ""
    text = _TRUTH.get(cell.text, cell.text) if cell.kind is CellKind.BOOLEAN else cell.text
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def same(cell: Cell | None, written: str, *, from_1904: bool) -> bool:
    """Tell whether a cell still says what was written into it.

    Line ends, spaces at the end, escapes that were resolved or doubled, and a text that was
    typed again as number, date or truth value are no differences.
    """
    if _plain(shown(cell)) == _plain(shown(Cell(text=written))):
        return True
    if cell is None:
        return False
    if cell.kind is CellKind.BOOLEAN:
        return shown(cell).casefold() == written.strip().casefold()
    if cell.kind is not CellKind.NUMBER:
        return False
    number = _number(written)
    if number is not None and number == _number(cell.text):
        return True
    return day_of(cell, from_1904=from_1904) == written[:10]


def day_of(cell: Cell, *, from_1904: bool) -> str | None:
    """Return a date cell's day as ``YYYY-MM-DD``; None when it is no day of this age."""
    if cell.kind is CellKind.NUMBER:
        serial = _number(cell.text)
        if serial is None or not 0 < serial < 200_000:
            return None
        day = (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days=int(serial))
        return day.isoformat() if day.year in _YEARS else None
    found = _ISO.fullmatch(shown(cell))
    if found is None or int(found[1]) not in _YEARS:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def word_of(cell: Cell | None, words: Mapping[W, str]) -> W | None:
    """Return whose word a cell holds, in any letter case; None when it is none of them."""
    return next((meant for meant, word in words.items() if is_word(cell, word)), None)


def is_word(cell: Cell | None, word: str) -> bool:
    """Tell whether a cell holds a word, in any letter case and in no other spelling.

    The workbook's own formulas compare so: what they do not take for a word is none.
    """
    said = shown(cell)
    return said == word or (said.isascii() and said.lower() == word.lower())


def short(text: str) -> str:
    """Return a text for a message: on one line, forty characters at most."""
    line = " ".join(text.split())
    return f"`{line}`" if len(line) <= _SHORT else f"`{line[:_SHORT]}...`"


def _plain(text: str) -> str:
    for _ in range(_ESCAPES):
        text = unescaped(text)
    return shown(Cell(text=text))


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
