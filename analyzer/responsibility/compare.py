"""Published against observed, and what follows for the audit. Verdicts are never changed here."""

from analyzer.model.responsibility import Attestation, Comparison, Party, Responsibility
from analyzer.model.verdict import Disposition, Verdict

_MET = (Attestation.PASS, Attestation.EQUIVALENT)

_DECIDED = {
    (Attestation.PASS, Verdict.PASS): (
        Comparison.CONFIRMED,
        "The provider published a pass, and the evidence shows one.",
    ),
    (Attestation.PASS, Verdict.FAIL): (
        Comparison.CONTRADICTED,
        "The provider published a pass, but the evidence shows a failure.",
    ),
    (Attestation.PASS, Verdict.NOT_APPLICABLE): (
        Comparison.NOT_COMPARABLE,
        "The provider published a pass, but the evidence shows that the control cannot apply.",
    ),
    (Attestation.FAIL, Verdict.PASS): (
        Comparison.BETTER_THAN_ATTESTED,
        "The provider published a failure, but the evidence shows a pass.",
    ),
    (Attestation.FAIL, Verdict.FAIL): (
        Comparison.CONFIRMED,
        "The provider published a failure, and the evidence shows one.",
    ),
    (Attestation.FAIL, Verdict.NOT_APPLICABLE): (
        Comparison.NOT_COMPARABLE,
        "The provider published a failure, but the evidence shows that the control cannot apply.",
    ),
    (Attestation.EQUIVALENT, Verdict.PASS): (
        Comparison.BETTER_THAN_ATTESTED,
        "The provider published an equivalent measure; the evidence shows the control itself met.",
    ),
    (Attestation.EQUIVALENT, Verdict.FAIL): (
        Comparison.NOT_COMPARABLE,
        "The provider published an equivalent measure, which this rule does not test.",
    ),
    (Attestation.EQUIVALENT, Verdict.NOT_APPLICABLE): (
        Comparison.NOT_COMPARABLE,
        "The provider published an equivalent measure, which this rule does not test.",
    ),
    (Attestation.NOT_APPLICABLE, Verdict.PASS): (
        Comparison.BETTER_THAN_ATTESTED,
        "The provider published not applicable, but the evidence shows a pass.",
    ),
    (Attestation.NOT_APPLICABLE, Verdict.FAIL): (
        Comparison.CONTRADICTED,
        "The provider published not applicable, but the evidence shows a failure.",
    ),
    (Attestation.NOT_APPLICABLE, Verdict.NOT_APPLICABLE): (
        Comparison.CONFIRMED,
        "The provider published not applicable, and the evidence agrees.",
    ),
}
_JUDGED = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE)


def compare(attested: Attestation, verdict: Verdict) -> tuple[Comparison, str]:
    """Compare what the provider published with what the evidence shows.

    Returns:
        The comparison, and one sentence that says why.
    """
    if verdict not in _JUDGED:
        return _undecided(attested)
    if attested is Attestation.NOT_STATED:
        return Comparison.OBSERVED_ONLY, "No result is published; the evidence decides."
    if attested is Attestation.DEPENDS:
        return (
            Comparison.OBSERVED_ONLY,
            "The provider published that it depends on the environment; the evidence decides.",
        )
    return _DECIDED[attested, verdict]


def _undecided(attested: Attestation) -> tuple[Comparison, str]:
    if attested is Attestation.NOT_STATED:
        return (
            Comparison.NOT_COMPARABLE,
            "No result is published, and the evidence decides nothing.",
        )
    word = attested.value.replace("-", " ")
    return (
        Comparison.ATTESTED_ONLY,
        f"The provider published {word}; the evidence neither confirms nor contradicts it.",
    )


def disposition(verdict: Verdict, responsibility: Responsibility, *, partial: bool) -> Disposition:
    """Say what follows for the audit, before any waiver or review.

    Args:
        verdict: What the evidence shows.
        responsibility: Who answers, and what they published.
        partial: The verdict rests on some of the expected nodes only.

    Returns:
        Never ``compliant`` without a pass on everything that was expected.
    """
    match verdict:
        case Verdict.PASS:
            return Disposition.PENDING_REVIEW if partial else Disposition.COMPLIANT
        case Verdict.FAIL:
            return Disposition.NON_COMPLIANT
        case Verdict.MANUAL:
            return Disposition.PENDING_REVIEW
        case Verdict.NOT_APPLICABLE:
            return Disposition.NOT_APPLICABLE
        case Verdict.NO_EVIDENCE:
            return _without_evidence(responsibility)
        case Verdict.ERROR | Verdict.OUT_OF_SCOPE:
            return Disposition.NOT_ASSESSED


def _without_evidence(responsibility: Responsibility) -> Disposition:
    """Only what the provider alone can show may rest on the provider's word.

    A shared control has a part that the customer must show, so there the lack of evidence
    stays with the customer, whatever the provider published.
    """
    if responsibility.inherited_from:
        return Disposition.INHERITED
    usable = responsibility.comparison is Comparison.ATTESTED_ONLY
    if responsibility.party is not Party.PROVIDER or not usable:
        return Disposition.NOT_ASSESSED
    if responsibility.attested in _MET:
        return Disposition.INHERITED
    if responsibility.attested is Attestation.FAIL:
        return Disposition.PROVIDER_GAP
    return Disposition.NOT_ASSESSED
