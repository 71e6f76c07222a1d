"""Facts, links, refusals and limits of the files of a node."""

import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.collectors.node_run import COLLECTOR, Collected, collect, process, write
from tests.collectors.userlands import stand_in

CONF = "/etc/kubernetes/admin.conf"
ID = "file/admin-kubeconfig"
NOBODY = 65534


def test_facts_are_those_of_the_tree(cp_run: Collected, cp_tree: Path) -> None:
    seen = 0
    for record in cp_run.probes:
        if record["kind"] not in {"file", "dir"} or record["status"] != "ok":
            continue
        facts = (cp_tree / record["resolved"].lstrip("/")).lstat()
        assert record["stat"] == {
            "type": "dir" if stat.S_ISDIR(facts.st_mode) else "file",
            "mode": f"{stat.S_IMODE(facts.st_mode):04o}",
            "uid": facts.st_uid,
            "gid": facts.st_gid,
            "size": facts.st_size,
            "mtime": int(facts.st_mtime),
            "nlink": facts.st_nlink,
        }
        seen += 1
    assert seen > 60


def test_what_is_not_there_is_absent(cp_run: Collected) -> None:
    found = cp_run.record("file/kubelet-env", "/etc/sysconfig/kubelet")
    assert (found["status"], found["via"]) == ("absent", "candidate")
    assert "stat" not in found


@pytest.mark.parametrize("mode", [0o000, 0o7, 0o64, 0o600, 0o4755, 0o7777])
def test_modes_have_four_digits(bare: Path, tmp_path: Path, mode: int) -> None:
    write(bare, "/etc/kubernetes/azure.json", "{}", mode)
    run = collect(bare, tmp_path / "out")
    assert run.record("file/token-file")["stat"]["mode"] == f"{mode:04o}"


LINKS = {
    "absolute": ({CONF: "/srv/real.conf"}, "/srv/real.conf"),
    "relative": ({CONF: "../../srv/real.conf"}, "/srv/real.conf"),
    "above the root": ({CONF: "../../../../../../srv/real.conf"}, "/srv/real.conf"),
    "folder": ({"/etc/kubernetes": "/srv/k8s"}, "/srv/k8s/admin.conf"),
    "chain": ({CONF: "/a", "/a": "/b/../b2", "/b2": "srv/real.conf"}, "/srv/real.conf"),
}


@pytest.mark.parametrize("case", sorted(LINKS))
def test_links_are_resolved_below_the_root(bare: Path, tmp_path: Path, case: str) -> None:
    links, final = LINKS[case]
    write(bare, final, "kind: Config\n")
    for at, target in links.items():
        (bare / at.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (bare / at.lstrip("/")).symlink_to(target)
    run = collect(bare, tmp_path / "out")
    found = run.record(ID, CONF)
    assert (found["status"], found["resolved"]) == ("ok", final)
    assert found.get("link") == ({"target": links[CONF]} if CONF in links else None)
    assert found["stat"]["type"] == "file"


def test_a_link_never_reaches_the_collecting_machine(bare: Path, tmp_path: Path) -> None:
    outside = write(tmp_path, "/outside.conf", "kind: Config\nname: outside\n")
    (bare / "etc/kubernetes").mkdir()
    (bare / CONF.lstrip("/")).symlink_to(outside)
    run = collect(bare, tmp_path / "out")
    assert run.record(ID, CONF)["status"] == "absent"
    assert not any(b"outside\n" in content for content in run.members.values())


@pytest.mark.parametrize("target", ["admin.conf", "/etc/kubernetes/admin.conf", "admin.conf/x"])
def test_a_loop_is_said_to_be_one(bare: Path, tmp_path: Path, target: str) -> None:
    (bare / "etc/kubernetes").mkdir()
    (bare / CONF.lstrip("/")).symlink_to(target)
    run = collect(bare, tmp_path / "out")
    found = run.record(ID, CONF)
    assert (found["status"], found["link"]) == ("loop", {"target": target})
    assert run.code == 3


def test_forty_links_are_followed_and_no_more(bare: Path, tmp_path: Path) -> None:
    for hops, path in ((40, CONF), (41, "/etc/kubernetes/super-admin.conf")):
        write(bare, f"/chain/{hops}/0", "kind: Config\n")
        for n in range(1, hops):
            (bare / f"chain/{hops}/{n}").symlink_to(str(n - 1))
        (bare / "etc/kubernetes").mkdir(exist_ok=True)
        (bare / path.lstrip("/")).symlink_to(f"/chain/{hops}/{hops - 1}")
    run = collect(bare, tmp_path / "out")
    assert run.record(ID, CONF)["status"] == "ok"
    assert run.record(ID, "/etc/kubernetes/super-admin.conf")["status"] == "loop"


def test_a_walk_leaves_no_tree_and_follows_no_folder_link(bare: Path, tmp_path: Path) -> None:
    write(bare, "/etc/kubernetes/pki/b.crt", "x")
    write(bare, "/etc/kubernetes/pki/a/z.key", "x")
    write(bare, "/etc/kubernetes/pki/.hidden", "x")
    write(bare, "/elsewhere/secret.crt", "x")
    (bare / "etc/kubernetes/pki/away").symlink_to("/elsewhere")
    run = collect(bare, tmp_path / "out")
    walked = [r["target"] for r in run.probes if r["via"] == "walk /etc/kubernetes/pki"]
    assert "/etc/kubernetes/pki/away/secret.crt" not in walked
    assert run.record("file/pki", "/etc/kubernetes/pki/away")["link"] == {"target": "/elsewhere"}
    assert run.record("dir/pki", "/etc/kubernetes/pki")["entries"] == 4
    assert run.record("file/private-key")["target"] == "/etc/kubernetes/pki/a/z.key"
    assert walked.index("/etc/kubernetes/pki/b.crt") < walked.index("/etc/kubernetes/pki/a/z.key")


def test_a_walk_has_an_end(bare: Path, tmp_path: Path) -> None:
    for n in range(420):
        write(bare, f"/var/lib/cni/networks/n/{n:03}", "")
    run = collect(bare, tmp_path / "out")
    assert run.record("dir/cni-state", "/var/lib/cni/networks/n")["status"] == "truncated"
    assert len(run.records("file/cni-state")) == 399
    assert run.code == 3


def test_a_long_file_is_cut_and_said_to_be(bare: Path, tmp_path: Path) -> None:
    line = b"# " + b"x" * 97 + b"\n"
    write(bare, "/etc/default/kubelet", line * 10486)
    write(bare, "/etc/sysconfig/kubelet", line * 10485)
    run = collect(bare, tmp_path / "out")
    cut = run.record("file/kubelet-env", "/etc/default/kubelet")
    assert (cut["status"], cut["truncated"], cut["bytes_read"]) == ("truncated", True, 1048576)
    whole = run.record("file/kubelet-env", "/etc/sysconfig/kubelet")
    assert (whole["status"], whole["bytes_read"]) == ("ok", 1048500)
    assert run.code == 3


def test_a_cut_document_keeps_nothing(bare: Path, tmp_path: Path) -> None:
    write(bare, CONF, "kind: Config\n" + "# long\n" * 160000)
    found = collect(bare, tmp_path / "out").record(ID, CONF)
    assert (found["status"], "blob" in found) == ("error", False)


def test_an_empty_file_has_an_empty_blob(bare: Path, tmp_path: Path) -> None:
    write(bare, CONF, "")
    run = collect(bare, tmp_path / "out")
    assert run.blob(ID, CONF) == b""
    assert run.record(ID, CONF)["bytes_read"] == 0


def test_what_is_no_file_is_not_opened(bare: Path, tmp_path: Path) -> None:
    (bare / "etc/kubernetes").mkdir()
    os.mkfifo(bare / CONF.lstrip("/"))
    (bare / "etc/kubernetes/super-admin.conf").mkdir()
    run = collect(bare, tmp_path / "out")
    fifo = run.record(ID, CONF)
    assert (fifo["status"], fifo["stat"]["type"]) == ("unsupported", "fifo")
    folder = run.record(ID, "/etc/kubernetes/super-admin.conf")
    assert (folder["status"], folder["stat"]["type"]) == ("unsupported", "dir")


OTHER_CONF = "/etc/kubernetes/super-admin.conf"
LONG = "/" + "n" * 300


def test_what_cannot_be_read_is_told_apart(bare: Path, tmp_path: Path) -> None:
    (bare / "etc/kubernetes").mkdir()
    folder = os.open(bare / "etc/kubernetes", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/admin.conf")  # the whole path may be too long
    os.close(folder)
    (bare / OTHER_CONF.lstrip("/")).symlink_to("../gone.conf")
    write(bare, "/etc/kubernetes/scheduler.conf/x", "not a folder")
    process(bare, 9, "kubelet", f"--config={LONG}", "--kubeconfig=/etc/hostname/below")
    with write(bare, "/etc/default/kubelet", ("# " + "x" * 60 + "\n") * 20_000).open(
        "ab"
    ) as sparse:
        sparse.truncate(10 * 2**30)
    run = collect(bare, tmp_path / "out")
    found = {
        "socket": run.record(ID, CONF),
        "dangling": run.record(ID, OTHER_CONF),
        "folder": run.record("file/scheduler-kubeconfig", "/etc/kubernetes/scheduler.conf"),
        "long": run.record("file/kubelet-config", LONG),
        "below a file": run.record("file/kubelet-kubeconfig", "/etc/hostname/below"),
        "sparse": run.record("file/kubelet-env", "/etc/default/kubelet"),
    }
    assert {name: (r["status"], r["detail"]) for name, r in found.items()} == {
        "socket": ("unsupported", "not a regular file but a socket"),
        "dangling": ("absent", "no such file or directory"),
        "folder": ("unsupported", "not a regular file but a dir"),
        "long": ("error", "file name too long"),
        "below a file": ("absent", "no such file or directory"),
        "sparse": ("truncated", "longer than 1048576 bytes"),
    }
    assert found["dangling"]["link"] == {"target": "../gone.conf"}
    assert found["sparse"]["stat"]["size"] == 10 * 2**30
    assert len(run.members["bundle/" + found["sparse"]["blob"]]) < 2 * 2**20


GETFACL = """#!/bin/sh
case "$*" in
*super-admin.conf) printf 'user::rw-\\nuser:1000:r--\\ngroup::---\\nmask::r--\\nother::---\\n' ;;
*admin.conf) printf 'user::rw-\\ngroup::---\\nother::---\\n' ;;
*) exit 1 ;;
esac
"""


def test_access_lists_are_known_by_getfacl_or_not_at_all(bare: Path, tmp_path: Path) -> None:
    for path in (CONF, OTHER_CONF, "/etc/kubernetes/scheduler.conf"):
        write(bare, path, "kind: Config\n")
    tool = write(tmp_path, "bin/getfacl", GETFACL, 0o755)
    env = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    run = collect(bare, tmp_path / "out", env=env)
    other = run.record("file/scheduler-kubeconfig", "/etc/kubernetes/scheduler.conf")
    known = [run.record(ID, CONF)["acl"], run.record(ID, OTHER_CONF)["acl"], other["acl"]]
    assert known == [False, True, None]


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "tab\there", "é\udcff", " lead", "-n"])
def test_odd_names_are_kept_byte_for_byte(bare: Path, tmp_path: Path, name: str) -> None:
    write(bare, f"/etc/kubernetes/pki/{name}", "x")
    run = collect(bare, tmp_path / "out")
    targets = [r["target"].encode("latin-1") for r in run.records("file/pki")]
    assert targets == [os.fsencode(f"/etc/kubernetes/pki/{name}")]


def test_a_name_with_a_line_break_is_left_out_and_logged(bare: Path, tmp_path: Path) -> None:
    write(bare, "/etc/kubernetes/pki/two\nlines", "x")
    run = collect(bare, tmp_path / "out")
    assert run.records("file/pki") == []
    assert b"line break" in run.members["bundle/log.txt"]


def collect_as_user(tree: Path) -> Collected:
    """Collect with the rights of an ordinary user: root drops his, nobody else has any."""
    drop: tuple[str, ...] = ()
    if os.geteuid() == 0:
        drop = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    folder = tree.parent
    return collect(tree, folder / "out", shell=(*drop, "sh"), script=folder / "node.sh")


@pytest.fixture
def public() -> Iterator[Path]:
    """Return a bare tree in a folder that an ordinary user may enter, with a script he may read.

    Not below pytest's own folder: every other pytest that starts closes it to others again.
    """
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        write(Path(name), "/root/etc/hostname", "bare-1\n")
        write(Path(name), "/node.sh", COLLECTOR.read_bytes(), 0o755)
        yield Path(name) / "root"


def test_denied_is_not_absent(public: Path) -> None:
    write(public, CONF, "kind: Config\n", 0o600)
    write(public, "/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n")
    write(public, "/etc/kubernetes/pki/ca.crt", "x")
    process(public, 3, "kubelet")
    hidden = process(public, 4, "etcd")
    if os.geteuid() != 0:
        (public / CONF.lstrip("/")).chmod(0)
    (public / "var/lib/kubelet").chmod(0)
    (public / "etc/kubernetes/pki").chmod(0o311)
    (hidden / "cmdline").chmod(0)
    try:
        run = collect_as_user(public)
    finally:
        (public / "var/lib/kubelet").chmod(0o755)
        (public / "etc/kubernetes/pki").chmod(0o755)
    assert "run it as root (sudo) to read them\n" in run.err
    file = run.record(ID, CONF)
    assert (file["status"], file["stat"]["type"]) == ("denied", "file")
    assert run.record("file/kubelet-config", "/var/lib/kubelet/config.yaml")["status"] == "denied"
    assert run.record("dir/pki", "/etc/kubernetes/pki")["status"] == "denied"
    assert run.record(ID, "/etc/kubernetes/super-admin.conf")["status"] == "absent"
    scan = run.record("proc/scan")
    assert (scan["status"], scan["scan"]["unreadable"]) == ("denied", 1)
    assert [r["component"] for r in run.records("proc/cmdline")] == ["kubelet"]
    assert run.code == 3
    assert run.manifest["complete"] is False


def test_access_lists_are_seen(bare: Path, tmp_path: Path) -> None:
    file = write(bare, CONF, "kind: Config\n", 0o600)
    write(bare, "/etc/kubernetes/super-admin.conf", "kind: Config\n", 0o600)
    # The kernel's form of user::rw-,user:65534:r--,group::---,mask::r--,other::---
    entries = [(1, 6, -1), (2, 4, NOBODY), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
    raw = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little")
        + bits.to_bytes(2, "little")
        + (who & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, bits, who in entries
    )
    try:
        os.setxattr(file, "system.posix_acl_access", raw)
    except OSError:
        expected: bool | None = False  # a file system that keeps no access lists
    else:
        expected = True
    run = collect(bare, tmp_path / "out")
    assert run.record(ID, CONF)["acl"] in {expected, None}
    assert run.record(ID, "/etc/kubernetes/super-admin.conf")["acl"] in {False, None}
    known = subprocess.run(["ls", "--version"], capture_output=True, text=True, check=False)
    if "GNU" in known.stdout:
        assert run.record(ID, CONF)["acl"] is expected


def test_a_proc_that_hides_processes_is_denied(public: Path) -> None:
    process(public, 3, "kubelet")
    write(public, "/proc/mounts", "proc /proc proc rw,nosuid,hidepid=2 0 0\n")
    run = collect_as_user(public)
    assert run.record("proc/scan")["status"] == "denied"
    assert run.record("proc/scan")["scan"]["unreadable"] == 0


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("/etc/cni/net.d", "99.conf"),
        ("/etc/kubernetes/pki", "evil.crt"),
        ("/etc/systemd/system/kubelet.service.d", "99.conf"),
    ],
)
def test_a_link_out_of_a_walked_folder_shows_nothing(
    bare: Path, tmp_path: Path, folder: str, name: str
) -> None:
    content = '{"type": "outside-word"}\n'
    write(bare, "/root/.secretfile", content, 0o600)
    write(bare, f"{folder}/inside/real", "")
    (bare / folder.lstrip("/") / name).symlink_to("../../../../../../root/.secretfile")
    run = collect(bare, tmp_path / "out")
    (found,) = [r for r in run.probes if r["target"] == f"{folder}/{name}"]
    assert (found["status"], "blob" in found) == ("excluded", False)
    assert (found["stat"]["mode"], found["stat"]["size"]) == ("0600", len(content))
    assert not [n for n, c in run.members.items() if b"outside-word" in c]


def test_a_link_within_a_walked_folder_is_read(bare: Path, tmp_path: Path) -> None:
    write(bare, "/etc/cni/net.d/hidden/real.conf", '{"type": "x"}\n')
    (bare / "etc/cni/net.d/10.conf").symlink_to("hidden/real.conf")
    run = collect(bare, tmp_path / "out")
    assert run.blob("file/cni-config", "/etc/cni/net.d/10.conf") == b'{"type": "x"}\n'


def test_a_name_with_a_line_break_is_said_to_be_unreadable(bare: Path, tmp_path: Path) -> None:
    write(bare, "/etc/cni/net.d/10.conf", '{"type": "x"}\n')
    write(bare, "/etc/cni/net.d/1\n1.conf", '{"type": "y"}\n')
    run = collect(bare, tmp_path / "out")
    found = run.record("dir/cni-config", "/etc/cni/net.d")
    assert (found["status"], found["entries"]) == ("error", 2)
    assert found["detail"].startswith("unreadable name")
    assert run.record("file/cni-config", "/etc/cni/net.d/10.conf")["status"] == "ok"
    assert run.code == 3


def test_below_a_folder_that_is_not_there_nothing_is_asked_for_twice(
    bare: Path, tmp_path: Path
) -> None:
    """It is asked for again as soon as it is there: the run may take minutes."""
    asked = tmp_path / "asked"
    late = bare / "etc/rancher/rke2"
    made = f"mkdir -p {late} && echo 'debug: true' >{late}/config.yaml"
    lines = f'case $* in *rancher*) echo "$*" >>{asked} ;; *azure.json) {made} ;; esac'
    (bare / "etc/kubernetes").mkdir(parents=True, exist_ok=True)
    env = stand_in(tmp_path / "bin", "stat", lines)
    run = collect(bare, tmp_path / "out", env=env)
    below = [r for r in run.probes if "/var/lib/rancher/" in r["target"]]
    assert len(below) > 10
    assert {r["status"] for r in below} == {"absent"}
    assert (
        len([line for line in asked.read_text().splitlines() if "/var/lib/rancher/" in line]) == 1
    )
    assert run.record("file/distribution-config", "/etc/rancher/rke2/config.yaml")["status"] == "ok"
