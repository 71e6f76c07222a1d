"""How the workbook looks: cell formats, and the colours of status words.

Colours come from the Okabe-Ito palette, whose hues stay apart for colour-blind readers, and
always stand behind the word itself, never in its place.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from xlsxwriter import Workbook

from analyzer.model.assertion import Agreement
from analyzer.model.changes import Change
from analyzer.model.crosswalk import Effect
from analyzer.model.judgement import ReviewVerdict, WaiverState
from analyzer.model.responsibility import Comparison, Party
from analyzer.model.review_sheet import VERDICT_WORDS
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports.words import UNSEEN

INK = "#1F2A37"
BAND = "#1F3A5F"
RULE = "#C9D1DB"
PALE = "#F3F5F8"

_GREEN, _ORANGE, _YELLOW, _GREY, _PURPLE, _BLUE, _PLAIN = (
    ("#CBEADF", "#00513B"),
    ("#F9D5BD", "#7A2E00"),
    ("#FBF3B5", "#5A4A00"),
    ("#DADDE2", "#333A44"),
    ("#EFD3E2", "#6B1F4B"),
    ("#D3E8F6", "#0B4468"),
    ("#FFFFFF", "#6B7280"),
)

WORD_COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASS.value: _GREEN,
        Verdict.FAIL.value: _ORANGE,
        Verdict.MANUAL.value: _YELLOW,
        Verdict.NO_EVIDENCE.value: _GREY,
        Verdict.ERROR.value: _PURPLE,
        Verdict.NOT_APPLICABLE.value: _PLAIN,
        Verdict.OUT_OF_SCOPE.value: _PLAIN,
        Disposition.COMPLIANT.value: _GREEN,
        Disposition.NON_COMPLIANT.value: _ORANGE,
        Disposition.ACCEPTED_RISK.value: _YELLOW,
        Disposition.COMPENSATED.value: _BLUE,
        Disposition.INHERITED.value: _BLUE,
        Disposition.PROVIDER_GAP.value: _PURPLE,
        Disposition.PENDING_REVIEW.value: _YELLOW,
        Disposition.NOT_ASSESSED.value: _GREY,
        Comparison.CONFIRMED.value: _GREEN,
        Comparison.CONTRADICTED.value: _ORANGE,
        Comparison.BETTER_THAN_ATTESTED.value: _BLUE,
        Comparison.ATTESTED_ONLY.value: _GREY,
        Comparison.OBSERVED_ONLY.value: _PLAIN,
        Comparison.NOT_COMPARABLE.value: _PLAIN,
        Party.PROVIDER.value: _BLUE,
        Party.CUSTOMER.value: _YELLOW,
        Party.SHARED.value: _PURPLE,
        Party.UNSPECIFIED.value: _PLAIN,
        WaiverState.MATCHED.value: _YELLOW,
        WaiverState.STALE.value: _GREY,
        WaiverState.TOO_BROAD.value: _ORANGE,
        WaiverState.EXPIRED.value: _ORANGE,
        WaiverState.NOT_YET_VALID.value: _GREY,
        WaiverState.UNUSED.value: _PLAIN,
        VERDICT_WORDS[ReviewVerdict.AGREE]: _PLAIN,
        VERDICT_WORDS[ReviewVerdict.PASS]: _GREEN,
        VERDICT_WORDS[ReviewVerdict.FAIL]: _ORANGE,
        VERDICT_WORDS[ReviewVerdict.COMPENSATED]: _BLUE,
        VERDICT_WORDS[ReviewVerdict.NOT_APPLICABLE]: _PLAIN,
        VERDICT_WORDS[ReviewVerdict.NEED_MORE_EVIDENCE]: _YELLOW,
        Change.NEW.value: _ORANGE,
        Change.RESOLVED.value: _GREEN,
        Change.CHANGED.value: _YELLOW,
        Change.CHANGED_RESPONSIBILITY.value: _PURPLE,
        Change.INCOMPARABLE.value: _GREY,
        Change.UNCHANGED.value: _PLAIN,
        Effect.NEWLY_FAILING.value: _ORANGE,
        Effect.NEWLY_PASSING.value: _GREEN,
        Effect.ADDED.value: _BLUE,
        Effect.REMOVED.value: _GREY,
        UNSEEN: _GREY,
        Agreement.DIFFERS.value: _ORANGE,
        Agreement.ONLY_THEIRS.value: _GREY,
        Agreement.ONLY_OURS.value: _BLUE,
        Agreement.AGREES.value: _GREEN,
        Agreement.NEITHER.value: _PLAIN,
    }
)
"""Fill and ink by word; a word means the same colour on every sheet."""

CHART_COLOURS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.PASS: "#009E73",
        Verdict.FAIL: "#D55E00",
        Verdict.MANUAL: "#F0E442",
        Verdict.NO_EVIDENCE: "#9AA1AB",
        Verdict.ERROR: "#CC79A7",
        Verdict.NOT_APPLICABLE: "#A9D5F0",
        Verdict.OUT_OF_SCOPE: "#E4E7EB",
    }
)

# Reading order 1 is left to right: text of another script must not turn a cell around.
_BODY = {
    "font_name": "Calibri",
    "font_size": 10,
    "font_color": INK,
    "align": "left",
    "valign": "top",
    "reading_order": 1,
}
_GRID = {"border": 1, "border_color": RULE}
_ENTRY = {"border": 1, "border_color": "#C7B35A", "bg_color": "#FFFBE6"}
_RIGHT = {"align": "right", "indent": 1}
"""Numbers and dates; the indent keeps them off the next column's text."""
_HEAD = {"bold": True, "font_color": "#FFFFFF", "bg_color": BAND, "text_wrap": True}

_FORMATS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "text": _BODY,
        "wrapped": _BODY | {"text_wrap": True},
        "muted": _BODY | {"font_color": "#5B6472", "italic": True, "text_wrap": True},
        "title": _BODY | {"font_size": 20, "bold": True, "font_color": BAND},
        "subtitle": _BODY | {"font_size": 12, "font_color": "#5B6472"},
        "heading": _BODY | {"font_size": 13, "bold": True, "font_color": BAND, "bottom": 2,
                            "bottom_color": BAND},
        "headline": _BODY | {"font_size": 13, "bold": True, "valign": "vcenter",
                             "bg_color": PALE, "text_wrap": True},
        "label": _BODY | _GRID | {"bold": True, "bg_color": PALE, "text_wrap": True},
        "id": _BODY | _GRID,
        "word": _BODY | _GRID | {"align": "center"},
        "prose": _BODY | _GRID | {"text_wrap": True},
        "code": _BODY | _GRID | {"text_wrap": True, "font_name": "Consolas", "font_size": 9},
        "count": _BODY | _GRID | _RIGHT | {"num_format": "0"},
        "date": _BODY | _GRID | _RIGHT | {"num_format": "yyyy-mm-dd"},
        "percent": _BODY | _GRID | _RIGHT | {"num_format": "0.0%"},
        "entry_word": _BODY | _ENTRY | {"align": "center"},
        "entry_prose": _BODY | _ENTRY | {"text_wrap": True},
        "entry_date": _BODY | _ENTRY | _RIGHT | {"num_format": "yyyy-mm-dd"},
        "head_entry": _BODY | _GRID | _HEAD | {"valign": "vcenter", "bg_color": "#7A5C00"},
        "link": _BODY | _GRID | {"text_wrap": True, "font_color": "#0B4F8A", "underline": 1},
        "head": _BODY | _GRID | _HEAD | {"valign": "vcenter"},
        "head_right": _BODY | _GRID | _HEAD | _RIGHT | {"valign": "vcenter"},
        "total": _BODY | _GRID | {"bold": True, "bg_color": PALE},
        "total_count": _BODY | _GRID | _RIGHT | {"bold": True, "bg_color": PALE},
        "total_percent": _BODY | _GRID | _RIGHT | {"bold": True, "bg_color": PALE,
                                                   "num_format": "0.0%"},
    }
)  # fmt: skip


class Styles:
    """Formats of one workbook, by name; made in a fixed order so that bytes repeat."""

    def __init__(self, book: Workbook) -> None:
        """Register every format with the workbook."""
        self._formats = {name: book.add_format(dict(look)) for name, look in _FORMATS.items()}
        self.words = {
            word: book.add_format({"bg_color": fill, "font_color": ink, "bold": True})
            for word, (fill, ink) in WORD_COLOURS.items()
        }

    def __getitem__(self, name: str) -> Any:
        return self._formats[name]

    def colour_words(
        self,
        sheet: Any,
        first_row: int,
        last_row: int,
        column: int,
        words: Collection[str] | None = None,
    ) -> None:
        """Colour status words of a column by their value, so that edits recolour themselves.

        Args:
            sheet: An xlsxwriter worksheet.
            first_row: From 0, as all three.
            last_row: Included.
            column: Where the words stand.
            words: Those that may come to stand there; all by default.
        """
        for word, look in self.words.items():
            if words is not None and word not in words:
                continue
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
            sheet.conditional_format(first_row, column, last_row, column, rule)
