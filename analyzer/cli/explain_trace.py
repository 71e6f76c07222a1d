"""The second half of ``explain``: how one cluster's evidence led to one verdict."""

from collections.abc import Iterator

from analyzer.cli.explain_people import people_lines, waiver_lines
from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef, Finding, Gap
from analyzer.model.outcome import Missing
from analyzer.model.verdict import Verdict
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import counts_line, nodes_line, other_line, several

_EXCERPT = 160
_NODES = 20

_ROLL_UP = {
    Verdict.PASS: "all that was judged passes",
    Verdict.FAIL: "one failing finding is enough",
    Verdict.MANUAL: "nothing fails, and a person must judge the rest",
    Verdict.NO_EVIDENCE: "nothing fails, and what is missing could",
    Verdict.NOT_APPLICABLE: "nothing was found that the control is about",
    Verdict.ERROR: "our check failed, so that nothing can be said",
    Verdict.OUT_OF_SCOPE: "left out by the user",
}


def trace_lines(assessment: Assessment, number: str) -> Iterator[str]:
    """Yield the trace of one control: verdict, roll-up, parties, people, then every finding."""
    control = next((c for c in assessment.controls if c.id == number), None)
    if control is None:
        yield f"  this assessment ({assessment.benchmark_id}) has no control {number}"
        return
    cluster = assessment.cluster
    version = cluster.kubernetes_version or "unknown"
    yield f"For cluster {cluster.uid or 'unknown'}, Kubernetes {version}, as of {assessment.as_of}"
    yield from _verdict_lines(assessment, control)
    yield from people_lines(assessment, control)
    refs = {ref.id: ref for ref in assessment.evidence}
    commands = _commands(assessment.gaps)
    for finding in control.findings:
        yield from _finding_lines(finding, commands)
        for entry in finding.evidence:
            yield from _evidence_lines(refs[entry])
    yield from waiver_lines(assessment, control)


def _verdict_lines(a: Assessment, c: ControlResult) -> Iterator[str]:
    yield f"  verdict:     {c.verdict.value} ({c.reason.value})"
    yield f"  because:     {c.explanation}"
    yield f"  reading:     {a.reading}"
    if c.other_reading is not None:
        yield f"  otherwise:   {other_line(c.other_reading)}"
    found = counts_line(c.counts)
    plural = "" if len(c.findings) == 1 else "s"
    yield f"  roll-up:     {len(c.findings)} finding{plural} ({found}): {_ROLL_UP[c.verdict]}"
    if c.nodes_expected is not None:
        unseen = f"; not seen: {several(c.nodes_missing, _NODES)}" if c.nodes_missing else ""
        yield f"  nodes:       {nodes_line(c)}{unseen}"
    r = c.responsibility
    said = f", published: {r.attested_raw}, {r.comparison.value}" if r.attested_raw else ""
    yield f"  answers:     {r.party.value} ({r.basis.value}){said}; {c.disposition.value}"


def _finding_lines(finding: Finding, commands: dict[tuple[str, str], str]) -> Iterator[str]:
    yield f"    {finding.subject}: {finding.verdict.value} ({finding.reason.value})"
    yield f"      {finding.explanation}"
    yield f"      actual: {finding.actual}; expected: {finding.expected}"
    if finding.other_reading is not None:
        yield f"      {other_line(finding.other_reading)}"
    if finding.waiver:
        yield f"      accepted by waiver {finding.waiver}"
    for note in finding.notes:
        yield f"      note: {note}"
    for piece in finding.missing:
        yield from _missing_lines(piece, commands)


def _missing_lines(piece: Missing, commands: dict[tuple[str, str], str]) -> Iterator[str]:
    yield f"      missing: {piece.key} of {piece.subject}: {piece.detail}"
    command = commands.get((piece.subject, piece.key))
    if command:
        yield f"      collect: {command}"


def _commands(gaps: tuple[Gap, ...]) -> dict[tuple[str, str], str]:
    return {(gap.subject, gap.key): gap.command for gap in gaps}


def _evidence_lines(ref: EvidenceRef) -> Iterator[str]:
    yield f"      {ref.id} bundle of {ref.subject}, sha256:{ref.bundle_sha256}"
    yield f"        {ref.member} {ref.selector} sha256:{ref.member_sha256}"
    if ref.excerpt:
        yield f"        says: {cut(one_line(ref.excerpt), _EXCERPT, ' ...')}"
