"""What people said of a control, and what somebody would write down to accept its failures."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.digests import failing_digest, failures_of
from analyzer.model.judgement import WaiverReason
from analyzer.model.verdict import Verdict
from analyzer.reports.text import cut, one_line

_COMMENT = 200


def people_lines(assessment: Assessment, control: ControlResult) -> Iterator[str]:
    """Yield the waivers that name a control, with or without an effect, and its review."""
    for record in assessment.waivers:
        if control.id in record.waiver.controls:
            yield f"  waiver:      {record.waiver.id} is {record.state.value}: {record.why}"
    if control.waiver is not None:
        yield f"  accepted:    {control.waiver.why}"
    if control.review is not None:
        review = control.review.review
        stale = f"STALE, without effect: {control.review.why} " if control.review.stale else ""
        comment = cut(one_line(review.comment), _COMMENT, " ...")
        said = f"{review.verdict.value} by {review.reviewer} on {review.reviewed_on}"
        yield f"  review:      {stale}{said}: {comment or '(no comment)'}"


def waiver_lines(assessment: Assessment, control: ControlResult) -> Iterator[str]:
    """Yield a waiver to fill in, as YAML; nothing unless a failure is left that none accepts.

    What only people know is left empty, and a file with an empty entry is refused: nothing is
    accepted because somebody pasted it.
    """
    left = [f for f in control.findings if f.verdict is Verdict.FAIL and not f.waiver]
    if not left:
        return
    file = f"a file for --waivers (benchmark: {assessment.benchmark_id})"
    yield f"To accept all that fails here for a time, fill this in below waivers: of {file}"
    yield f"  - id: accept-{control.id}"
    yield f'    controls: ["{control.id}"]'
    yield f'    reason: ""  # {", ".join(reason.value for reason in WaiverReason)}'
    yield '    justification: ""  # why, in 20 characters or more'
    yield '    owner: ""  # who answers for the risk'
    yield '    approver: ""  # who agreed; somebody else'
    yield '    valid_from: ""  # YYYY-MM-DD'
    yield '    expires_on: ""  # YYYY-MM-DD, the last day'
    yield f"    digest: {failing_digest(failures_of(control))}"
