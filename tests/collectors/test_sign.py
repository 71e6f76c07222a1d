"""sign.sh adds a signature that its tool verifies, and the commands of docs/custody.md work."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from analyzer.bundle.signatures import check_commands
from analyzer.cli import main
from tests.collectors.odd_archives import counted, packed, sparse
from tests.tools import needed

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "collectors" / "sign.sh"
BUNDLE = ROOT / "samples" / "bundles" / "worker-1.tar.gz"
GUIDE = (ROOT / "docs" / "custody.md").read_text(encoding="utf-8")
# One worker, so that what all share is made once.
pytestmark = pytest.mark.xdist_group("sign")
TOOLS = ("ssh", "minisign", "openssl", "gpg")
PROGRAMS = ("ssh-keygen", "minisign", "openssl", "gpg", "age", "age-keygen")
KEYS = """
ssh-keygen -q -t ed25519 -N '' -C signer -f signer
minisign -G -W -p minisign.pub -s minisign.key
openssl req -x509 -newkey rsa:2048 -nodes -keyout signer-key.pem -out signer.pem -subj /CN=Signer
openssl req -x509 -newkey rsa:2048 -nodes -keyout auditor-key.pem -out auditor.pem -subj /CN=Auditor
gpg --batch --passphrase '' --quick-gen-key signer@example.com ed25519 sign
gpg --batch --passphrase '' --quick-gen-key auditor@example.com rsa2048 encr
gpg --armor --output auditor-gpg.asc --export auditor@example.com
age-keygen -o auditor-age.txt
age-keygen -y -o auditor-age.pub auditor-age.txt
"""
OPTIONS = {
    "ssh": ["--key", "signer"],
    "minisign": ["--key", "minisign.key"],
    "openssl": ["--key", "signer-key.pem", "--cert", "signer.pem"],
    "gpg": ["--key", "signer@example.com"],
}
ENDINGS = {"ssh": "sig", "minisign": "minisig", "openssl": "p7s", "gpg": "asc"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with a key of each kind, for a signer and an auditor."""
    for program in PROGRAMS:
        needed(program)
    folder = tmp_path_factory.mktemp("keys")
    (folder / "gnupg").mkdir(mode=0o700)
    for command in KEYS.strip().splitlines():
        sh(folder, command)
    yield folder
    sh(folder, "gpgconf --kill all")


def sh(folder: Path, command: str) -> str:
    env = {
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/bin",
        "GNUPGHOME": str(folder / "gnupg"),
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def run(
    folder: Path, *words: str, shell: Sequence[str] = ("sh",)
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*shell, str(SCRIPT), *words], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"GNUPGHOME": str(folder / "gnupg")}, stdin=subprocess.DEVNULL,
        timeout=600,
    )  # fmt: skip


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        found = {one.name: archive.extractfile(one) for one in archive.getmembers()}
        return {name: stream.read() for name, stream in found.items() if stream is not None}


@pytest.mark.parametrize("tool", TOOLS)
def test_each_tool_signs_and_its_check_is_printed(tool: str, keys: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.tar.gz"
    done = run(keys, str(BUNDLE), *OPTIONS[tool], "--output", str(signed))
    assert done.returncode == 0, done.stderr
    before, after = contents(BUNDLE), contents(signed)
    member = f"bundle/SHA256SUMS.{ENDINGS[tool]}"
    assert list(after) == [*before, member]
    assert after == before | {member: after[member]}
    fingerprint = sh(keys, f"tar -xOzf {BUNDLE} bundle/SHA256SUMS | sha256sum | cut -c 1-64")
    assert f"custody fingerprint: sha256:{fingerprint}" in done.stdout
    places = {"SIGNER.pub": "minisign.pub", "SIGNER.pem": "signer.pem", "SIGNERS": "signers"}
    sh(keys, 'echo "SIGNER $(cat signer.pub)" >signers')
    for command in check_commands(str(signed), member):
        for old, new in places.items():
            command = command.replace(old, new)  # noqa: PLW2901 - filled in, as an auditor would
        sh(keys, command)


@pytest.mark.parametrize("shell", [("dash",), ("busybox", "sh"), ("bash",)], ids=" ".join)
def test_signatures_add_up_under_every_shell(
    shell: tuple[str, ...], keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needed(shell[0])
    once, twice = tmp_path / "keb-signed.tar.gz", tmp_path / "twice.tar"
    shutil.copy(BUNDLE, tmp_path / "keb.tar.gz")
    assert run(keys, str(tmp_path / "keb.tar.gz"), "--key=signer", shell=shell).returncode == 0
    words = (str(once), "--key", "minisign.key", "--public", "minisign.pub", "--output", str(twice))
    assert run(keys, *words, shell=shell).returncode == 0
    assert main(["verify", str(twice)]) == 0
    said = capsys.readouterr().out
    assert "unverified: bundle/SHA256SUMS.minisig (minisign), bundle/SHA256SUMS.sig" in said
    assert "ssh-keygen -Y verify -f SIGNERS -I SIGNER -n kube-evidence" in said
    assert "tar -xOf twice.tar bundle/SHA256SUMS.minisig >SHA256SUMS.minisig" in said
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "keb-signed.tar.gz", "keb.tar.gz", "twice.tar"]  # fmt: skip


def repacked(folder: Path, how: str) -> Path:
    """Make an archive that should not be signed."""
    path = folder / "odd.tar.gz"
    with tarfile.open(BUNDLE) as source, tarfile.open(path, "w:gz") as target:
        for member in source:
            stream = source.extractfile(member)
            if how == "changed" and member.name == "bundle/plan.ndjson":
                member.size -= 1
            if how == "link" and member.name == "bundle/log.txt":
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
            if how == "outside" and member.name == "bundle/log.txt":
                member.name = "bundle/../../log.txt"
            target.addfile(member, stream if member.isreg() else None)
        if how == "sparse":
            sparse(target)
        if how == "unlisted":
            target.addfile(tarfile.TarInfo("bundle/evil"))
    if how == "cut":
        path.write_bytes(path.read_bytes()[:2000])
    return path


REFUSED = {
    "changed": "is not intact: plan.ndjson",
    "link": "holds what no bundle holds",
    "outside": "holds what no bundle holds",
    "sparse": "holds what no bundle holds",
    "unlisted": "is not intact: evil",
    "cut": "is not a whole archive",
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_not_a_whole_bundle_is_not_signed(how: str, keys: Path, tmp_path: Path) -> None:
    done = run(keys, str(repacked(tmp_path, how)), "--key", "signer")
    assert done.returncode == 4
    assert REFUSED[how] in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["odd.tar.gz"]


def test_many_members_take_no_process_for_each(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = counted(tmp_path / "tools", "sha256sum", monkeypatch)
    packed(tmp_path / "many.tar.gz", 5000)
    done = run(keys, str(tmp_path / "many.tar.gz"), "--key", "signer")
    assert done.returncode == 0, done.stderr
    assert notes.read_text().count("\n") < 20


def test_a_key_that_does_not_fit_writes_nothing(keys: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.tar.gz"
    words = ["--key", "signer-key.pem", "--cert", "auditor.pem", "--output", str(out)]
    assert run(keys, str(BUNDLE), *words).returncode == 4
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_not_overwritten(keys: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.tar.gz"
    out.write_bytes(b"mine")
    done = run(keys, str(BUNDLE), "--key", "signer", "--output", str(out))
    assert (done.returncode, out.read_bytes()) == (2, b"mine")


def test_the_guide_is_right(keys: Path) -> None:
    (keys / "samples").symlink_to(ROOT / "samples")
    blocks = re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line[:2] == "$ "]
    assert len(commands) > 20
    for command in commands:
        sh(keys, command)
