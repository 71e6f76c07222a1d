"""The XML parts of a workbook, each read as a stream by a small listener.

A document type, and with it any entity, is refused before it can mean anything.
"""

from collections.abc import Mapping
from typing import Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from analyzer.judgement.workbook_archive import FILL_AGAIN, Archive, damaged
from analyzer.model.errors import UserFileError

MOST_ELEMENTS = 1_000_000
_SILENCE = 8
"""Pieces of a part in a row in which nothing begins or ends: one huge tag, which costs minutes."""


_SHEETS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NAMESPACES = frozenset(
    (
        *_SHEETS,
        "http://schemas.openxmlformats.org/package/2006/relationships",
        "http://schemas.openxmlformats.org/package/2006/content-types",
        "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
        "http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
    )
)
REFERENCES = frozenset(
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
)
"""Namespaces of ``r:id``; the kinds of relations begin with them as well."""

# What a listener goes by, and where alone it means that: spreadsheets overlook it elsewhere.
_INSIDE: Mapping[str, tuple[str, ...]] = {
    "Relationship": ("Relationships",),
    "sheets": ("workbook",),
    "sheet": ("sheets",),
    "workbookPr": ("workbook",),
    "sheetData": ("worksheet",),
    "row": ("sheetData",),
    "c": ("row",),
    "f": ("c",),
    "v": ("c",),
    "is": ("c",),
    "mergeCells": ("worksheet",),
    "mergeCell": ("mergeCells",),
    "si": ("sst",),
    "r": ("si", "is"),
    "rPh": ("si", "is"),
    "t": ("si", "is", "r", "rPh"),
}


class Listener(Protocol):
    """Hears the elements of one part; namespaces are left out of the names.

    Elements of other namespaces, and elements where they mean nothing to a spreadsheet, are not
    heard, nor is anything within them.

    Attributes:
        done: True once nothing more is wanted; the rest is not read.
    """

    done: bool

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of an element's beginning."""

    def data(self, text: str) -> None:
        """Hear a piece of text."""

    def end(self, tag: str) -> None:
        """Hear of an element's end."""


def listen(archive: Archive, part: str, listener: Listener, *, most: int = MOST_ELEMENTS) -> None:
    """Read one part of a workbook to its listener.

    Args:
        archive: The workbook.
        part: Name of the part, ``xl/workbook.xml``.
        listener: Hears of everything in it, in order.
        most: Elements that the part may have; a million takes about two seconds.

    Raises:
        UserFileError: The part is missing, damaged, not XML, or has a document type.
    """
    local = _Local(listener, archive.name, most)
    parser = DefusedXMLParser(target=local, forbid_dtd=True)
    try:
        for piece in archive.chunks(part):
            parser.feed(piece)
            if listener.done:
                return
            local.take_breath()
        parser.close()
    except DefusedXmlException as failure:
        raise UserFileError(
            archive.name, f"its part {part} declares a document type", advice=FILL_AGAIN
        ) from failure
    except (ParseError, LookupError, ValueError) as failure:  # the last two: odd encodings
        raise damaged(archive.name, failure) from failure


class _Local:
    """Passes on what a spreadsheet would see, by names without their namespaces.

    Namespaces differ between the two standards. Counts elements too: a small file can hold
    hundreds of millions of them.
    """

    def __init__(self, listener: Listener, name: str, most: int) -> None:
        self._listener = listener
        self._name = name
        self._left = most
        self._heard = False
        self._silent = 0
        self._open: list[str] = []
        self._unheard = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._heard = True
        self._left -= 1
        if self._left < 0:
            raise UserFileError(self._name, "has too many elements in a part", advice=FILL_AGAIN)
        local = tag.rpartition("}")[2]
        if self._unheard or not self._means_something(tag, local):
            self._unheard += 1
            return
        self._open.append(local)
        self._listener.start(local, _attributes(attributes))

    def data(self, text: str) -> None:
        self._heard = True
        if not self._unheard:
            self._listener.data(text)

    def end(self, tag: str) -> None:
        self._heard = True
        if self._unheard:
            self._unheard -= 1
            return
        self._open.pop()
        self._listener.end(tag.rpartition("}")[2])

    def _means_something(self, tag: str, local: str) -> bool:
        namespace = tag[1:].rpartition("}")[0]
        parent = self._open[-1] if self._open else ""
        return namespace in _NAMESPACES and parent in _INSIDE.get(local, (parent,))

    def take_breath(self) -> None:
        """Hear that a piece of the part has ended."""
        self._silent = 0 if self._heard else self._silent + 1
        self._heard = False
        if self._silent > _SILENCE:
            raise UserFileError(self._name, "has too large an element", advice=FILL_AGAIN)

    def close(self) -> None:
        """End the part; the parser asks for it."""


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes without a namespace, and ``r:id`` as ``id``."""
    local = {name: value for name, value in given.items() if not name.startswith("{")}
    for namespace in REFERENCES:
        if (reference := given.get(f"{{{namespace}}}id")) is not None:
            local["id"] = reference
    return local
