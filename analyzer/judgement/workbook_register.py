"""The register of a filled-in workbook: its rows by control, found by heading and hidden key."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.judgement.workbook_archive import FILL_AGAIN
from analyzer.judgement.workbook_cells import Cell, column_number
from analyzer.judgement.workbook_sheets import Sheet, address
from analyzer.judgement.workbook_values import shown
from analyzer.model import review_sheet
from analyzer.model.errors import UserFileError
from analyzer.model.review_sheet import BLOCK, NUMBER, OBSERVED, RESULT, ROW_KEY, VERDICT

HEAD_ROWS = 25
"""Rows among which the headings are looked for."""

_ONCE = (*BLOCK, NUMBER, OBSERVED, ROW_KEY, RESULT)
_RANGE = re.compile("([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_SHOW = "Unhide the sheet, look at what it says, save it and run again."
_RENAME = "Name every column as analyze wrote it, and columns of your own otherwise."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the register.

    Attributes:
        number: On the sheet, from 1.
        cells: By column number.
    """

    number: int
    cells: Mapping[int, Cell]
    columns: Mapping[str, int]

    def cell(self, heading: str) -> Cell | None:
        """Return the cell below a heading; None when it is empty, or the column is gone."""
        return self.cells.get(self.columns.get(heading, 0))

    def at(self, heading: str) -> str:
        """Return the address of the cell below a heading."""
        column = self.columns.get(heading)
        return f"row {self.number}" if column is None else address(self.number, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The sheet that people fill in.

    Attributes:
        columns: Column number by heading.
        rows: Below the headings, in the sheet's order; rows without any cell are left out.
        joined: Joined ranges that reach over several rows of the auditor's columns.
        hidden: Numbers of rows that nobody sees.
    """

    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    joined: tuple[str, ...]
    from_1904: bool
    hidden: frozenset[int]


def find_register(sheet: Sheet, needed: tuple[str, ...], name: str) -> Register:
    """Find the headings and rows of the register.

    Args:
        sheet: The sheet as read.
        needed: Headings without which it cannot be understood.
        name: What messages call the workbook.

    Raises:
        UserFileError: A needed heading is missing, or stands twice.
    """
    if sheet.hidden:
        raise UserFileError(name, f"its sheet {sheet.name} is hidden", advice=_SHOW)
    head = _head(sheet)
    if head is None:
        raise UserFileError(
            name,
            f"sheet {sheet.name} has no column {VERDICT} beside {ROW_KEY} or {NUMBER}",
            advice=_RENAME,
        )
    texts = {column: " ".join(shown(cell).split()) for column, cell in sheet.rows[head].items()}
    counted = Counter(texts.values())
    missing = [heading for heading in needed if not counted[heading]]
    if missing:
        raise UserFileError(name, f"has no column {', '.join(missing)}", advice=_RENAME)
    twice = [heading for heading in _ONCE if counted[heading] > 1]
    if twice:
        places = [address(head, c) for c, text in sorted(texts.items()) if text in twice]
        what = f"has a column twice: {', '.join(twice)} ({', '.join(places)})"
        raise UserFileError(name, what, advice=_RENAME)
    columns = {text: column for column, text in texts.items() if counted[text] == 1}
    return Register(
        columns=columns,
        rows=tuple(
            Row(number=number, cells=cells, columns=columns)
            for number, cells in sheet.rows.items()
            if number > head
        ),
        joined=tuple(_joined(sheet, columns)),
        from_1904=sheet.from_1904,
        hidden=sheet.hidden_rows,
    )


def read_meta(sheet: Sheet | None, name: str) -> Mapping[str, str]:
    """Return what the hidden sheet says of the workbook.

    Raises:
        UserFileError: It is gone, or of another version.
    """
    rows = sheet.rows.values() if sheet else ()
    meta = {shown(row.get(1)): shown(row.get(2)) for row in rows}
    if not meta.get(review_sheet.META_CASE):
        raise UserFileError(
            name,
            "its hidden sheet `_meta` is gone, so that nobody can tell what it was made from",
            advice=f"{FILL_AGAIN} Copy whole workbooks, not single sheets.",
        )
    version = meta.get(review_sheet.META_FORMAT)
    if version != review_sheet.FORMAT:
        raise UserFileError(
            name,
            f"is of the format {version}, and this version reads {review_sheet.FORMAT}",
            advice="Read it with the version of kube-evidence that wrote it.",
        )
    return meta


def has_headings(sheet: Sheet) -> bool:
    """Tell whether a sheet looks like the one that people fill in."""
    return _head(sheet) is not None


def _head(sheet: Sheet) -> int | None:
    for number in sorted(sheet.rows)[:HEAD_ROWS]:
        texts = {" ".join(shown(cell).split()) for cell in sheet.rows[number].values()}
        if VERDICT in texts and texts & {ROW_KEY, NUMBER}:
            return number
    return None


def _joined(sheet: Sheet, columns: Mapping[str, int]) -> Iterator[str]:
    ours = {columns[heading] for heading in BLOCK if heading in columns}
    for joined in sheet.merged:
        found = _RANGE.fullmatch(joined)
        if found is None or found[2] == found[4]:
            continue
        first, last = column_number(found[1]), column_number(found[3])
        if any(first <= column <= last for column in ours):
            yield joined
