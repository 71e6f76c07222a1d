"""What the collector does without a tool, or with an old one, and what it tells its user."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.collectors.node_run import (
    COLLECTOR,
    Collected,
    collect,
    invoke,
    process,
    short_text,
    unpack,
    write,
)
from tests.collectors.userlands import AWKS, comparable, stand_in, toolbox
from tests.terminals import read_to_end
from tests.tools import needed

CONFIG = (
    "kind: KubeletConfiguration\nauthentication: {x509: {clientCAFile: /etc/kubernetes/ca.crt}}\n"
)
ODD = bytes(b for b in range(1, 256) if b not in b"\n/")


@pytest.fixture(scope="module")
def small(cp_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a short collector and a tree that uses every fallback."""
    folder = tmp_path_factory.mktemp("small")
    root = folder / "root"
    write(folder, "/node.sh", short_text())
    write(root, "/etc/hostname", "small-1\n")
    write(root, "/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    process(root, 7, "kubelet", "--config=/k.yaml", "--client-ca-file=/etc/kubernetes/link")
    write(root, "/k.yaml", CONFIG)
    certificate = (cp_tree / "etc/kubernetes/pki/ca.crt").read_bytes()
    write(root, "/etc/kubernetes/ca.crt", certificate, 0o4600)
    (root / "etc/kubernetes/link").symlink_to("../kubernetes/ca.crt")
    (root / "etc/kubernetes/pki").mkdir()
    Path(os.fsdecode(bytes(root / "etc/kubernetes/pki") + b"/" + ODD)).touch()
    return folder


@pytest.fixture(scope="module")
def usual(small: Path) -> Collected:
    """Return what the collector makes of it with all that this system has."""
    return collect(small / "root", small / "usual", script=small / "node.sh")


LACKING = {
    "sha256sum": ("sha256sum",),
    "sha256sum and shasum": ("sha256sum", "shasum"),
    "timeout": ("timeout",),
    "od, hexdump and xxd": ("od", "hexdump", "xxd"),
    "stat": ("stat",),
    "head": ("head",),
    "readlink": ("readlink",),
    "all of them": (
        *("sha256sum", "openssl", "timeout", "od", "hexdump", "xxd", "stat", "head", "gzip"),
        *("readlink", "base64", "getfacl", "renice", "ionice", "nice", "cut", "sed", "find"),
    ),
}


@pytest.mark.parametrize("case", LACKING)
def test_less_tools_the_same_evidence(
    small: Path, usual: Collected, tmp_path: Path, case: str
) -> None:
    if "sha256sum" in LACKING[case]:
        needed("openssl" if "shasum" in LACKING[case] else "shasum")
    env = toolbox(tmp_path / "bin", without=LACKING[case])
    run = collect(small / "root", tmp_path / "out", env=env, script=small / "node.sh")
    assert (run.code, run.err) == (usual.code, usual.err)
    assert comparable(run) == comparable(usual)
    assert run.manifest["cluster"]["ca_sha256"] is not None
    for part in ("cluster", "subject"):
        assert run.manifest[part] == usual.manifest[part]
    assert run.path.suffix == (".tar" if "gzip" in LACKING[case] else ".gz")


OLD = {
    "timeout with -t": ("timeout", '[ "$1" = -t ] || exit 1; shift'),
    "stat without formats": ("stat", "exit 1"),
    "stat that prints letters": ("stat", "echo f a u g s Y h; exit 0"),
    "head without -c": ("head", '[ "$1" != -c ] || exit 1'),
    "tar without --format": ("tar", "case $1 in --*) exit 64 ;; esac"),
}


@pytest.mark.parametrize("case", OLD)
def test_old_tools_the_same_evidence(
    small: Path, usual: Collected, tmp_path: Path, case: str
) -> None:
    env = stand_in(tmp_path / "bin", *OLD[case])
    run = collect(small / "root", tmp_path / "out", env=env, script=small / "node.sh")
    assert (run.code, run.err) == (usual.code, usual.err)
    assert comparable(run) == comparable(usual)


@pytest.mark.parametrize("words", AWKS, ids=" ".join)
def test_every_byte_of_a_name_is_kept(small: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    needed(words[0])
    script = f'#!/bin/sh\nexec {" ".join(words)} "$@"\n'
    write(tmp_path, "/bin/awk", script, 0o755)
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    run = collect(small / "root", tmp_path / "out", env=env, script=small / "node.sh")
    names = {r["target"].rpartition("/")[2].encode("latin-1") for r in run.records("file/pki")}
    assert ODD in names


def test_without_any_digest_it_collects_nothing(small: Path, tmp_path: Path) -> None:
    env = toolbox(tmp_path / "bin", without=["sha256sum", "shasum", "openssl"])
    words = ["--root", str(small / "root"), "--output", str(tmp_path)]
    done = invoke(words, env=env, script=small / "node.sh")
    assert (done.returncode, done.stdout) == (4, "")
    assert "error: sha256sum: is not on PATH\nhelp: Install" in done.stderr


def test_an_awk_that_knows_no_bytes_is_refused(small: Path, tmp_path: Path) -> None:
    write(tmp_path, "/bin/awk", "#!/bin/sh\ncat >/dev/null\necho '\"?\"'\n", 0o755)
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    words = ["--root", str(small / "root"), "--output", str(tmp_path)]
    done = invoke(words, env=env, script=small / "node.sh")
    assert (done.returncode, done.stdout) == (4, "")
    assert "does not work byte by byte" in done.stderr


def test_the_run_gives_way_to_others(small: Path, tmp_path: Path) -> None:
    """What the collector starts is nicer than the collector's caller."""
    needed("renice")
    env = stand_in(tmp_path / "bin", "sort", f'nice >"{tmp_path}/nice"')
    run = collect(small / "root", tmp_path / "out", env=env, script=small / "node.sh")
    assert int((tmp_path / "nice").read_text()) >= 10
    assert run.manifest["tools"]["renice"] == "used"


def test_read_from_a_pipe_it_does_not_start(tmp_path: Path) -> None:
    """Not even where a file bears the name of the shell: it would be sealed as the collector."""
    write(tmp_path, "/sh", "#!/bin/sh\n")
    done = subprocess.run(
        ["sh", "-s"], input=COLLECTOR.read_bytes(), cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"was not started from its file" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["sh"]


def test_a_bare_tree_is_asked_about(bare: Path, tmp_path: Path, small: Path) -> None:
    run = collect(bare, tmp_path / "out", script=small / "node.sh")
    counts = run.manifest["counts"]
    said = ", ".join(f"{n} {s}" for s, n in sorted(counts["by_status"].items()))
    assert run.err == (
        f"{counts['run']} of {counts['planned']} probes ran: {said}\n"
        "no Kubernetes component runs here: is this the right node?\n"
    )


def test_what_was_cut_or_not_understood_is_said(small: Path, tmp_path: Path) -> None:
    text = (small / "node.sh").read_text().replace("\nFILE_CAP=1048576 ", "\nFILE_CAP=100 ")
    script = write(tmp_path, "node.sh", text)
    root = unpack("worker-1", tmp_path / "root")
    run = collect(root, tmp_path / "out", script=script)
    assert run.code == 3
    by_status = run.manifest["counts"]["by_status"]
    cut = f"{by_status['truncated']} truncated (longer than 100 bytes): what lies beyond the cap"
    assert cut in run.err
    assert f"{by_status['error']} error (redactor failed): nothing of them was kept" in run.err


def test_only_a_terminal_sees_progress(small: Path, tmp_path: Path) -> None:
    ours, its = pty.openpty()
    words = ["sh", str(small / "node.sh"), "--root", str(small / "root"), "--output", str(tmp_path)]
    with subprocess.Popen(words, stderr=its, stdout=subprocess.PIPE, text=True) as run:
        os.close(its)
        said = read_to_end(ours).decode()
        out, _ = run.communicate(timeout=600)
    os.close(ours)
    assert run.returncode == 0
    assert "\r1 probes of " in said
    assert out.count("\n") == 3


def test_a_shell_that_loses_bytes_says_what_it_lost(small: Path, tmp_path: Path) -> None:
    """In yash a name that is no text of the locale vanishes from a folder, and from a list."""
    needed("yash")
    root = tmp_path / "root"
    process(root, 7, "kubelet", b"--config=/k\xff.yaml", "--kubeconfig=/x")
    for name in (b"a.key", b"\xff.key"):
        path = os.fsdecode(bytes(root / "etc/kubernetes/pki") + b"/" + name)
        write(Path("/"), path, "")
    run = collect(root, tmp_path / "out", script=small / "node.sh", shell=("yash",))
    assert run.code == 3
    found = run.record("dir/pki", "/etc/kubernetes/pki")
    assert (found["status"], found["entries"]) == ("error", 2)
    assert [r["target"] for r in run.records("file/kubelet-config") if "pid" in r["via"]] == []
    assert run.records("file/kubelet-kubeconfig", "/x")
    assert b"were not followed" in run.members["bundle/log.txt"]
