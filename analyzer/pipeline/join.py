"""Join the evidence of several bundles into one cluster, or refuse to."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import MappingProxyType

from analyzer.formats.kube_objects import expected_nodes
from analyzer.model.api import ApiEvidence
from analyzer.model.bundle import Bundle
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.errors import BundleRefusedError
from analyzer.model.node import NodeEvidence
from analyzer.pipeline.namesakes import without_namesakes

_SPLIT = "Analyse the bundles of each cluster in a run of their own."
_BY_WORD = "that all bundles are of one cluster is taken from the user."
_NO_UID = "(no cluster uid)"
_RESEALED = "One of the two was changed and sealed again; ask for the original."


def check_identities(bundles: tuple[Bundle, ...]) -> tuple[str, ...]:
    """Refuse what cannot be, and say what cannot be proven, of bundles read together.

    Returns:
        Notices: machine ids that several nodes share.

    Raises:
        BundleRefusedError: Two different archives carry one bundle id.
    """
    seen: dict[str, Bundle] = {}
    machines: dict[str, set[str]] = {}
    for bundle in bundles:
        number = str(bundle.manifest["bundle_id"])
        if number in seen:
            raise BundleRefusedError(
                bundle.name, f"has the bundle id of {seen[number].name}", advice=_RESEALED
            )
        seen[number] = bundle
        machine = (bundle.manifest.get("subject") or {}).get("machine_id_sha256")
        if isinstance(machine, str) and machine:
            machines.setdefault(machine, set()).add(bundle.subject)
    return tuple(
        f"{', '.join(sorted(names))} share a machine id: clones of one image, or one machine "
        "under several names."
        for _, names in sorted(machines.items())
        if len(names) > 1
    )


def join(
    nodes: Iterable[NodeEvidence], apis: Iterable[ApiEvidence], *, by_word: bool = False
) -> tuple[ClusterEvidence, tuple[str, ...]]:
    """Make one cluster out of node and API evidence.

    Of two bundles about one subject the newer is judged and a notice says so.

    Args:
        nodes: Evidence of each node bundle, in any order.
        apis: Evidence of each API bundle, in any order.
        by_word: The user says that all nodes are of this cluster, whatever their certificate
            authorities. API bundles of two clusters stay refused: one of them would go unread.

    Returns:
        The cluster, and notices for the report's front page.

    Raises:
        BundleRefusedError: The bundles come from different clusters.
    """
    notices: list[str] = []
    api = _newest_api(tuple(apis), notices)
    chosen = _newest_nodes(tuple(nodes), notices)
    mixed = _authorities(chosen, api)
    if len(mixed) > 1 and not by_word:
        raise BundleRefusedError(
            "bundles",
            f"different cluster certificate authorities: {', '.join(sorted(mixed.values()))}",
            advice=f"{_SPLIT} If they are one cluster all the same, say so with --join.",
        )
    if len(mixed) > 1:
        notices.append(f"Certificate authorities differ between bundles: {_BY_WORD}")
    expected = expected_nodes(api) if api is not None else None
    if api is not None and expected is not None:
        api = _without_strangers(api, {node.name for node in expected}, notices)
    chosen, apart = without_namesakes(chosen)
    notices.extend(apart)
    cluster = ClusterEvidence(nodes=chosen, api=api, expected=expected)
    return cluster, (*notices, *_unproven(cluster), *_coverage_notices(cluster))


def _without_strangers(
    api: ApiEvidence, known: AbstractSet[str], notices: list[str]
) -> ApiEvidence:
    """Leave out what kubelets are said to answer that the list of nodes does not hold."""
    strangers = [name for name in api.configz if name not in known]
    if not strangers:
        return api
    notices.append(
        f"Answers of kubelets on nodes that the API does not know: {', '.join(strangers)}; "
        "they are not judged."
    )
    kept = {name: answer for name, answer in api.configz.items() if name in known}
    return replace(api, configz=MappingProxyType(kept))


def _unproven(cluster: ClusterEvidence) -> tuple[str, ...]:
    """Say which bundles are joined by the user's word alone."""
    api = cluster.api
    if api is None or not cluster.nodes:
        return ()
    if not api.ca_sha256:
        return (f"The API bundle states no cluster certificate authority: {_BY_WORD}",)
    names = [node.name for node in cluster.nodes if not node.ca_sha256]
    if not names:
        return ()
    return (f"No cluster certificate authority from {', '.join(names)}: {_BY_WORD}",)


def _newest_api(apis: tuple[ApiEvidence, ...], notices: list[str]) -> ApiEvidence | None:
    uids = sorted({api.cluster_uid or _NO_UID for api in apis})
    if len(uids) > 1:
        unknown = _NO_UID in uids
        raise BundleRefusedError(
            "bundles",
            f"API bundles of different clusters: {', '.join(uids)}",
            advice="Leave out the one without a cluster uid: its run saw no cluster."
            if unknown
            else _SPLIT,
        )
    ordered = sorted(apis, key=lambda api: (api.collected_at, api.bundle_sha256))
    if len(ordered) > 1:
        notices.append(
            f"{len(ordered)} API bundles were given; "
            f"the one of {ordered[-1].collected_at} is judged."
        )
    return ordered[-1] if ordered else None


def _newest_nodes(nodes: tuple[NodeEvidence, ...], notices: list[str]) -> tuple[NodeEvidence, ...]:
    newest: dict[str, NodeEvidence] = {}
    for node in sorted(nodes, key=lambda node: (node.collected_at, node.bundle_sha256)):
        if node.name in newest:
            notices.append(
                f"Several bundles of node {node.name} were given; "
                f"the one of {node.collected_at} is judged."
            )
        newest[node.name] = node
    return tuple(newest[name] for name in sorted(newest))


def _authorities(nodes: tuple[NodeEvidence, ...], api: ApiEvidence | None) -> dict[str, str]:
    """Return one bundle's name by each cluster certificate authority that was found."""
    authorities = {node.ca_sha256: str(node.name) for node in nodes if node.ca_sha256}
    if api is not None and api.ca_sha256:
        authorities.setdefault(api.ca_sha256, api.cluster_uid or "the API bundle")
    return authorities


def _coverage_notices(cluster: ClusterEvidence) -> tuple[str, ...]:
    if cluster.expected is None:
        return ("The cluster's node list is not in evidence: node coverage is unknown.",)
    seen = {node.name for node in cluster.nodes}
    known = {node.name for node in cluster.expected}
    missing = sorted(known - seen)
    unknown = sorted(seen - known)
    notices = []
    if missing:
        notices.append(
            f"{len(missing)} of {len(known)} nodes have no bundle: {', '.join(missing)}."
        )
    if unknown:
        notices.append(f"Bundles of nodes that the API does not know: {', '.join(unknown)}.")
    return tuple(notices)
