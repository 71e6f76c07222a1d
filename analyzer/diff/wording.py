"""Lists and texts from assessments inside a sentence: bounded, whatever they hold."""

from collections.abc import Sequence

_NAMED = 5
_LONGEST = 200


def named(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(short, names[:_NAMED])) + more


def short(text: str) -> str:
    """Return a text cut to the length of a line or two."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"
