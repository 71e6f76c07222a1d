"""The end of report.md: what is missing, which nodes and bundles there were, what words mean."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, BundleSummary
from analyzer.model.verdict import MEANING
from analyzer.reports.bundle_lines import (
    case_line,
    collector_line,
    cut_short_nodes,
    run_line,
)
from analyzer.reports.losses import WHY, losses
from analyzer.reports.markdown_text import brief, plain, table
from analyzer.reports.words import (
    COMPARISON_MEANING,
    COMPARISONS,
    LIMITS,
    VERDICTS,
    by_name,
    nodes_in_evidence,
    several,
)

_NODES = 200
_CONTROLS = 40


def gaps(a: Assessment) -> Iterator[str]:
    """Yield what a collector could still bring, what most controls wait for first."""
    yield "## Evidence gaps"
    if not a.gaps:
        yield "No control lacks evidence that a collector could bring."
        return
    yield table(
        ("why", "controls lost", "controls", "what helps"),
        (
            (
                f"{loss.cause.value}: {WHY[loss.cause]}",
                str(len(loss.controls)),
                plain(several(loss.controls, _CONTROLS)),
                plain(loss.advice),
            )
            for loss in losses(a)
        ),
    )
    yield table(
        ("missing evidence", "of", "why", "found instead", "command", "waiting", "controls"),
        (
            (
                plain(gap.key),
                plain(gap.subject),
                gap.cause.value,
                brief(gap.detail, 300),
                plain(gap.command),
                str(len(gap.controls)),
                plain(several(gap.controls, _CONTROLS)),
            )
            for gap in sorted(a.gaps, key=lambda gap: -len(gap.controls))
        ),
    )


def nodes(a: Assessment) -> Iterator[str]:
    """Yield every node that the API lists or a bundle came from."""
    cluster = a.cluster
    seen, expected = set(cluster.nodes_evidenced), set(cluster.nodes_expected or ())
    yield "## Nodes"
    yield plain(f"{nodes_in_evidence(a)}.")
    names = sorted(seen | expected)
    if not names:
        return
    cut_short = cut_short_nodes(a)
    unknown = "unknown" if cluster.nodes_expected is None else "no"
    rows = [
        (plain(name), "yes" if name in expected else unknown, _seen(name, seen, cut_short))
        for name in names
    ]
    yield table(("node", "in the API's list", "in evidence"), rows[:_NODES])
    if len(rows) > _NODES:
        yield f"{len(rows) - _NODES} more nodes stand in assessment.json."


def _seen(name: str, seen: set[str], cut_short: frozenset[str]) -> str:
    if name in cut_short:
        return "**cut short**"
    return "yes" if name in seen else "**no**"


def bundles(a: Assessment) -> Iterator[str]:
    """Yield what identifies every bundle; hashes in lists, since no table has room for them."""
    yield "## Bundles"
    for bundle in a.bundles:
        yield "\n".join(_bundle(bundle))


def _bundle(b: BundleSummary) -> Iterator[str]:
    yield f"- **{plain(f'{b.kind}: {b.subject}')}**, bundle id {plain(b.name)}"
    yield f"  - SHA-256 {_hash(b.sha256)}"
    yield f"  - custody fingerprint {_hash(b.fingerprint)}"
    yield f"  - {plain(f'hashes {b.integrity}, {b.signature}; collection {run_line(b)}')}"
    yield f"  - {plain(f'{b.collected_at}, {collector_line(b)}')}"
    if case_line(b):
        yield f"  - {plain(case_line(b))}"


def _hash(text: str) -> str:
    """Return a hash as code; what is none is not ours and stays text, since code has no escapes."""
    return f"`{text}`" if text.isascii() and text.isalnum() else plain(text)


def legend(a: Assessment) -> Iterator[str]:
    """Yield declared policy, the meaning of words, and limits."""
    if a.policy:
        yield f"## Declared policy: {plain(a.policy_id)}"
        yield table(("name", "value"), ((plain(n), plain(v)) for n, v in by_name(a.policy)))
    yield "## What the words mean"
    yield table(("verdict", "meaning"), ((word.value, MEANING[word]) for word in VERDICTS))
    yield table(
        ("comparison", "meaning"), ((word.value, COMPARISON_MEANING[word]) for word in COMPARISONS)
    )
    yield "## Limits"
    yield "\n".join(f"- {text}" for text in LIMITS)
