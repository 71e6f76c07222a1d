"""What every sheet shares: paper, margins, header and footer."""

from typing import Any

_A4 = 9


def set_up_page(sheet: Any, report_id: str, *, header_row: int | None = None) -> None:
    """Make a sheet print well: landscape, one page wide, numbered, headings repeated.

    Args:
        sheet: An xlsxwriter worksheet.
        report_id: Printed in the footer; ties the paper to assessment.json.
        header_row: Row (from 0) to repeat on each page; None where there is none.
    """
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&8report {report_id}&C&8&A&R&8Page &P of &N")
    sheet.hide_gridlines(2)
    if header_row is not None:
        sheet.repeat_rows(header_row)
