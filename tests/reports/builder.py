"""Synthetic assessments: every verdict, party and comparison, and texts that mean harm."""

from collections import Counter

from analyzer.model.assessment import (
    Assessment,
    BundleSummary,
    ClusterInfo,
    ControlResult,
    EvidenceRef,
    Finding,
    Gap,
    ProfileInfo,
    Summary,
    Tally,
)
from analyzer.model.bundle import CollectorText
from analyzer.model.cause import Cause
from analyzer.model.context import Reading
from analyzer.model.crosswalk import Crosswalk, CrosswalkRow, CrosswalkSide, Effect
from analyzer.model.digests import facts_digest
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Missing, OtherReading
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party, Responsibility
from analyzer.model.verdict import Disposition, Reason, Verdict
from tests.reports import people_builder

HOSTILE = (
    "=1+1",
    "@SUM(A1:A9)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    '=HYPERLINK("http://evil.example","click")',
    "http://evil.example/x www.evil.example evil@example.org",
    "nul\x00 esc\x1b[31m bell\x07 del\x7f c1\x9b",
    "carriage\r\nreturn\rmiddle\ttab",
    "exe\u202efdp.txt zero\u200bwidth \u2066isolate\u2069 bom\ufeff tag\U000e0041",
    "nonchar\uffff \ufffe and _x000D_ literal",
    "| pipe | `code` *bold* _it_ [a](b) <script>alert(1)</script> # head \\ back ![i](j) ~~s~~",
    "line one\n# not a heading\n- not a list\n| a | b |\n<!-- c -->\n```\nfence",
    "שלום עולם العربية 中文 emoji 😀 ümlaut",
    "x" * 40_000,
    "&amp; &lt;b&gt; $x^2$ &#64;",
    "",
)

_SECTIONS = {
    "1": "Control plane components",
    "1.1": "Control plane files",
    "1.2": "API server",
    "2": "etcd",
    "3": "Control plane configuration",
    "3.1": "Authentication and authorisation",
    "4": "Worker nodes",
    "4.1": "Worker node files",
    "4.2": "Kubelet",
    "5": "Policies",
    "5.1": "RBAC and service accounts",
    "5.2": "Pod security",
}

_REASONS = {
    Verdict.PASS: Reason.PASS_EXPLICIT,
    Verdict.FAIL: Reason.FAIL_DEFAULT,
    Verdict.MANUAL: Reason.RV_MANUAL_BENCHMARK,
    Verdict.NO_EVIDENCE: Reason.NE_FILE_NOT_COLLECTED,
    Verdict.ERROR: Reason.ER_CHECK_FAILED,
    Verdict.NOT_APPLICABLE: Reason.NA_COMPONENT_ABSENT,
    Verdict.OUT_OF_SCOPE: Reason.OS_LEVEL,
}

DISPOSITIONS = {
    Verdict.PASS: Disposition.COMPLIANT,
    Verdict.FAIL: Disposition.NON_COMPLIANT,
    Verdict.MANUAL: Disposition.PENDING_REVIEW,
    Verdict.NO_EVIDENCE: Disposition.NOT_ASSESSED,
    Verdict.ERROR: Disposition.NOT_ASSESSED,
    Verdict.NOT_APPLICABLE: Disposition.NOT_APPLICABLE,
    Verdict.OUT_OF_SCOPE: Disposition.NOT_ASSESSED,
}

_BUNDLE = "ab" * 32


def build(
    *,
    texts: tuple[str, ...] = HOSTILE,
    findings_each: int = 3,
    profile: bool = True,
    people: bool = True,
) -> Assessment:
    """Return an assessment whose texts are taken from ``texts`` in turn.

    With ``people`` it has waivers, reviews, changes and another tool's results.
    """
    verdicts = tuple(Verdict)
    bare = tuple(
        _control(index, number, verdicts[index % len(verdicts)], texts, findings_each)
        for index, number in enumerate(_ids())
    )
    controls = people_builder.judged(bare, texts) if people else bare
    return Assessment(
        analyzer_version="0.1.0",
        as_of="2026-01-02T03:04:05Z",
        benchmark_id="cis-1.10",
        benchmark_title="CIS Kubernetes Benchmark 1.10",
        benchmark_versions=("1.28", "1.31"),
        benchmark_why="Chosen because the API server reports v1.30.4.",
        sections=_SECTIONS,
        reading="effective",
        profile=_profile() if profile else None,
        policy_id="default",
        policy={"system-namespaces": "kube-system, kube-public", "audit-log-maxage-days": "30"},
        cluster=ClusterInfo(
            uid="6d3f0a12-8a5e-4a52-9a51-0b9a6f1f0001",
            kubernetes_version="v1.30.4",
            nodes_expected=("cp-1", "worker-1", "worker-2"),
            nodes_evidenced=("cp-1", "worker-1"),
            nodes_unknown=(),
        ),
        bundles=tuple(_bundle(kind, subject, texts) for kind, subject in _BUNDLES),
        summary=summarise(controls),
        controls=controls,
        evidence=tuple(
            _evidence(number, texts) for number in range(1, len(controls) * findings_each + 1)
        ),
        gaps=_gaps(controls, texts),
        notices=("worker-2 is in the API's node list, but no bundle covers it.", texts[0]),
        crosswalks=(_crosswalk(controls, texts),),
        waivers=people_builder.waivers(controls, texts) if people else (),
        waivers_sha256="12" * 32 if people else "",
        waivers_benchmark="cis-1.10" if people else "",
        reviews_sha256="34" * 32 if people else "",
        third_party=people_builder.third_party(controls, texts) if people else (),
        changes=people_builder.changes(controls, texts) if people else None,
    )


def _crosswalk(controls: tuple[ControlResult, ...], texts: tuple[str, ...]) -> Crosswalk:
    """Every effect, each with a side missing somewhere."""
    rows = []
    for n, effect in enumerate(Effect):
        sides = [
            CrosswalkSide(
                id=c.id, title=c.title, level=c.level, assessment=c.assessment, verdict=c.verdict
            )
            for c in controls[n : n + 2]
        ]
        rows.append(
            CrosswalkRow(
                topic=f"topic-{n}",
                effect=effect,
                older=None if effect is Effect.ADDED else sides[0],
                newer=None if effect is Effect.REMOVED else sides[1],
                differences=(texts[n % len(texts)], "Level 1 became 2."),
                explanation=texts[(n + 1) % len(texts)],
            )
        )
    return Crosswalk(older="cis-1.5", newer="cis-1.10", rows=tuple(rows))


_BUNDLES = (("node", "cp-1"), ("node", "worker-1"), ("api", "cluster"))


def summarise(controls: tuple[ControlResult, ...]) -> Summary:
    """Count like the pipeline does, in the test's own words."""
    # Neither sorted by text nor by number: reports must not lean on the order of a mapping.
    sections = sorted(
        {c.section for c in controls} | {c.section[0] for c in controls}, reverse=True
    )
    inside = {s: [c for c in controls if (c.section + ".").startswith(s + ".")] for s in sections}
    parties = sorted({c.responsibility.party.value for c in controls})
    return Summary(
        overall=tally(list(controls)),
        by_section={s: tally(inside[s]) for s in sections},
        by_party={
            p: tally([c for c in controls if c.responsibility.party.value == p]) for p in parties
        },
        by_level={str(n): tally([c for c in controls if c.level == n]) for n in (2, 1)},
        by_disposition=dict(sorted(Counter(c.disposition.value for c in controls).items())),
        by_comparison=dict(
            sorted(Counter(c.responsibility.comparison.value for c in controls).items())
        ),
        readings_differ=len([c for c in controls if c.other_reading]),
        waived=len([c for c in controls if c.disposition is Disposition.ACCEPTED_RISK]),
        score_after_waivers=tally(
            [c for c in controls if c.disposition is not Disposition.ACCEPTED_RISK]
        ).score,
        by_review=dict(
            sorted(
                Counter(
                    c.review.review.verdict.value
                    for c in controls
                    if c.review and not c.review.stale
                ).items()
            )
        ),
        stale_reviews=len([c for c in controls if c.review and c.review.stale]),
    )


def tally(controls: list[ControlResult]) -> Tally:
    """Count verdicts of some controls."""
    counts = Counter(c.verdict.value for c in controls)
    decided = counts["pass"] + counts["fail"]
    scope = len(controls) - counts["not-applicable"] - counts["out-of-scope"]
    return Tally(
        by_verdict={v.value: counts[v.value] for v in Verdict},
        total=len(controls),
        score=round(counts["pass"] / decided, 4) if decided else None,
        coverage=round(decided / scope, 4) if scope else None,
    )


def _ids() -> list[str]:
    sizes = {"1.1": 4, "1.2": 11, "2": 3, "3.1": 2, "4.1": 5, "4.2": 6, "5.1": 4, "5.2": 8}
    return [f"{s}.{n}" for s, size in sizes.items() for n in range(1, size + 1)]


def _control(
    index: int, number: str, verdict: Verdict, texts: tuple[str, ...], each: int
) -> ControlResult:
    section = number.rpartition(".")[0]
    bare = verdict is Verdict.OUT_OF_SCOPE
    partial = section.startswith("4") and verdict is Verdict.PASS
    findings = (
        () if bare else tuple(_finding(index * each + n, n, verdict, texts) for n in range(each))
    )
    return ControlResult(
        id=number,
        section=section,
        title=f"{texts[index % len(texts)][:200]} is set for control {number}",
        level=1 + index % 2,
        assessment=("automated", "manual")[index % 3 == 2],
        scored=index % 3 != 2,
        topic=f"topic-{number}",
        check_type="process-argument",
        decidability="ABCH"[index % 4],
        rule="The flag is present and false.",
        remediation="Set the flag to false in the static-pod manifest and restart the component.",
        verdict=verdict,
        reason=_REASONS[verdict],
        explanation=texts[(index + 3) % len(texts)],
        findings=findings,
        counts={verdict.value: each} if findings else {},
        nodes_expected=3 if section.startswith("4") else None,
        nodes_judged=2 if section.startswith("4") else None,
        nodes_missing=("worker-2",) if section.startswith("4") else (),
        partial=partial,
        responsibility=_responsibility(index, texts),
        disposition=Disposition.PENDING_REVIEW if partial else DISPOSITIONS[verdict],
        other_reading=_other(verdict, texts[index % len(texts)]) if index % 2 else None,
    )


def _finding(serial: int, n: int, verdict: Verdict, texts: tuple[str, ...]) -> Finding:
    text = texts[serial % len(texts)]
    missing = (
        Missing(
            key=EvidenceKey("file/kubelet-config"),
            subject="node/worker-1",
            reason=Reason.NE_PERMISSION_DENIED,
            detail="denied: " + text,
        ),
    )
    return Finding(
        subject=("node/cp-1", "node/worker-1", f"Pod/default/{text[:60]}")[n % 3],
        verdict=verdict,
        reason=_REASONS[verdict],
        explanation=f"The value is {text}.",
        actual=text,
        expected="false",
        facts=facts_digest(text, "false"),
        evidence=tuple(f"EV-{max(at, 1):04d}" for at in range(serial + 1, serial - n, -1)),
        missing=missing if verdict is Verdict.NO_EVIDENCE else (),
        notes=(text,) if n == 0 else (),
        other_reading=_other(verdict, text) if n == 0 else None,
    )


def _other(verdict: Verdict, text: str) -> OtherReading | None:
    """The letter says otherwise of every pass and failure."""
    turned = {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS}.get(verdict)
    return OtherReading(reading=Reading.LETTER, verdict=turned, why=text) if turned else None


def _responsibility(index: int, texts: tuple[str, ...]) -> Responsibility:
    comparison = tuple(Comparison)[index % len(Comparison)]
    attested = tuple(Attestation)[index % len(Attestation)]
    return Responsibility(
        party=tuple(Party)[index % len(Party)],
        basis=tuple(Basis)[index % len(Basis)],
        attested=attested,
        attested_raw="" if attested is Attestation.NOT_STATED else attested.value.title(),
        explanation="The provider sets this for every cluster. " + texts[index % len(texts)][:300],
        customer_action="" if index % 3 else "Choose the admission plug-ins that you need.",
        comparison=comparison,
        comparison_reason="Published and observed were set side by side.",
        attested_control="" if index % 5 else "1.2.99",
        map_method=("exact", "renumbered", "none")[index % 3],
        inherited_from="",
        inconsistency="The list says pass, the text says fail." if index % 11 == 0 else "",
        published={"scored": "Scored", "level": "1"} if index % 2 else {},
    )


def _evidence(number: int, texts: tuple[str, ...]) -> EvidenceRef:
    return EvidenceRef(
        id=f"EV-{number:04d}",
        bundle_sha256=_BUNDLE,
        member=f"bundle/blobs/b{number}",
        member_sha256=f"{number:064x}",
        selector=f"argv[{number}]",
        excerpt=texts[number % len(texts)][:400],
        subject="node/cp-1",
        collected_at="2026-01-02T03:04:05Z",
    )


def _bundle(kind: str, subject: str, texts: tuple[str, ...]) -> BundleSummary:
    return BundleSummary(
        name=f"keb-{kind}-{subject}-20260102T030405Z.tar.gz",
        sha256=_BUNDLE,
        fingerprint="cd" * 32,
        kind=kind,
        subject=subject if kind == "node" else texts[1],
        integrity="verified",
        signature="unsigned",
        complete=kind == "node",
        stopped="" if kind == "node" else texts[0],
        collected_at="2026-01-02T03:04:05Z",
        collector="node.sh 1.0.0",
        collector_text=CollectorText.AS_SHIPPED if kind == "node" else CollectorText.DIFFERS,
        collector_sha256="ef" * 32,
        case_no=texts[0],
        operator=texts[1],
        counts={"ok": 61, "absent": 12, "denied": 1},
    )


def _gaps(controls: tuple[ControlResult, ...], texts: tuple[str, ...]) -> tuple[Gap, ...]:
    lacking = tuple(c.id for c in controls if c.verdict is Verdict.NO_EVIDENCE)
    return (
        Gap(
            key=EvidenceKey("file/kubelet-config"),
            subject="node/worker-2",
            cause=Cause.NOT_COLLECTED,
            detail=texts[0],
            command="sh collectors/node.sh --node-name worker-2",
            controls=lacking,
        ),
        Gap(
            key=EvidenceKey("api/pods"),
            subject="cluster",
            cause=Cause.DENIED,
            detail="the list was denied",
            command="python3 collectors/api.py",
            controls=lacking[:2],
        ),
    )


def _profile() -> ProfileInfo:
    return ProfileInfo(
        id="example-managed",
        title="Example managed Kubernetes 1.30",
        provider="Example",
        product="Managed Kubernetes",
        benchmark="cis-1.10",
        statement="default-configuration",
        source_url="https://example.org/cis",
        source_date="2025-11-01",
    )
