"""What was read before: each distinct text is parsed once in a run.

Many checks look into the same file. What was read is kept by its text, a refusal too, and
what was used longest ago is let go when all that is kept grows beyond a bound: a hostile
bundle can neither make us read one text over and over nor fill the memory.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from analyzer.model.errors import EvidenceFormatError

V = TypeVar("V")
KEPT = 16 * 1024 * 1024
"""Characters of text of which the values are kept; a character makes at most some 30 bytes."""


class ReadOnce(Generic[V]):
    """Values by the text that they were read from; all who ask share them, nobody changes them."""

    def __init__(self, read: Callable[[str], V], *, kept: int = KEPT) -> None:
        """Read with a pure function, and keep the values of at most ``kept`` characters."""
        self._read = read
        self._kept = kept
        self._size = 0
        self._known: OrderedDict[str, V | EvidenceFormatError] = OrderedDict()

    def __call__(self, text: str) -> V:
        """Return what the text reads as.

        Raises:
            EvidenceFormatError: It cannot be read, now or when it was tried first.
        """
        if text in self._known:
            self._known.move_to_end(text)
        else:
            self._known[text] = self._try(text)
            self._size += len(text)
            self._let_go()
        found = self._known[text]
        if isinstance(found, EvidenceFormatError):
            raise EvidenceFormatError(found.where, found.what)
        return found

    def _try(self, text: str) -> V | EvidenceFormatError:
        try:
            return self._read(text)
        except EvidenceFormatError as error:
            # A new one: this one would keep all that was read until then, by its traceback.
            return EvidenceFormatError(error.where, error.what)

    def _let_go(self) -> None:
        """Forget the oldest until the rest is small enough; the newest always stays."""
        while self._size > self._kept and len(self._known) > 1:
            text, _ = self._known.popitem(last=False)
            self._size -= len(text)
