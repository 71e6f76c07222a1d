"""Who cites which piece of evidence, and how a piece names the bundle that it stands in."""

from collections.abc import Iterator, Mapping
from itertools import islice

from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef, Finding
from analyzer.model.verdict import Verdict
from analyzer.reports.words import several

_FINDINGS = 50
"""Failing subjects that report.md lists for one control; the workbook has all of them."""

_BUNDLE_DIGITS = 12
_OF_A_CONTROL = 6
_OF_A_FINDING = 12


def evidence_of(control: ControlResult) -> tuple[str, ...]:
    """Return the evidence ids of a control, each once: failures first, then by finding."""
    ranked = sorted(control.findings, key=lambda finding: finding.verdict is not Verdict.FAIL)
    return tuple(dict.fromkeys(entry for finding in ranked for entry in finding.evidence))


def ids_of_control(control: ControlResult) -> str:
    """Return the first evidence ids of a control, and how many more there are."""
    return several(evidence_of(control), _OF_A_CONTROL)


def ids_of_finding(finding: Finding) -> str:
    """Return the first evidence ids of one finding, and how many more there are."""
    return several(finding.evidence, _OF_A_FINDING)


def listed_failures(control: ControlResult) -> tuple[Finding, ...]:
    """Return the failing findings that report.md lists."""
    failing = (finding for finding in control.findings if finding.verdict is Verdict.FAIL)
    return tuple(islice(failing, _FINDINGS))


def named_in_text(assessment: Assessment) -> Iterator[str]:
    """Yield every evidence id that a row of report.md names; ids may come more than once."""
    for control in assessment.controls:
        yield from evidence_of(control)[:_OF_A_CONTROL]
        for finding in listed_failures(control):
            yield from finding.evidence[:_OF_A_FINDING]


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
