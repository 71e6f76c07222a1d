"""The register of report.md: one row a control, by section."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.verdict import Verdict
from analyzer.reports.citations import OF_A_CONTROL, detailed, evidence_of
from analyzer.reports.markdown_evidence import EvidenceBlocks
from analyzer.reports.markdown_text import brief, heading, link, plain, table
from analyzer.reports.words import counts_line, nodes_line, score_line, several

_GROUPS = 3
_SHOWN = 300


def control_link(c: ControlResult) -> str:
    """Return the control's number, leading to its findings where report.md lists them."""
    return link(plain(c.id), *control_heading(c)) if detailed(c) else plain(c.id)


def title_link(c: ControlResult) -> str:
    """Return the control's title, leading to its findings where report.md lists them."""
    title = plain(c.title, 200)
    return link(title, *control_heading(c)) if detailed(c) else title


def control_heading(c: ControlResult) -> tuple[str, str]:
    """Return name and title of the heading that the control's findings stand under."""
    return f"Control {c.id}", c.title


def register(a: Assessment, blocks: EvidenceBlocks) -> Iterator[str]:
    """Yield one table a section."""
    reviewed = any(control.review for control in a.controls)
    yield "## Register"
    yield (
        "Observed is what the evidence shows; nothing that people say changes it."
        + (" Auditor is what the auditor concluded." if reviewed else "")
        + " What follows names who must act, and the disposition. A title that is "
        "a link leads to the findings; texts that end in … are whole in report.xlsx and "
        "assessment.json."
    )
    for section in dict.fromkeys(control.section for control in a.controls):
        controls = tuple(c for c in a.controls if c.section == section)
        yield heading(3, f"Section {section}", a.sections.get(section, ""))
        tally = a.summary.by_section.get(section)
        if tally is not None:
            yield f"{counts_line(tally.by_verdict)}; {score_line(tally)}."
        yield _rows(controls, blocks, reviewed=reviewed)


def _rows(controls: tuple[ControlResult, ...], blocks: EvidenceBlocks, *, reviewed: bool) -> str:
    auditor = ("auditor",) if reviewed else ()
    heads = ("control", "title", "observed", *auditor, "what follows", "what the evidence shows")
    return table(heads, (_row(c, blocks, reviewed=reviewed) for c in controls))


def _row(c: ControlResult, blocks: EvidenceBlocks, *, reviewed: bool) -> tuple[str, ...]:
    auditor = (auditor_word(c),) if reviewed else ()
    return (
        plain(c.id), f"{title_link(c)} (level {c.level})", f"**{c.verdict.value}**", *auditor,
        f"{c.responsibility.party.value}: {disposition(c)}", _shown(c, blocks),
    )  # fmt: skip


def auditor_word(c: ControlResult) -> str:
    """Return the auditor's verdict; marked when it was about another result."""
    if c.review is None:
        return ""
    stale = " (stale)" if c.review.stale else ""
    return f"{c.review.review.verdict.value}{stale}"


def disposition(c: ControlResult) -> str:
    """Return what follows for the audit, and the waivers that have a part in it."""
    waivers = f" ({several(c.waiver.ids, 3)})" if c.waiver else ""
    return c.disposition.value + plain(waivers)


def _shown(c: ControlResult, blocks: EvidenceBlocks) -> str:
    shown = brief(c.explanation, _SHOWN)
    shown += _observed(c, shown)
    # The explanation of a partial pass names the nodes itself.
    named = c.nodes_missing and not c.partial
    missing = f", without {several(c.nodes_missing, 5)}" if named else ""
    nodes = plain(nodes_line(c) + missing) if c.nodes_expected != 0 else ""
    cited = blocks.cite(evidence_of(c), OF_A_CONTROL)
    shown += f" Nodes: {nodes}." if nodes else ""
    return shown + (f" Evidence: {cited}." if cited else "")


def _observed(c: ControlResult, shown: str) -> str:
    """Return what passing nodes were measured against, and values not shown yet; escaped."""
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in c.findings:
        if finding.verdict is Verdict.PASS and finding.subject.startswith("node/"):
            groups.setdefault((finding.actual, finding.expected), []).append(finding.subject)
    if len(groups) == 1:
        ((actual, expected),) = groups
        value = "" if plain(actual) in shown else f" Actual: {_part(actual)}."
        return f"{value} Expected: {_part(expected)}."
    parts = [
        f" {plain(several(tuple(nodes), 3))}: {_part(actual)}; expected: {_part(expected)}."
        for (actual, expected), nodes in groups.items()
    ]
    more = f" {len(parts) - _GROUPS} more values: report.xlsx." if len(parts) > _GROUPS else ""
    return "".join(parts[:_GROUPS]) + more


def _part(text: str) -> str:
    return brief(text, 120)
