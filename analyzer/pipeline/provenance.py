"""Where an assessment comes from: profile, policy, cluster and bundles as the reports name them."""

from collections import Counter

from analyzer.bundle.custody import custody_of
from analyzer.model.assessment import BundleSummary, ClusterInfo, ProfileInfo
from analyzer.model.bundle import Bundle
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Policy
from analyzer.model.responsibility import ProviderProfile


def newest(cluster: ClusterEvidence) -> str:
    """Return the newest collection time of all bundles."""
    times = [node.collected_at for node in cluster.nodes]
    if cluster.api is not None:
        times.append(cluster.api.collected_at)
    return max(times)


def profile_info(profile: ProviderProfile) -> ProfileInfo:
    """Return the profile as the report names it."""
    return ProfileInfo(
        id=profile.id,
        title=profile.title,
        provider=profile.provider,
        product=profile.product,
        benchmark=profile.benchmark,
        statement=profile.statement,
        source_url=profile.source_url,
        source_date=profile.source_date,
    )


def policy_text(policy: Policy) -> dict[str, str]:
    """Return the declared policy as printed: values and lists by name."""
    lists = {name: ", ".join(entries) or "(none)" for name, entries in policy.lists.items()}
    return dict(sorted((dict(policy.values) | lists).items()))


def cluster_info(cluster: ClusterEvidence) -> ClusterInfo:
    """Return what is known of the cluster as a whole."""
    seen = tuple(node.name for node in cluster.nodes)
    expected = cluster.expected
    known = {node.name for node in expected or ()}
    return ClusterInfo(
        uid=cluster.api.cluster_uid if cluster.api else None,
        kubernetes_version=cluster.api.git_version if cluster.api else None,
        nodes_expected=tuple(sorted(known)) if expected is not None else None,
        nodes_evidenced=seen,
        nodes_unknown=tuple(n for n in seen if n not in known) if expected is not None else (),
    )


def bundle_summaries(bundles: tuple[Bundle, ...]) -> tuple[BundleSummary, ...]:
    """Return what each bundle says of itself, by kind and subject."""
    ordered = sorted(bundles, key=lambda one: (one.kind.value, one.subject, one.sha256))
    return tuple(_bundle_summary(bundle) for bundle in ordered)


def _bundle_summary(bundle: Bundle) -> BundleSummary:
    manifest = bundle.manifest
    custody = custody_of(bundle)
    return BundleSummary(
        name=f"keb-{bundle.kind.value}-{str(manifest['bundle_id'])[:8]}",
        sha256=bundle.sha256,
        fingerprint=bundle.fingerprint,
        kind=bundle.kind.value,
        subject=bundle.subject,
        integrity="verified",
        signature="unverified" if bundle.signatures else "unsigned",
        complete=bool(manifest["complete"]),
        stopped=custody.stopped,
        collected_at=str(manifest["time"]["finished"]),
        collector=custody.collector,
        collector_text=custody.text,
        collector_sha256=custody.text_sha256,
        case_no=custody.case_no,
        operator=custody.operator,
        counts=dict(sorted(Counter(probe.status for probe in bundle.probes).items())),
    )
