"""What the page lists of a control. Hundreds of thousands of findings would stop any browser."""

from itertools import islice

from analyzer.model.assessment import ControlResult, Finding
from analyzer.model.verdict import Verdict
from analyzer.reports.words import several

FINDINGS = 50
"""Findings that are listed for one control; the workbook has all of them."""

EVIDENCE_EACH = 12
"""Evidence ids that are listed for one finding."""

EVIDENCE = 100
"""Pieces of evidence that are listed for one control."""

SUBJECTS = 12
"""Names that are listed in one line."""

_WORST_FIRST = {verdict: -rank for rank, verdict in enumerate(Verdict)}


def listed_findings(control: ControlResult) -> tuple[Finding, ...]:
    """Return the findings that are listed: the worst first, otherwise in their order."""
    if len(control.findings) <= FINDINGS and len(control.counts) <= 1:
        return control.findings
    ranked = sorted(control.findings, key=lambda finding: _WORST_FIRST[finding.verdict])
    return tuple(islice(ranked, FINDINGS))


def listed_evidence(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Return the first evidence ids that listed findings name, each once."""
    named = (entry for finding in findings for entry in finding.evidence[:EVIDENCE_EACH])
    return tuple(islice(dict.fromkeys(named), EVIDENCE))


def subjects_line(names: tuple[str, ...]) -> str:
    """Return names in one line, and how many more there are."""
    return several(names, SUBJECTS)
