"""The findings of report.md: what fails or waits for a person, with the ids of its evidence."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult, Finding
from analyzer.reports.citations import OF_A_FINDING, detailed, listed_findings
from analyzer.reports.markdown_evidence import EvidenceBlocks
from analyzer.reports.markdown_register import control_heading
from analyzer.reports.markdown_text import brief, fits_heading, heading, plain, table
from analyzer.reports.words import other_line

_SHOWN = 300


def findings(a: Assessment, blocks: EvidenceBlocks) -> Iterator[str]:
    """Yield every control that fails or waits for a person, and the findings that make it so."""
    yield "## Findings"
    shown = tuple(control for control in a.controls if detailed(control))
    if not shown:
        yield "No control failed, and none waits for a person's judgement."
    for control in shown:
        yield from _control(control, blocks)


def _control(c: ControlResult, blocks: EvidenceBlocks) -> Iterator[str]:
    yield heading(3, *control_heading(c))
    listed = listed_findings(c)
    wanted = {finding.expected for finding in listed}
    facts = list(_facts(c))
    if len(wanted) == 1:  # the same in every row: said once, the others have more room
        facts.append(f"Expected: {plain(wanted.pop(), _SHOWN)}")
    yield "\n".join(f"- {fact}" for fact in facts)
    yield _findings(listed, blocks)
    more = sum(finding.verdict is c.verdict for finding in c.findings) - len(listed)
    if more:
        yield f"{more} more findings of this kind: report.xlsx, sheet Findings."


def _facts(c: ControlResult) -> Iterator[str]:
    """Yield list items, escaped: the control, what to do, and what people said."""
    r = c.responsibility
    facts = f"level {c.level}, {plain(c.assessment)}; disposition {c.disposition.value}"
    yield f"**{c.verdict.value}**, {facts}; who must act: {r.party.value}"
    if not fits_heading(c.title):
        yield f"Title: {plain(c.title)}"
    yield f"Rule: {plain(c.rule)}"
    yield f"To do: {plain(c.remediation)}"
    if r.customer_action:
        yield f"Left to the customer: {plain(r.customer_action)}"
    if r.attested_raw:
        yield f"Published: {plain(r.attested_raw)}, {r.comparison.value}"
    if c.waiver:
        yield f"Waived: {plain(c.waiver.why)}"
    if c.review:
        yield _review(c)


def _review(c: ControlResult) -> str:
    if c.review is None:
        return ""
    said, stale = c.review.review, c.review.why
    comment = f": {brief(said.comment, 500)}" if said.comment else ""
    by = plain(f"{said.verdict.value}, {said.method.value}, {said.reviewer}, {said.reviewed_on}")
    return f"Auditor: {by}{comment}" + (f" **Stale:** {plain(stale)}" if c.review.stale else "")


def _findings(listed: tuple[Finding, ...], blocks: EvidenceBlocks) -> str:
    differ = len({finding.expected for finding in listed}) > 1
    heads = ("subject", "actual", *(("expected",) if differ else ()), "explanation", "evidence")
    rows = []
    for finding in listed:
        wanted = (plain(finding.expected, _SHOWN),) if differ else ()
        rows.append((*_seen(finding), *wanted, *_told(finding, blocks)))
    return table(heads, rows)


def _seen(f: Finding) -> tuple[str, str]:
    return plain(f.subject, 200), plain(f.actual, _SHOWN)


def _told(f: Finding, blocks: EvidenceBlocks) -> tuple[str, str]:
    other = f" {other_line(f.other_reading).capitalize()}" if f.other_reading else ""
    notes = other + "".join(f" Note: {note}" for note in f.notes)
    accepted = f" **Accepted by {plain(f.waiver)}.**" if f.waiver else ""
    told = plain(f.explanation + notes, 500) + accepted
    return told, blocks.cite(f.evidence, OF_A_FINDING)
