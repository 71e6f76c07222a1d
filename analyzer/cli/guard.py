"""Work that must not be lost: a workbook that somebody has saved is never overwritten."""

from pathlib import Path

from analyzer.judgement.untouched import is_untouched
from analyzer.judgement.workbook_archive import LIMIT_BYTES
from analyzer.model.errors import UsageError


def keep_words(path: Path) -> None:
    """Refuse to overwrite a workbook that is no longer as we wrote it.

    Args:
        path: Where a workbook is to be written.

    Raises:
        UsageError: Somebody may have typed into the one that is there.
        OSError: It cannot be read.
    """
    if not path.is_file():
        return
    with path.open("rb") as file:
        content = file.read(LIMIT_BYTES + 1)
    if not is_untouched(content):
        raise UsageError(
            str(path),
            "has been saved by somebody since it was written, and may hold an auditor's words",
            advice="Read them with kube-evidence review, and write into another folder with -o, "
            "or move the workbook away.",
        )
