"""Whether a person wrote anything: invisible characters and dashes are no name and no reason."""

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by the book, and blank on every screen."""


def says_something(text: str) -> bool:
    """Tell whether a text holds a letter or a digit that can be seen, of any script."""
    return any(letter.isalnum() and letter not in _FILLERS for letter in text)
