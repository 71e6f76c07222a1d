"""Canonical YAML: one way to write each value, whatever version of whichever library is installed.

Texts come back as they were, from our strict reader and from any other: words stay plain, lines
of prose stand in a literal block, everything else is quoted with what cannot be seen escaped.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

YamlOut: TypeAlias = "str | Sequence[YamlOut] | Mapping[str, YamlOut]"

_WORD = re.compile(r"[A-Za-z]+([-_][A-Za-z]+)*")
_NOT_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LONG = 72

# What no YAML reader takes literally, and what nobody can see: controls, both kinds of
# surrogates' places, line breaks other than line feed, joiners, direction marks, tags.
_ESCAPED = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f'
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def to_yaml(value: Mapping[str, YamlOut]) -> bytes:
    """Return a mapping as YAML, keys in the order given, UTF-8, one final newline.

    Half surrogates, which no UTF-8 text can hold, become a visible escape.
    """
    return "".join(f"{line}\n" for line in _mapping(value)).encode("utf-8")


def _mapping(value: Mapping[str, YamlOut]) -> Iterator[str]:
    for key, item in value.items():
        yield from _item(f"{_scalar(key)}:", item)


def _item(lead: str, item: YamlOut) -> Iterator[str]:
    """Write a value behind its key; what does not fit on the line is indented below it."""
    if isinstance(item, str):
        block = _block(item)
        yield f"{lead} {block[0] if block else _scalar(item)}"
        yield from (f"  {line}" if line else "" for line in block[1:])
    elif not item:
        yield f"{lead} " + ("{}" if isinstance(item, Mapping) else "[]")
    else:
        yield lead
        inner = _mapping(item) if isinstance(item, Mapping) else _sequence(item)
        yield from (f"  {line}" if line else "" for line in inner)


def _sequence(items: Sequence[YamlOut]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            lines = _mapping(item)
            yield f"- {next(lines)}"
            yield from (f"  {line}" if line else "" for line in lines)
        else:
            yield from _item("-", item)


def _block(text: str) -> tuple[str, ...]:
    """Return the head and lines of a literal block; empty where the text must be quoted."""
    body = text.removesuffix("\n")
    if "\n" not in text and len(text) <= _LONG:
        return ()
    if not body or body[0] in " \n" or body[-1] in " \n":  # such a block is easily misread
        return ()
    lines = body.split("\n")
    if any(_ESCAPED.search(line.replace('"', "").replace("\\", "")) for line in lines):
        return ()
    if not _encodable(text):
        return ()
    return ("|" if text.endswith("\n") else "|-", *lines)


def _scalar(text: str) -> str:
    if _WORD.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    whole = text if _encodable(text) else text.encode("utf-8", "backslashreplace").decode("utf-8")
    return '"' + _ESCAPED.sub(_escape, whole) + '"'


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
