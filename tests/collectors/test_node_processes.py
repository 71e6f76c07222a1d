"""Components are found by the program that runs, never by a mention of its name."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collectors.node_run import (
    COLLECTOR,
    SHELLS,
    Collected,
    collect,
    one_change,
    process,
    write,
)

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
    "k3s agent": (("/usr/local/bin/k3s agent",), "k3s"),
    "openshift etcd": (("openshift", "start", "etcd"), "etcd"),
    "openshift network": (("openshift", "start", "network"), "kube-proxy"),
    "old scheduler": (("/scheduler", "--leader-elect=true"), "kube-scheduler"),
    "old proxy": (("/proxy", "--cluster-cidr=10.0.0.0/8"), "kube-proxy"),
    "dqlite": (("/snap/k8s/1/bin/k8s-dqlite", "--storage-dir=/d"), "k8s-dqlite"),
    "old dqlite": (("dqlite",), "k8s-dqlite"),
    "kine": (("/bin/kine", "--endpoint=sqlite"), "kine"),
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
    "k0s client": ("k0s", "status"),
    "sidecar": ("/etcd-metrics-proxy", "--backend=etcd", "kube-apiserver"),
    "interpreter": ("/usr/bin/python3", "/opt/kube-apiserver", "etcd"),
    "wrapper": ("/bin/bash", "-c", "exec kubelet --config=/c"),
    "hyperkube of no component": ("hyperkube", "kubectl"),
    "openshift client": ("openshift", "version"),
    "editor": ("vi", "/etc/kubernetes/manifests/kube-scheduler.yaml"),
}
RENAMED = {
    "/opt/bin/kubelet (deleted)": (("agent", "--config=/c"), "kubelet"),
    "/usr/local/bin/k3s": (("edge", "server"), "k3s"),
    "/opt/rke2/bin/rke2": (("node-agent", "agent"), "rke2"),
    "/usr/local/bin/k0s": (("x", "worker"), "k0s"),
    "/snap/k8s/1/kine": (("store",), "kine"),
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """Return the components found, by pid, on a host that runs all of the above at once."""
    tree = tmp_path_factory.mktemp("crowd") / "root"
    for pid, argv in numbered():
        process(tree, pid, *argv)
    for pid, exe in enumerate(sorted(RENAMED), 3000):
        process(tree, pid, *RENAMED[exe][0], exe=exe)
    run = collect(tree, tmp_path_factory.mktemp("crowd-out") / "out")
    found = {r["pid"]: r["component"] for r in run.records("proc/cmdline")}
    seen = len(MATCHES) + len(MENTIONS) + len(RENAMED)
    scan = {"seen": seen, "unreadable": 0, "matched": len(found)}
    assert (run.record("proc/scan")["status"], run.record("proc/scan")["scan"]) == ("ok", scan)
    return found


def numbered() -> list[tuple[int, tuple[str, ...]]]:
    """Return a pid for each list of arguments: matches from 1000 on, mentions from 2000."""
    matches = [(pid, MATCHES[case][0]) for pid, case in enumerate(sorted(MATCHES), 1000)]
    return matches + [(pid, MENTIONS[case]) for pid, case in enumerate(sorted(MENTIONS), 2000)]


@pytest.mark.parametrize("case", sorted(MATCHES))
def test_component_is_recognised(crowd: dict[int, str], case: str) -> None:
    assert crowd.get(1000 + sorted(MATCHES).index(case)) == MATCHES[case][1]


@pytest.mark.parametrize("exe", sorted(RENAMED))
def test_a_renamed_process_is_known_by_its_executable(crowd: dict[int, str], exe: str) -> None:
    assert crowd.get(3000 + sorted(RENAMED).index(exe)) == RENAMED[exe][1]


@pytest.mark.parametrize("case", sorted(MENTIONS))
def test_a_mention_is_no_match(crowd: dict[int, str], case: str) -> None:
    assert 2000 + sorted(MENTIONS).index(case) not in crowd


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


TCP_HEAD = (
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid timeout\n"
)
ANY6, ONE6 = "0" * 32, "0" * 24 + "01000000"


def tcp(*rows: tuple[str, str, int]) -> str:
    """Return a table of /proc/net/tcp: local address, state and inode of each socket."""
    line = "   {}: {} {}:0000 {} 00000000:00000000 00:00000000 00000000     0        0 {} 1 0\n"
    peer = "00000000" if not rows or len(rows[0][0]) < 30 else ANY6
    return TCP_HEAD + "".join(line.format(n, a, peer, s, i) for n, (a, s, i) in enumerate(rows))


def test_listening_sockets_are_listed(bare: Path, tmp_path: Path) -> None:
    listening, connected = ("0100007F:192B", "0A", 4242), ("0100007F:9999", "01", 1)
    write(bare, "/proc/net/tcp", tcp(listening, connected))
    write(bare, "/proc/net/tcp6", tcp((f"{ANY6}:280A", "0A", 77), (f"{ONE6}:094B", "0A", 78)))
    run = collect(bare, tmp_path / "out")
    zeros = "0000:0000:0000:0000:0000:0000:0000:"
    assert run.blob("proc/sockets").decode() == (
        f"tcp 127.0.0.1 6443 4242\ntcp6 {zeros}0000 10250 77\ntcp6 {zeros}0001 2379 78\n"
    )


def test_addresses_are_right_on_a_big_endian_machine(bare: Path, tmp_path: Path) -> None:
    write(bare, "/proc/net/tcp", tcp(("7F000001:192B", "0A", 4242)))
    write(bare, "/proc/net/tcp6", tcp(("0" * 31 + "1:094B", "0A", 78)))
    program = "printf '\\177ELF\\002\\002'"  # the sixth byte of every program: 2 is big
    lines = f'#!/bin/sh\ncase "$*" in *self/exe) {program}; exit ;; esac\n'
    tool = write(tmp_path, "bin/head", lines + f'exec {shutil.which("head")} "$@"\n', 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    one = "tcp6 0000:0000:0000:0000:0000:0000:0000:0001 2379 78\n"
    assert run.blob("proc/sockets").decode() == f"tcp 127.0.0.1 6443 4242\n{one}"


POD = "6a3c9b21-77aa-4c0e-9a0e-0123456789ab"
CONTAINER = "0123456789abcdef" * 4
SCOPE = f"kubepods-burstable-pod{POD.replace('-', '_')}.slice/cri-containerd-{CONTAINER}.scope"
HOST_NETWORK, HOST_MOUNTS, OTHER = 4026531840, 4026531841, 4026532999
PROCESSES: dict[str, tuple[int, dict[str, object]]] = {
    "etcd of a pod": (
        50,
        {
            "ppid": 7,
            "start": 4242,
            "exe": "/usr/local/bin/etcd",
            "cwd": "/var/lib/etcd",
            "mnt_ns": OTHER,
            "net_ns": OTHER,
            "own_mounts": True,
            "own_network": True,
            "container_id": CONTAINER,
            "pod_uid": POD,
            "sockets": [91, 92],
        },
    ),
    "kubelet of the host": (
        60,
        {
            "ppid": 1,
            "start": 19,
            "exe": "/usr/bin/kubelet",
            "cwd": "/",
            "mnt_ns": HOST_MOUNTS,
            "net_ns": HOST_NETWORK,
            "own_mounts": False,
            "own_network": False,
            "container_id": None,
            "pod_uid": None,
            "sockets": [],
        },
    ),
    "secrets where paths belong": (
        70,
        {
            "ppid": None,
            "start": None,
            "exe": None,
            "cwd": None,
            "mnt_ns": None,
            "net_ns": None,
            "own_mounts": None,
            "own_network": None,
            "container_id": None,
            "pod_uid": "0f" * 16,
            "sockets": None,
        },
    ),
}


@pytest.fixture(scope="module")
def described_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree whose processes have namespaces, sockets and control groups."""
    tree = tmp_path_factory.mktemp("described") / "root"
    for pid, mounts, network in ((1, HOST_MOUNTS, HOST_NETWORK), (50, OTHER, OTHER)):
        link(tree, f"/proc/{pid}/ns/mnt", f"mnt:[{mounts}]")
        link(tree, f"/proc/{pid}/ns/net", f"net:[{network}]")
    etcd = process(tree, 50, "etcd", exe="/usr/local/bin/etcd")
    write(tree, "/proc/50/stat", "50 (a b) c) S 7 " + "0 " * 17 + "4242 0\n")
    write(tree, "/proc/50/cgroup", f"1:name=x:/y\n0::/kubepods.slice/{SCOPE}\n")
    for number, target in enumerate(["socket:[91]", "socket:[92]", "socket:[93]", "/x -> y"]):
        link(tree, f"/proc/50/fd/{number}", target)
    write(tree, "/proc/50/net/tcp", tcp(("00000000:094B", "0A", 91), ("0100007F:1", "01", 93)))
    write(tree, "/proc/50/net/tcp6", tcp((f"{ANY6}:094C", "0A", 92), (f"{ANY6}:1", "0A", 94)))
    (etcd / "cwd").symlink_to("/var/lib/etcd")
    kubelet = process(tree, 60, "kubelet", exe="/usr/bin/kubelet")
    write(tree, "/proc/60/stat", "60 (kubelet) S 1 " + "0 " * 17 + "19 0\n")
    for kind, number in (("mnt", HOST_MOUNTS), ("net", HOST_NETWORK)):
        link(tree, f"/proc/60/ns/{kind}", f"{kind}:[{number}]")
    (kubelet / "cwd").symlink_to("/")
    (kubelet / "fd").mkdir()
    write(tree, "/proc/60/cgroup", "0::/system.slice/kubelet.service\n")
    write(tree, "/proc/60/net/tcp", tcp(("00000000:1", "0A", 5)))
    odd = process(tree, 70, "kube-proxy", exe="/opt/password=hunter2hunter2/kube-proxy")
    write(tree, "/proc/70/stat", "70 (x) S -1 " + "0 " * 17 + "1e9 0\n")
    write(tree, "/proc/70/cgroup", f"0::/kubepods/besteffort/pod{'0f' * 16}/{CONTAINER[:63]}g\n")
    (odd / "cwd").symlink_to("/tmp/AKIAIOSFODNN7EXAMPLE")
    link(tree, "/proc/70/ns/mnt", "mnt:[12x]")
    link(tree, "/proc/70/ns/net", "/net:[12]")
    write(tree, "/proc/1/mountinfo", MOUNTINFO)
    return tree


@pytest.fixture(scope="module")
def described(described_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Return the run on that tree."""
    return collect(described_tree, tmp_path_factory.mktemp("described-out") / "out")


@pytest.mark.parametrize("shell", SHELLS[1:], ids=" ".join)
def test_every_shell_says_the_same_of_a_process(
    described_tree: Path, described: Collected, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    run = collect(described_tree, tmp_path / "out", shell=shell)
    assert run.timeless == described.timeless


def link(root: Path, path: str, target: str) -> None:
    """Put a link into a tree, with the folders above it."""
    at = root / path.lstrip("/")
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(target)


@pytest.mark.parametrize("case", sorted(PROCESSES))
def test_what_the_kernel_says_of_a_process(described: Collected, case: str) -> None:
    pid, facts = PROCESSES[case]
    assert described.record("proc/cmdline", f"/proc/{pid}/cmdline")["process"] == facts
    assert not [n for n, c in described.members.items() if b"hunter2" in c or b"AKIA" in c]


def test_a_network_of_its_own_is_listed_with_its_process(described: Collected) -> None:
    (found,) = (r for r in described.records("proc/sockets") if "pid" in r)
    assert (found["target"], found["pid"], found["component"]) == ("/proc/50/net/tcp", 50, "etcd")
    text = described.members["bundle/" + found["blob"]].decode()
    assert text.splitlines() == [
        "tcp 0.0.0.0 2379 91",
        "tcp6 0000:0000:0000:0000:0000:0000:0000:0000 2380 92",
        "tcp6 0000:0000:0000:0000:0000:0000:0000:0000 1 94",
    ]


MOUNTINFO = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/disk/by-id/opaque rw,errors=remount-ro
23 22 0:5 / /proc rw - proc proc rw
30 22 8:2 / /var/lib/etcd rw,noatime shared:2 master:3 - xfs /dev/sdb1 rw,password=hunter2
31 22 0:6 / /mnt/a\\040b ro - nfs4 10.0.0.1:/secret-export rw,addr=10.0.0.1
40 22 0:7 / /var/lib/kubelet/pods/6a3c9b21-77aa/volumes/kubernetes.io~x/t rw - tmpfs tmpfs rw
41 22 0:8 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/x/rootfs rw - overlay overlay rw
42 22 0:9 / /run/netns/cni-1 rw - nsfs nsfs rw
43 22 8:3 / /var/lib/containerd rw - ext4 /dev/sdc1 rw
44 22 8:3 / /x rw
"""


def test_mounts_of_the_host_are_listed_by_place_and_kind(described: Collected) -> None:
    assert described.blob("host/mounts").decode().splitlines() == [
        "/ ext4",
        "/proc proc",
        "/var/lib/etcd xfs",
        "/mnt/a\\040b nfs4",
        "/var/lib/containerd ext4",
    ]
    assert not [n for n, c in described.members.items() if b"secret-export" in c or b"sdb1" in c]


def test_a_thousand_mounts_are_enough(bare: Path, tmp_path: Path) -> None:
    row = "22 1 8:1 / /m/{} rw - ext4 /dev/a rw\n"
    write(bare, "/proc/1/mountinfo", "".join(row.format(n) for n in range(1001)))
    found = collect(bare, tmp_path / "out").record("host/mounts")
    assert (found["status"], found["detail"]) == ("truncated", "more mounts than are listed")


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


def test_a_program_that_may_not_be_seen_is_counted(bare: Path, tmp_path: Path) -> None:
    """The link to the program of another user's process, as its owner alone may read it."""
    process(bare, 3, "kubelet")
    process(bare, 4, "worker-agent")
    process(bare, 5)  # as those of the kernel: no arguments
    process(bare, 6, "shell")
    blind = f"{shutil.which('sed')} -E '/[345].exe/s/ -> .*//'"
    lines = f'#!/bin/sh\ncase "$*" in *exe*) {shutil.which("ls")} "$@" | {blind} ;; '
    tool = write(tmp_path, "bin/ls", lines + f'*) exec {shutil.which("ls")} "$@" ;; esac\n', 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    scan = run.record("proc/scan")
    assert (scan["status"], scan["scan"]) == ("denied", {"seen": 4, "unreadable": 1, "matched": 1})
    assert (run.code, run.manifest["complete"]) == (3, False)


def test_no_argument_makes_the_record_of_another_vanish(bare: Path, tmp_path: Path) -> None:
    """What a process names may look like entries of the lists that the collector keeps."""
    write(bare, "/k.yaml", "kind: KubeletConfiguration\n")
    write(bare, "/dropins/10.conf", "kind: KubeletConfiguration\n")
    conf, admin = "/var/lib/kubelet/config.yaml", "/etc/kubernetes/admin.conf"
    write(bare, admin, "kind: Config\n")
    forged = (
        *(
            "kubelet-config /k.yaml /k.yaml",
            "kubelet-config /k.yaml",
            "dir/kubelet-dropin /dropins",
        ),
        *(f"admin-kubeconfig {admin} {admin}", f"file/kubelet-config {conf}", admin),
    )
    for n, end in enumerate("|\t ", 5):
        path = f"/a{end}{end.join(forged)}{end}x"
        process(bare, n, "etcd", f"--trusted-ca-file={path}", f"--data-dir={path}")
    process(bare, 50, "kubelet", "--config=/k.yaml", "--config-dir=/dropins")
    run = collect(bare, tmp_path / "out")
    assert run.record("file/kubelet-config", "/k.yaml")["status"] == "ok"
    assert run.record("dir/kubelet-dropin", "/dropins")["status"] == "ok"
    assert run.record("file/kubelet-dropin", "/dropins/10.conf")["status"] == "ok"
    assert run.record("file/admin-kubeconfig", admin)["status"] == "ok"
    assert run.record("file/kubelet-config", conf)["status"] == "absent"


NAMED = {
    "one": (["cp-1.example"], "cp-1.example", True),
    "twice the same": (["cp-1", "cp-1"], "cp-1", True),
    "two": (["cp-1", "cp-2"], "bare-1", False),
    "three": (["cp-1", "cp-2", "cp-1"], "bare-1", False),
    "a secret": (["password=hunter2", "https://u:hunter2@x", "u:hunter2"], "bare-1", True),
    "too long": (["hunter2" * 40], "bare-1", True),
}


@pytest.mark.parametrize("case", NAMED)
def test_a_node_is_called_by_the_one_name_of_its_kubelets(
    bare: Path, tmp_path: Path, case: str
) -> None:
    names, expected, complete = NAMED[case]
    for pid, name in enumerate(names, 50):
        process(bare, pid, "kubelet", f"--hostname-override={name}")
    run = collect(bare, tmp_path / "out")
    assert run.manifest["subject"]["node_name"] == expected
    assert run.manifest["complete"] is complete
    assert b"hunter2" not in run.members["bundle/manifest.json"]


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


def test_listeners_of_etcd_by_environment_are_kept(bare: Path, tmp_path: Path) -> None:
    kept = {
        "ETCD_LISTEN_CLIENT_URLS": "http://10.0.0.1:2379,https://[::1]:2379",
        "ETCD_LISTEN_PEER_URLS": "https://10.0.0.1:2380",
        "ETCD_ADVERTISE_CLIENT_URLS": "https://etcd.example:2379",
        "ETCD_CIPHER_SUITES": "TLS_AES_128_GCM_SHA256",
        "ETCD_TLS_MIN_VERSION": "TLS1.2",
        "ETCD_PEER_CERT_ALLOWED_CN": "etcd-peer",
    }
    lost = {
        "ETCD_INITIAL_ADVERTISE_PEER_URLS": "https://root:hunter2hunter2@10.0.0.1:2380",
        "ETCD_INITIAL_CLUSTER_TOKEN": "hunter2hunter2",
    }
    process(bare, 9, "etcd", environ={**kept, **lost})
    run = collect(bare, tmp_path / "out")
    text = run.blob("proc/environ").decode()
    assert set(text.split("\0")) - {""} == {
        *(f"{name}={value}" for name, value in kept.items()),
        "ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.1:2380",
    }


RUNNING = 'time="2026-01-02T03:04:{:02}Z" level=info msg="Running {}"\n'
JOURNAL = (
    "Starting k3s\n"
    + RUNNING.format(1, "kube-apiserver --anonymous-auth=true")
    + RUNNING.format(2, "kube-apiserver --anonymous-auth=false --token=hunter2hunter2")
    + RUNNING.format(3, 'kubelet --config=/nowhere/k.yaml --node-labels=\\"a b\\"')
    + RUNNING.format(4, "kube-scheduler --profiling=false C:\\\\hunter2hunter2")
    + RUNNING.format(5, "cloud-controller-manager --v=2")
    + 'level=info msg="saw Running kube-proxy --hunter2hunter2"\n'
    + "I1 x.go:1] Running kube-proxy --hunter2hunter2\n"
)


def journalctl(folder: Path, tail: str = "") -> dict[str, str]:
    """Put a journal in front of that of this machine; returns the environment that finds it."""
    write(folder, "journal", JOURNAL)
    asked = "-b -o cat --no-pager -u k3s -u k3s-agent"
    lines = f'#!/bin/sh\n[ "$*" = "{asked}" ] || exit 9\ncat {folder}/journal\n{tail}\n'
    tool = write(folder, "bin/journalctl", lines, 0o755)
    return {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}


# Only the root of a running machine has a journal: here any tree has.
ANY_ROOT = one_change(COLLECTOR.read_text(), '"$EMBEDDER" ] || [ -n "$ROOT" ]', '"$EMBEDDER" ]')
HASTY = one_change(ANY_ROOT, "\nJOURNAL_TIMEOUT=60 ", "\nJOURNAL_TIMEOUT=5 ")
ENDINGS: dict[str, tuple[str, str, str | None]] = {
    "whole": ("", ANY_ROOT, None),
    "broken": ("exit 1", ANY_ROOT, "error"),
    "without end": ("sleep 30", HASTY, "timeout"),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_components_inside_k3s_are_known_by_its_journal(
    bare: Path, tmp_path: Path, case: str
) -> None:
    tail, program, last = ENDINGS[case]
    process(bare, 9, "/usr/local/bin/k3s", "server", "--config=/k3s.yaml")
    write(bare, "/k3s.yaml", "debug: true\n")
    env, script = journalctl(tmp_path, tail), write(tmp_path, "node.sh", program)
    run = collect(bare, tmp_path / "out", env=env, script=script)
    found = run.records("proc/embedded")
    assert {r["target"] for r in found} == {"journal k3s"}
    known = {r["component"]: run.members["bundle/" + r["blob"]] for r in found if "blob" in r}
    server = b"kube-apiserver\0--anonymous-auth=false\0--token=KEB-REDACTED-r"
    assert known["kube-apiserver"].startswith(server)
    assert known["kubelet"].startswith(b"kubelet\0--config=/nowhere/k.yaml\0--node-labels=")
    assert set(known) == {"kube-apiserver", "kubelet"}
    assert {r["pid"] for r in found if "blob" in r} == {9}
    others = [(r["status"], r["detail"]) for r in found if "blob" not in r]
    assert others[0] == ("error", "redactor failed")
    assert [status for status, _ in others[1:]] == ([last] if last else [])
    named = run.record("file/kubelet-config", "/nowhere/k.yaml")
    assert (named["status"], named["via"]) == ("absent", "kubelet --config pid 9")
    assert run.record("file/distribution-config", "/k3s.yaml")["status"] == "ok"
    assert not [n for n, c in run.members.items() if b"hunter2" in c]


@pytest.fixture
def with_k3s(tmp_path: Path) -> Iterator[int]:
    """Run a process that goes by the name of k3s on this machine, whose root is then collected."""
    write(tmp_path, "server", "import time\ntime.sleep(300)\n")
    words = ["/usr/local/bin/k3s", "server", "--config=/dev/null"]
    with subprocess.Popen(words, executable=sys.executable, cwd=tmp_path) as running:
        yield running.pid
        running.kill()


def test_of_this_machine_the_processes_and_the_journal_are_read(
    with_k3s: int, tmp_path: Path
) -> None:
    """Others may run a k3s beside ours, and end it meanwhile: nothing is said of theirs."""
    run = collect(Path("/"), tmp_path / "out", env=journalctl(tmp_path))
    own = run.record("proc/cmdline", f"/proc/{with_k3s}/cmdline")
    assert (own["status"], own["component"]) == ("ok", "k3s")
    device = run.records("file/distribution-config", "/dev/null")
    assert {r.get("stat", {}).get("type") for r in device} & {"char"}
    found = run.records("proc/embedded")
    assert {r["component"] for r in found if "blob" in r} == {"kube-apiserver", "kubelet"}
    seen = {r["pid"] for r in run.records("proc/cmdline") if r["component"] == "k3s"}
    assert {r["pid"] for r in found if "blob" in r} <= seen


def test_no_journal_is_read_of_another_root(bare: Path, tmp_path: Path) -> None:
    process(bare, 9, "/usr/local/bin/k3s server")
    tool = write(tmp_path, "bin/journalctl", f"#!/bin/sh\ntouch {tmp_path}/asked\n", 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    assert run.records("proc/embedded") == []
    assert not (tmp_path / "asked").exists()


def test_a_process_that_ends_before_it_is_read_is_no_gap(bare: Path, tmp_path: Path) -> None:
    """A probe or a client that lives for a moment, on every busy node."""
    process(bare, 9, "kubelet")
    process(bare, 50, "kubectl", "get", "kube-system")
    lines = f'#!/bin/sh\ncase "$*" in *50/cmdline*) rm -r {bare}/proc/50; exit 1 ;; esac\n'
    tool = write(tmp_path, "bin/head", lines + f'exec {shutil.which("head")} "$@"\n', 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    assert not (bare / "proc/50").exists()
    assert [r["pid"] for r in run.records("proc/cmdline")] == [9]
    assert (run.record("proc/scan")["status"], run.code) == ("ok", 0)


def test_a_file_of_a_container_that_ended_is_not_absent(bare: Path, tmp_path: Path) -> None:
    for pid in (1, 50, 51, 52):
        link(bare, f"/proc/{pid}/ns/mnt", f"mnt:[{pid}]")
        write(bare, f"/proc/{pid}/mountinfo", f"9 8 0:{pid} / / rw - overlay overlay rw\n")
    gone = process(bare, 50, "etcd", "--config-file=/gone.yaml")
    still = process(bare, 51, "etcd", "--config-file=/still.yaml")
    own = process(bare, 52, "kubelet", "--config-dir=/dropins")
    write(bare, "/dropins/10.conf", "kind: KubeletConfiguration\n")
    for folder in (gone, still, own):
        (folder / "root").unlink()
    (still / "root").mkdir()
    (own / "root").mkdir()
    kernel = 'case "$*" in "-f -c %t"*) echo 9fa0; exit ;; esac'
    lines = f'#!/bin/sh\n{kernel}\nexec {shutil.which("stat")} "$@"\n'
    tool = write(tmp_path, "bin/stat", lines, 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    ended = run.record("file/etcd-config", "/gone.yaml")
    assert (ended["status"], ended["detail"]) == (
        "error",
        "raced: the process that names it has ended",
    )
    assert run.record("file/etcd-config", "/still.yaml")["status"] == "absent"
    walked = run.record("dir/kubelet-dropin", "/dropins")
    assert (walked["status"], walked["detail"]) == (
        "unsupported",
        "a folder of a container is not walked",
    )
    assert run.records("file/kubelet-dropin", "/dropins/10.conf") == []
