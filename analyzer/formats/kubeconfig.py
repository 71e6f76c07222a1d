"""Kubeconfigs: who logs in with them and how; never a credential."""

from dataclasses import dataclass

from analyzer.formats.certificates import Certificate, read_certificates
from analyzer.formats.config_file import load_document
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeconfigUser:
    """One user entry.

    Attributes:
        certificate_file: Path of the client certificate; empty when there is none.
        certificates: Embedded client certificates.
    """

    name: str
    certificate_file: str
    certificates: tuple[Certificate, ...]


def read_kubeconfig(text: str) -> tuple[KubeconfigUser, ...]:
    """Read the users of a kubeconfig.

    Raises:
        EvidenceFormatError: Not a kubeconfig, or a certificate in it cannot be read.
    """
    document = load_document(text)
    if not isinstance(document, dict) or document.get("kind") != "Config":
        raise EvidenceFormatError("", "is not a kubeconfig")
    entries = document.get("users") or []
    if not isinstance(entries, list):
        raise EvidenceFormatError("", "has users that are not a list")
    return tuple(_user(entry) for entry in entries)


def _user(entry: YamlValue) -> KubeconfigUser:
    user = entry.get("user") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(user, (dict, type(None))):
        raise EvidenceFormatError("", "has a user that is not a mapping")
    facts = user or {}
    data = facts.get("client-certificate-data")
    return KubeconfigUser(
        name=_text(entry.get("name")),
        certificate_file=_text(facts.get("client-certificate")),
        certificates=read_certificates(data) if isinstance(data, str) and data else (),
    )


def _text(value: YamlValue) -> str:
    return value if isinstance(value, str) else ""
