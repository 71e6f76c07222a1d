#!/usr/bin/env python3
"""Collect the API evidence of one cluster into one sealed bundle.

The program is one file on purpose: it is carried to machines where nothing of ours is
installed, it is read there before it is trusted, and its own text goes into the bundle.
It needs Python 3.6, the standard library and kubectl, and only ever reads.

Rules it keeps (the bundle's layout is described in docs/bundle-format.md):

* A list is read page by page and believed only when its end was seen. A failure is
  recorded as what it was, never as an empty list.
* What is written is an allow-list of fields for each kind (``TREES``). Everything else is
  left out before it touches the disk; of a policy, it is kept that another field is set.
  Secrets are never asked for.
* A value that matters only by being set is replaced by ``KEB-REDACTED-<id>``, and each
  replacement is listed in redactions.ndjson.
* When pruning one object fails, the whole list is dropped and recorded as an error.
"""

import argparse
import base64
import binascii
import datetime
import gzip
import hashlib
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.parse
from functools import partial
from pathlib import Path
from typing import (
    IO,
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    NamedTuple,
    NoReturn,
    Optional,
    Tuple,
    Union,
    cast,
)

VERSION = "0.1.0"
PROFILE_VERSION = "1"
REDACTION_POLICY = "kube-evidence-api-4"

PAGE_LIMITS = (500, 50, 5)  # objects a page; fewer when pages are too large or too slow
MAX_PAGES = 20000
MAX_GROUP_VERSIONS = 2000  # that discovery is asked about
MAX_LISTS = 2000  # kinds that are listed because discovery offers them
MAX_BODY = 32 * 1024 * 1024  # bytes of one answer
MAX_STDERR = 64 * 1024  # bytes kept of one kubectl run
MAX_LOG = 256 * 1024  # bytes of log.txt
RESTARTS = 2  # how often a list that broke off is begun again
RESTART_WAIT = 0.5  # seconds
MAX_TIME = 7200.0  # seconds of a whole run
MAX_NAMED = 5  # targets that the closing words name for one reason
MAX_PAUSE = 10  # seconds waited when a server asks for a pause
WATCHDOG_GRACE = 2.0  # seconds that kubectl gets beyond its own time limit
MAX_SILENCE = 6  # requests in a row that no server answered: the rest is not tried
MAX_REFUSALS = 10  # kubelets that refuse before any answers: the others are not asked
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")  # in a pod
MAX_KUBELET_WAIT = 120.0  # seconds lost on kubelets that do not answer
KUBELET_TIMEOUT = 10.0  # seconds that one kubelet gets

EXIT_COMPLETE, EXIT_USAGE, EXIT_PARTIAL, EXIT_NOTHING = 0, 2, 3, 4

OK, ABSENT, DENIED, ERROR = "ok", "absent", "denied", "error"
TIMEOUT, TRUNCATED, UNSUPPORTED = "timeout", "truncated", "unsupported"
GOOD = (OK, ABSENT, UNSUPPORTED)  # what a complete run consists of

Tree = Any  # a mapping of field name to Tree, or a function of (Redactor, value, pointer)


# ---------------------------------------------------------------- redaction


SECRET_WORDS = (
    r"(?:token|password|passwd|passphrase|passcode|pwd|secret|credentials?|dockerconfigjson|"
    r"(?:secret|access|api|private|join|signing|encryption|master|host|ssh|shared|account|"
    r"storage|session|auth|hmac)[-_.]?key|"
    r"client[-_.]?key[-_.]?data|datastore[-_.]?endpoint|connection[-_.]?string)"
)
SECRET_NAME = re.compile(
    r"(?:(?:" + SECRET_WORDS + r"(?:[-_.]?(?:value|data))?s?)|pass|(?:\b|_|basic[-_]?)auth)$",
    re.IGNORECASE,
)
SECRET_WORD = re.compile(SECRET_WORDS + "s?", re.IGNORECASE)
# "--token=x", "PASSWORD: x" and "secret := x" anywhere, "--token x" within one text; "==" compares,
# and stays. Where a value ends only its reader knows: all of the line goes.
ASSIGNMENT = re.compile(
    r"(?i)(?P<name>(?:"
    + SECRET_WORDS
    + r"s?|\bauthorization|(?:\b|[-_])pass|(?:\b|[-_])auth|[?&](?:sig|code|key))"
    + r"\\*[\"']?\s*(?::?=(?!=)|:(?=[\s\"'\\]))\s*|--[\w.-]{0,80}"
    + SECRET_WORDS
    + r"s?\s+)(?P<value>[^\n]+)"
)
# Runs of letters, digits and what Base64 adds to them; an image's digest is none.
RUN = re.compile(r"(?<![A-Za-z0-9+/_=-])(?<!sha256:)[A-Za-z0-9+/_=-]{20,}")
# Texts that are secrets wherever they stand: (rule, what kind, pattern).
SECRET_TEXTS = (
    (
        "private-key",
        "pem",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----"
            r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
    ),
    ("base64-pem", "pem", re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*")),
    (
        "bootstrap-token",
        "token",
        re.compile(
            r"(?<![A-Za-z0-9./-])[a-z0-9]{6}\.(?=[a-z]{0,15}[0-9])[a-z0-9]{16}(?![A-Za-z0-9./-])"
        ),
    ),
    ("jwt", "token", re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*")),
    ("bearer", "token", re.compile(r"(?i)(?<=bearer )[\w.~+/=-]{16,}")),
    (
        "basic",
        "token",
        re.compile(r"(?i)(?<=basic )(?=[a-z0-9+/]*[0-9+/=])[a-z0-9+/]{6,}={0,2}"),
    ),
    # A password may hold slashes, and an "@" too: all up to the last one, but for a digest.
    ("url-userinfo", "value", re.compile(r"(?<=://)[^\s\"']{1,1000}(?=@(?!sha256:))")),
    (
        "provider-key",
        "token",
        re.compile(
            r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{35}|gh[opsu]_\w{36}|"
            r"xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|hooks\.slack\.com/services/\S+)"
        ),
    ),
)
# Words that a policy writes where a secret would stand, and that hide nothing.
PLAIN_VALUES = frozenset(("", "true", "false", "null", "*", "?*"))


def escape_pointer(key: str) -> str:
    """Escape one step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def looks_random(text: str) -> bool:
    """Tell whether a run of 20 characters or more is rather drawn by lot than written.

    Words keep to one kind of character for long; keys in hex or Base64 change it all the time.
    """
    whole_run = len(text) >= 20 and _changes(text) >= 0.35 and _has_all_kinds(text)
    return whole_run or any(_is_plain_random(part) for part in re.split(r"[^A-Za-z0-9]", text))


def _has_all_kinds(text: str) -> bool:
    return all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))


def _is_plain_random(part: str) -> bool:
    """Judge hex, Base32 and their like, which know one case of letters only."""
    digits = sum(map(str.isdigit, part))
    mixed = len(part) >= 20 and digits >= 3 and _changes(part) >= 0.2
    return mixed or LONG_HEX.match(part) is not None


LONG_HEX = re.compile(r"(?:[0-9a-f]{32,}|[0-9A-F]{32,})\Z")


def _changes(text: str) -> float:
    """Return how often the kind of character changes from one to the next, from 0 to 1."""
    kinds = "".join("d" if c.isdigit() else "u" if c.isupper() else "l" for c in text)
    changes = sum(kinds[at] != kinds[at - 1] for at in range(1, len(kinds)))
    return changes / max(1, len(kinds) - 1)


def length_class(length: int) -> str:
    """Name the range that a length in bytes falls in, so that the length itself stays unknown."""
    for top, name in ((0, "0"), (8, "1-8"), (32, "9-32"), (128, "33-128")):
        if length <= top:
            return name
    return "129+"


def without_secrets(text: str) -> str:
    """Return a text for the terminal without what looks like a secret."""
    for _, _, pattern in SECRET_TEXTS:
        text = pattern.sub("(removed)", text)
    text = ASSIGNMENT.sub(r"\g<name>(removed)", text)
    return RUN.sub(lambda run: "(removed)" if looks_random(run[0]) else run[0], text)


class Redactor:
    """Prunes one object by a tree of allowed fields and masks values.

    ``emit`` receives (rule, pointer, kind, value) for each masked value and returns the
    identifier that stands in its place.
    """

    def __init__(self, emit: Callable[[str, str, str, Any], str]) -> None:
        self._emit = emit

    def prune(self, value: Any, tree: Tree, pointer: str) -> Any:
        """Return what ``tree`` allows of ``value``; ``pointer`` is where it will stand."""
        if callable(tree):
            return tree(self, value, pointer)
        if value is None:
            return None
        if isinstance(value, list):
            return [self.prune(one, tree, f"{pointer}/{at}") for at, one in enumerate(value)]
        if not isinstance(value, dict):
            # Leaving it out would make a set field look unset.
            return self.mask(value, "unexpected-type", pointer)
        pruned = {}
        for key, one in value.items():
            branch = tree.get(key, tree.get(OTHER))
            if branch is not None:
                pruned[key] = self.prune(one, branch, f"{pointer}/{escape_pointer(key)}")
        return pruned

    def mask(self, value: Any, rule: str, pointer: str, kind: str = "value") -> str:
        """Record that ``value`` was taken out and return what stands in its place."""
        return MARK + self._emit(rule, pointer, kind, value)

    def text(self, value: str, pointer: str) -> str:
        """Mask the parts of a text that are secrets by their look."""
        return self._draft(value, pointer, (_Draft.looks,))

    def words(self, value: str, pointer: str) -> str:
        """Mask the same, and what a text assigns to names that sound like secrets."""
        return self._draft(value, pointer, (_Draft.looks, _Draft.assigned))

    def assignments(self, value: str, pointer: str) -> str:
        """Mask the same, what looks random, and the literals of Kyverno's ``{{ queries }}``."""
        steps = (_Draft.queries, _Draft.looks, _Draft.assigned, _Draft.random)
        return self._draft(value, pointer, steps)

    def expression(self, value: str, pointer: str) -> str:
        """Mask the literals of a program (CEL, Rego) that may be secrets, and keep its words."""
        return self._draft(value, pointer, (_Draft.literals, _Draft.looks, _Draft.random))

    def _draft(
        self, value: str, pointer: str, steps: Tuple[Callable[["_Draft", str], str], ...]
    ) -> str:
        # What would be taken for one of our own marks, here or in the bundle.
        if _Draft.OPEN in value or MARK in value:
            return self.mask(value, "unexpected-character", pointer)
        draft = _Draft()
        for step in steps:
            value = step(draft, value)

        def settle(found: Any) -> str:
            rule, kind, secret = draft.found[int(found.group(1))]
            return self.mask(secret, rule, pointer, kind)

        return re.sub(f"{_Draft.OPEN}([0-9]+){_Draft.CLOSE}", settle, value)


MARK = "KEB-REDACTED-"


class _Draft:
    """A text while it is searched: a later find may swallow an earlier one, and replaces it."""

    OPEN, CLOSE = "\ue000", "\ue001"

    def __init__(self) -> None:
        self.found: List[Tuple[str, str, str]] = []

    def _mark(self, rule: str, kind: str, secret: str) -> str:
        self.found.append((rule, kind, secret))
        return f"{self.OPEN}{len(self.found) - 1}{self.CLOSE}"

    def looks(self, value: str) -> str:
        """Mark what is a secret by its look."""
        for rule, kind, pattern in SECRET_TEXTS:
            value = pattern.sub(partial(self._match, rule, kind), value)
        return value

    def _match(self, rule: str, kind: str, found: Any) -> str:
        return self._mark(rule, kind, found.group())

    def assigned(self, value: str) -> str:
        """Mark what is assigned to names that sound like secrets."""
        return ASSIGNMENT.sub(self._assigned, value)

    def _assigned(self, found: Any) -> str:
        secret = found.group("value")
        if secret.strip().lower() in PLAIN_VALUES:
            return str(found.group())
        return str(found.group("name")) + self._mark("assigned-secret", "value", secret)

    def random(self, value: str) -> str:
        """Mark what looks drawn by lot."""
        return RUN.sub(self._run, value)

    def _run(self, found: Any) -> str:
        run = str(found.group())
        return self._mark("random-text", "value", run) if looks_random(run) else run

    def literals(self, value: str) -> str:
        """Mark literals that may be secrets by their look or by what they are compared with."""
        return "".join(map(self._clause, clauses(value)))

    def queries(self, value: str) -> str:
        """Mark such literals between the first and the last brace of a text with queries."""
        start, end = value.find("{{"), max(0, value.rfind("}}"))
        about_secrets = SECRET_WORD.search(value, start, end) is not None
        if start < 0 or not about_secrets:
            return value
        query = QUERY_LITERAL.sub(partial(self._literal, True), value[start:end])
        return value[:start] + query + value[end:]

    def _clause(self, clause: str) -> str:
        about_secrets = KEY_WORD.search(clause) is not None
        return LITERAL.sub(partial(self._literal, about_secrets), clause)

    def _literal(self, about_secrets: bool, found: Any) -> str:  # noqa: FBT001 - see partial above
        literal = str(found.group())
        inner = literal.strip("\"'`")
        plain = inner.lower() in PLAIN_VALUES or SECRET_WORD.fullmatch(inner)
        named = about_secrets and not plain
        # What is spelled in numbers shows its look to nobody but the program.
        if named or SPELLED.search(inner) or looks_random(inner):
            return literal[0] + self._mark("literal", "value", inner) + literal[0]
        return literal


def leaf(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a scalar, or a list of scalars."""
    if isinstance(value, str):
        return redactor.words(value, pointer)
    if isinstance(value, list):
        return [leaf(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    if isinstance(value, dict):
        return redactor.mask(value, "unexpected-type", pointer, "object")
    return value


def whole(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a value in full depth, less texts that are secrets by their look."""
    if isinstance(value, dict):
        return {
            key: whole(redactor, one, f"{pointer}/{escape_pointer(key)}")
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [whole(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    return leaf(redactor, value, pointer)


def masked(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep only that the field is set."""
    return redactor.mask(value, "field", pointer)


def env_value(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep only that an environment variable has a literal value."""
    return redactor.mask(value, "env-value", pointer)


def marker(_redactor: Redactor, value: Any, _pointer: str) -> Any:
    """Keep only that an object is there, as an empty one."""
    return None if value is None else {}


# A literal that nothing ends goes to the end of its line; in CEL's raw ones nothing is escaped.
RAW = r"(?<=\b[rR])\"[^\"\n]*\"|(?<=\b[rR])'[^'\n]*'|"
QUOTED = RAW + r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|`[^`]*`?"
LITERAL = re.compile(r"(?s)\"\"\".*?\"\"\"|'{3}.*?'{3}|" + QUOTED)
# Of Kyverno's queries: what stands in double quotes there is the name of a field.
QUERY_LITERAL = re.compile(r"(?s)'(?:\\.|[^'\\])*'?|`[^`]*`?")
PIECE = re.compile(
    LITERAL.pattern
    + r"|(?P<comment>(?:#|//)[^\n]*)|(?P<space>\s+)|(?P<end>[&|;])|[^\s&|;\"'`#/]+|."
)
# A line's end before or after these is none of what is said.
GOES_ON = re.compile(r"(?:[=!(,\[{.+:?]|\bin)\Z")
GOES_BACK = re.compile(r"[=!).,\]+:?]|in\b")
KEY_WORD = re.compile(
    SECRET_WORDS + r"|\bkey\b|[a-z_]key\b|\bpass\b|\bauth\b|\bcreds?\b|"
    r"authorization\b(?!\.k8s)|cookie|bearer",
    re.IGNORECASE,
)


def clauses(program: str) -> Iterator[str]:
    """Cut a program at each "and", "or" and end of a line that stands outside of literals.

    Comments are left out: they decide nothing, and may hold anything.
    """
    clause: List[str] = []
    last = ""  # what is no space
    for found in PIECE.finditer(program):
        kind_of, piece = found.lastgroup, found.group()
        if kind_of == "comment":
            continue
        is_line_end = kind_of == "space" and "\n" in piece
        goes_on = is_line_end and (GOES_ON.search(last) or GOES_BACK.match(program, found.end()))
        if kind_of == "end" or (is_line_end and not goes_on):
            yield "".join(clause)
            yield piece
            clause = []
        else:
            clause.append(piece)
        last = last if kind_of == "space" else piece[-3:]
    yield "".join(clause)


SPELLED = re.compile(r"\\[xuU0-7]")


def unknown(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep only that a field is set which no rule knows: leaving it out would make it unset."""
    if value is None or isinstance(value, bool):
        return value
    return redactor.mask(value, "field-allow-list", pointer, "object")


PLAIN_KEY = re.compile(r"[A-Za-z0-9_./-]{1,317}\Z")
# Words, numbers, patterns, ranges and images, as policies demand them, joined by "|" and "&".
_SETTING = r"[\w.,:*?!<>=/()\[\]@^+~%$-]{0,200}"
SETTING = re.compile(_SETTING + r"(?: ?[|&] ?" + _SETTING + r"){0,20}\Z", re.ASCII)
VARIABLE = re.compile(r"\{\{.*\}\}\Z", re.DOTALL)


def setting(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep what a setting may read like: numbers, single words and patterns."""
    if isinstance(value, (dict, list)):
        return redactor.mask(value, "unexpected-type", pointer, "object")
    if not isinstance(value, str):
        return value
    if not SETTING.match(value) or re.search(r"(?<!\Aunix)://", value):
        return redactor.mask(value, "not-a-setting", pointer)
    return redactor.assignments(value, pointer)


def settings(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a setting, or a list of them."""
    if isinstance(value, list):
        return [setting(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    return setting(redactor, value, pointer)


def prose(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a text that a person must read, less what looks or is named like a secret."""
    if isinstance(value, str):
        return redactor.assignments(value, pointer)
    return setting(redactor, value, pointer)


def plain_map(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a mapping of free names to settings: labels, selectors, quantities."""
    if not isinstance(value, dict):
        return setting(redactor, value, pointer)
    if not all(PLAIN_KEY.match(key) and not looks_random(key) for key in value):
        return redactor.mask(value, "field-allow-list", pointer, "object")
    return {
        key: (unknown if _is_named_secret(key, one) else settings)(
            redactor, one, f"{pointer}/{escape_pointer(key)}"
        )
        for key, one in value.items()
    }


def _is_named_secret(key: str, value: Any) -> bool:
    """Tell whether a label holds a secret by its name; "secrets: 10" is a count."""
    plain = str(value).lower() in PLAIN_VALUES or HARMLESS_VALUE.match(str(value))
    return SECRET_NAME.search(_plain_key(key)) is not None and not plain


def operand(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep what a condition compares with: settings, or a variable of the policy's language."""
    if isinstance(value, str) and VARIABLE.match(value):
        return redactor.assignments(value, pointer)
    return settings(redactor, value, pointer)


def condition(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a condition of Kyverno's; what is compared with something secret is not kept."""
    if not isinstance(value, dict):
        return unknown(redactor, value, pointer)
    about_secrets = SECRET_WORD.search(str(value.get("key"))) is not None
    names = {"key": prose, "operator": setting, "message": prose}
    names["value"] = unknown if about_secrets else operand
    return redactor.prune(value, dict(names, **{OTHER: unknown}), pointer)


def public_key(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep public keys and certificates in PEM, and references such as ``k8s://space/name``."""
    plain = isinstance(value, str) and (
        (PUBLIC_PEM.match(value) and all(map(is_public, PEM_BLOCK.findall(value))))
        or KEY_REFERENCE.match(value)
    )
    return leaf(redactor, value, pointer) if plain else unknown(redactor, value, pointer)


PUBLIC_PEM = re.compile(
    r"\s*(?:-----BEGIN (PUBLIC KEY|CERTIFICATE)-----[A-Za-z0-9+/=\s]{1,20000}"
    r"-----END \1-----\s*){1,50}\Z"
)
PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END")


def is_public(block: Tuple[str, str]) -> bool:
    """Tell whether a PEM block (label, Base64) holds what its label says, and no private key.

    Each is a sequence that begins with a sequence. In a certificate (RFC 5280) that one begins
    with a version or a number; in a public key it is followed by a bit string. In an encrypted
    private key (RFC 5958) it begins with an identifier and is followed by an octet string.
    """
    label, text = block
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
        outer, at, _ = _header(der, 0)
        inner, start, end = _header(der, at)
        first, second = der[start], der[end]
    except (ValueError, IndexError):  # binascii's errors are ValueErrors
        return False
    kinds = (first in (0x02, 0xA0)) if label == "CERTIFICATE" else second == 0x03
    return (outer, inner) == (0x30, 0x30) and kinds


KEY_REFERENCE = re.compile(r"k8s://[A-Za-z0-9.-]{1,253}/[A-Za-z0-9.-]{1,253}\Z")


def key_service(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep which key of a key service is meant."""
    plain = isinstance(value, str) and KEY_SERVICE.match(value) and not looks_random(value)
    return leaf(redactor, value, pointer) if plain else unknown(redactor, value, pointer)


KEY_SERVICE = re.compile(r"(?:awskms|gcpkms|azurekms|hashivault|k8s)://[A-Za-z0-9_./:-]{1,300}\Z")


def identity(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep who has to have signed; a workflow's name holds an ``@`` that hides no password."""
    plain = isinstance(value, str) and WORKFLOW.match(value)
    return value if plain else leaf(redactor, value, pointer)


WORKFLOW = re.compile(
    r"https://[A-Za-z0-9.-]{1,253}/[A-Za-z0-9_./-]{1,300}@refs/(?:heads|tags)/[A-Za-z0-9_./-]{1,200}\Z"
)


class Pattern:
    """Keeps the fields of a policy's pattern that the shape of a pod names.

    A sign around a name, as in Kyverno's ``=(env)``, is a part of the policy's language.
    """

    def __init__(self, names: str) -> None:
        self._names = frozenset(names.split())

    def __call__(self, redactor: Redactor, value: Any, pointer: str) -> Any:
        if isinstance(value, dict):
            if not all(PATTERN_KEY.match(key) for key in value):
                return redactor.mask(value, "field-allow-list", pointer, "object")
            return {
                key: self._field(redactor, one, _plain_key(key), f"{pointer}/{escape_pointer(key)}")
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
        return operand(redactor, value, pointer)

    def _field(self, redactor: Redactor, value: Any, name: str, pointer: str) -> Any:
        if name == "env" and isinstance(value, list):
            return redactor.prune(value, ENV, pointer)
        if name in ("args", "command") and isinstance(value, list):
            return arguments(redactor, value, pointer)
        if name in ("labels", "matchLabels", "nodeSelector") and isinstance(value, dict):
            return pattern_map(redactor, value, pointer)
        return (self if name in self._names else unknown)(redactor, value, pointer)


PATTERN_KEY = re.compile(r"[=X^+<]?\(?[A-Za-z0-9_./*?-]{1,317}\)?\Z")


def pattern_map(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a pattern of labels, whose names may carry signs."""
    if not isinstance(value, dict):
        return unknown(redactor, value, pointer)
    if not all(PATTERN_KEY.match(key) and not looks_random(key) for key in value):
        return redactor.mask(value, "field-allow-list", pointer, "object")
    return {
        key: (unknown if _is_named_secret(key, one) else operand)(
            redactor, one, f"{pointer}/{escape_pointer(key)}"
        )
        for key, one in value.items()
    }


def _plain_key(key: str) -> str:
    """Return a field's name without the sign that Kyverno puts around it, as in ``=(env)``."""
    found = re.match(r"[=X^+<]?\((.*)\)\Z", key)
    return found.group(1) if found else key


def expression(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a program that rules or a person must read, less literals that may be secrets."""
    if isinstance(value, str):
        return redactor.expression(value, pointer)
    if isinstance(value, list):
        return [expression(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    return unknown(redactor, value, pointer)


def variables(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep the variables of a CEL policy, but for literals under the name of a secret."""
    if isinstance(value, list):
        return [variables(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    named = isinstance(value, dict) and SECRET_NAME.search(str(value.get("name")))
    is_literal = named and LITERAL.search(str(value.get("expression")))
    tree = dict(EXPRESSION, expression=unknown) if is_literal else EXPRESSION
    return redactor.prune(value, tree, pointer)


# Flags of control-plane components whose values are settings. The values of all others are masked,
# because a flag that is not known may carry anything.
KEPT_FLAGS = frozenset(
    (
        "address admission-control advertise-address api-audiences authorization-mode "
        "bind-address cgroup-driver cipher-suites cloud-provider cluster-cidr cluster-dns "
        "controllers disable-admission-plugins enable-admission-plugins feature-gates "
        "healthz-bind-address hostname-override insecure-bind-address "
        "kubelet-preferred-address-types logging-format metrics-bind-address name proxy-mode "
        "requestheader-allowed-names requestheader-extra-headers-prefix "
        "requestheader-group-headers requestheader-username-headers runtime-config "
        "service-cluster-ip-range service-node-port-range storage-backend "
        "tls-cipher-suites tls-max-version tls-min-version audit-log-format audit-log-mode"
    ).split()
)
PATH_FLAG = re.compile(
    r"(?:file|dir|path|manifest|kubeconfig|\A(?:[\w-]+-)?config|"
    r"\Akubelet-client-(?:certificate|key)|\Akubelet-certificate-authority)\Z"
)
PATH_VALUE = re.compile(r"(?:[A-Za-z]:[\\/]|\.{0,2}/)[\w.\\/@+,-]{0,300}\Z")
ADDRESS_FLAG = re.compile(r"(?:\A|-)(?:urls?|servers|issuer|endpoints)\Z")
HARMLESS_VALUE = re.compile(r"(?:-?\d{1,12}(?:\.\d{1,6})?|(?:\d{1,9}(?:ns|us|ms|[smhd]))+)\Z")
SETTING_VALUE = re.compile(r"[\w.,:=*/$()\[\]+-]{0,2000}\Z")
FLAG = re.compile(r"(?s)(--?)([A-Za-z][\w.-]{0,80})?(?:(=)(.*)|(.*))\Z")
PROGRAM_WORD = re.compile(r"[A-Za-z0-9_./-]{1,100}\Z")


def arguments(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep a command line: its program, the names of its flags, and values known as settings."""
    if not isinstance(value, list):
        return redactor.mask(value, "unexpected-type", pointer, "object")
    kept: List[Any] = []
    flag = ""  # the flag that waits for its value
    for at, one in enumerate(value):
        where = f"{pointer}/{at}"
        if not isinstance(one, str):
            kept.append(redactor.mask(one, "unexpected-type", where, "object"))
            flag = "?"
        elif one.startswith("-") and one.strip("-"):
            text, flag = _flag(redactor, one, where)
            kept.append(text)
        elif flag:
            kept.append(_flag_value(redactor, flag, one, where))
        elif at < 2 and PROGRAM_WORD.match(one) and not looks_random(one):
            kept.append(redactor.text(one, where))
        else:
            # A script can set anything anywhere, and so can a word; rules read flags.
            kept.append(redactor.mask(one, "script" if "\n" in one else "argument", where))
            flag = "?"
    return kept


def _flag(redactor: Redactor, word: str, pointer: str) -> Tuple[str, str]:
    """Return what is kept of a word that begins with a dash, and the flag's name."""
    dashes, name, equals, value, rest = FLAG.match(word).groups()  # type: ignore[union-attr]
    name = name or ""
    known = name in KEPT_FLAGS or PATH_FLAG.search(name) or ADDRESS_FLAG.search(name)
    if not equals and dashes == "-" and not known:
        rest = name[1:] + rest  # "-pVALUE"
        name = name[:1]
    if looks_random(name):
        return dashes + redactor.mask(word, "argument", pointer), "?"
    if equals:
        return f"{dashes}{name}={_flag_value(redactor, dashes + name, value, pointer)}", "?"
    if rest:
        return dashes + name + redactor.mask(rest, "argument", pointer), "?"
    return dashes + name, dashes + name


def _flag_value(redactor: Redactor, flag: str, value: str, pointer: str) -> str:
    """Keep a flag's value when it is known as a setting, and mask it otherwise."""
    name = flag.lstrip("-")
    if ADDRESS_FLAG.search(name):
        return ",".join(address(redactor, one, pointer) for one in value.split(","))
    is_setting = name in KEPT_FLAGS and SETTING_VALUE.match(value)
    is_path = PATH_FLAG.search(name) and PATH_VALUE.match(value)
    # "-p 1234" may be a password; a long flag says by its name when it takes one.
    is_harmless = (
        (flag.startswith("--") or len(name) > 2 or name == "v")
        and not SECRET_NAME.search(name)
        and HARMLESS_VALUE.match(value)
    )
    is_plain = value.lower() in ("", "true", "false")
    if is_plain or ((is_setting or is_path or is_harmless) and not looks_random(value)):
        return redactor.text(value, pointer)
    rule = "secret-argument" if SECRET_NAME.search(name) else "argument"
    return redactor.mask(value, rule, pointer)


HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?\Z")


def address(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep scheme, host and port of a URL; user information, path and query may be secrets."""
    if not isinstance(value, str):
        return leaf(redactor, value, pointer)
    found = re.match(r"(?s)((?:[\w-]+=)?[A-Za-z][A-Za-z0-9+.-]*://)?([^/?#]*)(.*)", value)
    scheme, place, path = found.groups()  # type: ignore[union-attr]
    if value.count("@") == 1 and not HOST.match(place):
        # "http://user:pass/word@host": no host before the slash, so it stands behind the "@".
        user, _, rest = (place + path).partition("@")
        _, place, path = re.match(r"(?s)()([^/?#]*)(.*)", rest).groups()  # type: ignore[union-attr]
        place = f"{user}@{place}"
    user, at, host = place.rpartition("@")
    if "@" in path or not HOST.match(host) or looks_random(host):
        # Where user information ends here, readers disagree.
        rest = place + path
        return (scheme or "") + (redactor.mask(rest, "url", pointer) if rest else "")
    if at:
        user = redactor.mask(user, "url-userinfo", pointer)
    if path not in ("", "/"):
        path = "/" + redactor.mask(path, "url-path", pointer)
    return (scheme or "") + user + at + host + path


def service_path(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep only that a webhook has a path of its own."""
    return value if value in (None, "", "/") else redactor.mask(value, "url-path", pointer)


KEPT_ANNOTATIONS = frozenset(
    (
        "kubernetes.io/config.mirror",
        "kubernetes.io/config.source",
        "kubernetes.io/enforce-mountable-secrets",
        "rbac.authorization.kubernetes.io/autoupdate",
        "scheduler.alpha.kubernetes.io/critical-pod",
        "storageclass.kubernetes.io/is-default-class",
    )
)
KEPT_ANNOTATION_PREFIXES = (
    "container.apparmor.security.beta.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/",
    "pod-security.kubernetes.io/",
    "apparmor.security.beta.kubernetes.io/",
)


def annotations(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep the annotations that rules read."""
    if not isinstance(value, dict):
        return leaf(redactor, value, pointer)
    return {
        key: leaf(redactor, one, f"{pointer}/{escape_pointer(key)}")
        for key, one in value.items()
        if key in KEPT_ANNOTATIONS or key.startswith(KEPT_ANNOTATION_PREFIXES)
    }


# ---------------------------------------------------------------- what is kept of each kind


OTHER = "\0other"  # the branch of every field that a tree does not name


def fields(*names: str, **branches: Tree) -> Dict[str, Tree]:
    """Build a tree: ``names`` are scalars that are kept, ``branches`` have trees of their own."""
    tree: Dict[str, Tree] = dict.fromkeys(names, leaf)
    tree.update(branches)
    return tree


def closed(*names: str, **branches: Tree) -> Dict[str, Tree]:
    """Build a tree that keeps of every other field that it is set.

    Of a policy nothing may look unset: a field that no rule knows may be what narrows it.
    """
    return dict(fields(*names, **branches), **{OTHER: unknown})


METADATA = fields(
    *("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"),
    labels=plain_map,
    annotations=annotations,
    ownerReferences=fields("apiVersion", "kind", "name", "uid", "controller"),
)
TYPE = fields("apiVersion", "kind")

ENV = fields(
    "name",
    value=env_value,
    valueFrom=fields(
        configMapKeyRef=fields("name", "key", "optional"),
        secretKeyRef=fields("name", "key", "optional"),
        fieldRef=fields("fieldPath"),
        resourceFieldRef=fields("resource", "containerName"),
        **{OTHER: marker},
    ),
)
_SECURITY = dict(
    seLinuxOptions=closed("user", "role", "type", "level"),
    seccompProfile=closed("type", "localhostProfile"),
    appArmorProfile=closed("type", "localhostProfile"),
    windowsOptions=closed("gmsaCredentialSpecName", "runAsUserName", "hostProcess"),
)
SECURITY_CONTEXT = closed(
    *("privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "procMount"),
    *("runAsNonRoot", "runAsUser", "runAsGroup"),
    capabilities=closed("add", "drop"),
    **_SECURITY,
)
POD_SECURITY_CONTEXT = closed(
    *("runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy"),
    *("supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"),
    sysctls=closed("name", value=setting),
    **_SECURITY,
)
CONTAINER = fields(
    *("name", "image", "restartPolicy"),
    securityContext=SECURITY_CONTEXT,
    ports=fields("name", "containerPort", "hostPort", "hostIP", "protocol"),
    env=ENV,
    envFrom=fields(
        "prefix", configMapRef=fields("name", "optional"), secretRef=fields("name", "optional")
    ),
    volumeMounts=fields("name", "mountPath", "readOnly", "subPath", "mountPropagation"),
)
VOLUME = fields(
    "name",
    hostPath=fields("path", "type"),
    secret=fields("secretName", "optional"),
    configMap=fields("name", "optional"),
    persistentVolumeClaim=fields("claimName", "readOnly"),
    csi=fields("driver", "readOnly"),
    projected=fields(
        sources=fields(
            secret=fields("name", "optional"),
            configMap=fields("name", "optional"),
            serviceAccountToken=fields("audience", "expirationSeconds", "path"),
            **{OTHER: marker},
        )
    ),
    **{OTHER: marker},
)


def pod_spec(container: Tree) -> Dict[str, Tree]:
    """Build the tree of a pod's spec around the tree of its containers."""
    return fields(
        *("nodeName", "serviceAccountName", "serviceAccount", "automountServiceAccountToken"),
        *("hostPID", "hostIPC", "hostNetwork", "hostUsers", "runtimeClassName"),
        os=fields("name"),
        securityContext=POD_SECURITY_CONTEXT,
        volumes=VOLUME,
        containers=container,
        initContainers=container,
        ephemeralContainers=container,
    )


def pod(container: Tree) -> Dict[str, Tree]:
    """Build the tree of a Pod around the tree of its containers."""
    return dict(TYPE, metadata=METADATA, spec=pod_spec(container), status=fields("phase"))


TEMPLATE = fields(
    metadata=fields("name", labels=plain_map, annotations=annotations), spec=pod_spec(CONTAINER)
)
COMPONENT_CONTAINER = dict(CONTAINER, command=arguments, args=arguments)
COMPONENT_POD = pod(COMPONENT_CONTAINER)


def kind(**branches: Tree) -> Dict[str, Tree]:
    """Build the tree of a kind: type, metadata and ``branches``."""
    return dict(TYPE, metadata=METADATA, **branches)


METADATA_ONLY = kind()
NAME_ONLY = dict(TYPE, metadata=fields("name", "namespace"))
WORKLOAD = kind(
    spec=fields("replicas", template=TEMPLATE),
    status=fields("desiredNumberScheduled", "numberReady"),
)
SELECTOR = closed(
    matchLabels=plain_map, matchExpressions=closed("key", operator=setting, values=settings)
)
ROLE = kind(
    rules=closed("apiGroups", "resources", "resourceNames", "verbs", "nonResourceURLs"),
    aggregationRule=closed(clusterRoleSelectors=SELECTOR),
)
BINDING = kind(
    roleRef=closed("apiGroup", "kind", "name"),
    subjects=closed("apiGroup", "kind", "name", "namespace"),
)

# ---- admission: webhooks, and policies in CEL

REQUESTS = closed(
    "apiGroups", "apiVersions", "operations", "resources", "resourceNames", scope=setting
)
EXPRESSION = closed("name", expression=expression)
WEBHOOK = closed(
    *("name", "failurePolicy", "matchPolicy", "sideEffects"),
    *("timeoutSeconds", "reinvocationPolicy", "admissionReviewVersions"),
    rules=REQUESTS,
    namespaceSelector=SELECTOR,
    objectSelector=SELECTOR,
    matchConditions=EXPRESSION,
    clientConfig=fields(
        service=fields("namespace", "name", "port", path=service_path), url=address
    ),
)
WEBHOOKS = kind(webhooks=WEBHOOK)
MATCH_RESOURCES = closed(
    "matchPolicy",
    namespaceSelector=SELECTOR,
    objectSelector=SELECTOR,
    resourceRules=REQUESTS,
    excludeResourceRules=REQUESTS,
)
VALIDATION = closed("reason", expression=expression, message=prose, messageExpression=expression)
AUDIT_ANNOTATION = closed("key", valueExpression=expression)
PARAM_KIND = closed("apiVersion", "kind")
CEL = dict(
    failurePolicy=setting,
    paramKind=PARAM_KIND,
    matchConstraints=MATCH_RESOURCES,
    matchConditions=EXPRESSION,
    validations=VALIDATION,
    variables=variables,
    auditAnnotations=AUDIT_ANNOTATION,
)
CEL_POLICY = kind(spec=closed(**CEL))
CEL_BINDING = kind(
    spec=closed(
        *("policyName", "validationActions"),
        paramRef=closed("name", "namespace", "parameterNotFoundAction", selector=SELECTOR),
        matchResources=MATCH_RESOURCES,
    )
)
# What a policy writes into objects may be a secret, and decides nothing here.
MUTATING = kind(spec=dict(closed("reinvocationPolicy", **CEL), mutations=masked, variables=masked))

# ---- Kyverno

_RESOURCES = closed(
    *("kinds", "name", "names", "namespaces", "operations"),
    annotations=pattern_map,
    selector=SELECTOR,
    namespaceSelector=SELECTOR,
)
_FILTER = dict(
    resources=_RESOURCES,
    subjects=closed("apiGroup", "kind", "name", "namespace"),
    roles=leaf,
    clusterRoles=leaf,
)
KYVERNO_MATCH = closed(any=closed(**_FILTER), all=closed(**_FILTER), **_FILTER)


def conditions(redactor: Redactor, value: Any, pointer: str) -> Any:
    """Keep Kyverno's conditions: a list of them, or lists below ``any`` and ``all``."""
    if isinstance(value, list):
        return [conditions(redactor, one, f"{pointer}/{at}") for at, one in enumerate(value)]
    if isinstance(value, dict) and ("any" in value or "all" in value):
        return redactor.prune(value, closed(any=conditions, all=conditions), pointer)
    return condition(redactor, value, pointer)


POD_PATTERN = Pattern(
    "metadata labels name namespace generateName spec template jobTemplate replicas selector "
    "matchLabels nodeSelector containers initContainers ephemeralContainers securityContext "
    "privileged allowPrivilegeEscalation readOnlyRootFilesystem procMount runAsNonRoot runAsUser "
    "runAsGroup capabilities add drop seLinuxOptions user role type level seccompProfile "
    "localhostProfile appArmorProfile windowsOptions hostProcess fsGroup supplementalGroups sysctls "
    "image imagePullPolicy ports containerPort hostPort hostIP protocol resources requests limits "
    "cpu memory ephemeral-storage storage env envFrom args command volumeMounts mountPath readOnly "
    "mountPropagation volumes hostPath path configMap secret secretName emptyDir sizeLimit medium "
    "persistentVolumeClaim claimName projected sources serviceAccountToken audience "
    "expirationSeconds csi driver hostNetwork hostPID hostIPC hostUsers nodeName restartPolicy "
    "serviceAccount serviceAccountName automountServiceAccountToken imagePullSecrets "
    "priorityClassName schedulerName runtimeClassName dnsPolicy livenessProbe readinessProbe "
    "startupProbe periodSeconds failureThreshold httpGet tcpSocket port scheme kind apiVersion"
)
_CHECKS = dict(
    pattern=POD_PATTERN,
    anyPattern=POD_PATTERN,
    deny=closed(conditions=conditions),
)
KYVERNO_VALIDATE = closed(
    *("failureAction", "allowExistingViolations"),
    message=prose,
    failureActionOverrides=closed("action", "namespaces", namespaceSelector=SELECTOR),
    podSecurity=closed(
        *("level", "version"), exclude=closed("controlName", "images", "restrictedField", "values")
    ),
    cel=closed(
        "generate",
        expressions=VALIDATION,
        variables=variables,
        auditAnnotations=AUDIT_ANNOTATION,
        paramKind=PARAM_KIND,
    ),
    foreach=closed("elementScope", list=expression, preconditions=conditions, **_CHECKS),
    **_CHECKS,
)
_TRUST = closed("ignoreTlog", "ignoreSCT", url=address, pubkey=public_key)
_SIGNER = closed(
    keys=closed(
        "signatureAlgorithm",
        publicKeys=public_key,
        kms=key_service,
        secret=closed("name", "namespace"),
        rekor=_TRUST,
        ctlog=_TRUST,
    ),
    keyless=closed(
        *("issuer", "issuerRegExp", "subjectRegExp"),
        subject=identity,
        roots=public_key,
        rekor=_TRUST,
        ctlog=_TRUST,
        additionalExtensions=plain_map,
    ),
    certificates=closed(cert=public_key, certChain=public_key, rekor=_TRUST, ctlog=_TRUST),
    annotations=plain_map,
    repository=address,
)
_ATTESTORS = closed("count", entries=_SIGNER)
KYVERNO_IMAGES = closed(
    *("type", "imageReferences", "skipImageReferences", "failureAction"),
    *("mutateDigest", "verifyDigest", "required", "useCache"),
    attestors=_ATTESTORS,
    attestations=closed("type", "predicateType", "name", attestors=_ATTESTORS,
                        conditions=conditions),
    repository=address,
)  # fmt: skip
KYVERNO_RULE = closed(
    *("name", "skipBackgroundRequests", "reportProperties"),
    match=KYVERNO_MATCH,
    exclude=KYVERNO_MATCH,
    preconditions=conditions,
    celPreconditions=EXPRESSION,
    validate=KYVERNO_VALIDATE,
    verifyImages=KYVERNO_IMAGES,
    # What such a rule writes into objects may be a secret, and decides nothing here.
    generate=fields("apiVersion", "kind", "name", "namespace", "synchronize"),
    mutate=marker,
    context=marker,
)
KYVERNO = kind(
    spec=closed(
        *("validationFailureAction", "failurePolicy", "background", "admission", "emitWarning"),
        *(
            "applyRules",
            "schemaValidation",
            "webhookTimeoutSeconds",
            "mutateExistingOnPolicyUpdate",
        ),
        *("generateExisting", "generateExistingOnPolicyUpdate", "useServerSideApply"),
        validationFailureActionOverrides=closed("action", "namespaces", namespaceSelector=SELECTOR),
        webhookConfiguration=closed(
            *("failurePolicy", "timeoutSeconds"), matchConditions=EXPRESSION
        ),
        rules=KYVERNO_RULE,
    ),
    status=fields(conditions=fields("type", "status")),
)
KYVERNO_EXCEPTION = kind(
    spec=closed(
        "background",
        match=KYVERNO_MATCH,
        conditions=conditions,
        exceptions=closed("policyName", "ruleNames"),
        podSecurity=closed("controlName", "images", "restrictedField", "values"),
    )
)
_EVALUATION = dict(
    validationActions=leaf,
    evaluation=closed("mode", admission=closed("enabled"), background=closed("enabled")),
    autogen=closed(
        podControllers=closed("controllers"), validatingAdmissionPolicy=closed("enabled")
    ),
    webhookConfiguration=closed("timeoutSeconds"),
)
KYVERNO_CEL = kind(spec=closed(**CEL, **_EVALUATION))
KYVERNO_CEL_IMAGES = kind(
    spec=closed(
        matchImageReferences=closed("glob", expression=expression),
        images=EXPRESSION,
        validationConfigurations=closed("mutateDigest", "verifyDigest", "required"),
        **CEL,
        **_EVALUATION,
    )
)
KYVERNO_CEL_EXCEPTION = kind(
    spec=closed("images", policyRefs=closed("name", "kind"), matchConditions=EXPRESSION)
)

# ---- Gatekeeper

_RANGE = closed(min=setting, max=setting)
_RUN_AS = closed("rule", ranges=_RANGE)
# The parameters of the constraints of Gatekeeper's own library. Those of any other template may
# be anything, and are only known to be set.
PARAMETERS = closed(
    *("allowedCapabilities", "requiredDropCapabilities", "exemptImages", "hostNetwork", "volumes"),
    *(
        "allowedProfiles",
        "allowedLocalhostFiles",
        "forbiddenSysctls",
        "allowedSysctls",
        "procMount",
    ),
    *("repos", "tags", "allowedUsers", "audience", "exemptInitContainers", "message"),
    min=setting,
    max=setting,
    cpu=setting,
    memory=setting,
    ratio=setting,
    ranges=_RANGE,
    runAsUser=_RUN_AS,
    runAsGroup=_RUN_AS,
    supplementalGroups=_RUN_AS,
    fsGroup=_RUN_AS,
    rule=setting,
    allowedHostPaths=closed("pathPrefix", "readOnly"),
    allowedFlexVolumes=closed("driver"),
    allowedSELinuxOptions=closed("user", "role", "type", "level"),
    labels=closed("key", allowedRegex=setting),
)
CONSTRAINT = kind(
    spec=closed(
        enforcementAction=setting,
        match=closed(
            *("namespaces", "excludedNamespaces", "scope", "name", "source"),
            kinds=closed("apiGroups", "kinds"),
            labelSelector=SELECTOR,
            namespaceSelector=SELECTOR,
        ),
        scopedEnforcementActions=closed("action", enforcementPoints=closed("name")),
        parameters=PARAMETERS,
    )
)
_REGO = dict(rego=expression, libs=expression)
CODE = closed(
    *("version", "failurePolicy", "generateVAP"),
    validations=VALIDATION,
    variables=variables,
    matchCondition=EXPRESSION,
    **_REGO,
)
CONSTRAINT_TEMPLATE = kind(
    spec=closed(
        crd=closed(spec=fields(names=fields("kind"))),
        targets=closed("target", code=closed("engine", source=CODE), **_REGO),
    )
)

# ---- network policies

_PORT = closed("port", "endPort", "protocol")
_PEER = closed(podSelector=SELECTOR, namespaceSelector=SELECTOR, ipBlock=closed("cidr", "except"))
NETWORK_POLICY = kind(
    spec=closed(
        "policyTypes",
        podSelector=SELECTOR,
        ingress=closed(ports=_PORT, **{"from": _PEER}),
        egress=closed(ports=_PORT, to=_PEER),
    )
)
_SUBJECT = dict(namespaces=SELECTOR, pods=closed(namespaceSelector=SELECTOR, podSelector=SELECTOR))
_ADMIN_PEER = closed("networks", "domainNames", nodes=SELECTOR, **_SUBJECT)
_ADMIN_RULE = closed(
    *("name", "action"),
    to=_ADMIN_PEER,
    ports=closed(
        "namedPort",
        portNumber=closed("port", "protocol"),
        portRange=closed("start", "end", "protocol"),
    ),
    **{"from": _ADMIN_PEER},
)
ADMIN_NETWORK_POLICY = kind(
    spec=closed(
        "priority",
        "tier",
        subject=closed(**_SUBJECT),
        ingress=_ADMIN_RULE,
        egress=_ADMIN_RULE,
    )
)
_CIDR_SET = closed("cidr", "except", "cidrGroupRef", cidrGroupSelector=SELECTOR)
_CILIUM_RULE = closed(
    *("fromEntities", "toEntities", "fromCIDR", "toCIDR"),
    fromEndpoints=SELECTOR,
    toEndpoints=SELECTOR,
    fromRequires=SELECTOR,
    toRequires=SELECTOR,
    fromNodes=SELECTOR,
    toNodes=SELECTOR,
    fromCIDRSet=_CIDR_SET,
    toCIDRSet=_CIDR_SET,
    toFQDNs=closed("matchName", "matchPattern"),
    toServices=closed(
        k8sService=closed("serviceName", "namespace"),
        k8sServiceSelector=closed("namespace", selector=SELECTOR),
    ),
    # What is asked of HTTP requests may name headers with secrets in them.
    toPorts=closed(ports=_PORT),
    icmps=closed(fields=closed("family", "type")),
    authentication=closed("mode"),
)
_CILIUM = closed(
    endpointSelector=SELECTOR,
    nodeSelector=SELECTOR,
    ingress=_CILIUM_RULE,
    egress=_CILIUM_RULE,
    ingressDeny=_CILIUM_RULE,
    egressDeny=_CILIUM_RULE,
    enableDefaultDeny=closed("ingress", "egress"),
)
CILIUM = kind(spec=_CILIUM, specs=_CILIUM)
_CALICO_END = closed(
    *("nets", "notNets", "ports", "notPorts", "domains"),
    *("selector", "notSelector", "namespaceSelector"),
    serviceAccounts=closed("names", "selector"),
    services=closed("name", "namespace"),
)
_CALICO_RULE = closed(
    *("action", "protocol", "notProtocol", "ipVersion"),
    icmp=closed("type", "code"),
    notICMP=closed("type", "code"),
    source=_CALICO_END,
    destination=_CALICO_END,
)
CALICO = kind(
    spec=closed(
        *("selector", "types", "order", "tier", "namespaceSelector", "serviceAccountSelector"),
        *("preDNAT", "doNotTrack", "applyOnForward", "performanceHints"),
        ingress=_CALICO_RULE,
        egress=_CALICO_RULE,
    )
)

# ---- Sigstore, OpenShift, and what Kubernetes had before

_IDENTITY = closed("issuer", "issuerRegExp", "subjectRegExp", subject=identity)
_SIGSTORE_KEY = closed(
    "hashAlgorithm", data=public_key, kms=key_service, secretRef=closed("name", "namespace")
)
_TRUST_ROOT = {"ca-cert": _SIGSTORE_KEY, "trustRootRef": leaf}
SIGSTORE = kind(
    spec=closed(
        "mode",
        images=closed("glob"),
        match=closed("group", "version", "resource", selector=SELECTOR),
        authorities=closed(
            "name",
            key=_SIGSTORE_KEY,
            keyless=closed(url=address, identities=_IDENTITY, **_TRUST_ROOT),
            ctlog=closed(url=address, trustRootRef=leaf),
            static=closed("action", message=prose),
            source=closed(oci=address, signaturePullSecrets=closed("name")),
            attestations=closed("name", "predicateType"),
        ),
    )
)
POD_SECURITY_POLICY = kind(
    spec=closed(
        *("privileged", "hostPID", "hostIPC", "hostNetwork", "allowPrivilegeEscalation"),
        *("defaultAllowPrivilegeEscalation", "readOnlyRootFilesystem", "allowedProcMountTypes"),
        *("allowedCapabilities", "defaultAddCapabilities", "requiredDropCapabilities", "volumes"),
        *("allowedUnsafeSysctls", "forbiddenSysctls"),
        hostPorts=_RANGE,
        runAsUser=_RUN_AS,
        runAsGroup=_RUN_AS,
        supplementalGroups=_RUN_AS,
        fsGroup=_RUN_AS,
        seLinux=closed("rule", seLinuxOptions=closed("user", "role", "type", "level")),
        allowedHostPaths=closed("pathPrefix", "readOnly"),
        allowedFlexVolumes=closed("driver"),
        allowedCSIDrivers=closed("name"),
        runtimeClass=closed("allowedRuntimeClassNames", "defaultRuntimeClassName"),
    )
)
# A SecurityContextConstraints object has no spec: its fields stand at the top.
_STRATEGY = closed(
    "type", uid=setting, uidRangeMin=setting, uidRangeMax=setting, ranges=_RANGE,
    seLinuxOptions=closed("user", "role", "type", "level"),
)  # fmt: skip
SECURITY_CONTEXT_CONSTRAINTS = dict(
    TYPE,
    metadata=METADATA,
    **closed(
        *("allowHostDirVolumePlugin", "allowHostIPC", "allowHostNetwork", "allowHostPID"),
        *("allowHostPorts", "allowPrivilegeEscalation", "allowPrivilegedContainer"),
        *("allowedCapabilities", "defaultAddCapabilities", "requiredDropCapabilities", "volumes"),
        *("allowedUnsafeSysctls", "forbiddenSysctls", "seccompProfiles", "users", "groups"),
        *("defaultAllowPrivilegeEscalation", "readOnlyRootFilesystem", "priority"),
        *("userNamespaceLevel",),
        allowedFlexVolumes=closed("driver"),
        runAsUser=_STRATEGY,
        fsGroup=_STRATEGY,
        seLinuxContext=_STRATEGY,
        supplementalGroups=_STRATEGY,
    ),
)
# Settings of the whole cluster: only words under names that are known to take a word.
OPENSHIFT = kind(
    spec=Pattern(
        "managementState logLevel operatorLogLevel type profile audit customRules encryption "
        "tlsSecurityProfile old intermediate modern custom ciphers minTLSVersion networkType "
        "clusterNetwork serviceNetwork cidr hostPrefix externalIP policy allowedCIDRs rejectedCIDRs "
        "registrySources allowedRegistries blockedRegistries insecureRegistries "
        "allowedRegistriesForImport domainName insecure tokenConfig accessTokenMaxAgeSeconds "
        "accessTokenInactivityTimeout identityProviders mappingMethod name featureSet "
        "mastersSchedulable clientCA servingCerts namedCertificates group scopes"
    )
)
# Stores and their templates may carry literal values: only which provider is meant.
SECRET_STORE = kind(spec=fields(provider=fields(**{OTHER: marker})))

# By id below "api/": what is kept of each object. What is not named here keeps its metadata.
TREES: Dict[str, Tree] = {
    "nodes": kind(
        spec=fields(
            "providerID",
            "unschedulable",
            "podCIDR",
            taints=closed("key", "effect", "timeAdded", value=setting),
        ),
        status=fields(
            nodeInfo=fields(
                *("architecture", "operatingSystem", "osImage", "kernelVersion", "kubeletVersion"),
                *(
                    "kubeProxyVersion",
                    "containerRuntimeVersion",
                    "machineID",
                    "systemUUID",
                    "bootID",
                ),
            ),
            addresses=fields("type", "address"),
            conditions=fields("type", "status"),
            daemonEndpoints=fields(kubeletEndpoint=fields("Port")),
        ),
    ),
    "namespaces": kind(status=fields("phase")),
    "pods": pod(CONTAINER),
    "serviceaccounts": kind(
        automountServiceAccountToken=leaf, secrets=fields("name"), imagePullSecrets=fields("name")
    ),
    "services": kind(
        spec=fields(
            *("type", "clusterIP", "clusterIPs", "externalIPs", "externalName"),
            *("loadBalancerIP", "loadBalancerSourceRanges"),
            selector=plain_map,
            ports=fields("name", "protocol", "port", "targetPort", "nodePort", "appProtocol"),
        )
    ),
    "configmaps": NAME_ONLY,
    "persistentvolumes": kind(
        spec=fields(
            *("storageClassName", "accessModes"),
            hostPath=fields("path", "type"),
            local=fields("path"),
            csi=fields("driver"),
            claimRef=fields("namespace", "name"),
        )
    ),
    "persistentvolumeclaims": kind(spec=fields("storageClassName", "volumeName", "accessModes")),
    "replicationcontrollers": WORKLOAD,
    "podtemplates": kind(template=TEMPLATE),
    "limitranges": kind(
        spec=closed(
            limits=closed(
                "type",
                default=plain_map,
                defaultRequest=plain_map,
                max=plain_map,
                min=plain_map,
                maxLimitRequestRatio=plain_map,
            )
        )
    ),
    "resourcequotas": kind(
        spec=closed(
            "scopes",
            hard=plain_map,
            scopeSelector=closed(matchExpressions=closed("scopeName", "operator", "values")),
        )
    ),
    "deployments.apps": WORKLOAD,
    "daemonsets.apps": WORKLOAD,
    "statefulsets.apps": WORKLOAD,
    "replicasets.apps": WORKLOAD,
    "jobs.batch": WORKLOAD,
    "cronjobs.batch": kind(
        spec=fields("suspend", jobTemplate=fields(spec=fields(template=TEMPLATE)))
    ),
    "roles.rbac.authorization.k8s.io": ROLE,
    "clusterroles.rbac.authorization.k8s.io": ROLE,
    "rolebindings.rbac.authorization.k8s.io": BINDING,
    "clusterrolebindings.rbac.authorization.k8s.io": BINDING,
    "networkpolicies.networking.k8s.io": NETWORK_POLICY,
    "podsecuritypolicies.policy": POD_SECURITY_POLICY,
    "validatingwebhookconfigurations.admissionregistration.k8s.io": WEBHOOKS,
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": WEBHOOKS,
    "validatingadmissionpolicies.admissionregistration.k8s.io": CEL_POLICY,
    "validatingadmissionpolicybindings.admissionregistration.k8s.io": CEL_BINDING,
    "mutatingadmissionpolicies.admissionregistration.k8s.io": MUTATING,
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io": CEL_BINDING,
    "certificatesigningrequests.certificates.k8s.io": kind(
        spec=fields("signerName", "username", "groups", "usages", "expirationSeconds"),
        status=fields(conditions=fields("type", "status", "reason")),
    ),
    "customresourcedefinitions.apiextensions.k8s.io": kind(
        spec=fields(
            *("group", "scope"),
            names=fields("kind", "plural"),
            versions=fields("name", "served", "storage"),
        )
    ),
    "runtimeclasses.node.k8s.io": kind(handler=leaf),
    "policies.kyverno.io": KYVERNO,
    "clusterpolicies.kyverno.io": KYVERNO,
    "policyexceptions.kyverno.io": KYVERNO_EXCEPTION,
    "validatingpolicies.policies.kyverno.io": KYVERNO_CEL,
    "namespacedvalidatingpolicies.policies.kyverno.io": KYVERNO_CEL,
    "imagevalidatingpolicies.policies.kyverno.io": KYVERNO_CEL_IMAGES,
    "namespacedimagevalidatingpolicies.policies.kyverno.io": KYVERNO_CEL_IMAGES,
    "policyexceptions.policies.kyverno.io": KYVERNO_CEL_EXCEPTION,
    "constrainttemplates.templates.gatekeeper.sh": CONSTRAINT_TEMPLATE,
    "ciliumnetworkpolicies.cilium.io": CILIUM,
    "ciliumclusterwidenetworkpolicies.cilium.io": CILIUM,
    "networkpolicies.crd.projectcalico.org": CALICO,
    "globalnetworkpolicies.crd.projectcalico.org": CALICO,
    "networkpolicies.projectcalico.org": CALICO,
    "globalnetworkpolicies.projectcalico.org": CALICO,
    "clusterimagepolicies.policy.sigstore.dev": SIGSTORE,
    "secretproviderclasses.secrets-store.csi.x-k8s.io": kind(spec=fields("provider")),
    "secretstores.external-secrets.io": SECRET_STORE,
    "clustersecretstores.external-secrets.io": SECRET_STORE,
    "clusterlogforwarders.logging.openshift.io": METADATA_ONLY,
    "managedcertificates.networking.gke.io": METADATA_ONLY,
    "securitycontextconstraints.security.openshift.io": SECURITY_CONTEXT_CONSTRAINTS,
}
# Groups in which every kind is a policy or a setting, whatever its name.
GROUP_TREES: Dict[str, Tree] = {
    "constraints.gatekeeper.sh": CONSTRAINT,
    "policy.networking.k8s.io": ADMIN_NETWORK_POLICY,
    "config.openshift.io": OPENSHIFT,
    "operator.openshift.io": OPENSHIFT,
    "policies.kyverno.io": METADATA_ONLY,
    "external-secrets.io": METADATA_ONLY,
}
VERSION_TREE = fields(
    *("major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate"),
    *("goVersion", "compiler", "platform", "emulationMajor", "emulationMinor"),
    *("minCompatibilityMajor", "minCompatibilityMinor"),
)
# The fields of a kubelet's configuration whose values are settings, and those that hold more.
KUBELET = closed(
    *("kind", "apiVersion"),
    authentication=closed(
        x509=closed("clientCAFile"),
        webhook=closed("enabled", "cacheTTL"),
        anonymous=closed("enabled"),
    ),
    authorization=closed("mode", webhook=closed("cacheAuthorizedTTL", "cacheUnauthorizedTTL")),
    staticPodURL=address,
    staticPodURLHeader=masked,
    logging=closed(
        *("format", "flushFrequency", "verbosity"),
        vmodule=closed("filePattern", "verbosity"),
        options=closed(**dict.fromkeys(("text", "json"), closed("splitStream", "infoBufferSize"))),
    ),
    tracing=closed("samplingRatePerMillion", endpoint=address),
    registerWithTaints=closed("key", "effect", value=setting),
    memorySwap=closed("swapBehavior"),
    crashLoopBackOff=closed("maxContainerRestartPeriod"),
    userNamespaces=closed("idsPerPod"),
    reservedMemory=closed("numaNode", limits=plain_map),
    shutdownGracePeriodByPodPriority=closed("priority", "shutdownGracePeriodSeconds"),
    **dict.fromkeys(
        (
            "featureGates evictionHard evictionSoft evictionSoftGracePeriod "
            "evictionMinimumReclaim systemReserved kubeReserved qosReserved "
            "cpuManagerPolicyOptions topologyManagerPolicyOptions"
        ).split(),
        plain_map,
    ),
    **dict.fromkeys(
        (
            "enableServer staticPodPath podLogsDir syncFrequency fileCheckFrequency "
            "httpCheckFrequency address port readOnlyPort tlsCertFile tlsPrivateKeyFile "
            "tlsCipherSuites tlsCurvePreferences tlsMinVersion rotateCertificates "
            "serverTLSBootstrap registryPullQPS registryBurst eventRecordQPS eventBurst "
            "imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist "
            "enableDebuggingHandlers enableContentionProfiling healthzPort healthzBindAddress "
            "oomScoreAdj clusterDomain clusterDNS streamingConnectionIdleTimeout "
            "nodeStatusUpdateFrequency nodeStatusReportFrequency nodeLeaseDurationSeconds "
            "imageMinimumGCAge imageMaximumGCAge imageGCHighThresholdPercent "
            "imageGCLowThresholdPercent volumeStatsAggPeriod kubeletCgroups systemCgroups "
            "cgroupRoot cgroupsPerQOS cgroupDriver cpuManagerPolicy cpuManagerReconcilePeriod "
            "singleProcessOOMKill memoryManagerPolicy topologyManagerPolicy topologyManagerScope "
            "runtimeRequestTimeout hairpinMode maxPods podCIDR podPidsLimit resolvConf runOnce "
            "cpuCFSQuota cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles contentType "
            "kubeAPIQPS kubeAPIBurst serializeImagePulls maxParallelImagePulls "
            "evictionPressureTransitionPeriod evictionMaxPodGracePeriod "
            "mergeDefaultEvictionSettings podsPerCore enableControllerAttachDetach "
            "protectKernelDefaults makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit "
            "failSwapOn containerLogMaxSize containerLogMaxFiles containerLogMaxWorkers "
            "containerLogMonitorInterval configMapAndSecretChangeDetectionStrategy "
            "reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup "
            "kubeReservedCgroup enforceNodeAllocatable allowedUnsafeSysctls volumePluginDir "
            "providerID kernelMemcgNotification enableSystemLogHandler enableSystemLogQuery "
            "shutdownGracePeriod shutdownGracePeriodCriticalPods enableProfilingHandler "
            "enableDebugFlagsHandler seccompDefault memoryThrottlingFactor "
            "memoryReservationPolicy registerNode localStorageCapacityIsolation "
            "containerRuntimeEndpoint imageServiceEndpoint failCgroupV1"
        ).split(),
        settings,
    ),
)
CONFIGZ_TREE = fields(kubeletconfig=KUBELET)


# ---------------------------------------------------------------- what is asked for


ACCESS_PATH = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
ACCESS_ONE_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
# A namespace that nobody has: what may be done in it may be done in every namespace.
NOWHERE = "kube-evidence-nowhere"


class Resource(NamedTuple):
    """One kind of object, as the API names it."""

    group: str
    version: str
    name: str
    kind: str
    namespaced: bool
    namespace: str  # only this namespace is read; empty: all

    @property
    def id(self) -> str:
        """The name below ``api/`` that the bundle format gives the list."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def path(self) -> str:
        """The path of the list, without a query."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{root}{scope}/{self.name}"


# Group and version that stand in the plan, then the kinds. "*": not namespaced.
_WANTED = (
    (
        "",
        "v1",
        "*Node *Namespace Pod ServiceAccount Service ReplicationController PodTemplate "
        "*PersistentVolume PersistentVolumeClaim Endpoints LimitRange ResourceQuota ConfigMap",
    ),
    ("apps", "v1", "Deployment DaemonSet StatefulSet ReplicaSet"),
    ("batch", "v1", "Job CronJob"),
    (
        "rbac.authorization.k8s.io",
        "v1",
        "Role RoleBinding *ClusterRole *ClusterRoleBinding",
    ),
    ("networking.k8s.io", "v1", "NetworkPolicy Ingress"),
    ("discovery.k8s.io", "v1", "EndpointSlice"),
    ("policy", "v1", "PodDisruptionBudget"),
    ("policy", "v1beta1", "*PodSecurityPolicy"),
    (
        "admissionregistration.k8s.io",
        "v1",
        "*ValidatingWebhookConfiguration *MutatingWebhookConfiguration "
        "*ValidatingAdmissionPolicy *ValidatingAdmissionPolicyBinding "
        "*MutatingAdmissionPolicy *MutatingAdmissionPolicyBinding",
    ),
    ("certificates.k8s.io", "v1", "*CertificateSigningRequest"),
    ("apiextensions.k8s.io", "v1", "*CustomResourceDefinition"),
    ("node.k8s.io", "v1", "*RuntimeClass"),
)


def plural(name: str) -> str:
    """Spell a kind as the API spells its list: lower case, English plural."""
    lower = name.lower()
    if lower == "endpoints":
        return lower
    if lower.endswith("y"):
        return lower[:-1] + "ies"
    return lower + ("es" if lower.endswith("s") else "s")


def wanted_resources() -> List[Resource]:
    """Return the lists that are asked for whatever discovery says, in the order of the plan."""
    found = []
    for group, version, kinds in _WANTED:
        for word in kinds.split():
            name = word.lstrip("*")
            # Of ConfigMaps, only that something lies in the default namespace is of interest.
            namespace = "default" if name == "ConfigMap" else ""
            found.append(
                Resource(group, version, plural(name), name, not word.startswith("*"), namespace)
            )
    return found


CENSUS_TREE = dict(
    TYPE,
    metadata=fields(
        *("name", "namespace", "uid"),
        ownerReferences=fields("apiVersion", "kind", "name", "uid", "controller"),
    ),
)
REVIEW_TREE = fields(
    "kind",
    spec=fields(
        "namespace",
        resourceAttributes=fields("namespace", "verb", "group", "version", "resource"),
    ),
    status=fields(
        *("incomplete", "allowed", "denied"),
        resourceRules=fields("verbs", "apiGroups", "resources", "resourceNames"),
        nonResourceRules=fields("verbs", "nonResourceURLs"),
    ),
)
# Not counted in the census: what is never read, what comes and goes, what is computed when asked.
NOT_COUNTED = ("secrets", "events", "events.events.k8s.io", "leases.coordination.k8s.io")
COMPUTED_GROUPS = (
    "metrics.k8s.io",
    "custom.metrics.k8s.io",
    "external.metrics.k8s.io",
    "packages.operators.coreos.com",
)


def is_counted(resource: Resource) -> bool:
    """Tell whether the census of namespace default asks for a kind that nothing else asks for."""
    never = resource.id in NOT_COUNTED or resource.group in COMPUTED_GROUPS
    return resource.namespaced and not never


def page_limits(resource: Resource) -> Tuple[int, ...]:
    """Return how many objects a page may hold, first try first; definitions are large."""
    is_large = resource.id == "customresourcedefinitions.apiextensions.k8s.io"
    return PAGE_LIMITS[1:] if is_large else PAGE_LIMITS


def tree_of(resource: Resource) -> Tree:
    """Return what is kept of a resource's objects."""
    if resource.namespace and resource.id != "configmaps":
        return CENSUS_TREE
    return TREES.get(resource.id, GROUP_TREES.get(resource.group, METADATA_ONLY))


def is_extension_wanted(resource: Resource) -> bool:
    """Tell whether a resource that only discovery names is one that rules read."""
    return resource.id in TREES or resource.group in GROUP_TREES


def is_component(item: Dict[str, Any]) -> bool:
    """Tell whether a pod is a static pod of kube-system or kube-proxy, whose flags are evidence."""
    metadata = item["metadata"]
    if metadata.get("namespace") != "kube-system":
        return False
    mirror = "kubernetes.io/config.mirror" in (metadata.get("annotations") or {})
    return mirror or (metadata.get("labels") or {}).get("k8s-app") == "kube-proxy"


def derived_facts(resource: Resource, item: Dict[str, Any]) -> Dict[str, Any]:
    """Return small facts computed from fields that are not kept themselves."""
    if resource.id == "certificatesigningrequests.certificates.k8s.io":
        subject = request_subject((item.get("spec") or {}).get("request"))
        return {} if subject is None else {"requestSubject": subject}
    if resource.id == "endpoints":
        subsets = item.get("subsets") or []
        return {"addresses": sum(len(one.get("addresses") or []) for one in subsets)}
    if resource.id == "endpointslices.discovery.k8s.io":
        return {"addresses": len(item.get("endpoints") or [])}
    return {}


def prune_object(resource: Resource, item: Dict[str, Any], redactor: Redactor) -> Dict[str, Any]:
    """Return what may be kept of one object of a list."""
    tree = tree_of(resource)
    # The form that was asked for, not what the object is.
    if resource.namespace and item.get("kind") == METADATA_KIND:
        item = {"metadata": item["metadata"]}
    if resource.id == "pods" and is_component(item):
        tree = COMPONENT_POD
    pruned: Dict[str, Any] = redactor.prune(item, tree, "")
    facts = derived_facts(resource, item)
    if facts:
        pruned["x-kube-evidence"] = redactor.prune(facts, whole, "/x-kube-evidence")
    return pruned


# ---------------------------------------------------------------- subject of a signing request


_COMMON_NAME, _ORGANIZATION = b"\x55\x04\x03", b"\x55\x04\x0a"
_SEQUENCE, _SET, _INTEGER, _OBJECT_ID, _BMP_STRING = 0x30, 0x31, 0x02, 0x06, 0x1E


def request_subject(request: Any) -> Optional[Dict[str, Any]]:
    """Decode common name and organizations of a PKCS #10 request (RFC 2986).

    Args:
        request: Base64 of the PEM text, as a CertificateSigningRequest holds it.

    Returns:
        ``commonName`` (text or null) and ``organizations``, or None when it cannot be decoded.
    """
    try:
        pem = base64.b64decode(request, validate=True).decode("ascii")
        body = pem.split("-----BEGIN CERTIFICATE REQUEST-----")[1].split("-----END")[0]
        der = base64.b64decode(body)
        _, outer, _ = _element(der, 0, _SEQUENCE)
        _, info, _ = _element(der, outer, _SEQUENCE)
        _, _, after_version = _element(der, info, _INTEGER)
        _, start, end = _element(der, after_version, _SEQUENCE)
        names = list(_names(der, start, end))
    except (TypeError, ValueError, IndexError):  # binascii and Unicode errors are ValueErrors
        return None
    common = [text for oid, text in names if oid == _COMMON_NAME]
    return {
        "commonName": common[0] if common else None,
        "organizations": [text for oid, text in names if oid == _ORGANIZATION],
    }


def _element(der: bytes, at: int, expected: Optional[int] = None) -> Tuple[int, int, int]:
    """Return tag, start and end of the value of the DER element at ``at``."""
    tag, start, end = _header(der, at)
    if end > len(der) or (expected is not None and tag != expected):
        raise ValueError("not the DER element that was expected")
    return tag, start, end


def _header(der: bytes, at: int) -> Tuple[int, int, int]:
    """Return the same of an element that may be cut short."""
    tag, length, start = der[at], der[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[start : start + size], "big")
        start += size
    return tag, start, start + length


def _names(der: bytes, at: int, end: int) -> Iterator[Tuple[bytes, str]]:
    while at < end:
        _, inner, at_next = _element(der, at, _SET)
        while inner < at_next:
            _, pair, inner_next = _element(der, inner, _SEQUENCE)
            _, oid_start, oid_end = _element(der, pair, _OBJECT_ID)
            tag, text_start, text_end = _element(der, oid_end)
            encoding = "utf-16-be" if tag == _BMP_STRING else "utf-8"
            yield der[oid_start:oid_end], der[text_start:text_end].decode(encoding)
            inner = inner_next
        at = at_next


# ---------------------------------------------------------------- asking the API server


class Stopped(BaseException):
    """The run ends before its plan does; the text says why, as the manifest will."""


class Patience:
    """When a run ends early: a signal, or the limit of its time.

    A signal breaks in only while the run waits for something, never while it writes.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._signalled = False
        self._waits = False

    def on_signal(self, _number: int, _frame: Any) -> None:
        """Note a signal, and end the wait if there is one."""
        self._signalled = True
        if self._waits:
            self._waits = False  # once: what follows is writing
            raise Stopped("signal")

    def wait(self, act: Callable[[], Any]) -> Any:
        """Run what only waits: a request or a pause.

        Raises:
            Stopped: A signal came, or the time of the run is over.
        """
        self._waits = True
        try:
            if self._signalled:
                raise Stopped("signal")
            if time.monotonic() > self._end:
                raise Stopped("time limit")
            return act()
        finally:
            self._waits = False


class Answer(NamedTuple):
    """What one request came to. ``document`` is the decoded JSON when the status is ok."""

    status: str
    code: Optional[int]
    document: Any
    detail: str
    again: bool  # whether asking once more may help
    connected: bool  # whether a server answered at all


_REASON_CODES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "Conflict": 409,
    "Gone": 410,
    "Expired": 410,
    "UnsupportedMediaType": 415,
    "TooManyRequests": 429,
    "InternalError": 500,
    "BadGateway": 502,
    "ServiceUnavailable": 503,
    "Timeout": 504,
    "ServerTimeout": 504,
}
_CODE_STATUS = {401: DENIED, 403: DENIED, 404: ABSENT, 405: UNSUPPORTED}
_MOVED = (301, 302, 303, 307, 308)
_CODE_WORDS = {
    **dict.fromkeys(_MOVED, "the answer points elsewhere, and what is there is not believed"),
    401: "the API server did not accept the credentials",
    403: "the API server refused the request",
    404: "the API server has no such resource",
    405: "the resource cannot be listed",
    410: "the list expired while it was read",
    429: "the API server asked for fewer requests",
}
_TIMEOUT_WORDS = (
    "Client.Timeout",
    "context deadline exceeded",
    "i/o timeout",
    "TLS handshake timeout",
    "request did not complete within",
)
_CONNECTION_WORDS = (
    "was refused",
    "Unable to connect to the server",
    "no such host",
    "no route to host",
    "no configuration has been provided",
    "exec plugin",
)
_CONFIG_WORDS = (
    "error: stat ",
    "error loading config file",
    "invalid configuration",
    "does not exist",
)


LOCKED_OUT = "the API server does not accept the credentials"
TOO_LATE = Answer(TIMEOUT, None, None, "the request took too long", False, False)
TOO_LARGE = Answer(TRUNCATED, 200, None, "the answer is larger than allowed", False, True)
UNREACHED = Answer(ERROR, None, None, "the API server could not be reached", False, False)
UNVERIFIED = Answer(ERROR, None, None, "no certificate that both sides accept", False, False)


def failure(code: int) -> Answer:
    """Turn an HTTP status code into an answer."""
    status = _CODE_STATUS.get(code, ERROR)
    words = _CODE_WORDS.get(code, "the API server failed")
    again = code in (409, 410, 429) or code >= 500
    return Answer(status, code, None, f"{words} (HTTP {code})", again, True)


def classify(message: str) -> Answer:
    """Turn what kubectl says about a failed request into an answer."""
    message = re.sub(r"(?m)^Warning: .*$", "", message)  # the server's words, not kubectl's
    found = re.search(r"(?m)^Error from server \((\w+)\)", message)
    if found and found.group(1) in _REASON_CODES:
        return failure(_REASON_CODES[found.group(1)])
    numbered = re.search(r"responded with the status code ([45]\d\d) ", message)
    if numbered:
        return failure(int(numbered.group(1)))
    if "You must be logged in to the server" in message:
        return failure(401)
    if "could not find the requested resource" in message:
        return failure(404)
    if any(words in message for words in _TIMEOUT_WORDS):
        return TOO_LATE
    if "x509:" in message or "tls: " in message:
        return UNVERIFIED
    if message.strip() == "error: EOF":  # it has nobody to ask
        return UNREACHED._replace(detail="kubectl asks for a user name and a password")
    if any(words in message for words in _CONNECTION_WORDS):
        return UNREACHED
    if any(words in message for words in _CONFIG_WORDS):
        return UNREACHED._replace(detail="kubectl cannot use its configuration")
    again = "EOF" in message or "connection reset" in message or "Error from server" in message
    return Answer(ERROR, None, None, "kubectl failed in a way that is not known", again, again)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> int:
    """Return an integer; none of the API's is longer, and long ones take long to read."""
    if len(digits) > 20:
        raise ValueError("no integer of 64 bits")
    return int(digits)


def decode(body: bytes) -> Answer:
    """Decode an answer's body; a Status object in it is the failure it names."""
    try:
        document = json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, parse_int=_number
        )
    except (ValueError, RecursionError):
        return Answer(ERROR, 200, None, "the answer is not valid JSON", True, True)
    if not isinstance(document, dict):
        return Answer(ERROR, 200, None, "the answer is not a JSON object", True, True)
    if document.get("kind") == "Status":
        code = document.get("code")
        if isinstance(code, int) and code >= 400:
            return failure(code)
        return Answer(ERROR, 200, None, "the answer is a Status object", True, True)
    return Answer(OK, 200, document, "", False, True)


class _Drain(threading.Thread):
    """Reads a pipe to its end, keeping at most ``cap`` bytes."""

    def __init__(self, stream: IO[bytes], cap: int, overflow: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._stream, self._cap, self._overflow = stream, cap, overflow
        self.kept = bytearray()
        self.over = False

    def run(self) -> None:
        while True:
            try:
                piece = os.read(self._stream.fileno(), 1 << 16)
            except (OSError, ValueError):
                return  # a signal ended the run, and the pipe was closed
            if not piece:
                return
            room = self._cap - len(self.kept)
            self.kept += piece[:room]
            if len(piece) > room and not self.over:
                self.over = True
                self._overflow()


# What kubectl itself writes at verbosity 6: one such line for each answer, with its status.
_LOG_LINE = re.compile(r"(?m)^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ .*\n?")
_STATUS_IN_LOG = re.compile(r'(?: |status=")(\d{3}) [A-Z]')


def status_codes(message: str) -> List[int]:
    """Return the HTTP status codes of the answers that kubectl got, first to last."""
    found = [_STATUS_IN_LOG.search(line) for line in _LOG_LINE.findall(message)]
    return [int(one.group(1)) for one in found if one]


def judge(code: Optional[int], out: Optional[bytes], message: str) -> Answer:
    """Turn what a run of kubectl left (see ``Kubectl.run``) into an answer.

    The status that kubectl logged counts before its words: those may quote the server's.
    """
    codes = status_codes(message)
    elsewhere = [one for one in codes if one in _MOVED]
    if code is None:
        return TOO_LATE
    if elsewhere:
        return failure(elsewhere[0])
    if out is None:
        return TOO_LARGE
    if code == 0:
        return decode(out)
    if codes and codes[-1] >= 400:
        return failure(codes[-1])
    return classify(_LOG_LINE.sub("", message).strip())


# How kubectl begins the line that says why it failed.
_COMPLAINT = re.compile(r"(?m)^(?:[Ee]rror|Unable to connect|The connection to the server).*")


def complaint(message: str) -> str:
    """Return the last line in which kubectl says why it failed, fit for a terminal."""
    lines = _COMPLAINT.findall(_LOG_LINE.sub("", message))
    text = without_secrets(lines[-1]) if lines else ""
    return "".join(one if one.isprintable() else " " for one in text)[:500]


class Kubectl:
    """Runs kubectl: no shell, a fixed locale, a time limit, both outputs apart and capped."""

    def __init__(
        self,
        program: List[str],
        timeout: float,
        log: Callable[[str], None],
        cache: Path = Path(os.devnull),
    ) -> None:
        self.program = program
        self._cache = cache
        self._timeout = timeout
        self._log = log
        self.complaint = ""  # why the last request reached no server, as kubectl says it

    def version(self) -> Optional[str]:
        """Return kubectl's own version, or None."""
        return client_version(self)

    def ca_sha256(self) -> Optional[str]:
        """Return the SHA-256 of the cluster CA's DER form, or None."""
        return cluster_ca(self)

    def get(
        self,
        path: str,
        timeout: Optional[float] = None,
        names: bool = False,  # noqa: FBT001 - a keyword in every call
    ) -> Answer:
        """Read one API path, within ``timeout`` seconds where that is less than the usual limit.

        kubectl asks for a path in one form only: with ``names`` too, objects come whole.
        """
        return self._ask(["get", "--raw", path], None, path, timeout)

    def create(self, path: str, body: bytes) -> Answer:
        """Send a review (nothing is stored by it) and read the answer."""
        return self._ask(["create", "--raw", path, "-f", "-"], body, path, None)

    def _ask(
        self, words: List[str], body: Optional[bytes], path: str, timeout: Optional[float]
    ) -> Answer:
        seconds = min(timeout or self._timeout, self._timeout)
        limits = [f"--request-timeout={seconds:g}s", "-v=6"]
        code, out, message = self.run([*limits, *words], body, seconds)
        answer = judge(code, out, message)
        if answer.status != OK:
            # kubectl quotes servers and credential plugins: of its words none goes into the bundle.
            self._log(f"{path.split('?')[0]}: {answer.status}, {answer.detail}")
            if answer.code is None:  # else the words are the server's, and its code says enough
                self.complaint = complaint(message)
        return answer

    def run(
        self, words: List[str], body: Optional[bytes] = None, seconds: Optional[float] = None
    ) -> Tuple[Optional[int], Optional[bytes], str]:
        """Run kubectl once, for ``seconds`` or the usual limit.

        Returns:
            The exit code (None when it was stopped for taking too long), what it wrote to
            standard output (None when that was too much), and to standard error.
        """
        environment = dict(os.environ, LC_ALL="C", LANG="C", LANGUAGE="C")
        # No aliases and no default flags of the user's own: what is asked is what stands here.
        environment.update(KUBERC="off", KUBECTL_KUBERC="false")
        # What it wants to remember of the server goes where it is removed at the end.
        environment["KUBECACHEDIR"] = str(self._cache)
        try:
            child = subprocess.Popen(  # noqa: S603 - an argument list, no shell
                self.program + words,
                stdin=subprocess.DEVNULL if body is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        except OSError as reason:
            raise Stopped("kubectl cannot be run") from reason
        try:
            return self._finish(child, body, (seconds or self._timeout) + WATCHDOG_GRACE)
        finally:
            _kill(child)
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream is not None:
                    stream.close()

    def _finish(
        self, child: "subprocess.Popen[bytes]", body: Optional[bytes], seconds: float
    ) -> Tuple[Optional[int], Optional[bytes], str]:
        assert child.stdout is not None and child.stderr is not None  # noqa: S101 - both are pipes
        out = _Drain(child.stdout, MAX_BODY, lambda: _kill(child))
        err = _Drain(child.stderr, MAX_STDERR, lambda: None)
        out.start()
        err.start()
        code: Optional[int] = None
        try:
            if child.stdin is not None and body is not None:
                child.stdin.write(body)
                child.stdin.close()
            code = child.wait(seconds)
        except BrokenPipeError:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            _kill(child)
        # A grandchild may hold the pipes open; what it still writes is not waited for.
        out.join(WATCHDOG_GRACE)
        err.join(WATCHDOG_GRACE)
        body_read = None if out.over or out.is_alive() else bytes(out.kept)
        return code, body_read, bytes(err.kept).decode("utf-8", "replace").strip()


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End kubectl and the credential helpers that it started."""
    if child.poll() is not None:
        return  # it has ended, and its number may belong to somebody else by now
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # it ended in this moment
    child.wait()


class _LateError(Exception):
    """The time of one request is over."""


def _within(seconds: float, act: Callable[[], Any]) -> Any:
    """Run ``act`` for at most ``seconds``, whatever it waits for.

    Raises:
        _LateError: It took longer.
    """

    def late(_number: int, _frame: Any) -> NoReturn:
        raise _LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return act()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# How objects are asked for without what they hold; a server that cannot sends them whole.
METADATA_FORM = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
METADATA_KIND = "PartialObjectMetadata"


class InCluster:
    """Asks the API server as the service account of the pod that this program runs in.

    No kubectl, no proxy, no redirect; the server's certificate is checked against the mounted
    CA, and each connection serves one request.
    """

    def __init__(
        self, timeout: float, log: Callable[[str], None], _cache: Optional[Path] = None
    ) -> None:
        self._timeout = timeout
        self._log = log
        self.complaint = ""  # there is no kubectl that could say one
        self._connected, self._pause = False, 0
        self._accept = "application/json"
        self._host = os.environ["KUBERNETES_SERVICE_HOST"]
        self._port = int(os.environ.get("KUBERNETES_SERVICE_PORT", "443"))
        self._ca = (SERVICE_ACCOUNT / "ca.crt").read_bytes()
        self._context = ssl.create_default_context(cadata=self._ca.decode("ascii"))
        # Chain, dates and name are checked. Python 3.13 adds rules of form that the CAs of
        # several Kubernetes distributions do not follow.
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT

    def version(self) -> None:
        """There is no kubectl whose version could be told."""

    def ca_sha256(self) -> Optional[str]:
        """Return the SHA-256 of the cluster CA's DER form, or None."""
        try:
            return certificate_sha256(self._ca)
        except (ValueError, IndexError):
            return None

    def get(
        self,
        path: str,
        timeout: Optional[float] = None,
        names: bool = False,  # noqa: FBT001 - a keyword in every call
    ) -> Answer:
        """Read one API path, within ``timeout`` seconds where that is less than the usual limit.

        With ``names``, the server is asked to leave out all of the objects but their metadata.
        """
        self._accept = METADATA_FORM if names else "application/json"
        return self._patiently("GET", path, None, min(timeout or self._timeout, self._timeout))

    def create(self, path: str, body: bytes) -> Answer:
        """Send a review (nothing is stored by it) and read the answer."""
        self._accept = "application/json"
        return self._patiently("POST", path, body, self._timeout)

    def _patiently(self, verb: str, path: str, body: Optional[bytes], seconds: float) -> Answer:
        """Ask, and ask again when the server says after how many seconds."""
        answer = self._ask(verb, path, body, seconds)
        for _ in range(RESTARTS):
            if not self._pause:
                break
            time.sleep(min(self._pause, MAX_PAUSE))
            answer = self._ask(verb, path, body, seconds)
        return answer

    def _ask(self, verb: str, path: str, body: Optional[bytes], seconds: float) -> Answer:
        self._connected, self._pause = False, 0
        link = http.client.HTTPSConnection(
            self._host, self._port, timeout=seconds, context=self._context
        )
        try:
            return cast(Answer, _within(seconds, lambda: self._exchange(link, verb, path, body)))
        except (_LateError, socket.timeout):
            return TOO_LATE
        except (OSError, ValueError, http.client.HTTPException) as reason:
            # Only its kind is noted: the text of an error may quote what was sent.
            self._log(f"{path.split('?')[0]}: {type(reason).__name__}")
            if self._connected:
                return Answer(ERROR, None, None, "the answer broke off", True, True)
            return UNVERIFIED if isinstance(reason, ssl.SSLError) else UNREACHED
        finally:
            link.close()

    def _exchange(
        self, link: http.client.HTTPSConnection, verb: str, path: str, body: Optional[bytes]
    ) -> Answer:
        # Read each time: the kubelet renews the token while a long run goes on.
        token = (SERVICE_ACCOUNT / "token").read_text(encoding="ascii").strip()
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": self._accept,
            "User-Agent": f"kube-evidence/{VERSION}",
            "Connection": "close",
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        link.connect()
        self._connected = True
        link.request(verb, path, body=body, headers=headers)
        with link.getresponse() as response:
            if response.status in (200, 201):
                return _body_of(response)
            self._log(f"{path.split('?')[0]}: HTTP {response.status}")
            after = response.getheader("Retry-After") or ""
            self._pause = int(after) if re.match(r"[0-9]{1,3}\Z", after) else 0
            return failure(response.status)


def _body_of(response: http.client.HTTPResponse) -> Answer:
    kept = bytearray()
    for piece in iter(lambda: response.read(1 << 16), b""):
        kept += piece
        if len(kept) > MAX_BODY:
            return TOO_LARGE
    announced = response.getheader("Content-Length")
    if announced is not None and len(kept) != int(announced):
        raise http.client.IncompleteRead(b"")
    return decode(bytes(kept))


# ---------------------------------------------------------------- the bundle while it is written


def now() -> str:
    """Return the time as the bundle writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_line(document: Any) -> bytes:
    """Encode one document as one line.

    Raises:
        ValueError: The document holds text that UTF-8, or a number that JSON cannot express.
    """
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8") + b"\n"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


class Member:
    """One list member that is being written; it can be begun again or dropped."""

    def __init__(self, workshop: "Workshop", seq: int, name: str) -> None:
        self.name = name
        self.path = workshop.root / name
        self.lines = 0
        self._workshop = workshop
        self._seq = seq
        self._stream = self.path.open("wb")
        self._mark = workshop.redactions.mark()
        self._redactor = Redactor(self._emit)

    def write(self, make: Callable[[Redactor], Any]) -> None:
        """Add the line that ``make`` builds with the redactor."""
        self.lines += 1
        self._stream.write(to_line(make(self._redactor)))

    def restart(self) -> None:
        """Forget every line, and what was redacted in them."""
        self.lines = 0
        self._stream.seek(0)
        self._stream.truncate()
        self._workshop.redactions.rewind(self._mark)

    def close(self) -> Tuple[str, int]:
        """Finish the member; returns its SHA-256 and how many redactions it holds."""
        self._stream.close()
        return sha256_of(self.path), self._workshop.redactions.count - self._mark[1]

    def drop(self) -> None:
        """Take the member out of the bundle."""
        self.restart()
        self._stream.close()
        self.path.unlink()

    def _emit(self, rule: str, pointer: str, kind: str, value: Any) -> str:
        size = len(value if isinstance(value, str) else json.dumps(value))
        if isinstance(value, str):
            size = len(value.encode("utf-8", "surrogatepass"))
        return self._workshop.redactions.add(
            {
                "rule": rule,
                "seq": self._seq,
                "member": self.name,
                "line": self.lines,
                "pointer": pointer,
                "kind": kind,
                "method": "mask",
                "length_class": length_class(size),
            }
        )


class Redactions:
    """The file of redactions; it can be wound back when a list is begun again."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self.count = 0

    def add(self, record: Dict[str, Any]) -> str:
        """Write one record and return its identifier."""
        self.count += 1
        identifier = f"r{self.count}"
        self._stream.write(to_line(dict(record, id=identifier)))
        return identifier

    def mark(self) -> Tuple[int, int]:
        """Return the present place."""
        return self._stream.tell(), self.count

    def rewind(self, mark: Tuple[int, int]) -> None:
        """Go back to a place and forget what came after it."""
        self._stream.seek(mark[0])
        self._stream.truncate()
        self.count = mark[1]

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()


class Workshop:
    """The folder in which the members of the bundle come to be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "api").mkdir()
        (root / "collector").mkdir()
        (root / "FORMAT").write_bytes(b"k8s-evidence-bundle 1.0\n")
        self.redactions = Redactions(root / "redactions.ndjson")
        self.by_status: Dict[str, int] = {}
        self.planned = 0
        self.run = 0
        self._plan = (root / "plan.ndjson").open("wb")
        self._probes = (root / "probes.ndjson").open("wb")
        self._log = (root / "log.txt").open("wb")
        self._members: List[str] = []
        self._open: Optional[Member] = None

    def plan(self, identifier: str, target: str, via: str) -> int:
        """Announce a probe; returns its number."""
        self.planned += 1
        line = {
            "seq": self.planned,
            "id": f"api/{identifier}",
            "kind": "api",
            "target": target,
            "via": via,
        }
        self._plan.write(to_line(line))
        self._plan.flush()
        return self.planned

    def member(self, seq: int) -> Member:
        """Begin the next list member."""
        self._open = Member(self, seq, f"api/p{len(self._members) + 1}.ndjson")
        return self._open

    def record(self, record: Dict[str, Any], member: Optional[Member]) -> None:
        """Write what a probe came to, with the member that holds its content."""
        if member is not None:
            digest, count = member.close()
            record = dict(record, blob=member.name, sha256=digest, redactions=count)
            self._members.append(member.name)
        self._open = None
        self.run += 1
        status = record["status"]
        self.by_status[status] = self.by_status.get(status, 0) + 1
        self._probes.write(to_line(record))
        self._probes.flush()

    def log(self, text: str) -> None:
        """Add a message to the log, capped.

        ``text`` is made of this program's own words, paths and numbers alone: what a server,
        kubectl or a plugin said may quote a secret, or name who was logged in.
        """
        text = re.sub(r"[^\x20-\x7e]+", " ", text)[:2000]
        line = f"{now()} {text}\n".encode("ascii")
        if self._log.tell() + len(line) <= MAX_LOG:
            self._log.write(line)

    def finish(self) -> List[str]:
        """Close every document and return the members in the order of the archive."""
        if self._open is not None:
            self._open.drop()  # the run was interrupted in the middle of it
        for stream in (self._plan, self._probes, self._log):
            stream.close()
        self.redactions.close()
        shutil.copyfile(str(Path(__file__).resolve()), str(self.root / "collector" / "api.py"))
        head = ["FORMAT", "plan.ndjson", "probes.ndjson"]
        return [*head, *self._members, "redactions.ndjson", "log.txt", "collector/api.py"]


# ---------------------------------------------------------------- collecting


class Walk:
    """The state of reading one list: what its pages said so far."""

    def __init__(self) -> None:
        self.items = 0
        self.pages = 0
        self.version: Optional[str] = None
        self.token = ""
        self._tokens: Dict[str, bool] = {}
        self._expected: Optional[int] = None

    def problem(self, page: Dict[str, Any], resource: Resource, is_builtin: bool) -> str:
        """Say what is wrong with a page, in words; empty when nothing is."""
        name = page.get("kind")
        if not isinstance(name, str) or not name.endswith("List"):
            return "the answer is not a list"
        metadata_only = resource.namespace and name == METADATA_KIND + "List"
        is_other = is_builtin and name != resource.kind + "List"
        if (is_other or name == METADATA_KIND + "List") and not metadata_only:
            return "the answer is a list of another kind"
        items, metadata = page.get("items"), page.get("metadata")
        if not isinstance(items, list) or not isinstance(metadata, dict):
            return "the answer has no items or no metadata"
        if not all(isinstance(one, dict) and _has_name(one) for one in items):
            return "the list holds an object without a name"
        if not _is_sound_metadata(metadata):
            return "the page's continue or remainingItemCount is of another type"
        version = metadata.get("resourceVersion") or None
        if self.pages and version != self.version:
            return "the pages belong to different states of the cluster"
        return ""

    def take(self, page: Dict[str, Any]) -> None:
        """Count a page that is sound."""
        metadata = page["metadata"]
        self.items += len(page["items"])
        self.pages += 1
        self.version = metadata.get("resourceVersion") or None
        self.token = metadata.get("continue") or ""
        remaining = metadata.get("remainingItemCount")
        if isinstance(remaining, int):
            self._expected = self.items + remaining

    def end_problem(self) -> str:
        """Say why the list is not at a sound end, in words; empty when it goes on or is whole."""
        if not self.token:
            short = self._expected is not None and self.items < self._expected
            return "the list ended before its announced length" if short else ""
        # Digests: a server may send tokens of any length, and page upon page of them.
        digest = hashlib.sha256(self.token.encode("utf-8", "surrogatepass")).hexdigest()
        if digest in self._tokens or self.pages >= MAX_PAGES:
            return "the list does not come to an end"
        self._tokens[digest] = True
        return ""


def _kept_line(line: Dict[str, Any], redactor: Redactor) -> Any:
    return whole(redactor, line, "")


def _is_sound_metadata(metadata: Dict[str, Any]) -> bool:
    texts = (metadata.get("continue"), metadata.get("resourceVersion"))
    count = metadata.get("remainingItemCount")
    is_count = isinstance(count, int) and not isinstance(count, bool) and count >= 0
    sound = all(one is None or (isinstance(one, str) and one.isprintable()) for one in texts)
    return sound and (count is None or is_count)


def _has_name(item: Dict[str, Any]) -> bool:
    metadata = item.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get("name"), str)


class Result(NamedTuple):
    """What reading one list came to."""

    status: str
    code: Optional[int]
    detail: str
    walk: Walk
    again: bool
    keep: bool  # whether the lines written so far are evidence
    smaller: bool = False  # whether smaller pages may help


class Task(NamedTuple):
    """One list of the plan."""

    seq: int
    resource: Resource
    is_builtin: bool  # its kind is known whatever the server says
    is_offered: bool  # discovery names it
    problem: Tuple[str, str]  # status and words when it is not asked for; else empty texts


class Gap(NamedTuple):
    """A probe that gave no whole evidence."""

    target: str
    status: str
    detail: str
    code: Optional[int]
    resource: Optional[Resource]


HIDDEN = "the API server says that this user may not list it: objects may be hidden"


class Rights:
    """What this user may list, as the API server says; unknown where it did not say.

    Attributes:
        default: ``status`` of the rules review for namespace default.
        everywhere: ``status`` of the rules review for a namespace that nobody has.
    """

    def __init__(self) -> None:
        self.default: Dict[str, Any] = {}
        self.everywhere: Dict[str, Any] = {}
        self._learned: Dict[Tuple[str, str], bool] = {}

    def may_list(self, resource: Resource) -> Optional[bool]:
        """Tell whether a list may be read; None when it is not known."""
        rules = (self.default if resource.namespace else self.everywhere).get("resourceRules")
        if isinstance(rules, list) and any(_grants_list(rule, resource) for rule in rules):
            return True
        return self._learned.get((resource.id, resource.namespace))

    def learn(self, resource: Resource, status: Dict[str, Any]) -> None:
        """Take the status of an access review; with an error in it, it decides nothing."""
        allowed = status.get("allowed")
        if isinstance(allowed, bool) and (allowed or not status.get("evaluationError")):
            self._learned[(resource.id, resource.namespace)] = allowed


def _grants_list(rule: Any, resource: Resource) -> bool:
    def has(field: str, word: str) -> bool:
        words = rule.get(field)
        return isinstance(words, list) and (word in words or "*" in words)

    return (
        isinstance(rule, dict)
        and not rule.get("resourceNames")
        and has("verbs", "list")
        and has("apiGroups", resource.group)
        and has("resources", resource.name)
    )


class RedactorFailedError(Exception):
    """An object could not be pruned, so nothing of its list may be kept."""


class Collector:
    """Runs every probe of one cluster."""

    def __init__(
        self,
        api: "Union[Kubectl, InCluster]",
        workshop: Workshop,
        progress: Callable[[int, int, str], None],
        patience: Optional[Patience] = None,
    ) -> None:
        self._api = api
        self._workshop = workshop
        self._progress = progress
        self._patience = patience or Patience(MAX_TIME)
        self._rights = Rights()
        self.nodes: List[str] = []
        self.gaps: List[Gap] = []
        self.cluster_uid: Optional[str] = None
        self.git_version: Optional[str] = None
        self._silence = 0  # requests in a row that nobody answered
        self._reached = False  # whether a server ever answered
        self._locked_out = False  # whether the server knows us no more

    def collect(self) -> None:
        """Run the whole plan.

        Raises:
            Stopped: The run ended before its plan did; the plan shows what was not run.
        """
        head = [
            self._workshop.plan(name, path, "candidate")
            for name, path in (
                ("version", "/version"),
                ("discovery", "/apis"),
                ("access", ACCESS_PATH),
            )
        ]
        offered: Dict[str, Tuple[Resource, bool]] = {}
        complete = False
        try:
            self._version(head[0])
            offered, complete = self._discovery(head[1])
        finally:
            tasks = self._plan_lists(offered, complete=complete)
        if not self._reached:
            raise Stopped("no answer from the API server")
        self._access(head[2], tasks)
        for task in tasks:
            self._run(task)
        self._kubelets()

    def _get(self, path: str, *, names: bool = False) -> Answer:
        """Read one API path; ends the run when no server has answered for a while."""
        if self._silence >= MAX_SILENCE:
            raise Stopped("no answer from the API server any more")
        self._stop_when_locked_out()
        answer: Answer = self._patience.wait(lambda: self._api.get(path, names=names))
        if answer.code == 401:
            # One API of many may know nobody; who may not even ask for the version is locked out.
            again = answer if path == "/version" else self._get_plain("/version")
            self._locked_out = again.code == 401
        self._reached = self._reached or answer.connected
        self._silence = 0 if answer.connected else self._silence + 1
        return answer

    def _get_plain(self, path: str) -> Answer:
        answer: Answer = self._patience.wait(lambda: self._api.get(path))
        return answer

    def _stop_when_locked_out(self) -> None:
        """End the run after the record of the answer that said so: no other would be better."""
        if self._locked_out:
            raise Stopped(LOCKED_OUT)

    def _get_twice(self, path: str) -> Answer:
        """Read one API path, once more where that may help."""
        answer = self._get(path)
        return self._get(path) if answer.again else answer

    def _tell(self, text: str) -> None:
        self._progress(self._workshop.run + 1, self._workshop.planned, text)

    def _probe(self, seq: int, name: str, target: str) -> Dict[str, Any]:
        self._tell(f"api/{name}")
        return {
            "seq": seq,
            "id": f"api/{name}",
            "kind": "api",
            "target": target,
            "t0": now(),
        }

    def _done(
        self, probe: Dict[str, Any], status: str, detail: str, member: Optional[Member]
    ) -> None:
        self._workshop.record(dict(probe, t1=now(), status=status, detail=detail), member)
        if status not in GOOD:
            code = (probe.get("api") or {}).get("http_code")
            self.gaps.append(Gap(probe["target"], status, detail, code, None))

    def _document(
        self, probe: Dict[str, Any], answer: Answer, tree: Tree, required: str
    ) -> Optional[Any]:
        """Record a probe whose content is one object; ``required`` is a field it must have."""
        probe = dict(probe, api={"complete": answer.status == OK, "http_code": answer.code})
        if answer.status != OK:
            self._done(probe, answer.status, answer.detail, None)
            return None
        if required not in answer.document:
            probe["api"]["complete"] = False
            self._done(probe, ERROR, f"the answer has no field {required}", None)
            return None
        member = self._workshop.member(probe["seq"])
        try:
            member.write(lambda redactor: redactor.prune(answer.document, tree, ""))
        except Exception as reason:  # noqa: BLE001 - whatever it was, nothing may be kept
            self._redactor_failed(probe, member, reason)
            return None
        self._done(probe, OK, "", member)
        return answer.document

    def _redactor_failed(self, probe: Dict[str, Any], member: Member, reason: Exception) -> None:
        member.drop()
        # The reason's text may quote the object: its name has to do.
        name = type(reason.__cause__ or reason).__name__
        self._workshop.log(f"{probe['target']}: redactor failed: {name}")
        api = dict(probe.get("api") or {}, complete=False)
        self._done(dict(probe, api=api), ERROR, "redactor failed", None)

    def _version(self, seq: int) -> None:
        probe = self._probe(seq, "version", "/version")
        answer = self._get_twice("/version")
        document = self._document(probe, answer, VERSION_TREE, "gitVersion")
        if document is not None:
            self.git_version = shaped(RELEASE, document["gitVersion"])

    # -- what the collector itself may do

    def _access(self, seq: int, tasks: List[Task]) -> None:
        """Ask the API server what this user may list, and keep its answers.

        Rules first: those of a namespace that nobody has hold in every namespace. Where they do
        not grant a list, the server is asked about that list by itself.
        """
        probe = self._probe(seq, "access", ACCESS_PATH)
        answer = self._review(ACCESS_PATH, "SelfSubjectRulesReview", {"namespace": "default"})
        facts = {"complete": answer.status == OK, "http_code": answer.code}
        if answer.status != OK:
            self._done(dict(probe, api=facts), answer.status, answer.detail, None)
            return
        member = self._workshop.member(seq)
        try:
            self._ask_rights(member, answer.document, tasks)
        except RedactorFailedError as failed:
            self._redactor_failed(dict(probe, api=facts), member, failed)
        else:
            self._done(dict(probe, api=dict(facts, items=member.lines)), OK, "", member)

    def _review(self, path: str, kind_name: str, spec: Dict[str, Any]) -> Answer:
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": kind_name, "spec": spec}
        answer: Answer = self._patience.wait(lambda: self._api.create(path, to_line(review)))
        if answer.status == OK and not isinstance(answer.document.get("status"), dict):
            return Answer(ERROR, answer.code, None, "the answer has no field status", False, True)
        if answer.status != OK:
            return answer
        # What was asked is written down as it was asked, not as the answer repeats it.
        return answer._replace(document=dict(review, status=answer.document["status"]))

    def _ask_rights(self, member: Member, here: Dict[str, Any], tasks: List[Task]) -> None:
        self._keep_review(member, here)
        self._rights.default = here["status"]
        everywhere = self._review(ACCESS_PATH, "SelfSubjectRulesReview", {"namespace": NOWHERE})
        if everywhere.status == OK:
            self._keep_review(member, everywhere.document)
            self._rights.everywhere = everywhere.document["status"]
        for task in tasks:
            if task.problem[0] or self._rights.may_list(task.resource):
                continue
            attributes = {"verb": "list", "resource": task.resource.name}
            attributes.update(group=task.resource.group, version=task.resource.version)
            if task.resource.namespace:
                attributes["namespace"] = task.resource.namespace
            spec = {"resourceAttributes": attributes}
            answer = self._review(ACCESS_ONE_PATH, "SelfSubjectAccessReview", spec)
            if answer.status != OK:
                break  # the server does not tell; the lists say for themselves what they are
            self._keep_review(member, answer.document)
            self._rights.learn(task.resource, answer.document["status"])

    def _keep_review(self, member: Member, review: Dict[str, Any]) -> None:
        try:
            member.write(lambda redactor: redactor.prune(review, REVIEW_TREE, ""))
        except Exception as reason:
            raise RedactorFailedError from reason

    # -- kubelets

    def _kubelets(self) -> None:
        """Ask each kubelet for its settings; those out of reach may not take the run's time."""
        self._stop_when_locked_out()
        lost, refused, answered = 0.0, 0, False
        for node in self.nodes:
            begun = time.monotonic()
            if lost > MAX_KUBELET_WAIT:
                self._configz(node, TOO_LATE._replace(detail="not asked: others took too long"))
                continue
            if refused >= MAX_REFUSALS and not answered:
                others = f"not asked: {refused} kubelets before it were refused"
                self._configz(node, Answer(DENIED, None, None, others, False, True))
                continue
            status = self._configz(node, None)
            answered = answered or status == OK
            refused += status == DENIED
            if status not in (OK, DENIED):
                lost += time.monotonic() - begun

    def _configz(self, node: str, instead: Optional[Answer]) -> str:
        """Record one kubelet's answer, or ``instead`` without asking; returns the status."""
        path = f"/api/v1/nodes/{urllib.parse.quote(node, safe='')}/proxy/configz"
        seq = self._workshop.plan("configz", path, f"node {node}")
        probe = dict(self._probe(seq, "configz", path), via=f"node {node}")
        answer: Answer = instead or self._patience.wait(
            lambda: self._api.get(path, KUBELET_TIMEOUT)
        )
        if answer.code in (502, 503, 504):
            words = f"the API server does not reach the kubelet (HTTP {answer.code})"
            answer = answer._replace(detail=words)
        found = self._document(probe, answer, CONFIGZ_TREE, "kubeletconfig")
        return answer.status if found is not None or answer.status != OK else ERROR

    # -- discovery

    def _discovery(self, seq: int) -> Tuple[Dict[str, Tuple[Resource, bool]], bool]:
        """Walk every served group and version.

        Returns:
            By id, the resource in the version the server prefers and whether it can be listed;
            and whether the walk saw everything.
        """
        probe = self._probe(seq, "discovery", "/apis")
        versions, failed = self._group_versions()
        offered: Dict[str, Tuple[Resource, bool]] = {}
        member = self._workshop.member(seq)
        for group, version in versions:
            found, is_whole = self._resources(group, version)
            if not is_whole:
                failed.append(f"{group}/{version}" if group else version)
            for resource, listable in found:
                line = {
                    "group": group,
                    "version": version,
                    "resource": resource.name,
                    "namespaced": resource.namespaced,
                    "kind": resource.kind,
                    "listable": listable,
                }
                member.write(partial(_kept_line, line))
                offered.setdefault(resource.id, (resource, listable))
        self._discovery_done(probe, member, failed)
        return offered, not failed

    def _discovery_done(self, probe: Dict[str, Any], member: Member, failed: List[str]) -> None:
        lines = member.lines
        probe = dict(probe, api={"items": lines, "complete": not failed})
        detail = "not answered: " + " ".join(failed) if failed else ""
        if not lines:
            member.drop()
            self._done(probe, ERROR, detail or "the server offers nothing", None)
        else:
            self._done(probe, TRUNCATED if failed else OK, detail[:1000], member)

    def _group_versions(self) -> Tuple[List[Tuple[str, str]], List[str]]:
        """Return every (group, version), preferred versions first, and what did not answer."""
        found: List[Tuple[str, str]] = []
        failed = []
        core = self._get_twice("/api")
        served = core.document.get("versions") if core.status == OK else None
        if isinstance(served, list) and served:
            found += [("", str(one)) for one in served]
        else:
            failed.append("/api")
        groups = self._get_twice("/apis")
        if groups.status == OK and isinstance(groups.document.get("groups"), list):
            for group in groups.document["groups"]:
                versions = _versions_of(group)
                found += versions
                failed += [] if versions else ["a group without a version"]
        else:
            failed.append("/apis")
        sound = [pair for pair in found if all(map(_is_plain_name, filter(None, pair)))]
        if len(sound) != len(found):
            failed.append("a group with an unusable name")
        if len(sound) > MAX_GROUP_VERSIONS:
            failed.append(f"all but {MAX_GROUP_VERSIONS} groups and versions")
        return sound[:MAX_GROUP_VERSIONS], failed

    def _resources(self, group: str, version: str) -> Tuple[List[Tuple[Resource, bool]], bool]:
        """Return the resources of one group version, without subresources; and if that is all."""
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        answer = self._get_twice(path)
        if answer.status != OK or not isinstance(answer.document.get("resources"), list):
            return [], False
        found, is_whole = [], True
        for one in answer.document["resources"]:
            one = one if isinstance(one, dict) else {}
            texts = (one.get("name"), one.get("kind"))
            name, kind_name = (text if isinstance(text, str) else "" for text in texts)
            verbs = one.get("verbs")
            if "/" in name:
                continue  # a subresource
            plain = _is_plain_name(name) and "." not in name and _is_plain_name(kind_name)
            if plain and isinstance(verbs, list):
                namespaced = one.get("namespaced") is True
                resource = Resource(group, version, name, kind_name, namespaced, "")
                found.append((resource, "list" in verbs))
            else:
                is_whole = False  # and what it hides may be a policy
        return found, is_whole

    # -- lists

    def _plan_lists(
        self, offered: Dict[str, Tuple[Resource, bool]], *, complete: bool
    ) -> List[Task]:
        """Plan every list: the wanted ones, known policies, then the census of default."""
        tasks = [self._plan_wanted(one, offered, complete=complete) for one in wanted_resources()]
        done = {task.resource.id for task in tasks}
        listable = [one for key, (one, can) in offered.items() if can and key not in done]
        policies = [one for one in listable if is_extension_wanted(one)]
        counted = [
            one._replace(namespace="default")
            for one in listable
            if is_counted(one) and not is_extension_wanted(one)
        ]
        for at, resource in enumerate([*policies, *counted]):
            seq = self._workshop.plan(resource.id, resource.path, "walk /apis")
            words = f"not asked for: {MAX_LISTS} kinds came before it"
            problem = (ERROR, words) if at >= MAX_LISTS else ("", "")
            tasks.append(Task(seq, resource, False, True, problem))
        return tasks

    def _plan_wanted(
        self, resource: Resource, offered: Dict[str, Tuple[Resource, bool]], *, complete: bool
    ) -> Task:
        known = offered.get(resource.id)
        problem = ("", "")
        if known is not None:
            resource = resource._replace(version=known[0].version)
            if not known[1]:
                problem = (UNSUPPORTED, "the server does not list this resource")
        elif complete:
            problem = (ABSENT, "the server's discovery does not offer it")
        seq = self._workshop.plan(resource.id, resource.path, "candidate")
        return Task(seq, resource, True, known is not None, problem)

    def _run(self, task: Task) -> None:
        if not task.problem[0]:
            self._list(task)
            return
        probe = self._probe(task.seq, task.resource.id, task.resource.path)
        facts = _api_facts(task.resource, Walk(), None)
        self._done(dict(probe, api=facts), *task.problem, None)

    def _list(self, task: Task) -> None:
        resource = task.resource
        probe = self._probe(task.seq, resource.id, resource.path)
        member = self._workshop.member(task.seq)
        try:
            result = self._attempts(member, task)
        except RedactorFailedError as failed:
            probe["api"] = _api_facts(resource, Walk(), 200)
            self._redactor_failed(probe, member, failed)
            return
        if result.status == ABSENT and task.is_offered:
            # Only discovery can say that a resource does not exist; here it says it does.
            result = result._replace(status=ERROR)
        if result.status == OK and self._rights.may_list(resource) is False:
            # Some gateways leave out what a user may not see, instead of refusing the list.
            result = result._replace(status=TRUNCATED, detail=HIDDEN)
        probe["api"] = dict(
            _api_facts(resource, result.walk, result.code), complete=result.status == OK
        )
        if result.status == TRUNCATED:
            probe["truncated"] = True
        if not result.keep:
            member.drop()
        self._done(probe, result.status, result.detail, member if result.keep else None)
        if result.status not in GOOD:
            self.gaps[-1] = self.gaps[-1]._replace(resource=resource)

    def _attempts(self, member: Member, task: Task) -> Result:
        """Read a list, and begin it again when it breaks off or its pages are too much."""
        limits, restarts = list(page_limits(task.resource)), RESTARTS
        result = self._pages(member, task, limits[0])
        while restarts and (result.again or (result.smaller and limits[1:])):
            if result.smaller and limits[1:]:
                limits.pop(0)
            restarts -= 1
            self._workshop.log(f"{task.resource.path}: begun again: {result.detail}")
            self._patience.wait(lambda: time.sleep(RESTART_WAIT))
            member.restart()
            result = self._pages(member, task, limits[0])
        return result

    def _pages(self, member: Member, task: Task, limit: int) -> Result:
        """Read a list from its first page on."""
        resource, walk = task.resource, Walk()
        query = f"?limit={limit}"
        while True:
            # One namespace alone is read to know what lies in it.
            answer = self._get(resource.path + query, names=bool(resource.namespace))
            if answer.status != OK:
                return _broken_off(walk, answer)
            problem = walk.problem(answer.document, resource, task.is_builtin)
            if problem:
                return _broken_off(walk, answer._replace(status=ERROR, detail=problem, again=True))
            self._take(member, resource, answer.document["items"])
            walk.take(answer.document)
            self._tell(f"api/{resource.id}, {walk.items} objects")
            problem = walk.end_problem()
            if problem:
                return Result(TRUNCATED, answer.code, problem, walk, again=True, keep=True)
            if not walk.token:
                return Result(OK, answer.code, "", walk, again=False, keep=True)
            token = urllib.parse.quote(walk.token, safe="")
            query = f"?limit={limit}&continue={token}"

    def _take(self, member: Member, resource: Resource, items: List[Dict[str, Any]]) -> None:
        for item in items:
            try:
                member.write(partial(prune_object, resource, item))
            except Exception as reason:
                raise RedactorFailedError from reason
            name = item["metadata"]["name"]
            if resource.id == "nodes" and _is_plain_name(name) and name not in self.nodes:
                self.nodes.append(name)
            if resource.id == "namespaces" and name == "kube-system":
                self.cluster_uid = shaped(UID, item["metadata"].get("uid"))


def _api_facts(resource: Resource, walk: Walk, code: Optional[int]) -> Dict[str, Any]:
    return {
        "resource": resource.name,
        "group": resource.group,
        "version": resource.version,
        "namespaced": resource.namespaced,
        "items": walk.items,
        "pages": walk.pages,
        "complete": False,
        "resource_version": shaped(UID, walk.version),
        "http_code": code,
    }


def _broken_off(walk: Walk, answer: Answer) -> Result:
    """Judge a list whose next page did not come: with pages in hand it is cut, not lost."""
    status = TRUNCATED if walk.pages else answer.status
    detail = answer.detail
    if walk.pages:
        detail = f"broke off after page {walk.pages}: {detail}"
    smaller = answer.status in (TRUNCATED, TIMEOUT)
    return Result(status, answer.code, detail, walk, answer.again, walk.pages > 0, smaller)


# What the manifest repeats of answers, no redactor between: a release, and an object's identity.
RELEASE = re.compile(r"v?[0-9]{1,3}\.[0-9]{1,3}[0-9A-Za-z.+_~-]{0,60}\Z")
UID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")


def shaped(pattern: Any, value: Any) -> Optional[str]:
    """Return a text that has the shape it should have, else None."""
    return value if isinstance(value, str) and pattern.match(value) else None


def _is_plain_name(name: str) -> bool:
    return re.match(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\Z", name) is not None


def _versions_of(group: Any) -> List[Tuple[str, str]]:
    """Return (group, version) pairs of one discovery group, the preferred version first."""
    if not isinstance(group, dict):
        return []
    name, preferred = str(group.get("name")), group.get("preferredVersion")
    preferred = preferred.get("version") if isinstance(preferred, dict) else None
    served = group.get("versions")
    served = served if isinstance(served, list) else []
    versions = [one.get("version") for one in served if isinstance(one, dict)]
    ordered = [one for one in versions if one == preferred]
    ordered += [one for one in versions if one != preferred]
    return [(name, str(one)) for one in ordered]


# ---------------------------------------------------------------- sealing


def certificate_sha256(pem: bytes) -> str:
    """Return the SHA-256 of the DER form of the first certificate of a PEM text.

    Raises:
        ValueError, IndexError: It holds none.
    """
    body = pem.split(b"-----BEGIN CERTIFICATE-----")[1].split(b"-----END")[0]
    return hashlib.sha256(base64.b64decode(body)).hexdigest()


_CA = ".clusters[0].cluster.certificate-authority"
CA_TEMPLATE = f'jsonpath={{{_CA}-data}}{{"\\n"}}{{{_CA}}}'
CA_WORDS = ["config", "view", "--raw", "--minify", "-o", CA_TEMPLATE]
VERSION_WORDS = ["version", "--client", "-o", "json"]


def cluster_ca(kubectl: Kubectl) -> Optional[str]:
    """Return the SHA-256 of the cluster CA's DER form, or None.

    kubectl is asked for the certificate authority alone: the user's credentials in the same
    file never reach this program.
    """
    code, out, _ = kubectl.run(CA_WORDS)
    if code != 0 or out is None:
        return None
    embedded, _, path = out.decode("utf-8", "replace").strip("\n ").rpartition("\n")
    if "\n" not in out.decode("utf-8", "replace").strip(" "):
        embedded, path = path, ""
    try:
        return certificate_sha256(
            base64.b64decode(embedded) if embedded else Path(path).read_bytes()
        )
    except (OSError, ValueError, IndexError):
        return None


def client_version(kubectl: Kubectl) -> Optional[str]:
    """Return kubectl's own version, or None."""
    code, out, _ = kubectl.run(VERSION_WORDS)
    if code != 0 or out is None:
        return None
    try:
        return shaped(RELEASE, json.loads(out.decode("utf-8"))["clientVersion"]["gitVersion"])
    except (ValueError, KeyError, TypeError):
        return None


class Facts(NamedTuple):
    """What the manifest says beyond the counts."""

    bundle_id: str
    started: str
    complete: bool
    cluster: Dict[str, Optional[str]]
    kubectl: Optional[str]
    timeout: float
    case: Dict[str, Optional[str]]
    stopped: Optional[str] = None  # why the run ended before its plan did


def manifest(workshop: Workshop, facts: Facts) -> Dict[str, Any]:
    """Build the manifest's document."""
    empty = ("node_name", "hostname", "machine_id_sha256", "kernel", "os_id", "os_version")
    subject: Dict[str, Any] = dict.fromkeys([*empty, "arch", "root_prefix", "euid"])
    return {
        "format": {
            "name": "k8s-evidence-bundle",
            "major": 1,
            "minor": 0,
            "min_reader_minor": 0,
        },
        "bundle_id": facts.bundle_id,
        "kind": "api",
        "collector": {
            "name": "api.py",
            "version": VERSION,
            "sha256": sha256_of(workshop.root / "collector" / "api.py"),
            "shell": None,
        },
        "profile": {"id": "api", "version": PROFILE_VERSION},
        "subject": subject,
        "cluster": facts.cluster,
        "time": {"started": facts.started, "finished": now(), "tz": "UTC"},
        "tools": {"kubectl": facts.kubectl, "python": "%d.%d" % sys.version_info[:2]},
        "limits": {
            "file_cap": MAX_BODY,
            "probe_timeout": facts.timeout,
            "kubelet_timeout": KUBELET_TIMEOUT,
            "kubelet_wait": MAX_KUBELET_WAIT,
            "group_versions": MAX_GROUP_VERSIONS,
            "lists": MAX_LISTS,
            "pages": MAX_PAGES,
        },
        "counts": {
            "planned": workshop.planned,
            "run": workshop.run,
            "by_status": workshop.by_status,
        },
        "complete": facts.complete,
        "stopped": facts.stopped,
        "case": facts.case,
        "redaction": {"policy_id": REDACTION_POLICY, "count": workshop.redactions.count},
    }


def seal(workshop: Workshop, facts: Facts, output: Path) -> Tuple[Path, str]:
    """Write manifest, sums and archive; returns the archive's path and the fingerprint."""
    names = workshop.finish()
    (workshop.root / "manifest.json").write_bytes(to_line(manifest(workshop, facts)))
    names.append("manifest.json")
    sums = "".join(f"{sha256_of(workshop.root / name)}  {name}\n" for name in sorted(names))
    (workshop.root / "SHA256SUMS").write_text(sums, encoding="ascii")
    names.append("SHA256SUMS")
    stamp = re.sub("[-:]", "", facts.started).lower()  # one case: some file systems know no other
    target = output / f"keb-api-{facts.bundle_id[:8]}-{stamp}.tar.gz"
    # A bundle appears under its name only when it is whole.
    draft = workshop.root / "draft"
    _pack(draft, workshop.root, names)
    draft.rename(target)
    return target, hashlib.sha256(sums.encode("ascii")).hexdigest()


def _pack(target: Path, root: Path, names: List[str]) -> None:
    with target.open("xb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as packed, tarfile.open(
        fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT
    ) as archive:
        for name in names:
            _add(archive, root / name, f"bundle/{name}")


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    entry.mtime = int(time.time())
    entry.mode = 0o600
    with path.open("rb") as content:
        archive.addfile(entry, content)


# ---------------------------------------------------------------- the command


class UsageError(Exception):
    """The command line cannot be followed."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Report a mistake in the arguments in the project's own form."""
        raise UsageError(message)


def parser() -> argparse.ArgumentParser:
    """Build the argument parser."""
    made = _Parser(
        prog="api.py", description="Collect the API evidence of one cluster into one bundle."
    )
    made.add_argument("--kubectl", metavar="PATH", help="kubectl to use")
    made.add_argument("--kubeconfig", metavar="FILE", help="passed on to kubectl")
    made.add_argument("--context", metavar="NAME", help="passed on to kubectl")
    made.add_argument(
        "--in-cluster",
        action="store_true",
        help="ask as the service account of this pod, without kubectl; the default in a pod "
        "that has no kubectl",
    )
    made.add_argument("--output", default=".", metavar="DIR", help="where the bundle is written")
    made.add_argument(
        "--timeout", type=float, default=60.0, metavar="SECONDS", help="limit of one request (60)"
    )
    made.add_argument(
        "--max-time",
        type=float,
        default=MAX_TIME,
        metavar="SECONDS",
        help=f"limit of the whole run ({MAX_TIME:g})",
    )
    made.add_argument("--case-no", metavar="TEXT", help="noted in the manifest")
    made.add_argument("--operator", metavar="TEXT", help="noted in the manifest")
    made.add_argument("--notes", metavar="TEXT", help="noted in the manifest")
    made.add_argument("--list", action="store_true", help="print what is collected and stop")
    made.add_argument("--dry-run", action="store_true", help="print the requests and stop")
    made.add_argument("--version", action="version", version=VERSION)
    return made


def listing() -> str:
    """Return one line for each thing that is collected: its id and its path."""
    lines = ["api/version\t/version", "api/discovery\t/api /apis"]
    lines.append(f"api/access\t{ACCESS_PATH}")
    lines += [f"api/{one.id}\t{one.path}" for one in wanted_resources()]
    known = {one.id for one in wanted_resources()}
    lines += [f"api/{name}\twhere discovery offers it" for name in TREES if name not in known]
    lines += [f"api/*.{group}\twhere discovery offers it" for group in GROUP_TREES]
    lines.append(
        "api/*\tnames and owners in namespace default, of any other kind, where discovery offers it"
    )
    lines.append("api/configz\t/api/v1/nodes/NODE/proxy/configz")
    return "\n".join(lines) + "\n"


def dry_run(options: argparse.Namespace) -> str:
    """Return the requests that a run begins with: kubectl's commands, or verbs and paths."""
    read, review = ["GET"], ["POST"]
    lines: List[List[str]] = []
    if not is_in_cluster(options):
        program = program_of(options)
        read, review = [*program, "get", "--raw"], [*program, "create", "-f", "-", "--raw"]
        lines += [[*program, *VERSION_WORDS], [*program, *CA_WORDS]]
    lines += [[*read, path] for path in ("/version", "/api", "/apis")]
    lines.append([*review, ACCESS_PATH])
    lines += [[*read, f"{one.path}?limit={page_limits(one)[0]}"] for one in wanted_resources()]
    text = "".join(" ".join(map(shlex.quote, words)) + "\n" for words in lines)
    notes = (
        "each group version that /apis names",
        f"{ACCESS_ONE_PATH} for lists that the rules do not grant",
        "further pages of each list",
        "policy resources that discovery offers",
        "other kinds that discovery offers, in namespace default, for names and owners",
        "/api/v1/nodes/NODE/proxy/configz of each node",
    )
    return text + "".join(f"# and: {note}\n" for note in notes)


def is_in_cluster(options: argparse.Namespace) -> bool:
    """Tell whether the run asks as the service account of its pod."""
    chosen = options.kubectl or options.kubeconfig or options.context
    in_pod = "KUBERNETES_SERVICE_HOST" in os.environ and shutil.which("kubectl") is None
    return options.in_cluster or (not chosen and in_pod)


def program_of(options: argparse.Namespace) -> List[str]:
    """Return kubectl with the options that choose the cluster."""
    program = [options.kubectl or "kubectl"]
    for name in ("kubeconfig", "context"):
        value = getattr(options, name)
        if value is not None:
            program += [f"--{name}", value]
    return program


def _progress(at: int, of: int, name: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K[{at}/{of}] {name}")
        sys.stderr.flush()


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")


def tell(text: str) -> None:
    """Write to standard output; to standard error when nobody is there to read it."""
    try:
        _write(sys.stdout, text)
    except OSError:
        _write(sys.stderr, text)


def _write(stream: Any, text: str) -> None:
    coding = stream.encoding or "ascii"
    try:
        text.encode(coding, stream.errors or "strict")
    except UnicodeEncodeError:  # a name, or a path, that this terminal cannot spell
        text = text.encode(coding, "backslashreplace").decode(coding)
    stream.write(text)
    stream.flush()


def spelled(text: Optional[str]) -> Optional[str]:
    """Return a text of the command line, in which bytes of another encoding may stand."""
    if text is None:
        return None
    text = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _named(words: List[str]) -> str:
    more = len(words) - MAX_NAMED
    return ", ".join(words[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def verdict(code: int, stopped: Optional[str], complaint: str) -> List[str]:
    """Return the words that begin the closing ones of a run that is not complete."""
    lines = ["partial: this bundle lacks evidence, and the report will say which controls it costs"]
    if code == EXIT_NOTHING:
        lines = ["nothing was collected: this bundle holds no evidence, and is not to be handed over"]
    if stopped:
        lines.append(f"- ended early: {stopped}")
    if complaint:
        lines.append(f"- kubectl said: {complaint}")
    if stopped == LOCKED_OUT:
        lines.append("help: log in again, or renew the token or certificate, and collect again")
    return lines


def shortfall(gaps: List[Gap]) -> List[str]:
    """Say what is missing by reason, and the rights that would help."""
    lines: List[str] = []
    reasons: Dict[Tuple[str, str], List[str]] = {}
    for gap in gaps:
        reasons.setdefault((gap.status, gap.detail), []).append(gap.target)
    lines += [f"- {status}, {why}: {_named(all_)}" for (status, why), all_ in reasons.items()]
    # No right helps whom the server does not know.
    refused = [gap for gap in gaps if gap.status == DENIED and gap.code != 401]
    denied = refused + [gap for gap in gaps if gap.detail == HIDDEN]
    everywhere = [one.resource for one in denied if one.resource and not one.resource.namespace]
    default = [one.resource for one in denied if one.resource and one.resource.namespace]
    if everywhere:
        lines += ["rights that are missing, for a ClusterRole:", *role_rules(everywhere)]
    if default:
        lines += ["rights that are missing, for a Role in namespace default:", *role_rules(default)]
    if any(gap.target.endswith("/proxy/configz") for gap in denied):
        lines.append(
            "the kubelets' own answers need get on nodes/proxy, a powerful right: bundles of the "
            "nodes show the same settings without it"
        )
    return lines


def role_rules(resources: List[Resource]) -> List[str]:
    """Return the rules of a role, as lines of YAML, that grant the lists of ``resources``."""
    groups: Dict[str, List[str]] = {}
    for one in resources:
        groups.setdefault(one.group, []).append(one.name)
    return [
        f'- {{apiGroups: ["{group}"], resources: [{", ".join(sorted(names))}], verbs: [list]}}'
        for group, names in sorted(groups.items())
    ]


def paper_line(path: Path, fingerprint: str, facts: Facts) -> str:
    """Return the line that is copied onto the paper form that goes with a bundle."""

    def said(name: str) -> str:
        text = re.sub(r"[\x00-\x20\x7f-\xa0|]+", " ", facts.case[name] or "").strip()
        return text or "-"

    uid = facts.cluster["uid"] or ""
    subject = uid[:8] if re.match(r"[0-9a-f]{8}-", uid) else "-"
    groups = " ".join(re.findall("....", fingerprint[:16]))
    columns = (
        *(path.name, f"api of cluster {subject}", facts.started),
        *(f"case {said('case_no')}", f"operator {said('operator')}", groups),
    )
    return "for the paper form: " + " | ".join(columns)


def _heed_signals(handler: Any) -> None:
    """Have INT, TERM and HUP handled; one that whoever started us ignores stays ignored."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def collect_into(
    root: Path, options: argparse.Namespace, api_of: Callable[..., Any], patience: Patience
) -> int:
    """Collect into the empty folder ``root``, seal, report; returns the exit code."""
    started = now()
    workshop = Workshop(root)
    api = api_of(options.timeout, workshop.log, root / "cache")
    collector = Collector(api, workshop, _progress, patience)
    stopped = ca = version = None
    try:
        version, ca = patience.wait(api.version), patience.wait(api.ca_sha256)
        collector.collect()
    except Stopped as reason:
        # What was read is evidence; probes without a record show where it stopped.
        stopped = str(reason)
        workshop.log(f"stopped: {stopped}")
    # From here on nothing may stop the seal.
    _heed_signals(signal.SIG_IGN)
    _end_progress()
    good = sum(workshop.by_status.get(one, 0) for one in GOOD)
    complete = not stopped and workshop.planned == workshop.run == good
    facts = Facts(
        bundle_id=binascii.hexlify(os.urandom(16)).decode("ascii"),
        started=started,
        complete=complete,
        cluster={
            "uid": collector.cluster_uid,
            "git_version": collector.git_version,
            "ca_sha256": ca,
        },
        kubectl=version,
        timeout=options.timeout,
        case={name: spelled(getattr(options, name)) for name in ("case_no", "operator", "notes")},
        stopped=stopped,
    )
    path, fingerprint = seal(workshop, facts, Path(options.output))
    said = f"bundle: {path}\ncustody fingerprint: sha256:{fingerprint}\n"
    tell(said + paper_line(path, fingerprint, facts) + "\n")
    if complete:
        return EXIT_COMPLETE
    some = workshop.by_status.get(OK) or workshop.by_status.get(TRUNCATED)
    code = EXIT_PARTIAL if some else EXIT_NOTHING
    lines = verdict(code, stopped, api.complaint) + shortfall(collector.gaps)
    _write(sys.stderr, "".join(line + "\n" for line in lines))
    return code


def _check(options: argparse.Namespace) -> None:
    for name in ("output", "kubectl", "kubeconfig", "context"):
        if getattr(options, name) == "":
            raise UsageError(f"--{name}: needs a value")
    if not Path(options.output).is_dir():
        raise UsageError(f"--output: {options.output} is not a folder")
    if not 0 < options.timeout <= 3600:
        raise UsageError("--timeout: give seconds between 0 and 3600")
    if not 0 < options.max_time <= 86400:
        raise UsageError("--max-time: give seconds between 0 and 86400")
    if options.in_cluster and (options.kubectl or options.kubeconfig or options.context):
        raise UsageError("--in-cluster: goes without the options of kubectl")


def _complain(what: str, advice: str) -> None:
    sys.stderr.write(f"error: {what}\nhelp: {advice}\n")


def transport(options: argparse.Namespace) -> Optional[Callable[..., Any]]:
    """Return what makes the way to the API server; None, with a complaint, when there is none."""
    if not is_in_cluster(options):
        program = program_of(options)
        if shutil.which(program[0]) is None:
            _complain(f"kubectl: {program[0]} cannot be run", "Give its place with --kubectl.")
            return None
        return partial(Kubectl, program)
    try:
        InCluster(options.timeout, lambda _text: None)
    except (OSError, KeyError, ValueError) as reason:
        _complain(
            f"in-cluster: no usable service account ({type(reason).__name__})",
            "Run it in a pod whose service account is mounted, or give --kubectl.",
        )
        return None
    return InCluster


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit code."""
    if options.list or options.dry_run:
        sys.stdout.write(listing() if options.list else dry_run(options))
        return EXIT_COMPLETE
    _check(options)
    api_of = transport(options)
    if api_of is None:
        return EXIT_NOTHING
    os.umask(0o077)
    patience = Patience(options.max_time)
    _heed_signals(patience.on_signal)
    try:
        root = Path(tempfile.mkdtemp(prefix=".keb-api-", dir=options.output))
    except OSError as reason:
        words = f"{options.output} cannot be written to ({reason.strerror})"
        raise UsageError(f"--output: {words}") from reason
    try:
        return collect_into(root, options, api_of, patience)
    except OSError as reason:
        _complain(f"output: {reason}", "Give a folder with enough room with --output.")
        return EXIT_NOTHING
    finally:
        shutil.rmtree(str(root), ignore_errors=True)


def main(words: List[str]) -> int:
    """Run the command; returns the exit code."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: PTH123, SIM115
    try:
        return run(parser().parse_args(words))
    except UsageError as mistake:
        _complain(str(mistake), "See api.py --help.")
        return EXIT_USAGE
    except KeyboardInterrupt:  # before anything was begun
        return EXIT_NOTHING


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
