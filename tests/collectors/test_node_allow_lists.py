"""What a node bundle may keep of arguments and files: what rules read stays, the rest goes."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.collectors.node_run import (
    REPOSITORY,
    Collected,
    assert_absent,
    collect,
    process,
    secret,
    write,
)
from tests.collectors.test_node_shells import AWKS

# One worker, so that what these tests share is made once.
ONE_RUN = pytest.mark.xdist_group("node_allow_lists")
CHECKS = REPOSITORY / "analyzer" / "data" / "checks"
ORDINARY = {
    "boolean": "true",
    "number": "5",
    "path": "/etc/some/file",
    "duration": "1h30m0s",
    "address": "127.0.0.1",
    "list": "Node,RBAC",
    None: "plain-word",
}
SPECIAL = {
    "hostname-override": "cp-1",
    "feature-gates": "RotateKubeletServerCertificate=true",
    "authorization-mode": "Node,RBAC",
    "event-qps": "5",
    "service-account-key-file": "/etc/kubernetes/pki/sa.pub,/etc/kubernetes/pki/old.pub",
}


def judged_flags() -> list[tuple[str, str, str]]:
    """Return each (component, flag, ordinary value) that a check definition reads."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(CHECKS.glob("*.yaml")):
        for definition in yaml.safe_load(path.read_text()).values():
            options = definition.get("with") or {}
            names = [*options.get("flags", ()), *filter(None, [options.get("flag")])]
            for name in names:
                value = SPECIAL.get(name, ORDINARY.get(options.get("kind"), "plain-word"))
                found[str(options.get("component", "kubelet")), name] = value
    return sorted((component, name, value) for (component, name), value in found.items())


def test_the_definitions_were_read() -> None:
    names = {name for _, name, _ in judged_flags()}
    assert len(names) > 45
    assert {"anonymous-auth", "event-qps", "client-ca-file", "hostname-override"} <= names


def test_every_flag_that_a_rule_reads_keeps_its_value(bare: Path, tmp_path: Path) -> None:
    by_component: dict[str, list[str]] = {}
    for component, name, value in judged_flags():
        by_component.setdefault(component, []).extend([f"--{name}={value}", f"--{name}", value])
    for pid, (component, words) in enumerate(sorted(by_component.items()), start=100):
        process(bare, pid, component, *words)
    run = collect(bare, tmp_path / "out")
    for pid, (component, words) in enumerate(sorted(by_component.items()), start=100):
        kept = run.blob("proc/cmdline", f"/proc/{pid}/cmdline").decode().split("\0")
        assert kept == [component, *words, ""]


KEPT = {
    "kube-apiserver": (
        "--use-service-account-credentials=true",
        "--etcd-servers=https://127.0.0.1:2379,https://[fd00::1]:2379",
        "--enable-admission-plugins=NodeRestriction,PodSecurity",
        "--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "--audit-log-path=-",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--max-requests-inflight=400",
        "--watch-cache=FALSE",
        "--enable-bootstrap-token-auth",
        "--secure-port",
        "6443",
    ),
    "etcd": (
        "-name=cp-1",
        "--client-cert-auth",
        "--data-dir",
        "/data",
        "--initial-cluster=a=https://h:2380,b=https://h2:2380",
        "--listen-metrics-urls=http://127.0.0.1:2381",
        "--quota-backend-bytes",
        "8589934592",
    ),
    "kube-controller-manager": (
        "--use-service-account-credentials",
        "--profiling=false",
        "--leader-elect=T",
        "--contention-profiling=f",
        "--enable-garbage-collector=1",
    ),
    "kubelet": (
        "--event-qps=5",
        "--anonymous-auth=false",
        "--hostname-override=cp-1",
        "--streaming-connection-idle-timeout=4h0m0s",
        "--container-runtime-endpoint=unix:///run/containerd/containerd.sock",
        "--v=2",
    ),
    "k3s": ("server", "--kube-apiserver-arg=anonymous-auth=false", "--disable=traefik"),
}


# Arguments with ZZ in the place of a secret.
ARGUMENTS = (
    ("--token", "ZZ"),
    ("--token=ZZ",),
    ("--Password=ZZ",),
    ("--clientSecret=ZZ",),
    ("--vpn-auth=name=x,joinKey=ZZ",),
    ("--kubelet-arg=vpn-auth=ZZ",),
    ("--kubelet-arg", "ZZ"),
    ("--kubelet-arg=a b=ZZ",),
    ("--unknown", "ZZ"),
    ("ZZ",),
    ("kube-proxy", "ZZ"),
    ("--password", "--ZZ"),
    ("-pZZ",),
    ("--hdr=Authorization: Basic ZZ",),
    ('--x=token: "a ZZ"',),
    ("--etcd-servers=https://u:ZZ@h:2379",),
    ("--etcd-servers=https://user:p@ZZ@h/x",),
    ("--etcd-servers=https://user:a/ZZ@h/x",),
    ("--etcd-servers=https://a:1/x?sig=ZZ",),
    ("--etcd-servers=u:ZZ@h",),
    ("--initial-cluster=a=https://u:x,ZZ@h:1,b=https://h2:2",),
    ("--name=x\nZZ",),
    ("sh -c 'X=\"ZZ\" y'",),
    ('--config="/x" --token="a ZZ',),
    ("--some-file=ZZ",),
    ("--some-port=ZZ",),
)


def test_a_url_keeps_its_host(bare: Path, tmp_path: Path) -> None:
    write(
        bare,
        "/etc/kubernetes/admin.conf",
        "kind: Config\nclusters:\n- cluster:\n    server: https://u:p@ss@192.0.2.1:6443/x?y=z\n"
        "    proxy-url: http://p.example:3128/\n",
    )
    run = collect(bare, tmp_path / "out")
    kept = run.blob("file/admin-kubeconfig", "/etc/kubernetes/admin.conf").decode()
    assert '    server: "https://192.0.2.1:6443"\n' in kept
    assert "    proxy-url: http://p.example:3128/\n" in kept
    (dropped,) = run.lines("redactions.ndjson")
    assert (dropped["rule"], dropped["method"]) == ("url-parts", "drop")


# Files with ZZ in the places of secrets, and the words that stay.
FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "/etc/systemd/system/kubelet.service": (
        (
            "[Unit]\nDescription=ZZ\nX-Foo=ZZ\n[Service]\n"
            "Environment=\"KUBELET_X=--token='ZZ' --v=2\" 'A=ZZ'\n"
            'ExecStart=/usr/bin/kubelet --token="ZZ" --password=\'ZZ\' --agent-token "a ZZ"'
            " --v=4 $ARGS\n"
            "ExecStartPre=/bin/sh -c 'curl -u admin:ZZ http://x; export P=\"ZZ\"; T=$(echo ZZ)'\n"
            'ExecStartPost=/bin/x --config=/a "ZZ\n'
            "StandardInputText=ZZ\nenvironment=F=ZZ\n EnvironmentFile=-/etc/default/kubelet\n"
        ),
        ("--v=2", "ExecStart=/usr/bin/kubelet --token=KEB-", "--v=4 $ARGS", "=-/etc/default/kub"),
    ),
    "/etc/systemd/system/k3s.service": (
        (
            "[Service]\nUser=root\nExecStart=/usr/local/bin/k3s \\\n  server \\\n  '--token' \\\n"
            "  'ZZ' \\\n  '--token=\"a ZZ\"' \\\n  '--vpn-auth=name=x,joinKey=ZZ' '--tls-san=h'\n"
        ),
        ("User=root", "ExecStart=/usr/local/bin/k3s server '--token' KEB-", "--tls-san=h"),
    ),
    "/etc/default/kubelet": (
        (
            'KUBELET_EXTRA_ARGS="--node-ip=192.0.2.1 --secret=\\\nZZ --token \\\n   ZZ"\n'
            'KUBELET_ARGS="--v=3 --token=\'ZZ\' --password \\"ZZ\\""\nKUBE_VAULT_KEY=ZZ\n'
            'export KUBELET_PASS=ZZ\nKUBELET_OTHER_ARGS=--bootstrap-token="ZZ"\r\n\tFOO=ZZ\n'
            "X_ARGS='ZZ\n"
        ),
        ("--node-ip=192.0.2.1", "--v=3 --token=KEB-"),
    ),
    "/var/snap/microk8s/current/args/kubelet": (
        '--token="ZZ"\n--password=ZZ\n${X} --token \\\nZZ\n--config=/x\n',
        ("--config=/x", "${X} --token KEB-"),
    ),
    "/etc/cni/net.d/10-x.conflist": (
        (
            '{"cniVersion": "0.3.1", "name": "k8s-pod-network",'
            ' "secret": "ZZ", "plugins": [{"type": "calico",'
            ' "psk": "ZZ", "ipam": {"type": "calico-ipam", "auth": "ZZ"}, "etcd": {"pass": "ZZ"},'
            ' "kubernetes": {"kubeconfig": "/etc/cni/net.d/calico-kubeconfig", "k8s_auth_token":\n'
            ' "ZZ"}, "password" : "ab ZZ", "token":"\\u0061\\"ZZ"},\n'
            '\t{"type": "portmap", "capabilities": {"portMappings": true}}]}\n'
        ),
        (),
    ),
    "/etc/kubernetes/manifests/kube-scheduler.yaml": (
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n"
            "  annotations: {x: ZZ, kubernetes.io/foo: 'ZZ'}\n"
            "spec:\n  hostNetwork: true\n  containers:\n"
            "  - command:\n    - /bin/sh\n    - -c\n    - |\n"
            '      export DB_PASSWORD="ZZ"\n'
            "      kube-scheduler --token \"ZZ\" --token='ZZ' --profiling=false\n"
            "      curl -u admin:ZZ http://x\n      PASS=ZZ\n"
            "    args: ['--token=ZZ', '--password', 'ZZ', \"sh -c 'X_TOKEN=\\\"ZZ\\\" foo'\"]\n"
            "    env:\n    - {name: SHOWN, value: 'ZZ'}\n    - name: B\n"
            "      value: >-\n        ZZ\n"
            "    lifecycle: {postStart: {exec: {command: [sh, -c, 'mysql -pZZ -u root']}}}\n"
            "    livenessProbe: {httpGet: {path: '/h?apikey=ZZ', scheme: HTTPS}}\n"
            "  volumes:\n  - flexVolume: {options: {password: 'ZZ', authKey: ZZ}}\n"
            "  - rbd: {keyring: ZZ}\n  - {name: certs, hostPath: {path: /etc/ssl}}\n"
        ),
        ("hostNetwork: true", "--profiling=false", "name: SHOWN", "path: /etc/ssl", "HTTPS"),
    ),
    "/etc/etcd/etcd.conf.yml": (
        (
            "name: one\ninitial-cluster-token: ZZ\ninitial-cluster: a=http://u:ZZ@h:2380\n"
            "root-pass: ZZ\nanything: ZZ\nclient-transport-security:\n  cert-file: /c\n"
            "  client-cert-auth: true\nlisten-client-urls: https://0.0.0.0:2379\n"
        ),
        ("name: one", "cert-file: /c", "client-cert-auth: true", ": https://0.0.0.0:2379"),
    ),
    "/etc/etcd/etcd.conf": (
        (
            'ETCD_INITIAL_CLUSTER_TOKEN=ZZ\nETCD_INITIAL_CLUSTER="a=https://u:ZZ@h:2380"\n'
            "ETCD_DATA_DIR=/data\nETCD_DISCOVERY=https://d/ZZ\n"
        ),
        ("ETCD_DATA_DIR=/data", "a=https://h:2380"),
    ),
    "/etc/rancher/k3s/config.yaml": (
        (
            "vpn-auth: name=tailscale,joinKey=ZZ\nwrite-kubeconfig-mode: '0644'\nanything: ZZ\n"
            "kube-apiserver-arg:\n- token=ZZ\n- anonymous-auth=false\n"
            "kubelet-arg: ['--token', 'ZZ']\n"
        ),
        ("write-kubeconfig-mode: '0644'", "- anonymous-auth=false"),
    ),
}


# Texts in the place of a network configuration, none of which is one.
NO_NETWORKS = ("ZZ\n", "- ZZ\n", "ZZ,admin,1\n", '{"type": "x" ZZ}\n', "")
NO_NETWORK = "/etc/cni/net.d/9{}.conf"


class Planted(NamedTuple):
    """A host with every text and every argument above, and the secrets in them by place."""

    root: Path
    run: Collected
    secrets: dict[str, list[str]]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Return the host and the one run on it that many tests look at."""
    folder = tmp_path_factory.mktemp("planted")
    root, secrets = folder / "root", dict[str, list[str]]()

    def filled(place: str, text: str) -> str:
        values = secrets.setdefault(place, [])
        while "ZZ" in text:
            values.append(f"zq{len(values)}{secret(6).lower()}hunter")
            text = text.replace("ZZ", values[-1], 1)
        return text

    texts = {path: text for path, (text, _) in FILES.items()}
    texts |= {NO_NETWORK.format(n): text for n, text in enumerate(NO_NETWORKS)}
    for path, text in texts.items():
        write(root, path, filled(path, text))
    for pid, words in enumerate(ARGUMENTS, start=100):
        process(root, pid, "kubelet", *[filled(f"{pid}", w) for w in words], "--v=2")
    for pid, component in enumerate(sorted(KEPT), start=200):
        process(root, pid, component, *KEPT[component])
    return Planted(root, collect(root, folder / "out"), secrets)


@ONE_RUN
@pytest.mark.parametrize("component", sorted(KEPT))
def test_ordinary_arguments_stay(planted: Planted, component: str) -> None:
    pid = 200 + sorted(KEPT).index(component)
    kept = planted.run.blob("proc/cmdline", f"/proc/{pid}/cmdline").decode()
    assert kept.split("\0") == [component, *KEPT[component], ""]


@ONE_RUN
@pytest.mark.parametrize("words", ARGUMENTS, ids=" ".join)
def test_unknown_arguments_go(planted: Planted, words: tuple[str, ...]) -> None:
    pid = 100 + ARGUMENTS.index(words)
    assert planted.secrets[f"{pid}"]
    assert_absent(planted.run, *planted.secrets[f"{pid}"])
    kept = planted.run.blob("proc/cmdline", f"/proc/{pid}/cmdline").split(b"\0")
    assert (len(kept), kept[0], kept[-2:]) == (len(words) + 3, b"kubelet", [b"--v=2", b""])


@ONE_RUN
@pytest.mark.parametrize("path", sorted(FILES))
def test_files_keep_what_is_known(planted: Planted, path: str) -> None:
    (found,) = [r for r in planted.run.probes if r["target"] == path and "blob" in r]
    assert found["status"] == "ok"
    shown = planted.run.members["bundle/" + found["blob"]].decode()
    for word in FILES[path][1]:
        assert word in shown
    assert planted.secrets[path]
    assert_absent(planted.run, *planted.secrets[path])


@ONE_RUN
def test_network_configuration_is_written_anew(planted: Planted) -> None:
    path = "/etc/cni/net.d/10-x.conflist"
    assert json.loads(planted.run.blob("file/cni-config", path)) == {
        "cniVersion": "0.3.1",
        "name": "k8s-pod-network",
        "plugins": [
            {
                "type": "calico",
                "ipam": {"type": "calico-ipam"},
                "kubernetes": {"kubeconfig": "/etc/cni/net.d/calico-kubeconfig"},
            },
            {"type": "portmap", "capabilities": {"portMappings": "true"}},
        ],
    }


@ONE_RUN
@pytest.mark.parametrize("text", NO_NETWORKS)
def test_other_texts_are_no_network_configuration(planted: Planted, text: str) -> None:
    path = NO_NETWORK.format(NO_NETWORKS.index(text))
    found = planted.run.record("file/cni-config", path)
    assert (found["status"], "blob" in found) == ("error", False)
    assert_absent(planted.run, *planted.secrets[path])


def test_an_audit_policy_keeps_its_rules_and_loses_its_comments(bare: Path, tmp_path: Path) -> None:
    value = secret()
    process(bare, 9, "kube-apiserver", "--audit-policy-file=/etc/kubernetes/audit.yaml")
    rules = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n"
    write(bare, "/etc/kubernetes/audit.yaml", f"# {value}\n{rules}  # {value}\n")
    run = collect(bare, tmp_path / "out")
    assert run.blob("file/audit-policy").decode() == rules
    assert_absent(run, value)


def test_of_the_release_only_known_lines_stay(bare: Path, tmp_path: Path) -> None:
    value = secret()
    write(bare, "/etc/os-release", f'ID=x\nSECRET={value}\nVERSION_ID="1"\nHOME_URL=http://x/\n')
    run = collect(bare, tmp_path / "out")
    assert run.blob("host/os-release") == b'ID=x\nVERSION_ID="1"\n'
    assert_absent(run, value)


@ONE_RUN
@pytest.mark.parametrize("words", AWKS, ids=" ".join)
def test_every_awk_judges_alike(planted: Planted, tmp_path: Path, words: tuple[str, ...]) -> None:
    program = write(tmp_path, "bin/awk", f'#!/bin/sh\nexec {" ".join(words)} "$@"\n', 0o755)
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    other, usual = collect(planted.root, tmp_path / "other", env=env), planted.run
    assert other.timeless == usual.timeless
    assert other.members["bundle/redactions.ndjson"] == usual.members["bundle/redactions.ndjson"]
