"""From checked bundles to an assessment, in the order a reader would do it by hand."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analyzer import __version__
from analyzer.bundle.evidence import api_evidence, node_evidence
from analyzer.catalogue.benchmarks import choose_benchmark, load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.model.assessment import (
    Assessment,
    BundleSummary,
    ClusterInfo,
    ControlResult,
    ProfileInfo,
)
from analyzer.model.benchmark import Benchmark
from analyzer.model.bundle import Bundle, BundleKind
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Policy, Reading
from analyzer.model.responsibility import ProviderProfile
from analyzer.model.version import Version, parse_version
from analyzer.pipeline.gaps import find_gaps
from analyzer.pipeline.join import check_identities, join
from analyzer.pipeline.judge import Progress, Selection, judge
from analyzer.pipeline.register import EvidenceRegister
from analyzer.pipeline.results import build_results
from analyzer.pipeline.summary import summarise
from analyzer.responsibility.profiles import load_profile

DEFAULT_PROFILE = "self-managed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user chose.

    Attributes:
        benchmark: Id, or ``auto`` to choose by the observed Kubernetes version.
        as_of: UTC time of the assessment; None takes the newest collection time.
        policy: The user's policy file, or None for the default policy.
    """

    benchmark: str = "auto"
    profile: str = DEFAULT_PROFILE
    level: int | None = None
    as_of: str | None = None
    policy: Path | None = None
    reading: Reading = Reading.EFFECTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Our own files and the user's, loaded before any bundle is opened."""

    options: Options
    profile: ProviderProfile
    policy: Policy
    benchmark: Benchmark | None


def prepare(options: Options) -> Plan:
    """Load everything that does not depend on evidence, so that mistakes show at once.

    Raises:
        UserFileError: A benchmark, profile or policy is unknown or invalid.
    """
    fixed = options.benchmark != "auto"
    return Plan(
        options=options,
        profile=load_profile(options.profile),
        policy=load_policy(options.policy),
        benchmark=load_benchmark(options.benchmark, CHECK_TYPES) if fixed else None,
    )


def assess(plan: Plan, bundles: tuple[Bundle, ...], progress: Progress) -> Assessment:
    """Judge the evidence of one cluster.

    Args:
        plan: From ``prepare``.
        bundles: Checked bundles, in the order given; at least one.
        progress: Called with the id of each control before it is judged.

    Raises:
        BundleRefusedError: The bundles are of different clusters.
        UsageError: ``auto`` found no version to choose a benchmark by.
    """
    twins = check_identities(bundles)
    cluster, notices = join(
        (node_evidence(bundle) for bundle in bundles if bundle.kind is BundleKind.NODE),
        (api_evidence(bundle) for bundle in bundles if bundle.kind is BundleKind.API),
    )
    version = _version(cluster)
    benchmark, why = _benchmark(plan, version)
    context = _context(plan, cluster, benchmark, version)
    selection = Selection(level=plan.options.level, inherited=plan.profile.inherited_sections)
    judged = judge(benchmark, cluster, context, selection, progress)
    register = EvidenceRegister(cluster)
    controls = build_results(judged, benchmark, plan.profile, cluster, register)
    return Assessment(
        analyzer_version=__version__,
        as_of=plan.options.as_of or _newest(cluster),
        benchmark_id=benchmark.id,
        benchmark_title=benchmark.title,
        benchmark_versions=benchmark.versions,
        benchmark_why=why,
        sections=benchmark.sections,
        reading=plan.options.reading.value,
        profile=_profile_info(plan.profile),
        policy_id=plan.policy.id,
        policy=_policy_text(plan.policy),
        cluster=_cluster_info(cluster),
        bundles=tuple(_bundle_summary(bundle) for bundle in _ordered(bundles)),
        summary=summarise(controls),
        controls=controls,
        evidence=register.entries(),
        gaps=find_gaps(controls, cluster, plan.profile),
        notices=(*notices, *twins, *_reading_notices(plan.profile, cluster, controls)),
    )


def _version(cluster: ClusterEvidence) -> Version | None:
    text = cluster.api.git_version if cluster.api is not None else None
    return parse_version(text) if text else None


def _benchmark(plan: Plan, version: Version | None) -> tuple[Benchmark, str]:
    if plan.benchmark is not None:
        return plan.benchmark, _forced_why(plan.benchmark, version)
    chosen, why = choose_benchmark(version)
    return load_benchmark(chosen, CHECK_TYPES), why


def _forced_why(benchmark: Benchmark, version: Version | None) -> str:
    first, last = benchmark.versions
    span = first if first == last else f"{first} to {last}"
    seen = f"Kubernetes {version} is in evidence" if version else "no version is in evidence"
    return f"Chosen by the user; it is written for Kubernetes {span}, and {seen}."


def _context(
    plan: Plan, cluster: ClusterEvidence, benchmark: Benchmark, version: Version | None
) -> Context:
    kubelets = {node.name: parse_version(node.kubelet_version) for node in cluster.expected or ()}
    return Context(
        version=version,
        kubelet_versions={name: found for name, found in kubelets.items() if found is not None},
        defaults=load_defaults(),
        policy=plan.policy,
        reading=plan.options.reading,
        benchmark=benchmark.id,
    )


def _reading_notices(
    profile: ProviderProfile, cluster: ClusterEvidence, controls: tuple[ControlResult, ...]
) -> tuple[str, ...]:
    """Say what a reader of totals and comparisons has to know first."""
    notices = []
    partial = [control for control in controls if control.partial]
    if partial:
        notices.append(
            f"{len(partial)} passes rest on some of the nodes only; they count as passes, and "
            "their disposition is pending-review."
        )
    seen = _version(cluster)
    spoken = re.search(r"Kubernetes (\d+\.\d+)", profile.platform_versions)
    if seen is not None and spoken is not None and spoken[1] != str(seen):
        notices.append(
            f"Profile {profile.id} speaks of Kubernetes {spoken[1]}, the evidence is of {seen}: "
            "a contradiction may be a difference of versions."
        )
    return tuple(notices)


def _newest(cluster: ClusterEvidence) -> str:
    times = [node.collected_at for node in cluster.nodes]
    if cluster.api is not None:
        times.append(cluster.api.collected_at)
    return max(times)


def _profile_info(profile: ProviderProfile) -> ProfileInfo:
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


def _policy_text(policy: Policy) -> dict[str, str]:
    lists = {name: ", ".join(entries) or "(none)" for name, entries in policy.lists.items()}
    return dict(sorted((dict(policy.values) | lists).items()))


def _cluster_info(cluster: ClusterEvidence) -> ClusterInfo:
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


def _ordered(bundles: tuple[Bundle, ...]) -> list[Bundle]:
    return sorted(bundles, key=lambda bundle: (bundle.kind.value, bundle.subject, bundle.sha256))


def _bundle_summary(bundle: Bundle) -> BundleSummary:
    manifest = bundle.manifest
    collector = manifest["collector"]
    return BundleSummary(
        name=f"keb-{bundle.kind.value}-{str(manifest['bundle_id'])[:8]}",
        sha256=bundle.sha256,
        fingerprint=bundle.fingerprint,
        kind=bundle.kind.value,
        subject=bundle.subject,
        integrity="verified",
        signature="unverified" if bundle.signatures else "unsigned",
        complete=bool(manifest["complete"]),
        collected_at=str(manifest["time"]["finished"]),
        collector=f"{collector['name']} {collector['version']}",
        counts=dict(sorted(Counter(probe.status for probe in bundle.probes).items())),
    )
