"""Waivers laid over results: what each one covers, and what follows. Verdicts never change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.judgement.scopes import bounded, coverage
from analyzer.judgement.waiver_file import WaiverFile, check_controls, is_day
from analyzer.model.assessment import ClusterInfo, ControlResult, Finding
from analyzer.model.digests import failing_digest, failures_of
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import AppliedWaiver, Waiver, WaiverRecord, WaiverState
from analyzer.model.verdict import Disposition, Verdict

_Failing = Mapping[str, tuple[tuple[str, Finding], ...]]
"""Failing findings by control number, in benchmark order; as ``failing_digest`` takes them."""

_NODE = "node/"
_TOO_BROAD = "It names neither failures nor a place, and would accept what nobody has seen."
_STALE = "What it covers no longer fails as it did when it was granted: the digests differ."


def apply_waivers(
    controls: tuple[ControlResult, ...],
    file: WaiverFile,
    *,
    benchmark: str,
    cluster: ClusterInfo,
    as_of: str,
) -> tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]]:
    """Lay a waiver file over the results of one assessment.

    Args:
        controls: Every control of the benchmark, as judged: no waiver, no review yet.
        file: From ``load_waivers``.
        benchmark: Id of the assessed benchmark.
        cluster: Whose results they are.
        as_of: The assessment's time, UTC, ``YYYY-MM-DDThh:mm:ssZ``.

    Returns:
        The controls with what waivers cover of them, and one record a waiver in file order.

    Raises:
        UserFileError: The file is for this benchmark and names a control that it lacks, or the
            assessment's time is none.
    """
    check_controls(file, benchmark, {control.id for control in controls})
    today = _day(as_of)
    foreign = _foreign(file, benchmark, cluster)
    failing = {c.id: failures_of(c) for c in controls if c.verdict is Verdict.FAIL}
    reached = [_reach(waiver, failing, today, foreign) for waiver in file.waivers]
    effective = [one for one in reached if one.record.state is WaiverState.MATCHED]
    return (
        tuple(_waived(control, effective, cluster) for control in controls),
        tuple(one.record for one in reached),
    )


def _day(as_of: str) -> str:
    day = as_of[: len("YYYY-MM-DD")]
    if as_of[len(day) : len(day) + 1] != "T" or not is_day(day):
        raise UserFileError(
            "as_of", f"{as_of} is not a time", advice="Give an assessment.json as it was written."
        )
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """A waiver, what became of it, and the failures that it covers: control and subject."""

    record: WaiverRecord
    subjects: frozenset[tuple[str, str]]


def _foreign(file: WaiverFile, benchmark: str, cluster: ClusterInfo) -> str:
    """Say why the file does not speak of this assessment; empty when it does."""
    if file.benchmark != benchmark:
        return f"The file speaks of {file.benchmark}, and this is an assessment by {benchmark}."
    if not file.cluster or file.cluster == cluster.uid:
        return ""
    this = (
        f"this is an assessment of {cluster.uid}"
        if cluster.uid
        else "which cluster this is, is not in evidence"
    )
    return f"The file speaks of cluster {file.cluster}, and {this}."


def _reach(waiver: Waiver, failing: _Failing, today: str, foreign: str) -> _Reach:
    named = [failing[number] for number in failing if number in waiver.controls]
    covers = coverage(waiver.scope)
    covered = tuple(
        (number, found)
        for failures in ([] if foreign else named)
        for number, found in failures
        if covers(found.subject)
    )
    digest = failing_digest(covered)
    state, why = _state(waiver, covered, digest, today, foreign, fails=bool(named))
    record = WaiverRecord(
        waiver=waiver,
        state=state,
        why=why,
        matched=tuple(dict.fromkeys(number for number, _ in covered)),
        findings=len(covered),
        digest_now=digest,
    )
    return _Reach(record=record, subjects=frozenset((n, found.subject) for n, found in covered))


def _state(
    waiver: Waiver,
    covered: Sequence[tuple[str, Finding]],
    digest: str,
    today: str,
    foreign: str,
    *,
    fails: bool,
) -> tuple[WaiverState, str]:
    """Return what became of a waiver, and why: the first reason in this order."""
    if foreign:
        return WaiverState.UNUSED, foreign
    outside = _outside(waiver, today)
    if outside is not None:
        return outside
    if not waiver.digest and not bounded(waiver.scope):
        return WaiverState.TOO_BROAD, _TOO_BROAD
    numbers = ", ".join(waiver.controls)
    if not covered:
        why = f"Of {numbers}, nothing fails within its scope."
        return WaiverState.UNUSED, why if fails else f"Nothing of {numbers} fails."
    if waiver.digest and waiver.digest != digest:
        return WaiverState.STALE, _STALE
    return WaiverState.MATCHED, f"Failing findings that it covers: {len(covered)}."


def _outside(waiver: Waiver, today: str) -> tuple[WaiverState, str] | None:
    """Compare days as texts: both are ``YYYY-MM-DD``, and no clock is asked."""
    if today > waiver.expires_on:
        return (
            WaiverState.EXPIRED,
            f"It ended on {waiver.expires_on}, before this assessment's date, {today}.",
        )
    if today < waiver.valid_from:
        return (
            WaiverState.NOT_YET_VALID,
            f"It begins on {waiver.valid_from}, after this assessment's date, {today}.",
        )
    return None


def _waived(
    control: ControlResult, effective: Sequence[_Reach], cluster: ClusterInfo
) -> ControlResult:
    """Return a control with what the effective waivers cover of it."""
    here = [one for one in effective if control.id in one.record.matched]
    if not here:
        return control
    findings = tuple(_accepted(control.id, found, here) for found in control.findings)
    failing = [found for found in findings if found.verdict is Verdict.FAIL]
    waived = sum(1 for found in failing if found.waiver)
    still_open = "" if waived < len(failing) else ", ".join(_open(control, cluster))
    complete = waived == len(failing) and not still_open
    ids = tuple(one.record.waiver.id for one in here)
    return replace(
        control,
        findings=findings,
        disposition=_disposition(control, covered=waived == len(failing), complete=complete),
        waiver=AppliedWaiver(
            ids=ids,
            waived=waived,
            failing=len(failing),
            complete=complete,
            why=_why(ids, waived, len(failing), still_open),
        ),
    )


def _accepted(number: str, found: Finding, here: Sequence[_Reach]) -> Finding:
    """Return a finding with the first waiver that accepts it."""
    if found.verdict is not Verdict.FAIL:
        return found
    first = next((one for one in here if (number, found.subject) in one.subjects), None)
    return replace(found, waiver=first.record.waiver.id) if first else found


def _disposition(control: ControlResult, *, covered: bool, complete: bool) -> Disposition:
    if complete:
        return Disposition.ACCEPTED_RISK
    return Disposition.PENDING_REVIEW if covered else control.disposition


def _why(ids: tuple[str, ...], waived: int, failing: int, still_open: str) -> str:
    accept = "accepts" if len(ids) == 1 else "accept"
    rest = f"; still open: {still_open}" if still_open else ""
    return f"{', '.join(ids)} {accept} {waived} of {failing} failing findings{rest}."


def _open(control: ControlResult, cluster: ClusterInfo) -> Iterator[str]:
    """Yield what would keep the control from passing if nothing of it failed."""
    found = [f.verdict for f in control.findings]
    lacking = found.count(Verdict.NO_EVIDENCE)
    strangers = {_NODE + name for name in cluster.nodes_unknown}
    ghosts = [f for f in control.findings if f.subject in strangers and f.verdict is Verdict.PASS]
    counted = (
        ("findings without evidence", lacking),
        ("checks of ours that failed", found.count(Verdict.ERROR)),
        ("findings for a person to judge", found.count(Verdict.MANUAL)),
        ("expected nodes that were not seen", len(control.nodes_missing)),
        ("passes of nodes that the API does not know", len(ghosts)),
    )
    yield from (f"{what} ({number})" for what, number in counted if number)
    on_nodes = any(f.subject.startswith(_NODE) for f in control.findings)
    if cluster.nodes_expected is None and on_nodes:
        yield "which other nodes there are is not in evidence"
