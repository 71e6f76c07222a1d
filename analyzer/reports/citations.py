"""Who cites which piece of evidence, and how a piece names the bundle that it stands in."""

from collections.abc import Mapping

from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef
from analyzer.model.verdict import Verdict

_BUNDLE_DIGITS = 12


def evidence_of(control: ControlResult) -> tuple[str, ...]:
    """Return the evidence ids of a control, each once: failures first, then by finding."""
    ranked = sorted(control.findings, key=lambda finding: finding.verdict is not Verdict.FAIL)
    return tuple(dict.fromkeys(entry for finding in ranked for entry in finding.evidence))


def cited_by(assessment: Assessment) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the controls that cite each evidence id, in the register's order."""
    users: dict[str, dict[str, None]] = {}
    for control in assessment.controls:
        for finding in control.findings:
            for entry in finding.evidence:
                users.setdefault(entry, {})[control.id] = None
    return {entry: tuple(controls) for entry, controls in users.items()}


def bundle_mark(entry: EvidenceRef) -> str:
    """Return whose bundle it is and the first digits of the archive's SHA-256.

    The subject alone would not do: a node may have been collected more than once.
    """
    return f"{entry.subject} {entry.bundle_sha256[:_BUNDLE_DIGITS]}"
