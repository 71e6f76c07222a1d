"""Canonical YAML: every text comes back, from our reader and from another one."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.formats.strict_yaml import load_strict
from analyzer.formats.yaml_text import to_yaml
from tests.reports.builder import HOSTILE

TEXTS = (
    *HOSTILE,
    "null",
    "~",
    "yes",
    "No",
    "1.10",
    "2026-01-02",
    "- item",
    "key: value",
    "# no comment",
    "a #b",
    " leading and trailing ",
    "two\nlines",
    "two\nlines\n",
    "two\n\n\nlines",
    "two\n lines, the second indented",
    " first line indented\nsecond not",
    "\nempty line first",
    "empty lines last\n\n\n",
    "spaces before the break   \nnext",
    "only spaces in between\n   \nnext",
    "---\nno document\n...",
    "quotes \" and ' and \\ back",
    "quotes in \"two\"\nlines \\ and 'more'",
    "tab\tin\nlines",
    "| block |\n> fold",
    "%directive\n@at `tick`",
    "no-break\u00a0space\nin lines",
    "next\u0085line, line\u2028break",
    "y" * 5_000,
    ("word " * 40).strip(),
)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:20]))
def test_text_round_trips(text: str) -> None:
    written = to_yaml({"outer": {"text": text, "after": "x"}, "list": [text, {"in": text}, [text]]})
    wanted = {"outer": {"text": text, "after": "x"}, "list": [text, {"in": text}, [text]]}
    assert load_strict(written) == wanted
    assert yaml.load(written, Loader=yaml.SafeLoader) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_round_trips(text: str) -> None:
    written = to_yaml({"k": text, "l": [{"a": text}]})
    assert load_strict(written) == {"k": text, "l": [{"a": text}]}
    assert yaml.safe_load(written) == {"k": text, "l": [{"a": text}]}


@given(st.text("ab \n\t#:-'\"\\", max_size=12))
@settings(max_examples=800, deadline=None, derandomize=True)
def test_any_layout_round_trips(text: str) -> None:
    written = to_yaml({"k": text, "l": [text, {"a": text}]})
    assert load_strict(written) == {"k": text, "l": [text, {"a": text}]}
    assert yaml.safe_load(written) == {"k": text, "l": [text, {"a": text}]}


def test_long_texts_are_blocks_that_a_diff_shows_by_line() -> None:
    written = to_yaml({"comment": "Seen on cp-1.\nAsked the platform team."}).decode()
    assert written == "comment: |-\n  Seen on cp-1.\n  Asked the platform team.\n"


def test_words_are_plain_and_numbers_are_quoted() -> None:
    assert to_yaml({"a": "need-more-evidence", "b": "1.10", "c": [], "d": {}}) == (
        b'a: need-more-evidence\nb: "1.10"\nc: []\nd: {}\n'
    )


def test_nothing_invisible_is_written() -> None:
    written = to_yaml({"a": "exe\u202efdp\u200b\n second"}).decode()
    assert written == 'a: "exe\\u202Efdp\\u200B\\n second"\n'


def test_half_surrogates_become_a_visible_escape() -> None:
    assert load_strict(to_yaml({"a": "x\ud800y"})) == {"a": "x\\ud800y"}
