"""Run every control's check and roll its outcomes up into a verdict."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from analyzer.model.benchmark import Benchmark, Control
from analyzer.model.cluster import ClusterEvidence, ExpectedNode
from analyzer.model.context import Context
from analyzer.model.evidence import NODE_BUNDLE, EvidenceKey
from analyzer.model.outcome import Missing, OtherReading, Outcome, roll_up_other
from analyzer.model.verdict import Reason, Verdict, worst
from analyzer.pipeline.lifetime import lifetime_note

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the user left in scope.

    Attributes:
        level: Highest level that is judged; None takes both.
        inherited: Section prefixes that another cluster answers for. What this cluster's
            API says is no evidence of that one: only node bundles are.
    """

    level: int | None = None
    inherited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One control with the outcomes of its check."""

    control: Control
    verdict: Verdict
    reason: Reason
    explanation: str
    outcomes: tuple[Outcome, ...]
    other_reading: OtherReading | None = None


_API_SERVER = EvidenceKey("process/kube-apiserver")


def concerns(control: Control, node: ExpectedNode) -> bool:
    """Tell whether a control speaks of a node: those of the control plane, or each.

    A rule over API objects speaks of the control plane where it also asks how the API server
    was started: each of its instances has arguments of its own.
    """
    if control.node_role == "cluster" and _API_SERVER not in control.check.needs:
        return False
    return control.node_role == "worker" or node.control_plane


def judge(
    benchmark: Benchmark,
    evidence: ClusterEvidence,
    context: Context,
    selection: Selection,
    progress: Progress,
) -> tuple[Judged, ...]:
    """Judge every control of a benchmark, in order; one result each, always."""
    nodes_only = replace(evidence, api=None, expected=None)
    results = []
    for control in benchmark.controls:
        progress(control.id)
        inherited = control.section.split(".", maxsplit=1)[0] in selection.inherited
        seen = nodes_only if inherited else evidence
        results.append(_judge_one(control, seen, context, selection))
    return tuple(results)


def _judge_one(
    control: Control, evidence: ClusterEvidence, context: Context, selection: Selection
) -> Judged:
    if selection.level is not None and control.level > selection.level:
        return Judged(
            control=control,
            verdict=Verdict.OUT_OF_SCOPE,
            reason=Reason.OS_LEVEL,
            explanation=f"Level {control.level} was left out by --level {selection.level}.",
            outcomes=(),
        )
    outcomes = _evaluate(control, evidence, context)
    if outcomes and all(outcome.verdict is Verdict.NOT_APPLICABLE for outcome in outcomes):
        outcomes = (*outcomes, *_unseen(control, evidence))
    verdict = worst(outcome.verdict for outcome in outcomes)
    leading = next(iter(_deciding(outcomes, verdict)), None)
    said = (_sum_up(outcomes, verdict), lifetime_note(control, verdict, context))
    return Judged(
        control=control,
        verdict=verdict,
        reason=leading.reason if leading else Reason.NE_NOTHING_TO_JUDGE,
        explanation=" ".join(part for part in said if part),
        outcomes=outcomes,
        other_reading=roll_up_other(outcomes, verdict),
    )


def _evaluate(control: Control, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
    try:
        outcomes = control.check.evaluate(evidence, context)
    except Exception as defect:  # noqa: BLE001 - the one boundary: our defect is a verdict of its own
        return (_defect(control, defect),)
    return tuple(sorted(outcomes, key=lambda o: (o.subject, o.verdict.value, o.actual)))


def _unseen(control: Control, evidence: ClusterEvidence) -> tuple[Outcome, ...]:
    """Name the nodes that nobody visited: there, too, it may not apply, or may be violated.

    Without a node list there may be such nodes. Who the members of etcd are is known from etcd.
    """
    if evidence.expected is None:
        return (_UNLISTED,) if control.node_role in ("control-plane", "worker") else ()
    seen = {node.name for node in evidence.nodes}
    return tuple(
        _not_visited(node.name)
        for node in evidence.expected
        if node.name not in seen and concerns(control, node)
    )


_NO_LIST = "the cluster's node list is not in evidence, so that other nodes may run it"
_UNLISTED = Outcome(
    subject="cluster",
    verdict=Verdict.NO_EVIDENCE,
    reason=Reason.NE_NODE_MISSING,
    explanation=f"No evidence: {_NO_LIST}.",
    actual="unknown",
    expected="",
    missing=(
        Missing(
            key=EvidenceKey("api/nodes"),
            subject="cluster",
            reason=Reason.NE_API_NOT_COLLECTED,
            detail=_NO_LIST,
        ),
    ),
)


def _not_visited(name: str) -> Outcome:
    detail = f"node {name} is known to the API and no bundle covers it"
    return Outcome(
        subject=f"node/{name}",
        verdict=Verdict.NO_EVIDENCE,
        reason=Reason.NE_NODE_MISSING,
        explanation=f"No evidence: {detail}.",
        actual="unknown",
        expected="",
        missing=(
            Missing(
                key=NODE_BUNDLE,
                subject=f"node/{name}",
                reason=Reason.NE_NODE_MISSING,
                detail=detail,
            ),
        ),
    )


def _defect(control: Control, defect: Exception) -> Outcome:
    return Outcome(
        subject="cluster",
        verdict=Verdict.ERROR,
        reason=Reason.ER_CHECK_FAILED,
        explanation=f"The check {control.definition.topic} failed on this evidence: "
        f"{type(defect).__name__}. This is our defect; please report it.",
        actual="",
        expected="",
        notes=(f"{type(defect).__name__}: {str(defect)[:300]}",),
    )


def _deciding(outcomes: tuple[Outcome, ...], verdict: Verdict) -> tuple[Outcome, ...]:
    """Return the outcomes that decided; what was found violating comes before what is lacking."""
    deciding = (o for o in outcomes if o.verdict is verdict)
    return tuple(sorted(deciding, key=lambda o: o.reason is not Reason.FAIL_EXPLICIT))


def _sum_up(outcomes: tuple[Outcome, ...], verdict: Verdict) -> str:
    """One sentence for the register; a single deciding outcome speaks for itself."""
    deciding = _deciding(outcomes, verdict)
    if not deciding:
        return "Nothing was there to judge."
    if len(deciding) == 1 and len(outcomes) == 1:
        return deciding[0].explanation
    subjects = ", ".join(o.subject for o in deciding[:3])
    more = f" and {len(deciding) - 3} more" if len(deciding) > 3 else ""
    lead = f"{len(deciding)} of {len(outcomes)} findings: {verdict.value} ({subjects}{more})."
    return f"{lead} {deciding[0].explanation}"
