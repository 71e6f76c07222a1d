"""JSON as it must be: UTF-8, no repeated key, no NaN, a bounded depth, real text."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from analyzer.model.errors import EvidenceFormatError

DEFAULT_DEPTH = 64
# A string without an end is taken to the end of the text: looking again from each of its
# quotes would take quadratic time.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(data: bytes, *, max_depth: int = DEFAULT_DEPTH) -> Any:
    """Decode one JSON document.

    Args:
        data: The document as UTF-8, without a byte order mark.
        max_depth: Arrays and objects that may be nested in one another.

    Returns:
        Plain dicts, lists, text, numbers, booleans and None.

    Raises:
        EvidenceFormatError: Not such a document. The message gives no content.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _broken(f"not UTF-8 at byte {error.start}") from error
    if _deeper_than(text, max_depth):
        raise _broken(f"nested more than {max_depth} deep")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = f"not JSON at line {error.lineno} column {error.colno}"
        raise _broken(what) from error
    except ValueError as error:  # an integer of thousands of digits
        raise _broken("a number is too long") from error
    if _SURROGATE.search(text):
        _refuse_half_characters(value)
    return value


def parse_object(data: bytes, *, max_depth: int = DEFAULT_DEPTH) -> dict[str, Any]:
    """Decode one JSON document that must be an object.

    Raises:
        EvidenceFormatError: Not JSON, or another kind of value.
    """
    value = parse_json(data, max_depth=max_depth)
    if not isinstance(value, dict):
        raise _broken("not a JSON object")
    return value


def split_lines(data: bytes, *, max_length: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of an ``.ndjson`` member with their numbers from 1.

    Args:
        data: The member; its last line ends with a newline too.
        max_length: Bytes of a line that may be looked at.

    Raises:
        EvidenceFormatError: A line is too long, or the last one is cut.
    """
    if not data:
        return
    if not data.endswith(b"\n"):
        raise _broken("last line has no end")
    for number, line in enumerate(data[:-1].split(b"\n"), start=1):
        if len(line) > max_length:
            raise _broken(f"line {number} is longer than {max_length} bytes")
        yield number, line


def _broken(what: str) -> EvidenceFormatError:
    return EvidenceFormatError("", what)


def _deeper_than(text: str, limit: int) -> bool:
    """Count nesting without recursion; few brackets in all need no counting."""
    if text.count("[") + text.count("{") <= limit:
        return False
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > limit:
                return True
        elif mark in "]}":
            depth -= 1
    return False


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _broken("a key is repeated in one object")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _broken("a number is too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _broken(f"{name} is not JSON")


def _refuse_half_characters(value: object) -> None:
    """Half of a surrogate pair is not a character, and no file could be written with it."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise _broken("half of a surrogate pair") from error


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys, parse_float=_finite, parse_constant=_refuse_constant
)
