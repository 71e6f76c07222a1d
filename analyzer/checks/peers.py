"""Whether an etcd member has peers at all."""

from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Query, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason, Verdict

_NODES = "nodes"


def single_member(target: Target, evidence: ClusterEvidence) -> Judgement | None:
    """Say that peer rules cannot apply; None when peers exist or cannot be ruled out.

    A member's own list is as old as its first start, so it counts only together with the
    API's node list: one control-plane node, and no second etcd on any node in evidence.
    """
    members = _alone_by_its_list(target, evidence)
    control_plane = [node for node in evidence.expected or () if node.control_plane]
    if members is None or len(control_plane) != 1:
        return None
    return Judgement(
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_ROLE,
        actual=members.written,
        why="This etcd has one member: its list names only itself, and the API knows one "
        "control-plane node, so there are no peers.",
        sources=(members.source,),
    )


def unless_perhaps_alone(judged: Judgement, target: Target, evidence: ClusterEvidence) -> Judgement:
    """Take back a failure where only the unknown list of nodes would show whether it is one."""
    if judged.verdict is not Verdict.FAIL or evidence.expected is not None:
        return judged
    members = _alone_by_its_list(target, evidence)
    if members is None:
        return judged
    unknown = Unreadable(
        reason=_no_list(evidence),
        detail="whether this etcd has peers is open: its list names only itself, and the API's "
        f"list of nodes is not known; if it has any, {judged.actual} violates the rule",
    )
    sources = (members.source, *judged.sources)
    return no_evidence(unknown, f"api/{_NODES}", target.subject, sources=sources)


def _no_list(evidence: ClusterEvidence) -> Reason:
    if evidence.api is None:
        return Reason.NE_API_NOT_COLLECTED
    listed = evidence.api.list(_NODES)
    return listed.reason if isinstance(listed, Unreadable) else Reason.NE_SCHEMA_INVALID


def _alone_by_its_list(target: Target, evidence: ClusterEvidence) -> Value | None:
    """Return the list of a member that names only itself, where no second etcd is in evidence."""
    members = target.config.look_up(Query(flag="initial-cluster", key="initial-cluster"))
    if not isinstance(members, Value) or len(members.text.split(",")) != 1:
        return None
    running = [node for node in evidence.nodes if node.running("etcd")]
    return members if len(running) == 1 else None
