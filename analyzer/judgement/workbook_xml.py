"""The XML parts of a workbook, each read as a stream by a small listener.

A document type, and with it any entity, is refused before it can mean anything.
"""

from collections.abc import Iterator
from typing import Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from analyzer.judgement.workbook_archive import FILL_AGAIN, Archive, damaged
from analyzer.model.errors import UserFileError


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


def listen(archive: Archive, part: str, listener: Listener) -> None:
    """Read one part of a workbook to its listener.

    Raises:
        UserFileError: The part is missing, damaged, not XML, or has a document type.
    """
    parser = DefusedXMLParser(target=_Local(listener), forbid_dtd=True)
    pieces: Iterator[bytes] = archive.chunks(part)
    try:
        for piece in pieces:
            parser.feed(piece)
            if listener.done:
                return
        parser.close()
    except DefusedXmlException as failure:
        raise UserFileError(
            archive.name, f"its part {part} declares a document type", advice=FILL_AGAIN
        ) from failure
    except (ParseError, LookupError, ValueError) as failure:  # the last two: odd encodings
        raise damaged(archive.name, failure) from failure


class _Local:
    """Passes names on without their namespaces, which differ between the two standards."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.data = listener.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = {name.rpartition("}")[2]: value for name, value in attributes.items()}
        self._listener.start(tag.rpartition("}")[2], local)

    def end(self, tag: str) -> None:
        self._listener.end(tag.rpartition("}")[2])

    def close(self) -> None:
        """End the part; the parser asks for it."""
