"""An auditor's words in a workbook that is about to be overwritten."""

from collections.abc import Mapping

from analyzer.judgement.workbook_register import find_register
from analyzer.judgement.workbook_sheets import read_sheets
from analyzer.judgement.workbook_values import same, shown
from analyzer.model.errors import UserFileError
from analyzer.model.review_sheet import BLOCK, NUMBER, SHEET, VERDICT


def unread(content: bytes, blocks: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Name the rows that hold words of a person which the new workbook would not.

    Args:
        content: The workbook that lies there.
        blocks: Of the new one: what stands in the auditor's columns, by control and heading.

    Returns:
        Control numbers in the sheet's order; none for what is no workbook of ours.
    """
    try:
        sheets = read_sheets(content, (SHEET,), "report.xlsx")
        register = find_register(sheets[SHEET], (VERDICT, NUMBER), "report.xlsx")
    except (UserFileError, KeyError):
        return ()
    found = []
    for row in register.rows:
        number = shown(row.cell(NUMBER))
        new = blocks.get(number, {})
        cells = ((row.cell(heading), new.get(heading, "")) for heading in BLOCK)
        if any(shown(c) and not same(c, w, from_1904=register.from_1904) for c, w in cells):
            found.append(number)
    return tuple(found)
