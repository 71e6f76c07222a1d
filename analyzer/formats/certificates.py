"""Certificates in PEM: subjects and public keys. Private keys are never looked at."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from analyzer.model.errors import EvidenceFormatError

_BLOCK = re.compile(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}?-----END CERTIFICATE-----"
)
MAX_CERTIFICATES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What rules ask of one certificate.

    Attributes:
        common_name: First CN of the subject; empty when there is none.
        organizations: Every O of the subject, in order.
        spki_sha256: SHA-256 of the public key in DER form, 64 hex digits: two certificates
            with one key are one authority, whatever their names and dates.
    """

    common_name: str
    organizations: tuple[str, ...]
    spki_sha256: str


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


def certificate_subjects(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (CN, organizations) of every certificate of a PEM text or base64 of one.

    Raises:
        EvidenceFormatError: As :func:`read_certificates`.
    """
    return tuple((c.common_name, c.organizations) for c in read_certificates(text))


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
    )
