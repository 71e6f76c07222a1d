"""JSON is read strictly, and any bytes end in a value or an EvidenceFormatError."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.formats.strict_json import parse_json, parse_object, split_lines
from analyzer.model.errors import EvidenceFormatError

BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"),
    "not-utf8": (b'"\xff"', "not UTF-8 at byte 1"),
    "byte-order-mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "utf16": ("{}".encode("utf-16"), "not"),
    "trailing-comma": (b"[1,]", "not JSON"),
    "two-documents": (b"{} {}", "not JSON"),
    "repeated-key": (b'{"a": 1, "a": 1}', "repeated"),
    "repeated-key-inside": (b'[{"b": {"a": 1, "\\u0061": 2}}]', "repeated"),
    "nan": (b"[NaN]", "NaN"),
    "minus-infinity": (b"[-Infinity]", "Infinity"),
    "too-large": (b"[1e400]", "too large"),
    "too-long": (b"9" * 5000, "too long"),
    "half-character": (b'["\\ud800"]', "surrogate"),
    "half-character-key": (b'{"\\uDC00": 1}', "surrogate"),
    "deep-list": (b"[" * 65 + b"]" * 65, "more than 64 deep"),
    "deep-object": (b'{"a":' * 65 + b"1" + b"}" * 65, "more than 64 deep"),
    "bottomless": (b"[" * 1_000_000, "deep"),
    "control-byte": (b'"\x01"', "not JSON"),
}


@pytest.mark.parametrize(("data", "word"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_json_is_refused(data: bytes, word: str) -> None:
    with pytest.raises(EvidenceFormatError, match=word):
        parse_json(data)


SOUND: dict[str, tuple[bytes, object]] = {
    "deep-enough": (b"[" * 64 + b"]" * 64, None),
    "many-shallow": (b"[" + b"{}," * 5000 + b"{}]", [{}] * 5001),
    "brackets-in-text": (json.dumps(["[{" * 500]).encode(), ["[{" * 500]),
    "escaped-quotes": (json.dumps(['"\\' * 200 + "[" * 200]).encode(), ['"\\' * 200 + "[" * 200]),
    "whole-pair": (b'"\\ud83d\\ude00"', "\U0001f600"),
    "escaped-escape": (b'"\\\\ud800"', "\\ud800"),
    "nul": (b'"\\u0000"', "\x00"),
}


@pytest.mark.parametrize(("data", "value"), SOUND.values(), ids=SOUND.keys())
def test_sound_json_is_read(data: bytes, value: object) -> None:
    found = parse_json(data)
    assert found == (json.loads(data) if value is None else value)


def test_an_object_is_demanded() -> None:
    assert parse_object(b'{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    for data in (b"[]", b"null", b'"a"', b"1"):
        with pytest.raises(EvidenceFormatError, match="object"):
            parse_object(data)


def test_refusals_do_not_quote_content() -> None:
    with pytest.raises(EvidenceFormatError) as refusal:
        parse_json(b'{"hunter2": 1, "hunter2": 2}')
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("data", [b'"\\"' * 700_000, b'"' + b'\\"[' * 700_000, b'"[' * 700_000])
def test_no_text_makes_the_depth_count_slow(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(EvidenceFormatError):
        parse_json(data)
    assert time.process_time() - start < 5


def test_lines_are_numbered_and_bounded() -> None:
    assert list(split_lines(b"", max_length=3)) == []
    assert list(split_lines(b"a\n\nccc\n", max_length=3)) == [(1, b"a"), (2, b""), (3, b"ccc")]
    with pytest.raises(EvidenceFormatError, match="line 2 is longer"):
        list(split_lines(b"a\ncccc\n", max_length=3))
    with pytest.raises(EvidenceFormatError, match="no end"):
        list(split_lines(b"a\nb", max_length=3))


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\ud80ea1 ').map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse_json(data)
    except EvidenceFormatError:
        return
    assert json.loads(data) == value
