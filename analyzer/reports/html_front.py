"""The first screen: what was judged, the verdict in one line, what is worst and what is missing."""

from dataclasses import dataclass
from heapq import nlargest

from analyzer.model.assessment import Assessment, ControlResult, Gap
from analyzer.reports.losses import loss_story
from analyzer.reports.story import acting_story, worst
from analyzer.reports.words import (
    benchmark_line,
    contradicted,
    counts_line,
    nodes_in_evidence,
    profile_facts,
    reading_line,
    several,
)

_WORST = 5
_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The parts of the first screen.

    Attributes:
        verdict: Counts in words.
        facts: What identifies the run: label and text.
        acting: Who must act on the open failures, and what people settled; empty if none fails.
        worst: The worst failures that nobody has settled.
        contradicted: Controls whose evidence contradicts the publication.
        lost: What was lost to which cause, a sentence each.
        missing: The gaps that hold up the most controls.
    """

    verdict: str
    facts: tuple[tuple[str, str], ...]
    acting: str
    worst: tuple[ControlResult, ...]
    contradicted: tuple[ControlResult, ...]
    lost: tuple[str, ...]
    missing: tuple[Gap, ...]


def front(a: Assessment) -> Front:
    """Return what the first screen says."""
    return Front(
        verdict=counts_line(a.summary.overall.by_verdict),
        facts=tuple(_facts(a)),
        acting=" ".join(acting_story(a)),
        worst=worst(a, _WORST),
        contradicted=contradicted(a),
        lost=tuple(loss_story(a)),
        missing=tuple(nlargest(_WORST, a.gaps, key=lambda gap: len(gap.controls))),
    )


def _facts(a: Assessment) -> list[tuple[str, str]]:
    people = tuple(dict.fromkeys(c.review.review.reviewer for c in a.controls if c.review))
    tools = tuple(dict.fromkeys(bundle.collector for bundle in a.bundles))
    return [
        ("As of", a.as_of),
        ("Cluster", a.cluster.uid or "unknown"),
        ("Kubernetes", a.cluster.kubernetes_version or "unknown"),
        ("Nodes", nodes_in_evidence(a)),
        ("Benchmark", f"{benchmark_line(a)}; {len(a.controls)} controls"),
        ("Why this benchmark", a.benchmark_why),
        ("Reading", reading_line(a)),
        *(profile_facts(a.profile) if a.profile else ()),
        ("Collected by", several(tools, _NAMES)),
        ("Judged by", f"kube-evidence {a.analyzer_version}"),
        ("Reviewed by", several(people, _NAMES) if people else "nobody yet"),
    ]
