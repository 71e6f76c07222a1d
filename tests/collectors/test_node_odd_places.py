"""Secrets in odd places of what is kept, key files under other names, and flags with one dash."""

import json
from pathlib import Path

import pytest

from tests.collectors.node_run import Collected, assert_absent, collect, process, write
from tests.collectors.redactor import redact
from tests.collectors.userlands import AWKS

DRAWN = "q7Zp0LxV3nTfB8sYw2KdR5"
LINES = "".join(f"      {DRAWN * 3}/{n}\n" for n in range(3))
NAMED = f"""kind: EncryptionConfiguration
resources:
- providers:
  - aesgcm:
      keys:
      - name: {DRAWN}==
"""
CONDITIONS = """jwt:
- userValidationRules:
  - expression: "true // for 'a' hunter2"
  - expression: true //hunter2
"""

# How a file is redacted, its role, and a text; of a secret word nothing may stay.
PLACES = {
    "flag drawn by lot": ("cmdline", "", f"kubelet\0--unheard\0--{DRAWN}\0"),
    "after words that end in a flag": ("cmdline", "", "kubelet\0x --name\0hunter2\0"),
    "word before the flags": (
        "distro",
        "",
        "kubelet-arg: ['hunter2 --v=2', '\"hunter2\" --v=2']\n",
    ),
    "token in the place of its file": ("distro", "", "token-file: hunter2\n"),
    "agent token likewise": ("distro", "", "agent-token-file: hunter2\nvpn-auth-file: hunter2\n"),
    "key in the place of its file": (
        "etcd",
        "",
        "client-transport-security: {key-file: hunter2, cert-file: hunter2}\n",
    ),
    "key inlined": (
        "kubeconfig",
        "",
        f"users:\n- user:\n    client-key: |\n{LINES}      a/hunter2\n",
    ),
    "key as its own name": ("encryption", "", NAMED),
    "comment of a condition": ("component", "authentication-config", CONDITIONS),
    "release": ("release", "", f"ID={'hunter2 ' * 50}\n"),
}


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize("name", PLACES)
def test_an_odd_place_keeps_no_secret(tmp_path: Path, name: str, awk: tuple[str, ...]) -> None:
    how, role, text = PLACES[name]
    done = redact(tmp_path, text.encode(), how=how, role=role, awk=awk)
    assert b"KEB-REDACTED-r1" in (done.kept or b"")
    for word in ("hunter2", DRAWN):
        assert word not in (done.kept or b"").decode() + done.records


# Arguments of etcd, whose flags may have one dash, and how they are kept.
ETCD = {
    "-auto-tls=true": "-auto-tls=true",
    "-peer-auto-tls": "-peer-auto-tls",
    "-client-cert-auth": "-client-cert-auth",
    "-debug=true": "-debug=true",
    "-initial-cluster-token=hunter2": "-initial-cluster-token=KEB-REDACTED-r1",
    "-unheard-of=hunter2": "-unheard-of=KEB-REDACTED-r1",
    f"-{DRAWN}": "KEB-REDACTED-r1",
}


@pytest.mark.parametrize("word", ETCD)
def test_one_dash_hides_no_flag_of_etcd(tmp_path: Path, word: str) -> None:
    data = f"/usr/bin/etcd\0{word}\0--data-dir=/d\0".encode()
    kept = redact(tmp_path, data, how="cmdline", role="").kept or b""
    assert kept.decode().split("\1") == ["/usr/bin/etcd", ETCD[word], "--data-dir=/d", ""]


PKI = "/etc/kubernetes/pki/"
CLOSED = {
    "/etc/kubernetes/ca.key": "a flag that promises a certificate",
    "/etc/kubernetes/x-key.pem": "a flag that promises a configuration",
    f"{PKI}link.crt": "a link within the folder",
    f"{PKI}server.pem": "what a flag calls a key",
    "/etc/kubernetes/fd.conf": "a link to a file of the kernel",
    "/proc/kmsg": "a file of the kernel",
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Return the run on a node whose key files hold what every redactor would keep."""
    root = tmp_path_factory.mktemp("keys") / "root"
    certificate = "-----BEGIN CERTIFICATE-----\nMIIBCjCCAQCg\n-----END CERTIFICATE-----\n"
    for path in ("/etc/kubernetes/ca.key", f"{PKI}ca.key", f"{PKI}server.pem", f"{PKI}ca.crt"):
        write(root, path, certificate, 0o600)
    write(root, "/etc/kubernetes/x-key.pem", "port: 1\n", 0o600)
    (root / PKI[1:] / "link.crt").symlink_to("ca.key")
    write(root, "/proc/kmsg", "port: 1\n", 0o600)
    (root / "etc/kubernetes/fd.conf").symlink_to("/proc/kmsg")
    process(root, 8, "kubelet", "--config=/proc/kmsg", "--kubeconfig=/etc/kubernetes/fd.conf")
    process(root, 9, "kubelet", "--tls-private-key-file=/proc/self/fd/3")
    words = ("--client-ca-file=/etc/kubernetes/ca.key", "--config=/etc/kubernetes/x-key.pem")
    process(root, 7, "kubelet", *words, f"--tls-private-key-file={PKI}server.pem")
    return collect(root, root.parent / "out")


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_never_opened_is_not_whoever_names_it(keys: Collected, path: str) -> None:
    found = [r for r in keys.probes if r["target"] == path]
    assert found
    assert [r["id"] for r in found if "blob" in r] == []
    assert {r["stat"]["mode"] for r in found} == {"0600"}


def test_what_only_a_process_itself_sees_is_not_called_absent(keys: Collected) -> None:
    assert keys.record("file/private-key", "/proc/self/fd/3")["status"] == "unsupported"


def test_a_certificate_beside_them_is(keys: Collected) -> None:
    assert keys.blob("file/pki", f"{PKI}ca.crt").startswith(b"-----BEGIN")
    assert_absent(keys, "MIIBCjCCAQCgx")
    assert json.dumps(keys.manifest)


LONG = {"ID": "x" * 400, "VERSION_ID": "\u00e9" * 200}


def test_a_long_release_leaves_the_bundle_readable(bare: Path, tmp_path: Path) -> None:
    write(bare, "/etc/os-release", "".join(f"{k}={v}\n" for k, v in LONG.items()))
    subject = collect(bare, tmp_path / "out").manifest["subject"]
    assert max(len(subject["os_id"]), len(subject["os_version"])) <= 300
