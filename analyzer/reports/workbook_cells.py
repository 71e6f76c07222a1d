"""Texts as a spreadsheet can hold them: visible, short enough, never a formula."""

import datetime
import re

from analyzer.reports.text import visible

CELL_LIMIT = 32_767
"""Most UTF-16 units that a cell holds; spreadsheets drop the rest without a word."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WORDS = re.compile("[^ -]*(?:-| +|$)")
_LINE_HEIGHT = 12.7
_MOST_LINES = 25


def cell_text(text: str, whole: str = "") -> str:
    """Return text for one cell.

    Args:
        text: Any text; hidden characters become visible escapes.
        whole: Evidence id (or ids) under which the whole text can be looked up.
    """
    shown = visible(text)
    if len(shown) * 2 <= CELL_LIMIT or _units(shown) <= CELL_LIMIT:
        return shown
    where = f" {whole} in" if whole else ""
    marker = f" [cut here; see{where} assessment.json]"
    return clip(shown, CELL_LIMIT - len(marker)) + marker


def clip(text: str, units: int) -> str:
    """Return as much of a text as fits into some UTF-16 units, which spreadsheets count in."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def day_of(text: str) -> datetime.date | None:
    """Return the day of a text ``YYYY-MM-DD``; None where a spreadsheet has no such day."""
    try:
        day = datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and day.year > 1900 else None


def row_height(texts: tuple[tuple[str, float], ...]) -> float | None:
    """Return the height in points that wrapped texts need, capped; None for one line.

    Set by us because programs differ in how, and whether, they fit rows when opening a file.

    Args:
        texts: Each wrapped text of the row with the letters that fit into a line of it.
    """
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return None if lines <= 1 else _LINE_HEIGHT * min(lines, _MOST_LINES) + 3


def _lines(text: str, width: float) -> int:
    """Return how many lines a cell breaks a text into; at spaces and after hyphens."""
    usable = max(int(width), 1)
    return sum(_wrapped(line, usable) for line in text[:2000].split("\n", _MOST_LINES))


def _wrapped(line: str, usable: int) -> int:
    if len(line) <= usable:
        return 1
    lines, used = 1, 0
    for word in _WORDS.findall(line):
        size = len(word.rstrip())
        if used and used + size > usable:
            lines, used = lines + 1, 0
        broken = max(-(-size // usable) - 1, 0)
        lines, used = lines + broken, used + len(word) - broken * usable
    return lines


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
