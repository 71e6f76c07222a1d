"""What each verdict is called in the formats of others: the one table that exports go by.

Other formats have fewer words than we have, and no place for a caveat. So only a pass that
holds for everything the rule is about leaves as a pass; whatever is open stays open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.model.assessment import ControlResult, Finding
from analyzer.model.verdict import Verdict
from analyzer.reports.text import one_line

_LINES = 50
"""Findings that an export spells out for one control; findings.csv has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One verdict in the words of other formats.

    Attributes:
        kube_bench: ``status`` of a result: ``PASS``, ``FAIL``, ``WARN`` or ``INFO``.
        junit: ``passed``, or the element below a test case: ``failure``, ``skipped``, ``error``.
        xccdf: The result of XCCDF 1.2; for reference, nothing is written in that format.
    """

    kube_bench: str
    junit: str
    xccdf: str


WORDS: Mapping[Verdict, Words] = MappingProxyType(
    {
        Verdict.PASS: Words(kube_bench="PASS", junit="passed", xccdf="pass"),
        Verdict.FAIL: Words(kube_bench="FAIL", junit="failure", xccdf="fail"),
        Verdict.MANUAL: Words(kube_bench="WARN", junit="skipped", xccdf="notchecked"),
        Verdict.NO_EVIDENCE: Words(kube_bench="WARN", junit="skipped", xccdf="unknown"),
        Verdict.ERROR: Words(kube_bench="WARN", junit="error", xccdf="error"),
        Verdict.NOT_APPLICABLE: Words(kube_bench="INFO", junit="skipped", xccdf="notapplicable"),
        Verdict.OUT_OF_SCOPE: Words(kube_bench="INFO", junit="skipped", xccdf="notselected"),
    }
)

PARTIAL = Words(kube_bench="WARN", junit="skipped", xccdf="unknown")
"""A pass that rests on some of the nodes only: no such word exists, so it is no pass there."""


def words_of(control: ControlResult) -> Words:
    """Return the words of one control's verdict; waivers and reviews do not change them."""
    if control.verdict is Verdict.PASS and control.partial:
        return PARTIAL
    return WORDS[control.verdict]


def marks(control: ControlResult) -> str:
    """Return what a reader must know before the explanation, ``[waived by W-1] ``, or nothing."""
    if control.waiver is not None and control.waiver.waived:
        ids = one_line(", ".join(control.waiver.ids))
        part = "" if control.waiver.complete else f"{control.waiver.waived} of "
        return f"[{part}{control.waiver.failing} failures waived by {ids}] "
    if control.verdict is Verdict.PASS and control.partial:
        return "[a pass on some of the nodes only] "
    return ""


def finding_lines(control: ControlResult) -> tuple[str, ...]:
    """Return a control's findings, a line each: those of the control's own verdict first."""
    ranked = sorted(control.findings, key=lambda finding: finding.verdict is not control.verdict)
    shown = tuple(_line(finding) for finding in ranked[:_LINES])
    left = len(ranked) - len(shown)
    return (*shown, f"and {left} more findings") if left else shown


def _line(finding: Finding) -> str:
    waived = f" (waived by {finding.waiver})" if finding.waiver else ""
    cited = f" [{', '.join(finding.evidence[:3])}]" if finding.evidence else ""
    said = finding.actual or finding.explanation
    return one_line(f"{finding.subject}: {finding.verdict.value}{waived}: {said}{cited}")
