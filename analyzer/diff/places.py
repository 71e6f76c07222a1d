"""What of one assessment's failures the other assessment can speak of."""

from dataclasses import dataclass

from analyzer.diff.verdicts import UNDECIDED
from analyzer.model.assessment import Assessment, ControlResult, Finding
from analyzer.model.verdict import Verdict

_NODE = "node/"
_CLUSTER = "cluster"
_LISTS = ("api", "import")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where an assessment looked.

    Attributes:
        nodes: Nodes in evidence.
        expected: The API's list of nodes; None where it is not in evidence.
        lists: Whether there is evidence from the API.
    """

    nodes: frozenset[str]
    expected: frozenset[str] | None
    lists: bool


def looked(a: Assessment) -> Looked:
    """Return where an assessment looked."""
    expected = a.cluster.nodes_expected
    return Looked(
        nodes=frozenset(a.cluster.nodes_evidenced),
        expected=None if expected is None else frozenset(expected),
        lists=any(bundle.kind in _LISTS for bundle in a.bundles),
    )


def failing(control: ControlResult) -> frozenset[str]:
    """Return the subjects that fail."""
    return frozenset(f.subject for f in control.findings if f.verdict is Verdict.FAIL)


def altered(old: ControlResult, new: ControlResult) -> tuple[str, ...]:
    """Return the subjects that fail on both sides with other facts, sorted."""
    before, after = _facts(old), _facts(new)
    return tuple(sorted(s for s in before.keys() & after.keys() if before[s] != after[s]))


def _facts(control: ControlResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in control.findings:
        if finding.verdict is Verdict.FAIL:
            found.setdefault(finding.subject, []).append(finding.facts)
    return {subject: sorted(facts) for subject, facts in found.items()}


def seen(subjects: frozenset[str], control: ControlResult, where: Looked) -> frozenset[str]:
    """Return those subjects that an assessment has looked at, or knows to be gone.

    A subject with findings was looked at when each of them decided something. One without was
    looked at when its place was: its node is in evidence or no longer in the API's list, or the
    lists that the rule reads were at hand and complete.

    Args:
        subjects: As the other assessment names them.
        control: The assessment's own row.
        where: Where the assessment looked.
    """
    own: dict[str, list[Finding]] = {}
    for finding in control.findings:
        own.setdefault(finding.subject, []).append(finding)
    whole = not any(map(_lacks_lists, control.findings))
    return frozenset(s for s in subjects if _seen(s, own.get(s, []), control, where, whole=whole))


def covered(control: ControlResult) -> bool:
    """Tell whether a verdict rests on every place that it speaks of."""
    return not control.partial and not control.nodes_missing


def _seen(
    subject: str, findings: list[Finding], control: ControlResult, where: Looked, *, whole: bool
) -> bool:
    if findings:
        return all(f.verdict not in UNDECIDED for f in findings)
    if not whole:
        return False
    if subject == _CLUSTER:
        return covered(control) and control.verdict not in UNDECIDED
    if subject.startswith(_NODE):
        return _node_known(subject.removeprefix(_NODE), where)
    return where.lists


def _node_known(name: str, where: Looked) -> bool:
    return name in where.nodes or (where.expected is not None and name not in where.expected)


def _lacks_lists(finding: Finding) -> bool:
    """Tell whether a finding says that something of the cluster as a whole is not known."""
    if finding.verdict not in UNDECIDED:
        return False
    return finding.subject == _CLUSTER or any(m.subject == _CLUSTER for m in finding.missing)
