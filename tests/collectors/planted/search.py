"""Look for secrets in everything that a run left behind, in every coat that they could wear."""

import base64
import binascii
import html
import json
import re
import urllib.parse
import zlib
from collections.abc import Iterator, Mapping, Sequence

from tests.collectors.planted.secret_kinds import Secret

EDGE = 12
"""Characters of the head and of the tail of a part that are looked for on their own."""

_MOST = 1 << 24  # bytes of one inflated stream
_PACKED = re.compile(rb"H4sI[A-Za-z0-9+/_-]{16,}={0,2}")


def spellings(secret: Secret) -> dict[bytes, str]:
    """Return the bytes that would betray a secret, with the name of the coat."""
    found: dict[bytes, str] = {}
    for part in secret.parts:
        for piece in {part, part[:EDGE], part[-EDGE:]}:
            for coat, spelling in _coats(piece):
                found.setdefault(spelling, coat)
    return found


def _coats(text: str) -> Iterator[tuple[str, bytes]]:
    raw = text.encode()
    yield "plain", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "json", json.dumps(text)[1:-1].encode()
    # Node bundles write each byte as one code point.
    yield "json of bytes", json.dumps(raw.decode("latin-1"))[1:-1].encode()
    yield "html", html.escape(text).encode()
    for plus in (urllib.parse.quote(text, safe=""), urllib.parse.quote_plus(text)):
        yield "URL", plus.encode()
        yield "url", re.sub("%..", lambda found: found[0].lower(), plus).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        # Without the characters at both ends that what stands beside it would change.
        inner = coded[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
        yield f"base64 {shift}", inner
        yield f"base64url {shift}", inner.translate(bytes.maketrans(b"+/", b"-_"))


def layers(data: bytes) -> Iterator[bytes]:
    """Yield the bytes, and what each gzip stream in them holds, plain or in base64."""
    yield data
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        yield from _inflated(data[at:])
        at = data.find(b"\x1f\x8b\x08", at + 1)
    for coded in _PACKED.findall(data):
        text = coded.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        yield from _inflated(_decoded(text[: len(text) // 4 * 4]))


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(wbits=31).decompress(data, _MOST)
    except zlib.error:
        return


def leaks(
    planted: Mapping[str, Secret], seen: Mapping[str, bytes]
) -> Sequence[tuple[str, str, str, str]]:
    """Return (place, kind of secret, coat, member) of everything that was found."""
    layered = [(name, layer) for name, data in seen.items() for layer in layers(data)]
    whole = b"\0\0".join(layer for _, layer in layered)
    found = []
    for place, secret in sorted(planted.items()):
        for spelling, coat in spellings(secret).items():
            if spelling in whole:
                names = {name for name, layer in layered if spelling in layer}
                found += [(place, secret.kind, coat, name) for name in sorted(names)]
    return found
