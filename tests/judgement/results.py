"""Cases of waivers as data, and the small controls and clusters that they speak of."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from analyzer.formats.strict_yaml import load_strict
from analyzer.model.assessment import ClusterInfo, ControlResult, Finding
from analyzer.model.digests import facts_digest
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party, Responsibility
from analyzer.model.verdict import Disposition, Reason, Verdict, worst

_REASONS = {
    Verdict.PASS: Reason.PASS_EXPLICIT,
    Verdict.FAIL: Reason.FAIL_EXPLICIT,
    Verdict.MANUAL: Reason.RV_AMBIGUOUS,
    Verdict.NO_EVIDENCE: Reason.NE_FILE_NOT_COLLECTED,
    Verdict.ERROR: Reason.ER_CHECK_FAILED,
    Verdict.NOT_APPLICABLE: Reason.NA_COMPONENT_ABSENT,
}
_BEFORE = {
    Verdict.PASS: Disposition.COMPLIANT,
    Verdict.FAIL: Disposition.NON_COMPLIANT,
    Verdict.MANUAL: Disposition.PENDING_REVIEW,
    Verdict.NOT_APPLICABLE: Disposition.NOT_APPLICABLE,
}
_FOLDER = Path(__file__).parent / "waivers"
NODES = ("cp-1", "cp-2", "worker-1", "worker-2")


def read_cases(name: str) -> tuple[Mapping[str, Any], ...]:
    """Read the cases of one file; every scalar is text."""
    read = load_strict((_FOLDER / f"{name}.yaml").read_bytes())
    return tuple(cast("list[Mapping[str, Any]]", read))


def finding(subject: str, said: str) -> Finding:
    """Make a finding of ``fail`` or of ``fail: what is actually there``."""
    word, _, actual = said.partition(": ")
    verdict = Verdict(word)
    return Finding(
        subject=subject,
        verdict=verdict,
        reason=_REASONS[verdict],
        explanation="Said in the case.",
        actual=actual or "as it is",
        expected="as it should be",
        facts=facts_digest(actual or "as it is", "as it should be"),
        evidence=(),
        missing=(),
        notes=(),
    )


def control(
    number: str,
    found: Mapping[str, str],
    *,
    missing: tuple[str, ...] = (),
    comparison: str = "observed-only",
) -> ControlResult:
    """Make a control of subjects and what is said of each."""
    findings = tuple(finding(subject, said) for subject, said in found.items())
    verdict = worst(f.verdict for f in findings)
    return ControlResult(
        id=number,
        section=number.rpartition(".")[0],
        title=f"Control {number}",
        level=1,
        assessment="automated",
        scored=True,
        topic=f"topic-{number}",
        check_type="setting",
        decidability="A",
        rule="It is as it should be.",
        remediation="Make it so.",
        verdict=verdict,
        reason=_REASONS[verdict],
        explanation="Said in the case.",
        findings=findings,
        counts=dict(Counter(f.verdict.value for f in findings)),
        nodes_expected=None,
        nodes_judged=None,
        nodes_missing=missing,
        partial=False,
        responsibility=_responsibility(comparison),
        disposition=_BEFORE.get(verdict, Disposition.NOT_ASSESSED),
    )


def _responsibility(comparison: str) -> Responsibility:
    return Responsibility(
        party=Party.CUSTOMER,
        basis=Basis.DERIVED,
        attested=Attestation.NOT_STATED,
        attested_raw="",
        explanation="The customer answers.",
        customer_action="",
        comparison=Comparison(comparison),
        comparison_reason="Said in the case.",
        attested_control="",
        map_method="none",
        inherited_from="",
        inconsistency="",
        published={},
    )


def cluster(said: Mapping[str, Any]) -> ClusterInfo:
    """Make a cluster of ``uid``, ``nodes`` (None: no list in evidence) and ``unknown`` nodes."""
    nodes = said.get("nodes", NODES)
    return ClusterInfo(
        uid=said.get("uid", "aaaa-1"),
        kubernetes_version="v1.33.1",
        nodes_expected=None if nodes is None else tuple(nodes),
        nodes_evidenced=NODES,
        nodes_unknown=tuple(said.get("unknown", ())),
    )
