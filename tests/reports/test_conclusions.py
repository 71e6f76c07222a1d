"""A file whose conclusions do not follow from its rows is refused, however well it adds up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from analyzer.judgement.review_file import ReviewFile
from analyzer.judgement.reviews import apply_reviews
from analyzer.judgement.waiver_file import WaiverFile
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.digests import result_digest
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Method, Review, ReviewVerdict, Waiver
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports.assessment_json import read, write
from tests.judgement.results import cluster
from tests.reports.builder import build, summarise
from tests.unit.waiver_worlds import worlds

BUILT = build()
Change = Callable[[ControlResult], ControlResult]


def with_controls(a: Assessment, controls: tuple[ControlResult, ...]) -> Assessment:
    """Return an assessment of other controls, all of whose totals are right."""
    rows = tuple(
        replace(c, counts=dict(Counter(f.verdict.value for f in c.findings))) for c in controls
    )
    return replace(a, controls=rows, summary=summarise(rows))


def _counts(control: ControlResult) -> dict[str, int]:
    return dict(Counter(found.verdict.value for found in control.findings))


def to(verdict: Verdict, disposition: Disposition) -> Change:
    return lambda c: replace(c, verdict=verdict, disposition=disposition, other_reading=None)


def disposed(word: Disposition) -> Change:
    return lambda c: replace(c, disposition=word)


def without_findings(verdict: Verdict, disposition: Disposition) -> Change:
    return lambda c: replace(
        c, verdict=verdict, disposition=disposition, findings=(), waiver=None, other_reading=None
    )


def marked(c: ControlResult) -> ControlResult:
    return replace(c, findings=tuple(replace(f, waiver="W-1") for f in c.findings))


def accepted(name: str, *, waived: int = 3, complete: bool = True) -> Change:
    """Say that a waiver accepts a failure, as one would who forges it."""

    def change(c: ControlResult) -> ControlResult:
        assert c.waiver is not None
        applied = replace(c.waiver, ids=(name,), waived=waived, complete=complete)
        findings = tuple(replace(f, waiver=name) for f in c.findings)
        return replace(c, findings=findings, waiver=applied, disposition=Disposition.ACCEPTED_RISK)

    return change


def of_another(c: ControlResult) -> ControlResult:
    assert c.review is not None
    return replace(c, review=replace(c.review, review=replace(c.review.review, control="1.1.1")))


def computed(word: Disposition) -> Change:
    def change(c: ControlResult) -> ControlResult:
        assert c.review is not None
        return replace(c, review=replace(c.review, computed=word), disposition=word)

    return change


def first(**wanted: object) -> ControlResult:
    """Return the first control of these properties: verdict, waiver, review, partial, whole."""
    seen = (
        (
            c,
            {
                "verdict": c.verdict,
                "waiver": c.waiver is not None,
                "review": c.review.review.verdict if c.review and not c.review.stale else None,
                "partial": c.partial,
                "whole": c.waiver is not None and c.waiver.complete,
            },
        )
        for c in BUILT.controls
    )
    return next(c for c, facts in seen if wanted.items() <= facts.items())


FAILED = first(verdict=Verdict.FAIL, waiver=False, review=None)
PARTLY = first(verdict=Verdict.FAIL, waiver=True, whole=False)
PARTIAL = first(verdict=Verdict.PASS, partial=True, review=None)
JUDGED = first(verdict=Verdict.MANUAL, review=None)
LACKING = first(verdict=Verdict.NO_EVIDENCE, review=None)
AGREED = first(review=ReviewVerdict.AGREE, waiver=False)
ROLLED = "verdict of control {} does not follow from its findings"
FOLLOWS = "disposition of control {} does not follow from its verdict"
WAIVED = "waiver of control {} differs from its findings"


FORGED: tuple[tuple[ControlResult, Change, str], ...] = (
    (FAILED, to(Verdict.PASS, Disposition.COMPLIANT), ROLLED),
    (FAILED, to(Verdict.OUT_OF_SCOPE, Disposition.NOT_ASSESSED), ROLLED),
    (FAILED, to(Verdict.NOT_APPLICABLE, Disposition.NOT_APPLICABLE), ROLLED),
    (LACKING, to(Verdict.PASS, Disposition.COMPLIANT), ROLLED),
    (JUDGED, to(Verdict.PASS, Disposition.COMPLIANT), ROLLED),
    (FAILED, without_findings(Verdict.PASS, Disposition.COMPLIANT), ROLLED),
    (FAILED, without_findings(Verdict.MANUAL, Disposition.PENDING_REVIEW), ROLLED),
    (FAILED, disposed(Disposition.COMPLIANT), FOLLOWS),
    (FAILED, disposed(Disposition.ACCEPTED_RISK), FOLLOWS),
    (FAILED, disposed(Disposition.COMPENSATED), FOLLOWS),
    (PARTIAL, disposed(Disposition.COMPLIANT), FOLLOWS),
    (JUDGED, disposed(Disposition.COMPLIANT), FOLLOWS),
    (LACKING, disposed(Disposition.COMPLIANT), FOLLOWS),
    (AGREED, disposed(Disposition.COMPENSATED), FOLLOWS),
    (AGREED, computed(Disposition.COMPENSATED), FOLLOWS),
    (FAILED, marked, WAIVED),
    (PARTLY, disposed(Disposition.ACCEPTED_RISK), FOLLOWS),
    (PARTLY, accepted("W-9"), WAIVED),
    (PARTLY, accepted("W-2"), WAIVED),  # it is stale
    (PARTLY, accepted("W-1", waived=2), WAIVED),
    (PARTLY, accepted("W-1", complete=False), FOLLOWS),
    (first(review=ReviewVerdict.PASS), of_another, "bears a review of another one"),
)


@pytest.mark.parametrize("number", range(len(FORGED)))
def test_what_does_not_follow_is_refused(number: int) -> None:
    control, change, message = FORGED[number]
    rows = tuple(change(c) if c.id == control.id else c for c in BUILT.controls)
    with pytest.raises(UserFileError) as refused:
        read(write(with_controls(BUILT, rows)))
    assert message.format(control.id) in refused.value.what


def test_what_leaves_nothing_to_be_seen_by_is_taken() -> None:
    """The change of a case, not the making of its file, is what is refused."""
    rows = tuple(accepted("W-1")(c) if c.id == PARTLY.id else c for c in BUILT.controls)
    made = with_controls(BUILT, rows)
    assert read(write(made)) == made


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_whatever_waivers_and_reviews_are_laid_over_is_read_back(
    world: tuple[tuple[ControlResult, ...], tuple[Waiver, ...]],
) -> None:
    controls, waivers = world
    file = WaiverFile(
        where="waivers.yaml", benchmark="cis-1.10", cluster="", sha256="0" * 64, waivers=waivers
    )
    rows, records = apply_waivers(
        controls, file, benchmark="cis-1.10", cluster=cluster({}), as_of="2026-06-30T08:00:00Z"
    )
    bare = with_controls(replace(BUILT, waivers=records), rows)
    assert read(write(bare)) == bare
    for n, word in enumerate(ReviewVerdict):
        reviews = tuple(_review(c, word, stale=n % 2 == at % 3) for at, c in enumerate(rows))
        given_ = ReviewFile(benchmark="cis-1.10", cluster="", report="", reviews=reviews)
        reviewed = apply_reviews(rows, given_, benchmark="cis-1.10", cluster_uid=None)
        made = with_controls(bare, reviewed)
        assert read(write(made)) == made


def _review(control: ControlResult, word: ReviewVerdict, *, stale: bool) -> Review:
    return Review(
        control=control.id,
        verdict=word,
        method=Method.EXAMINE,
        comment="Seen.",
        reviewer="Ada",
        reviewed_on="2026-06-30",
        observed=control.verdict,
        result="0" * 16 if stale else result_digest(control),
    )
