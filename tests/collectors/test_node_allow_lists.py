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
from tests.collectors.redactor import redact
from tests.collectors.userlands import AWKS

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
    ("--etcd-servers=192.0.2.1:2379/ZZ",),
    ("--etcd-servers=//ZZ@192.0.2.1:2379",),
    ("--service-account-issuer=https:/u:ZZ/x",),
    ("--service-account-password=ZZ",),
    ("--audit-log-password=ZZ",),
    ("--pod-infra-container-image=u:ZZ@registry.example/pause",),
    ("--pwd", "--ZZ"),
    ("--cluster-name=$(ZZ)",),
    ("kubeZZ",),
)


NUMBERED = (
    *("--db-pwd", "--pin", "--otp", "--passcode", "--pw", "--pass-word", "--credential", "--key"),
    *("--secret-id", "--token-id", "--auth", "--bearer", "--unseal", "--apikey-v2", "--password"),
    *("--unheard-of", "--max-pin"),
)


def test_a_number_is_kept_only_where_one_belongs(tmp_path: Path) -> None:
    number = "84917263"
    words = [w for flag in NUMBERED for w in (f"{flag}={number}", flag, number, f"{flag}=", number)]
    data = "\0".join(["kubelet", *words, number, "--max-pods", "110", "--v=2", ""]).encode()
    done = redact(tmp_path, data, how="cmdline", role="")
    kept = (done.kept or b"").decode().split("\1")
    assert number not in "".join(kept) + done.records
    assert kept[-4:] == ["--max-pods", "110", "--v=2", ""]
    assert [len(w.split("=")[0]) for w in kept[1:-5:5]] == [len(flag) for flag in NUMBERED]


# How, role, and a file with a number as ZZ where a secret is; none of it may stay.
NUMBERS = {
    "script": ("manifest", "", 'spec:\n  containers:\n  - args: [sh, -c, "x --pw=ZZ ZZ"]\n'),
    "exec": ("unit", "", "[Service]\nExecStartPre=/bin/login --pin ZZ\nExecStop=/bin/x ZZ\n"),
    "variable": ("unit", "", "[Service]\nEnvironment=KUBE_PIN=ZZ KUBELET_TOKEN=ZZ\n"),
    "nested": ("distro", "", "kubelet-arg: [pin=ZZ, ZZ]\n"),
    "journal": ("embedded", "", 'time="x" level=info msg="Running kubelet --pin=ZZ"\n'),
    "extra": ("distro", "", "kind: ClusterConfig\nspec: {api: {extraArgs: {api-key: ZZ}}}\n"),
    "gate": ("kubelet", "", "featureGates: {dbPassword: ZZ}\n"),
    "condition": ("component", "authentication-config",
                  "jwt: [{userValidationRules: [{expression: user.uid != ZZ}]}]\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_stays_where_a_secret_may_be(tmp_path: Path, name: str) -> None:
    how, role, text = NUMBERS[name]
    done = redact(tmp_path, text.replace("ZZ", "84917263").encode(), how=how, role=role)
    assert b"KEB-REDACTED-" in (done.kept or b"")
    assert "84917263" not in (done.kept or b"").decode() + done.records


VARIABLES = (
    "KUBE_PASSWORD",
    "KUBELET_TOKEN",
    "KUBE_ADMIN_SECRET",
    "KUBE_PIN",
    "KUBE_X",
    "A_KEY_ARGS",
)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_is_no_command_line_by_its_prefix(tmp_path: Path, variable: str) -> None:
    for value in ("84917263", "kubehunter", '"kubehunter"', "--hunter", "$HUNTER", "${HUNTER}"):
        env = redact(tmp_path, f"{variable}={value}\n".encode(), how="env", role="kubelet-env")
        assert env.kept == f"{variable}=KEB-REDACTED-r1\n".encode(), value


ADDRESSES = {
    "kubeconfig": ("kubeconfig", "", "clusters: [{cluster: {server: 'ZZ', proxy-url: 'ZZ'}}]\n"),
    "kubelet": ("kubelet", "", "{staticPodURL: 'ZZ', tracing: {endpoint: 'ZZ'}}\n"),
    "provider": ("kubelet", "", "providerID: u:hunter2@x\n"),
    "scheduler": ("component", "scheduler-config", "extenders: [{urlPrefix: 'ZZ'}]\n"),
    "image": ("manifest", "", "spec: {containers: [{image: 'u:hunter2@registry.example/x'}]}\n"),
    "etcd": ("etcd", "", "listen-client-urls: 'ZZ'\n"),
}  # fmt: skip
SPELLINGS = (
    "u:hunter2@192.0.2.1:6443", "u:x@192.0.2.1/hunter2", "a=u:x@h?hunter2,b=192.0.2.2",
    "//u:hunter2@192.0.2.1:6443", "hunter2@192.0.2.1:6443",
    "192.0.2.1:6443/hunter2", "192.0.2.1?x=hunter2", "https://h:1,hunter2:x", "//h/hunter2",
    "192.0.2.1/hunter2 https://h:1", "https:/u:hunter2/x", "?hunter2", "https://h/@hunter2",
    "//u:x@192.0.2.1/@hunter2", "u:x@192.0.2.1/@hunter2", "https://u:x@h?@hunter2",
)  # fmt: skip


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_without_a_scheme_keeps_its_host(tmp_path: Path, name: str) -> None:
    how, role, text = ADDRESSES[name]
    for spelling in SPELLINGS:
        given = text.replace("ZZ", spelling).encode()
        done = redact(tmp_path, given, how=how, role=role)
        assert b"hunter2" not in (done.kept or b"hunter2"), spelling
        assert b': ""' not in (done.kept or b""), "what is set is never shown as unset"


@pytest.mark.parametrize(
    "text",
    [
        "spec: {containers: [{image: 'r.example:5000/x:1@sha256:0a1b'}]}",
        "spec: {containers: [{livenessProbe: {httpGet: {path: /livez}}}]}",
    ],
)
def test_an_image_keeps_its_digest_and_a_probe_its_path(tmp_path: Path, text: str) -> None:
    done = redact(tmp_path, f"{text}\n".encode(), how="manifest", role="")
    assert (done.records, b"KEB" in (done.kept or b"KEB")) == ("", False)


FORGED = {
    "kubelet": "authentication: {anonymous: {enabled: KEB-REDACTED-r7}}\n",
    "manifest": "spec: {containers: [{command: [etcd, --data-dir=/KEB-REDACTED-r7]}]}\n",
    "env": "KUBELET_ARGS=--hostname-override=KEB-REDACTED-r7\n",
    "unit": "[Service]\nUser=KEB-REDACTED-r7\nEnvironmentFile=/etc/x hunter2\nIPAddressX=hunter2\n",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_host_cannot_write_a_mark_of_its_own(tmp_path: Path, how: str) -> None:
    done = redact(tmp_path, FORGED[how].encode(), how=how, role="")
    assert b"KEB-REDACTED-r1" in (done.kept or b"")
    assert b"r7" not in (done.kept or b"r7")
    assert b"hunter2" not in (done.kept or b"hunter2")
    assert "hunter2" not in done.records


HUGE = {
    "masks": ("kubelet", "a: x\n" * 6000),
    "lines": ("kubelet", "\n" * 70000),
    "line": ("kubelet", "clusterDomain: '" + "a://b," * 170_000 + "'\n"),
    "names": ("env", "a=x\n" * 6000),
}


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize("name", HUGE)
def test_more_than_a_file_holds_keeps_nothing(
    tmp_path: Path, name: str, awk: tuple[str, ...]
) -> None:
    how, text = HUGE[name]
    assert redact(tmp_path, text.encode(), how=how, role="", awk=awk).kept is None


@pytest.mark.parametrize("part", ["a://b,", "token=", "a.b@c:", "'x'"])
def test_a_long_value_goes_as_a_whole(tmp_path: Path, part: str) -> None:
    text = f'clusterDomain: "{part * 5_000}"\n'
    done = redact(tmp_path, text.encode(), how="kubelet", role="")
    assert done.kept == b"clusterDomain: KEB-REDACTED-r1\n"


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
            "Environment=\"KUBELET_X_ARGS=--token='ZZ' --v=2\" 'A=ZZ'\n"
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
