"""The long part of report.md: failures with their evidence ids, gaps, bundles, glossary."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, BundleSummary, ControlResult, Finding
from analyzer.model.verdict import MEANING, Verdict
from analyzer.reports.citations import ids_of_finding, listed_failures
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.words import (
    COMPARISON_MEANING,
    COMPARISONS,
    LIMITS,
    VERDICTS,
    by_name,
    other_line,
    several,
)


def failures(a: Assessment) -> Iterator[str]:
    """Yield every failing control with its failing subjects and the ids of their evidence."""
    failed = tuple(control for control in a.controls if control.verdict is Verdict.FAIL)
    yield "## Failures in detail"
    if not failed:
        yield "No control failed."
    for control in failed:
        yield from _failure(control)


def _failure(c: ControlResult) -> Iterator[str]:
    yield f"### {plain(c.id)} {plain(c.title)}"
    duty = c.responsibility.customer_action
    yield "\n".join(
        [
            f"- Rule: {plain(c.rule)}",
            f"- To do: {plain(c.remediation)}",
            f"- Who must act: {c.responsibility.party.value}; disposition {c.disposition.value}",
            *([f"- Left to the customer: {plain(duty)}"] if duty else []),
        ]
    )
    listed = listed_failures(c)
    yield table(
        ("subject", "actual", "expected", "explanation", "evidence"),
        (_finding(finding) for finding in listed),
    )
    more = sum(finding.verdict is Verdict.FAIL for finding in c.findings) - len(listed)
    if more:
        yield f"{more} more failing subjects: report.xlsx, sheet Findings."


def _finding(f: Finding) -> tuple[str, ...]:
    other = f" {other_line(f.other_reading).capitalize()}" if f.other_reading else ""
    notes = other + "".join(f" Note: {note}" for note in f.notes)
    return (
        plain(f.subject, 200),
        plain(f.actual, 300),
        plain(f.expected, 300),
        plain(f.explanation + notes, 500),
        plain(ids_of_finding(f)),
    )


def back_matter(a: Assessment) -> Iterator[str]:
    """Yield gaps, bundles, declared policy, glossary and limits."""
    yield from _gaps(a)
    yield "## Bundles"
    yield table(
        ("subject", "bundle id", "SHA-256", "custody fingerprint", "integrity", "collected"),
        (_bundle(bundle) for bundle in a.bundles),
    )
    if a.policy:
        yield f"## Declared policy: {plain(a.policy_id)}"
        yield table(("name", "value"), ((plain(n), plain(v)) for n, v in by_name(a.policy)))
    yield "## What the words mean"
    yield table(("verdict", "meaning"), ((word.value, MEANING[word]) for word in VERDICTS))
    yield table(
        ("comparison", "meaning"), ((word.value, COMPARISON_MEANING[word]) for word in COMPARISONS)
    )
    yield "## Limits"
    yield "\n".join(f"- {text}" for text in LIMITS)


def _gaps(a: Assessment) -> Iterator[str]:
    yield "## Evidence gaps"
    if not a.gaps:
        yield "No control lacks evidence that a collector could bring."
        return
    yield table(
        ("missing evidence", "of", "found instead", "command", "controls"),
        (
            (
                plain(gap.key),
                plain(gap.subject),
                plain(gap.detail, 300),
                plain(gap.command),
                plain(several(gap.controls, 40)),
            )
            for gap in a.gaps
        ),
    )


def _bundle(b: BundleSummary) -> tuple[str, ...]:
    ran = "complete" if b.complete else "incomplete: some probes gave no evidence"
    return (
        plain(f"{b.kind}: {b.subject}"),
        plain(b.name),
        b.sha256,
        b.fingerprint,
        plain(f"hashes {b.integrity}, {b.signature}"),
        plain(f"{b.collected_at}, {ran}, {b.collector}"),
    )
