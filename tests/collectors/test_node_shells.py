"""The same evidence from every shell and userland, and with each optional tool taken away."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.collectors.node_run import (
    COLLECTOR,
    SHELLS,
    Collected,
    collect,
    invoke,
    one_change,
    process,
    write,
)
from tests.collectors.userlands import AWKS, comparable, stand_in, toolbox
from tests.tools import needed

OPTIONAL = ("timeout", "getfacl")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_shell_gives_the_same_evidence(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    needed(shell[0])
    nowhere = str(tmp_path / "no" / "such")
    env = {"PATH": os.environ["PATH"], "TMPDIR": nowhere, "TMPPREFIX": nowhere, "HOME": nowhere}
    run = collect(cp_tree, tmp_path / "out", shell=shell, env=env)
    assert (run.code, run.err) == (0, cp_run.err)
    assert run.manifest["cluster"] == cp_run.manifest["cluster"]
    assert run.timeless == cp_run.timeless
    assert run.names == cp_run.names
    assert judged_alike(run, cp_run)


def judged_alike(run: Collected, other: Collected) -> bool:
    """Return whether all that a verdict can rest on, beside the records, is equal byte for byte."""
    kept = ("bundle/blobs/", "bundle/plan", "bundle/redactions")
    mine, its = ({n: r.members[n] for n in r.names if n.startswith(kept)} for r in (run, other))
    return mine == its


@pytest.mark.parametrize("words", AWKS, ids=" ".join)
def test_every_awk_gives_the_same_evidence(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, words: tuple[str, ...]
) -> None:
    needed(words[0])
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "awk"
    program.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
    program.chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    run = collect(cp_tree, tmp_path / "out", env=env)
    assert run.timeless == cp_run.timeless


@pytest.mark.parametrize("missing", OPTIONAL)
def test_an_optional_tool_may_be_missing(
    cp_tree: Path, cp_run: Collected, tmp_path: Path, missing: str
) -> None:
    env = toolbox(tmp_path / "bin", without=[missing])
    run = collect(cp_tree, tmp_path / "out", env=env)
    assert run.code == 0
    assert run.manifest["tools"].get(missing) in {"none", None}
    assert comparable(run) == comparable(cp_run)
    assert run.manifest["cluster"] == cp_run.manifest["cluster"]


@pytest.mark.parametrize("missing", ["awk", "tr", "tar"])
def test_a_needed_tool_is_asked_for(cp_tree: Path, tmp_path: Path, missing: str) -> None:
    env = toolbox(tmp_path / "bin", without=[missing])
    done = invoke(["--root", str(cp_tree), "--output", str(tmp_path)], env=env)
    assert done.returncode == 4
    assert f"error: {missing}: is not on PATH" in done.stderr


def test_busybox_and_nothing_else_suffices(
    cp_tree: Path, cp_run: Collected, tmp_path: Path
) -> None:
    busybox = needed("busybox")
    folder = tmp_path / "bin"
    folder.mkdir()
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    for applet in applets.stdout.split():
        (folder / applet).symlink_to(busybox)
    words = ["env", "-i", f"PATH={folder}", str(folder / "sh")]
    run = collect(cp_tree, tmp_path / "out", shell=words)
    assert run.code == 0
    assert run.timeless.replace(b'"acl": null', b'"acl": false') == cp_run.timeless
    assert judged_alike(run, cp_run)
    assert {r.get("acl") for r in run.probes if "stat" in r} == {None}
    assert run.manifest["tools"]["awk"] == "busybox"


def test_the_program_is_one_plain_file() -> None:
    text = COLLECTOR.read_text(encoding="ascii")
    words = text.split()
    assert "eval" not in words
    assert "local" not in words
    # with the names of owners, libraries ask name services, over the network too
    assert not [w for w in re.findall(r"\bls (-[a-zA-Z]+)", text) if "l" in w and "n" not in w]
    # a here-document is a temporary file in several shells, outside of the output folder
    assert not re.search(r"<<-?[ '\"\\]*[A-Za-z_]", text)
    assert max(map(len, text.splitlines())) <= 120


def test_a_head_that_counts_no_bytes_is_replaced(
    cp_tree: Path, cp_run: Collected, tmp_path: Path
) -> None:
    env = stand_in(tmp_path / "bin", "head", 'if [ "$1" = -c ]; then exit 1; fi')
    run = collect(cp_tree, tmp_path / "out", env=env)
    assert run.timeless == cp_run.timeless


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_what_hangs_is_given_up(bare: Path, tmp_path: Path, shell: tuple[str, ...]) -> None:
    """A file system that does not answer for longer than a run may last, and the own watchdog."""
    needed(shell[0])
    write(bare, "/etc/kubernetes/admin.conf", "kind: Config\n")
    write(bare, "/etc/kubernetes/super-admin.conf", "kind: Config\n")
    env = toolbox(tmp_path / "bin", without=["timeout", "head", "stat"])
    hang = 'case "$*" in *{}*) exec sleep 3000 ;; esac\nexec {} "$@"\n'
    for tool, name in (("head", "/admin.conf"), ("stat", "super-admin.conf")):
        script = tmp_path / "bin" / tool
        script.write_text("#!/bin/sh\n" + hang.format(name, shutil.which(tool)))
        script.chmod(0o755)
    hasty = write(tmp_path, "node.sh", hurried())
    run = collect(bare, tmp_path / "out", shell=shell, env=env, script=hasty)
    found = run.record("file/admin-kubeconfig", "/etc/kubernetes/admin.conf")
    assert (found["status"], "blob" in found, found["stat"]["mode"]) == ("timeout", False, "0644")
    other = run.record("file/admin-kubeconfig", "/etc/kubernetes/super-admin.conf")
    assert (other["status"], "stat" in other) == ("timeout", False)
    assert run.code == 3


def hurried() -> str:
    """Return the collector with a patience of one second with what hangs, and with nothing else."""
    text = COLLECTOR.read_text()
    hanging = 'case "$*" in head*/admin.conf | stat*super-admin.conf)'
    return one_change(
        text,
        "\nlimited() {\n",
        f"\nlimited() {{\n  {hanging} PATIENCE=1 ;;"
        ' *) [ "$PATIENCE" != 1 ] || PATIENCE=$PROBE_TIMEOUT ;; esac\n',
    )


MOUNTS_HOST = """22 1 8:1 / / rw - ext4 /dev/a rw
30 22 8:2 / /var rw - ext4 /dev/b rw
31 22 8:3 /deep /data rw - ext4 /dev/c rw
"""
MOUNTS_INSIDE = """90 80 0:99 / / rw - overlay overlay rw
91 90 8:1 /etc/kubernetes/pki /certs ro - ext4 /dev/a rw
92 90 8:2 /lib/etcd /var/lib/data rw - ext4 /dev/b rw
93 90 8:3 /deep/er /mnt rw - ext4 /dev/c rw
"""


def test_paths_of_a_container_are_those_of_its_host(bare: Path, tmp_path: Path) -> None:
    """A process in another mount namespace: its mounts lead back, its own files are read inside."""
    folder = process(
        bare,
        50,
        "etcd",
        "--cert-file=/certs/server.crt",
        "--data-dir=/var/lib/data",
        "--config-file=/etc/etcd/etcd.conf.yml",
        "--wal-dir=/mnt/wal",
    )
    (folder / "root").unlink()
    write(bare, "/proc/50/root/real.yaml", "name: inside\n")
    (folder / "root/etc/etcd").mkdir(parents=True)
    (folder / "root/etc/etcd/etcd.conf.yml").symlink_to("/real.yaml")
    write(bare, "/etc/etcd/etcd.conf.yml", "name: of-the-host\n")
    write(bare, "/etc/kubernetes/pki/server.crt", "no certificate")
    (bare / "var/lib/etcd").mkdir(parents=True)
    for pid, name, mounts in (("1", "mnt:[1]", MOUNTS_HOST), ("50", "mnt:[2]", MOUNTS_INSIDE)):
        (bare / "proc" / pid / "ns").mkdir(parents=True)
        (bare / "proc" / pid / "ns" / "mnt").symlink_to(name)
        write(bare, f"/proc/{pid}/mountinfo", mounts)
    env = stand_in(tmp_path / "bin", "stat", 'case "$*" in "-f -c %t"*) echo 9fa0; exit ;; esac')
    run = collect(bare, tmp_path / "out", env=env)
    certificate = run.record("file/certificate", "/certs/server.crt")
    assert (certificate["status"], certificate["via"]) == ("ok", "etcd --cert-file pid 50")
    assert certificate["resolved"] == "/etc/kubernetes/pki/server.crt"
    named = {r["target"]: r for r in run.records("file/etcd-data") if "pid" in r["via"]}
    assert set(named) == {"/var/lib/data", "/mnt/wal"}
    assert named["/var/lib/data"]["resolved"] == "/var/lib/etcd"
    guess, own = sorted(
        run.records("file/etcd-config", "/etc/etcd/etcd.conf.yml"), key=lambda r: r["via"]
    )
    assert (guess["via"], guess["status"], "stat" in guess) == ("candidate", "excluded", False)
    assert (own["status"], own["resolved"]) == ("ok", "/proc/50/root/real.yaml")
    assert run.members["bundle/" + own["blob"]] == b"name: inside\n"


def test_no_process_in_a_container_hides_a_file_of_the_host(bare: Path, tmp_path: Path) -> None:
    """For another role the host's file counts; for the same, where there is one, it is a gap."""
    admin, config, lone = "/etc/kubernetes/admin.conf", "/var/lib/kubelet/config.yaml", "/etc/etcd/"
    words = (f"--kubeconfig={admin}", f"--config={config}")
    folders = [process(bare, 1, "init"), process(bare, 50, "kube-proxy", *words)]
    folders.append(process(bare, 52, "etcd", f"--config-file={lone}etcd.conf.yml"))
    folders.append(process(bare, 53, "kubelet", "--cni-conf-dir=/etc/cni/net.d"))
    write(bare, admin, "kind: Config\n")
    write(bare, config, "kind: KubeletConfiguration\n")
    write(bare, "/etc/cni/net.d/10.conf", "{}")
    for pid, folder in enumerate(folders, 1):
        (folder / "root").unlink(missing_ok=True)
        (folder / "root/etc").mkdir(parents=True)
        (folder / "ns").mkdir()
        (folder / "ns/mnt").symlink_to(f"mnt:[{pid}]")
        write(folder, "/mountinfo", f"9 8 0:{pid} / / rw - overlay overlay rw\n")
    env = stand_in(tmp_path / "bin", "stat", 'case "$*" in "-f -c %t"*) echo 9fa0; exit ;; esac')
    run = collect(bare, tmp_path / "one", env=env)
    assert run.record("file/admin-kubeconfig", admin)["status"] == "ok"
    assert run.record("file/kubelet-config", config)["status"] == "ok"
    named = {r["via"]: r["status"] for r in run.records("file/etcd-config", f"{lone}etcd.conf.yml")}
    assert named == {"etcd --config-file pid 52": "absent", "candidate": "excluded"}
    walked = {r["via"]: r["status"] for r in run.records("dir/cni-config", "/etc/cni/net.d")}
    assert walked == {"kubelet --cni-conf-dir pid 53": "unsupported", "candidate": "ok"}
    numbers = [r["seq"] for r in run.probes]
    assert sorted(numbers) == sorted(set(numbers))
    assert (run.code, run.manifest["complete"]) == (0, True)  # no file of the host was left out
    write(bare, f"{lone}etcd.conf.yml", "name: of-the-host\n")
    run = collect(bare, tmp_path / "two", env=env)
    assert (run.code, run.manifest["complete"]) == (3, False)
    assert b"the host has one too" in run.members["bundle/log.txt"]


UNKNOWN_NAMESPACES = {
    "the very same mount": ("1 0 8:1 / / rw - ext4 /dev/a rw\n", "ok", "ok"),
    "its own mount": ("9 0 8:1 /pod / rw - ext4 /dev/a rw\n", "ok", "excluded"),
    "nothing to be read": (None, "error", "excluded"),
}


@pytest.mark.parametrize("case", UNKNOWN_NAMESPACES)
def test_a_namespace_that_may_not_be_read_is_not_taken_for_the_hosts(
    bare: Path, tmp_path: Path, case: str
) -> None:
    """The mounts tell as much; where they may not be read either, no file of the host counts."""
    mounts, named, guessed = UNKNOWN_NAMESPACES[case]
    process(bare, 50, "etcd", "--config-file=/etc/etcd/etcd.conf.yml")
    (bare / "proc/50/root").unlink()
    write(bare, "/etc/etcd/etcd.conf.yml", "name: of-the-host\n")
    write(bare, "/pod/etc/etcd/etcd.conf.yml", "name: inside\n")
    if mounts is not None:
        write(bare, "/proc/1/mountinfo", "1 0 8:1 / / rw - ext4 /dev/a rw\n")
        write(bare, "/proc/50/mountinfo", mounts)
    env = stand_in(tmp_path / "bin", "stat", 'case "$*" in "-f -c %t"*) echo 9fa0; exit ;; esac')
    run = collect(bare, tmp_path / "out", env=env)
    assert run.record("proc/cmdline")["process"]["own_mounts"] is None
    found = {r["via"]: r for r in run.records("file/etcd-config", "/etc/etcd/etcd.conf.yml")}
    if guessed == "ok":
        (own,) = found.values()
    else:
        own, guess = found["etcd --config-file pid 50"], found["candidate"]
        assert (guess["status"], "blob" in guess, "stat" in guess) == (guessed, False, False)
    assert own["status"] == named
    text = b"".join(c for n, c in run.members.items() if n.startswith("bundle/blobs/"))
    assert (b"of-the-host" in text) is (guessed == "ok")


def test_a_prepared_tree_never_leads_out_through_proc(bare: Path, tmp_path: Path) -> None:
    """The root link of a recorded process points at our own root: it must not be followed."""
    outside = write(tmp_path, "/outside.yaml", "name: outside\n")
    process(bare, 50, "etcd", f"--config-file={outside}")
    for pid in ("1", "50"):
        (bare / "proc" / pid / "ns").mkdir(parents=True)
        (bare / "proc" / pid / "ns" / "mnt").symlink_to(f"mnt:[{pid}]")
    run = collect(bare, tmp_path / "out")
    assert run.record("file/etcd-config", str(outside))["status"] == "absent"


def test_a_process_that_changed_under_the_reading_counts_for_nothing(
    bare: Path, tmp_path: Path
) -> None:
    process(bare, 50, "etcd", "--config-file=/raced.yaml")
    after = "50 (x) S " + " ".join(str(n + 1) for n in range(50))
    swap = f'case "$*" in *50/cmdline*) echo "{after}" >{bare}/proc/50/stat ;; esac'
    run = collect(bare, tmp_path / "out", env=stand_in(tmp_path / "bin", "head", swap))
    found = run.record("proc/cmdline")
    assert (found["status"], "blob" in found) == ("error", False)
    assert found["detail"].startswith("raced")
    assert run.records("file/etcd-config", "/raced.yaml") == []
    assert run.code == 3


OURS = ("$WORK/", "$BUNDLE/", "$ob_dir/", "/dev/null", "&2", "&1", "&5", "&6", "&-")


def test_every_write_is_into_the_work_folder() -> None:
    """What a careful reader looks for: the targets of redirections and of mv, rm, mkdir and ln."""
    text = re.sub(r"(?ms)^AWK_[A-Z0-9]+='\n.*?'$", "", COLLECTOR.read_text())
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    code = "\n".join(re.sub(r"'[^']*'", "''", line) for line in lines)
    targets = re.findall(r"(?<![-=<])[0-9]?>>?\s*\"?([^\s\";|)]+)", code)
    assert len(targets) > 50
    assert [t for t in targets if not t.startswith(OURS)] == []
    changes = re.findall(r"(?m)(?:^|[;&|!(] |then )\s*((?:mv|rm|mkdir|ln|cp|touch|chmod) .*)", code)
    assert len(changes) >= 6
    ours = ('"$WORK', '"$BUNDLE', '"$ob_dir', '"$1" "$PRODUCT"')
    assert [c for c in changes if not any(w in c for w in ours)] == []
