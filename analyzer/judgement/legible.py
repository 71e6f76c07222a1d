"""What a person sees of a text: texts that look alike or show nothing are not told apart by it."""

import re
import unicodedata

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols that show nothing; what shows nothing by its category is not here."""
_SHOWN = "LMNPS"
"""First letters of the categories of Unicode whose characters leave a mark on paper."""


def legible(text: str) -> str:
    """Return what can be read of a text, to count or compare it, never to print it.

    Letters of another width become the usual ones, runs of blanks become one, and what nobody
    sees is left out: zero width, direction, control and unassigned characters, fillers. Letters
    of another alphabet that only look alike stay.
    """
    usual = _BLANK.sub("", unicodedata.normalize("NFKC", text))
    return " ".join("".join(c for c in usual if c.isspace() or _is_shown(c)).split())


def _is_shown(character: str) -> bool:
    return unicodedata.category(character)[0] in _SHOWN


def says_something(text: str) -> bool:
    """Tell whether a text holds a letter or a digit that can be seen, of any script."""
    return any(letter.isalnum() for letter in legible(text))
