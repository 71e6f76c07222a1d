"""The nodes: which ones the API lists, which ones are in evidence, and what fails on each."""

from dataclasses import dataclass

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports.bundle_lines import cut_short_nodes

_PREFIX = "node/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node.

    Attributes:
        expected: In the API's node list; None where that list is unknown.
        evidenced: A bundle covers it.
        cut_short: Its collection stopped before its end.
        failing: Controls that fail on it, in the benchmark's order.
    """

    name: str
    expected: bool | None
    evidenced: bool
    cut_short: bool
    failing: tuple[str, ...]


def nodes(a: Assessment) -> tuple[Node, ...]:
    """Return every node that the API lists or a bundle covers, by name."""
    cluster = a.cluster
    listed = None if cluster.nodes_expected is None else frozenset(cluster.nodes_expected)
    here = {*cluster.nodes_evidenced, *cluster.nodes_unknown}
    failing, cut_short = _failing(a), cut_short_nodes(a)
    return tuple(
        Node(
            name=name,
            expected=None if listed is None else name in listed,
            evidenced=name in here,
            cut_short=name in cut_short,
            failing=tuple(failing.get(name, ())),
        )
        for name in sorted(here.union(listed or ()))
    )


def _failing(a: Assessment) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for control in a.controls:
        for finding in control.findings:
            if finding.verdict is Verdict.FAIL and finding.subject.startswith(_PREFIX):
                name = finding.subject.removeprefix(_PREFIX)
                found.setdefault(name, {})[control.id] = None
    return found
