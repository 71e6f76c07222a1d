"""Writing result files: whole or not at all."""

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path

from analyzer.cli.guard import keep_words
from analyzer.model.errors import UsageError


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder: drafts first, put in place only when all are written.

    Args:
        folder: Made when it does not exist.
        files: Bytes by file name, which may name one folder below ``folder``.

    Returns:
        The paths written, in the order given.

    Raises:
        UsageError: The folder cannot be made or written, or a workbook there is somebody's.
    """
    paths = [folder / name for name in files]
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in paths}
    try:
        for path in paths:
            if path.suffix == ".xlsx":
                keep_words(path)
        for path, content in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder has that name", str(path))
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as failure:
        raise UsageError(
            _named(failure.filename, folder),
            f"cannot be written ({failure.strerror})",
            advice="Name another folder, or free some space.",
        ) from failure
    finally:
        for draft in drafts.values():
            _remove(draft)
    return tuple(paths)


def _named(name: object, folder: Path) -> str:
    """Name what the user knows: a draft is ours."""
    return str(folder) if name is None or str(name).endswith(".part") else str(name)


def _remove(draft: Path) -> None:
    with contextlib.suppress(OSError):  # gone already, or its folder was never made
        draft.unlink()
