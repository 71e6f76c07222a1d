"""``kube-evidence review``: an auditor's verdicts out of a filled-in workbook."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.cli.console import say
from analyzer.cli.exits import printable
from analyzer.cli.kept import load_assessment
from analyzer.cli.output import write_all
from analyzer.formats.user_file import read_user_file
from analyzer.judgement.review_file import ReviewFile, is_date, load_reviews, write_reviews
from analyzer.judgement.reviews import apply_reviews
from analyzer.judgement.workbook import WorkbookReview
from analyzer.judgement.workbook_archive import LIMIT_BYTES
from analyzer.model.assessment import Assessment
from analyzer.model.errors import UsageError, UserFileError
from analyzer.model.judgement import ReviewVerdict
from analyzer.model.verdict import Disposition
from analyzer.pipeline.review import review_workbook

_NAMED = 12
_NEXT = ("--format", "json,xlsx,md", "-o", "reviewed")
"""Into a folder of its own: the workbook that was filled in stays as it is, and the next round
finds workbook and assessment side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """What the user asked for.

    Attributes:
        assessment: None takes the assessment.json beside the workbook.
        reviewer, date: For rows that leave the cell empty; empty when not given.
    """

    workbook: Path
    assessment: Path | None
    output: Path
    reviewer: str
    date: str


def run_review(request: ReviewRequest) -> None:
    """Read the workbook, write the reviews, and say what came out.

    Raises:
        UsageError: The date is none, or the output cannot or must not be written.
        UserFileError: The workbook or the assessment makes no sense.
    """
    _check_date(request.date)
    content = read_user_file(request.workbook, option="WORKBOOK", limit_bytes=LIMIT_BYTES)
    source = _assessment_path(request)
    assessment = load_assessment(source)
    found = review_workbook(
        content,
        assessment,
        name=str(request.workbook),
        reviewer=request.reviewer,
        reviewed_on=request.date,
    )
    lost = _lost(request, source, found.file)
    for warning in (*found.warnings, *lost):
        sys.stderr.write(f"warning: {printable(warning)}\n")
    write_all(request.output.parent, {request.output.name: write_reviews(found.file)})
    for line in _summary(found, assessment):
        say(printable(line))
    say(printable(f"written   {request.output}"))
    words = [str(source), "--reviews", str(request.output), *_NEXT]
    say(printable(f"next      kube-evidence report {shlex.join(words)}"))


def _check_date(text: str) -> None:
    if text and not is_date(text):
        raise UsageError("--date", f"{text} is no date", advice="Write it as YYYY-MM-DD.")


def _assessment_path(request: ReviewRequest) -> Path:
    if request.assessment is not None:
        return request.assessment
    beside = request.workbook.parent / "assessment.json"
    if not beside.is_file():
        raise UserFileError(
            str(request.workbook),
            "no assessment.json is beside it",
            advice="Name the one that was written with the workbook with --assessment.",
        )
    return beside


def _lost(request: ReviewRequest, source: Path, new: ReviewFile) -> tuple[str, ...]:
    """Look at what the output would overwrite: refuse what is no older state of it."""
    output = request.output
    if output.resolve() in (request.workbook.resolve(), source.resolve()):
        raise UsageError(str(output), "is one of the inputs", advice="Name another file with -o.")
    if not output.is_file():
        return ()
    old = load_reviews(output)
    if (old.benchmark, old.cluster) != (new.benchmark, new.cluster):
        raise UsageError(
            str(output),
            f"holds reviews of {old.benchmark}, cluster {old.cluster or '(unknown)'}",
            advice="Name another file with -o.",
        )
    now = {review.control for review in new.reviews}
    gone = [review.control for review in old.reviews if review.control not in now]
    if not gone:
        return ()
    return (f"{output} held reviews that are no longer in it: {_numbers(gone)}",)


def _summary(found: WorkbookReview, assessment: Assessment) -> Iterator[str]:
    reviews, controls = found.file.reviews, assessment.controls
    yield (
        f"reviewed  {len(reviews)} of {len(controls)} controls of {assessment.benchmark_id}: "
        f"{len(found.made)} new or changed, {len(found.kept)} as before, "
        f"{len(found.cleared)} taken back"
    )
    counts = Counter(review.verdict for review in reviews)
    words = [f"{counts[verdict]} {verdict.value}" for verdict in ReviewVerdict if counts[verdict]]
    if words:
        yield f"          {', '.join(words)}"
    if found.stale:
        yield (
            f"stale     {len(found.stale)}: {_numbers(found.stale)}; the results have changed "
            "since, review them again"
        )
    done = apply_reviews(
        controls,
        found.file,
        benchmark=assessment.benchmark_id,
        cluster_uid=assessment.cluster.uid,
    )
    pending = sum(c.disposition is Disposition.PENDING_REVIEW for c in done)
    yield f"pending   {pending} controls wait for a review or for more evidence"


def _numbers(numbers: "tuple[str, ...] | list[str]") -> str:
    rest = len(numbers) - _NAMED
    return ", ".join(numbers[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
