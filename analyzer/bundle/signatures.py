"""Detached signatures over SHA256SUMS: named, and never called valid.

No verifier is built in: whether a signature is good depends on keys that the auditor
trusts. What can be said without them is whether somebody signed at all.
"""

import shlex
from collections.abc import Iterable
from enum import StrEnum, unique

_SUMS = "SHA256SUMS"
_PREFIX = f"bundle/{_SUMS}."
_METHODS = {"sig": "SSHSIG", "minisig": "minisign", "asc": "OpenPGP", "p7s": "CMS"}
_CHECKS = {
    "SSHSIG": "ssh-keygen -Y verify -f SIGNERS -I SIGNER -n kube-evidence -s {file} <{sums}",
    "minisign": "minisign -V -p SIGNER.pub -m {sums} -x {file}",
    "OpenPGP": "gpg --verify {file} {sums}",
    "CMS": "openssl cms -verify -binary -purpose any -CAfile SIGNER.pem -inform DER -in {file} "
    "-content {sums} -out signed",
}
"""How to check a signature; what is in capitals the auditor has from the signer beforehand."""


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


def check_commands(archive: str, signature: str) -> tuple[str, ...]:
    """Return what to type to check a signature, in an empty folder that holds the archive.

    Args:
        archive: The bundle's file name.
        signature: The member, ``bundle/SHA256SUMS.sig``.
    """
    place = {"sums": _SUMS, "file": signature.removeprefix("bundle/")}
    taken = (f"tar -xOf {shlex.quote(archive)} bundle/{name} >{name}" for name in place.values())
    return (*taken, _CHECKS[signature_method(signature)].format(**place))
