"""Why a piece of evidence is missing, in the words of whoever can bring it.

Reasons say exactly what was found; many of them are mended by the same act. A cause stands for
that act, so that a report can say in one sentence what was lost to it.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType

from analyzer.model.verdict import Reason

NOT_ACCEPTED = "the API server did not accept the credentials"
"""What is said of a list when whoever asked was not known (401), whatever rights they have."""


@unique
class Cause(StrEnum):
    """What kept evidence away. Declared from what its owner can mend at once to what is open."""

    DENIED = "denied"
    NO_BUNDLE = "no bundle"
    NOT_RUN = "not run"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    FAILED = "failed"
    REDACTED = "redacted"
    MALFORMED = "malformed"
    NOT_FOUND = "not found"
    NOT_COLLECTED = "not collected"


_CAUSES: Mapping[Reason, Cause] = MappingProxyType(
    {
        Reason.NE_PERMISSION_DENIED: Cause.DENIED,
        Reason.NE_API_FORBIDDEN: Cause.DENIED,
        Reason.NE_NODE_MISSING: Cause.NO_BUNDLE,
        Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE: Cause.NO_BUNDLE,
        Reason.NE_NOT_RUN: Cause.NOT_RUN,
        Reason.NE_TIMEOUT: Cause.TIMEOUT,
        Reason.NE_TRUNCATED: Cause.TRUNCATED,
        Reason.NE_COLLECTION_ERROR: Cause.FAILED,
        Reason.NE_REDACTED: Cause.REDACTED,
        Reason.NE_SCHEMA_INVALID: Cause.MALFORMED,
        Reason.NE_FILE_ABSENT_ON_HOST: Cause.NOT_FOUND,
        Reason.NE_PROCESS_NOT_FOUND: Cause.NOT_FOUND,
        Reason.NE_API_KIND_MISSING: Cause.NOT_FOUND,
    }
)


def cause_of(reason: Reason) -> Cause:
    """Return what a reason for missing evidence comes to; ``not collected`` explains nothing."""
    return _CAUSES.get(reason, Cause.NOT_COLLECTED)
