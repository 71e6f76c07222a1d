"""What a pair of verdicts comes to where both sides asked the same of the same places."""

from analyzer.model.changes import Change
from analyzer.model.verdict import Verdict

UNDECIDED = (Verdict.NO_EVIDENCE, Verdict.ERROR)
"""Verdicts that say nothing about the cluster."""

_SOUND = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def change_of(older: Verdict, newer: Verdict) -> Change:
    """Return the change that two verdicts make by themselves; responsibility left out."""
    if older is newer:
        return Change.UNCHANGED
    if any(one in UNDECIDED or one is Verdict.OUT_OF_SCOPE for one in (older, newer)):
        return Change.INCOMPARABLE
    if newer is Verdict.FAIL:
        return Change.NEW
    fixed = older is Verdict.FAIL and newer in _SOUND
    return Change.RESOLVED if fixed else Change.CHANGED
