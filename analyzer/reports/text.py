"""Make text from evidence safe to look at: what cannot be seen is spelled out, never dropped.

Terminals obey control characters, spreadsheets refuse them, and invisible or direction-changing
characters let a name pass for another. All writers show such characters as escapes, so that
two texts that differ also look different.
"""

import re

# Written out instead of asking unicodedata: its tables change with the Python version, and a
# report must not. Line feed stays, each writer decides what a new line becomes.
_HIDDEN = re.compile(
    "["
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # controls of both ranges
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, fillers, joiners
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"  # zero width, direction, breaks
    "\ufeff\uffa0\ufff0-\uffff\ud800-\udfff"  # byte-order mark, specials, halves of pairs
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # format marks, tags
    "\U000f0000-\U0010ffff"  # private use planes, whose glyphs nobody knows
    "]"
)


def visible(text: str) -> str:
    r"""Return the text with hidden characters as ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN``.

    Line feeds stay, a carriage return before one goes away.
    """
    if text.isascii() and text.isprintable():  # nearly every text; skips the slow way
        return text
    return _HIDDEN.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return visible text on one line; a line break shows as a return sign."""
    return visible(text).replace("\n", " \u23ce ")


_SPARED = 40
"""Longest piece of a word that goes, so that no half of a name is taken for a name."""


def cut(text: str, limit: int, marker: str) -> str:
    """Return text of at most ``limit`` characters; a cut text ends in the marker.

    It is cut between words, unless the word there is very long.

    Args:
        text: Any text.
        limit: Characters to keep, marker included; larger than the marker.
        marker: Says that something is missing and where the whole can be found.
    """
    if len(text) <= limit:
        return text
    room = limit - len(marker)
    space = text.rfind(" ", 1, room + 1)
    between = space > 0 and room - space <= min(_SPARED, room // 2)
    return text[: space if between else room].rstrip(" ") + marker


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
