"""Certificates in PEM: who, by whom, for what, until when. Private keys are never looked at."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import MappingProxyType

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from analyzer.model.errors import EvidenceFormatError

_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}?-----END CERTIFICATE-----"
)
MAX_CERTIFICATES = 1000
_KINDS: Mapping[type, str] = MappingProxyType(
    {x509.DNSName: "DNS", x509.IPAddress: "IP", x509.UniformResourceIdentifier: "URI"}
)
_UNREADABLE = (
    ValueError,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.UnsupportedGeneralNameType,
)
_LONGEST_NAME = 200
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What rules ask of one certificate.

    Attributes:
        common_name: First CN of the subject; empty when there is none.
        organizations: Every O of the subject, in order.
        spki_sha256: SHA-256 of the public key in DER form, 64 hex digits: two certificates
            with one key are one authority, whatever their names and dates.
        issuer: Its issuer's whole name as RFC 4514 writes it, cut to 200 characters.
        alternative_names: ``DNS:name``, ``IP:address`` or ``URI:address``, a dozen at most.
        not_before: First day, ``YYYY-MM-DD`` in UTC; empty when it cannot be read.
        not_after: Last day, as above.
        authority: Whether it may sign others; None when its extensions cannot be read.
    """

    common_name: str
    organizations: tuple[str, ...]
    spki_sha256: str
    issuer: str = ""
    alternative_names: tuple[str, ...] = ()
    not_before: str = ""
    not_after: str = ""
    authority: bool | None = None

    @property
    def text(self) -> str:
        """Return one line of all that is known, as a person would look for it."""
        groups = f", O={', '.join(self.organizations)}" if self.organizations else ""
        kind = {True: "a CA", False: "no CA", None: "CA or not is unreadable"}[self.authority]
        parts = (
            f"CN={self.common_name}{groups}",
            f"issued by {self.issuer}" if self.issuer else "",
            f"for {', '.join(self.alternative_names)}" if self.alternative_names else "",
            f"valid {self.not_before} to {self.not_after}" if self.not_after else "",
            kind,
            f"key sha256:{self.spki_sha256}",
        )
        return "; ".join(part for part in parts if part)


def read_certificates(text: str) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM text, or of base64 of one (kubeconfig ``*-data``).

    Raises:
        EvidenceFormatError: No certificate, too many, or one that cannot be read.
    """
    blocks = _BLOCK.findall(text if "-----BEGIN" in text else _from_base64(text))
    if not blocks:
        raise EvidenceFormatError("", "holds no certificate")
    if len(blocks) > MAX_CERTIFICATES:
        raise EvidenceFormatError("", f"holds more than {MAX_CERTIFICATES} certificates")
    return tuple(_read(block) for block in blocks)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise EvidenceFormatError("", "is neither PEM nor base64 of it") from error


def _read(block: str) -> Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(block.encode("ascii"))
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        subject = certificate.subject
        names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        organizations = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise EvidenceFormatError("", "holds a certificate that cannot be read") from error
    return Certificate(
        common_name=str(names[0].value) if names else "",
        organizations=tuple(str(o.value) for o in organizations),
        spki_sha256=hashlib.sha256(key).hexdigest(),
        issuer=_issuer(certificate),
        alternative_names=_alternative_names(certificate),
        not_before=_day(certificate, "not_valid_before_utc"),
        not_after=_day(certificate, "not_valid_after_utc"),
        authority=_authority(certificate),
    )


def _issuer(certificate: x509.Certificate) -> str:
    try:
        return certificate.issuer.rfc4514_string()[:_LONGEST_NAME]
    except ValueError:
        return ""


def _day(certificate: x509.Certificate, name: str) -> str:
    try:
        moment: datetime = getattr(certificate, name)
    except ValueError:
        return ""
    return f"{moment:%Y-%m-%d}"


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _UNREADABLE:
        return ()
    named = (
        f"{_KINDS[type(name)]}:{name.value}"[:_LONGEST_NAME]
        for name in found
        if type(name) in _KINDS
    )
    return tuple(islice(named, _MOST_NAMES))


def _authority(certificate: x509.Certificate) -> bool | None:
    """Tell whether it is a CA; one without the constraint is none (RFC 5280, 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
    except _UNREADABLE:
        return None
