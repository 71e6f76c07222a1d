"""What the collector keeps of command lines, policies and programs, one value at a time."""

import base64
import importlib.util
import json
import re
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.collectors.api_run import COLLECTOR
from tests.collectors.tls import Pair

M = "KEB-REDACTED"
RANDOM = "q7Zp0LxV3nTfB8sYw2KdR5mH"
HEX = "9f86d081884c7d659a2feaa0c55ad015"


@pytest.fixture(scope="module")
def api() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collector_api_values", COLLECTOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kept(api: ModuleType, tree: str, value: Any) -> Any:
    """Return what the function or tree ``tree`` keeps, the marks without their numbers."""
    ids: list[str] = []

    def emit(_rule: str, _pointer: str, _kind: str, _value: Any) -> str:
        ids.append(f"r{len(ids) + 1}")
        return ids[-1]

    text = json.dumps(api.Redactor(emit).prune(value, getattr(api, tree), ""))
    # No record without its mark, no mark without its record, and in the order of the text.
    assert re.findall(r"KEB-REDACTED-(r\d+)", text) == ids
    return json.loads(re.sub(r"(KEB-REDACTED)-r\d+", r"\1", text))


ARGUMENTS = [
    (["x", '--token="a b" c'], ["x", f"--token={M}"]),
    (["x", "--password=a b"], ["x", f"--password={M}"]),
    (["x", "--token a b"], ["x", f"--token{M}"]),
    (["x", "--db-pass=hunter2"], ["x", f"--db-pass={M}"]),
    (["x", "--db-pass=12345678"], ["x", f"--db-pass={M}"]),
    (["x", "--tokens=a,b"], ["x", f"--tokens={M}"]),
    (["x", "--auth=user:x"], ["x", f"--auth={M}"]),
    (["x", "--header=Authorization: Basic dXNlcjpwdw=="], ["x", f"--header={M}"]),
    (["x", "joinKey=abc"], ["x", M]),
    (["x", "--set", "joinKey=abc"], ["x", "--set", M]),
    (["curl", "-u", "user:x", "https://h/"], ["curl", "-u", M, M]),
    (["curl", "-uuser:x"], ["curl", f"-u{M}"]),
    (["mysql", "-phunter2"], ["mysql", f"-p{M}"]),
    (["mysql", "-p", "1234"], ["mysql", "-p", M]),
    (["env", "PASSWORD=x", "kube-apiserver"], ["env", M, M]),
    (["sh", "-c", "exec kube-apiserver --profiling=false"], ["sh", "-c", M]),
    (["a", "b", "c"], ["a", "b", M]),
    (["x", "--some-file=hunter2"], ["x", f"--some-file={M}"]),
    (["x", f"--some-file=/{RANDOM}"], ["x", f"--some-file={M}"]),
    (["x", f"--name={HEX}"], ["x", f"--name={M}"]),
    (["x", f"--{HEX}"], ["x", f"--{M}"]),
    (["x", "--etcd-servers=https://u:a/b@h:2379,https://i:2379/p"],
     ["x", f"--etcd-servers=https://{M}@h:2379,https://i:2379/{M}"]),
    (["x", "--v", "2", "y"], ["x", "--v", "2", M]),
    (["x", {"a": "b"}, "y"], ["x", M, M]),
    ("x", M),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), ARGUMENTS, ids=lambda one: json.dumps(one)[:40])
def test_a_command_line_keeps_flags_and_known_settings(
    api: ModuleType, words: Any, expected: Any
) -> None:
    assert kept(api, "arguments", words) == expected


@pytest.mark.parametrize(
    "flag",
    [
        "--authorization-mode=Node,RBAC",
        "--anonymous-auth=false",
        "--enable-admission-plugins=NodeRestriction,PodSecurity",
        "--disable-admission-plugins=AlwaysAdmit",
        "--profiling=false",
        "--bind-address=127.0.0.1",
        "--feature-gates=RotateKubeletServerCertificate=true,LegacyServiceAccountToken=true",
        "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384",
        "--audit-log-path=/var/log/audit.log",
        "--audit-log-maxage=30",
        "--request-timeout=1m30s",
        "--config=/var/lib/kube-proxy/config.conf",
        "--kubeconfig=/etc/kubernetes/scheduler.conf",
        "--encryption-provider-config=/etc/kubernetes/enc.yaml",
        "--token-auth-file=/etc/kubernetes/tokens.csv",
        "--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key",
        "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
        "--service-account-lookup=true",
        "--use-service-account-credentials=true",
        "--hostname-override=$(NODE_NAME)",
        "--listen-client-urls=https://127.0.0.1:2379",
        "--initial-cluster-token",
        "--data-dir=/var/lib/etcd",
        "--seccomp-default=true",
        "--event-qps=0",
        "-client-cert-auth=true",
    ],
)
def test_what_rules_read_of_a_command_line_stays(api: ModuleType, flag: str) -> None:
    assert kept(api, "arguments", ["/usr/local/bin/x", flag]) == ["/usr/local/bin/x", flag]


PROGRAMS = [
    ("object.data.password == 'hunter2'", f"object.data.password == '{M}'"),
    ("'hunter2' == object.data['password']", f"'{M}' == object.data['password']"),
    ("object.token in ['a b', \"c\"]", f"object.token in ['{M}', \"{M}\"]"),
    ("object.secret ==\n  'hunter2'", f"object.secret ==\n  '{M}'"),
    ("object.secret\n  .startsWith('hunter2')", f"object.secret\n  .startsWith('{M}')"),
    ("request.key == '''hun'ter2'''", f"request.key == '{M}'"),
    (f"object.a == '{RANDOM}'", f"object.a == '{M}'"),
    (f"object.a == '{HEX}'", f"object.a == '{M}'"),
    (f"object.a == b'{RANDOM}/+='", f"object.a == b'{M}'"),
    (r"object.a == 'h\x75nter'", f"object.a == '{M}'"),
    ("object.a == 'eyJhbGciOiJI.eyJzdWIiOiIx.c2ln'", f"object.a == '{M}'"),
    ("c.token == 'x' && c.name == 'web'", f"c.token == '{M}' && c.name == 'web'"),
    ('secret := "hunter2"\nname := "web"', f'secret := "{M}"\nname := "web"'),
    # What is said goes on in the next line, around comments, which may say anything.
    (
        'tokens := {\n  "al": "hunter2",\n  "bo": "x y"\n}',
        f'tokens := {{\n  "{M}": "{M}",\n  "{M}": "{M}"\n}}',
    ),
    ('is_password(x) {\n  x == "hunter2"\n}', f'is_password(x) {{\n  x == "{M}"\n}}'),
    ("object.password ==\n\n // it's\n 'hunter2'", f"object.password ==\n\n \n '{M}'"),
    ("a == 1 # it's hunter2\nb == 'x'", "a == 1 \nb == 'x'"),
    ("a == 'x//y#z' // hunter2", "a == 'x//y#z' "),
    (
        'http.send({"headers": {"Authorization": "hunter2"}})',
        f'http.send({{"{M}": {{"{M}": "{M}"}}}})',
    ),
    (r"object.password == r'a\' + 'hunter2'", f"object.password == r'{M}' + '{M}'"),
    (r"a == r'\' && object.password == 'hunter2'", rf"a == r'\' && object.password == '{M}'"),
    ('creds := "hunter2"', f'creds := "{M}"'),
    ("object.password == 'hunter2", f"object.password == '{M}'"),
    # What rules look for in an expression is still there.
    ("object.spec.automountServiceAccountToken == 'false'",) * 2,
    ("'rbac.authorization.k8s.io' == object.roleRef.apiGroup",) * 2,
    ("!object.spec.hostPID && 'NET_RAW' in c.capabilities.drop",) * 2,
    ("object.spec.containers.all(c, c.securityContext.allowPrivilegeEscalation == false)",) * 2,
    ("object.spec.automountServiceAccountToken == false || object.kind == 'Pod'",) * 2,
]


@pytest.mark.parametrize(("program", "expected"), PROGRAMS)
@pytest.mark.parametrize("field", ["expression", "rego"])
def test_a_program_keeps_its_words_and_loses_its_secrets(
    api: ModuleType, field: str, program: str, expected: str
) -> None:
    tree = {"expression": "EXPRESSION", "rego": "CODE"}[field]
    assert kept(api, tree, {field: program}) == {field: expected}


WORKFLOW = "https://github.com/a/b/.github/workflows/c.yml@refs/heads/main"
PEM = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD\n-----END PUBLIC KEY-----\n"
POLICIES: list[tuple[str, Any, Any]] = [
    # A field that the shape of a pod does not name is set, and no more is known of it.
    ("POD_PATTERN", {"password": 12345678}, {"password": M}),
    ("POD_PATTERN", {"tokens": ["a", "b"]}, {"tokens": M}),
    ("POD_PATTERN", {"spec": {"dbPass": "x", "hostPID": False, "x": True, "y": None}},
     {"spec": {"dbPass": M, "hostPID": False, "x": True, "y": None}}),
    ("POD_PATTERN", {"=(password)": "x", "X(token)": "y"}, {"=(password)": M, "X(token)": M}),
    ("POD_PATTERN", {"a b": {"c": "d"}}, M),
    ("POD_PATTERN", {RANDOM + '"': {"c": "d"}}, M),
    ("POD_PATTERN", {"data": {"a": "x"}, "stringData": {"b": "y"}}, {"data": M, "stringData": M}),
    ("POD_PATTERN", {"=(env)": [{"name": "A", "value": "x"}]},
     {"=(env)": [{"name": "A", "value": M}]}),
    ("POD_PATTERN", {"env": {"A": "x"}}, {"env": {"A": M}}),
    ("POD_PATTERN", {"args": ["--db-pass", "x"]}, {"args": ["--db-pass", M]}),
    ("POD_PATTERN", {"image": "a b c"}, {"image": M}),
    ("POD_PATTERN", {"metadata": {"labels": {"app": "?*", RANDOM: "x"}}},
     {"metadata": {"labels": M}}),
    # What it asks of a pod, signs and all, stays.
    ("POD_PATTERN", {"spec": {"=(hostPID)": "false", "X(hostPath)": "null", "=(volumes)": [
        {"X(hostPath)": "null"}], "containers": [{"image": "!*:latest | reg.example.com/*",
         "=(securityContext)": {"=(privileged)": "false", "^(capabilities)": {"drop": ["ALL"]}},
         "resources": {"limits": {"memory": ">100Mi & <1Gi"}}, "name": "{{ element.name }}"}]},
        "metadata": {"labels": {"app.kubernetes.io/name": "?*"}}}, ...),
    # Conditions.
    ("KYVERNO_RULE", {"preconditions": {"all": [
        {"key": "{{ request.object.data.password }}", "operator": "Equals", "value": ["x"]},
        {"key": "{{ request.operation }}", "operator": "AnyIn", "value": ["CREATE", "a b c"]}]}},
     {"preconditions": {"all": [
         {"key": "{{ request.object.data.password }}", "operator": "Equals", "value": M},
         {"key": "{{ request.operation }}", "operator": "AnyIn", "value": ["CREATE", M]}]}}),
    ("KYVERNO_RULE", {"context": [{"name": "v", "variable": {"value": "x"}}]}, {"context": {}}),
    ("KYVERNO_RULE", {"match": {"any": [{"resources": {
        "kinds": ["Pod"], "namespaces": ["kube-*"]}}]}}, ...),
    ("KYVERNO_RULE", {"validate": {"podSecurity": {"level": "restricted", "version": "latest"}}},
     ...),
    # Queries within texts: literals beside something secret, not the names of fields.
    ("condition",
     {"key": "{{ request.object.data.\"api-token\" == 'hunter2' }}", "value": "{{ a }}"},
     {"key": f"{{{{ request.object.data.\"api-token\" == '{M}' }}}}", "value": M}),
    ("condition", {"key": "{{ a.b || 'x' }}", "value": "{{ c.token == `hunter2` }}"},
     {"key": "{{ a.b || 'x' }}", "value": f"{{{{ c.token == `{M}` }}}}"}),
    ("KYVERNO_VALIDATE", {"message": "it's {{ a.token == 'hunter2' }}, isn't it"},
     {"message": f"it's {{{{ a.token == '{M}' }}}}, isn't it"}),
    ("KYVERNO_VALIDATE", {"foreach": [{"list": "request.data[?token=='hunter2']"}]},
     {"foreach": [{"list": f"request.data[?token=='{M}']"}]}),
    ("KYVERNO_VALIDATE", {"foreach": [{"list": "request.object.spec.containers"}]}, ...),
    # A variable may be a secret by its name.
    ("CEL_POLICY", {"spec": {"variables": [{"name": "dbPassword", "expression": "'hunter2'"},
                                           {"name": "a", "expression": "'b'"}]}},
     {"spec": {"variables": [{"name": "dbPassword", "expression": M},
                             {"name": "a", "expression": "'b'"}]}}),
    ("CEL_POLICY", {"spec": {"variables": [
        {"name": "mountsToken", "expression": "object.spec.automountServiceAccountToken"}]}}, ...),
    # Addresses, keys and identities.
    ("KUBELET", {"staticPodURL": "https://u:p@h/x?token=y"},
     {"staticPodURL": f"https://{M}@h/{M}"}),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keys": {"publicKeys": PEM}}]}]}, ...),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keys": {"publicKeys": "k8s://a/b"}}]}]}, ...),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keys": {"publicKeys": PEM + "x"}}]}]},
     {"attestors": [{"entries": [{"keys": {"publicKeys": M}}]}]}),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keys": {"kms": "awskms://h/alias/a"}}]}]},
     ...),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keys": {"kms": "awskms://u:p@h/x"}}]}]},
     {"attestors": [{"entries": [{"keys": {"kms": M}}]}]}),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keyless": {
        "issuer": "https://token.actions.example", "subject": WORKFLOW}}]}]}, ...),
    ("KYVERNO_IMAGES", {"attestors": [{"entries": [{"keyless": {"subject": "https://u:p@h/x"}}]}]},
     {"attestors": [{"entries": [{"keyless": {"subject": f"https://{M}@h/x"}}]}]}),
    # Texts: to the end of the line, whatever the spelling.
    ("VALIDATION", {"message": "see http://u:a/b@h"}, {"message": f"see http://{M}@h"}),
    ("VALIDATION", {"message": 'password="a b" c\nnext'}, {"message": f"password={M}\nnext"}),
    ("VALIDATION", {"message": "use secret: a b"}, {"message": f"use secret: {M}"}),
    ("VALIDATION", {"message": '{"token": "a b"}'}, {"message": f'{{"token": {M}'}),
    ("VALIDATION", {"message": "Authorization: Basic dXNlcjpwdw=="},
     {"message": f"Authorization: {M}"}),
    ("VALIDATION", {"message": "say basic dXNlcjpwdzE= now"}, {"message": f"say basic {M} now"}),
    ("VALIDATION", {"message": f"token={RANDOM} https://u:p@h"}, {"message": f"token={M}"}),
    ("VALIDATION", {"message": "\ue0000\ue001"}, {"message": M}),
    ("VALIDATION", {"message": ["a"], "reason": {"a": "b"}}, {"message": M, "reason": M}),
    # Parameters of a constraint, settings, labels.
    ("CONSTRAINT", {"spec": {"parameters": {"list": [RANDOM], "max": 0, "repos": ["a/"],
                                           "text": "password=x"}}},
     {"spec": {"parameters": {"list": M, "max": 0, "repos": ["a/"], "text": M}}}),
    ("METADATA", {"labels": {"app": "web", "commit": HEX, "note": "a b"}},
     {"labels": {"app": "web", "commit": M, "note": M}}),
    ("METADATA", {"labels": {RANDOM: "x"}}, {"labels": M}),
    ("METADATA", {"labels": {"pod-template-hash": "7d4b9c6f5d", "controller-uid":
                             "0f8fad5b-d9cb-469f-a165-70867728950e", "v": "1.2.3-rc1"}}, ...),
    ("SELECTOR", {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", HEX]}]},
     {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", M]}]}),
    ("KUBELET", {"tlsCipherSuites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
                 "authentication": {"webhook": {"cacheTTL": "2m0s"}}, "port": 10250,
                 "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock"}, ...),
    ("KUBELET", {"authentication": {"token": "x"}, "resolvConf": {"a": "b"}},
     {"authentication": {"token": M}, "resolvConf": M}),
    # What a label holds by its name, and what any text assigns.
    ("METADATA", {"labels": {"db-password": "hunter2", "vault-token": "true", "token": "7"}},
     {"labels": {"db-password": M, "vault-token": "true", "token": "7"}}),
    ("pattern_map", {"=(db-password)": "hunter2", "app": "?*", "X(token)": "*"},
     {"=(db-password)": M, "app": "?*", "X(token)": "*"}),
    ("pattern_map", {"password=hunter2": "x"}, M),
    ("KYVERNO_MATCH", {"resources": {"annotations": "x"}}, {"resources": {"annotations": M}}),
    ("plain_map", {"count/secrets": "10", "secrets": 10}, ...),
    ("CONSTRAINT",
     {"spec": {"parameters": {"message": "password: hunter2", "repos": ["a?token=b"]}}},
     {"spec": {"parameters": {"message": f"password: {M}", "repos": [f"a?token={M}"]}}}),
    ("METADATA", {"annotations": {"kubernetes.io/config.source": "http://h/x?token=hunter2"}},
     {"annotations": {"kubernetes.io/config.source": f"http://h/x?token={M}"}}),
    # What narrows a right, and is not known, is seen.
    ("ROLE", {"rules": [{"verbs": ["get"], "x": "y"}]}, {"rules": [{"verbs": ["get"], "x": M}]}),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "policy", "expected"), POLICIES, ids=range(len(POLICIES)))
def test_a_policy_keeps_what_it_demands_and_no_secret(
    api: ModuleType, tree: str, policy: Any, expected: Any
) -> None:
    assert kept(api, tree, policy) == (policy if expected is ... else expected)


def test_what_a_mutating_policy_writes_is_only_there(api: ModuleType) -> None:
    policy = {"spec": {"failurePolicy": "Fail", "mutations": [{"jsonPatch": "x"}]}}
    assert kept(api, "MUTATING", policy) == {"spec": {"failurePolicy": "Fail", "mutations": M}}
    assert api.TREES["mutatingadmissionpolicies.admissionregistration.k8s.io"] is api.MUTATING


@pytest.mark.parametrize(
    "piece",
    [
        "://",
        "--a",
        "'",
        "token ",
        "eyJaaaaaa.",
        "= ",
        "| ",
        "a&",
        "-----BEGIN PUBLIC KEY-----",
        "\n",
        "= \n",
        "\\'",
        "{{",
        "{{'",
        "(\n #",
    ],
)
def test_a_hostile_text_is_searched_in_bounded_time(api: ModuleType, piece: str) -> None:
    text = piece * 20000
    begun = time.process_time()
    kept(api, "VALIDATION", {"message": text, "expression": text})
    kept(api, "POD_PATTERN", {"image": text, text: text, "args": [text]})
    kept(api, "SELECTOR", {"matchLabels": {text: text, "a": text}})
    kept(api, "_SIGNER", {"keys": {"publicKeys": text, "kms": text}, "keyless": {"subject": text}})
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("label", ["CERTIFICATE", "PUBLIC KEY"])
@pytest.mark.parametrize("form", ["PKCS8", "encrypted PKCS8", "traditional"])
def test_a_private_key_under_a_public_name_is_masked(
    api: ModuleType, label: str, form: str
) -> None:
    """Heads of keys as OpenSSL writes them, under another name."""
    heads = {
        "PKCS8": "308187020100301306072a8648ce3d020106",
        "encrypted PKCS8": "3013300b06092a864886f70d01050d0404" + "11" * 4,
        "traditional": "30770201010420" + "11" * 32,
    }
    text = base64.b64encode(bytes.fromhex(heads[form])).decode()
    pem = f"-----BEGIN {label}-----\n{text}\n-----END {label}-----\n"
    assert kept(api, "public_key", pem) == "KEB-REDACTED"


def test_a_certificate_and_a_public_key_are_kept(api: ModuleType, pair: Pair) -> None:
    pem = pair.certificate.read_text(encoding="ascii")
    assert kept(api, "public_key", pem) == pem
    assert kept(api, "public_key", PEM + pem) == PEM + pem


def test_nobody_else_sets_our_mark(api: ModuleType) -> None:
    """A text that calls itself redacted is set, known, and not ours: it is masked and listed."""
    assert kept(api, "leaf", "KEB-REDACTED-r1") == "KEB-REDACTED"
    assert kept(api, "leaf", "a KEB-REDACTED-r2 b") == "KEB-REDACTED"


SAID = (
    f"exec plugin: {RANDOM} --token a b",
    f"error: https://u:p@h {HEX}",
    'E1122 14:00:00.000000 1 helpers.go:246] response: [{ "message": "{\\"password\\":\\"pw9\\"}',
    'Error from server (Forbidden): User "jane" \x1b[2J {\\"password\\":\\"pw9\\"} x',
)


def test_of_what_kubectl_says_nothing_is_logged(api: ModuleType, tmp_path: Path) -> None:
    said: list[str] = []
    program = tmp_path / "kubectl"
    lines = " ".join(f"'{line}'" for line in SAID)
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' {lines} >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o700)
    kubectl = api.Kubectl([str(program)], 30.0, said.append)
    assert kubectl.get("/api/v1/pods").code == 403
    assert said == ["/api/v1/pods: denied, the API server refused the request (HTTP 403)"]
    assert kubectl.complaint == ""


def test_the_terminal_sees_a_complaint_without_orders_and_secrets(api: ModuleType) -> None:
    told = api.complaint("error: token x\n\nUnable to connect: https://u:p@h \x1b[2J\u202e is\nno")
    assert told == "Unable to connect: https://(removed)@h  [2J  is"
    assert "pw9" not in api.complaint('error: {\\"password\\":\\"pw9\\"}')
    assert api.complaint("I was a plugin") == ""


def test_the_status_that_kubectl_logs_counts_before_words_that_it_quotes(api: ModuleType) -> None:
    logged = 'I1122 14:00:00.000000 1 round_trippers.go:632] "Response" status="500 Internal"\n'
    quoted = "Error from server (NotFound): i/o timeout"
    assert api.judge(1, b"", f"{logged}{quoted}").code == 500
    assert api.judge(1, b"", f"what: {quoted}").status == "timeout"
    assert api.judge(1, b"", quoted).code == 404


def test_an_answer_that_never_ends_is_given_up(
    api: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_BODY", 1 << 16)
    program = ["sh", "-c", "while :; do echo '{}'; done", "kubectl"]
    answer = api.Kubectl(program, 30.0, lambda _text: None).get("/api/v1/pods")
    assert (answer.status, answer.document) == ("truncated", None)
    assert answer.detail == "the answer is larger than allowed"


def test_a_pipe_that_a_signal_closed_ends_its_reader(api: ModuleType, tmp_path: Path) -> None:
    stream = (tmp_path / "pipe").open("w+b")
    stream.close()
    api._Drain(stream, 1, lambda: None).run()
