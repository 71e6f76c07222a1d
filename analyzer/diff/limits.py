"""What stands against setting two assessments in relation as wholes, most serious first."""

from collections.abc import Iterator

from analyzer.diff.sides import Sides
from analyzer.diff.wording import named
from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict


def limits(sides: Sides) -> Iterator[str]:
    """Yield one sentence a limit."""
    yield from _cluster(sides)
    yield from _evidence(sides)
    yield from _nodes(sides.older, sides.newer)
    yield from _rules(sides)
    yield from _programs(sides)
    yield from _scope(sides)


def _cluster(sides: Sides) -> Iterator[str]:
    before, after = sides.older.cluster.uid, sides.newer.cluster.uid
    if before and after and before != after:
        yield (
            f"These are two clusters, {before} and {after}: a row says how they differ, not what "
            "changed."
        )
    elif not (before and after):
        yield "Nothing in evidence shows that both sides are of one cluster."


def _evidence(sides: Sides) -> Iterator[str]:
    if sides.same_evidence:
        yield "Both sides rest on the same bundles; nothing here is a change of the cluster."
    elif sides.newer.as_of < sides.older.as_of:
        yield (
            f"The side called newer is the earlier one: {sides.newer.as_of} against "
            f"{sides.older.as_of}."
        )


def _nodes(older: Assessment, newer: Assessment) -> Iterator[str]:
    before, after = (set(a.cluster.nodes_evidenced) for a in (older, newer))
    expected = newer.cluster.nodes_expected
    lost = sorted(name for name in before - after if expected is None or name in expected)
    if lost:
        yield f"Evidence of nodes is missing that the older side had: {named(lost)}."
    known = older.cluster.nodes_expected
    more = sorted(name for name in after - before if known is None or name in known)
    if more:
        yield f"Nodes are in evidence that the older side did not see: {named(more)}."
    lists = [any(b.kind != "node" for b in a.bundles) for a in (older, newer)]
    if lists[0] != lists[1]:
        which = "older" if lists[1] else "newer"
        yield f"The {which} side has no evidence from the API."


def _rules(sides: Sides) -> Iterator[str]:
    older, newer = sides.older, sides.newer
    if not sides.same_benchmark:
        yield (
            f"The benchmarks differ, {older.benchmark_id} and {newer.benchmark_id}: controls are "
            "paired by topic, and those with another requirement are not compared."
        )
    if older.reading != newer.reading:
        yield (
            f"Another reading decides, {older.reading} then and {newer.reading} now: controls "
            "that it touches are not compared."
        )
    names = sides.policy_differences()
    if names:
        yield f"The declared policy differs: {named(names)}."


def _programs(sides: Sides) -> Iterator[str]:
    older, newer = sides.older, sides.newer
    versions = older.cluster.kubernetes_version, newer.cluster.kubernetes_version
    if versions[0] != versions[1]:
        named = " and ".join(version or "unknown" for version in versions)
        yield f"The Kubernetes versions differ, {named}: a verdict by default may follow from that."
    if older.analyzer_version != newer.analyzer_version:
        yield (
            f"Different versions of kube-evidence judged, {older.analyzer_version} and "
            f"{newer.analyzer_version}: a rule may have been mended between them."
        )
    profiles = [a.profile.id if a.profile else "none" for a in (older, newer)]
    if profiles[0] != profiles[1]:
        yield (
            f"The provider profiles differ, {profiles[0]} and {profiles[1]}: who must act may "
            "differ for that reason alone."
        )


def _scope(sides: Sides) -> Iterator[str]:
    left = [
        {c.id if sides.same_benchmark else c.topic for c in a.controls if _out(c.verdict)}
        for a in (sides.older, sides.newer)
    ]
    count = len(left[0] ^ left[1])
    if count:
        yield f"The selections differ: {count} controls are out of scope on one side only."


def _out(verdict: Verdict) -> bool:
    return verdict is Verdict.OUT_OF_SCOPE
