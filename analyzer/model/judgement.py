"""What people add to an assessment: waivers and reviews. Neither ever changes a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType

from analyzer.model.verdict import Disposition, Verdict


@unique
class WaiverReason(StrEnum):
    """Why somebody accepts a failure."""

    FALSE_POSITIVE = "false-positive"
    RISK_ACCEPTED = "risk-accepted"
    COMPENSATING_CONTROL = "compensating-control"
    OPERATIONAL_REQUIREMENT = "operational-requirement"
    NOT_APPLICABLE_CLAIM = "not-applicable-claim"


@unique
class WaiverState(StrEnum):
    """What became of a waiver in one assessment; only ``matched`` has an effect."""

    MATCHED = "matched"
    STALE = "stale"
    TOO_BROAD = "too-broad"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    UNUSED = "unused"


WAIVER_STATE_MEANING = {
    WaiverState.MATCHED: "It covers failures of this assessment; they are accepted risks.",
    WaiverState.STALE: "What fails is no longer what it was granted for; it has no effect.",
    WaiverState.TOO_BROAD: "It names neither what fails nor where; it has no effect.",
    WaiverState.EXPIRED: "It ended before the date of this assessment; it has no effect.",
    WaiverState.NOT_YET_VALID: "It begins after the date of this assessment; it has no effect.",
    WaiverState.UNUSED: "Nothing that it covers fails, or it is for another benchmark or cluster.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a waiver holds; an empty tuple does not restrict.

    A name may end in ``*``: every name that begins so.

    Attributes:
        nodes: Names of nodes.
        namespaces: Namespaces of objects.
        objects: Subjects as findings name them, ``Deployment/shop/web``.
    """

    nodes: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted failure, as its file states it.

    Attributes:
        controls: Control numbers of the waiver file's benchmark.
        valid_from, expires_on: Dates, ``YYYY-MM-DD``; both days belong to the span.
        digest: ``sha256:...`` of the failures it was granted for (``failing_digest``);
            empty when it rests on its scope alone.
    """

    id: str
    controls: tuple[str, ...]
    scope: Scope
    reason: WaiverReason
    justification: str
    owner: str
    approver: str
    valid_from: str
    expires_on: str
    ticket: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRecord:
    """A waiver and what became of it in this assessment.

    Attributes:
        why: One sentence: why this state.
        matched: Controls whose failures it covers, in benchmark order; named also when the
            waiver is expired or stale, so that a reader sees what it would have covered.
        findings: Failing findings that it covers.
        digest_now: Digest of those failures as they are now; empty when there are none.
    """

    waiver: Waiver
    state: WaiverState
    why: str
    matched: tuple[str, ...]
    findings: int
    digest_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedWaiver:
    """What waivers cover of one control's failures.

    Attributes:
        ids: Waivers with an effect, in the order of their file.
        waived, failing: Failing findings covered, and all of them.
        complete: Every failure is covered, and nothing else about the control is open.
        why: One sentence for the reports.
    """

    ids: tuple[str, ...]
    waived: int
    failing: int
    complete: bool
    why: str


@unique
class ReviewVerdict(StrEnum):
    """What an auditor concludes about one control."""

    AGREE = "agree"
    PASS = "pass"  # noqa: S105 - an auditor's verdict
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    COMPENSATED = "compensated"
    NEED_MORE_EVIDENCE = "need-more-evidence"


REVIEW_DISPOSITION: Mapping[ReviewVerdict, Disposition] = MappingProxyType(
    {
        ReviewVerdict.PASS: Disposition.COMPLIANT,
        ReviewVerdict.FAIL: Disposition.NON_COMPLIANT,
        ReviewVerdict.NOT_APPLICABLE: Disposition.NOT_APPLICABLE,
        ReviewVerdict.COMPENSATED: Disposition.COMPENSATED,
        ReviewVerdict.NEED_MORE_EVIDENCE: Disposition.PENDING_REVIEW,
    }
)
"""What follows of an auditor's word; to agree changes nothing, and so is not in it."""


@unique
class Method(StrEnum):
    """How the auditor came to it: the assessment methods of NIST SP 800-53A."""

    EXAMINE = "examine"
    INTERVIEW = "interview"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An auditor's conclusion on one control.

    Attributes:
        comment: Never empty unless the auditor agrees.
        reviewed_on: ``YYYY-MM-DD``.
        observed: The tool's verdict that the auditor saw.
        result: ``result_digest`` of what the auditor saw.
    """

    control: str
    verdict: ReviewVerdict
    method: Method
    comment: str
    reviewer: str
    reviewed_on: str
    observed: Verdict
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedReview:
    """A review beside the result of this assessment.

    Attributes:
        stale: The tool's result is no longer what the auditor saw; the review is shown but
            has no effect.
        why: One sentence when stale; empty otherwise.
        computed: What follows of verdict, responsibility and waiver alone; it counts again
            when the auditor agrees, or takes the review back.
    """

    review: Review
    stale: bool
    why: str
    computed: Disposition
