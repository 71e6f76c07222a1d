"""What the user named -> the archives to read."""

import os
import stat
from pathlib import Path

from analyzer.bundle.limits import Limits
from analyzer.bundle.refusal import ADVICE_FOREIGN, ADVICE_LIMIT, refuse, shown

SUFFIXES = (".tar.gz", ".tgz", ".tar")


def bundle_paths(paths: tuple[Path, ...], *, limits: Limits) -> tuple[Path, ...]:
    """Expand folders; files stay as they were named.

    Raises:
        BundleRefusedError: A folder holds no bundle or cannot be listed, or one of its
            archives is a link or not a regular file.
    """
    found: list[Path] = []
    for path in paths:
        found.extend(_in_folder(path, limits) if _is_folder(path) else (path,))
    return tuple(found)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False  # opening it as a file says what is wrong


def _in_folder(folder: Path, limits: Limits) -> list[Path]:
    """List the archives of one folder, in the order of their names' bytes, links refused."""
    where = folder.name or str(folder)
    try:
        names = sorted(os.listdir(folder), key=os.fsencode)  # noqa: PTH208 - names, not paths
    except OSError as error:
        raise refuse(where, f"cannot be listed ({error.strerror})", ADVICE_FOREIGN) from error
    chosen = [folder / name for name in names if name.endswith(SUFFIXES)]
    if not chosen:
        raise refuse(where, "folder holds no .tar.gz, .tgz or .tar file", ADVICE_FOREIGN)
    if len(chosen) > limits.bundles:
        raise refuse(where, f"folder holds more than {limits.bundles} archives", ADVICE_LIMIT)
    for path in chosen:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise refuse(shown(path.name), "not a regular file", ADVICE_FOREIGN)
    return chosen
