"""Work that must not be lost: an auditor's verdicts in a workbook that is to be overwritten."""

from pathlib import Path

from analyzer.judgement.user_file import read_user_file
from analyzer.judgement.workbook_archive import LIMIT_BYTES
from analyzer.model.assessment import Assessment
from analyzer.model.errors import UsageError
from analyzer.pipeline.review import unread_verdicts

WORKBOOK = "report.xlsx"
_NAMED = 6


def keep_verdicts(path: Path, assessment: Assessment) -> None:
    """Refuse to overwrite a workbook with verdicts that the assessment does not hold.

    Args:
        path: Where the assessment's workbook is to be written.
        assessment: With the reviews that are laid over it.

    Raises:
        UsageError: A person's words would be lost.
    """
    if not path.is_file():
        return
    content = read_user_file(path, option="-o", limit_bytes=LIMIT_BYTES)
    lost = unread_verdicts(content, assessment)
    if not lost:
        return
    more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
    raise UsageError(
        str(path),
        f"holds an auditor's words that would be lost (controls {', '.join(lost[:_NAMED])}{more})",
        advice="Read them with kube-evidence review and give them with --reviews, write into "
        "another folder with -o, or move the workbook away.",
    )
