"""assessment.json: the whole result as one JSON document, written and read back without loss.

Keys are sorted and the text is UTF-8 with one final newline, so that equal results are equal
files. Reading is strict, and checks that the totals in the file follow from its own rows.
"""

import hashlib
from typing import Any

import msgspec

from analyzer.model.assertion import ThirdParty
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
from analyzer.model.changes import Changes
from analyzer.model.crosswalk import Crosswalk
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import AppliedReview, AppliedWaiver, WaiverRecord
from analyzer.model.outcome import OtherReading
from analyzer.model.responsibility import Responsibility
from analyzer.reports import document as doc
from analyzer.reports.consistency import contradiction

_ENCODER = msgspec.json.Encoder(order="sorted")
_ADVICE = "Give the assessment.json of a run of this version, unchanged."


def write(assessment: Assessment) -> bytes:
    """Return the canonical document.

    Half surrogates, which no UTF-8 text can hold, are written as a visible escape; no reader
    of bundles lets them through, so that only a hand-made value can lose equality by it.
    """
    document = to_document(assessment)
    try:
        encoded = _ENCODER.encode(document)
    except UnicodeEncodeError:
        encoded = _ENCODER.encode(_encodable(msgspec.to_builtins(document)))
    return msgspec.json.format(encoded, indent=1) + b"\n"


def read(content: bytes, where: str = "assessment.json") -> Assessment:
    """Read a document back.

    Args:
        content: Bytes as ``write`` made them; white space may differ.
        where: Name for messages.

    Raises:
        UserFileError: Not JSON, not this schema, an unknown field, or totals that do not
            follow from the rows.
    """
    try:
        document = msgspec.json.decode(content, type=doc.AssessmentDoc)
    except (msgspec.DecodeError, RecursionError) as failure:
        raise UserFileError(where, str(failure), advice=_ADVICE) from failure
    wrong = contradiction(document)
    if wrong:
        raise UserFileError(where, wrong, advice=_ADVICE)
    return from_document(document)


def report_id(canonical: bytes) -> str:
    """Return the report id: the first 16 hex digits of SHA-256 over the canonical document."""
    return hashlib.sha256(canonical).hexdigest()[:16]


def to_document(assessment: Assessment) -> doc.AssessmentDoc:
    """Return the file's shape of an assessment."""
    a = assessment
    return doc.AssessmentDoc(
        schema="assessment.v1",
        analyzer=doc.AnalyzerDoc(name="kube-evidence", version=a.analyzer_version),
        as_of=a.as_of,
        benchmark=doc.BenchmarkDoc(
            id=a.benchmark_id,
            controls=len(a.controls),
            title=a.benchmark_title,
            versions=a.benchmark_versions,
            why=a.benchmark_why,
            sections=dict(a.sections),
        ),
        reading=a.reading,
        profile=_filled(a.profile, doc.ProfileDoc) if a.profile else None,
        policy=doc.PolicyDoc(id=a.policy_id, values=dict(a.policy)),
        cluster=_filled(a.cluster, doc.ClusterDoc),
        bundles=_filled(a.bundles, tuple[doc.BundleDoc, ...]),
        coverage=_coverage(a),
        summary=_summary(a.summary),
        controls=tuple(_control(control) for control in a.controls),
        evidence=tuple(_evidence(entry) for entry in a.evidence),
        gaps=_filled(a.gaps, tuple[doc.GapDoc, ...]),
        notices=a.notices,
        crosswalks=_filled(a.crosswalks, tuple[doc.CrosswalkDoc, ...]),
        waivers=_filled(a.waivers, tuple[doc.WaiverRecordDoc, ...]),
        waivers_sha256=a.waivers_sha256,
        waivers_benchmark=a.waivers_benchmark,
        waivers_cluster=a.waivers_cluster,
        reviews_sha256=a.reviews_sha256,
        third_party=_filled(a.third_party, tuple[doc.ThirdPartyDoc, ...]),
        changes=_filled(a.changes, doc.ChangesDoc | None),
    )


def from_document(document: doc.AssessmentDoc) -> Assessment:
    """Return the assessment that a document holds."""
    d = document
    return Assessment(
        analyzer_version=d.analyzer.version,
        as_of=d.as_of,
        benchmark_id=d.benchmark.id,
        benchmark_title=d.benchmark.title,
        benchmark_versions=d.benchmark.versions,
        benchmark_why=d.benchmark.why,
        sections=d.benchmark.sections,
        reading=d.reading,
        profile=_filled(d.profile, ProfileInfo) if d.profile else None,
        policy_id=d.policy.id,
        policy=d.policy.values,
        cluster=_filled(d.cluster, ClusterInfo),
        bundles=_filled(d.bundles, tuple[BundleSummary, ...]),
        summary=_read_summary(d.summary),
        controls=tuple(_read_control(control) for control in d.controls),
        evidence=tuple(_read_evidence(entry) for entry in d.evidence),
        gaps=_filled(d.gaps, tuple[Gap, ...]),
        notices=d.notices,
        crosswalks=_filled(d.crosswalks, tuple[Crosswalk, ...]),
        waivers=_filled(d.waivers, tuple[WaiverRecord, ...]),
        waivers_sha256=d.waivers_sha256,
        waivers_benchmark=d.waivers_benchmark,
        waivers_cluster=d.waivers_cluster,
        reviews_sha256=d.reviews_sha256,
        third_party=_filled(d.third_party, tuple[ThirdParty, ...]),
        changes=_filled(d.changes, Changes | None),
    )


def _filled(value: object, kind: Any) -> Any:
    """Turn one object into another with the same field names."""
    return msgspec.convert(value, kind, from_attributes=True)


def _coverage(a: Assessment) -> doc.CoverageDoc:
    expected, counts = a.cluster.nodes_expected, a.summary.overall.by_verdict
    known = len(a.cluster.nodes_evidenced) - len(a.cluster.nodes_unknown)
    return doc.CoverageDoc(
        nodes_expected=None if expected is None else len(expected),
        nodes_evidenced=known,
        controls_decided=counts["pass"] + counts["fail"],
        controls_total=len(a.controls),
        ratio=a.summary.overall.coverage,
    )


def _summary(summary: Summary) -> doc.SummaryDoc:
    tallies = dict[str, doc.TallyDoc]
    return doc.SummaryDoc(
        by_verdict=dict(summary.overall.by_verdict),
        total=summary.overall.total,
        score=summary.overall.score,
        coverage=summary.overall.coverage,
        by_section=_filled(dict(summary.by_section), tallies),
        by_party=_filled(dict(summary.by_party), tallies),
        by_level=_filled(dict(summary.by_level), tallies),
        by_disposition=dict(summary.by_disposition),
        by_comparison=dict(summary.by_comparison),
        readings_differ=summary.readings_differ,
        waived=summary.waived,
        score_after_waivers=summary.score_after_waivers,
        by_review=dict(summary.by_review),
        stale_reviews=summary.stale_reviews,
    )


def _read_summary(summary: doc.SummaryDoc) -> Summary:
    return Summary(
        overall=Tally(
            by_verdict=summary.by_verdict,
            total=summary.total,
            score=summary.score,
            coverage=summary.coverage,
        ),
        by_section=_filled(summary.by_section, dict[str, Tally]),
        by_party=_filled(summary.by_party, dict[str, Tally]),
        by_level=_filled(summary.by_level, dict[str, Tally]),
        by_disposition=summary.by_disposition,
        by_comparison=summary.by_comparison,
        readings_differ=summary.readings_differ,
        waived=summary.waived,
        score_after_waivers=summary.score_after_waivers,
        by_review=dict(summary.by_review),
        stale_reviews=summary.stale_reviews,
    )


def _control(c: ControlResult) -> doc.ControlDoc:
    return doc.ControlDoc(
        id=c.id,
        section=c.section,
        title=c.title,
        level=c.level,
        assessment=c.assessment,
        scored=c.scored,
        topic=c.topic,
        check_type=c.check_type,
        decidability=c.decidability,
        rule=c.rule,
        remediation=c.remediation,
        verdict=c.verdict,
        reason=c.reason,
        explanation=c.explanation,
        findings=_filled(c.findings, tuple[doc.FindingDoc, ...]),
        counts=dict(c.counts),
        nodes=doc.NodesDoc(
            expected=c.nodes_expected,
            judged=c.nodes_judged,
            missing=c.nodes_missing,
            partial=c.partial,
        ),
        responsibility=_filled(c.responsibility, doc.ResponsibilityDoc),
        disposition=c.disposition,
        other_reading=_filled(c.other_reading, doc.OtherReadingDoc | None),
        waiver=_filled(c.waiver, doc.AppliedWaiverDoc | None),
        review=_filled(c.review, doc.AppliedReviewDoc | None),
    )


def _read_control(c: doc.ControlDoc) -> ControlResult:
    return ControlResult(
        id=c.id,
        section=c.section,
        title=c.title,
        level=c.level,
        assessment=c.assessment,
        scored=c.scored,
        topic=c.topic,
        check_type=c.check_type,
        decidability=c.decidability,
        rule=c.rule,
        remediation=c.remediation,
        verdict=c.verdict,
        reason=c.reason,
        explanation=c.explanation,
        findings=_filled(c.findings, tuple[Finding, ...]),
        counts=c.counts,
        nodes_expected=c.nodes.expected,
        nodes_judged=c.nodes.judged,
        nodes_missing=c.nodes.missing,
        partial=c.nodes.partial,
        responsibility=_filled(c.responsibility, Responsibility),
        disposition=c.disposition,
        other_reading=_filled(c.other_reading, OtherReading | None),
        waiver=_filled(c.waiver, AppliedWaiver | None),
        review=_filled(c.review, AppliedReview | None),
    )


def _evidence(e: EvidenceRef) -> doc.EvidenceDoc:
    return doc.EvidenceDoc(
        id=e.id,
        bundle_sha256=e.bundle_sha256,
        member=e.member,
        sha256=e.member_sha256,
        selector=e.selector,
        excerpt=e.excerpt,
        subject=e.subject,
        collected_at=e.collected_at,
    )


def _read_evidence(e: doc.EvidenceDoc) -> EvidenceRef:
    return EvidenceRef(
        id=e.id,
        bundle_sha256=e.bundle_sha256,
        member=e.member,
        member_sha256=e.sha256,
        selector=e.selector,
        excerpt=e.excerpt,
        subject=e.subject,
        collected_at=e.collected_at,
    )


def _encodable(value: Any) -> Any:
    """Return plain data whose texts can all be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
