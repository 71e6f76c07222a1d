"""The program itself: where it runs, what it says, and what it makes of a real cluster."""

import hashlib
import importlib.util
import json
import os
import pty
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from tests.collectors.api_run import (
    COLLECTOR,
    Collected,
    collect,
    collect_in_pod,
    command,
    hasty,
)
from tests.collectors.api_run import run as run_in
from tests.collectors.replay import RULES_REVIEW, Replay, captured, small, write_stand_in
from tests.collectors.tls import Pair
from tests.terminals import read_to_end

SCHEMAS = COLLECTOR.parents[1] / "schemas"


@pytest.fixture(scope="module")
def api() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collector_api", COLLECTOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# One worker, so that the whole cluster is read but once with each kubectl.
pytestmark = pytest.mark.xdist_group("api_program")


def kubectls() -> list[Path | None]:
    """The stand-in always; the real one too on a machine that has it."""
    real = shutil.which("kubectl")
    return [None] if real is None else [None, Path(real)]


@pytest.fixture(scope="module", params=kubectls(), ids=lambda one: "real" if one else "stand-in")
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    folder = tmp_path_factory.mktemp("whole")
    return collect(folder, captured(), page=20, kubectl=request.param)


# What the recorded cluster offers beyond the kinds that are read everywhere.
CENSUS = (
    "controllerrevisions.apps",
    "horizontalpodautoscalers.autoscaling",
    "csistoragecapacities.storage.k8s.io",
    "resourceclaims.resource.k8s.io",
    "resourceclaimtemplates.resource.k8s.io",
)


def test_of_other_kinds_only_namespace_default_is_counted(whole: Collected) -> None:
    asked = [
        one["id"].removeprefix("api/")
        for one in whole.lines("probes.ndjson")
        if one["target"].startswith(("/api/v1/namespaces/default/", "/apis/"))
        and "/namespaces/default/" in one["target"]
    ]
    assert sorted(asked) == sorted(["configmaps", *CENSUS])


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(COLLECTOR), *words], capture_output=True, text=True, check=False,
        timeout=600,
    )  # fmt: skip


def test_every_list_of_the_capture_is_whole_and_in_order(whole: Collected) -> None:
    lists = captured().lists
    probes = [one for one in whole.lines("probes.ndjson") if "resource" in one.get("api", {})]
    assert len(probes) == 37 + len(CENSUS)
    for probe in probes:
        if probe["id"] == "api/podsecuritypolicies.policy":
            assert probe["status"] == "absent"
            continue
        path = probe["target"].replace("/namespaces/default", "")
        items = lists[path]["items"]
        if "/namespaces/default/" in probe["target"]:
            items = [one for one in items if one["metadata"]["namespace"] == "default"]
        assert (probe["status"], probe["api"]["complete"]) == ("ok", True)
        names = [one["metadata"]["name"] for one in whole.lines(probe["blob"])]
        assert names == [one["metadata"]["name"] for one in items]
        assert probe["api"]["pages"] == max(1, -(-len(items) // 20))


def test_unanswered_kubelets_make_the_run_partial(whole: Collected) -> None:
    assert (whole.code, whole.manifest["complete"]) == (3, False)
    statuses = {
        one["target"].split("/")[4]: one["status"]
        for one in whole.lines("probes.ndjson")
        if one["id"] == "api/configz"
    }
    assert len(statuses) == 6
    assert [node for node, status in statuses.items() if status == "ok"] == ["cp-1"]
    assert "- error, the API server does not reach the kubelet (HTTP 503): " in whole.err


def test_the_members_have_their_order_and_names(whole: Collected) -> None:
    names = list(whole.members)
    assert names[:3] == ["FORMAT", "plan.ndjson", "probes.ndjson"]
    lists = [name for name in names if name.startswith("api/")]
    assert lists == [f"api/p{number}.ndjson" for number in range(1, len(lists) + 1)]
    assert names[3 + len(lists) :] == [
        "redactions.ndjson",
        "log.txt",
        "collector/api.py",
        "manifest.json",
        "SHA256SUMS",
    ]
    assert whole.members["FORMAT"] == b"k8s-evidence-bundle 1.0\n"
    assert whole.members["collector/api.py"] == COLLECTOR.read_bytes()
    assert whole.path.name.startswith(f"keb-api-{whole.manifest['bundle_id'][:8]}-2")


def test_the_documents_fit_their_schemas(whole: Collected) -> None:
    def check(schema: str, document: Any) -> None:
        text = (SCHEMAS / f"{schema}.v1.schema.json").read_bytes()
        jsonschema.Draft202012Validator(json.loads(text)).validate(document)

    check("manifest", whole.manifest)
    for schema, name in (("plan", "plan"), ("probe", "probes"), ("redaction", "redactions")):
        for line in whole.lines(f"{name}.ndjson"):
            check(schema, line)


def test_every_probe_was_planned_and_names_its_content(whole: Collected) -> None:
    plan = {one["seq"]: one for one in whole.lines("plan.ndjson")}
    assert list(plan) == list(range(1, len(plan) + 1))
    for probe in whole.lines("probes.ndjson"):
        assert plan.pop(probe["seq"])["id"] == probe["id"]
        if "blob" in probe:
            assert hashlib.sha256(whole.members[probe["blob"]]).hexdigest() == probe["sha256"]
    assert plan == {}


def test_the_signer_of_a_request_is_decoded(whole: Collected) -> None:
    (request,) = whole.objects("certificatesigningrequests.certificates.k8s.io")
    assert request["x-kube-evidence"]["requestSubject"] == {
        "commonName": "system:node:cp-1",
        "organizations": ["system:nodes"],
    }
    assert "request" not in request["spec"]


def test_only_control_plane_pods_show_their_command(whole: Collected) -> None:
    shown = {
        pod["metadata"]["name"].rpartition("-cp-1")[0] or "kube-proxy"
        for pod in whole.objects("pods")
        if any("command" in one or "args" in one for one in pod["spec"]["containers"])
    }
    assert shown == {
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-proxy",
        "kube-scheduler",
    }


def test_another_run_holds_the_same_evidence(whole: Collected, tmp_path: Path, pair: Pair) -> None:
    """Whichever way it goes, and however many objects make a page."""
    with Replay(captured(), page=7, tls=pair.context(), token="t") as server:
        got = collect_in_pod(tmp_path, server, ca=pair.certificate)
    contents = [
        {k: v for k, v in one.members.items() if k.startswith(("api/", "red"))}
        for one in (got, whole)
    ]
    assert contents[0] == contents[1]


def test_requests_read_and_never_change(whole: Collected) -> None:
    posts = [path for path in whole.requests if "selfsubjectrulesreviews" in path]
    assert len(posts) == 2  # in namespace default, and in every namespace
    assert not [path for path in whole.requests if "secrets" in path]


@pytest.mark.parametrize(
    "words",
    [
        ["--no-such-option"],
        ["--output", "/no/such/folder"],
        ["--output", "/proc", "--kubectl", "/bin/sh"],  # a folder that nobody can write to
        ["--output="],
        ["--kubeconfig="],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--max-time", "0"],
        ["--in-cluster", "--context", "a"],
        ["stray"],
    ],
)
def test_a_mistake_in_the_options_ends_in_exit_2(words: list[str]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "\nhelp: " in done.stderr


ENDS = {
    "closed output": ">&-",
    "full output": ">/dev/full",
    "closed errors": "2>&-",
    "both closed": ">&- 2>&-",
    "plain": "",
}


@pytest.mark.parametrize("end", ENDS)
def test_the_bundle_is_whole_whoever_listens(tmp_path: Path, end: str) -> None:
    """And whatever bytes the operator's terminal makes of a name."""
    kinds = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
    with Replay(small({name: [] for name in kinds}, kinds)) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig.json")
        words: list[str | bytes] = [*command(tmp_path, kubeconfig, ["--operator"], None)]
        words.append(b"Jos\xe9 \xc3\xa9")
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {ENDS[end]}', "x", *words],
            capture_output=True, check=False, timeout=600, stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (bundle,) = (tmp_path / "out").iterdir()
    with tarfile.open(bundle) as archive:
        stream = archive.extractfile("bundle/manifest.json")
        assert stream is not None
        assert json.loads(stream.read())["case"]["operator"] == "Jos\ufffd \xe9"
    # Whoever cannot read the output is told the fingerprint all the same.
    heard = {"full output": done.stderr, "closed errors": done.stdout, "plain": done.stdout}
    assert b"custody fingerprint: sha256:" in heard.get(end, b"custody fingerprint: sha256:")


def test_a_missing_kubectl_is_said(tmp_path: Path) -> None:
    done = run("--kubectl", str(tmp_path / "kubectl"), "--output", str(tmp_path))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("error: kubectl: ")
    assert list(tmp_path.iterdir()) == []


def test_a_pod_without_a_service_account_is_said(tmp_path: Path) -> None:
    done = run("--in-cluster", "--output", str(tmp_path))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("error: in-cluster: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("real", kubectls(), ids=lambda one: "real" if one else "stand-in")
def test_what_kubectl_cannot_use_is_told_the_terminal_and_no_bundle(
    tmp_path: Path, real: Path | None
) -> None:
    program = hasty(tmp_path, ["--kubectl", str(real or write_stand_in(tmp_path / "kubectl"))])
    with Replay(small({}, {})) as server:
        got = run_in(tmp_path, server, [*program, "--kubeconfig", "/not/there\x1b"], {})
    assert (got.code, got.requests, got.probe("version")["status"]) == (4, (), "error")
    assert got.probe("version")["detail"] == "kubectl cannot use its configuration"
    assert "- kubectl said: error: stat /not/there : no such file or directory\n" in got.err
    assert b"/not/there" not in b"".join(got.members.values())
    assert got.err.startswith("nothing was collected: ")
    assert "partial" not in got.err


def test_a_program_that_is_no_kubectl_is_said(tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    odd.write_bytes(b"\x7fELF, but no more")
    odd.chmod(0o700)
    done = run("--kubectl", str(odd), "--output", str(tmp_path))
    assert done.returncode == 4
    assert "ended early: kubectl cannot be run" in done.stderr


def test_list_and_dry_run_ask_nobody() -> None:
    listed = run("--list", "--kubectl", "/no/such/kubectl")
    assert listed.returncode == 0
    assert "api/pods\t/api/v1/pods\n" in listed.stdout
    assert "secrets\t" not in listed.stdout
    dry = run("--dry-run", "--kubectl", "/no/such/kubectl", "--context", "two words")
    assert dry.returncode == 0
    assert (
        "/no/such/kubectl --context 'two words' get --raw '/api/v1/pods?limit=500'\n" in dry.stdout
    )
    assert "/no/such/kubectl --context 'two words' version --client -o json\n" in dry.stdout
    assert "/no/such/kubectl --context 'two words' config view --raw --minify -o " in dry.stdout
    pod = run("--dry-run", "--in-cluster")
    assert "kubectl" not in pod.stdout
    assert "GET '/api/v1/pods?limit=500'\n" in pod.stdout
    assert f"POST {RULES_REVIEW}\n" in pod.stdout


def test_case_facts_reach_the_manifest(tmp_path: Path) -> None:
    words = ["--case-no", "7/b", "--operator", "A. Auditor", "--notes", "line one"]
    got = collect(tmp_path, small({"pods": []}, {"pods": "Pod"}), words=words)
    assert got.manifest["case"] == {
        "case_no": "7/b",
        "notes": "line one",
        "operator": "A. Auditor",
    }


def test_the_ca_of_the_kubeconfig_is_fingerprinted(
    whole: Collected, tmp_path: Path, api: ModuleType
) -> None:
    der = b"not really a certificate"
    body = json.dumps(der.hex())  # any bytes: only their digest is taken
    text = "-----BEGIN CERTIFICATE-----\n" + api.base64.b64encode(body.encode()).decode()
    (tmp_path / "ca.crt").write_text(text + "\n-----END CERTIFICATE-----\n", encoding="ascii")

    class Fixed:
        def run(self, words: list[str]) -> tuple[int, bytes, str]:
            assert "--raw" in words
            assert "user" not in " ".join(words)
            return 0, b"\n" + str(tmp_path / "ca.crt").encode(), ""

    assert api.cluster_ca(Fixed()) == hashlib.sha256(body.encode()).hexdigest()
    assert whole.manifest["cluster"]["ca_sha256"] is None  # the replay speaks plain HTTP


CLASSES = [
    ('Error from server (Forbidden): nodes is forbidden: User "u" cannot', "denied", 403),
    ("error: You must be logged in to the server (Unauthorized)", "denied", 401),
    ("Error from server (NotFound): the server could not find it", "absent", 404),
    ("error: the server could not find the requested resource", "absent", 404),
    ("Error from server (MethodNotAllowed): the server does not allow", "unsupported", 405),
    ("Error from server (Expired): The provided continue parameter is too old", "error", 410),
    ("Error from server (InternalError): boom", "error", 500),
    ("Error from server (Timeout): the server was unable to return", "error", 504),
    ("Unable to connect to the server: net/http: TLS handshake timeout", "timeout", None),
    ("Unable to connect to the server: context deadline exceeded", "timeout", None),
    ("Unable to connect to the server: dial tcp: lookup x: no such host", "error", None),
    ("error: unexpected EOF", "error", None),
    ("", "error", None),
]


@pytest.mark.parametrize(("message", "status", "code"), CLASSES)
def test_failures_of_kubectl_are_told_apart(
    api: ModuleType, message: str, status: str, code: int | None
) -> None:
    answer = api.classify(message)
    assert (answer.status, answer.code) == (status, code)
    assert answer.document is None


@pytest.mark.parametrize(
    "request_text",
    [None, 5, "", "!!!", "AAAA", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlI"],
)
def test_a_request_that_cannot_be_decoded_has_no_subject(
    api: ModuleType, request_text: Any
) -> None:
    assert api.request_subject(request_text) is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"a": NaN}', b"\xff\xfe{}", b'"text"', b"[" * 100000]
)
def test_a_broken_answer_is_an_error(api: ModuleType, body: bytes) -> None:
    answer = api.decode(body)
    assert (answer.status, answer.document) == ("error", None)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://h:1/p", "https://h:1/KEB-REDACTED-r1"),
        ("https://u:p@h/p", "https://KEB-REDACTED-r1@h/KEB-REDACTED-r2"),
        ("https://u:a/b@h/p?q=1", "https://KEB-REDACTED-r1@h/KEB-REDACTED-r2"),
        ("https://h/p#f", "https://h/KEB-REDACTED-r1"),
        ("http://u:a/b@h", "http://KEB-REDACTED-r1@h"),
        ("http://u:a/b@h:8443/p", "http://KEB-REDACTED-r1@h:8443/KEB-REDACTED-r2"),
        ("http://u:a?b#c@h", "http://KEB-REDACTED-r1@h"),
        ("https://u@v:p@[::1]:8443/", "https://KEB-REDACTED-r1@[::1]:8443/"),
        ("https://h:8443", "https://h:8443"),
        # Either side of the "@" may be the secret: neither is shown.
        ("https://u/b@h", "https://KEB-REDACTED-r1"),
        ("https://h:1/b@c", "https://KEB-REDACTED-r1"),
        ("https://u:a/b@h/c@d", "https://KEB-REDACTED-r1"),
        ("https://what is it", "https://KEB-REDACTED-r1"),
        ("no url", "KEB-REDACTED-r1"),
    ],
)
def test_an_address_loses_what_may_be_secret(api: ModuleType, url: str, kept: str) -> None:
    seen: list[str] = []

    def emit(rule: str, _pointer: str, _kind: str, _value: Any) -> str:
        seen.append(rule)
        return f"r{len(seen)}"

    assert api.address(api.Redactor(emit), url, "/url") == kept


def test_progress_is_shown_to_a_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    kinds = {"nodes": "Node", "pods": "Pod"}
    pods = [{"metadata": {"name": f"p{at}"}} for at in range(3)]
    with Replay(small({"nodes": [], "pods": pods}, kinds)) as server:
        words = command(tmp_path, server.kubeconfig(tmp_path / "kubeconfig.json"), [], None)
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=slave) as child:
            os.close(slave)
            shown = read_to_end(master).decode()
            child.communicate(timeout=600)
    os.close(master)
    assert child.returncode == 0
    assert "api/pods, 3 objects" in shown
    assert shown.endswith("\r\x1b[K")
