"""Texts inside Markdown: whatever a bundle says stays text, in every common renderer."""

import re
from collections.abc import Iterable

from analyzer.reports.text import cut, one_line

_SPECIAL = re.compile(r"[|<>\[\]()\\`*_#&~$!{}]")
# Renderers turn bare addresses into links even between escapes; a broken scheme, host or
# mail sign stops them.
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.\-]*):(?=//)")
_HOST = re.compile(r"(?i)\bwww\.")
_AT = re.compile("@+")

_MOST = 1_000


def plain(text: str, most: int = _MOST) -> str:
    """Return text escaped for a table cell or the inside of a line; long texts end in a mark.

    Not for the start of a line: what opens a list or heading there is ordinary text here.

    Args:
        text: Any text.
        most: Characters of the original to keep.
    """
    shown = cut(one_line(text), most, " … cut here; assessment.json has the whole")
    shown = _SPECIAL.sub(r"\\\g<0>", shown)
    shown = _SCHEME.sub(r"\1\\:", shown)
    shown = _HOST.sub(lambda found: found[0][:-1] + "\\.", shown)
    return _AT.sub(r"`\g<0>`", shown)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], right: int = 0) -> str:
    """Return a pipe table; cells must be escaped already.

    Args:
        heads: Column headings.
        rows: Cells.
        right: How many of the last columns are numbers, set to the right.
    """
    names = tuple(heads)
    marks = ["---"] * (len(names) - right) + ["---:"] * right
    lines = [names, marks, *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
