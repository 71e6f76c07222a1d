"""Tables of figures: headings, labels, and numbers that are formulas with a stored value."""

from typing import Any

from analyzer.reports.text import one_line
from analyzer.reports.workbook_cells import cell_text, row_height
from analyzer.reports.workbook_style import Styles

KEY, MEANING, FIGURES = 0, 1, 2
"""Columns: what a row counts, what that means, and the first figure."""

_LETTER, _HEAD_LETTER = 1.25, 1.3
"""Letters that fit into one unit of column width: of prose, and of headings of a word or two."""


class Figures:
    """Writes rows of figures into one sheet, from top to bottom.

    Attributes:
        row: Next row to be written, from 0.
    """

    def __init__(
        self, sheet: Any, styles: Styles, widths: tuple[float, ...], *, live: bool
    ) -> None:
        """Take an empty sheet; ``live`` is False where nothing can be counted by formulas."""
        self.row = 0
        self._sheet = sheet
        self._styles = styles
        self._plain = styles["wrapped"]
        self._widths = widths
        self._live = live
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def heading(self, title: str) -> None:
        """Write a table's title over the whole width."""
        for column in range(len(self._widths)):
            self._sheet.write_blank(self.row, column, None, self._styles["heading"])
        self._sheet.write_string(self.row, 0, title, self._styles["heading"])
        self.row += 1

    def heads(self, *names: str) -> None:
        """Write a row of headings; those of figures stand right."""
        wide = (width * _HEAD_LETTER for width in self._widths)
        high = row_height(tuple(zip(names, wide, strict=False)))
        self._sheet.set_row(self.row, high or 18)
        for n, name in enumerate(names):
            look = self._styles["head_right" if n >= FIGURES else "head"]
            self._sheet.write_string(self.row, n, name, look)
        self.row += 1

    def label(self, key: str, meaning: str, look: str) -> None:
        """Begin a row: its key, which formulas refer to, and what the key means."""
        prose = "total" if look == "total" else "prose"
        texts = (cell_text(key), cell_text(one_line(meaning)))
        for column, (text, style) in enumerate(zip(texts, (look, prose), strict=True)):
            self._sheet.write_string(self.row, column, text, self._styles[style])
        wide = (width * _LETTER for width in self._widths)
        height = row_height(tuple(zip(texts, wide, strict=False)))
        if height is not None:
            self._sheet.set_row(self.row, height)

    def number(self, column: int, value: int, formula: str = "", look: str = "") -> None:
        """Write a count: as a formula with its value, or plain where there is no formula."""
        style = self._styles[f"{look}count"]
        if formula and self._live:
            self._sheet.write_formula(self.row, column, formula, style, value)
        else:
            self._sheet.write_number(self.row, column, value, style)

    def share(
        self, column: int, value: float | None, part: str, whole: str, look: str = ""
    ) -> None:
        """Write ``part`` of ``whole`` to four places, as the assessment has it; n/a of nothing."""
        shown = "n/a" if value is None else value
        formula = f'=IF({whole}=0,"n/a",ROUND(({part})/({whole}),4))'
        self._sheet.write_formula(self.row, column, formula, self._styles[f"{look}percent"], shown)

    def note(self, text: str) -> None:
        """Write a sentence below a table."""
        shown = cell_text(one_line(text))
        wide = sum(self._widths) * _LETTER
        self._sheet.merge_range(self.row, 0, self.row, len(self._widths) - 1, "", self._plain)
        self._sheet.write_string(self.row, 0, shown, self._plain)
        height = row_height(((shown, wide),))
        if height is not None:
            self._sheet.set_row(self.row, height)
        self.row += 1

    def coloured(self, first: int) -> None:
        """Colour the keys from a row to the last one written by their words."""
        self._styles.colour_words(self._sheet, first, self.row - 1, KEY)
