"""The long part of report.md: failures with their evidence, gaps, bundles, glossary."""

from collections.abc import Iterator, Mapping

from analyzer.model.assessment import Assessment, BundleSummary, ControlResult, EvidenceRef, Finding
from analyzer.model.verdict import MEANING, Verdict
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.words import (
    COMPARISON_MEANING,
    COMPARISONS,
    LIMITS,
    VERDICTS,
    by_name,
    several,
)

_FINDINGS = 50
"""Failing subjects listed for one control; the workbook has all of them."""

_BY_HAND = """\
1. Take the verdict's evidence id and find it in the tables above, or on the Evidence sheet.
2. `sha256sum BUNDLE` must print the SHA-256 listed under Bundles.
3. `tar -xOf BUNDLE MEMBER | sha256sum` must print the member's SHA-256.
4. `tar -xOf BUNDLE MEMBER | less` and go to the place: `argv[3]` is the fourth of the \
NUL-separated arguments (`tr '\\0' '\\n'` shows one a line), `line 17` a line, a text that begins \
with `/` a path of keys into JSON or YAML.
5. Compare what stands there with the expected value."""


def failures(a: Assessment) -> Iterator[str]:
    """Yield every failing control with its failing subjects and where the evidence stands."""
    failed = tuple(control for control in a.controls if control.verdict is Verdict.FAIL)
    yield "## Failures in detail"
    if not failed:
        yield "No control failed."
    register = {entry.id: entry for entry in a.evidence}
    for control in failed:
        yield from _failure(control, register)


def _failure(c: ControlResult, register: Mapping[str, EvidenceRef]) -> Iterator[str]:
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
    failing = tuple(finding for finding in c.findings if finding.verdict is Verdict.FAIL)
    yield table(
        ("subject", "actual", "expected", "explanation", "evidence"),
        (_finding(finding) for finding in failing[:_FINDINGS]),
    )
    if len(failing) > _FINDINGS:
        yield f"{len(failing) - _FINDINGS} more failing subjects: report.xlsx, sheet Findings."
    cited = dict.fromkeys(entry for finding in failing[:_FINDINGS] for entry in finding.evidence)
    yield table(
        ("evidence", "of", "member", "place", "excerpt", "member SHA-256"),
        (_place(register[entry]) for entry in cited if entry in register),
    )


def _finding(f: Finding) -> tuple[str, ...]:
    notes = "".join(f" Note: {note}" for note in f.notes)
    return (
        plain(f.subject, 200),
        plain(f.actual, 300),
        plain(f.expected, 300),
        plain(f.explanation + notes, 500),
        ", ".join(f.evidence),
    )


def _place(entry: EvidenceRef) -> tuple[str, ...]:
    return (
        entry.id,
        plain(entry.subject),
        plain(entry.member),
        plain(entry.selector),
        plain(entry.excerpt, 160),
        entry.member_sha256,
    )


def back_matter(a: Assessment) -> Iterator[str]:
    """Yield gaps, bundles, declared policy, glossary, limits, and the check by hand."""
    yield from _gaps(a)
    yield "## Bundles"
    yield table(
        ("subject", "file", "SHA-256", "custody fingerprint", "integrity", "collected"),
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
    yield "## How to check a verdict by hand"
    yield _BY_HAND


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
