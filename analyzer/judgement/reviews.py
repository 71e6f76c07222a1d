"""Reviews laid over results: what an auditor concludes decides what follows, never the verdict.

An auditor may come to another conclusion than the tool, a pass over a failed verdict included:
that is what auditors are for. The observed verdict stays beside it in every report.
"""

from dataclasses import replace

from analyzer.judgement.review_file import ReviewFile
from analyzer.model.assessment import ControlResult
from analyzer.model.digests import result_digest
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import REVIEW_DISPOSITION, AppliedReview, Review


def apply_reviews(
    controls: tuple[ControlResult, ...],
    file: ReviewFile,
    *,
    benchmark: str,
    cluster_uid: str | None,
) -> tuple[ControlResult, ...]:
    """Lay reviews over the rows of an assessment.

    Args:
        controls: After waivers; an earlier review is taken back first.
        file: What auditors concluded.
        benchmark: The assessment's.
        cluster_uid: The assessment's; None where unknown.

    Returns:
        The same rows; ``review`` and ``disposition`` are all that may differ.

    Raises:
        UserFileError: The file is of another benchmark or cluster, or reviews a control that
            the benchmark lacks.
    """
    _refuse_foreign(file, benchmark, cluster_uid)
    known = {control.id for control in controls}
    unknown = [review.control for review in file.reviews if review.control not in known]
    if unknown:
        raise UserFileError(
            file.name,
            f"{benchmark} has no control {', '.join(unknown)}",
            advice="Mend the number, or take the entry out.",
        )
    by_control = {review.control: review for review in file.reviews}
    return tuple(_reviewed(control, by_control.get(control.id)) for control in controls)


def _refuse_foreign(file: ReviewFile, benchmark: str, cluster_uid: str | None) -> None:
    if file.benchmark != benchmark:
        raise UserFileError(
            file.name,
            f"reviews {file.benchmark}, but the assessment is of {benchmark}",
            advice=f"Give it with --benchmark {file.benchmark}; control numbers differ.",
        )
    if file.cluster and cluster_uid and file.cluster != cluster_uid:
        raise UserFileError(
            file.name,
            f"reviews cluster {file.cluster}, but the assessment is of {cluster_uid}",
            advice="Give the reviews of this cluster.",
        )


def _reviewed(control: ControlResult, review: Review | None) -> ControlResult:
    computed = control.review.computed if control.review else control.disposition
    if review is None:
        return replace(control, review=None, disposition=computed)
    stale = result_digest(control) != review.result
    why = _why_stale(control, review) if stale else ""
    # To agree with a verdict that leaves a question open does not answer the question.
    follows = None if stale else REVIEW_DISPOSITION.get(review.verdict)
    return replace(
        control,
        review=AppliedReview(review=review, stale=stale, why=why, computed=computed),
        disposition=follows or computed,
    )


def _why_stale(control: ControlResult, review: Review) -> str:
    if review.observed is control.verdict:
        return (
            f"The verdict is {control.verdict.value} as it was when it was reviewed, but what it "
            "rests on has changed; the review has no effect until it is repeated."
        )
    return (
        f"The verdict was {review.observed.value} when it was reviewed and is "
        f"{control.verdict.value} now; the review has no effect until it is repeated."
    )
