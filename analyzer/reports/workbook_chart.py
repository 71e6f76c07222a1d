"""Stacked bars over the live cells of a summary table."""

from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook

from analyzer.reports.words import VERDICTS
from analyzer.reports.workbook_style import CHART_COLOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Where the figures of a chart stand; rows and columns from 0.

    Attributes:
        first, last: Rows, one a bar.
        figures: Column of the first verdict; the others follow it.
        head: Row of the headings, which name the stacked parts.
    """

    sheet: str
    first: int
    last: int
    figures: int
    head: int


def stacked_bars(book: Workbook, bars: Bars, names: int, title: str, size: tuple[int, int]) -> Any:
    """Return a chart of verdicts, one bar a row, named by column ``names``; size in pixels.

    Each part bears its number, so that the chart can be read without its colours.
    """
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for n, verdict in enumerate(VERDICTS):
        column = bars.figures + n
        chart.add_series(
            {
                "name": [bars.sheet, bars.head, column],
                "categories": [bars.sheet, bars.first, names, bars.last, names],
                "values": [bars.sheet, bars.first, column, bars.last, column],
                "fill": {"color": CHART_COLOURS[verdict]},
                "border": {"color": "#FFFFFF", "width": 0.5},
                "gap": 40,
                # The second part of the format is for nothing: a part of no size has no number.
                "data_labels": {"value": True, "num_format": "0;;", "font": {"size": 8}},
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 8}})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8}, "line": {"none": True}})
    # The numbers stand on the bars; an axis would say them again, at the wrong end.
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": size[0], "height": size[1]})
    return chart
