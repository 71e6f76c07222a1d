"""The closed vocabularies of a verdict, their order, and how verdicts combine."""

from collections.abc import Iterable
from enum import StrEnum, unique


@unique
class Verdict(StrEnum):
    """What the evidence shows. Declared from harmless to worst: the order is the roll-up order."""

    OUT_OF_SCOPE = "out-of-scope"
    NOT_APPLICABLE = "not-applicable"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    MANUAL = "manual"
    NO_EVIDENCE = "no-evidence"
    ERROR = "error"
    FAIL = "fail"


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}

MEANING = {
    Verdict.PASS: "Every needed piece of evidence is present and satisfies the rule.",
    Verdict.FAIL: "The evidence of at least one subject violates the rule.",
    Verdict.MANUAL: "The evidence is present and laid out; a person must judge it.",
    Verdict.NO_EVIDENCE: "A needed piece is missing, unreadable, cut, redacted or malformed, "
    "or nothing was there to judge.",
    Verdict.NOT_APPLICABLE: "Evidence itself shows that the control cannot apply.",
    Verdict.ERROR: "The evaluator failed; the fault is ours.",
    Verdict.OUT_OF_SCOPE: "The chosen level or section leaves the control out.",
}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Combine verdicts; an empty collection is missing evidence, never a pass."""
    return max(verdicts, key=_RANK.__getitem__, default=Verdict.NO_EVIDENCE)


@unique
class Reason(StrEnum):
    """Why a verdict was reached: stable words that scripts may rely on."""

    PASS_EXPLICIT = "PASS_EXPLICIT"  # noqa: S105 - a reason code
    PASS_DEFAULT = "PASS_DEFAULT"  # noqa: S105 - a reason code
    PASS_ABSENT = "PASS_ABSENT"  # noqa: S105 - a reason code: looked, and nothing of the kind exists
    FAIL_EXPLICIT = "FAIL_EXPLICIT"
    FAIL_DEFAULT = "FAIL_DEFAULT"
    FAIL_ABSENT = "FAIL_ABSENT"
    NE_FILE_NOT_COLLECTED = "NE_FILE_NOT_COLLECTED"
    NE_FILE_ABSENT_ON_HOST = "NE_FILE_ABSENT_ON_HOST"
    NE_PERMISSION_DENIED = "NE_PERMISSION_DENIED"
    NE_COLLECTION_ERROR = "NE_COLLECTION_ERROR"
    NE_TIMEOUT = "NE_TIMEOUT"
    NE_NOT_RUN = "NE_NOT_RUN"
    NE_PROCESS_NOT_FOUND = "NE_PROCESS_NOT_FOUND"
    NE_API_FORBIDDEN = "NE_API_FORBIDDEN"
    NE_API_KIND_MISSING = "NE_API_KIND_MISSING"
    NE_API_NOT_COLLECTED = "NE_API_NOT_COLLECTED"
    NE_REDACTED = "NE_REDACTED"
    NE_TRUNCATED = "NE_TRUNCATED"
    NE_SCHEMA_INVALID = "NE_SCHEMA_INVALID"
    NE_NODE_MISSING = "NE_NODE_MISSING"
    NE_CONTROL_PLANE_NOT_ACCESSIBLE = "NE_CONTROL_PLANE_NOT_ACCESSIBLE"
    NE_VERSION_UNKNOWN = "NE_VERSION_UNKNOWN"
    NE_NOTHING_TO_JUDGE = "NE_NOTHING_TO_JUDGE"
    RV_MANUAL_BENCHMARK = "RV_MANUAL_BENCHMARK"
    RV_AMBIGUOUS = "RV_AMBIGUOUS"
    RV_POLICY_DEPENDENT = "RV_POLICY_DEPENDENT"
    NA_FILE_NOT_USED = "NA_FILE_NOT_USED"
    NA_COMPONENT_ABSENT = "NA_COMPONENT_ABSENT"
    NA_VERSION = "NA_VERSION"
    NA_ROLE = "NA_ROLE"
    ER_CHECK_FAILED = "ER_CHECK_FAILED"
    OS_LEVEL = "OS_LEVEL"
    OS_SECTION = "OS_SECTION"


@unique
class Disposition(StrEnum):
    """What follows for the audit; computed from verdict, responsibility, waiver and review."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non-compliant"
    ACCEPTED_RISK = "accepted-risk"
    COMPENSATED = "compensated"
    INHERITED = "inherited"
    PROVIDER_GAP = "provider-gap"
    PENDING_REVIEW = "pending-review"
    NOT_ASSESSED = "not-assessed"
    NOT_APPLICABLE = "not-applicable"
