"""Cells of chosen sheets as a spreadsheet shows them; formulas are seen, never worked out."""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from analyzer.judgement.workbook_archive import FILL_AGAIN, SAVE_AGAIN, Archive, open_archive
from analyzer.judgement.workbook_cells import (
    LAST_ROW,
    Cell,
    CellKind,
    SheetListener,
    column_letters,
)
from analyzer.judgement.workbook_strings import StringsListener, Text
from analyzer.judgement.workbook_xml import MOST_ELEMENTS, REFERENCES, listen
from analyzer.model.errors import UserFileError

_MAIN = "/officeDocument"
_STRINGS = "/sharedStrings"
_RELATIONS = "_rels/.rels"
_TYPES = "[Content_Types].xml"
_MOST_IN_STRINGS = 6_000_000
"""Elements of the shared texts, which are those of all sheets: of large clusters, a great many."""
_MOST_IN_HEADS = 100_000
"""Elements of a sheet of which only the first rows are wanted."""
_MOST_SHEETS = 100

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet.

    Attributes:
        rows: By row number from 1, cells by column number from 1; empty cells are left out.
        merged: Joined ranges, ``B2:B5``.
        from_1904: Dates of this workbook count from 1904.
        hidden: Nobody sees the sheet without unhiding it.
        hidden_rows: Nobody sees these.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[str, ...]
    from_1904: bool
    hidden: bool
    hidden_rows: frozenset[int]


def address(row: int, column: int) -> str:
    """Return a cell's address, ``B7``."""
    return f"{column_letters(column)}{row}"


def read_sheets(
    content: bytes, wanted: Collection[str], name: str, *, head_rows: int = 0
) -> dict[str, Sheet]:
    """Read the wanted sheets of a workbook; those that it lacks are left out.

    Args:
        content: The workbook's bytes.
        wanted: Sheet names.
        name: What messages call the workbook.
        head_rows: So many rows are read of each other sheet that is not hidden; 0 leaves those
            sheets out.

    Raises:
        UserFileError: It is no workbook, is damaged or contrived, or holds macros.
    """
    archive = open_archive(content, name)
    types = _Types()
    listen(archive, _TYPES, types)
    if types.macros:
        raise UserFileError(name, "is a workbook for macros (.xlsm)", advice=SAVE_AGAIN)
    main = _target(_relations(archive, _RELATIONS), "", _MAIN)
    if main is None:
        raise UserFileError(name, "is an archive, but not a workbook", advice=FILL_AGAIN)
    folder, base = posixpath.split(main)
    relations = _relations(archive, posixpath.join(folder, "_rels", f"{base}.rels"))
    book = _Book()
    listen(archive, main, book)
    heard: dict[str, SheetListener] = {}
    for title, id_ in book.sheets.items():
        part = _path(folder, relations[id_].target) if id_ in relations else ""
        if title in wanted and part:
            heard[title] = _hear(archive, part)
        elif part in archive.parts and head_rows and title not in book.hidden:
            heard[title] = _hear(archive, part, last=head_rows, most=_MOST_IN_HEADS)
    strings = _strings(archive, _target(relations, folder, _STRINGS), heard.values())
    return {title: _sheet(title, one, strings, book) for title, one in heard.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    kind: str
    target: str


@dataclass(slots=True)
class _Relations:
    done: bool = False
    found: dict[str, _Relation] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep what leads to another part of the same file."""
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            id_ = attributes.get("Id", "")
            if id_ in self.found:
                raise ValueError("two relations have one id")
            self.found[id_] = _Relation(
                kind=attributes.get("Type", ""), target=attributes.get("Target", "")
            )

    def data(self, text: str) -> None:
        """Text means nothing here."""

    def end(self, tag: str) -> None:
        """Ends mean nothing here."""


@dataclass(slots=True)
class _Types:
    done: bool = False
    macros: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Look for the kind of file that may run code."""
        del tag
        self.macros |= "macroenabled" in attributes.get("ContentType", "").lower()

    def data(self, text: str) -> None:
        """Text means nothing here."""

    def end(self, tag: str) -> None:
        """Ends mean nothing here."""


@dataclass(slots=True)
class _Book:
    """The list of sheets: relation ids by title, and the titles of hidden ones."""

    done: bool = False
    from_1904: bool = False
    sheets: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep sheets, and where dates count from."""
        if tag == "sheet":
            self._keep(attributes.get("name", ""), attributes)
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0").lower() in ("1", "true")

    def _keep(self, title: str, attributes: dict[str, str]) -> None:
        if title.casefold() in {known.casefold() for known in self.sheets}:
            raise ValueError("two sheets have one name")
        if len(self.sheets) == _MOST_SHEETS:
            raise ValueError("it has too many sheets")
        self.sheets[title] = attributes.get("id", "")
        if attributes.get("state", "visible") != "visible":
            self.hidden.add(title)

    def data(self, text: str) -> None:
        """Text means nothing here."""

    def end(self, tag: str) -> None:
        """Ends mean nothing here."""


def _relations(archive: Archive, part: str) -> dict[str, _Relation]:
    listener = _Relations()
    listen(archive, part, listener)
    return listener.found


def _target(relations: Mapping[str, _Relation], folder: str, kind: str) -> str | None:
    """Return the part that the one relation of a kind leads to; None when there is none or two."""
    kinds = {base + kind for base in REFERENCES}
    found = [one.target for one in relations.values() if one.kind in kinds]
    return _path(folder, found[0]) if len(found) == 1 else None


def _path(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _hear(
    archive: Archive, part: str, *, last: int = LAST_ROW, most: int = MOST_ELEMENTS
) -> SheetListener:
    listener = SheetListener(name=archive.name, text=Text(name=archive.name), last=last)
    listen(archive, part, listener, most=most)
    return listener


def _strings(
    archive: Archive, part: str | None, sheets: Collection[SheetListener]
) -> Mapping[int, str]:
    wanted = {
        int(cell.text)
        for sheet in sheets
        for row in sheet.rows.values()
        for cell in row.values()
        if cell.kind is CellKind.SHARED
    }
    if not wanted or part is None:
        return {}
    listener = StringsListener(
        wanted=frozenset(wanted), last=max(wanted), text=Text(name=archive.name)
    )
    listen(archive, part, listener, most=_MOST_IN_STRINGS)
    return {index: unescaped(text) for index, text in listener.found.items()}


def _sheet(title: str, heard: SheetListener, strings: Mapping[int, str], book: _Book) -> Sheet:
    rows = {
        number: {column: _resolved(cell, strings) for column, cell in cells.items()}
        for number, cells in sorted(heard.rows.items())
    }
    return Sheet(
        name=title,
        rows=rows,
        merged=tuple(heard.merged),
        from_1904=book.from_1904,
        hidden=title in book.hidden,
        hidden_rows=frozenset(heard.hidden),
    )


def _resolved(cell: Cell, strings: Mapping[int, str]) -> Cell:
    if cell.kind is CellKind.SHARED:
        return replace(cell, kind=CellKind.TEXT, text=strings.get(int(cell.text), ""))
    if cell.kind is CellKind.TEXT:
        return replace(cell, text=unescaped(cell.text))
    return cell


def unescaped(text: str) -> str:
    """Return text with ``_x000D_`` and the like as the characters they stand for."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)
