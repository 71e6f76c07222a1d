"""Cells of a CSV file: what a spreadsheet could take for a formula is disarmed, reversibly.

A formula start at the beginning of a text, or behind anything that some program takes for the
end of a cell, gets one apostrophe before it; so does a text that looks as if it had got one
already. Whoever reads the file takes them away where ``revealed`` does.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from analyzer.reports.text import visible

BOM = b"\xef\xbb\xbf"

_ENDS = ",;|\\t\\r\\n"
"""Ends of a cell, for a program that is set to another separator or to no quotes."""
_START = rf"(?:[^\S{_ENDS}]|['\"])*[=+\-@\uff1d\uff0b\uff0d\uff20]"
"""A formula start or its full-width twin, behind any white space and quotes."""
_RISKY = rf"(?:\A(?={_START}|'*[\t\r\n])|(?<=[{_ENDS}])(?={_START}))"
"""Where an apostrophe is due; one that stands there changes nothing about that."""
_DUE = re.compile(_RISKY)
_GIVEN = re.compile(f"{_RISKY}'")


def guarded(text: str) -> str:
    """Return text that no spreadsheet computes, whichever separator it is set to."""
    return _DUE.sub("'", text)


def revealed(cell: str) -> str:
    """Return the text that ``guarded`` was given."""
    return _GIVEN.sub("", cell)


def lines(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield the file of RFC 4180 row by row: UTF-8 with byte-order mark, lines end in CRLF.

    Args:
        rows: Cells as text; hidden characters are spelled out, formulas disarmed. Every cell
            is quoted, as some programs split at more than commas.
    """
    yield BOM
    room = StringIO()
    writer = csv.writer(room, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([guarded(visible(cell)) for cell in row])
        yield room.getvalue().encode("utf-8")
        room.seek(0)
        room.truncate()
