"""Evidence as a closed set of cases: present, absent, or unreadable. Absent is not unreadable."""

from dataclasses import dataclass
from typing import Generic, NewType, TypeVar

from analyzer.model.verdict import Reason

EvidenceKey = NewType("EvidenceKey", str)
"""What a rule needs, in words shared by checks, gaps and the collectors' documentation:
``process/<component>``, ``file/<role>``, ``api/<resource>``, ``api/configz``, ``host/users``."""

NODE_BUNDLE = EvidenceKey("node-bundle")
"""A whole node that no bundle covers."""

T_co = TypeVar("T_co", covariant=True)

REDACTED = "KEB-REDACTED-"
"""Prefix of a masked value: it was set, and is unknown. Never the same as unset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a piece of evidence can be looked up by hand.

    Attributes:
        bundle_sha256: SHA-256 of the bundle archive, 64 hex digits.
        member: Name inside the archive, ``bundle/blobs/b12``.
        member_sha256: SHA-256 of the member, 64 hex digits.
        selector: Place in the member: ``argv[3]``, ``line 17 /spec/hostPID`` (line of an
            ndjson member, then a JSON pointer), ``/authentication/anonymous/enabled``
            (pointer into YAML), ``line 4``, or empty for the whole.
        excerpt: The text found there, cut to at most 400 characters, redactions kept.
    """

    bundle_sha256: str
    member: str
    member_sha256: str
    selector: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Generic[T_co]):
    """It was looked for and found; ``value`` is what it says."""

    value: T_co
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """It was looked for and is not there; ``source`` records the look."""

    source: Source
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """It could not be known: not collected, denied, cut, redacted, malformed.

    Attributes:
        reason: One of the ``NE_*`` reasons.
        detail: One sentence, says what and where.
        source: The record of the failed look, where there is one.
    """

    reason: Reason
    detail: str
    source: Source | None = None


Evidence = Present[T_co] | Absent | Unreadable


def is_redacted(text: str) -> bool:
    """Tell whether a value was masked by the collector."""
    return REDACTED in text
