"""Whether an etcd member has peers at all."""

from analyzer.checks.judgement import Judgement
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Query, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.verdict import Reason, Verdict


def single_member(target: Target, evidence: ClusterEvidence) -> Judgement | None:
    """Say that peer rules cannot apply; None when peers exist or cannot be ruled out.

    A member's own list is as old as its first start, so it counts only together with the
    API's node list: one control-plane node, and no second etcd on any node in evidence.
    """
    members = target.config.look_up(Query(flag="initial-cluster", key="initial-cluster"))
    if not isinstance(members, Value) or len(members.text.split(",")) != 1:
        return None
    running = [node for node in evidence.nodes if node.running("etcd")]
    control_plane = [node for node in evidence.expected or () if node.control_plane]
    if len(running) != 1 or len(control_plane) != 1:
        return None
    return Judgement(
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_ROLE,
        actual=members.written,
        why="This etcd has one member: its list names only itself, and the API knows one "
        "control-plane node, so there are no peers.",
        sources=(members.source,),
    )
