"""What the reports say of each bundle: how its run ended, by whom and with which program."""

from collections.abc import Mapping

from analyzer.model.assessment import Assessment, BundleSummary
from analyzer.model.bundle import BundleKind, CollectorText

TEXT_MEANING: Mapping[CollectorText, str] = {
    CollectorText.AS_SHIPPED: "its text is that of the collector shipped with this analyzer",
    CollectorText.DIFFERS: "ITS TEXT DIFFERS from that of the collector of the same version",
    CollectorText.OTHER_VERSION: "of another version than this analyzer; its text was not compared",
    CollectorText.MISSING: "its text is not in the bundle",
}
"""What is known of the program that wrote a bundle, for every word."""


def run_line(bundle: BundleSummary) -> str:
    """Return how the run ended: complete, incomplete, or stopped and by what."""
    if bundle.stopped:
        return f"stopped before its end ({bundle.stopped}); {never_ran(bundle.counts)}"
    return "complete" if bundle.complete else "incomplete: some probes gave no evidence"


def never_ran(counts: Mapping[str, int]) -> str:
    """Return how many probes were planned and have no record."""
    return f"{counts.get('not_run', 0)} of {sum(counts.values())} planned probes never ran"


def cut_short_nodes(a: Assessment) -> frozenset[str]:
    """Return the nodes whose collection stopped before its end."""
    return frozenset(b.subject for b in a.bundles if b.kind == BundleKind.NODE and b.stopped)


def collector_line(bundle: BundleSummary) -> str:
    """Return the collector, and whether its text is ours."""
    digest = f", SHA-256 {bundle.collector_sha256}" if bundle.collector_sha256 else ""
    return f"{bundle.collector}: {TEXT_MEANING[bundle.collector_text]}{digest}"


def case_line(bundle: BundleSummary) -> str:
    """Return case number and operator as noted at collection; empty when neither was."""
    case = f"case {bundle.case_no}" if bundle.case_no else ""
    operator = f"collected by {bundle.operator}" if bundle.operator else ""
    return ", ".join(filter(None, (case, operator)))
