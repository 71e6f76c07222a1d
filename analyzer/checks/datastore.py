"""Whether what the API server stores its objects in is an etcd at all."""

from dataclasses import replace

from analyzer.checks.judgement import Judgement, no_evidence, unique
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Query, Shape, Value
from analyzer.model.evidence import Present, Unreadable
from analyzer.model.verdict import Reason, Verdict

_SERVERS = Query(flag="etcd-servers", shape=Shape.LIST)
_SOCKET = "unix://"


def unless_no_etcd(judged: Judgement, target: Target) -> Judgement:
    """Set a failed rule about etcd aside where the datastore is something else.

    A socket leads nowhere but to its own node. Where no etcd runs there, another program answers
    on it (kine, as k3s, k0s and vCluster run it), over a connection that has no certificates.
    An address, even the node's own, may be a way to an etcd elsewhere and proves nothing.
    """
    if judged.verdict is not Verdict.FAIL or target.node is None:
        return judged
    servers = target.config.look_up(_SERVERS)
    if not isinstance(servers, Value) or not servers.items:
        return judged
    if not all(url.startswith(_SOCKET) for url in servers.items) or target.node.running("etcd"):
        return judged
    scan = target.node.scan
    if isinstance(scan, Unreadable):
        return no_evidence(scan, "process/etcd", target.subject, sources=judged.sources)
    looked = (scan.source,) if isinstance(scan, Present) else ()
    return replace(
        judged,
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_COMPONENT_ABSENT,
        actual=f"{judged.actual}; {servers.written}",
        why=f"{servers.written} names a socket, and no etcd runs on the node: the datastore is "
        "none, and takes no certificates.",
        sources=unique((servers.source, *looked, *judged.sources)),
        letter=None,
        letter_why="",
    )
