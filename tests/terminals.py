"""The near side of a pseudo-terminal: what a program at its far side wrote."""

import errno
import os


def read_to_end(stream: int) -> bytes:
    """Return all that comes until the far side is closed; one reading may be a part of it."""
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(stream, 65_536)
        except OSError as failure:
            if failure.errno != errno.EIO:  # how Linux says that a terminal's other side is closed
                raise
            part = b""
        if not part:
            return b"".join(parts)
        parts.append(part)
