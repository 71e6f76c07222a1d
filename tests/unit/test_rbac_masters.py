"""Client certificates that carry system:masters."""

import base64
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from analyzer.checks.rbac_masters import RbacMasters
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict
from tests import evidence_builder as build
from tests.api_cases import api


def certificate(group: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, group),
            x509.NameAttribute(NameOID.COMMON_NAME, "someone"),
        ]
    )
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def embedded(group: str) -> str:
    data = base64.b64encode(certificate(group).encode()).decode()
    return f"kind: Config\nusers: [{{name: u, user: {{client-certificate-data: {data}}}}}]\n"


NAMED = "kind: Config\nusers: [{name: u, user: {client-certificate: /etc/x.crt}}]\n"


def outcomes(kubeconfig: str, named: str | None = None) -> tuple[Outcome, ...]:
    path = "/etc/kubernetes/admin.conf"
    files = [(path, build.captured(path, role="admin-kubeconfig", content=kubeconfig))]
    if named is not None:
        files.append(
            ("/etc/x.crt", build.captured("/etc/x.crt", role="certificate", content=named))
        )
    evidence = build.cluster(build.node("cp", files=files), api_evidence=api({"lists": {}}))
    return RbacMasters().evaluate(evidence, build.context())


@pytest.mark.parametrize("way", ["embedded", "named"])
def test_a_certificate_with_the_group_fails(way: str) -> None:
    if way == "embedded":
        found = outcomes(embedded("system:masters"))
    else:
        found = outcomes(NAMED, certificate("system:masters"))
    assert [(one.subject, one.verdict) for one in found] == [("node/cp", Verdict.FAIL)]
    assert "/etc/kubernetes/admin.conf" in found[0].explanation
    assert found[0].evidence


@pytest.mark.parametrize(
    ("kubeconfig", "named"),
    [
        (embedded("kubeadm:cluster-admins"), None),
        (embedded("system:masters-x"), None),
        ("not: a kubeconfig", None),
        (NAMED, None),
        (NAMED, "not a certificate"),
        (NAMED, certificate("system:nodes")),
    ],
    ids=range(6),
)
def test_anything_else_proves_nothing(kubeconfig: str, named: str | None) -> None:
    assert [one.verdict for one in outcomes(kubeconfig, named)] == [Verdict.MANUAL]
