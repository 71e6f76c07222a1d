"""YAML is read without surprises, and any text ends in a value or an EvidenceFormatError."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analyzer.formats.strict_yaml import (
    YamlLimits,
    YamlValue,
    line_of,
    load_all,
    load_collected,
    load_strict,
)
from analyzer.model.errors import EvidenceFormatError

VALUES: dict[str, tuple[str, YamlValue]] = {
    "empty": ("", None),
    "comment": ("# nothing\n", None),
    "markers-only": ("---\n...\n", None),
    "booleans-stay-text": ("a: true\nb: no\nc: On\n", {"a": "true", "b": "no", "c": "On"}),
    "numbers-stay-text": ("a: 0644\nb: 1e3\nc: 10_000\n", {"a": "0644", "b": "1e3", "c": "10_000"}),
    "sexagesimal-stays-text": ("a: 1:30\n", {"a": "1:30"}),
    "date-stays-text": ("a: 2026-11-22\n", {"a": "2026-11-22"}),
    "nulls": (
        "a:\nb: ~\nc: null\nd: Null\ne: NULL\n",
        {"a": None, "b": None, "c": None, "d": None, "e": None},
    ),
    "quoted-is-not-null": ("a: ''\nb: 'null'\nc: \"~\"\n", {"a": "", "b": "null", "c": "~"}),
    "other-nothing": ("a: nil\nb: None\n", {"a": "nil", "b": "None"}),
    "number-key": ("1: a\ntrue: b\n", {"1": "a", "true": "b"}),
    "json": ('{"a": [1, {"b": null}],\t"c": "x"}', {"a": ["1", {"b": None}], "c": "x"}),
    "block-text": ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
    "byte-order-mark": ("\ufeffa: 1\n", {"a": "1"}),
    "aliases": ("a: &x [1]\nb: *x\n", {"a": ["1"], "b": ["1"]}),
    "scalar-alias": ("a: &x v\nb: *x\n", {"a": "v", "b": "v"}),
    "merge-text": ('"<<": a\n', {"<<": "a"}),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES.keys())
def test_collected_yaml_is_read(text: str, value: YamlValue) -> None:
    assert load_collected(text) == value
    assert load_collected(text.encode()) == value


LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 7)}]\n" for n in range(1, 9)
)
BROKEN: dict[str, tuple[str | bytes, str]] = {
    "not-yaml": ("a: [1\n", "not YAML"),
    "tab-indent": ("a:\n\tb: 1\n", "not YAML"),
    "nul": ("a: \x00\n", "not YAML"),
    "not-utf8": (b"a: \xff\n", "not UTF-8"),
    "half-character": ("a: \ud800\n", "not UTF-8"),
    "two-documents": ("a: 1\n---\nb: 2\n", "more than one document"),
    "repeated-key": ("a: 1\nb: 2\na: 3\n", r"repeated in one mapping \(line 3\)"),
    "repeated-null-key": ("~: 1\n", "key that is not text"),
    "list-key": ("? [a]\n: 1\n", "key that is not text"),
    "map-key": ("{{a: 1}: 2}\n", "key that is not text"),
    "merge-key": ("a: &x {b: 1}\nc:\n  <<: *x\n", "merge key"),
    "alias-key": ("a: &x b\n*x : 1\n", "alias as a key"),
    "python-tag": ("!!python/object/apply:os.system ['id']\n", "a tag"),
    "binary-tag": ("a: !!binary aGk=\n", "a tag"),
    "own-tag": ("a: !secret x\n", "a tag"),
    "string-tag": ("a: !!str 1\n", "a tag"),
    "bare-tag": ("a: ! x\n", "a tag"),
    "tag-on-map": ("!!map {a: 1}\n", "a tag"),
    "tag-on-list": ("a: !!set [a]\n", "a tag"),
    "tag-on-key": ("!!str a: 1\n", "a tag"),
    "unknown-alias": ("a: *x\n", "before its own anchor"),
    "own-alias": ("a: &x [*x]\n", "inside or before its own anchor"),
    "own-alias-again": ("a: &x [1]\nb: &x [*x]\n", "inside or before its own anchor"),
    "deep-flow": ("[" * 65 + "]" * 65, "more than 64 deep"),
    "deep-block": ("".join(" " * n + "a:\n" for n in range(70)), "more than 64 deep"),
    "deep-dashes": ("- " * 70 + "x\n", "more than 64 deep"),
    "very-deep": ("[" * 50_000, "deep"),
    "very-deep-maps": ("{a: " * 50_000, "deep"),
    "laughs": (LAUGHS, "values"),
    "many-aliases": ("a: &x 1\nb: [" + "*x," * 65 + "]\n", "more than 64 aliases"),
}


@pytest.mark.parametrize(("text", "word"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_yaml_is_refused(text: str | bytes, word: str) -> None:
    start = time.process_time()
    with pytest.raises(EvidenceFormatError, match=word):
        load_collected(text)
    assert time.process_time() - start < 5


def test_our_own_files_use_no_aliases() -> None:
    assert load_strict("a: 1\n") == {"a": "1"}
    with pytest.raises(EvidenceFormatError, match="alias"):
        load_strict("a: &x 1\nb: *x\n")


def test_limits_can_be_chosen() -> None:
    for limits in (
        YamlLimits(size=3),
        YamlLimits(depth=1),
        YamlLimits(nodes=2),
        YamlLimits(documents=1),
        YamlLimits(aliases=0),
    ):
        with pytest.raises(EvidenceFormatError):
            load_all("a: &x [1, 2]\n--- \n- &y b\n- *y\n", limits=limits)


def test_several_documents_are_read_in_order() -> None:
    assert load_all("a: 1\n---\n---\n- b\n") == ({"a": "1"}, None, ["b"])
    assert load_all("") == ()


def test_anchors_end_with_their_document() -> None:
    with pytest.raises(EvidenceFormatError, match="anchor"):
        load_all("a: &x 1\n---\nb: *x\n")


def test_refusals_do_not_quote_content() -> None:
    for text in ("hunter2: 1\nhunter2: 2\n", "a: !hunter2 x\n", "a: *hunter2\n", "hunter2: [\n"):
        with pytest.raises(EvidenceFormatError) as refusal:
            load_collected(text)
        assert "hunter2" not in str(refusal.value)


TEXT = """\
# a comment
authentication:
  anonymous:
    enabled: false
  x509: {clientCAFile: /a,
    other: b}
list:
- one
-
  two: 2
a/b~c: 1
base: &base
  deep: 1
copy: *base
"""
LINES = {
    "": 2,
    "/authentication": 2,
    "/authentication/anonymous/enabled": 4,
    "/authentication/x509/clientCAFile": 5,
    "/authentication/x509/other": 6,
    "/list/0": 8,
    "/list/1": 10,
    "/list/1/two": 10,
    "/a~1b~0c": 11,
    "/base/deep": 13,
    "/copy": 14,
    "/copy/deep": None,
    "/list/7": None,
    "/missing": None,
}


@pytest.mark.parametrize(("pointer", "line"), LINES.items(), ids=LINES.keys())
def test_line_of_a_pointer(pointer: str, line: int | None) -> None:
    assert line_of(TEXT, pointer) == line


def test_line_of_nothing() -> None:
    assert line_of("", "/a") is None
    with pytest.raises(EvidenceFormatError):
        line_of("a: [", "/a")


SCALARS = st.none() | st.text(st.characters(codec="utf-8"), max_size=12)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(TREES)
def test_what_is_written_is_read_back(value: YamlValue) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_style='"', default_flow_style=True)
    quoted_null = text.replace('!!null "null"', "null")
    assert load_collected(quoted_null) == value


@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#?,%~< \n\t", max_size=80))
def test_any_text_is_read_or_refused(data: bytes | str) -> None:
    try:
        value = load_all(data)
    except EvidenceFormatError:
        return
    assert isinstance(value, tuple)
