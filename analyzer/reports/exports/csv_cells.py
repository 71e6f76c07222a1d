"""Cells of a CSV file: what a spreadsheet could take for a formula is disarmed, reversibly.

A text that a spreadsheet may compute gets one leading apostrophe; so does a text that looks as
if it had got one already. Whoever reads the file takes one away where ``revealed`` does.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from analyzer.reports.text import visible

BOM = b"\xef\xbb\xbf"

_RISKY = re.compile("'*(?:\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\\t\\r\\n])")
"""Formula starts, their full-width twins, behind any white space; and white space that is cut."""


def guarded(text: str) -> str:
    """Return text that no spreadsheet computes."""
    return f"'{text}" if _RISKY.match(text) else text


def revealed(cell: str) -> str:
    """Return the text that ``guarded`` was given."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell


def lines(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield the file of RFC 4180 row by row: UTF-8 with byte-order mark, lines end in CRLF.

    Args:
        rows: Cells as text; hidden characters are spelled out, formulas disarmed.
    """
    yield BOM
    room = StringIO()
    writer = csv.writer(room, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(visible(cell)) for cell in row])
        yield room.getvalue().encode("utf-8")
        room.seek(0)
        room.truncate()
