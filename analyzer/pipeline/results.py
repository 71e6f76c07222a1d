"""Judged controls into rows of the register: findings, coverage, responsibility, disposition."""

from collections import Counter
from dataclasses import replace

from analyzer.model.assessment import ControlResult, Finding
from analyzer.model.benchmark import Benchmark, Control
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.digests import facts_digest
from analyzer.model.outcome import OtherReading, Outcome
from analyzer.model.responsibility import ProviderProfile
from analyzer.model.verdict import Verdict
from analyzer.pipeline.judge import Judged, concerns
from analyzer.pipeline.register import EvidenceRegister
from analyzer.responsibility.assign import assign
from analyzer.responsibility.compare import disposition

LONGEST = 2_000
"""Characters of one text of a row or finding, before the mark of a cut."""


def build_results(
    judged: tuple[Judged, ...],
    benchmark: Benchmark,
    profile: ProviderProfile,
    cluster: ClusterEvidence,
    register: EvidenceRegister,
) -> tuple[ControlResult, ...]:
    """Turn every judged control into one row, in order."""
    return tuple(_row(one, benchmark, profile, cluster, register) for one in judged)


def _row(
    judged: Judged,
    benchmark: Benchmark,
    profile: ProviderProfile,
    cluster: ClusterEvidence,
    register: EvidenceRegister,
) -> ControlResult:
    control, definition = judged.control, judged.control.definition
    findings = tuple(_finding(outcome, register) for outcome in judged.outcomes)
    expected, missing = _coverage(control, cluster, profile)
    limits = _limits(judged, cluster, profile, expected, missing)
    responsibility = assign(profile, benchmark, control, judged.verdict)
    return ControlResult(
        id=control.id,
        section=control.section,
        title=control.title,
        level=control.level,
        assessment=control.assessment,
        scored=control.scored,
        topic=definition.topic,
        check_type=definition.type,
        decidability=definition.decidability,
        rule=definition.rule,
        remediation=definition.remediation,
        verdict=judged.verdict,
        reason=judged.reason,
        explanation=_bounded(judged.explanation) + limits,
        other_reading=_bounded_reading(judged.other_reading),
        findings=findings,
        counts=dict(sorted(Counter(f.verdict.value for f in findings).items())),
        nodes_expected=expected,
        nodes_judged=_judged_nodes(expected, missing, judged.outcomes, _subjects(cluster)),
        nodes_missing=missing,
        partial=bool(limits),
        responsibility=responsibility,
        disposition=disposition(judged.verdict, responsibility, partial=bool(limits)),
    )


def _finding(outcome: Outcome, register: EvidenceRegister) -> Finding:
    return Finding(
        subject=outcome.subject,
        verdict=outcome.verdict,
        reason=outcome.reason,
        explanation=_bounded(outcome.explanation),
        actual=_bounded(outcome.actual),
        expected=_bounded(outcome.expected),
        facts=facts_digest(outcome.actual, outcome.expected, outcome.whole),
        evidence=register.cite(outcome.evidence),
        missing=tuple(replace(m, detail=_bounded(m.detail)) for m in outcome.missing),
        notes=tuple(map(_bounded, outcome.notes)),
        other_reading=_bounded_reading(outcome.other_reading),
    )


def _bounded_reading(other: OtherReading | None) -> OtherReading | None:
    return replace(other, why=_bounded(other.why)) if other is not None else None


def _bounded(text: str) -> str:
    """Cut what an argument or a name of any length made long; the evidence holds all of it."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… (cut; {len(text)} characters)"


def _coverage(
    control: Control, cluster: ClusterEvidence, profile: ProviderProfile
) -> tuple[int | None, tuple[str, ...]]:
    """Count the nodes that a node rule should have seen, and name those it did not.

    Only rules over nodes have a coverage; the node list must be in evidence, and it must be
    that of the cluster which answers for the control.
    """
    if _inherited(control, profile) or cluster.expected is None:
        return None, ()
    names = [node.name for node in cluster.expected if concerns(control, node)]
    seen = {node.name for node in cluster.nodes}
    missing = tuple(name for name in sorted(names) if name not in seen)
    if control.node_role == "cluster" and not missing:
        return None, ()
    return len(names), missing


def _inherited(control: Control, profile: ProviderProfile) -> bool:
    return control.section.split(".", maxsplit=1)[0] in profile.inherited_sections


_OPEN = (Verdict.ERROR, Verdict.NO_EVIDENCE)


def _judged_nodes(
    expected: int | None,
    missing: tuple[str, ...],
    outcomes: tuple[Outcome, ...],
    known: set[str],
) -> int | None:
    """Count the visited nodes of which something is known; none where nothing was decided."""
    if expected is None or all(outcome.verdict in _OPEN for outcome in outcomes):
        return None if expected is None else 0
    failed = {outcome.subject for outcome in outcomes if outcome.verdict is Verdict.FAIL}
    left = {outcome.subject for outcome in outcomes if outcome.verdict in _OPEN} - failed
    unknown = (left & known) - {f"node/{name}" for name in missing}
    return max(0, expected - len(missing) - len(unknown))


_NO_LIST = " The cluster's node list is not in evidence; other nodes may differ."


def _subjects(cluster: ClusterEvidence) -> set[str]:
    return {f"node/{node.name}" for node in cluster.expected or ()}


def _limits(
    judged: Judged,
    cluster: ClusterEvidence,
    profile: ProviderProfile,
    expected: int | None,
    missing: tuple[str, ...],
) -> str:
    """Say what a pass leaves out: nodes not seen, or passes of nodes that the API does not know.

    Returns:
        Sentences with a leading space; empty for other verdicts, and where nothing is left out.
    """
    control = judged.control
    if judged.verdict is not Verdict.PASS or _inherited(control, profile):
        return ""
    if cluster.expected is None:
        return "" if control.node_role == "cluster" else _NO_LIST
    said = ""
    if missing and expected is not None:
        unseen = _names(missing)
        said = f" Judged on {expected - len(missing)} of {expected} nodes; not seen: {unseen}."
    known = _subjects(cluster)
    passes = {o.subject for o in judged.outcomes if o.verdict is Verdict.PASS}
    strangers = sorted(s for s in passes if s.startswith("node/") and s not in known)
    if strangers:
        said += f" The API does not know {_names(tuple(strangers))}."
    return said


def _names(names: tuple[str, ...], limit: int = 5) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
