"""From checked bundles to an assessment, in the order a reader would do it by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer import __version__
from analyzer.bundle.evidence import api_evidence, node_evidence
from analyzer.catalogue.benchmarks import choose_benchmark, known_benchmarks, load_benchmark
from analyzer.catalogue.choice import NAME_ONE
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.benchmark import Benchmark
from analyzer.model.bundle import Bundle, BundleKind
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Policy, Reading
from analyzer.model.errors import UsageError
from analyzer.model.responsibility import DEFAULT_PROFILE, ProviderProfile
from analyzer.model.version import Version, parse_version
from analyzer.pipeline.crosswalk import crosswalk
from analyzer.pipeline.custody import custody_notices
from analyzer.pipeline.dates import date_notices
from analyzer.pipeline.gaps import find_gaps
from analyzer.pipeline.join import check_identities, join
from analyzer.pipeline.judge import Progress, Selection, judge
from analyzer.pipeline.provenance import (
    bundle_summaries,
    cluster_info,
    newest,
    policy_text,
    profile_info,
)
from analyzer.pipeline.register import EvidenceRegister
from analyzer.pipeline.results import build_results
from analyzer.pipeline.summary import summarise
from analyzer.pipeline.versions import believe_version
from analyzer.responsibility.profiles import load_profile

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user chose.

    Attributes:
        benchmarks: Ids; ``auto`` among them stands for the one that fits the observed
            Kubernetes version.
        as_of: UTC time of the assessment; None takes the newest collection time.
        policy: The user's policy file, or None for the default policy.
        join: Take bundles whose certificate authorities differ for one cluster's.
    """

    benchmarks: tuple[str, ...] = (AUTO,)
    profile: str = DEFAULT_PROFILE
    level: int | None = None
    as_of: str | None = None
    policy: Path | None = None
    reading: Reading = Reading.EFFECTIVE
    join: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Our own files and the user's, loaded before any bundle is opened.

    Attributes:
        benchmarks: Those named by id; what ``auto`` stands for is known with the evidence.
    """

    options: Options
    profile: ProviderProfile
    policy: Policy
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)


def prepare(options: Options) -> Plan:
    """Load everything that does not depend on evidence, so that mistakes show at once.

    Raises:
        UserFileError: A benchmark, profile or policy is unknown or invalid.
    """
    profile = load_profile(options.profile)
    return Plan(
        options=options,
        profile=profile,
        policy=load_policy(options.policy, platform=profile.system_namespaces),
        benchmarks={
            name: load_benchmark(name, CHECK_TYPES) for name in options.benchmarks if name != AUTO
        },
    )


def assess(plan: Plan, bundles: tuple[Bundle, ...], progress: Progress) -> tuple[Assessment, ...]:
    """Judge the evidence of one cluster against every chosen benchmark.

    Args:
        plan: From ``prepare``.
        bundles: Checked bundles, in the order given; at least one.
        progress: Called with the id of each control before it is judged.

    Returns:
        One assessment a benchmark, the newest benchmark first; that one holds the crosswalks
        from each older one.

    Raises:
        BundleRefusedError: The bundles are of different clusters.
        UsageError: ``auto`` found no version to choose a benchmark by, or several that disagree.
    """
    twins = check_identities(bundles)
    joined, notices = join(
        (node_evidence(bundle) for bundle in bundles if bundle.kind is BundleKind.NODE),
        (api_evidence(bundle) for bundle in bundles if bundle.kind is BundleKind.API),
        by_word=plan.options.join,
    )
    cluster, doubt = believe_version(joined)
    told = (*notices, *custody_notices(bundles), *twins)
    front = (doubt, *told) if doubt else told
    case = _Case(plan=plan, cluster=cluster, bundles=bundles, notices=front)
    chosen = _benchmarks(plan, _version(cluster), doubt)
    made = [_assess_one(case, benchmark, why, progress) for benchmark, why in chosen]
    latest = chosen[0][0], made[0].controls
    walks = tuple(
        crosswalk((benchmark, one.controls), latest)
        for (benchmark, _), one in zip(chosen[1:], made[1:], strict=True)
    )
    return (replace(made[0], crosswalks=walks), *made[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What all benchmarks of a run share."""

    plan: Plan
    cluster: ClusterEvidence
    bundles: tuple[Bundle, ...]
    notices: tuple[str, ...]


def _assess_one(case: _Case, benchmark: Benchmark, why: str, progress: Progress) -> Assessment:
    plan, cluster = case.plan, case.cluster
    context = _context(plan, cluster, benchmark, _version(cluster))
    selection = Selection(level=plan.options.level, inherited=plan.profile.inherited_sections)
    judged = judge(benchmark, cluster, context, selection, progress)
    register = EvidenceRegister(cluster)
    controls = build_results(judged, benchmark, plan.profile, cluster, register)
    return Assessment(
        analyzer_version=__version__,
        as_of=plan.options.as_of or newest(cluster),
        benchmark_id=benchmark.id,
        benchmark_title=benchmark.title,
        benchmark_versions=benchmark.versions,
        benchmark_why=why,
        sections=benchmark.sections,
        reading=plan.options.reading.value,
        profile=profile_info(plan.profile),
        policy_id=plan.policy.id,
        policy=policy_text(plan.policy),
        cluster=cluster_info(cluster),
        bundles=bundle_summaries(case.bundles),
        summary=summarise(controls),
        controls=controls,
        evidence=register.entries(),
        gaps=find_gaps(controls, cluster, plan.profile),
        notices=(
            *_uncovered(benchmark, _version(cluster)),
            *_reading_notices(plan.profile, cluster, controls),
            *date_notices(cluster, plan.options.as_of),
            *case.notices,
            *_inferred(benchmark),
        ),
    )


def _version(cluster: ClusterEvidence) -> Version | None:
    text = cluster.api.git_version if cluster.api is not None else None
    return parse_version(text) if text else None


def _benchmarks(
    plan: Plan, version: Version | None, doubt: str
) -> tuple[tuple[Benchmark, str], ...]:
    """Return every chosen benchmark once, with why, the newest first."""
    chosen = {b.id: (b, _forced_why(b, version)) for b in plan.benchmarks.values()}
    if AUTO in plan.options.benchmarks:
        if doubt:
            known = ", ".join(known_benchmarks())
            raise UsageError(AUTO, doubt, advice=NAME_ONE.format(known=known))
        name, why = choose_benchmark(version)
        chosen.setdefault(name, (load_benchmark(name, CHECK_TYPES), why))
    newest_first = reversed(known_benchmarks())
    return tuple(chosen[name] for name in newest_first if name in chosen)


def _forced_why(benchmark: Benchmark, version: Version | None) -> str:
    first, last = benchmark.versions
    span = first if first == last else f"{first} to {last}"
    seen = f"Kubernetes {version} is in evidence" if version else "no version is in evidence"
    return f"Chosen by the user; it is written for Kubernetes {span}, and {seen}."


def _uncovered(benchmark: Benchmark, version: Version | None) -> tuple[str, ...]:
    """Say first that the benchmark was not written for what is running, chosen by hand or not."""
    first, last = (parse_version(text) for text in benchmark.versions)
    if version is None or first is None or last is None or first <= version <= last:
        return ()
    span = str(first) if first == last else f"{first} to {last}"
    return (f"Kubernetes {version} is NOT COVERED by {benchmark.id}, which is written for {span}.",)


def _inferred(benchmark: Benchmark) -> tuple[str, ...]:
    if not benchmark.levels_inferred:
        return ()
    source = benchmark.levels_inferred
    return (f"No readable source states the levels of {benchmark.id}: {source}.",)


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
            f"{len(partial)} passes do not rest on all of the nodes; they count as passes, and "
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
