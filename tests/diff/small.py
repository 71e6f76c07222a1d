"""Small assessments for comparing: written in few words, whole in every other respect."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analyzer.model.assessment import (
    Assessment,
    BundleSummary,
    ClusterInfo,
    ControlResult,
    Finding,
)
from analyzer.model.context import Reading
from analyzer.model.evidence import EvidenceKey
from analyzer.model.judgement import AppliedWaiver
from analyzer.model.outcome import Missing, OtherReading
from analyzer.model.responsibility import Party
from analyzer.model.verdict import Disposition, Reason, Verdict, worst
from tests.reports import builder, people_builder

_BASE = builder.build(texts=("x", "y"), findings_each=1, profile=False, people=False)
_PROFILE = builder.build(texts=("x", "y"), people=False).profile
_ROW = replace(_BASE.controls[1], other_reading=None)
_ACCEPTED = AppliedWaiver(ids=("W-1",), waived=1, failing=1, complete=True, why="accepted")
NODES = ("cp-1", "worker-1")


def assessment(spec: Mapping[str, Any], bundles: str) -> Assessment:
    """Return an assessment.

    Args:
        spec: ``controls`` by number, and what differs from an ordinary run: ``seen``,
            ``expected`` (nodes), ``api``, ``uid``, ``benchmark``, ``reading``, ``policy``,
            ``version``, ``analyzer``, ``as_of``, ``profile``.
        bundles: Seed of the bundles' hashes; equal seeds are equal evidence.
    """
    controls = tuple(control(number, one) for number, one in spec["controls"].items())
    found = tuple(spec.get("seen", NODES))
    kinds = [("node", name) for name in found]
    if spec.get("api", True):
        kinds.append(("api", "cluster"))
    return replace(
        _BASE,
        controls=controls,
        summary=builder.summarise(controls),
        crosswalks=(),
        gaps=(),
        notices=(),
        evidence=(),
        waivers=people_builder.waivers(controls, ("x", "y"))[:1],
        waivers_sha256="12" * 32,
        benchmark_id=spec.get("benchmark", "cis-1.10"),
        reading=spec.get("reading", "effective"),
        policy=dict(_BASE.policy) | spec.get("policy", {}),
        analyzer_version=spec.get("analyzer", "0.1.0"),
        as_of=spec.get("as_of", "2026-01-02T03:04:05Z"),
        profile=replace(_PROFILE, id=spec["profile"]) if _PROFILE and "profile" in spec else None,
        bundles=tuple(_bundle(kind, name, spec.get("bundles", bundles)) for kind, name in kinds),
        cluster=ClusterInfo(
            uid=spec.get("uid", "6d3f0a12-8a5e-4a52-9a51-0b9a6f1f0001"),
            kubernetes_version=spec.get("version", "v1.30.4"),
            nodes_expected=None if spec.get("expected", NODES) is None
            else tuple(spec.get("expected", NODES)),
            nodes_evidenced=found,
            nodes_unknown=(),
        ),
    )  # fmt: skip


def control(number: str, spec: Mapping[str, Any]) -> ControlResult:
    """Return one row: ``findings`` by subject, or a bare ``verdict``.

    A finding is a verdict, with ``lacks KEY of PLACE`` or ``with FACTS`` behind it.
    """
    findings = tuple(
        _finding(subject, word, _expected(spec, at))
        for at, (subject, word) in enumerate(spec.get("findings", {}).items())
    )
    if spec.get("disposition") == "accepted-risk":
        findings = tuple(replace(found, waiver="W-1") for found in findings)
    verdict = Verdict(spec.get("verdict", worst(f.verdict for f in findings)))
    other = spec.get("other")
    accepted = spec.get("disposition") == "accepted-risk"
    return replace(
        _ROW,
        id=number,
        section=number.rpartition(".")[0],
        title=f"control {number}",
        topic=spec.get("topic", f"topic-{number}"),
        rule=spec.get("rule", f"rule of {number}"),
        check_type=spec.get("type", "setting"),
        level=spec.get("level", 1),
        verdict=verdict,
        findings=tuple(replace(f, waiver="W-1") for f in findings) if accepted else findings,
        counts=dict(Counter(f.verdict.value for f in findings)),
        nodes_missing=tuple(spec.get("missing", ())),
        nodes_expected=None,
        nodes_judged=None,
        partial=spec.get("partial", False),
        disposition=_disposition(verdict, spec),
        waiver=_ACCEPTED if accepted else None,
        other_reading=OtherReading(reading=Reading.LETTER, verdict=Verdict(other), why="text")
        if other
        else None,
        responsibility=replace(
            _ROW.responsibility,
            party=Party(spec.get("party", "customer")),
            inherited_from=spec.get("inherited", ""),
        ),
    )


def _disposition(verdict: Verdict, spec: Mapping[str, Any]) -> Disposition:
    if "disposition" in spec:
        return Disposition(spec["disposition"])
    partial = verdict is Verdict.PASS and spec.get("partial", False)
    return Disposition.PENDING_REVIEW if partial else builder.DISPOSITIONS[verdict]


def _expected(spec: Mapping[str, Any], at: int) -> str:
    """Return what a finding was held to: the same for all, or one by one."""
    wanted: str | list[str] = spec.get("expected", "false")
    return wanted if isinstance(wanted, str) else wanted[at]


def _finding(subject: str, word: str, expected: str) -> Finding:
    word, _, facts = word.partition(" with ")
    verdict, _, lacking = word.partition(" lacks ")
    key, _, place = lacking.partition(" of ")
    denied = Reason.NE_PERMISSION_DENIED
    missing = Missing(key=EvidenceKey(key), subject=place, reason=denied, detail="denied")
    return replace(
        _BASE.controls[1].findings[0],
        subject=subject,
        verdict=Verdict(verdict),
        expected=expected,
        facts=facts or _BASE.controls[1].findings[0].facts,
        evidence=(),
        notes=(),
        other_reading=None,
        missing=(missing,) if key else (),
    )


def _bundle(kind: str, subject: str, seed: str) -> BundleSummary:
    name = f"{seed}-{kind}-{subject}".encode().hex()
    return replace(_BASE.bundles[0], kind=kind, subject=subject, sha256=(name + "0" * 64)[:64])
