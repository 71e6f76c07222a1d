"""The shape of assessment.json, field for field: the contract's names beside the model's.

Objects whose fields bear the model's names are filled from the model by attribute; the few
that differ (``sha256`` for a member's hash, grouped totals) are turned over in assessment_json.
Unknown fields are refused: the file is ours, so a field we do not know is a mistake.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from analyzer.model.assertion import Agreement
from analyzer.model.bundle import CollectorText
from analyzer.model.cause import Cause
from analyzer.model.changes import Change
from analyzer.model.context import Reading
from analyzer.model.crosswalk import Effect
from analyzer.model.judgement import Method, ReviewVerdict, WaiverReason, WaiverState
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party
from analyzer.model.verdict import Disposition, Reason, Verdict


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every object in the file."""


class AnalyzerDoc(Document, frozen=True, kw_only=True):
    """Program that made the file."""

    name: Literal["kube-evidence"]
    version: str


class BenchmarkDoc(Document, frozen=True, kw_only=True):
    """Benchmark that was judged against; ``controls`` counts the register's rows."""

    id: str
    controls: int
    title: str
    versions: tuple[str, str]
    why: str
    sections: dict[str, str]


class PolicyDoc(Document, frozen=True, kw_only=True):
    """Declared policy as printed."""

    id: str
    values: dict[str, str]


class ProfileDoc(Document, frozen=True, kw_only=True):
    """Provider profile."""

    id: str
    title: str
    provider: str
    product: str
    benchmark: str
    statement: str
    source_url: str
    source_date: str


class ClusterDoc(Document, frozen=True, kw_only=True):
    """What is known of the cluster; names of nodes."""

    uid: str | None
    kubernetes_version: str | None
    nodes_expected: tuple[str, ...] | None
    nodes_evidenced: tuple[str, ...]
    nodes_unknown: tuple[str, ...]


class BundleDoc(Document, frozen=True, kw_only=True):
    """One bundle."""

    name: str
    sha256: str
    fingerprint: str
    kind: str
    subject: str
    integrity: str
    signature: str
    complete: bool
    stopped: str
    collected_at: str
    collector: str
    collector_text: CollectorText
    collector_sha256: str
    case_no: str
    operator: str
    counts: dict[str, int]


class CoverageDoc(Document, frozen=True, kw_only=True):
    """How much could be decided; counts. ``ratio`` is the overall tally's coverage.

    ``nodes_evidenced`` leaves out nodes that the API does not know.
    """

    nodes_expected: int | None
    nodes_evidenced: int
    controls_decided: int
    controls_total: int
    ratio: float | None


class TallyDoc(Document, frozen=True, kw_only=True):
    """Counts over a set of controls."""

    by_verdict: dict[str, int]
    total: int
    score: float | None
    coverage: float | None


class SummaryDoc(Document, frozen=True, kw_only=True):
    """Totals; the overall tally lies flat beside the splits."""

    by_verdict: dict[str, int]
    total: int
    score: float | None
    coverage: float | None
    by_section: dict[str, TallyDoc]
    by_party: dict[str, TallyDoc]
    by_level: dict[str, TallyDoc]
    by_disposition: dict[str, int]
    by_comparison: dict[str, int]
    readings_differ: int
    waived: int
    score_after_waivers: float | None
    by_review: dict[str, int]
    stale_reviews: int


class MissingDoc(Document, frozen=True, kw_only=True):
    """Evidence that a finding lacked."""

    key: str
    subject: str
    reason: Reason
    detail: str


class OtherReadingDoc(Document, frozen=True, kw_only=True):
    """The answer of the reading that does not decide, where it is another one."""

    reading: Reading
    verdict: Verdict
    why: str


Facts = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
"""Digest of what a finding rests on."""


class FindingDoc(Document, frozen=True, kw_only=True):
    """One outcome on one subject."""

    subject: str
    verdict: Verdict
    reason: Reason
    explanation: str
    actual: str
    expected: str
    facts: Facts
    evidence: tuple[str, ...]
    missing: tuple[MissingDoc, ...]
    notes: tuple[str, ...]
    other_reading: OtherReadingDoc | None
    waiver: str


class NodesDoc(Document, frozen=True, kw_only=True):
    """Node coverage of one control."""

    expected: int | None
    judged: int | None
    missing: tuple[str, ...]
    partial: bool


class ResponsibilityDoc(Document, frozen=True, kw_only=True):
    """Who answers, what they published, how it compares."""

    party: Party
    basis: Basis
    attested: Attestation
    attested_raw: str
    explanation: str
    customer_action: str
    comparison: Comparison
    comparison_reason: str
    attested_control: str
    map_method: str
    inherited_from: str
    inconsistency: str
    published: dict[str, str]


class AppliedWaiverDoc(Document, frozen=True, kw_only=True):
    """What waivers cover of one control's failures."""

    ids: tuple[str, ...]
    waived: int
    failing: int
    complete: bool
    why: str


class ReviewDoc(Document, frozen=True, kw_only=True):
    """An auditor's conclusion, and what was seen when it was given."""

    control: str
    verdict: ReviewVerdict
    method: Method
    comment: str
    reviewer: str
    reviewed_on: str
    observed: Verdict
    result: str


class AppliedReviewDoc(Document, frozen=True, kw_only=True):
    """A review beside this assessment's result."""

    review: ReviewDoc
    stale: bool
    why: str
    computed: Disposition


class ControlDoc(Document, frozen=True, kw_only=True):
    """One row of the register."""

    id: str
    section: str
    title: str
    level: int
    assessment: str
    scored: bool
    topic: str
    check_type: str
    decidability: str
    rule: str
    remediation: str
    verdict: Verdict
    reason: Reason
    explanation: str
    findings: tuple[FindingDoc, ...]
    counts: dict[str, int]
    nodes: NodesDoc
    responsibility: ResponsibilityDoc
    disposition: Disposition
    other_reading: OtherReadingDoc | None
    waiver: AppliedWaiverDoc | None
    review: AppliedReviewDoc | None


class EvidenceDoc(Document, frozen=True, kw_only=True):
    """One entry of the evidence register; ``sha256`` is the member's."""

    id: str
    bundle_sha256: str
    member: str
    sha256: str
    selector: str
    excerpt: str
    subject: str
    collected_at: str


class GapDoc(Document, frozen=True, kw_only=True):
    """One missing piece of evidence."""

    key: str
    subject: str
    cause: Cause
    detail: str
    command: str
    controls: tuple[str, ...]


class CrosswalkSideDoc(Document, frozen=True, kw_only=True):
    """One benchmark's control on a topic."""

    id: str
    title: str
    level: int
    assessment: str
    verdict: Verdict


class CrosswalkRowDoc(Document, frozen=True, kw_only=True):
    """One topic under two benchmarks."""

    topic: str
    effect: Effect
    older: CrosswalkSideDoc | None
    newer: CrosswalkSideDoc | None
    differences: tuple[str, ...]
    explanation: str


class CrosswalkDoc(Document, frozen=True, kw_only=True):
    """From an older benchmark of the same run to this one."""

    older: str
    newer: str
    rows: tuple[CrosswalkRowDoc, ...]


class ScopeDoc(Document, frozen=True, kw_only=True):
    """Where a waiver holds."""

    nodes: tuple[str, ...]
    namespaces: tuple[str, ...]
    objects: tuple[str, ...]


class WaiverDoc(Document, frozen=True, kw_only=True):
    """One waiver as its file states it."""

    id: str
    controls: tuple[str, ...]
    scope: ScopeDoc
    reason: WaiverReason
    justification: str
    owner: str
    approver: str
    valid_from: str
    expires_on: str
    ticket: str
    digest: str


class WaiverRecordDoc(Document, frozen=True, kw_only=True):
    """A waiver and what became of it."""

    waiver: WaiverDoc
    state: WaiverState
    why: str
    matched: tuple[str, ...]
    findings: int
    digest_now: str


class AssertedDoc(Document, frozen=True, kw_only=True):
    """One line of another tool's result."""

    control: str
    role: str
    word: str
    detail: str
    agreement: Agreement


class ThirdPartyDoc(Document, frozen=True, kw_only=True):
    """Another tool's whole result: assertions, never evidence."""

    tool: str
    benchmark: str
    sha256: str
    comparable: bool
    why: str
    results: tuple[AssertedDoc, ...]


class ChangeSideDoc(Document, frozen=True, kw_only=True):
    """One assessment's answer on a control."""

    id: str
    verdict: Verdict
    party: Party
    disposition: Disposition


class ControlChangeDoc(Document, frozen=True, kw_only=True):
    """One control in two assessments."""

    id: str
    title: str
    change: Change
    why: str
    older: ChangeSideDoc | None
    newer: ChangeSideDoc | None
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    altered: tuple[str, ...]


class ChangesSideDoc(Document, frozen=True, kw_only=True):
    """Which assessment one side is."""

    report_id: str
    as_of: str
    benchmark: str
    profile: str
    reading: str
    analyzer_version: str
    kubernetes_version: str
    nodes: int


class ChangesDoc(Document, frozen=True, kw_only=True):
    """From an older assessment to this one."""

    older: ChangesSideDoc
    newer: ChangesSideDoc
    limits: tuple[str, ...]
    counts: dict[str, int]
    rows: tuple[ControlChangeDoc, ...]


class AssessmentDoc(Document, frozen=True, kw_only=True):
    """The whole file. ``schema`` is this shape's version."""

    schema: Literal["assessment.v1"]
    analyzer: AnalyzerDoc
    as_of: str
    benchmark: BenchmarkDoc
    reading: str
    profile: ProfileDoc | None
    policy: PolicyDoc
    cluster: ClusterDoc
    bundles: tuple[BundleDoc, ...]
    coverage: CoverageDoc
    summary: SummaryDoc
    controls: tuple[ControlDoc, ...]
    evidence: tuple[EvidenceDoc, ...]
    gaps: tuple[GapDoc, ...]
    notices: tuple[str, ...]
    crosswalks: tuple[CrosswalkDoc, ...]
    waivers: tuple[WaiverRecordDoc, ...]
    waivers_sha256: str
    waivers_benchmark: str
    waivers_cluster: str
    reviews_sha256: str
    third_party: tuple[ThirdPartyDoc, ...]
    changes: ChangesDoc | None
