"""What people and other tools add to a synthetic assessment: every word once, hostile texts."""

from dataclasses import replace

from analyzer.model.assertion import Agreement, Asserted, ThirdParty
from analyzer.model.assessment import ControlResult
from analyzer.model.changes import Change, Changes, ChangeSide, ChangesSide, ControlChange
from analyzer.model.judgement import (
    AppliedReview,
    AppliedWaiver,
    Method,
    Review,
    ReviewVerdict,
    Scope,
    Waiver,
    WaiverReason,
    WaiverRecord,
    WaiverState,
)
from analyzer.model.verdict import Disposition, Verdict

_DIGEST = "sha256:" + "ef" * 32


def judged(
    controls: tuple[ControlResult, ...], texts: tuple[str, ...]
) -> tuple[ControlResult, ...]:
    """Waive the first failure whole and the second in part; review every third control.

    Of a single failure there is no part, so that something else of the second one is open.
    """
    failing = [c.id for c in controls if c.verdict is Verdict.FAIL and c.findings]
    made = []
    for n, control in enumerate(controls):
        one = control
        if control.id in failing[:2]:
            one = _waived(control, texts, whole=control.id == failing[0])
        turn = 0 if control.id in failing[:1] else n // 3  # who accepts the risk agrees
        made.append(_reviewed(one, turn, texts) if n % 3 == 0 else one)
    return tuple(made)


def _waived(control: ControlResult, texts: tuple[str, ...], *, whole: bool) -> ControlResult:
    covered = len(control.findings) if whole else 1
    findings = tuple(
        replace(f, waiver="W-1") if n < covered else f for n, f in enumerate(control.findings)
    )
    return replace(
        control,
        findings=findings,
        disposition=_follows(control, covered, whole=whole),
        waiver=AppliedWaiver(
            ids=("W-1",),
            waived=covered,
            failing=len(findings),
            complete=whole,
            why=f"W-1 covers {covered} of {len(findings)} failures: {texts[0]}.",
        ),
    )


def _follows(control: ControlResult, covered: int, *, whole: bool) -> Disposition:
    if whole:
        return Disposition.ACCEPTED_RISK
    every = covered == len(control.findings)
    return Disposition.PENDING_REVIEW if every else control.disposition


def _reviewed(control: ControlResult, n: int, texts: tuple[str, ...]) -> ControlResult:
    stale = n % 5 == 4
    review = Review(
        control=control.id,
        verdict=tuple(ReviewVerdict)[n % len(ReviewVerdict)],
        method=tuple(Method)[n % len(Method)],
        comment=texts[n % len(texts)],
        reviewer="Ada Auditor",
        reviewed_on="2026-01-05",
        observed=control.verdict,
        result=f"{n:016x}",
    )
    why = "The result has changed since it was reviewed." if stale else ""
    applied = AppliedReview(review=review, stale=stale, why=why, computed=control.disposition)
    after = control.disposition if stale else _AFTER.get(review.verdict, control.disposition)
    return replace(control, review=applied, disposition=after)


_AFTER = {
    ReviewVerdict.PASS: Disposition.COMPLIANT,
    ReviewVerdict.FAIL: Disposition.NON_COMPLIANT,
    ReviewVerdict.NOT_APPLICABLE: Disposition.NOT_APPLICABLE,
    ReviewVerdict.COMPENSATED: Disposition.COMPENSATED,
    ReviewVerdict.NEED_MORE_EVIDENCE: Disposition.PENDING_REVIEW,
}


def waivers(
    controls: tuple[ControlResult, ...], texts: tuple[str, ...]
) -> tuple[WaiverRecord, ...]:
    """One record a state."""
    ids = tuple(c.id for c in controls if c.waiver)
    return tuple(
        WaiverRecord(
            waiver=_waiver(n, ids or ("1.1.1",), texts),
            state=state,
            why=f"{state.value}: {texts[n % len(texts)]}",
            matched=ids if state is not WaiverState.UNUSED else (),
            findings=4 if state is not WaiverState.UNUSED else 0,
            digest_now=_DIGEST if state is not WaiverState.UNUSED else "",
        )
        for n, state in enumerate(WaiverState)
    )


def _waiver(n: int, controls: tuple[str, ...], texts: tuple[str, ...]) -> Waiver:
    reasons = tuple(WaiverReason)
    return Waiver(
        id=f"W-{n + 1}",
        controls=controls,
        scope=Scope(nodes=("cp-*",), namespaces=("shop",)) if n % 2 else Scope(),
        reason=reasons[n % len(reasons)],
        justification=texts[(n + 3) % len(texts)],
        owner="Platform team",
        approver="Chief information security officer",
        valid_from="2025-12-01",
        expires_on="2026-06-30",
        ticket=f"RISK-{n}",
        digest=_DIGEST if n % 2 == 0 else "",
    )


def third_party(
    controls: tuple[ControlResult, ...], texts: tuple[str, ...]
) -> tuple[ThirdParty, ...]:
    """Another tool's result with every agreement word."""
    words = tuple(Agreement)
    return (
        ThirdParty(
            tool="kube-bench",
            benchmark="cis-1.10",
            sha256="cd" * 32,
            comparable=True,
            why="It names the same benchmark.",
            results=tuple(
                Asserted(
                    control=c.id,
                    role="master",
                    word=("PASS", "FAIL", "WARN", "INFO")[n % 4],
                    detail=texts[n % len(texts)][:200],
                    agreement=words[n % len(words)],
                )
                for n, c in enumerate(controls[:20])
            ),
        ),
    )


def changes(controls: tuple[ControlResult, ...], texts: tuple[str, ...]) -> Changes:
    """Every change word, each with a side missing somewhere."""
    rows = tuple(_change(n, change, controls[n], texts) for n, change in enumerate(Change))
    return Changes(
        older=_side("0123456789abcdef", "2025-11-01T00:00:00Z"),
        newer=_side("", "2026-01-02T03:04:05Z"),
        limits=("The older run saw 3 nodes, this one 2.", texts[1]),
        counts={change.value: 1 for change in Change},
        rows=rows,
    )


def _side(report: str, as_of: str) -> ChangesSide:
    return ChangesSide(
        report_id=report,
        as_of=as_of,
        benchmark="cis-1.10",
        profile="example-managed",
        reading="effective",
        analyzer_version="0.1.0",
        kubernetes_version="v1.30.4",
        nodes=2,
    )


def _change(n: int, change: Change, c: ControlResult, texts: tuple[str, ...]) -> ControlChange:
    side = ChangeSide(
        id=c.id, verdict=c.verdict, party=c.responsibility.party, disposition=c.disposition
    )
    return ControlChange(
        id=c.id,
        title=c.title,
        change=change,
        why=texts[n % len(texts)][:300],
        older=None if n == 4 else side,
        newer=None if n == 3 else side,
        appeared=(texts[n % len(texts)][:80], "node/cp-1") if change is Change.NEW else (),
        gone=("node/worker-1",) if change is Change.RESOLVED else (),
    )
