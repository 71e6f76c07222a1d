"""Words and figures that several reports share, so that they say the same thing the same way."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from analyzer.model.assessment import Assessment, ControlResult, ProfileInfo, Tally
from analyzer.model.benchmark import control_order
from analyzer.model.context import Reading
from analyzer.model.judgement import ReviewVerdict
from analyzer.model.outcome import OtherReading
from analyzer.model.responsibility import Attestation, Comparison, Party
from analyzer.model.verdict import Disposition, Verdict

V = TypeVar("V")

VERDICTS = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.MANUAL,
    Verdict.NO_EVIDENCE,
    Verdict.ERROR,
    Verdict.NOT_APPLICABLE,
    Verdict.OUT_OF_SCOPE,
)
"""Reading order: what was decided first, then what was not."""

_RARE = frozenset({Verdict.ERROR, Verdict.NOT_APPLICABLE, Verdict.OUT_OF_SCOPE})

UNSEEN = "not seen"
"""What stands for a verdict on a node that no bundle covers."""

COMPARISONS = (
    Comparison.CONTRADICTED,
    Comparison.BETTER_THAN_ATTESTED,
    Comparison.ATTESTED_ONLY,
    Comparison.NOT_COMPARABLE,
    Comparison.CONFIRMED,
    Comparison.OBSERVED_ONLY,
)
"""Reading order: what needs a conversation with the provider first."""

COMPARISON_MEANING: Mapping[Comparison, str] = {
    Comparison.CONTRADICTED: "The provider publishes a pass, the evidence shows a failure.",
    Comparison.BETTER_THAN_ATTESTED: "The evidence shows a pass where none was published.",
    Comparison.ATTESTED_ONLY: "Published, but this evidence cannot show it either way.",
    Comparison.NOT_COMPARABLE: "What was published and what was observed do not speak of the same.",
    Comparison.CONFIRMED: "The evidence agrees with what the provider publishes.",
    Comparison.OBSERVED_ONLY: "Observed; the provider publishes nothing about it.",
}

PARTY_MEANING: Mapping[Party, str] = {
    Party.PROVIDER: "the provider must act",
    Party.CUSTOMER: "the customer must act",
    Party.SHARED: "both must act",
    Party.UNSPECIFIED: "nobody was named",
}

LEVEL_MEANING: Mapping[str, str] = {"1": "basic hardening", "2": "hardening in depth"}

DISPOSITION_MEANING: Mapping[Disposition, str] = {
    Disposition.COMPLIANT: "The rule is met.",
    Disposition.NON_COMPLIANT: "The rule is violated; somebody must act or accept it.",
    Disposition.ACCEPTED_RISK: "Violated, and a waiver accepts it; the verdict stays a failure.",
    Disposition.COMPENSATED: "Violated, and another control makes up for it.",
    Disposition.INHERITED: "The provider says it is met; nothing here shows it.",
    Disposition.PROVIDER_GAP: "The provider publishes that it is not met; nothing was observed.",
    Disposition.PENDING_REVIEW: "A person must decide.",
    Disposition.NOT_ASSESSED: "Nothing could be concluded.",
    Disposition.NOT_APPLICABLE: "The rule cannot apply here.",
}
"""Every disposition in reading order."""

REVIEW_MEANING: Mapping[ReviewVerdict, str] = {
    ReviewVerdict.AGREE: "The auditor concludes what the evidence shows.",
    ReviewVerdict.PASS: "The auditor concludes that the rule is met.",
    ReviewVerdict.FAIL: "The auditor concludes that the rule is violated.",
    ReviewVerdict.NOT_APPLICABLE: "The auditor concludes that the rule cannot apply.",
    ReviewVerdict.COMPENSATED: "The auditor accepts another control in its place.",
    ReviewVerdict.NEED_MORE_EVIDENCE: "The auditor asks for more.",
}

READING_MEANING: Mapping[str, str] = {
    Reading.EFFECTIVE: "What Kubernetes does decides; the benchmark's text stands beside it.",
    Reading.LETTER: "The benchmark's text decides; what Kubernetes does stands beside it.",
}

_READ_BY = {Reading.EFFECTIVE: "by Kubernetes' behaviour", Reading.LETTER: "by the letter"}

LIMITS = (
    (
        "Hashes show that nothing changed since a bundle was sealed. They do not show that the "
        "collector ran unmodified, or that the host answered truthfully."
    ),
    (
        "A provider's published result describes what the provider says it delivers. It is never "
        "counted as a pass here; only evidence is."
    ),
    (
        "Missing evidence is neither a pass nor a failure. A score is only as good as the "
        "coverage printed beside it."
    ),
)


def percent(value: float | None) -> str:
    """Return a share as ``53.3%``; ``n/a`` where nothing supports a number."""
    return "n/a" if value is None else f"{value * 100:.1f}%"


def score_line(tally: Tally) -> str:
    """Return score and coverage together; never one without the other."""
    return f"score {percent(tally.score)} at coverage {percent(tally.coverage)}"


def counts_line(counts: Mapping[str, int]) -> str:
    """Return ``12 pass, 3 fail``: verdicts above zero in reading order."""
    parts = [f"{counts[word]} {word}" for word in VERDICTS if counts.get(word)]
    return ", ".join(parts) or "none"


def columns(a: Assessment) -> tuple[Verdict, ...]:
    """Return the verdicts that a narrow table of counts shows: rare ones only when they occur."""
    counts = a.summary.overall.by_verdict
    return tuple(verdict for verdict in VERDICTS if counts[verdict] or verdict not in _RARE)


def several(items: tuple[str, ...], most: int) -> str:
    """Return items in one line; beyond ``most`` only how many more there are."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} +{len(items) - most} more"


def nodes_line(control: ControlResult) -> str:
    """Return ``2 of 3`` for a rule about nodes; says when a pass is partial."""
    if control.nodes_expected is None:
        return "partial" if control.partial else ""
    mark = " (partial)" if control.partial else ""
    return f"{control.nodes_judged} of {control.nodes_expected}{mark}"


def by_name(values: Mapping[str, V]) -> Iterable[tuple[str, V]]:
    """Return a mapping's entries in the order of their keys.

    A mapping read back from JSON has another order than the one that was written. Reports go
    by keys, so that both give the same report.
    """
    return sorted(values.items(), key=lambda entry: entry[0])


def by_number(values: Mapping[str, V]) -> Iterable[tuple[str, V]]:
    """Return the entries of a mapping by section or level in numeric order, ``1.10`` last."""
    return sorted(values.items(), key=lambda entry: control_order(entry[0]))


def chapters(a: Assessment) -> Mapping[str, Tally]:
    """Return the tallies of the top-level sections by label, in numeric order."""
    tallies = by_number(a.summary.by_section)
    return {section_label(a, s): tally for s, tally in tallies if s == chapter(s)}


def levels(a: Assessment) -> Mapping[str, Tally]:
    """Return the tallies by level by label, in numeric order."""
    return {f"Level {level}": tally for level, tally in by_number(a.summary.by_level)}


def benchmark_line(a: Assessment) -> str:
    """Return the benchmark's id and title, and the Kubernetes versions it was written for."""
    first, last = a.benchmark_versions
    versions = first if first == last else f"{first} to {last}"
    return f"{a.benchmark_id}: {a.benchmark_title}, for Kubernetes {versions}"


def nodes_in_evidence(a: Assessment) -> str:
    """Return how many nodes are in evidence, of how many that the API lists."""
    expected = a.cluster.nodes_expected
    known = "node list unknown" if expected is None else f"{len(expected)} in the API's node list"
    unknown = len(a.cluster.nodes_unknown)
    strangers = f", {unknown} of them unknown to the API" if unknown else ""
    return f"{len(a.cluster.nodes_evidenced)} in evidence{strangers}, {known}"


def profile_facts(p: ProfileInfo) -> tuple[tuple[str, str], ...]:
    """Return what identifies a provider profile: label and text."""
    dated = f" (of {p.source_date})" if p.source_date else ""
    against = f" against {p.benchmark}" if p.benchmark else ""
    facts = [
        ("Provider profile", f"{p.id}: {p.title}"),
        ("Provider and product", ", ".join(part for part in (p.provider, p.product) if part)),
        ("What was published", f"{p.statement}{against}"),
        ("Source", f"{p.source_url}{dated}" if p.source_url else ""),
    ]
    return tuple((label, text) for label, text in facts if text)


def chapter(section: str) -> str:
    """Return the top-level section: ``1`` for ``1.2``."""
    return section.split(".", maxsplit=1)[0]


def section_label(assessment: Assessment, section: str) -> str:
    """Return number and title; the number alone where no title is known."""
    return f"{section} {assessment.sections.get(section, '')}".rstrip()


def reading_line(a: Assessment) -> str:
    """Return which reading decided, what that means, and how much hangs on it."""
    differ = a.summary.readings_differ
    return f"{a.reading}: {READING_MEANING[a.reading]} The readings differ on {differ} controls."


def other_line(other: OtherReading | None) -> str:
    """Return what the other reading says, ``by the letter: fail, because ...``; empty for none."""
    if other is None:
        return ""
    return f"{_READ_BY[other.reading]}: {other.verdict.value}, because {other.why.rstrip('.')}."


def differing(assessment: Assessment) -> tuple[ControlResult, ...]:
    """Return the controls whose verdict, or some finding, the other reading would change."""
    return tuple(
        control
        for control in assessment.controls
        if control.other_reading or any(finding.other_reading for finding in control.findings)
    )


def computed(control: ControlResult) -> Disposition:
    """Return what follows without the auditor: of verdict, responsibility and waivers alone."""
    return control.review.computed if control.review else control.disposition


def is_published(control: ControlResult) -> bool:
    """Tell whether a provider published anything about a control."""
    r = control.responsibility
    return r.attested is not Attestation.NOT_STATED or bool(r.attested_raw)


def contradicted(assessment: Assessment) -> tuple[ControlResult, ...]:
    """Return the controls whose evidence contradicts what was published."""
    return tuple(
        control
        for control in assessment.controls
        if control.responsibility.comparison is Comparison.CONTRADICTED
    )
