"""What a user sees when a bundle cannot be trusted: exit 3, two lines, no half-written report."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.cli import main

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "bundles" / "worker-1.tar.gz"


def flipped_in_archive(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def flipped_in_member(data: bytes) -> bytes:
    plain = bytearray(gzip.decompress(data))
    place = plain.index(b"kubelet", plain.index(b"bundle/blobs/"))
    plain[place] ^= 1
    return gzip.compress(bytes(plain))


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def cut_member(data: bytes) -> bytes:
    """Leave the last blob out, as a tar that is otherwise whole."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data)) as old,
        tarfile.open(fileobj=out, mode="w:gz", format=tarfile.USTAR_FORMAT) as new,
    ):
        members = old.getmembers()
        last = [member.name for member in members if "/blobs/" in member.name][-1]
        for member in members:
            if member.name != last:
                new.addfile(member, old.extractfile(member))
    return out.getvalue()


def foreign(_: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("support-bundle/version.yaml")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"a: b"))
    return out.getvalue()


def not_an_archive(_: bytes) -> bytes:
    return b"\x7fELF" + b"\0" * 2000


def empty(_: bytes) -> bytes:
    return b""


SPOILERS = [
    flipped_in_archive, flipped_in_member, cut, cut_member, foreign, not_an_archive, empty,
]  # fmt: skip


@pytest.mark.parametrize("command", ["analyze", "verify", "inspect"])
@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_spoiled_bundle_is_refused(
    command: str,
    spoil: Callable[[bytes], bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = tmp_path / "worker-1.tar.gz"
    bundle.write_bytes(spoil(SAMPLE.read_bytes()))
    output = tmp_path / "report"
    words = ["--benchmark", "cis-1.12", "-o", str(output)] if command == "analyze" else []
    assert main([command, str(bundle), *words]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["error", "help"]
    assert "worker-1.tar.gz" in lines[0]
    assert not output.exists()


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 3
    assert capsys.readouterr().err.count("help: ") == 1


@pytest.mark.parametrize("command", ["verify", "inspect", "analyze"])
def test_a_name_without_a_file_is_wrong_usage(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was refused: there is no bundle. A script that counts refusals must not count it."""
    assert main([command, str(SAMPLE), str(tmp_path / "nothing.tar.gz")]) == 2
    error, advice = capsys.readouterr().err.splitlines()
    assert error.endswith("nothing.tar.gz: there is no such file")
    assert advice.startswith("help: ")


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.tar.gz").symlink_to(tmp_path / "gone")
    assert main(["verify", str(tmp_path / "b.tar.gz")]) == 3
