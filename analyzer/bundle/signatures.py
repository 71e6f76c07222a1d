"""Detached signatures over SHA256SUMS: named, and never called valid.

No verifier is built in: whether a signature is good depends on keys that the auditor
trusts. What can be said without them is whether somebody signed at all.
"""

from collections.abc import Iterable
from enum import StrEnum, unique

_PREFIX = "bundle/SHA256SUMS."
_METHODS = {"sig": "SSHSIG", "minisig": "minisign", "asc": "OpenPGP", "p7s": "CMS"}


@unique
class SignatureState(StrEnum):
    """What is known of a bundle's signatures."""

    UNSIGNED = "unsigned"
    UNVERIFIED = "unverified"


def is_signature(name: str) -> bool:
    """Tell whether a member is a detached signature over SHA256SUMS."""
    return name.startswith(_PREFIX) and name.removeprefix(_PREFIX) in _METHODS


def signature_members(names: Iterable[str]) -> tuple[str, ...]:
    """Return the signature members, sorted."""
    return tuple(sorted(name for name in names if is_signature(name)))


def signature_method(name: str) -> str:
    """Return the kind of a signature member: SSHSIG, minisign, OpenPGP or CMS."""
    return _METHODS[name.removeprefix(_PREFIX)]


def signature_state(signatures: tuple[str, ...]) -> SignatureState:
    """Say what is known: that nobody signed, or that nobody checked."""
    return SignatureState.UNVERIFIED if signatures else SignatureState.UNSIGNED
