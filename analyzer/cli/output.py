"""Writing result files: whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

from analyzer.model.errors import UsageError


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, each put in place in one step.

    Args:
        folder: Made when it does not exist.
        files: Bytes by plain file name.

    Returns:
        The paths written, in the order given.

    Raises:
        UsageError: The folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _put(folder / name, content)
    except OSError as failure:
        raise UsageError(
            str(folder),
            f"cannot be written ({failure.strerror})",
            advice="Choose another folder with -o.",
        ) from failure
    return tuple(folder / name for name in files)


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
