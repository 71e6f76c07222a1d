"""The manifests are valid, ask for no more than is needed, and would pass their own audit."""

import contextlib
import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from analyzer.cli import main
from tests.collectors import api_run, cluster_run
from tests.collectors.cluster_run import DIGEST, IMAGES, KUBERNETES
from tests.collectors.node_run import collect, write
from tests.collectors.programs import kubectl, kubectls
from tests.collectors.replay import Recording, Replay, captured
from tests.collectors.waiting import wait_until
from tests.tools import needed

ROOT = KUBERNETES.parent.parent
Document = dict[str, Any]
# One worker, so that what all share is made once.
pytestmark = pytest.mark.xdist_group("kubernetes_manifests")
LABEL = "kube-evidence/collector"
MINORS = {"27": False, "33": True}
"""API servers for which manifests are made out: minor version, and whether it is OpenShift."""


def documents_of(text: str) -> list[Document]:
    return list(yaml.safe_load_all(text))


@pytest.fixture(scope="module")
def printed() -> str:
    """Return what --dry-run prints."""
    command = ["sh", str(KUBERNETES / "collect.sh"), "--dry-run", *IMAGES, "--operator=Jo Doe"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Document]]:
    """Return what is sent to each API server, by its minor version."""
    return {minor: _made(tmp_path_factory.mktemp("made"), minor) for minor in MINORS}


def _made(folder: Path, minor: str) -> list[Document]:
    script = cluster_run.quick(folder / "script")
    sick = [cluster_run.fault(f"kube-evidence-{pod}", "sick", text="Pulling")
            for pod in ("api-n-1", "node-n-1")]  # fmt: skip
    stand_in = cluster_run.set_up(
        folder / "state", ["n-1,linux,True"], pods=folder, minor=minor,
        openshift=MINORS[minor], faults=sick,
    )  # fmt: skip
    words = (*IMAGES, "--timeout=0", "--operator=Jo Doe", "--namespace=audit-7")
    ended = cluster_run.run(folder, script, stand_in, *words)
    assert ended.code == 4, ended.err
    documents: list[Document] = ended.cluster["documents"]
    return documents


def of_kind(documents: list[Document], kind: str) -> Document:
    (found,) = [one for one in documents if one["kind"] == kind]
    return found


def pod_of(documents: list[Document], kind: str) -> tuple[Document, Document]:
    """Return the pod template's spec, and its only container."""
    spec: Document = of_kind(documents, kind)["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    return spec, container


@pytest.mark.parametrize("name", sorted(path.name for path in KUBERNETES.glob("*.yaml")))
def test_shipped_manifests_fit_the_schemas_of_today(name: str) -> None:
    for document in documents_of((KUBERNETES / name).read_text()):
        kubernetes_validate.validate(document, "1.37", strict=True)


@pytest.mark.parametrize("minor", MINORS)
def test_what_is_sent_fits_the_schemas_of_its_server(
    minor: str, made: dict[str, list[Document]]
) -> None:
    assert len(made[minor]) == 14 + MINORS[minor]
    for document in made[minor]:
        kubernetes_validate.validate(document, f"1.{minor}", strict=True)


def test_the_api_run_ends_long_before_its_pod_does(printed: str) -> None:
    job = of_kind(documents_of(printed), "Job")["spec"]
    (text,) = job["template"]["spec"]["containers"][0]["args"]
    limit = re.search(r"(?m)^set -- .*--max-time (\d+)$", text)
    assert limit is not None, "its own limit is that of the pod"
    assert int(limit[1]) <= job["activeDeadlineSeconds"] - 1800


def test_programs_are_sent_byte_for_byte(printed: str) -> None:
    maps = [one for one in documents_of(printed) if one["kind"] == "ConfigMap"]
    sent = {name: text for one in maps for name, text in one["data"].items()}
    assert sent == {
        name: (ROOT / "collectors" / name).read_text(encoding="utf-8")
        for name in ("node.sh", "api.py")
    }


def test_a_dry_run_shows_every_variant(printed: str) -> None:
    """It asks nothing of the cluster, so what any cluster would be sent has to be in it."""
    shown = {line.strip() for line in printed.splitlines()}
    for path in KUBERNETES.glob("*-collector.yaml"):
        marked = re.findall(r"(?m)^ *(.* # (?:since|before|not on) .*)$", path.read_text())
        assert marked, path.name
        assert set(marked) <= shown, path.name
    bindings = [one for one in documents_of(printed) if one["kind"] == "RoleBinding"]
    assert "system:openshift:scc:privileged" in {one["roleRef"]["name"] for one in bindings}
    assert "For OpenShift only" in printed


def test_what_the_headers_tell_to_type_works_in_the_folder_of_the_programs() -> None:
    for path in KUBERNETES.glob("*.yaml"):
        for name in re.findall(r"(?:-f |--from-file=)(\S+)", path.read_text()):
            assert (KUBERNETES.parent / name).is_file(), (path.name, name)


def test_the_example_of_the_help_can_be_pasted() -> None:
    script = KUBERNETES / "collect.sh"
    said = subprocess.run(["sh", script, "--help"], capture_output=True, text=True, check=True)
    words = (
        said.stdout.split("Example:\n")[1]
        .replace("sha256:DIGEST", DIGEST)
        .split("sh kubernetes/")[1]
    )
    assert words.startswith("collect.sh --output")
    command = f"sh kubernetes/{words.rstrip()} --dry-run"
    subprocess.run(["sh", "-c", command], cwd=KUBERNETES.parent, capture_output=True, check=True)


def test_real_kubectls_take_the_manifests(printed: str, tmp_path: Path) -> None:
    needed("kubectl")
    with Replay(captured()) as server:
        config = server.kubeconfig(tmp_path / "config")
        for program in kubectls():
            done = subprocess.run(
                [program, "--kubeconfig", config, "apply", "--dry-run=client", "--validate=false",
                 "-f", "-"],
                input=printed, capture_output=True, text=True, check=False,
                env={"HOME": str(tmp_path)}, timeout=600,
            )  # fmt: skip
            assert done.returncode == 0, (program.name, done.stderr)
            assert done.stdout.count("(dry run)") == len(documents_of(printed))


def questions() -> dict[str, str]:
    """Return the questions that collect.sh puts to kubectl."""
    text = (KUBERNETES / "collect.sh").read_text()
    part = text[text.index("READY=") : text.index("case $0 in")]
    names = ("NODES", "PODS", "OWNER")
    shown = "".join(f'printf "%s\\036" "${name}"\n' for name in names)
    done = subprocess.run(["sh", "-c", part + shown], capture_output=True, text=True, check=True)
    return dict(zip(names, done.stdout.split("\x1e"), strict=False))


ANSWERS = [
    (["get", "nodes"], "NODES", 'cp-1,linux,{.*"status":"True","type":"Ready"}'),
    (["get", "nodes"], "NODES", 'win-1,windows,{.*"status":"Unknown","type":"Ready"}'),
    (["get", "pods", "-n", "kube-system"], "PODS", "cp-1,etcd-cp-1,Running,True,,"),
    (["get", "pods", "-n", "kube-system"], "PODS", "node-b,kube-proxy-trfjj,Pending,,,node-b"),
]


def test_real_kubectls_understand_the_questions(tmp_path: Path) -> None:
    asked = questions()
    space = write(tmp_path, "space.yaml", (KUBERNETES / "node-collector.yaml").read_text())
    made = ["create", "--dry-run=client", "--validate=false", "-f", str(space)]
    with Replay(captured()) as server:
        config = server.kubeconfig(tmp_path / "config")
        for program in (kubectl("oldest"), kubectl("newest")):
            for words, name, line in [*ANSWERS, (made, "OWNER", "kube-evidence,by-hand")]:
                done = subprocess.run(
                    [program, "--kubeconfig", config, *words, "-o", f"jsonpath={asked[name]}"],
                    capture_output=True, text=True, check=True,
                    env={"HOME": str(tmp_path)}, timeout=600,
                )  # fmt: skip
                assert re.search(line, done.stdout), (program.name, name, done.stdout)
            words = ["get", "roles,rolebindings", "-n", "empty", "-l", f"{LABEL}=x"]
            done = subprocess.run(
                [program, "--kubeconfig", config, *words, "--ignore-not-found", "-o", "name"],
                capture_output=True, text=True, check=True, timeout=600,
                env={"HOME": str(tmp_path)},
            )  # fmt: skip
            assert done.stdout == "", "what was removed is known by this silence"


SHARED = {
    "automountServiceAccountToken": False,
    "enableServiceLinks": False,
    "hostNetwork": False,
    "hostIPC": False,
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "priorityClassName": None,
}
NODE_POD = SHARED | {
    "hostPID": True,
    "tolerations": [{"operator": "Exists"}],
    "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
}
API_POD = SHARED | {
    "automountServiceAccountToken": True,
    "hostPID": False,
    "tolerations": None,
    "restartPolicy": "Never",
}
NODE_CONTAINER = {
    "image": f"registry.example.com:5000/tools/busybox@{DIGEST}",
    "ports": None,
    "lifecycle": None,
}
NODE_SECURITY = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsUser": 0,
    "capabilities": {"drop": ["ALL"], "add": ["DAC_READ_SEARCH", "SYS_PTRACE"]},
    "seLinuxOptions": {"type": "spc_t"},
}
API_SECURITY = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
HOST_MOUNT = {
    "name": "host",
    "mountPath": "/host",
    "readOnly": True,
    "mountPropagation": "None",
}


@pytest.mark.parametrize("minor", MINORS)
def test_node_collector_may_read_and_nothing_else(
    minor: str, made: dict[str, list[Document]]
) -> None:
    spec, container = pod_of(made[minor], "DaemonSet")
    assert {name: spec.get(name) for name in NODE_POD} == NODE_POD
    assert {name: container.get(name) for name in NODE_CONTAINER} == NODE_CONTAINER
    modern = int(minor) >= 30
    profile = {"appArmorProfile": {"type": "Unconfined"}} if modern else {}
    assert container["securityContext"] == NODE_SECURITY | profile
    recursive = {"recursiveReadOnly": "IfPossible"} if modern else {}
    assert container["volumeMounts"][0] == HOST_MOUNT | recursive
    assert [sorted(volume) for volume in spec["volumes"]] == [
        ["hostPath", "name"], ["configMap", "name"], ["emptyDir", "name"]]  # fmt: skip
    assert spec["volumes"][2]["emptyDir"]["sizeLimit"]
    template = of_kind(made[minor], "DaemonSet")["spec"]["template"]
    marked = "container.apparmor.security.beta.kubernetes.io/collector"
    notes = template["metadata"].get("annotations") or {}
    assert notes.get(marked) == (None if modern else "unconfined")


@pytest.mark.parametrize("minor", MINORS)
def test_api_collector_fits_the_restricted_level(
    minor: str, made: dict[str, list[Document]]
) -> None:
    spec, container = pod_of(made[minor], "Job")
    assert {name: spec.get(name) for name in API_POD} == API_POD
    assert container["image"] == f"registry.example.com/python@{DIGEST}"
    assert container["securityContext"] == API_SECURITY
    security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    user = {} if MINORS[minor] else {"runAsUser": 65532, "runAsGroup": 65532}
    assert spec["securityContext"] == security | user
    assert {"hostPath"} & {kind for volume in spec["volumes"] for kind in volume} == set()


@pytest.mark.parametrize("minor", MINORS)
def test_everything_carries_the_label_of_its_run(
    minor: str, made: dict[str, list[Document]]
) -> None:
    values = {one["metadata"]["labels"][LABEL] for one in made[minor]}
    values |= {
        of_kind(made[minor], kind)["spec"]["template"]["metadata"]["labels"][LABEL]
        for kind in ("DaemonSet", "Job")
    }
    assert len(values) == 1
    assert values != {"by-hand"}
    assert "by-hand" not in json.dumps(made[minor])


@pytest.mark.parametrize("minor", MINORS)
def test_another_namespace_is_named_everywhere(minor: str, made: dict[str, list[Document]]) -> None:
    text = json.dumps(made[minor])
    assert '"namespace": "kube-evidence"' not in text
    spaces = {one["metadata"].get("namespace") for one in made[minor]}
    assert spaces == {None, "audit-7", "default"}


def test_a_service_account_gets_no_right_but_lists(printed: str) -> None:
    documents = documents_of(printed)
    rules = [rule for one in documents if one["kind"].endswith("Role") for rule in one["rules"]]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list"}
    assert not [r for rule in rules for r in rule["resources"] if r in {"secrets", "*"}]
    bindings = [one for one in documents if one["kind"].endswith("Binding")]
    accounts = {one["roleRef"]["name"]: one["subjects"] for one in bindings}
    (node,) = accounts.pop("system:openshift:scc:privileged")
    assert node["name"] == "kube-evidence-node"
    assert len(bindings) == 4
    assert {one["name"] for (one,) in accounts.values()} == {"kube-evidence-api"}


def granted(rules: list[Document]) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def rights(documents: list[Document], kind: str, name: str) -> set[tuple[str, str, str]]:
    (found,) = [one for one in documents if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return granted(found["rules"])


def test_rights_are_those_of_the_documentation(printed: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/collecting.md").read_text(), re.DOTALL)
    documented = [yaml.safe_load(block) for block in blocks]
    for kind in ("ClusterRole", "Role"):
        shipped = rights(documents_of(printed), kind, "kube-evidence-api")
        assert shipped == rights(documented, kind, "kube-evidence-reader")


def test_the_reader_by_hand_gets_the_rights_of_the_pod(printed: str) -> None:
    reader = documents_of((KUBERNETES / "reader-role.yaml").read_text())
    assert [one["kind"] for one in reader] == ["ClusterRole", "Role"], "bound by hand, to a person"
    pod = documents_of(printed)
    everywhere = [
        rights(pod, "ClusterRole", f"kube-evidence-api{more}") for more in ("", "-policies")
    ]
    assert rights(reader, "ClusterRole", "kube-evidence-reader") == everywhere[0] | everywhere[1]
    default = rights(pod, "Role", "kube-evidence-api")
    assert rights(reader, "Role", "kube-evidence-reader") == default
    assert {one["metadata"].get("namespace") for one in reader} == {None, "default"}


def test_policy_engines_may_be_read_where_they_are(printed: str) -> None:
    command = [sys.executable, str(ROOT / "collectors" / "api.py"), "--list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = [line.split("\t")[0].removeprefix("api/") for line in listed.splitlines()
             if "where discovery offers it" in line]  # fmt: skip
    wanted = {(name.partition(".")[2], name.partition(".")[0], "list") for name in names
              if not name.startswith("*")}  # fmt: skip
    assert rights(documents_of(printed), "ClusterRole", "kube-evidence-api-policies") == wanted


def wrapper(kind: str, folder: Path, root: Path) -> str:
    """Return a pod's own script, its folders put elsewhere."""
    name = {"DaemonSet": "node-collector.yaml", "Job": "api-collector.yaml"}[kind]
    _, container = pod_of(documents_of((KUBERNETES / name).read_text()), kind)
    assert container["command"] == ["sh", "-c"]
    (text,) = container["args"]
    for old, new in (("/host", root), ("/work", folder / "work"), ("/collector", folder)):
        text = re.sub(rf"(?<![\w/]){old}\b", str(new), text)
    assert "$(" not in text, "the kubelet reads these as references"
    return str(text)


def logged(script: str, folder: Path, **env: str) -> str:
    """Run a pod's script until it is ready, end it as the kubelet does, return its log."""
    (folder / "work").mkdir()
    log = folder / "log"
    with log.open("wb") as stream:
        child = subprocess.Popen(
            ["busybox", "sh", "-c", script], stdout=stream, stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", **env}, start_new_session=True,
        )  # fmt: skip
    try:
        ready = folder / "work" / "done"
        waits = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        wait_until(lambda: ready.exists() and waits.read_text(), child)
        child.terminate()
        assert child.wait(timeout=600) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    return log.read_text()


def test_the_node_pod_collects_once_and_waits(tmp_path: Path) -> None:
    needed("busybox")
    shutil.copy(ROOT / "collectors" / "node.sh", tmp_path)
    (tmp_path / "root" / "proc").mkdir(parents=True)
    script = wrapper("DaemonSet", tmp_path, tmp_path / "root")
    said = logged(script, tmp_path, NODE_NAME="w-1", CASE_NO="", OPERATOR="")
    assert re.search(rf"(?m)^bundle: {tmp_path}/work/keb-node-[0-9a-z-]+\.tar\.gz$", said)
    assert re.search(r"(?m)^custody fingerprint: sha256:[0-9a-f]{64}$", said)
    assert re.search(r"(?m)^exit code: [034]$", said)


@pytest.mark.parametrize(("kind", "program"), [("DaemonSet", "node.sh"), ("Job", "api.py")])
def test_the_pods_hand_their_words_on(kind: str, program: str, tmp_path: Path) -> None:
    needed("busybox")
    write(tmp_path, "node.sh", 'printf "[%s]" "$@"\n')
    write(tmp_path, "api.py", "import sys\nprint(''.join(f'[{w}]' for w in sys.argv[1:]))\n")
    script = wrapper(kind, tmp_path, tmp_path).replace("python3", sys.executable)
    said = logged(script, tmp_path, NODE_NAME="w-1", CASE_NO="a 'b", OPERATOR="Jo Doe")
    assert "[--case-no][a 'b][--operator][Jo Doe]" in said, program


ROOT_RUNS = os.geteuid() == 0
"""An ordinary user has no capabilities to give: half of the next test is then all there is."""


@pytest.mark.parametrize("given", [True, False] if ROOT_RUNS else [False])
def test_the_capabilities_are_those_that_reading_needs(given: bool, tmp_path: Path) -> None:
    shipped = documents_of((KUBERNETES / "node-collector.yaml").read_text())
    security = pod_of(shipped, "DaemonSet")[1]["securityContext"]
    added = security["capabilities"]["add"] if given else []
    bounds = ",".join(["-all", *(f"+{name.lower()}" for name in added)])
    limited = (needed("setpriv"), f"--bounding-set={bounds}", "--inh-caps=-all")
    path = "/etc/kubernetes/manifests/kube-apiserver.yaml"
    (tmp_path / "root" / "proc").mkdir(parents=True)
    manifest = write(tmp_path / "root", path, "kind: Pod\n", mode=0o600 if ROOT_RUNS else 0)
    if ROOT_RUNS:
        os.chown(manifest, 1000, 1000)
    shell = (*limited, "sh") if ROOT_RUNS else ("sh",)
    run = collect(tmp_path / "root", tmp_path / "out", shell=shell)
    status = run.record("file/apiserver-manifest", path)["status"]
    assert status == ("ok" if given else "denied")


def with_own_objects(documents: list[Document]) -> Recording:
    """Return the recorded cluster while our API collector is running in it."""
    recording = captured()
    lists = copy.deepcopy(dict(recording.lists))
    job = of_kind(documents, "Job")
    template = job["spec"]["template"]
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": job["metadata"]["name"],
             "uid": "1", "controller": True}  # fmt: skip
    metadata = {**template["metadata"], "name": "kube-evidence-api-x", "namespace": "audit-7"}
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
           "metadata": metadata | {"ownerReferences": [owner]}}  # fmt: skip
    for document in [*documents[: documents.index(job) + 1], pod]:
        group = document["apiVersion"]
        prefix = "/api/v1" if group == "v1" else f"/apis/{group}"
        plural = document["kind"].lower().replace("policy", "policie") + "s"
        lists[f"{prefix}/{plural}"]["items"].append(document)
    return Recording(lists=lists, discovery=recording.discovery, configz=recording.configz)


def test_our_own_objects_fail_no_control(made: dict[str, list[Document]], tmp_path: Path) -> None:
    run = api_run.collect(tmp_path, with_own_objects(made["27"]))
    report = tmp_path / "report"
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(report)]
    assert main(["analyze", str(run.path), *words]) == 0
    controls = json.loads((report / "assessment.json").read_text())["controls"]
    ours = {
        (control["id"], finding["subject"]): finding["actual"]
        for control in controls
        for finding in control["findings"]
        if "audit-7" in json.dumps(finding) or "kube-evidence" in json.dumps(finding)
        if finding["verdict"] == "fail"
    }
    # The recorded cluster binds roles to all accounts of every namespace, this one included.
    assert ours.pop(("5.1.5", "ServiceAccount/audit-7/default")).startswith("bound by Cluster")
    assert ours == {}
