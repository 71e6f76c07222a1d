"""Archives that nobody's collector writes: each ends in a refusal that says what is wrong."""

import os
import resource
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.bundle.archive import read_archive
from analyzer.bundle.limits import MIB, Limits
from analyzer.bundle.reader import read_bundle, read_bundles
from analyzer.model.errors import BundleRefusedError
from tests.hostile.builder import BLOCK, END, FORMAT, entry, header, members, pack, squeeze, tar
from tests.hostile.builder import write as write_file

EXPECTED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

FIRST = entry("bundle/FORMAT", FORMAT)
SOUND = pack(members())
SMALL = Limits(
    compressed_size=64 * 1024,
    inflated_size=256 * 1024,
    ratio_grace=16 * 1024,
    members=20,
    member_size=32 * 1024,
)


def with_member(name: str | bytes, **forged: object) -> bytes:
    return tar([FIRST, entry(name, b"", **forged)])


CASES: dict[str, tuple[bytes, str]] = {
    "empty-file": (b"", "empty"),
    "text-file": (b"hello, auditor\n" * 100, "not a tar archive"),
    "zip-file": (b"PK\x03\x04" + bytes(2000), "not a tar archive"),
    "old-tar-without-magic": (tar([entry("bundle/FORMAT", FORMAT, magic=bytes(8))]), "ustar"),
    "only-end-blocks": (END, "archive is empty"),
    "foreign-first-member": (tar([entry("bundle/readme", b"x"), FIRST]), "first member"),
    "hard-link": (with_member("bundle/x", kind=b"1"), "hard link"),
    "symbolic-link": (with_member("bundle/x", kind=b"2"), "symbolic link"),
    "character-device": (with_member("bundle/x", kind=b"3"), "character device"),
    "block-device": (with_member("bundle/x", kind=b"4"), "block device"),
    "directory-type": (with_member("bundle/blobs", kind=b"5"), "directory"),
    "directory-by-slash": (with_member("bundle/blobs/"), "directory"),
    "named-pipe": (with_member("bundle/x", kind=b"6"), "named pipe"),
    "pax-header": (with_member("bundle/x", kind=b"x"), "pax header"),
    "pax-global": (with_member("bundle/x", kind=b"g"), "pax global"),
    "gnu-long-name": (with_member("././@LongLink", kind=b"L"), "long name"),
    "gnu-long-link": (with_member("././@LongLink", kind=b"K"), "long link"),
    "gnu-sparse": (with_member("bundle/x", kind=b"S"), "sparse"),
    "vendor-type": (with_member("bundle/x", kind=b"Z"), "type"),
    "absolute-name": (with_member("/etc/passwd"), "absolute"),
    "parent-in-name": (with_member("bundle/../../etc/passwd"), "'..'"),
    "dot-in-name": (with_member("bundle/./x"), "unusual name"),
    "double-slash": (with_member("bundle//x"), "unusual name"),
    "control-byte-in-name": (with_member("bundle/a\nb"), "control byte"),
    "escape-in-name": (with_member("bundle/\x1b[2J"), "control byte"),
    "backslash-in-name": (with_member("bundle\\x"), "backslash"),
    "not-ascii-name": (with_member("bundle/\xe9"), "unusual name"),
    "hidden-name": (with_member("bundle/.ssh"), "unusual name"),
    "outside-bundle": (with_member("other/x"), "outside bundle/"),
    "empty-name": (with_member(""), "empty member name"),
    "ustar-prefix": (with_member("x", prefix=b"bundle"), "more than 100 bytes"),
    "duplicate-member": (tar([FIRST, FIRST]), "duplicate"),
    "wrong-checksum": (with_member("bundle/x", checksum=1), "checksum"),
    "size-not-octal": (with_member("bundle/x", size_field=b"99999999999\x00"), "octal"),
    "size-negative": (with_member("bundle/x", size_field=b"-0000000001\x00"), "octal"),
    "size-base-256": (with_member("bundle/x", size_field=b"\x80" + b"\xff" * 11), "octal"),
    "size-huge": (tar([FIRST, header("bundle/x", 8**11 - 1)]), "claims more than"),
    "size-beyond-the-end": (tar([FIRST, header("bundle/x", 20_000)]), "cut short"),
    "padding-not-zero": (
        tar([header("bundle/FORMAT", len(FORMAT)) + FORMAT + b"x" * (BLOCK - len(FORMAT))]),
        "padding",
    ),
    "no-end-blocks": (tar([FIRST], end=b""), "cut short"),
    "one-end-block": (tar([FIRST], end=bytes(BLOCK)), "cut short"),
    "lone-zero-block": (tar([FIRST, bytes(BLOCK), FIRST]), "lone zero block"),
    "data-after-the-end": (tar([FIRST], end=END + FIRST), "follows the end"),
    "byte-after-the-end": (tar([FIRST], end=END + b"\x00\x00x"), "follows the end"),
    "second-archive-after-the-end": (SOUND + SOUND, "follows the end"),
    "too-many-members": (
        tar([FIRST, *(entry(f"bundle/blobs/b{n}") for n in range(30))]),
        "more than 20 members",
    ),
    "too-much-in-all": (
        tar([FIRST, *(entry(f"bundle/blobs/b{n}", os.urandom(30_000)) for n in range(12))]),
        "larger than 65536",
    ),
}


@pytest.mark.parametrize(("data", "word"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_hostile_archive_is_refused(tmp_path: Path, data: bytes, word: str, packed: bool) -> None:
    path = write_file(tmp_path, squeeze(data) if packed and data else data)
    with pytest.raises(BundleRefusedError) as refusal:
        read_archive(path, limits=SMALL)
    assert word in str(refusal.value)
    assert str(refusal.value).startswith("b.tar: ")
    assert refusal.value.advice
    assert str(refusal.value).isprintable()


GZIP_CASES: dict[str, tuple[bytes, str]] = {
    "cut": (squeeze(SOUND)[:-20], "cut short"),
    "cut-trailer": (squeeze(SOUND)[:-3], "cut short"),
    "only-magic": (b"\x1f\x8b", "cut short"),
    "flipped-bit-in-crc": (squeeze(SOUND)[:-6] + b"\xff" + squeeze(SOUND)[-5:], "damaged"),
    "bad-method": (b"\x1f\x8b\x01" + bytes(30), "damaged"),
    "second-member": (squeeze(SOUND) + squeeze(SOUND), "follows the end of the gzip"),
    "empty-second-member": (squeeze(SOUND) + squeeze(b""), "follows the end of the gzip"),
    "zeros-behind": (squeeze(SOUND) + bytes(10), "follows the end of the gzip"),
    "text-behind": (squeeze(SOUND) + b"#!/bin/sh", "follows the end of the gzip"),
    "gzip-in-gzip": (squeeze(squeeze(SOUND)), "not a tar archive"),
}


@pytest.mark.parametrize(("data", "word"), GZIP_CASES.values(), ids=GZIP_CASES.keys())
def test_hostile_gzip_is_refused(tmp_path: Path, data: bytes, word: str) -> None:
    with pytest.raises(BundleRefusedError, match=word):
        read_archive(write_file(tmp_path, data))


def bomb(head: bytes, zeros: int) -> Iterator[bytes]:
    """Compress a head and a long run of zeros without ever holding them."""
    engine = zlib.compressobj(9, wbits=31)
    yield engine.compress(head)
    for _ in range(zeros // MIB):
        yield engine.compress(bytes(MIB))
    yield engine.flush()


BOMBS: dict[str, bytes] = {
    "zeros-behind-the-end": tar([FIRST]),
    "one-large-member": FIRST + header("bundle/blobs/b1", 400 * MIB),
    "nothing-but-zeros": b"",
}


@pytest.mark.parametrize("head", BOMBS.values(), ids=BOMBS.keys())
def test_a_gigabyte_of_zeros_is_refused_early(tmp_path: Path, head: bytes) -> None:
    path = write_file(tmp_path, b"".join(bomb(head, 1024 * MIB)), "bomb.tar.gz")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(BundleRefusedError, match="beyond 200 times"):
        read_archive(path)
    assert time.process_time() - start < 5
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 256 * 1024  # KiB: far below the gigabyte that the file claims


def test_a_ratio_within_the_limit_is_read(tmp_path: Path) -> None:
    line = b'{"kind":"Pod","spec":{}}\n'
    made = members(changes={"api/p1.ndjson": line * 4000})
    found = read_archive(write_file(tmp_path, squeeze(pack(made))))
    assert found.members["bundle/api/p1.ndjson"] == line * 4000


LIMITS: dict[str, tuple[Limits, str]] = {
    "file": (Limits(compressed_size=100), "larger than 100 bytes"),
    "all-members": (Limits(inflated_size=2_000), "more than 2000 bytes"),
    "one-member": (Limits(member_size=10), "claims more than 10 bytes"),
    "members": (Limits(members=3), "more than 3 members"),
    "ratio": (Limits(ratio=1, ratio_grace=100), "beyond 1 times"),
    "name": (Limits(name_length=14), "more than 14 bytes"),
}


@pytest.mark.parametrize(("limits", "word"), LIMITS.values(), ids=LIMITS.keys())
def test_each_limit_holds(tmp_path: Path, limits: Limits, word: str) -> None:
    path = write_file(tmp_path, squeeze(SOUND))
    assert read_archive(path).members
    with pytest.raises(BundleRefusedError, match=word):
        read_archive(path, limits=limits)


def test_gnu_form_and_padding_are_read(tmp_path: Path) -> None:
    made = members()
    entries = (entry(f"bundle/{n}", d, magic=b"ustar  \x00") for n, d in made.items())
    path = write_file(tmp_path, tar(entries, end=bytes(20 * BLOCK)))
    found = read_archive(path)
    assert list(found.members) == [f"bundle/{name}" for name in made]
    assert [*found.members.values()] == [*made.values()]
    assert found.size == path.stat().st_size


@settings(max_examples=300, suppress_health_check=EXPECTED)
@given(data=st.binary(max_size=3000))
def test_any_bytes_end_in_a_refusal(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BundleRefusedError):
        read_bundle(write_file(tmp_path, data))


@settings(max_examples=300, suppress_health_check=EXPECTED)
@given(place=st.integers(0, len(SOUND) - 1), bit=st.integers(0, 7), packed=st.booleans())
def test_a_flipped_bit_never_goes_unseen(
    tmp_path: Path, place: int, bit: int, packed: bool
) -> None:
    """Either the bundle is refused, or nothing that is read from it has changed."""
    data = bytearray(squeeze(SOUND) if packed else SOUND)
    data[place % len(data)] ^= 1 << bit
    path = write_file(tmp_path, bytes(data))
    sound = read_bundle(write_file(tmp_path, SOUND, "sound.tar"))
    try:
        found = read_bundle(path)
    except BundleRefusedError:
        return
    assert found.members == sound.members
    assert found.fingerprint == sound.fingerprint


@settings(max_examples=100, suppress_health_check=EXPECTED)
@given(cut=st.integers(0, len(SOUND) - 1))
def test_a_cut_file_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(BundleRefusedError):
        read_bundle(write_file(tmp_path, SOUND[:cut]))


def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    pipe = tmp_path / "b.tar.gz"
    os.mkfifo(pipe)
    outcome: list[BaseException] = []

    def attempt() -> None:
        try:
            read_bundle(pipe)
        except BundleRefusedError as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert "not a regular file" in str(outcome[0])


def fill(folder: Path) -> None:
    for name in ("b.tar", "a.tgz", "c.tar.gz"):
        made = members(changes={"log.txt": name.encode()})
        data = pack(made) if name.endswith(".tar") else squeeze(pack(made))
        write_file(folder, data, name)


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    fill(tmp_path)
    write_file(tmp_path, b"not a bundle, and not named as one", "readme.txt")
    (tmp_path / "deeper.tar").with_suffix("").mkdir()
    write_file(tmp_path / "deeper", b"never looked at", "x.tar")
    found = read_bundles((tmp_path,))
    assert [bundle.name for bundle in found] == ["a.tgz", "b.tar", "c.tar.gz"]


def test_the_same_bundle_counts_once(tmp_path: Path) -> None:
    path = write_file(tmp_path, SOUND)
    assert len(read_bundles((path, tmp_path, path))) == 1


def linked(folder: Path) -> None:
    (folder / "z.tar").symlink_to(folder / "b.tar")


def piped(folder: Path) -> None:
    os.mkfifo(folder / "z.tar")


def nested(folder: Path) -> None:
    (folder / "z.tar").mkdir()


@pytest.mark.parametrize("spoil", [linked, piped, nested])
def test_a_folder_with_odd_entries_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    fill(tmp_path)
    spoil(tmp_path)
    with pytest.raises(BundleRefusedError, match=r"z\.tar: not a regular file"):
        read_bundles((tmp_path,))


def test_a_folder_without_bundles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleRefusedError, match="holds no"):
        read_bundles((tmp_path,))


@pytest.mark.parametrize("name", ["missing.tar.gz", "nul\x00.tar"], ids=["missing", "nul"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleRefusedError, match="cannot be opened"):
        read_bundles((tmp_path / name,))
