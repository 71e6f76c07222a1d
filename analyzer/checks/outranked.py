"""What is given for a setting somewhere and does not count: a note, not a verdict."""

from dataclasses import replace

from analyzer.checks.judgement import Judgement
from analyzer.checks.manifest_drift import drift_notes
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Looked, Query, Shape, Value

CONTESTED = (
    "the gate stands in the flag and in the file with different values: the kubelet's source lets "
    "the flag win, its documentation the file, so both have to be right"
)
_SHOWN = 200


def outranked_notes(
    target: Target, query: Query, *, contested: Value | None = None
) -> tuple[str, ...]:
    """Name each value that another one outranks, with the place it stands in.

    Args:
        target: The process.
        query: The setting.
        contested: A value that has to be right as well, and so is not without effect.
    """
    return tuple(
        f"{value.written[:_SHOWN]} ({value.origin.value}) has no effect: it is outranked"
        for value in target.config.outranked(query)
        if value != contested
    )


def with_flag_notes(judged: Judgement, target: Target, query: Query) -> Judgement:
    """Add what is worth saying of a flag beside its value: drift, and what it outranks."""
    notes = (*drift_notes(target, query.flag), *outranked_notes(target, query))
    return replace(judged, notes=(*judged.notes, *notes))


def other_gate(target: Target, query: Query, found: Looked) -> Value | None:
    """Return what a kubelet's file says of a gate that its flag decides; None for nothing.

    Source: cmd/kubelet/app/server.go, kubeletConfigFlagPrecedence, against
    kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file (merging order).
    """
    if query.shape is not Shape.GATE or not query.key or not isinstance(found, Value):
        return None
    for name in (query.gate, query.gate_group):
        alone = replace(query, gate=name, gate_group="")
        if name and target.config.look_up(alone) == found:
            others = target.config.outranked(alone)
            return next((v for v in others if v.origin is not found.origin), None)
    return None
