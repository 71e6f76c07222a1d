"""Missing evidence as requests: what, where, why, the command, and the controls it would decide."""

from collections.abc import Iterator

from analyzer.model.assessment import ControlResult, Gap
from analyzer.model.cause import Cause, cause_of
from analyzer.model.cluster import ClusterEvidence, ExpectedNode
from analyzer.model.evidence import NODE_BUNDLE, EvidenceKey
from analyzer.model.responsibility import Party, ProviderProfile
from analyzer.model.verdict import Verdict

_Place = tuple[str, EvidenceKey, Cause]
"""Subject, key and cause of a gap."""


def find_gaps(
    controls: tuple[ControlResult, ...], cluster: ClusterEvidence, profile: ProviderProfile
) -> tuple[Gap, ...]:
    """Group what is missing by place and cause; sorted by how many controls it would unlock.

    A node that the API knows and no bundle covers is a gap of its own, for every control
    that speaks of such nodes. What only another party can collect says whom to ask.
    """
    gaps = (*_missing_pieces(controls, profile), *_missing_nodes(controls, cluster))
    return tuple(sorted(gaps, key=_order))


def _order(gap: Gap) -> tuple[int, str, str, str]:
    return -len(gap.controls), gap.subject, gap.key, gap.cause.value


def _missing_nodes(controls: tuple[ControlResult, ...], cluster: ClusterEvidence) -> Iterator[Gap]:
    seen = {node.name for node in cluster.nodes}
    for node in cluster.expected or ():
        ids = tuple(c.id for c in controls if node.name in c.nodes_missing)
        if node.name not in seen and ids:
            yield Gap(
                key=NODE_BUNDLE,
                subject=f"node/{node.name}",
                cause=Cause.NO_BUNDLE,
                detail="the API lists this node, and no bundle of it was given",
                command=_node_command(node),
                controls=ids,
            )


def _missing_pieces(controls: tuple[ControlResult, ...], profile: ProviderProfile) -> Iterator[Gap]:
    waiting: dict[_Place, list[ControlResult]] = {}
    details: dict[_Place, str] = {}
    for control in controls:
        if control.verdict is not Verdict.NO_EVIDENCE:
            continue
        pieces = (piece for finding in control.findings for piece in finding.missing)
        for missing in (piece for piece in pieces if piece.key != NODE_BUNDLE):
            place = (missing.subject, missing.key, cause_of(missing.reason))
            details.setdefault(place, missing.detail)
            found = waiting.setdefault(place, [])
            if control not in found[-1:]:
                found.append(control)
    for (subject, key, cause), found in waiting.items():
        yield Gap(
            key=key,
            subject=subject,
            cause=cause,
            detail=details[subject, key, cause],
            command=_command(key, subject, found, profile),
            controls=tuple(control.id for control in found),
        )


def _command(
    key: str, subject: str, controls: list[ControlResult], profile: ProviderProfile
) -> str:
    if key.startswith("api/"):
        return "python3 api.py --output DIR"
    command = _run_on(subject.removeprefix("node/") if subject.startswith("node/") else "")
    if any(control.responsibility.inherited_from for control in controls):
        return f"on {profile.inherited_from}: {command}"
    if any(control.responsibility.party is Party.PROVIDER for control in controls):
        return f"ask {profile.provider}, who runs it: {command}"
    return command


def _node_command(node: ExpectedNode) -> str:
    if node.os == "windows":
        return "none: node.sh does not cover Windows nodes"
    return _run_on(node.name)


def _run_on(name: str) -> str:
    """Return what to run on a node; without a plain name the collector finds the name itself.

    Names come from evidence, and a word to be filled in would become one when it is pasted.
    """
    plain = all(char.isalnum() or char in "-._" for char in name)
    known = name and name.isascii() and plain and not name.startswith("-")
    return f"sudo sh node.sh{f' --node-name {name}' if known else ''} --output DIR"
