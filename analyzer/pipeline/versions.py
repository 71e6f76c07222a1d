"""Which Kubernetes version is believed: none when the evidence contradicts itself.

A version decides which defaults hold and which benchmark fits, so that a wrong one turns verdicts.
A kubelet is never newer than the API server it talks to. Source:
https://kubernetes.io/releases/version-skew-policy/#kubelet.
"""

from collections.abc import Iterator
from dataclasses import replace

from analyzer.model.api import ApiEvidence
from analyzer.model.cluster import ClusterEvidence, ExpectedNode
from analyzer.model.version import Version, parse_version

_SHOWN = 3


def believe_version(cluster: ClusterEvidence) -> tuple[ClusterEvidence, str]:
    """Take every version out of a cluster whose evidence contradicts itself about it.

    Returns:
        The cluster, and what disagrees, for the report's front page; empty when nothing does.
    """
    api = cluster.api
    version = parse_version(api.git_version) if api is not None and api.git_version else None
    if api is None or version is None:
        return cluster, ""
    against = (*_stated(api, version), *_newer(cluster, version))
    if not against:
        return cluster, ""
    expected = tuple(replace(node, kubelet_version="") for node in cluster.expected or ())
    unversioned = replace(
        cluster,
        api=replace(api, git_version=None, version_source=None),
        expected=None if cluster.expected is None else expected,
    )
    return unversioned, (
        f"NO VERSION IS BELIEVED, because the evidence contradicts itself: the API server says "
        f"{version}, {' and '.join(against)}."
    )


def _stated(api: ApiEvidence, version: Version) -> Iterator[str]:
    stated = parse_version(api.stated_version or "")
    if stated is not None and stated != version:
        yield f"the manifest of its bundle {stated}"


def _newer(cluster: ClusterEvidence, version: Version) -> Iterator[str]:
    newer = [node for node in cluster.expected or () if _is_newer(node, version)]
    if newer:
        shown = ", ".join(f"{n.name} {parse_version(n.kubelet_version)}" for n in newer[:_SHOWN])
        more = f" and {len(newer) - _SHOWN} more" if len(newer) > _SHOWN else ""
        yield f"the kubelets on {shown}{more} (a kubelet is never newer than its API server)"


def _is_newer(node: ExpectedNode, version: Version) -> bool:
    own = parse_version(node.kubelet_version)
    return own is not None and own > version
