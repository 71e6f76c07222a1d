"""Parsers of node evidence: exact tables, and properties that hold for any text."""

import base64
import hashlib
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.formats.audit_policy import Request, read_audit_policy, recorded_level
from analyzer.formats.certificates import read_certificates
from analyzer.formats.cipher_suites import CIPHER_SETS, canonical
from analyzer.formats.command_line import Style, parse_arguments
from analyzer.formats.encryption_config import read_encryption_config
from analyzer.formats.kubeconfig import read_kubeconfig
from analyzer.formats.scalars import is_loopback, parse_boolean, parse_duration, parse_number
from analyzer.model.errors import EvidenceFormatError
from tests.case_evidence import PKI

TEXT = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("0s", 0.0),
        ("0m0s", 0.0),
        ("1h30m", 5400.0),
        ("1.5h", 5400.0),
        ("-1m", -60.0),
        ("300ms", 0.3),
        ("5", None),
        ("5 s", None),
        ("s", None),
        ("", None),
        ("1h-2m", None),
    ],
)
def test_duration(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "flag", "yaml"),
    [
        ("true", True, True),
        ("T", True, None),
        ("1", True, None),
        ("yes", None, True),
        ("Off", None, False),
        ("FALSE", False, False),
        ("tRUE", None, None),
        ("", None, None),
    ],
)
def test_boolean(text: str, flag: bool | None, yaml: bool | None) -> None:
    assert parse_boolean(text) is flag
    assert parse_boolean(text, yaml=True) is yaml


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-1", -1),
        ("+30", 30),
        ("1e3", None),
        ("٣", None),
        ("3 ", None),
        ("010", 8),
        ("0x1E", 30),
        ("0b11", 3),
        ("-0x10", -16),
        ("1_000", 1000),
        ("08", None),
        ("_1", None),
        ("1__0", None),
        ("ff", None),
        ("0x", None),
        ("1" * 100, None),
    ],
)
def test_number(text: str, number: int | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:10249", True),
        ("[::1]:10249", True),
        ("::1", True),
        ("localhost:1", True),
        ("0.0.0.0", False),
        ("[::]", False),
        ("", False),
        ("localhost.example.com", False),
        ("1270.0.0.1", False),
    ],
)
def test_loopback(text: str, expected: bool) -> None:
    assert is_loopback(text) is expected


@pytest.mark.parametrize(
    ("argv", "style", "expected"),
    [
        (["p", "--a=b"], Style.PFLAG, [("a", "b", 1)]),
        (["p", "--client-ca-file", "x"], Style.PFLAG, [("client-ca-file", "x", 1)]),
        (["p", "--client-ca-file", "--x"], Style.PFLAG, [("client-ca-file", "--x", 1)]),
        (["p", "--profiling", "false"], Style.PFLAG, [("profiling", None, 1)]),
        (["p", "--a_b=c=d"], Style.PFLAG, [("a-b", "c=d", 1)]),
        (["p", "word", "--a=b"], Style.PFLAG, [("a", "b", 2)]),
        (["p", "-v=2", "--a=b"], Style.PFLAG, [("a", "b", 2)]),
        (["p", "--", "--a=b"], Style.PFLAG, []),
        (
            ["p", "-auto-tls", "-name", "x"],
            Style.GO_FLAG,
            [("auto-tls", None, 1), ("name", "x", 2)],
        ),
        (["p", "word", "--a=b"], Style.GO_FLAG, []),
        (["p", "--client-ca-file"], Style.PFLAG, [("client-ca-file", None, 1)]),
        (["--a=b"], Style.PFLAG, []),
        ([], Style.PFLAG, []),
    ],
)
def test_arguments(
    argv: list[str], style: Style, expected: list[tuple[str, str | None, int]]
) -> None:
    found = parse_arguments(argv, style=style)
    assert [(o.name, o.value, o.index) for o in found] == expected


def test_cipher_sets_have_the_size_in_their_name() -> None:
    for name, suites in CIPHER_SETS.items():
        assert len(set(suites)) == len(suites)
        assert {canonical(s) for s in suites} == set(suites)
        spellings = 2 if name in {"C11", "C15", "C21"} else 0
        assert len(suites) + spellings == int(name[1:])


def test_certificates_are_compared_by_key() -> None:
    keys = {p.name: read_certificates(p.read_text("ascii"))[0] for p in PKI.glob("*.crt")}
    again, first = keys["cluster-ca-again.crt"], keys["cluster-ca.crt"]
    assert again.spki_sha256 == first.spki_sha256
    assert again.common_name != first.common_name
    assert keys["etcd-ca.crt"].spki_sha256 != first.spki_sha256
    bundle = (PKI / "masters.crt").read_text("ascii") * 2
    found = [(c.common_name, c.organizations) for c in read_certificates(bundle)]
    assert found == [("alice", ("system:masters", "ops"))] * 2


def made_certificate(*extensions: x509.ExtensionType) -> tuple[str, str]:
    """Return a certificate in PEM, and the hash of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
    issuer = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ops, Inc."),
            x509.NameAttribute(NameOID.COMMON_NAME, "ca"),
        ]
    )
    builder = x509.CertificateBuilder(
        subject_name=name,
        issuer_name=issuer,
        public_key=key.public_key(),
        serial_number=7,
        not_valid_before=datetime(2026, 1, 2, tzinfo=UTC),
        not_valid_after=datetime(2036, 1, 2, tzinfo=UTC),
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_bytes(Encoding.PEM).decode(), hashlib.sha256(spki).hexdigest()


NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("kubernetes.default"),
        x509.IPAddress(ip_address("10.96.0.1")),
        x509.UniformResourceIdentifier("spiffe://cluster/x"),
        x509.RFC822Name("ops@example.com"),
    ]
)
SHOWN_NAMES = ("DNS:kubernetes.default", "IP:10.96.0.1", "URI:spiffe://cluster/x")
WHO = "CN=server; issued by CN=ca,O=Ops\\, Inc."
WHEN = "valid 2026-01-02 to 2036-01-02"


@pytest.mark.parametrize(
    ("extensions", "text"),
    [
        ((), f"{WHO}; {WHEN}; no CA"),
        ((x509.BasicConstraints(ca=True, path_length=None),), f"{WHO}; {WHEN}; a CA"),
        ((x509.BasicConstraints(ca=False, path_length=None),), f"{WHO}; {WHEN}; no CA"),
        (
            (NAMES,),
            f"{WHO}; for {', '.join(SHOWN_NAMES)}; {WHEN}; no CA",
        ),
        (
            (
                x509.UnrecognizedExtension(
                    ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x03\x82\x05a"
                ),
                x509.UnrecognizedExtension(ExtensionOID.BASIC_CONSTRAINTS, b"\x04"),
            ),
            f"{WHO}; {WHEN}; CA or not is unreadable",
        ),
    ],
)
def test_a_certificate_says_all_that_a_person_would_look_for(
    extensions: tuple[x509.ExtensionType, ...], text: str
) -> None:
    pem, key = made_certificate(*extensions)
    assert [c.text for c in read_certificates(pem)] == [f"{text}; key sha256:{key}"]
    embedded = base64.b64encode(pem.encode()).decode()
    users = f"kind: Config\nusers: [{{name: u, user: {{client-certificate-data: {embedded}}}}}]\n"
    assert [c.text for u in read_kubeconfig(users) for c in u.certificates] == [
        f"{text}; key sha256:{key}"
    ]


@pytest.mark.parametrize(
    ("rule", "verb", "resource", "level"),
    [
        ("{level: Request, verbs: [get]}", "get", ("", "pods", ""), "Request"),
        ("{level: Request, verbs: [get]}", "list", ("", "pods", ""), "None"),
        ("{level: Request, resources: [{group: ''}]}", "get", ("", "pods", "log"), "Request"),
        ("{level: Request, resources: [{group: apps}]}", "get", ("", "pods", ""), "None"),
        (
            "{level: Request, resources: [{group: '', resources: [pods]}]}",
            "get",
            ("", "pods", "log"),
            "None",
        ),
        (
            "{level: Request, resources: [{group: '', resources: ['*/log']}]}",
            "get",
            ("", "pods", "log"),
            "Request",
        ),
        (
            "{level: Request, resources: [{group: '', resources: ['pods/*']}]}",
            "get",
            ("", "pods", ""),
            "Request",
        ),
        (
            "{level: Request, resources: [{group: '', resources: [pods], resourceNames: [a]}]}",
            "get",
            ("", "pods", ""),
            "None",
        ),
        ("{level: Request, namespaces: [kube-system]}", "get", ("", "pods", ""), "None"),
        ("{level: Request, nonResourceURLs: ['*']}", "get", ("", "pods", ""), "None"),
    ],
)
def test_audit_rule(rule: str, verb: str, resource: tuple[str, str, str], level: str) -> None:
    text = f"apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- {rule}\n"
    group, name, sub = resource
    request = Request(verb=verb, group=group, resource=name, subresource=sub)
    assert recorded_level(read_audit_policy(text), request)[0] == level


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_readers_return_a_value_or_refuse(text: str) -> None:
    for reader in (read_audit_policy, read_encryption_config, read_kubeconfig, read_certificates):
        try:
            reader(text)
        except EvidenceFormatError:
            continue


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, max_size=8))
def test_arguments_never_fail_and_keep_their_order(argv: list[str]) -> None:
    for style in Style:
        places = [o.index for o in parse_arguments(argv, style=style)]
        assert places == sorted(set(places))
        assert all(0 < place < len(argv) for place in places)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_scalars_never_fail(text: str) -> None:
    parse_boolean(text), parse_number(text), parse_duration(text), is_loopback(text)
