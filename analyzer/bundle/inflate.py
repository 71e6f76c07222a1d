"""A byte stream out of a gzip file or a plain file, counted while it flows."""

import hashlib
import zlib
from typing import BinaryIO, Protocol

from analyzer.bundle.limits import Limits
from analyzer.bundle.refusal import ADVICE_COPY, ADVICE_FOREIGN, ADVICE_LIMIT, refuse

_CHUNK = 256 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # a gzip header and trailer, whose CRC zlib checks


class ByteStream(Protocol):
    """Something that hands out the tar stream in order."""

    def read(self, size: int) -> bytes:
        """Return exactly ``size`` bytes, or fewer at the end of the stream."""


class CountedFile:
    """The archive as a file: hashes and counts every byte that is taken from it."""

    def __init__(self, *, handle: BinaryIO, where: str, limits: Limits) -> None:
        """Wrap an open regular file; the caller closes it."""
        self._handle = handle
        self._where = where
        self._limit = limits.compressed_size
        self._hash = hashlib.sha256()
        self.count = 0

    def chunk(self, size: int = _CHUNK) -> bytes:
        """Return up to ``size`` bytes; empty at the end.

        Raises:
            BundleRefusedError: The file is larger than the limit.
        """
        data = self._handle.read(size)
        self.count += len(data)
        if self.count > self._limit:
            raise refuse(self._where, f"archive is larger than {self._limit} bytes", ADVICE_LIMIT)
        self._hash.update(data)
        return data

    def sha256(self) -> str:
        """Return the SHA-256 of what was read, as 64 hex digits."""
        return self._hash.hexdigest()


class PlainStream:
    """An uncompressed tar file."""

    def __init__(self, *, source: CountedFile, head: bytes, where: str, limits: Limits) -> None:
        """Start with the bytes that were already taken to recognise the format."""
        self._source = source
        self._buffer = bytearray(head)
        self._where = where
        self._limit = limits.inflated_size
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return exactly ``size`` bytes, or fewer at the end of the file."""
        while len(self._buffer) < size:
            data = self._source.chunk()
            if not data:
                break
            self._buffer += data
        out = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._given += len(out)
        if self._given > self._limit:
            raise refuse(self._where, f"holds more than {self._limit} bytes", ADVICE_LIMIT)
        return out


class GzipStream:
    """A single gzip member, inflated in bounded steps.

    The standard library's gzip reader accepts concatenated members and trailing
    zeros without a word; here exactly one member must fill the file.
    """

    def __init__(self, *, source: CountedFile, head: bytes, where: str, limits: Limits) -> None:
        """Start with the bytes that were already taken to recognise the format."""
        self._source = source
        self._pending = head
        self._where = where
        self._limits = limits
        self._engine = zlib.decompressobj(wbits=_GZIP_WINDOW)
        self._buffer = bytearray()
        self._inflated = 0

    def read(self, size: int) -> bytes:
        """Return exactly ``size`` bytes, or fewer at the end of the stream.

        Raises:
            BundleRefusedError: Damaged, cut, too large, too well compressed, or
                followed by anything.
        """
        while len(self._buffer) < size and not self._engine.eof:
            self._step()
        out = bytes(self._buffer[:size])
        del self._buffer[:size]
        return out

    def _step(self) -> None:
        if not self._pending:
            self._pending = self._source.chunk()
            if not self._pending:
                raise refuse(self._where, "gzip stream is cut short", ADVICE_COPY)
        try:
            data = self._engine.decompress(self._pending, _CHUNK)
        except zlib.error as error:
            raise refuse(self._where, f"gzip stream is damaged ({error})", ADVICE_COPY) from error
        self._pending = self._engine.unconsumed_tail
        self._inflated += len(data)
        self._check_growth()
        self._buffer += data
        if self._engine.eof:
            self._refuse_trailer()

    def _check_growth(self) -> None:
        limits = self._limits
        if self._inflated > limits.inflated_size:
            what = f"inflates to more than {limits.inflated_size} bytes"
            raise refuse(self._where, what, ADVICE_LIMIT)
        if self._inflated > max(limits.ratio_grace, limits.ratio * self._source.count):
            what = f"inflates beyond {limits.ratio} times its size"
            raise refuse(self._where, what, ADVICE_LIMIT)

    def _refuse_trailer(self) -> None:
        if self._engine.unused_data or self._source.chunk(1):
            raise refuse(self._where, "data follows the end of the gzip stream", ADVICE_COPY)


def open_stream(*, source: CountedFile, where: str, limits: Limits) -> ByteStream:
    """Recognise gzip by its first bytes; anything else is taken for a plain tar.

    Raises:
        BundleRefusedError: The file is empty.
    """
    head = source.chunk()
    if not head:
        raise refuse(where, "file is empty", ADVICE_FOREIGN)
    stream = GzipStream if head.startswith(_GZIP_MAGIC) else PlainStream
    return stream(source=source, head=head, where=where, limits=limits)
