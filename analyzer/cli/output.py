"""Writing result files: whole or not at all."""

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path

from analyzer.model.errors import UsageError


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder: drafts first, put in place only when all are written.

    Args:
        folder: Made when it does not exist.
        files: Bytes by plain file name.

    Returns:
        The paths written, in the order given.

    Raises:
        UsageError: The folder cannot be made or written.
    """
    drafts = {folder / name: folder / f".{name}.{os.getpid()}.part" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(drafts, files.values(), strict=True):
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder has that name", str(path))
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as failure:
        raise UsageError(
            str(failure.filename or folder),
            f"cannot be written ({failure.strerror})",
            advice="Name another folder.",
        ) from failure
    finally:
        for draft in drafts.values():
            _remove(draft)
    return tuple(folder / name for name in files)


def _remove(draft: Path) -> None:
    with contextlib.suppress(OSError):  # gone already, or its folder was never made
        draft.unlink()
