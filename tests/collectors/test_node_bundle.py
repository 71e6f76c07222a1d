"""The layout of a node bundle, its seal, its documents, and the command line that makes it."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
from pathlib import Path

import jsonschema
import pytest

from analyzer.cli import main
from tests.collectors.node_run import (
    COLLECTOR,
    REPOSITORY,
    Collected,
    collect,
    digest,
    invoke,
    process,
    write,
)
from tests.collectors.waiting import wait_until

FIRST = ("bundle/FORMAT", "bundle/plan.ndjson", "bundle/probes.ndjson")
LAST = (
    "bundle/redactions.ndjson",
    "bundle/log.txt",
    "bundle/collector/node.sh",
    "bundle/manifest.json",
    "bundle/SHA256SUMS",
)


def test_members_come_in_their_order(cp_run: Collected) -> None:
    blobs = cp_run.names[len(FIRST) : -len(LAST)]
    assert cp_run.names[: len(FIRST)] == FIRST
    assert cp_run.names[-len(LAST) :] == LAST
    assert blobs == tuple(f"bundle/blobs/b{n}" for n in range(1, len(blobs) + 1))
    assert cp_run.members["bundle/FORMAT"] == b"k8s-evidence-bundle 1.0\n"


def test_archive_is_plain_and_names_nobody(cp_run: Collected) -> None:
    assert re.fullmatch(r"keb-node-[0-9a-f]{8}-\d{8}t\d{6}z\.tar\.gz", cp_run.path.name)
    with tarfile.open(cp_run.path) as archive:
        for entry in archive:
            assert entry.isreg()
            assert not entry.pax_headers
            assert (entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, "", "")


def test_seal_covers_every_other_member(cp_run: Collected) -> None:
    lines = cp_run.members["bundle/SHA256SUMS"].decode().splitlines()
    names = [line.split("  ", 1)[1] for line in lines]
    assert names == sorted(names)
    assert {f"bundle/{n}" for n in names} == set(cp_run.names) - {"bundle/SHA256SUMS"}
    for line in lines:
        value, name = line.split("  ", 1)
        assert digest(cp_run.members[f"bundle/{name}"]) == value
    fingerprint = digest(cp_run.members["bundle/SHA256SUMS"])
    said = cp_run.out.splitlines()
    assert said[:2] == [f"bundle: {cp_run.path}", f"custody fingerprint: sha256:{fingerprint}"]


@pytest.mark.parametrize(
    ("member", "schema"),
    [("plan.ndjson", "plan"), ("probes.ndjson", "probe"), ("redactions.ndjson", "redaction")],
)
def test_lines_fit_their_schemas(cp_run: Collected, member: str, schema: str) -> None:
    text = (REPOSITORY / "schemas" / f"{schema}.v1.schema.json").read_text()
    validator = jsonschema.Draft202012Validator(json.loads(text))
    lines = cp_run.lines(member)
    assert lines
    for line in lines:
        validator.validate(line)


def test_manifest_fits_its_schema_and_the_records(cp_run: Collected) -> None:
    text = (REPOSITORY / "schemas" / "manifest.v1.schema.json").read_text()
    jsonschema.Draft202012Validator(json.loads(text)).validate(cp_run.manifest)
    by_status: dict[str, int] = {}
    for record in cp_run.probes:
        by_status[record["status"]] = by_status.get(record["status"], 0) + 1
    planned = len(cp_run.lines("plan.ndjson"))
    assert cp_run.manifest["counts"] == {
        "planned": planned,
        "run": len(cp_run.probes),
        "by_status": by_status,
    }
    assert cp_run.manifest["complete"] is True
    assert cp_run.manifest["collector"]["sha256"] == digest(COLLECTOR.read_bytes())
    assert cp_run.members["bundle/collector/node.sh"] == COLLECTOR.read_bytes()


def test_subject_and_cluster_are_named(cp_run: Collected, worker_run: Collected) -> None:
    subject = cp_run.manifest["subject"]
    assert (subject["node_name"], subject["hostname"]) == ("cp-1", "cp-1")
    assert (subject["os_id"], subject["os_version"]) == ("ubuntu", "24.04")
    assert worker_run.manifest["subject"]["node_name"] == "worker-1"
    pem = cp_run.blob("file/kubelet-ca", "/etc/kubernetes/pki/ca.crt").decode()
    der = base64.b64decode("".join(pem.splitlines()[1:-1]))
    for run in (cp_run, worker_run):
        assert run.manifest["cluster"]["ca_sha256"] == digest(der)


def test_every_plan_line_is_answered_once(cp_run: Collected) -> None:
    plan = {line["seq"]: line for line in cp_run.lines("plan.ndjson")}
    assert sorted(plan) == list(range(1, len(plan) + 1))
    assert sorted(r["seq"] for r in cp_run.probes) == sorted(plan)
    for record in cp_run.probes:
        line = plan[record["seq"]]
        assert (line["id"], line["kind"], line["target"]) == (
            record["id"],
            record["kind"],
            record["target"],
        )


def test_blobs_are_what_their_records_say(cp_run: Collected) -> None:
    named = [r for r in cp_run.probes if "blob" in r]
    assert [r["blob"] for r in sorted(named, key=lambda r: int(r["blob"][7:]))] == [
        f"blobs/b{n}" for n in range(1, len(named) + 1)
    ]
    for record in named:
        assert digest(cp_run.members["bundle/" + record["blob"]]) == record["sha256"]


def test_a_path_is_recorded_once_for_a_role(cp_run: Collected) -> None:
    pairs = [(r["id"], r["target"]) for r in cp_run.probes]
    assert len(pairs) == len(set(pairs))


def test_kubeadm_files_keep_their_words(cp_run: Collected, cp_tree: Path) -> None:
    for probe_id, path in (
        ("file/apiserver-manifest", "/etc/kubernetes/manifests/kube-apiserver.yaml"),
        ("file/etcd-manifest", "/etc/kubernetes/manifests/etcd.yaml"),
        ("file/kubelet-config", "/var/lib/kubelet/config.yaml"),
        ("file/certificate", "/etc/kubernetes/pki/apiserver.crt"),
    ):
        assert cp_run.blob(probe_id, path) == (cp_tree / path.lstrip("/")).read_bytes()


def test_users_are_names_and_numbers(cp_run: Collected) -> None:
    assert cp_run.blob("host/users") == b"u root 0\nu etcd 998\ng root 0\ng etcd 998\n"


def test_node_name_is_the_users_word_first(bare: Path, tmp_path: Path) -> None:
    process(bare, 1, "kubelet", "--hostname-override", "by-flag")
    names = []
    for n, words in enumerate(((), ("--node-name", "by-word"), ("--node-name=joined",))):
        run = collect(bare, tmp_path / f"out{n}", *words)
        names.append(run.manifest["subject"]["node_name"])
    assert names == ["by-flag", "by-word", "joined"]


def test_nothing_found_is_exit_4_and_still_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    run = collect(tmp_path / "root", tmp_path / "out")
    assert run.code == 4
    assert set(run.manifest["counts"]["by_status"]) == {"absent"}
    assert run.manifest["complete"] is True


USAGE = {
    "unknown option": ["--nope"],
    "stray word": ["bundle"],
    "no value": ["--root"],
    "empty value": ["--output", ""],
    "several lines": ["--notes", "a\nb"],
    "control character": ["--operator=\x1b[2J"],
    "no name of a node": ["--node-name", "a/b"],
    "long text": ["--case-no", "x" * 201],
    "no such root": ["--root", "/no/such/folder"],
    "no such output": ["--root", "@", "--output", "/no/such/folder"],
    "output below root": ["--root", "@", "--output", "@/inside"],
}


@pytest.mark.parametrize("case", sorted(USAGE))
def test_usage_errors_say_where_and_what_to_do(bare: Path, tmp_path: Path, case: str) -> None:
    (bare / "inside").mkdir()
    words = [w.replace("@", str(bare)) for w in USAGE[case]]
    done = invoke(words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"error: .+: .+\nhelp: .+\n", done.stderr)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["root"]


def test_an_existing_bundle_is_never_overwritten(bare: Path, tmp_path: Path) -> None:
    """With the clock and the random source held still, a second run meets the first one's name."""
    tools = tmp_path / "tools"
    write(tools, "date", "#!/bin/sh\necho 2026-01-02T03:04:05Z\n", 0o755)
    fixed = 'case " $* " in *" /dev/urandom "*) echo chance ;; '
    real = shutil.which("head")
    write(tools, "head", f'#!/bin/sh\n{fixed}*) exec {real} "$@" ;; esac\n', 0o755)
    env = {"PATH": f"{tools}:{os.environ['PATH']}"}
    first = collect(bare, tmp_path / "out", env=env)
    short = digest(b"chance\n")[:8]
    assert first.path.name == f"keb-node-{short}-20260102t030405z.tar.gz"
    before = first.path.read_bytes()
    again = invoke(["--root", str(bare), "--output", str(first.path.parent)], env=env)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert [p.name for p in first.path.parent.iterdir()] == [first.path.name]
    assert first.path.read_bytes() == before


def test_list_touches_nothing(tmp_path: Path) -> None:
    done = invoke(["--list", "--root", str(tmp_path), "--output", str(tmp_path)])
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert ["file/kubelet-config", "/var/lib/kubelet/config.yaml"] in rows
    assert ["dir/pki", "/etc/kubernetes/pki"] in rows
    assert ["file/encryption-config", "kube-apiserver --encryption-provider-config"] in rows
    assert list(tmp_path.iterdir()) == []


def test_list_names_every_fixed_probe(cp_run: Collected) -> None:
    done = invoke(["--list"])
    listed = {tuple(line.split("\t")) for line in done.stdout.splitlines()}
    fixed = {(p["id"], p["target"]) for p in cp_run.lines("plan.ndjson") if p["via"] == "candidate"}
    assert fixed
    assert fixed <= listed


def test_list_names_what_every_run_reads_besides() -> None:
    told = invoke(["--list"]).stdout
    paths = {line.split("\t")[1] for line in told.splitlines()}
    named = ("cmdline", "exe", "cwd", "stat", "environ", "status", "cgroup", "fd", "ns/net")
    host = {"/etc/group", "/etc/hostname", "/etc/machine-id", "/proc/sys/kernel/osrelease"}
    assert host | {f"/proc/PID/{name}" for name in named} <= paths
    assert "kubelet clientCAFile" in paths
    assert "\njournalctl -b -u k3s " in told.replace("\t", "\n")


def test_dry_run_opens_nothing(bare: Path, tmp_path: Path) -> None:
    file = write(bare, "/etc/kubernetes/admin.conf", "kind: Config\n")
    old = 1_000_000_000
    os.utime(file, (old, old))
    done = invoke(["--dry-run", "--root", str(bare), "--output", str(tmp_path)], cwd=tmp_path)
    assert done.returncode == 0
    assert "ok\tfile/admin-kubeconfig\t/etc/kubernetes/admin.conf" in done.stdout.splitlines()
    assert "absent\tdir/pki\t/etc/kubernetes/pki" in done.stdout.splitlines()
    assert file.stat().st_atime == old
    assert [p.name for p in tmp_path.iterdir()] == ["root"]


def test_help_is_help() -> None:
    done = invoke(["--help"])
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("--root", "--output", "--node-name", "--list", "--dry-run"):
        assert f"  {option}" in done.stdout
    assert done.stdout.count("  sudo sh node.sh ") + done.stdout.count("  sh node.sh ") == 2


def test_what_goes_onto_the_paper_form_is_said_and_sealed(bare: Path, tmp_path: Path) -> None:
    words = ("--case-no", "2026-17", "--operator=J\u00fcrgen O'N\\n", "--notes", 'a "b"')
    run = collect(bare, tmp_path / "out", *words, "--node-name", "w-1")
    case = {k: v.encode("latin-1").decode() for k, v in run.manifest["case"].items()}
    assert case == {"case_no": "2026-17", "operator": "J\u00fcrgen O'N\\n", "notes": 'a "b"'}
    _, fingerprint, form = run.out.splitlines()
    hexes = fingerprint.removeprefix("custody fingerprint: sha256:")
    groups = " ".join(hexes[n : n + 4] for n in range(0, 16, 4))
    started = run.manifest["time"]["started"]
    assert form == (
        f"for the paper form: {run.path.name} | node w-1 | {started} | case 2026-17"
        f" | operator J\u00fcrgen O'N\\n | {groups}"
    )


def test_a_host_without_a_name_gets_one_and_is_told_so(bare: Path, tmp_path: Path) -> None:
    (bare / "etc/hostname").unlink()
    run = collect(bare, tmp_path / "out")
    assert run.manifest["subject"]["node_name"] == f"unnamed-{run.manifest['bundle_id'][:8]}"
    assert b"give --node-name" in run.members["bundle/log.txt"]
    assert "give --node-name\n" in run.err
    assert main(["verify", str(run.path)]) == 0


NO_NAMES = {
    "/etc/hostname": ("password=hunter2\n", "hunter2hunter2!\nx\n", "-hunter2\n", "h" * 254),
    "/etc/machine-id": ("hunter2\n", "deadbeef\n"),
    "/proc/sys/kernel/osrelease": ("hunter2\n", "6.1 hunter2\n"),
}
TELLS = {
    "/etc/hostname": ("hostname", "hunter2\n"),
    "/etc/machine-id": ("machine_id_sha256", "0123456789abcdef" * 2 + "\n"),
    "/proc/sys/kernel/osrelease": ("kernel", "6.1.0-hunter2+\n"),
}


@pytest.mark.parametrize("path", TELLS)
def test_what_names_a_host_is_told_in_its_shape_and_never_from_a_link(
    bare: Path, tmp_path: Path, path: str
) -> None:
    field, good = TELLS[path]
    words = ("--node-name", "by-word")
    write(bare, path, good)
    assert collect(bare, tmp_path / "good", *words).manifest["subject"][field] is not None
    for n, text in enumerate(NO_NAMES[path]):
        write(bare, path, text)
        run = collect(bare, tmp_path / str(n), *words)
        assert run.manifest["subject"][field] is None, text
    write(bare, "/secret", good)
    (bare / path.lstrip("/")).unlink()
    (bare / path.lstrip("/")).symlink_to("/secret")
    run = collect(bare, tmp_path / "link", *words)
    assert run.manifest["subject"][field] is None
    assert b"hunter2" not in run.members["bundle/manifest.json"] + run.out.encode()


def test_a_dry_run_looks_at_the_sockets_of_the_first_process(bare: Path) -> None:
    write(bare, "/proc/1/net/tcp", "")
    assert "ok\tproc/sockets\t/proc/net/tcp\n" in invoke(["--dry-run", "--root", str(bare)]).stdout


def test_nothing_noted_is_null_and_a_dash(cp_run: Collected) -> None:
    assert cp_run.manifest["case"] == {"case_no": None, "operator": None, "notes": None}
    assert cp_run.manifest["stopped"] is None
    assert " | case - | operator - | " in cp_run.out.splitlines()[2]


def test_the_tree_is_left_as_it_was(bare: Path, tmp_path: Path) -> None:
    process(bare, 1, "kubelet", "--config=/k")
    write(bare, "/k", "kind: KubeletConfiguration\n")

    def state() -> list[tuple[str, int, int, int]]:
        paths = sorted(bare.rglob("*"))
        facts = [p.lstat() for p in paths]
        return [
            (str(p), f.st_mode, f.st_size, f.st_mtime_ns) for p, f in zip(paths, facts, strict=True)
        ]

    before = state()
    collect(bare, tmp_path / "out")
    assert state() == before


def test_an_interrupted_run_seals_what_it_has(bare: Path, tmp_path: Path) -> None:
    """A tool holds the run still until it has been told to stop."""
    tools = tmp_path / "tools"
    hold = '*kubeadm-flags.env*) touch "$MARK"; until [ -e "$MARK.told" ]; do sleep 0.05; done ;;'
    slow = f"#!/bin/sh\ncase $* in {hold} esac\n"
    write(tools, "stat", f'{slow}exec {shutil.which("stat")} "$@"\n', 0o755)
    (bare / "var/lib/kubelet").mkdir(parents=True)
    mark = tmp_path / "mark"
    output = tmp_path / "out"
    output.mkdir()
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "MARK": str(mark)}
    words = ["sh", str(COLLECTOR), "--root", str(bare), "--output", str(output)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as run:
        wait_until(mark.exists, run)
        run.send_signal(signal.SIGTERM)
        write(tmp_path, "mark.told", "")
        out, _ = run.communicate(timeout=600)
    assert run.returncode == 3
    assert out.startswith("bundle: ")
    (path,) = output.iterdir()
    with tarfile.open(path) as archive:
        opened = archive.extractfile("bundle/manifest.json")
        assert opened is not None
        manifest = json.loads(opened.read())
    assert (manifest["complete"], manifest["stopped"]) == (False, "signal")
    assert manifest["counts"]["run"] < manifest["counts"]["planned"]
