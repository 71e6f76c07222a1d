"""Missing evidence as requests: what, where, the command, and the controls it would decide."""

from collections.abc import Iterator

from analyzer.model.assessment import Gap
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Missing
from analyzer.model.verdict import Verdict
from analyzer.pipeline.judge import Judged

NODE_BUNDLE = EvidenceKey("node-bundle")
"""Key of a gap that is a whole node."""


def find_gaps(judged: tuple[Judged, ...], cluster: ClusterEvidence) -> tuple[Gap, ...]:
    """Group what is missing by place; sorted by how many controls it would unlock.

    A node that the API knows and no bundle covers is a gap of its own, for every control
    that speaks of such nodes.
    """
    gaps = (*_missing_pieces(judged), *_missing_nodes(judged, cluster))
    return tuple(sorted(gaps, key=lambda gap: (-len(gap.controls), gap.subject, gap.key)))


def _missing_nodes(judged: tuple[Judged, ...], cluster: ClusterEvidence) -> Iterator[Gap]:
    seen = {node.name for node in cluster.nodes}
    for node in cluster.expected or ():
        if node.name in seen:
            continue
        roles = ("worker", "control-plane", "etcd") if node.control_plane else ("worker",)
        ids = tuple(
            one.control.id
            for one in judged
            if one.control.node_role in roles and one.verdict is not Verdict.OUT_OF_SCOPE
        )
        if ids:
            yield Gap(
                key=NODE_BUNDLE,
                subject=f"node/{node.name}",
                detail="the API lists this node, and no bundle of it was given",
                command=_command(NODE_BUNDLE, f"node/{node.name}"),
                controls=ids,
            )


def _missing_pieces(judged: tuple[Judged, ...]) -> Iterator[Gap]:
    controls: dict[tuple[str, EvidenceKey], list[str]] = {}
    details: dict[tuple[str, EvidenceKey], str] = {}
    for result in judged:
        if result.verdict is not Verdict.NO_EVIDENCE:
            continue
        for missing in _missing(result):
            place = (missing.subject, missing.key)
            details.setdefault(place, missing.detail)
            found = controls.setdefault(place, [])
            if result.control.id not in found:
                found.append(result.control.id)
    for (subject, key), ids in controls.items():
        yield Gap(
            key=key,
            subject=subject,
            detail=details[subject, key],
            command=_command(key, subject),
            controls=tuple(ids),
        )


def _missing(result: Judged) -> tuple[Missing, ...]:
    return tuple(missing for outcome in result.outcomes for missing in outcome.missing)


def _command(key: str, subject: str) -> str:
    if key.startswith("api/"):
        return "python3 api.py --output DIR"
    name = subject.removeprefix("node/") if subject.startswith("node/") else "NODE"
    return f"sudo sh node.sh --node-name {_shell_word(name)} --output DIR"


def _shell_word(text: str) -> str:
    """Node names come from evidence: only a plain name is put into a command."""
    plain = all(char.isalnum() or char in "-._" for char in text)
    return text if text and text.isascii() and plain and not text.startswith("-") else "NODE"
