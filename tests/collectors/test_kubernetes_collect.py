"""collect.sh fetches what every node has to say, and leaves nothing behind however it ends."""

import hashlib
import io
import os
import random
import re
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.collectors import cluster_run
from tests.collectors.cluster_run import (
    DIGEST,
    HASTY,
    IMAGES,
    NODES,
    SHELLS,
    SHORTER,
    Ended,
    fault,
)
from tests.collectors.node_run import collect
from tests.collectors.odd_archives import counted, packed, sparse
from tests.collectors.programs import supported_kubectl
from tests.collectors.replay import Replay, captured
from tests.tools import needed

SEED = 20261122
ALL = ("cp-1", "w-1", "w-2", "api", "cut", "refused", "silent", "changed",
       "sums", "climb", "link", "more", "twice", "sparse", "flood", "babble")  # fmt: skip
LABEL = "kube-evidence/collector"
ASKING = {"get", "logs", "exec"}


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the pods of a cluster of three nodes hold, made by the node collector."""
    folder = tmp_path_factory.mktemp("pods")
    (folder / "root" / "proc").mkdir(parents=True)
    run = collect(folder / "root", folder / "made")
    return cluster_run.pods_from(run.path, run.out, folder / "pods", ALL)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cluster_run.quick(tmp_path_factory.mktemp("script"))


class Site:
    """One cluster, and the script on it."""

    def __init__(self, folder: Path, script: Path, pods: Path) -> None:
        self.folder, self.script, self.pods = folder, script, pods

    def run(self, *words: str, **how: Any) -> Ended:
        made = {name: how.pop(name) for name in ("objects", "faults", "openshift") if name in how}
        nodes: Sequence[str] = how.pop("nodes", NODES)
        kubectl = cluster_run.set_up(self.folder / "state", nodes, pods=self.pods, **made)
        words = words or IMAGES
        return cluster_run.run(self.folder, self.script, kubectl, *words, **how)


@pytest.fixture
def site(tmp_path: Path, script: Path, pods: Path) -> Site:
    return Site(tmp_path, script, pods)


def assert_clean(ended: Ended) -> None:
    """Nothing is left in the cluster, and nothing but whole bundles in the output folder."""
    assert ended.ours == [], ended.err
    for name, content in ended.fetched.items():
        assert re.fullmatch(r"keb-(node|api)-[0-9a-f]{8}-20261122t120000z\.tar\.gz", name)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            assert archive.getnames()[-1] == "bundle/SHA256SUMS"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_everything_is_fetched_and_nothing_is_left(shell: tuple[str, ...], site: Site) -> None:
    needed(shell[0])
    ended = site.run(*IMAGES, "--operator", "Jo Doe", shell=shell)
    assert (ended.code, set(ended.err.splitlines())) == (
        0,
        {f"{subject}: fetched" for subject in ("API", "cp-1", "w-1", "w-2")},
    )
    assert_clean(ended)
    assert len(ended.fetched) == 4
    for content in ended.fetched.values():
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            sums = archive.extractfile("bundle/SHA256SUMS")
            assert sums is not None
            assert hashlib.sha256(sums.read()).hexdigest() in ended.out
    assert ended.out.count("for the paper form: keb-node-") == 4


def test_everything_made_is_labelled_and_only_that_is_deleted(site: Site) -> None:
    ended = site.run(*IMAGES, openshift=True)
    values = {one["labels"][LABEL] for one in ended.cluster["made"]}
    assert len(values) == 1
    assert [one["namespace"] for one in ended.cluster["made"] if one["kind"] == "RoleBinding"] == [
        "default",
        "kube-evidence",
    ]
    verbs = {words[0]: words for words in ended.cluster["calls"] if words[0] not in ASKING}
    assert set(verbs) <= {"create", "apply", "label", "delete", "-n"}
    for words in ended.cluster["calls"]:
        if "delete" in words:
            assert words[words.index("-l") + 1] == f"{LABEL}={values.copy().pop()}"


def test_lists_are_read_before_the_node_collectors_exist(site: Site) -> None:
    made = site.run().cluster["made"]
    kinds = [one["kind"] for one in made]
    assert kinds.index("Job") < kinds.index("DaemonSet")
    assert [one["namespace"] for one in made if one["kind"] == "RoleBinding"] == ["default"]


AILING = ("image", "unplaced", "absent", "cut", "refused", "silent")
BAD: dict[str, tuple[list[dict[str, Any]], str]] = {
    "image": ([fault("kube-evidence-node-image", "sick", text="Err\x1bImage\x9bPull")],
              "MISSING: its pod was not ready in time: ErrImage??Pull"),
    "unplaced": ([fault("kube-evidence-node-unplaced", "sick", text="Unplaced")],
                 "MISSING: its pod was not ready in time: Unplaced"),
    "absent": ([], "MISSING: the node is not ready"),
    "windows": ([], "MISSING: it runs windows, not Linux"),
    "cut": ([fault("exec kube-evidence-node-cut", "cut")],
            "MISSING: the transfer was cut short"),
    "refused": ([fault("exec kube-evidence-node-refused", "fail")],
                "MISSING: the transfer was cut short"),
    "silent": ([fault("logs kube-evidence-node-silent", "fail", text="forbidden")],
               "MISSING: its log cannot be read: forbidden"),
    "API": ([fault("kube-evidence-api-cp-1", "sick", text="ErrImagePull")],
            "MISSING: its pod was not ready in time: ErrImagePull"),
}  # fmt: skip


def test_bad_nodes_do_not_stop_the_others(site: Site) -> None:
    nodes = [*NODES, "windows,windows,True", *(f"{name},linux,True" for name in AILING)]
    nodes[nodes.index("absent,linux,True")] = "absent,linux,False"
    faults = [one for given, _ in BAD.values() for one in given]
    ended = site.run(*IMAGES, "--timeout=1", nodes=nodes, faults=faults)
    assert ended.code == 3, ended.err
    for subject, (_, words) in BAD.items():
        assert words in ended.row(subject)
    assert not {"\x1b", "\x9b"} & set(ended.out)
    assert len(ended.fetched) == len(NODES)
    assert_clean(ended)


@pytest.mark.parametrize("pod", ["kube-evidence-node-cut", "-lkube-evidence/role=node"])
def test_a_kubelet_cannot_speak_for_another_node(pod: str, site: Site) -> None:
    """Its words about its own pod hold a line that looks like one of another pod."""
    lie = fault("kube-evidence-node-cut", "sick", text=f"x\nw-2,{pod},Running,True,,")
    nodes = ["cut,linux,True", NODES[-1]]
    ended = site.run(*IMAGES, "--nodes-only", "--timeout=2", nodes=nodes, faults=[lie])
    assert ended.row("w-2").split()[:2] == ["w-2", "complete"]
    assert "keb-node-00000002-" in ended.row("w-2")
    calls = [words for words in ended.cluster["calls"] if {"logs", "exec"} & set(words)]
    assert calls
    assert not [words for words in calls if pod in words]


def test_a_kubelet_cannot_add_lines_to_the_list_of_nodes(tmp_path: Path) -> None:
    """Of kubectl: a condition as a whole is JSON, in which a line's end is escaped."""
    script = (cluster_run.KUBERNETES / "collect.sh").read_text()
    shown = [line for line in script.splitlines() if line.startswith(("NODE_READY=", "NODES="))]
    asked = subprocess.run(
        ["sh", "-c", "\n".join([*shown, 'printf %s "$NODES"'])],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    whole = captured()
    nodes = whole.lists["/api/v1/nodes"]
    for one in nodes["items"][0]["status"]["conditions"]:
        one["status"] = "Unknown\nw-2,windows,True"
    with Replay(whole) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig.json")
        words = ["--kubeconfig", str(kubeconfig), "get", "nodes", "-o", f"jsonpath={asked}"]
        done = subprocess.run(
            [str(supported_kubectl("newest")), *words],
            capture_output=True, check=True, text=True, env={**os.environ, "HOME": str(tmp_path)},
        )  # fmt: skip
    lines = done.stdout.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        one["metadata"]["name"] for one in nodes["items"]
    ]
    ready = [
        {"type": "Ready", "status": "True"}.items() <= condition.items()
        for one in nodes["items"]
        for condition in one["status"]["conditions"]
        if condition["type"] == "Ready"
    ]
    assert ['"status":"True"' in line for line in lines] == ready
    assert len(set(ready)) == 2


def test_a_transfer_that_broke_once_is_made_again(site: Site) -> None:
    ended = site.run(
        *IMAGES, "--nodes-only", faults=[fault("exec kube-evidence-node-w-1", "cut", times=1)]
    )
    assert ended.code == 0
    assert len(ended.fetched) == 3


def forged(pods: Path, folder: Path, how: str) -> Path:
    """Make an archive that no collector makes, out of one that it made."""
    (bundle,) = (pods / "node" / "w-1").glob("keb-*")
    path = folder / f"{how}.tar.gz"
    with tarfile.open(bundle) as source, tarfile.open(path, "w:gz") as target:
        for member in source:
            stream = source.extractfile(member)
            assert stream is not None
            content = stream.read()
            if how == "changed" and member.name == "bundle/probes.ndjson":
                content = content.replace(b"absent", b"ok    ")
            if how == "sums" and member.name == "bundle/SHA256SUMS":
                content = content.replace(b"0", b"1")
            target.addfile(member, io.BytesIO(content))
        extra = tarfile.TarInfo({"climb": "bundle/../../evil"}.get(how, "bundle/evil"))
        if how == "link":
            extra.type, extra.linkname = tarfile.SYMTYPE, "/etc/passwd"
        if how == "twice":
            extra.name = "bundle/FORMAT"
        if how in {"climb", "link", "more", "twice"}:
            target.addfile(extra)
        if how == "sparse":
            sparse(target)
    return path


FORGED = {
    "changed": "a member does not match SHA256SUMS",
    "sums": "its fingerprint is not the one that the collector printed",
    "climb": "the archive holds what no bundle holds",
    "link": "the archive holds what no bundle holds",
    "more": "a member does not match SHA256SUMS",
    "twice": "the archive holds what no bundle holds",
    "sparse": "the archive holds what no bundle holds",
}


def test_what_is_not_the_sealed_bundle_is_refused(site: Site, pods: Path, tmp_path: Path) -> None:
    faults = [
        fault(f"exec kube-evidence-node-{how}", "spoil", text=str(forged(pods, tmp_path, how)))
        for how in FORGED
    ]
    nodes = [NODES[0], *(f"{how},linux,True" for how in FORGED)]
    ended = site.run(*IMAGES, "--nodes-only", nodes=nodes, faults=faults)
    assert ended.code == 3
    for how, problem in FORGED.items():
        assert problem in ended.row(how)
    assert len(ended.fetched) == 1
    assert not (tmp_path / "evil").exists()


def test_what_a_node_sends_is_taken_up_to_a_limit(site: Site) -> None:
    faults = [
        fault("exec kube-evidence-node-flood", "flood"),
        fault("logs kube-evidence-node-babble", "flood", times=1),
    ]
    nodes = [NODES[0], "flood,linux,True", "babble,linux,True"]
    ended = site.run(*IMAGES, "--nodes-only", "--timeout=5", nodes=nodes, faults=faults)
    assert ended.code == 3, ended.err
    assert "MISSING" in ended.row("flood")
    assert len(ended.cluster["flooded"]) >= 2
    assert max(ended.cluster["flooded"]) <= 4 << 20
    assert_clean(ended)


def test_a_bundle_of_many_members_takes_no_process_for_each(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that sends thousands would hold up the others, while all pods go on running."""
    notes = counted(tmp_path / "tools", "sha256sum", monkeypatch)
    folder = tmp_path / "pods" / "node" / "w-1"
    folder.mkdir(parents=True)
    name = "keb-node-00000001-20261122t120000z.tar.gz"
    said = packed(folder / name, 5000)
    (folder / "log").write_text(f"bundle: /work/{name}\ncustody fingerprint: sha256:{said}\n")
    site.pods = tmp_path / "pods"
    ended = site.run(*IMAGES, "--nodes-only", nodes=["w-1,linux,True"])
    assert list(ended.fetched) == [name], ended.row("w-1")
    assert notes.read_text().count("\n") < 20


def test_a_file_of_that_name_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    kept = tmp_path / "out" / "keb-node-00000001-20261122t120000z.tar.gz"
    kept.write_bytes(b"mine")
    ended = site.run(*IMAGES, "--nodes-only")
    assert ended.code == 3
    assert "exists already" in ended.row("w-1")
    assert kept.read_bytes() == b"mine"


NOTHING: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no cluster": ([fault("", "fail")], "error: kubectl: does not reach the cluster: Unable"),
    "no nodes": ([fault("get nodes", "fail")], "error: nodes: cannot be listed"),
    "create refused": ([fault("create", "fail", text="forbidden")], "refused: forbidden"),
    "later refused": ([fault("apply", "fail", text="forbidden")], "refused: forbidden"),
    "lost": ([fault("get pods", "fail")], "error: kubectl: lost the cluster: Unable to connect"),
}


@pytest.mark.parametrize("case", NOTHING)
def test_without_any_bundle_the_code_is_4(case: str, site: Site) -> None:
    faults, words = NOTHING[case]
    ended = site.run(faults=faults)
    assert ended.code == 4
    assert words in ended.err
    assert ended.fetched == {}
    assert_clean(ended)


def space(**labels: str) -> dict[str, Any]:
    return {"kind": "Namespace", "name": "kube-evidence", "namespace": "", "labels": labels}


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({}, "exists and was not made by this program"),
        ({LABEL: "earlier"}, "is there from an earlier run, or from one that is going on"),
    ],
)
def test_a_namespace_that_is_there_stays(labels: dict[str, str], words: str, site: Site) -> None:
    there = space(**labels)
    ended = site.run(objects=[there])
    assert ended.code == 4
    assert words in ended.err
    assert ended.cluster["objects"] == [there]
    assert not [words for words in ended.cluster["calls"] if words[0] in {"create", "delete"}]


def test_remove_takes_only_what_an_earlier_run_left(site: Site) -> None:
    ours, mine = space(**{LABEL: "earlier"}), {**space(), "name": "mine"}
    role = {"kind": "ClusterRole", "name": "x", "namespace": "", "labels": {LABEL: "earlier"}}
    other = {"kind": "ClusterRole", "name": "admin", "namespace": "", "labels": {"a": "b"}}
    ended = site.run("--remove", objects=[ours, mine, role, other])
    assert (ended.code, ended.fetched) == (0, {})
    assert ended.cluster["objects"] == [mine, other]


@pytest.mark.parametrize("kind", ["fail", "hang"])
def test_a_removal_that_fails_says_what_to_type(kind: str, site: Site, tmp_path: Path) -> None:
    site.script = cluster_run.quick(tmp_path / "hasty", {**SHORTER, **HASTY})
    ended = site.run(*IMAGES, "--nodes-only", faults=[fault("delete namespaces", kind)])
    assert ended.code == 3
    assert len(ended.fetched) == 3
    (value,) = {one["labels"][LABEL] for one in ended.cluster["made"]}
    assert f"kubectl delete clusterrolebindings,clusterroles,namespaces -l {LABEL}={value}" in (
        ended.err
    )
    assert "--remove" in ended.err


def test_a_full_disk_does_not_look_like_a_removal(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubectl says nothing of an answer that it could not write, and ends with 0."""
    kubectl = tmp_path / "state" / "kubectl"
    faults = [fault("delete namespaces", "fail", times=1)]
    lines = ["#!/bin/sh", 'case " $* " in *" -o name "*)', 'case $(readlink /proc/$$/fd/1) in /*)',
             "exit 0 ;; esac ;; esac", f'exec {kubectl} "$@"']  # fmt: skip
    tool = tmp_path / "full"
    tool.write_text("\n".join(lines) + "\n")
    tool.chmod(0o755)
    ended = site.run(*IMAGES, "--nodes-only", f"--kubectl={tool}", faults=faults)
    assert ended.code == 0
    assert_clean(ended)


def test_a_removal_that_failed_once_is_done_again(site: Site) -> None:
    ended = site.run(*IMAGES, "--api-only", faults=[fault("delete", "fail", times=4)])
    assert ended.code == 0
    assert_clean(ended)


ENDINGS = [(shell, number) for shell in SHELLS for number in (signal.SIGTERM, signal.SIGQUIT)]


@pytest.mark.parametrize(
    ("shell", "number"), [*ENDINGS, (("dash",), signal.SIGINT), (("sh",), signal.SIGHUP)]
)
def test_nothing_is_left_after_a_signal(
    shell: tuple[str, ...], number: signal.Signals, site: Site
) -> None:
    needed(shell[0])
    moment = random.Random(f"{SEED} {shell} {number}").uniform(0.0, 1.6)
    ended = site.run(shell=shell, after=moment, number=number)
    assert ended.code in {0, 3, 4}, ended.err
    if ended.code == 0:  # it came too late to take anything away
        assert len(ended.fetched) == len(NODES) + 1
    else:
        assert "interrupted" in ended.err
    assert_clean(ended)


def test_a_signal_in_the_last_step_leaves_no_empty_bundle(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "tools" / "mv"
    tool.parent.mkdir()
    move = f'exec {shutil.which("mv")} "$@"'
    tool.write_text(
        f"#!/bin/sh\ncase $2 in */keb-*) kill -TERM $PPID; exit 1 ;; *) {move} ;; esac\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    ended = site.run(*IMAGES, "--nodes-only")
    assert (ended.code, ended.fetched) == (4, {})
    assert_clean(ended)


def test_a_signal_is_obeyed_while_a_command_hangs(site: Site) -> None:
    ended = site.run(faults=[fault("logs", "hang")], after=0.0, on="logs")
    assert ended.code == 4
    assert "interrupted" in ended.err
    assert_clean(ended)


WRONG = {
    "--image=busybox": "not an image by digest",
    "--image=busybox:1.36": "not an image by digest",
    f"--image=busybox:1.36@{DIGEST}": "not an image by digest",
    f"--image=reg/busybox@{DIGEST}0": "not an image by digest",
    f"--image=reg/busybox@{DIGEST.upper()}": "not an image by digest",
    f"--image=reg/busybox@{DIGEST}\nhostNetwork: true": "more than one line",
    "--namespace=kube-system": "will not do",
    "--namespace=default": "will not do",
    "--namespace=a.b": "will not do",
    "--operator=a\"b": "quotation mark",
    "--case-no=$(X)": "quotation mark",
    "--timeout=soon": "not a number",
    "--nonsense": "not an option",
    "--api-only": "excludes",
}  # fmt: skip


@pytest.mark.parametrize("word", WRONG)
def test_wrong_usage_asks_nothing_of_the_cluster(word: str, script: Path) -> None:
    words = ["--nodes-only", IMAGES[0], "--kubectl=/does/not/exist", word]
    done = subprocess.run(["sh", str(script), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert WRONG[word] in done.stderr


def test_both_images_are_needed_for_both(script: Path) -> None:
    done = subprocess.run(
        ["sh", str(script), IMAGES[0]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Give an image by digest, or --nodes-only." in done.stderr
