"""Reviews laid over results: dispositions follow, verdicts never do, stale ones have no effect."""

from dataclasses import replace

import pytest

from analyzer.judgement.review_file import ReviewFile
from analyzer.judgement.reviews import apply_reviews
from analyzer.model.assessment import ControlResult
from analyzer.model.digests import facts_digest, result_digest
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Method, Review, ReviewVerdict
from analyzer.model.verdict import Disposition, Verdict
from tests.reports.builder import build

CONTROLS = build(texts=("a text", "another"), people=False).controls
UID = "6d3f0a12-8a5e-4a52-9a51-0b9a6f1f0001"


def one(verdict: Verdict) -> ControlResult:
    return next(c for c in CONTROLS if c.verdict is verdict)


def review_of(control: ControlResult, verdict: ReviewVerdict, result: str | None = None) -> Review:
    return Review(
        control=control.id,
        verdict=verdict,
        method=Method.EXAMINE,
        comment="Because.",
        reviewer="Ada",
        reviewed_on="2026-01-05",
        observed=control.verdict,
        result=result or result_digest(control),
    )


def file_of(*reviews: Review, benchmark: str = "cis-1.10", cluster: str = UID) -> ReviewFile:
    return ReviewFile(benchmark=benchmark, cluster=cluster, report="", reviews=reviews)


def applied(file: ReviewFile, uid: str | None = UID) -> dict[str, ControlResult]:
    found = apply_reviews(CONTROLS, file, benchmark="cis-1.10", cluster_uid=uid)
    assert [c.id for c in found] == [c.id for c in CONTROLS]
    return {c.id: c for c in found}


@pytest.mark.parametrize("observed", list(Verdict))
@pytest.mark.parametrize(
    ("word", "follows"),
    [
        (ReviewVerdict.PASS, Disposition.COMPLIANT),
        (ReviewVerdict.FAIL, Disposition.NON_COMPLIANT),
        (ReviewVerdict.NOT_APPLICABLE, Disposition.NOT_APPLICABLE),
        (ReviewVerdict.COMPENSATED, Disposition.COMPENSATED),
        (ReviewVerdict.NEED_MORE_EVIDENCE, Disposition.PENDING_REVIEW),
    ],
)
def test_a_decision_decides_what_follows(
    word: ReviewVerdict, follows: Disposition, observed: Verdict
) -> None:
    control = one(observed)
    found = applied(file_of(review_of(control, word)))[control.id]
    assert found.disposition is follows
    assert found.review is not None
    assert not found.review.stale
    assert found.review.why == ""
    assert found.review.computed is control.disposition
    assert replace(found, review=None, disposition=control.disposition) == control


@pytest.mark.parametrize(
    ("observed", "follows"),
    [
        (Verdict.PASS, Disposition.COMPLIANT),
        (Verdict.FAIL, Disposition.NON_COMPLIANT),
        (Verdict.MANUAL, Disposition.PENDING_REVIEW),
        (Verdict.NO_EVIDENCE, Disposition.NOT_ASSESSED),
        (Verdict.ERROR, Disposition.NOT_ASSESSED),
    ],
)
def test_to_agree_leaves_open_what_was_open(observed: Verdict, follows: Disposition) -> None:
    control = one(observed)
    found = applied(file_of(review_of(control, ReviewVerdict.AGREE)))[control.id]
    assert found.disposition is follows
    assert found.review is not None


def test_every_word_is_tried() -> None:
    """The tables above leave no word of an auditor out."""
    assert len(ReviewVerdict) == 6


def test_to_agree_keeps_an_accepted_risk() -> None:
    control = replace(one(Verdict.FAIL), disposition=Disposition.ACCEPTED_RISK)
    file = file_of(review_of(control, ReviewVerdict.AGREE))
    (found,) = apply_reviews((control,), file, benchmark="cis-1.10", cluster_uid=UID)
    assert found.disposition is Disposition.ACCEPTED_RISK


def test_a_review_of_another_result_is_shown_without_effect() -> None:
    control = one(Verdict.FAIL)
    old = replace(review_of(control, ReviewVerdict.PASS, "0" * 16), observed=Verdict.NO_EVIDENCE)
    found = applied(file_of(old))[control.id]
    assert found.disposition is Disposition.NON_COMPLIANT
    assert found.review is not None
    assert found.review.stale
    assert found.review.review == old
    assert "was no-evidence" in found.review.why
    assert "is fail now" in found.review.why


def test_a_review_is_stale_too_when_only_the_findings_differ() -> None:
    control = one(Verdict.FAIL)
    word = review_of(control, ReviewVerdict.COMPENSATED)
    first = replace(control.findings[0], facts=facts_digest("something else", ""))
    moved = replace(control, findings=(first, *control.findings[1:]))
    (found,) = apply_reviews((moved,), file_of(word), benchmark="cis-1.10", cluster_uid=UID)
    assert found.disposition is control.disposition
    assert found.review is not None
    assert found.review.stale
    assert "is fail as it was" in found.review.why


def test_wording_and_evidence_ids_do_not_make_a_review_stale() -> None:
    control = one(Verdict.FAIL)
    word = review_of(control, ReviewVerdict.COMPENSATED)
    first = replace(control.findings[0], explanation="Said otherwise.", evidence=("EV-9999",))
    moved = replace(control, findings=(first, *control.findings[1:]), explanation="Otherwise.")
    (found,) = apply_reviews((moved,), file_of(word), benchmark="cis-1.10", cluster_uid=UID)
    assert found.disposition is Disposition.COMPENSATED


def test_earlier_reviews_are_taken_back() -> None:
    control = one(Verdict.FAIL)
    file = file_of(review_of(control, ReviewVerdict.PASS))
    once = apply_reviews(CONTROLS, file, benchmark="cis-1.10", cluster_uid=UID)
    assert once != CONTROLS
    assert apply_reviews(once, file, benchmark="cis-1.10", cluster_uid=UID) == once
    assert apply_reviews(once, file_of(), benchmark="cis-1.10", cluster_uid=UID) == CONTROLS


def test_another_benchmark_is_refused() -> None:
    with pytest.raises(UserFileError, match=r"cis-1\.9.*cis-1\.10"):
        applied(file_of(benchmark="cis-1.9"))


def test_another_cluster_is_refused_only_when_both_are_known() -> None:
    with pytest.raises(UserFileError, match="of 6d3f"):
        applied(file_of(cluster="other"))
    applied(file_of(cluster=""))
    applied(file_of(cluster="other"), uid=None)


def test_a_control_that_the_benchmark_lacks_is_refused() -> None:
    ghost = replace(review_of(CONTROLS[0], ReviewVerdict.AGREE), control="9.9.9")
    with pytest.raises(UserFileError, match=r"no control 9\.9\.9"):
        applied(file_of(ghost))
