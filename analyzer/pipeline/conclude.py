"""What people and other tools add, laid over a finished assessment; verdicts stay as they are.

``analyze`` and ``report`` both end here, so that an assessment.json with additions is the same
whichever wrote it. Laying the same additions on twice changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.judgement.review_file import ReviewFile
from analyzer.judgement.reviews import apply_reviews
from analyzer.judgement.waiver_file import WaiverFile
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.pipeline.summary import summarise
from analyzer.pipeline.third_party import OtherResult, third_party
from analyzer.responsibility.compare import disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What is to be laid over; what is None or empty leaves as it is what is there already.

    Attributes:
        others: Other tools' results.
    """

    waivers: WaiverFile | None = None
    reviews: ReviewFile | None = None
    others: tuple[OtherResult, ...] = ()


def conclude(assessment: Assessment, additions: Additions) -> Assessment:
    """Lay waivers, then reviews, then other tools' results over an assessment.

    Reviews of another benchmark than this one are left out, and waivers of another are unused:
    in a run of several benchmarks each takes its own; that one of them does is for the caller
    to see (``unclaimed``).

    Raises:
        UserFileError: A file names a control that the benchmark lacks, or another cluster.
    """
    a = assessment
    if additions.waivers is not None or additions.reviews is not None:
        a = _with_people(a, additions.waivers or _kept_waivers(a), _reviews(a, additions))
    if additions.others:
        a = replace(a, third_party=tuple(third_party(a, other) for other in additions.others))
    return a


def unclaimed(additions: Additions, assessments: tuple[Assessment, ...]) -> Iterator[str]:
    """Yield the names of files whose benchmark none of the assessments is of."""
    made = {a.benchmark_id for a in assessments}
    waivers, reviews = additions.waivers, additions.reviews
    if waivers is not None and waivers.benchmark not in made:
        yield f"{waivers.where} is of {waivers.benchmark}"
    if reviews is not None and reviews.benchmark not in made:
        yield f"{reviews.name} is of {reviews.benchmark}"


def _with_people(a: Assessment, waivers: WaiverFile | None, reviews: ReviewFile) -> Assessment:
    controls = tuple(_bare(control) for control in a.controls)
    records = a.waivers
    if waivers is not None:
        controls, records = apply_waivers(
            controls, waivers, benchmark=a.benchmark_id, cluster=a.cluster, as_of=a.as_of
        )
    controls = apply_reviews(controls, reviews, benchmark=a.benchmark_id, cluster_uid=a.cluster.uid)
    return replace(
        a,
        controls=controls,
        summary=summarise(controls),
        waivers=records,
        waivers_sha256=waivers.sha256 if waivers else "",
        waivers_benchmark=waivers.benchmark if waivers else "",
        waivers_cluster=waivers.cluster if waivers else "",
        reviews_sha256=reviews.sha256,
    )


def _bare(control: ControlResult) -> ControlResult:
    """Take off what people added; what follows is computed again from the tool's own words."""
    findings = tuple(replace(f, waiver="") if f.waiver else f for f in control.findings)
    follows = disposition(control.verdict, control.responsibility, partial=control.partial)
    return replace(control, findings=findings, disposition=follows, waiver=None, review=None)


def _kept_waivers(a: Assessment) -> WaiverFile | None:
    """Return the waivers that an assessment already holds, as the file they came from."""
    if not a.waivers_sha256:
        return None
    return WaiverFile(
        where="the assessment's waivers",
        benchmark=a.waivers_benchmark,
        cluster=a.waivers_cluster,
        sha256=a.waivers_sha256,
        waivers=tuple(record.waiver for record in a.waivers),
    )


def _reviews(a: Assessment, additions: Additions) -> ReviewFile:
    """Return the reviews to lay on: the given ones, else those that the assessment holds."""
    given = additions.reviews
    if given is not None and given.benchmark == a.benchmark_id:
        return given
    return ReviewFile(
        benchmark=a.benchmark_id,
        cluster=a.cluster.uid or "",
        report="",
        reviews=tuple(c.review.review for c in a.controls if c.review is not None),
        sha256=a.reviews_sha256,
    )
