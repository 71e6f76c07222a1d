"""Components are found by the program that runs, never by a mention of its name."""

import os
import shutil
from pathlib import Path

import pytest

from tests.collectors.node_run import Collected, collect, process, write

MATCHES = {
    "plain": (("kube-apiserver", "--secure-port=6443"), "kube-apiserver"),
    "path": (("/usr/local/bin/kube-scheduler",), "kube-scheduler"),
    "short controller": (("kube-controller", "--kubeconfig=/k"), "kube-controller-manager"),
    "hyperkube": (("/hyperkube", "apiserver", "--x=1"), "kube-apiserver"),
    "hyperkube long": (("hyperkube", "kube-proxy"), "kube-proxy"),
    "hyperkube kubelet": (("hyperkube", "kubelet"), "kubelet"),
    "openshift": (("openshift", "start", "master", "api"), "kube-apiserver"),
    "openshift controllers": (
        ("openshift", "start", "master", "controllers"),
        "kube-controller-manager",
    ),
    "hypershift": (("hypershift", "openshift-kube-apiserver"), "kube-apiserver"),
    "old image": (("/apiserver", "--etcd-servers=http://127.0.0.1:2379"), "kube-apiserver"),
    "etcd": (("etcd", "--data-dir=/d"), "etcd"),
    "k3s": (("/usr/local/bin/k3s", "server"), "k3s"),
    "k3s title": (("/usr/local/bin/k3s server",), "k3s"),
    "rke2": (("/usr/local/bin/rke2 agent",), "rke2"),
    "k0s": (("k0s", "controller"), "k0s"),
    "microk8s": (("/snap/microk8s/1/kubelite", "--x"), "kubelite"),
}
MENTIONS = {
    "grep": ("grep", "kube-apiserver"),
    "shell": ("/bin/sh", "-c", "kube-apiserver --anonymous-auth=false"),
    "tail": ("tail", "-f", "/var/log/kube-apiserver.log"),
    "suffix": ("kube-apiserver-exporter", "--x"),
    "prefix": ("my-etcd",),
    "another API server": ("/code/apiserver", "--secure-port=5443"),
    "proxy of another kind": ("/usr/bin/proxy", "--upstream=kubelet"),
    "rbac proxy": ("kube-rbac-proxy", "--v=0"),
    "client": ("k3s", "kubectl", "get", "pods"),
    "etcdctl": ("etcdctl", "endpoint", "health"),
}


@pytest.mark.parametrize("case", sorted(MATCHES))
def test_component_is_recognised(bare: Path, tmp_path: Path, case: str) -> None:
    argv, component = MATCHES[case]
    process(bare, 4711, *argv)
    run = collect(bare, tmp_path / "out")
    found = run.record("proc/cmdline")
    assert (found["component"], found["pid"]) == (component, 4711)
    assert run.record("proc/scan")["scan"] == {"seen": 1, "unreadable": 0, "matched": 1}


def test_a_renamed_process_is_known_by_its_executable(bare: Path, tmp_path: Path) -> None:
    process(bare, 5, "agent", "--config=/c", exe="/opt/bin/kubelet (deleted)")
    assert collect(bare, tmp_path / "out").record("proc/cmdline")["component"] == "kubelet"


@pytest.mark.parametrize("case", sorted(MENTIONS))
def test_a_mention_is_no_match(bare: Path, tmp_path: Path, case: str) -> None:
    process(bare, 4711, *MENTIONS[case])
    run = collect(bare, tmp_path / "out")
    assert run.records("proc/cmdline") == []
    assert run.record("proc/scan")["scan"] == {"seen": 1, "unreadable": 0, "matched": 0}
    assert run.record("proc/scan")["status"] == "ok"


def test_every_instance_is_kept(bare: Path, tmp_path: Path) -> None:
    for pid in (7, 30, 200):
        process(bare, pid, "etcd", f"--data-dir=/data/{pid}")
    run = collect(bare, tmp_path / "out")
    assert [r["pid"] for r in run.records("proc/cmdline")] == [7, 30, 200]
    named = [r["target"] for r in run.records("file/etcd-data") if "--data-dir" in r["via"]]
    assert named == ["/data/7", "/data/30", "/data/200"]


def test_arguments_keep_every_byte(bare: Path, tmp_path: Path) -> None:
    process(bare, 9, "etcd", "", b"--name=b\xff\xc3\xa9\\", "--empty=", "--last")
    run = collect(bare, tmp_path / "out")
    assert run.blob("proc/cmdline") == b"etcd\0\0--name=b\xff\xc3\xa9\\\0--empty=\0--last\0"


FLAG_FORMS = {
    "joined": ("--config=/one",),
    "separate": ("--config", "/one"),
    "underscore": ("--config=/one", "--tls_cert_file=/cert"),
    "repeated": ("--config=/two", "--config=/one"),
}


@pytest.mark.parametrize("form", sorted(FLAG_FORMS))
def test_files_named_by_flags_are_followed(bare: Path, tmp_path: Path, form: str) -> None:
    process(bare, 9, "kubelet", *FLAG_FORMS[form])
    write(
        bare,
        "/one",
        "kind: KubeletConfiguration\nauthentication:\n  x509:\n    clientCAFile: /ca\n",
    )
    run = collect(bare, tmp_path / "out")
    found = run.record("file/kubelet-config", "/one")
    assert (found["status"], found["via"]) == ("ok", "kubelet --config pid 9")
    via_file = run.record("file/kubelet-ca", "/ca")
    assert (via_file["status"], via_file["via"]) == ("absent", "kubelet clientCAFile pid 9")
    assert bool(run.records("file/kubelet-config", "/two")) == (form == "repeated")
    assert bool(run.records("file/certificate", "/cert")) == (form == "underscore")


def test_a_near_miss_flag_names_nothing(bare: Path, tmp_path: Path) -> None:
    process(bare, 9, "kubelet", "--config-x=/one", "--xconfig=/two", "config=/three")
    targets = {r["target"] for r in collect(bare, tmp_path / "out").probes}
    assert targets.isdisjoint({"/one", "/two", "/three"})


def test_configuration_names_further_files(bare: Path, tmp_path: Path) -> None:
    process(bare, 8, "kube-apiserver", "--admission-control-config-file=/etc/adm/config.yaml")
    process(bare, 9, "kube-proxy", "--config=/var/lib/kube-proxy/config.conf")
    process(bare, 11, "kubelet", "--config-dir=/etc/kubelet.d", "--config=/k.json")
    write(
        bare,
        "/etc/adm/config.yaml",
        "kind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  path: limit.yaml\n"
        "- name: ImagePolicyWebhook\n  configuration:\n"
        "    imagePolicy: {kubeConfigFile: /etc/adm/kc}\n",
    )
    write(bare, "/etc/adm/limit.yaml", "kind: Configuration\nlimits: []\n")
    write(bare, "/var/lib/kube-proxy/config.conf", 'clientConnection: {"kubeconfig": "/kc"}\n')
    write(bare, "/etc/kubelet.d/10-a.conf", "kind: KubeletConfiguration\n")
    write(bare, "/etc/kubelet.d/readme", "x\n")
    write(bare, "/k.json", '{"kind": "KubeletConfiguration", "staticPodPath": "/pods"}\n')
    write(bare, "/pods/kube-scheduler.yaml", "kind: Pod\n")
    run = collect(bare, tmp_path / "out")
    assert run.record("file/admission-config", "/etc/adm/limit.yaml")["status"] == "ok"
    assert run.record("file/webhook-kubeconfig", "/etc/adm/kc")["status"] == "absent"
    assert run.record("file/proxy-kubeconfig", "/kc")["status"] == "absent"
    assert run.record("dir/kubelet-dropin", "/etc/kubelet.d")["entries"] == 2
    assert "blob" in run.record("file/kubelet-dropin", "/etc/kubelet.d/10-a.conf")
    assert "blob" not in run.record("file/kubelet-dropin", "/etc/kubelet.d/readme")
    assert run.record("file/scheduler-manifest", "/pods/kube-scheduler.yaml")["status"] == "ok"


def test_listening_sockets_are_listed(bare: Path, tmp_path: Path) -> None:
    head = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout\n"
    )
    line = "   {}: {} {}:0000 {} 00000000:00000000 00:00000000 00000000     0        0 {} 1 0\n"
    write(
        bare,
        "/proc/net/tcp",
        head
        + line.format(0, "0100007F:192B", "00000000", "0A", 4242)
        + line.format(1, "0100007F:9999", "0100007F", "01", 1),
    )
    any6 = "0" * 32
    write(bare, "/proc/net/tcp6", head + line.format(0, any6 + ":280A", any6, "0A", 77))
    run = collect(bare, tmp_path / "out")
    assert (
        run.blob("proc/sockets")
        == b"tcp 127.0.0.1 6443 4242\ntcp6 0000:0000:0000:0000:0000:0000:0000:0000 10250 77\n"
    )


def test_recorded_node_has_its_five_components(cp_run: Collected) -> None:
    found = {r["component"]: r["pid"] for r in cp_run.records("proc/cmdline")}
    assert found == {
        "kubelet": 980,
        "etcd": 1201,
        "kube-apiserver": 1310,
        "kube-controller-manager": 1322,
        "kube-scheduler": 1334,
    }
    assert cp_run.record("proc/scan")["scan"] == {"seen": 9, "unreadable": 0, "matched": 5}


def test_recorded_arguments_are_unchanged(cp_run: Collected, cp_tree: Path) -> None:
    for found in cp_run.records("proc/cmdline"):
        raw = (cp_tree / found["target"].lstrip("/")).read_bytes()
        assert cp_run.members["bundle/" + found["blob"]] == raw


def test_a_cmdline_that_is_no_file_is_counted_and_never_opened(bare: Path, tmp_path: Path) -> None:
    process(bare, 9, "kubelet")
    folder = process(bare, 10, "etcd")
    (folder / "cmdline").unlink()
    os.mkfifo(folder / "cmdline")
    run = collect(bare, tmp_path / "out")
    scan = run.record("proc/scan")
    assert (scan["status"], scan["scan"]) == ("denied", {"seen": 2, "unreadable": 1, "matched": 1})
    assert [r["pid"] for r in run.records("proc/cmdline")] == [9]


def test_a_process_that_cannot_be_read_does_not_hide_the_others(bare: Path, tmp_path: Path) -> None:
    """The one reading of all processes is killed: each is then read by itself."""
    process(bare, 9, "kubelet")
    process(bare, 10, "etcd")
    process(bare, 11, "something-else")
    tool = write(
        tmp_path,
        "bin/grep",
        f'#!/bin/sh\ncase "$*" in *-l*|*/10/cmdline) exit 124 ;; esac\n'
        f'exec {shutil.which("grep")} "$@"\n',
        0o755,
    )
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    scan = run.record("proc/scan")
    assert (scan["status"], scan["scan"]) == ("denied", {"seen": 3, "unreadable": 1, "matched": 1})
    assert run.code == 3


def test_proc_and_its_folders_never_lead_out_of_the_root(bare: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    process(outside, 9, "kubelet", "--config=/outside-word")
    (bare / "proc" / "9").symlink_to(outside / "proc" / "9")
    run = collect(bare, tmp_path / "one")
    assert (run.record("proc/scan")["status"], run.records("proc/cmdline")) == ("absent", [])
    (bare / "proc" / "9").unlink()
    (bare / "proc").rmdir()
    (bare / "proc").symlink_to(outside / "proc")
    run = collect(bare, tmp_path / "two")
    assert (run.record("proc/scan")["status"], run.records("proc/cmdline")) == ("absent", [])
    (bare / "proc").unlink()
    process(bare / "elsewhere", 7, "kubelet")
    (bare / "proc").symlink_to("/elsewhere/proc")
    run = collect(bare, tmp_path / "three")
    assert [r["pid"] for r in run.records("proc/cmdline")] == [7]
