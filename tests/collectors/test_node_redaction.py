"""No secret of a node reaches any member of its bundle, wherever it was kept."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collectors.node_run import (
    Collected,
    assert_absent,
    collect,
    process,
    secret,
    write,
)


def pem(label: str, body: str) -> str:
    """Return a PEM block around ``body``."""
    coded = base64.b64encode(body.encode()).decode()
    lines = [coded[i : i + 64] for i in range(0, len(coded), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


# As much of a certificate as its frame: a sequence, a sequence in it, and the tag of a version.
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBCjCCAQCg\n-----END CERTIFICATE-----\n"
KUBECONFIG = """apiVersion: v1
kind: Config
clusters:
- cluster: {{server: 'https://192.0.2.1:6443'}}
  name: c
contexts: []
users:
- name: token-user
  user:
    token: {0}
- name: basic-user
  user: {{username: admin, password: "{1}"}}
- name: exec-user
  user:
    exec:
      command: get-token
      env:
      - name: SECRET
        value: {2}
- name: provider-user
  user:
    auth-provider:
      name: oidc
      config:
        refresh-token: {3}
- name: block-user
  user:
    token: |
      {4}
      {5}
# an old one: {6}
"""

ENCRYPTION_BLOCK = """kind: EncryptionConfiguration
apiVersion: apiserver.config.k8s.io/v1
resources:
  - resources:
      - secrets
      - configmaps
    providers:
      - aescbc:
          keys:
            - name: key1
              secret: {0}
            - name: key2
              secret: "{1}"
      - kms:
          name: vault
          endpoint: unix:///run/kms.sock
          apiVersion: v2
      - identity: {{}}
"""
ENCRYPTION_FLOW = """kind: EncryptionConfiguration
apiVersion: apiserver.config.k8s.io/v1
resources: [{{resources: [secrets], providers: [{{secretbox: {{keys: [{{name: key1,
  secret: {0}}}]}}}}, {{aesgcm: {{keys: [{{name: 'key2', secret: '{1}'}}]}}}},
  {{identity: {{}}}}]}}]
"""
ENCRYPTION_JSON = json.dumps(
    {
        "kind": "EncryptionConfiguration",
        "apiVersion": "apiserver.config.k8s.io/v1",
        "resources": [
            {
                "resources": ["secrets"],
                "providers": [
                    {"aescbc": {"keys": [{"name": "key1", "secret": "@0"}]}},
                    {"secretbox": {"keys": [{"name": "key2", "secret": "@1"}]}},
                ],
            }
        ],
    },
    indent=1,
)


def encryption_tree(
    root: Path, text: str, path: str = "/etc/kubernetes/enc.yaml", pid: int = 10
) -> None:
    """Let an API server name an encryption configuration."""
    process(root, pid, "kube-apiserver", f"--encryption-provider-config={path}")
    write(root, path, text, 0o600)


@pytest.mark.parametrize("text", [ENCRYPTION_BLOCK, ENCRYPTION_FLOW, ENCRYPTION_JSON])
def test_encryption_keys_go_and_their_names_stay(bare: Path, tmp_path: Path, text: str) -> None:
    one, two = (base64.b64encode(secret(32).encode()).decode() for _ in range(2))
    filled = text.replace("@0", one).replace("@1", two) if "@0" in text else text.format(one, two)
    encryption_tree(bare, filled)
    run = collect(bare, tmp_path / "out")
    assert_absent(run, one, two)
    kept = run.blob("file/encryption-config").decode()
    assert run.record("file/encryption-config")["status"] == "ok"
    assert run.record("file/encryption-config")["redactions"] == 2
    order = [w for w in ("secrets", "key1", "key2") if w in kept]
    assert order == ["secrets", "key1", "key2"]


NOT_UNDERSTOOD = {
    "anchor": "a: &anchor {0}\nkind: EncryptionConfiguration\n",
    "tag": "kind: EncryptionConfiguration\nresources: !!str {0}\n",
    "another-kind": "kind: Secret\ndata:\n  key: {0}\n",
    "open": "resources: [{{providers: [{{aescbc: {{keys: [{{secret: {0}",
    "tab": "{0}\n\tsecret: {0}\n",
    "binary": "kind: EncryptionConfiguration\n{0}\0\n",
    "complex-key": "? {0}\n: x\n",
}


def test_what_is_not_understood_keeps_nothing(bare: Path, tmp_path: Path) -> None:
    values = {case: secret(40) for case in NOT_UNDERSTOOD}
    for pid, (case, text) in enumerate(NOT_UNDERSTOOD.items(), start=10):
        encryption_tree(bare, text.format(values[case]), f"/etc/kubernetes/{case}.yaml", pid)
    run = collect(bare, tmp_path / "out")
    assert run.code == 3
    for case, value in values.items():
        found = run.record("file/encryption-config", f"/etc/kubernetes/{case}.yaml")
        assert (case, found["status"], "blob" in found) == (case, "error", False)
        assert (case, found["detail"]) == (case, "redactor failed")
        assert found["stat"]["mode"] == "0600"
        assert_absent(run, value)


def test_kubeconfig_keeps_no_credential_of_any_kind(bare: Path, tmp_path: Path) -> None:
    values = [secret() for _ in range(7)]
    write(bare, "/etc/kubernetes/admin.conf", KUBECONFIG.format(*values))
    run = collect(bare, tmp_path / "out")
    assert_absent(run, *values)
    kept = run.blob("file/admin-kubeconfig", "/etc/kubernetes/admin.conf").decode()
    for word in ("https://192.0.2.1:6443", "token: KEB-REDACTED-", "exec: KEB-REDACTED-"):
        assert word in kept
    assert "auth-provider: KEB-REDACTED-" in kept


def test_certificate_data_is_kept_only_when_it_is_certificates(bare: Path, tmp_path: Path) -> None:
    value = secret(48)
    good = base64.b64encode(CERTIFICATE.encode()).decode()
    bad = base64.b64encode((CERTIFICATE + pem("PRIVATE KEY", value)).encode()).decode()
    text = (
        f"kind: Config\nclusters:\n- cluster:\n    certificate-authority-data: {good}\n"
        f"users:\n- user:\n    client-certificate-data: {bad}\n"
    )
    write(bare, "/etc/kubernetes/admin.conf", text)
    run = collect(bare, tmp_path / "out")
    assert_absent(run, value, bad)
    assert good in run.blob("file/admin-kubeconfig", "/etc/kubernetes/admin.conf").decode()


def planted_certificates(root: Path, value: str) -> None:
    """Hide a key in files that are named like certificates."""
    write(root, "/etc/kubernetes/pki/ca.crt", pem("RSA PRIVATE KEY", value))
    both = CERTIFICATE + pem("EC PRIVATE KEY", value) + CERTIFICATE
    write(root, "/etc/kubernetes/pki/both.pem", both)
    write(root, "/etc/kubernetes/pki/liar.crt", pem("CERTIFICATE", value))
    write(root, "/etc/kubernetes/pki/open.crt", pem("CERTIFICATE", value)[:-30])


def test_a_certificate_file_gives_only_certificates(bare: Path, tmp_path: Path) -> None:
    value = secret(60)
    planted_certificates(bare, value)
    run = collect(bare, tmp_path / "out")
    assert_absent(run, value)
    both = run.blob("file/pki", "/etc/kubernetes/pki/both.pem")
    assert both.count(b"BEGIN CERTIFICATE") == 2
    assert run.blob("file/pki", "/etc/kubernetes/pki/ca.crt") == b""


def planted_arguments(root: Path, values: Callable[[], str]) -> None:
    """Put secrets into arguments of matched processes, in each form that flags take."""
    jwt = f"eyJhbGciOiJSUzI1NiJ9.eyJ{values()}.{values()}"
    process(
        root,
        20,
        "kubelet",
        f"--bootstrap-token={values()}",
        "--token",
        values(),
        "--agent_token=" + values(),
        f"--http-proxy=http://user:{values()}@proxy:3128",
        f"--odd={jwt}",
        f"--cloud-key=AKIA{values()[:16].upper()}",
        f"--etcd-s3-secret-key={values()}",
        f"--settings=a=1,password={values()}",
        "--node-ip=192.0.2.9",
    )
    process(root, 21, "k3s", "server", f"--datastore-endpoint=mysql://u:{values()}@tcp(h)/db")
    url = f"https://d.example/{values()}"
    process(root, 22, "etcd", "--discovery", url, "-password=" + values())


def test_arguments_lose_values_but_not_places(bare: Path, tmp_path: Path) -> None:
    made: list[str] = []

    def fresh() -> str:
        made.append(secret())
        return made[-1]

    planted_arguments(bare, fresh)
    run = collect(bare, tmp_path / "out")
    assert_absent(run, *made)
    argv = run.blob("proc/cmdline", "/proc/20/cmdline").split(b"\0")
    assert argv[0] == b"kubelet"
    assert argv[1].startswith(b"--bootstrap-token=KEB-REDACTED-r")
    assert argv[2:3] == [b"--token"]
    assert argv[3].startswith(b"KEB-REDACTED-r")
    assert argv[5].startswith(b"--http-proxy=KEB-REDACTED-r")
    assert argv[7].startswith(b"--cloud-key=KEB-REDACTED-r")
    assert argv[-2:] == [b"--node-ip=192.0.2.9", b""]


TEXTS = {
    "/etc/kubernetes/manifests/kube-apiserver.yaml": """apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"x":"{0}"}}'
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 192.0.2.2:6443
spec:
  containers:
  - command: ["kube-apiserver", "--secure-port=6443", "--token={1}"]
    args:
    - --password
    - {2}
    - |
      exec run --agent-token={3} \\
        --secret "{4}"
    env:
    - name: PLAIN
      value: {5}
    - {{name: FLOW, value: "{6}"}}
    livenessProbe:
      httpGet:
        httpHeaders:
        - name: Authorization
          value: Basic {7}
""",
    "/etc/rancher/rke2/config.yaml": """token: {0}
agent-token: "{1}"
datastore-endpoint: 'postgres://k3s:{2}@db/k3s'
etcd-s3-access-key: {3}
etcd-s3-secret-key: {4}
kube-apiserver-arg:
  - "anonymous-auth=false"
  - oidc-client-secret={5}
private-registry-password: {6}
# {7}
""",
    "/etc/etcd/etcd.conf.yml": """name: one
initial-cluster-token: {0}
discovery: https://discovery.example/{1}
discovery-srv: example.org
initial-cluster: one=https://192.0.2.1:2380
listen-client-urls: http://user:{2}@192.0.2.1:2379
password: {3}
secret-key: {4}
api-key: {5}
token: [{6}, {7}]
""",
    "/etc/systemd/system/kubelet.service": """[Service]
Environment="API_TOKEN={0}" KUBELET_ARGS=--token={1} 'OTHER={2}'
Environment=MORE={3} \\
  STILL={4}
ExecStart=/usr/bin/kubelet --bootstrap-token {5} --v=2
SetCredential=name:{6}
# {7}
""",
    "/etc/default/kubelet": """KUBELET_EXTRA_ARGS="--v=2 --token={0} --password {1}"
AWS_SECRET_ACCESS_KEY={2}
export DB="{3}"
KUBELET_TOKEN={4}
{5}
# {6}
HTTP_PROXY=http://u:{7}@p
""",
    "/var/lib/kubelet/config.yaml": """kind: KubeletConfiguration
staticPodURL: https://u:{0}@h/x
staticPodURLHeader:
  Authorization:
  - Bearer {1}
  X-Other: ["{2}"]
token: {3}
nested: {{password: {4}, clientSecret: "a", client-secret: {5}}}
text: |
  password: {6}
  {7}
authentication: {{anonymous: {{enabled: false}}}}
""",
    "/etc/cni/net.d/10-calico.conflist": """{{"plugins": [{{"policy": {{"type": "k8s",
 "k8s_auth_token": "{0}"}}, "password": "{1}", "etcd_endpoints": "https://u:{2}@h"}}],
 "token":"{3}", "secret" : "{4}", "api_key":"{5}", "access-key": "{6}", "passwd": "{7}"}}
""",
    "/etc/cni/net.d/calico-kubeconfig": KUBECONFIG + "# {7}\n",
}


def test_planted_secrets_stay_on_the_host(bare: Path, tmp_path: Path) -> None:
    values = {path: [secret(27) for _ in range(8)] for path in TEXTS}
    for path, text in TEXTS.items():
        write(bare, path, text.format(*values[path]))
    run = collect(bare, tmp_path / "out")
    masked = Counter(r["member"] for r in run.lines("redactions.ndjson"))
    for path in TEXTS:
        (found,) = [r for r in run.probes if r["target"] == path and "blob" in r]
        assert (path, found["status"]) == (path, "ok")
        assert (path, found["redactions"]) == (path, masked[found["blob"]])
        assert_absent(run, *values[path])


KEY_PLACES = {
    "/etc/cni/net.d/10-lines.conf": "{\n  'key': '\n@'\n}\n",
    "/etc/cni/net.d/10-coded.conf": '{"key": "@64"}\n',
    "/etc/cni/net.d/10-escaped.conf": '{"key": "@n"}\n',
    "/etc/systemd/system/kubelet.service": "[Service]\nExecStart=x\n@",
    "/etc/default/kubelet": "KUBELET_X=y\n@",
    "/etc/kubernetes/admin.conf": "kind: Config\nusers:\n- user:\n    client-key-data: @64\n",
    "/etc/kubernetes/scheduler.conf": "kind: Config\nusers:\n- user:\n    client-key: |\n@4",
    "/etc/rancher/k3s/config.yaml": "harmless: @64\nargs:\n- '--x=@64'\n",
    "/var/lib/kubelet/config.yaml": "kind: KubeletConfiguration\nodd: |\n@4more: x\n",
    "/etc/kubernetes/manifests/etcd.yaml": "spec:\n  containers:\n  - args:\n    - --x=@64\n",
}


@pytest.mark.parametrize("shift", range(3))
def test_a_private_key_is_known_in_any_coat(bare: Path, tmp_path: Path, shift: int) -> None:
    shapes = {path: planted_key(bare, path, shift) for path in KEY_PLACES}
    run = collect(bare, tmp_path / "out")
    for path, values in shapes.items():
        (found,) = [r for r in run.probes if r["target"] == path]
        assert (path, found["status"], found["redactions"] > 0) == (path, "ok", True)
        assert_absent(run, *values)


def planted_key(root: Path, path: str, shift: int) -> list[str]:
    """Write a file with a new private key in it; returns the texts that would give it away."""
    body = secret(300)
    key = pem("PRIVATE KEY", body)
    coded = base64.b64encode(b"\n" * shift + key.encode()).decode()
    text = KEY_PLACES[path].replace("@64", coded).replace("@n", key.replace("\n", "\\n"))
    text = text.replace("@4", "".join(f"      {line}\n" for line in key.splitlines()))
    write(root, path, text.replace("@", key))
    body64 = base64.b64encode(body.encode()).decode()
    return [coded, *[body64[i : i + 64] for i in range(0, 384, 64)], body[:40]]


FRAMES = (b"\x30\x82\x01\x0a\x02\x01\x00", b"\x30\x82\x01\xbd\x30\x57\x06\x09\x2a")


@pytest.mark.parametrize("frame", FRAMES, ids=["plain", "encrypted"])
def test_a_key_that_calls_itself_a_certificate_stays(
    bare: Path, tmp_path: Path, frame: bytes
) -> None:
    body = frame + secret(60).encode()
    coded = base64.b64encode(body).decode()
    lie = f"-----BEGIN CERTIFICATE-----\n{coded}\n-----END CERTIFICATE-----\n"
    write(bare, "/etc/kubernetes/pki/ca.crt", lie)
    data = base64.b64encode(lie.encode()).decode()
    text = f"kind: Config\nusers:\n- user:\n    client-certificate-data: {data}\n"
    write(bare, "/etc/kubernetes/admin.conf", text)
    run = collect(bare, tmp_path / "out")
    assert run.blob("file/pki", "/etc/kubernetes/pki/ca.crt") == b""
    assert_absent(run, coded, data)


SHAPES = ("eyJhbGciOiJSUzI1NiJ9.eyJ{0}.{0}", "{0}")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_in_the_place_of_a_path_is_not_looked_for(
    bare: Path, tmp_path: Path, shape: str
) -> None:
    value = shape.format(secret())
    names = ("tokenFile", "client-certificate", "client-key")
    fields = "".join(f"    {name}: {value}\n" for name in names)
    write(bare, "/etc/kubernetes/admin.conf", f"kind: Config\nusers:\n- user:\n{fields}")
    write(
        bare,
        "/var/lib/kubelet/config.yaml",
        f"kind: KubeletConfiguration\nstaticPodPath: {value}\n",
    )
    words = [f"/{value}"] if "." in value else [value]
    process(bare, 12, "kubelet", *(f"--kubeconfig={word}" for word in words))
    assert_absent(collect(bare, tmp_path / "out"), value)


def test_environment_is_an_allow_list(bare: Path, tmp_path: Path) -> None:
    value = secret()
    variables = {"ETCD_DATA_DIR": "/var/lib/etcd", "ETCD_PASSWORD": value, "X": value}
    process(bare, 30, "etcd", environ=variables)
    run = collect(bare, tmp_path / "out")
    assert run.blob("proc/environ") == b"ETCD_DATA_DIR=/var/lib/etcd\0"
    assert_absent(run, value)


def test_recorded_nodes_leak_no_canary(cp_run: Collected, worker_run: Collected) -> None:
    for run in (cp_run, worker_run):
        assert_absent(run, "CANARY")
        assert run.code == 0
        assert {r["status"] for r in run.probes} <= {"ok", "absent"}


def test_private_keys_are_never_opened(cp_run: Collected) -> None:
    keys = [r for r in cp_run.probes if r["target"].endswith((".key", "sa.pub"))]
    assert len(keys) > 10
    assert not [r["target"] for r in keys if "blob" in r]


def test_every_mask_has_a_record(cp_run: Collected) -> None:
    listed = {r["id"] for r in cp_run.lines("redactions.ndjson")}
    assert len(listed) == cp_run.manifest["redaction"]["count"] > 0
    for name, content in cp_run.members.items():
        if name.startswith("bundle/blobs/"):
            marks = content.split(b"KEB-REDACTED-")[1:]
            assert {m.split()[0].decode().split("\0")[0] for m in marks} <= listed
