"""The container of a workbook: which parts it has, opened within limits, nothing extracted.

The file comes back from people and by mail, so it is treated as hostile: no macros, no
passwords, every size counted while it is inflated.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from analyzer.model.errors import UserFileError

SAVE_AGAIN = "Save it as a workbook (.xlsx), without a password, and run again."
FILL_AGAIN = "Take the report.xlsx that analyze wrote, and fill in its Controls sheet."

LIMIT_BYTES = 256 * 1024 * 1024
"""Largest workbook that is opened."""

_PARTS = 2_000
_PART_BYTES = 256 * 1024 * 1024
_CHUNK = 256 * 1024
_STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY = b"PK\x01\x02"

# What zipfile and zlib raise on damaged or contrived archives; found by flipping bytes.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
)

_OTHER_KINDS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda data: not data, "is empty"),
    (
        lambda data: data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        "is a workbook of the old kind (.xls), or one with a password",
    ),
    (lambda data: data.startswith(b"%PDF"), "is a PDF"),
    (lambda data: not data.startswith(b"PK"), "is not a workbook"),
    (lambda data: len(data) > LIMIT_BYTES, "is larger than 256 MiB"),
    (lambda data: data.count(_ENTRY) > _PARTS, "has too many parts for a workbook"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An opened container.

    Attributes:
        name: What messages call the workbook.
        parts: Its parts by name.
    """

    name: str
    zip: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]

    def chunks(self, part: str) -> Iterator[bytes]:
        """Inflate one part, piece by piece.

        Raises:
            UserFileError: There is no such part, it is damaged, or too large.
        """
        info = self.parts.get(part)
        if info is None:
            raise UserFileError(self.name, f"lacks its part {part}", advice=SAVE_AGAIN)
        total = 0
        try:
            with self.zip.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    total += len(piece)
                    if total > _PART_BYTES:
                        break
                    yield piece
        except _DAMAGE as failure:
            raise damaged(self.name, failure) from failure
        if total > _PART_BYTES:
            raise UserFileError(self.name, f"its part {part} is too large", advice=FILL_AGAIN)


def open_archive(content: bytes, name: str) -> Archive:
    """Open a workbook's container.

    Raises:
        UserFileError: Not a workbook of the open kind, damaged, with macros or a password, or
            beyond the limits.
    """
    for applies, what in _OTHER_KINDS:
        if applies(content):
            raise UserFileError(name, what, advice=SAVE_AGAIN)
    try:
        opened = zipfile.ZipFile(BytesIO(content))
    except _DAMAGE as failure:
        raise damaged(name, failure) from failure
    parts = {info.filename: info for info in opened.infolist()}
    what = _refusal(opened.infolist(), set(parts))
    if what:
        raise UserFileError(name, what, advice=SAVE_AGAIN)
    return Archive(name=name, zip=opened, parts=parts)


def damaged(name: str, failure: Exception) -> UserFileError:
    """Return the refusal of a file that no spreadsheet would open either."""
    return UserFileError(name, f"is damaged ({failure})", advice=SAVE_AGAIN)


def _refusal(entries: list[zipfile.ZipInfo], names: set[str]) -> str:
    if len(names) != len(entries):
        return "has a part twice"
    if any(entry.flag_bits & 1 for entry in entries):
        return "is protected by a password"
    if any(entry.compress_type not in _STORED for entry in entries):
        return "is compressed in a way that no workbook is"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "holds macros"
    if "content.xml" in names and "mimetype" in names:
        return "is an OpenDocument file"
    if "xl/workbook.bin" in names:
        return "is a binary workbook (.xlsb)"
    if "[Content_Types].xml" not in names:
        return "is an archive, but not a workbook"
    return ""
