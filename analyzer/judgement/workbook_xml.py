"""The XML parts of a workbook, each read as a stream by a small listener.

A document type, and with it any entity, is refused before it can mean anything.
"""

from typing import Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from analyzer.judgement.workbook_archive import FILL_AGAIN, Archive, damaged
from analyzer.model.errors import UserFileError

MOST_ELEMENTS = 1_000_000
_SILENCE = 8
"""Pieces of a part in a row in which nothing begins or ends: one huge tag, which costs minutes."""


class Listener(Protocol):
    """Hears the elements of one part; namespaces are left out of the names.

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
    """Passes names on without their namespaces, which differ between the two standards.

    Counts elements too: a small file can hold hundreds of millions of them.
    """

    def __init__(self, listener: Listener, name: str, most: int) -> None:
        self._listener = listener
        self._name = name
        self._left = most
        self._heard = False
        self._silent = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._heard = True
        self._left -= 1
        if self._left < 0:
            raise UserFileError(self._name, "has too many elements in a part", advice=FILL_AGAIN)
        local = {name.rpartition("}")[2]: value for name, value in attributes.items()}
        self._listener.start(tag.rpartition("}")[2], local)

    def data(self, text: str) -> None:
        self._heard = True
        self._listener.data(text)

    def end(self, tag: str) -> None:
        self._heard = True
        self._listener.end(tag.rpartition("}")[2])

    def take_breath(self) -> None:
        """Hear that a piece of the part has ended."""
        self._silent = 0 if self._heard else self._silent + 1
        self._heard = False
        if self._silent > _SILENCE:
            raise UserFileError(self._name, "has too large an element", advice=FILL_AGAIN)

    def close(self) -> None:
        """End the part; the parser asks for it."""
