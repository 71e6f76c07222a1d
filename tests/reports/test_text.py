"""Text from evidence: hidden characters become visible, nothing is lost without a mark."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.reports.text import cut, one_line, visible
from analyzer.reports.workbook_cells import CELL_LIMIT, cell_text, row_height

ANY_TEXT = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b[31m", "a\\x00b\\x1B[31m"),
        ("tab\there", "tab\\x09here"),
        ("a\r\nb\rc\nd", "a\nb\\x0Dc\nd"),
        ("exe\u202efdp", "exe\\u202Efdp"),
        ("zero\u200bwidth\ufeff", "zero\\u200Bwidth\\uFEFF"),
        ("tag\U000e0041", "tag\\U000E0041"),
        ("\uffff\ufffe\udc80", "\\uFFFF\\uFFFE\\uDC80"),
        ("\x85\u2028\u2029", "\\x85\\u2028\\u2029"),
        ("ümlaut 中文 😀 עברית", "ümlaut 中文 😀 עברית"),
    ],
)
def test_hidden_characters_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_nothing_hidden_is_left(text: str) -> None:
    categories = {unicodedata.category(c) for c in visible(text) if c != "\n"}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert "\n" not in one_line(text)


@given(ANY_TEXT, st.integers(5, 50))
def test_cut_texts_say_so(text: str, limit: int) -> None:
    short = cut(text, limit, "[..]")
    assert len(short) <= limit
    assert short == text or short.endswith("[..]")


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Pod/legacy/monolith and others", 24, "Pod/legacy/monolith[..]"),
        ("Pod/legacy/monolith and others", 23, "Pod/legacy/monolith[..]"),
        ("Pod/legacy/monolith and others", 22, "Pod/legacy/monolit[..]"),
        ("of 3, and 11 more). control", 25, "of 3, and 11 more).[..]"),
        ("a " + "x" * 60, 60, "a " + "x" * 54 + "[..]"),
        ("fits in it", 10, "fits in it"),
    ],
)
def test_texts_are_cut_between_words_unless_much_would_go(
    text: str, limit: int, short: str
) -> None:
    assert cut(text, limit, "[..]") == short


@pytest.mark.parametrize("letter", ["x", "😀", "é"])
def test_a_cell_never_exceeds_the_limit_and_names_the_evidence(letter: str) -> None:
    shown = cell_text(letter * 40_000, "EV-0007")
    assert len(shown.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert shown.endswith("[cut here; see EV-0007 in assessment.json]")
    assert cell_text(letter * 16_383) == letter * 16_383


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("fits in it", 10.0, 1),
        ("breaks at spaces", 10.0, 2),
        ("one two three four", 9.0, 3),
        ("x" * 64, 34.0, 2),
        ("a-long-name-with-hyphens", 12.0, 2),
        ("short\nand short", 20.0, 2),
        ("\n\n", 20.0, 3),
        ("word " + "x" * 25, 10.0, 4),
        ("", 10.0, 1),
    ],
)
def test_lines_are_counted_as_a_cell_breaks_them(text: str, width: float, lines: int) -> None:
    one_more = row_height((("x" * (lines + 1), 1.0),))
    found = row_height(((text, width),))
    assert found == (row_height((("x" * lines, 1.0),)))
    assert found != one_more


def test_row_heights_follow_the_longest_text_and_are_capped() -> None:
    assert row_height((("short", 20.0), ("", 5.0))) is None
    two, many = row_height((("x" * 30, 20.0),)), row_height((("x" * 30_000, 20.0),))
    assert two is not None
    assert many is not None
    assert two < many < 350
