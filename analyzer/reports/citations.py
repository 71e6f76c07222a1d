"""Who cites which piece of evidence, and how a piece names the bundle that it stands in."""

from collections.abc import Iterator, Mapping
from itertools import islice

from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef, Finding
from analyzer.model.verdict import Verdict

_FINDINGS = 50
"""Findings that report.md lists for one control; the workbook has all of them."""

OF_A_CONTROL = 6
OF_A_FINDING = 6
"""Evidence ids that report.md names in one row."""

_BUNDLE_DIGITS = 12
_DETAILED = frozenset({Verdict.FAIL, Verdict.MANUAL, Verdict.ERROR})


def evidence_of(control: ControlResult) -> tuple[str, ...]:
    """Return the evidence ids of a control, each once: failures first, then by finding."""
    ranked = sorted(control.findings, key=lambda finding: finding.verdict is not Verdict.FAIL)
    return tuple(dict.fromkeys(entry for finding in ranked for entry in finding.evidence))


def detailed(control: ControlResult) -> bool:
    """Tell whether report.md lists the findings: something failed, or a person must judge."""
    return control.verdict in _DETAILED and bool(control.findings)


def listed_findings(control: ControlResult) -> tuple[Finding, ...]:
    """Return the findings that report.md lists: those that made the verdict, up to a limit."""
    decisive = (finding for finding in control.findings if finding.verdict is control.verdict)
    return tuple(islice(decisive, _FINDINGS))


def named_in_text(assessment: Assessment) -> Iterator[str]:
    """Yield every evidence id that a row of report.md names; ids may come more than once."""
    for control in assessment.controls:
        yield from evidence_of(control)[:OF_A_CONTROL]
        for finding in listed_findings(control) if detailed(control) else ():
            yield from finding.evidence[:OF_A_FINDING]


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
