"""Cells of chosen sheets as a spreadsheet shows them; formulas are seen, never worked out."""

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from analyzer.judgement.workbook_archive import FILL_AGAIN, SAVE_AGAIN, Archive, open_archive
from analyzer.judgement.workbook_cells import Cell, CellKind, SheetListener, column_letters
from analyzer.judgement.workbook_strings import StringsListener, Text
from analyzer.judgement.workbook_xml import listen
from analyzer.model.errors import UserFileError

_MAIN = "/officeDocument"
_STRINGS = "/sharedStrings"
_RELATIONS = "_rels/.rels"
_TYPES = "[Content_Types].xml"
_MOST_IN_STRINGS = 6_000_000
"""Elements of the shared texts, which are those of all sheets: of large clusters, a great many."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet.

    Attributes:
        rows: By row number from 1, cells by column number from 1; empty cells are left out.
        merged: Joined ranges, ``B2:B5``.
        from_1904: Dates of this workbook count from 1904.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[str, ...]
    from_1904: bool


def address(row: int, column: int) -> str:
    """Return a cell's address, ``B7``."""
    return f"{column_letters(column)}{row}"


def read_sheets(content: bytes, wanted: Collection[str], name: str) -> dict[str, Sheet]:
    """Read the wanted sheets of a workbook; those that it lacks are left out.

    Args:
        content: The workbook's bytes.
        wanted: Sheet names.
        name: What messages call the workbook.

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
    heard = {
        title: _hear(archive, _path(folder, relations[id_].target))
        for title, id_ in book.sheets.items()
        if title in wanted and id_ in relations
    }
    strings = _strings(archive, _target(relations, folder, _STRINGS), heard.values())
    return {
        title: _sheet(title, one, strings, from_1904=book.from_1904) for title, one in heard.items()
    }


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
            self.found[attributes.get("Id", "")] = _Relation(
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
    """The list of sheets: relation ids by title."""

    done: bool = False
    from_1904: bool = False
    sheets: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Keep sheets, and where dates count from."""
        if tag == "sheet":
            self.sheets[attributes.get("name", "")] = attributes.get("id", "")
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0").lower() in ("1", "true")

    def data(self, text: str) -> None:
        """Text means nothing here."""

    def end(self, tag: str) -> None:
        """Ends mean nothing here."""


def _relations(archive: Archive, part: str) -> dict[str, _Relation]:
    listener = _Relations()
    listen(archive, part, listener)
    return listener.found


def _target(relations: Mapping[str, _Relation], folder: str, kind: str) -> str | None:
    found = (one.target for one in relations.values() if one.kind.endswith(kind))
    target = next(found, None)
    return None if target is None else _path(folder, target)


def _path(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _hear(archive: Archive, part: str) -> SheetListener:
    listener = SheetListener(name=archive.name, text=Text(name=archive.name))
    listen(archive, part, listener)
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


def _sheet(
    title: str, heard: SheetListener, strings: Mapping[int, str], *, from_1904: bool
) -> Sheet:
    rows = {
        number: {column: _resolved(cell, strings) for column, cell in cells.items()}
        for number, cells in sorted(heard.rows.items())
    }
    return Sheet(name=title, rows=rows, merged=tuple(heard.merged), from_1904=from_1904)


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
