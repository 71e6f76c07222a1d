"""Does what a file concludes on a control follow from its findings, its waiver and its review?

Asked when an assessment.json is read. It is no proof against forgery: who rewrites the findings
as well leaves nothing to be seen by.
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from analyzer.model.judgement import REVIEW_DISPOSITION
from analyzer.model.verdict import Disposition, Verdict, worst
from analyzer.reports.document import AppliedReviewDoc, AppliedWaiverDoc, ControlDoc

_FOLLOWS: Mapping[Verdict, frozenset[Disposition]] = MappingProxyType(
    {
        Verdict.PASS: frozenset((Disposition.COMPLIANT,)),
        Verdict.FAIL: frozenset((Disposition.NON_COMPLIANT,)),
        Verdict.MANUAL: frozenset((Disposition.PENDING_REVIEW,)),
        Verdict.NOT_APPLICABLE: frozenset((Disposition.NOT_APPLICABLE,)),
        Verdict.NO_EVIDENCE: frozenset(
            (Disposition.NOT_ASSESSED, Disposition.INHERITED, Disposition.PROVIDER_GAP)
        ),
        Verdict.ERROR: frozenset((Disposition.NOT_ASSESSED,)),
        Verdict.OUT_OF_SCOPE: frozenset((Disposition.NOT_ASSESSED,)),
    }
)
"""What may follow of a verdict alone; which of several is for the party that answers to say."""
_PENDING = frozenset((Disposition.PENDING_REVIEW,))
_ACCEPTED = frozenset((Disposition.ACCEPTED_RISK,))


def unfounded(control: ControlDoc, matched: Collection[str]) -> Iterator[str]:
    """Yield, in words, what does not follow from the control's own rows.

    Args:
        control: One row of the register.
        matched: Ids of the assessment's waivers that have an effect.
    """
    number = control.id
    if control.verdict is not _rolled_up(control):
        yield f"verdict of control {number} does not follow from its findings"
    if not _is_waived_as_marked(control, matched):
        yield f"waiver of control {number} differs from its findings or from waivers"
    review = control.review
    if review is not None and review.review.control != number:
        yield f"control {number} bears a review of another one"
    computed = control.disposition if review is None else review.computed
    reviewed = _reviewed(review, computed)
    if computed not in _computed(control) or control.disposition is not reviewed:
        yield f"disposition of control {number} does not follow from its verdict"


def _rolled_up(control: ControlDoc) -> Verdict:
    """Return what the findings come to; what was left out of scope has none."""
    if control.verdict is Verdict.OUT_OF_SCOPE and not control.findings:
        return Verdict.OUT_OF_SCOPE
    return worst(finding.verdict for finding in control.findings)


def _is_waived_as_marked(control: ControlDoc, matched: Collection[str]) -> bool:
    marks = [found.waiver for found in control.findings if found.waiver]
    failing = [found for found in control.findings if found.verdict is Verdict.FAIL]
    applied = control.waiver
    if applied is None:
        return not marks
    return (
        {*marks} <= {*applied.ids} <= {*matched}
        and len(marks) == applied.waived == sum(1 for found in failing if found.waiver)
        and 0 < applied.waived <= applied.failing == len(failing)
        and (applied.waived == applied.failing or not applied.complete)
    )


def _computed(control: ControlDoc) -> frozenset[Disposition]:
    """Return what may follow before anybody reviews."""
    waiver = control.waiver
    if waiver is not None and _covers_all(waiver):
        return _ACCEPTED if waiver.complete else _PENDING
    if control.verdict is Verdict.PASS and control.nodes.partial:
        return _PENDING
    return _FOLLOWS[control.verdict]


def _covers_all(waiver: AppliedWaiverDoc) -> bool:
    return waiver.waived == waiver.failing


def _reviewed(review: AppliedReviewDoc | None, computed: Disposition) -> Disposition:
    if review is None or review.stale:
        return computed
    return REVIEW_DISPOSITION.get(review.review.verdict, computed)
