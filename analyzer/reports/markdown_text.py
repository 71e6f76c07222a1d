"""Texts inside Markdown: whatever a bundle says stays text, in every common renderer.

The dialect is GitHub's. What is written means the same to pandoc, read as ``gfm`` or as
``markdown+gfm_auto_identifiers-smart``; the latter also takes the relative widths of tables.
"""

import re
from collections.abc import Iterable

from analyzer.reports.text import cut, one_line

_SPECIAL = re.compile(r"[|<>\[\]()\\`*_#&~$!{}^]")
# Renderers turn bare addresses into links even between escapes; a broken scheme, host or
# mail sign stops them.
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.\-]*):(?=//)")
_HOST = re.compile(r"(?i)\bwww\.")
# What stands between two colons becomes a picture where it happens to be the name of one: the
# x of root:x:0. That is done after Markdown, so that only code is safe. Pictures have no
# hyphens in their names but in few, and no mere figures but two.
_NO_PICTURE = r"serviceaccount:|controller:|openshift:|node:|\d+:"
_PICTURE = rf":(?=(?:(?!{_NO_PICTURE})(?:[a-z0-9]|\\_)+|100|1234|[+-]1|e-mail|t-rex):)"
_CODE = re.compile(f"(?:@|{_PICTURE})+")

_MOST = 1_000
_NARROWEST, _WORD, _WIDEST = 8, 16, 90
_LINK_TARGET = re.compile(r"(?<=\])\(#[a-z0-9_-]*\)")

# Renderers make the same anchor of a heading only where it is made of these.
_SAFE_HEADING = re.compile(r"(?!.*  )[A-Za-z0-9][A-Za-z0-9 ,.'():/_-]*(?<! )")
_LONGEST_HEADING = 160
_NOT_IN_ANCHOR = re.compile(r"[^a-z0-9 _-]")


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
    return _CODE.sub(r"`\g<0>`", shown)


def brief(text: str, most: int) -> str:
    """Return escaped text of at most ``most`` characters; a cut one ends in an ellipsis."""
    return plain(cut(one_line(text), most, " …"))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], right: int = 0) -> str:
    """Return a pipe table; cells must be escaped already.

    The dashes below the headings are as many as the column is wide: pandoc shares the page
    among the columns by their number.

    Args:
        heads: Column headings.
        rows: Cells.
        right: How many of the last columns are numbers, set to the right.
    """
    cells = [tuple(heads), *(tuple(row) for row in rows)]
    names = cells[0]
    widths = [_width(column) for column in zip(*cells, strict=True)]
    marks = ["-" * width for width in widths]
    marks[len(names) - right :] = [mark[:-1] + ":" for mark in marks[len(names) - right :]]
    lines = [names, marks, *cells[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _width(column: tuple[str, ...]) -> int:
    """Return room for the usual cell, and for the longest word unless it is very long."""
    shown = [_LINK_TARGET.sub("", cell) for cell in column]
    usual = sum(map(len, shown)) // len(shown)
    word = max(len(word) for cell in shown for word in (cell.split() or [""]))
    return min(max(usual, min(word, _WORD), _NARROWEST), _WIDEST)


def heading(level: int, name: str, title: str = "") -> str:
    """Return a heading that a link can lead to.

    Args:
        level: 2 or 3.
        name: Begins the heading; letters, digits, dots and hyphens.
        title: Follows a colon; left out where not all renderers would derive the same anchor.
    """
    return f"{'#' * level} {plain(_heading(name, title))}"


def fits_heading(title: str) -> bool:
    """Tell whether all renderers derive the same anchor of it."""
    return len(title) <= _LONGEST_HEADING and _SAFE_HEADING.fullmatch(title) is not None


def link(text: str, name: str, title: str = "") -> str:
    """Return a link to the heading of the same name and title; ``text`` is escaped already."""
    return f"[{text}](#{anchor(_heading(name, title))})"


def anchor(text: str) -> str:
    """Return what GitHub and pandoc call a heading of safe characters; its escapes are dropped."""
    return _NOT_IN_ANCHOR.sub("", text.lower()).replace(" ", "-")


def _heading(name: str, title: str) -> str:
    return f"{name}: {title}" if fits_heading(title) else name
