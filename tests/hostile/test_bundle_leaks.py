"""The leak scan finds what looks like a secret, says where, and never repeats it."""

import base64
import gzip
import secrets
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from analyzer.bundle.leak_scan import MAX_HITS, RULES, LeakHit, scan_bundle, scan_member
from analyzer.bundle.reader import read_bundle
from tests.hostile.builder import members, pack, write

ROOT = Path(__file__).resolve().parents[2]


def key_pem() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


KEY = key_pem()
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\n" + base64.b64encode(bytes(60)) + b"\n"
PART = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"x"}').rstrip(b"=")
JWT = PART + b"." + PART + b"." + secrets.token_urlsafe(24).encode()
RANDOM = base64.b64encode(bytes(range(40, 70))).rstrip(b"=")

LEAKS: dict[str, tuple[bytes, str]] = {
    "pem": (b"x\n" + KEY, "private-key"),
    "pem-in-json": (b'x\n{"key": "' + KEY.replace(b"\n", b"\\n") + b'"}', "private-key"),
    "pem-indented": (b"x\n  " + KEY.replace(b"\n", b"\n    "), "private-key"),
    "pem-pkcs8": (b"x\n" + KEY.replace(b" EC ", b" "), "private-key"),
    "pem-encrypted": (b"x\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENC", "private-key"),
    "kubeconfig-key": (
        b"users:\n    client-key-data: " + base64.b64encode(KEY),
        "private-key-base64",
    ),
    "key-behind-certificate": (
        b"x\ndata: " + base64.b64encode(CERTIFICATE + KEY),
        "private-key-base64",
    ),
    "jwt": (b"x\ntoken: " + JWT, "jwt"),
    "aws": (b"x\nAKIA" + b"Q3EXAMPLEKEY4567", "aws-access-key"),
    "url": (b"x\nhttps://root:hunter2@etcd.example:2379/x", "url-password"),
    "database-url": (b"x\nmysql://k3s:pa%24s@tcp(db:3306)/kube", "url-password"),
    "flag": (b"x\n--token=" + RANDOM, "named-secret"),
    "json": (b'x\n{"password": "' + RANDOM + b'"}', "named-secret"),
    "json-in-json": (b'x\n{"a": "{\\"secret\\":\\"' + RANDOM + b'\\"}"}', "named-secret"),
    "yaml": (b"x\nsecret:  " + RANDOM, "named-secret"),
    "hex": (b"x\napi_key = " + b"0123456789abcdef" * 3, "named-secret"),
    "key-in-a-larger-base64": (
        b"x\ndata: " + base64.b64encode(b"12" + KEY.replace(b" EC ", b" ")),
        "private-key-base64-shifted",
    ),
    "key-in-gzip": (b"x\n" + gzip.compress(KEY), "private-key"),
    "jwt-in-gzip-in-base64": (b'x\n{"a":"' + base64.b64encode(gzip.compress(JWT)), "jwt"),
    "provider": (b"x\nghp_" + b"aB3" * 12, "provider-key"),
    "bearer": (b"x\nAuthorization: Bearer " + RANDOM, "bearer"),
    "bootstrap": (b"x\n--token abcdef.0123456789abcdef", "bootstrap-token"),
}


@pytest.mark.parametrize(("data", "rule"), LEAKS.values(), ids=LEAKS.keys())
def test_leak_is_found_on_its_line(data: bytes, rule: str) -> None:
    assert LeakHit(member="m", line=2, rule=rule) in scan_member("m", data)


def test_every_rule_is_tried() -> None:
    assert {rule for _, rule in LEAKS.values()} == set(RULES)


HARMLESS: dict[str, bytes] = {
    "empty": b"",
    "certificate": CERTIFICATE + b"-----END CERTIFICATE-----\n",
    "certificate-base64": b"certificate-authority-data: " + base64.b64encode(CERTIFICATE * 3),
    "public-key": b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD",
    "masked": b"--token=KEB-REDACTED-r12 password: KEB-REDACTED-r999999999999Aa1",
    "masked-url": b"https://user:KEB-REDACTED-r4@host/",
    "path": b"--token-auth-file=/etc/Kubernetes/Token9/auth.csv token: /Var/run/secrets/X1Y2Z3a",
    "word": b'"secretName":"my-application-tls-secret" tokenreviews: create',
    "pattern-in-a-script": b"grep -q '-----BEGIN RSA PRIVATE KEY-----' \"$1\"\nLS0tLS1CRUdJTi",
    "url-with-port": b"https://10.0.0.1:6443/x?a=b@c https://[::1]:2379",
    "uid": b'"uid":"0f8fad5b-d9cb-469f-a165-70867728950e"',
    "duration": b'"tokenExpiration": "3600s" secret: changeme',
}


@pytest.mark.parametrize("data", HARMLESS.values(), ids=HARMLESS.keys())
def test_harmless_text_is_not_reported(data: bytes) -> None:
    assert scan_member("m", data) == ()


@pytest.mark.parametrize("name", ["node.sh", "api.py"])
def test_our_own_collectors_are_not_reported(name: str) -> None:
    """They travel in every bundle and hold the patterns that they look for."""
    data = (ROOT / "collectors" / name).read_bytes()
    assert scan_member(f"bundle/collector/{name}", data) == ()


def test_every_member_is_scanned(tmp_path: Path) -> None:
    made = members(changes={"log.txt": b"a\nb\n" + KEY, "blobs/b1": JWT})
    hits = scan_bundle(read_bundle(write(tmp_path, pack(made))))
    assert hits == (
        LeakHit(member="bundle/log.txt", line=3, rule="private-key"),
        LeakHit(member="bundle/blobs/b1", line=1, rule="jwt"),
    )
    assert "PRIVATE" not in repr(hits)


def test_hits_are_capped() -> None:
    data = b"".join(b"AKIAQ3EXAMPLEKEY4567\n" for _ in range(MAX_HITS * 2))
    assert len(scan_member("m", data)) == MAX_HITS


SLOW: dict[str, bytes] = {
    "pem-heads": b"-----BEGIN " * 100_000,
    "base64": b"LS0tLS1CRUdJTi" + b"A" * 1_000_000,
    "base64-heads": b"LS0tLS1CRUdJTi" * 70_000,
    "jwt-heads": b"eyJaaaaaaaa." * 80_000,
    "schemes": b"a" * 1_000_000,
    "urls": b"a://" * 250_000,
    "colons": b"http://" + b":" * 1_000_000,
    "gzip-heads": b"\x1f\x8b\x08" * 300_000,
    "gzip-base64": b"H4sI" * 250_000,
    "gzip-bomb": gzip.compress(bytes(200_000_000)),
    "bearers": b"bearer " * 150_000,
    "tokens": b"token" * 200_000,
    "token-blanks": b"token" + b" " * 1_000_000,
    "letters": b"eyJ" * 300_000,
    "jwt-parts": b"aaaaaaaa.eyJaaaaaaaa" * 50_000,
    "jwt-body": b"aaaaaaaa.eyJ" + b"a" * 1_000_000,
    "hosts": b"a://" + b"a" * 1_000_000,
    "token-words": b"token:" + b"token" * 200_000,
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW.keys())
def test_no_text_makes_the_scan_slow(data: bytes) -> None:
    start = time.process_time()
    scan_member("m", data)
    assert time.process_time() - start < 5
