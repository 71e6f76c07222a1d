"""Archives that no collector makes, and a way to see what a script spends on them."""

import hashlib
import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest


def sparse(archive: tarfile.TarFile) -> None:
    """Add a file that claims 8 GiB and brings none of them (GNU tar's own format)."""
    extra = tarfile.TarInfo("bundle/evil")
    extra.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(extra.tobuf(tarfile.GNU_FORMAT))
    for at in (386, 483):  # where the first piece of content begins, and the whole size
        header[at : at + 12] = b"77777777777\0"
    header[398:410] = b"00000000000\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert archive.fileobj is not None
    archive.fileobj.write(bytes(header))
    archive.offset += len(header)


def packed(path: Path, count: int) -> str:
    """Write a bundle of so many empty members, sealed; returns its fingerprint."""
    names = [f"blobs/b{number}" for number in range(count)]
    empty = hashlib.sha256(b"").hexdigest()
    sums = "".join(f"{empty}  {name}\n" for name in names).encode()
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(f"bundle/{name}"))
        last = tarfile.TarInfo("bundle/SHA256SUMS")
        last.size = len(sums)
        archive.addfile(last, io.BytesIO(sums))
    return hashlib.sha256(sums).hexdigest()


def counted(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have each call of a program leave a line in the file that is returned."""
    real, notes = shutil.which(name), folder / f"{name}.calls"
    folder.mkdir()
    (folder / name).write_text(f'#!/bin/sh\necho >>{notes}\nexec {real} "$@"\n')
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return notes
