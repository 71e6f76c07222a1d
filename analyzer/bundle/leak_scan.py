"""A second look for secrets in every member: the collector promised that there are none.

The scan finds what looks like a secret, says where, and never repeats it. That it
finds nothing proves nothing; that it finds something is a reason to ask.
"""

import base64
import binascii
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType

from analyzer.model.bundle import Bundle
from analyzer.model.evidence import REDACTED

MAX_HITS = 100
"""Hits of one rule that are reported for one member."""

_DECODED = 256 * 1024  # bytes of base64 text that are decoded to look for a key
_STREAMS = 32  # gzip streams of one member that are opened
_INFLATED = 1024 * 1024  # bytes of one stream that are looked at
_GZIP = re.compile(rb"\x1f\x8b\x08")
_GZIP_BASE64 = re.compile(rb"H4sI[A-Za-z0-9+/]{28,}")
_ENTROPY = 3.5  # bits for each character; words and paths have less, keys have more
_REDACTED = REDACTED.encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LeakHit:
    """Something that looks like a secret.

    Attributes:
        member: Name inside the archive.
        line: Line, from 1.
        rule: Id of the rule that matched.
    """

    member: str
    line: int
    rule: str


def scan_bundle(bundle: Bundle) -> tuple[LeakHit, ...]:
    """Scan every member of a bundle, in archive order, then by line and rule."""
    found: list[LeakHit] = []
    for member, data in bundle.members.items():
        found.extend(scan_member(member, data))
    return tuple(found)


def scan_member(member: str, data: bytes) -> tuple[LeakHit, ...]:
    """Scan the bytes of one member; at most MAX_HITS places a rule."""
    found = {
        LeakHit(member=member, line=data.count(b"\n", 0, place) + 1, rule=rule)
        for rule in RULES
        for place in _places(rule, data)
    }
    for start, inner in _packed(data):
        line = data.count(b"\n", 0, start) + 1
        found |= {
            LeakHit(member=member, line=line, rule=rule)
            for rule in RULES
            if next(_places(rule, inner), None) is not None
        }
    return tuple(sorted(found))


def _packed(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield what gzip streams inside a member hold, plain or in base64, and where they begin."""
    plain = ((found.start(), data[found.start() :]) for found in _GZIP.finditer(data))
    coded = ((found.start(), _decoded(found[0])) for found in _GZIP_BASE64.finditer(data))
    for start, stream in islice(chain(plain, coded), _STREAMS):
        try:
            yield start, zlib.decompressobj(wbits=31).decompress(stream, _INFLATED)
        except zlib.error:
            continue


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text[: min(len(text), _DECODED) // 4 * 4])


def _places(rule: str, data: bytes) -> Iterator[int]:
    pattern, confirm = _RULES[rule]
    count = 0
    for match in pattern.finditer(data):
        if confirm(match[match.lastindex or 0]):
            count += 1
            yield match.start()
        if count >= MAX_HITS:
            return


def _always(_: bytes) -> bool:
    return True


def _holds_private_key(text: bytes) -> bool:
    """Decode base64 of a PEM text and look for a private key anywhere in it."""
    cut = text[: min(len(text), _DECODED) // 4 * 4]
    try:
        decoded = base64.b64decode(cut, validate=True)
    except binascii.Error:
        decoded = base64.b64decode(cut[:64])  # at least the head is whole
    return b"PRIVATE KEY" in decoded


def _not_redacted(text: bytes) -> bool:
    return _REDACTED not in text


def _looks_random(text: bytes) -> bool:
    """Tell a key from a word: mixed characters, or long hexadecimal, and little repetition."""
    if _REDACTED in text or text.startswith(b"/"):
        return False
    kinds = sum(
        re.search(pattern, text) is not None for pattern in (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
    )
    hexadecimal = re.fullmatch(rb"[0-9a-f]{32,}", text) is not None
    return (kinds == 3 or hexadecimal) and _entropy(text) >= _ENTROPY


def _entropy(text: bytes) -> float:
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())


_Rule = tuple[re.Pattern[bytes], Callable[[bytes], bool]]
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "private-key": (
            re.compile(
                rb"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
                rb"(?:\\[rn]|[\s\"',+-]){0,16}(?:[A-Za-z0-9+/]{16}|Proc-Type|DEK-Info|Version)"
            ),
            _always,
        ),
        "private-key-base64": (
            re.compile(rb"(LS0tLS1CRUdJTi[A-Za-z0-9+/]{16,}={0,2})"),
            _holds_private_key,
        ),
        "private-key-base64-shifted": (
            # The words "PRIVATE KEY" as base64 spells them where no head stands before them.
            re.compile(rb"(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtF)[A-Za-z0-9+/]{24}"),
            _always,
        ),
        "provider-key": (
            re.compile(
                rb"(?<![A-Za-z0-9])(?:AIza[A-Za-z0-9_-]{35}|gh[opsu]_[A-Za-z0-9]{36}|"
                rb"xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,})"
            ),
            _always,
        ),
        "bearer": (
            re.compile(rb"(?i:bearer)[ \t]{1,4}([A-Za-z0-9+/_=.~-]{20,512})"),
            _looks_random,
        ),
        "jwt": (
            # Anchored at the first dot: a head without an end is tried once, not from each letter.
            re.compile(rb"[A-Za-z0-9_-]{8}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
            _always,
        ),
        "aws-access-key": (
            re.compile(rb"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])"),
            _always,
        ),
        "url-password": (
            re.compile(
                rb"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,128}:([^\s/@\"'<>]{1,256})@"
            ),
            _not_redacted,
        ),
        "named-secret": (
            re.compile(
                rb"(?i:token|passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key)"
                rb"(?:\\?[\"'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\?[\"'])?([A-Za-z0-9+/_=.-]{20,512})"
            ),
            _looks_random,
        ),
        "bootstrap-token": (
            re.compile(
                rb"(?i:token)\S{0,12}[ \t:=\"']{1,4}([a-z0-9]{6}\.[a-z0-9]{16})(?![a-z0-9])"
            ),
            _always,
        ),
    }
)
RULES = tuple(_RULES)
"""Ids of the rules."""
