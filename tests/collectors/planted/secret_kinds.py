"""Secrets of many kinds, new at each run, and the templates that they are planted through.

A template is a text that holds markers such as ``«kubeconfig token|word»``: the name of the
place, and how a secret has to be written to fit there. Which kind of secret it gets is drawn
by lot among those that can be written so. The same seed draws the same secrets again.
"""

import base64
import json
import os
import random
import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

SEED = int(os.environ.get("PLANTED_SEED", "0")) or secrets.randbits(48)
"""To plant the secrets of a failed run again, set PLANTED_SEED to the number that it printed."""

LETTERS = string.ascii_letters + string.digits
NOT_ASCII = "äöüßéèçñžšćłøåαβγδεжзийклмн漢字鍵暗証"
MARKER = re.compile(r"«([^|»]+)\|(\w+)»")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret.

    Attributes:
        kind: Which of the kinds below.
        value: The text that is planted.
        parts: The pieces of it that must not be seen, each of 12 characters or more.
    """

    kind: str
    value: str
    parts: tuple[str, ...]


Draw = Callable[[random.Random], tuple[str, tuple[str, ...]]]


def _drawn(rng: random.Random, length: int, alphabet: str = LETTERS) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


def _alphanumeric(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    # Four digits for certain: letters alone may read like a name, wherever they stand.
    letters = [*_drawn(rng, 24), *_drawn(rng, 4, string.digits)]
    rng.shuffle(letters)
    value = "".join(letters)
    return value, (value,)


def _hex(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    value = rng.randbytes(20).hex()
    return value, (value,)


def _base64(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    # Both signs of its alphabet and the padding are in it for certain.
    value = _drawn(rng, 14) + "+" + _drawn(rng, 14) + "/" + _drawn(rng, 13) + "="
    return value, (value,)


def _jwt(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k1"}').rstrip(b"=").decode()
    body, seal = _drawn(rng, 40), _drawn(rng, 43, LETTERS + "-_")
    return f"{head}.eyJ{body}.{seal}", (body, seal)


def _bootstrap(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    small = string.ascii_lowercase + string.digits
    end = _drawn(rng, 16, small)
    return f"{_drawn(rng, 6, small)}.{end}", (end,)


def _cloud_key(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    end = _drawn(rng, 16, string.ascii_uppercase + "234567")
    return f"AKIA{end}", (end,)


def _password(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    parts = [_drawn(rng, 14) for _ in range(4)]
    signs = [" ", "'", '"', "@", ":", "/", "?", "#", "%", "&", "\\", "$", ","]
    value = parts[0] + "".join("".join(rng.sample(signs, 3)) + part for part in parts[1:])
    return value, tuple(parts)


def _url(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    user, password, token = (_drawn(rng, 14) for _ in range(3))
    sign = rng.choice(("", "/", "@", "%2F", ":"))
    value = f"https://{user}:{password}{sign}x1@db.example.net:5432/base?sslkey={token}"
    return value, (user, password, token)


def _foreign(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    value = _drawn(rng, 14, NOT_ASCII)
    return value, (value,)


def _pem(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    lines = tuple(_drawn(rng, 64, LETTERS + "+/") for _ in range(6))
    label = rng.choice(("EC ", "RSA ", "OPENSSH ", "ENCRYPTED ", ""))
    frame = (f"-----BEGIN {label}PRIVATE KEY-----", f"-----END {label}PRIVATE KEY-----\n")
    return "\n".join([frame[0], *lines, frame[1]]), lines


def _number(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    value = rng.choice("123456789") + _drawn(rng, 15, string.digits)
    return value, (value,)


def _pkcs8(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    # An encrypted private key, by its first bytes, that calls itself a certificate.
    body = b"\x30\x82\x01\xbd\x30\x57\x06\x09\x2a" + rng.randbytes(279)
    coded = base64.b64encode(body).decode()
    lines = tuple(coded[at : at + 64] for at in range(0, len(coded), 64))
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----\n"]), lines


KINDS: Mapping[str, Draw] = MappingProxyType(
    {
        "alphanumeric": _alphanumeric,
        "hex": _hex,
        "base64": _base64,
        "jwt": _jwt,
        "bootstrap": _bootstrap,
        "cloud-key": _cloud_key,
        "password": _password,
        "url": _url,
        "foreign": _foreign,
        "pem": _pem,
        "number": _number,
        "pkcs8": _pkcs8,
    }
)
TEXTS = tuple(kind for kind in KINDS if kind not in {"number", "pkcs8"})
"""Kinds for any place; a number or a block of a certificate has its own places."""
WORDS = ("alphanumeric", "hex", "base64", "jwt", "bootstrap", "cloud-key")
LINES = (*WORDS, "url", "foreign", "password")
SOUNDING = ("jwt", "cloud-key", "url", "pem")
"""Kinds that show by their look what they are."""


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _indented(text: str) -> str:
    return "".join(f"          {line}\n" for line in text.splitlines())


FITS: Mapping[str, tuple[tuple[str, ...], Callable[[str], str]]] = MappingProxyType(
    {
        "word": (WORDS, str),
        "key": (("base64", "alphanumeric", "hex"), str),
        "line": (LINES, str),
        "any": (TEXTS, str),
        "double": (LINES, lambda text: json.dumps(text, ensure_ascii=False)[1:-1]),
        "single": (LINES, lambda text: text.replace("'", "''")),
        "base64": (TEXTS, _coded),
        "pem": (("pem",), str),
        "pem64": (("pem",), _coded),
        "block": (("pem",), _indented),
        "sounding": (("jwt", "cloud-key", "url"), str),
        "jwt": (("jwt",), str),
        "url": (("url",), str),
        "name": (("alphanumeric", "hex"), str),
        "number": (("number",), str),
        "pkcs8": (("pkcs8",), str),
    }
)
"""How a place wants its secret: the kinds that can stand there, and how they are written."""


@dataclass(slots=True)
class Planter:
    """Fills templates and remembers which secret went where."""

    seed: int
    planted: dict[str, Secret] = field(default_factory=dict)
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def text(self, template: str) -> str:
        """Return a text template with a new secret for each marker."""
        return MARKER.sub(self._plant, template)

    def document(self, template: Any) -> Any:
        """Return a JSON-like template with a new secret for each marker, keys included."""
        if isinstance(template, str):
            return self.text(template)
        if isinstance(template, list):
            return [self.document(one) for one in template]
        if isinstance(template, dict):
            return {self.text(key): self.document(one) for key, one in template.items()}
        return template

    def _plant(self, marker: re.Match[str]) -> str:
        place, fit = marker.groups()
        assert place not in self.planted, place
        kinds, written = FITS[fit]
        kind = self.rng.choice(kinds)
        value, parts = KINDS[kind](self.rng)
        self.planted[place] = Secret(kind=kind, value=value, parts=parts)
        return written(value)
