"""Texts as a workbook keeps them: in runs, beside how they sound, in one place for all sheets."""

from dataclasses import dataclass, field

from analyzer.judgement.workbook_archive import FILL_AGAIN
from analyzer.model.errors import UserFileError

_LONGEST = 100_000
_ALTOGETHER = 64 * 1024 * 1024


@dataclass(slots=True)
class Text:
    """One text after another, put together from its runs, within limits.

    Attributes:
        name: What messages call the workbook.
    """

    name: str
    _total: int = 0
    _length: int = 0
    _open: bool = False
    _sounds: bool = False
    _pieces: list[str] = field(default_factory=list)

    def start(self, tag: str) -> None:
        """Hear of an element inside a text."""
        if tag == "rPh":  # how the text sounds, beside the text
            self._sounds = True
        elif tag in ("t", "v"):
            self._open = not self._sounds

    def data(self, text: str) -> None:
        """Keep a piece, when it belongs to the text."""
        if not self._open:
            return
        self._length += len(text)
        if self._length > _LONGEST or self._total + self._length > _ALTOGETHER:
            raise UserFileError(self.name, "has too long a text in a cell", advice=FILL_AGAIN)
        self._pieces.append(text)

    def end(self, tag: str) -> None:
        """Hear of the end of an element inside a text."""
        if tag == "rPh":
            self._sounds = False
        elif tag in ("t", "v"):
            self._open = False

    def take(self) -> str:
        """Return what has been heard, and begin anew."""
        whole = "".join(self._pieces)
        self._pieces.clear()
        self._total += self._length
        self._length = 0
        return whole


@dataclass(slots=True)
class StringsListener:
    """Gathers the shared texts that are wanted, and stops after the last of them.

    Attributes:
        wanted: Indexes from 0.
        last: The highest of them.
    """

    wanted: frozenset[int]
    last: int
    text: Text
    done: bool = False
    found: dict[int, str] = field(default_factory=dict)
    _index: int = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of a text, or a run of one."""
        del attributes
        if tag == "si":
            self._index += 1
        elif self._index in self.wanted:
            self.text.start(tag)

    def data(self, text: str) -> None:
        """Hear a piece of a text."""
        self.text.data(text)

    def end(self, tag: str) -> None:
        """Hear of the end of a run or a text."""
        if self._index not in self.wanted:
            return
        self.text.end(tag)
        if tag == "si":
            self.found[self._index] = self.text.take()
            self.done = self._index >= self.last
