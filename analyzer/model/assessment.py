"""The whole result of one run: what every report is written from."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.model.assertion import ThirdParty
from analyzer.model.bundle import CollectorText
from analyzer.model.cause import Cause
from analyzer.model.changes import Changes
from analyzer.model.crosswalk import Crosswalk
from analyzer.model.evidence import EvidenceKey
from analyzer.model.judgement import AppliedReview, AppliedWaiver, WaiverRecord
from analyzer.model.outcome import Missing, OtherReading
from analyzer.model.responsibility import Responsibility
from analyzer.model.verdict import Disposition, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRef:
    """One entry of the evidence register; ids are ``EV-0001`` in order of first use.

    Attributes:
        subject: Node name or ``cluster``: whose bundle it is.
        collected_at: When that bundle was made, UTC.
    """

    id: str
    bundle_sha256: str
    member: str
    member_sha256: str
    selector: str
    excerpt: str
    subject: str
    collected_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One outcome on one subject, evidence by id; ``other_reading`` as in ``Outcome``.

    Attributes:
        facts: ``facts_digest`` of what was found and what should be, before any cut.
        waiver: Id of the waiver that accepts this failure; empty when none does.
    """

    subject: str
    verdict: Verdict
    reason: Reason
    explanation: str
    actual: str
    expected: str
    facts: str
    evidence: tuple[str, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]
    other_reading: OtherReading | None = None
    waiver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlResult:
    """One row of the register.

    Attributes:
        topic, check_type, decidability: Of the definition that decided.
        rule, remediation: In our words.
        explanation: One sentence that sums up the findings.
        findings: By subject kind and name; may be empty only for ``out-of-scope``,
            ``error`` and ``no-evidence``.
        counts: Findings by verdict word, only those above zero.
        nodes_expected, nodes_judged: For node rules where the API's node list is known;
            None otherwise. A node of which the rule found no evidence was not judged.
        nodes_missing: Names of expected nodes that no bundle covers.
        partial: True when a pass rests on some of the expected nodes only, on nodes that the
            API does not know, or on an unknown share of them; the explanation says which.
        other_reading: What the reading that does not decide makes of the findings; None where
            both come to the same.
        disposition: What follows of verdict, responsibility, waiver and review.
        waiver: What waivers cover of a failure; None where none has an effect.
        review: The auditor's conclusion; None before there is one.
    """

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
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    nodes_expected: int | None
    nodes_judged: int | None
    nodes_missing: tuple[str, ...]
    partial: bool
    responsibility: Responsibility
    disposition: Disposition
    other_reading: OtherReading | None = None
    waiver: AppliedWaiver | None = None
    review: AppliedReview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSummary:
    """One bundle of the run.

    Attributes:
        name: Kind and the first digits of its id; never a file name, which may change.
        integrity: ``verified`` (every hash matched); a refused bundle never gets here.
        signature: ``unsigned`` or ``unverified``.
        complete: Every probe of the plan gave evidence.
        stopped: Why the run ended before its plan; empty when it did not.
        collector: Name and version that the manifest states.
        collector_text: How its text compares with the one shipped with this analyzer.
        collector_sha256: SHA-256 of that text; empty where there is none.
        case_no, operator: As noted at collection; may be empty.
        counts: Probes by status.
    """

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
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One missing piece of evidence and what it would unlock.

    Attributes:
        subject: ``node/NAME`` or ``cluster``.
        cause: Why it is missing, in the words of whoever can bring it.
        detail: What was found instead.
        command: The command that collects it.
        controls: Ids of controls left without a verdict for its lack, in order.
    """

    key: EvidenceKey
    subject: str
    cause: Cause
    detail: str
    command: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over a set of controls.

    Attributes:
        by_verdict: Count by verdict word, every word present.
        score: pass / (pass + fail), 0 to 1; None when nothing was decided.
        coverage: (pass + fail) / (controls in scope and applicable); None when there are none.
    """

    by_verdict: Mapping[str, int]
    total: int
    score: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Totals, made once so that no two reports can disagree.

    Attributes:
        by_section: By top-level section (``1`` ... ``5``) and by subsection (``1.2``).
        by_party: By party word, only parties that occur.
        by_level: ``1`` and ``2``.
        by_disposition, by_comparison: Count by word, only those above zero.
        readings_differ: Controls whose verdict the other reading would change.
        waived: Failing controls that are accepted risks.
        score_after_waivers: pass / (pass + fail - waived); None when nothing is left to count.
        by_review: Controls by the auditor's word, only those above zero; stale ones left out.
        stale_reviews: Reviews of results that have changed since.
    """

    overall: Tally
    by_section: Mapping[str, Tally]
    by_party: Mapping[str, Tally]
    by_level: Mapping[str, Tally]
    by_disposition: Mapping[str, int]
    by_comparison: Mapping[str, int]
    readings_differ: int
    waived: int
    score_after_waivers: float | None
    by_review: Mapping[str, int]
    stale_reviews: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterInfo:
    """What is known of the cluster as a whole; None where unknown."""

    uid: str | None
    kubernetes_version: str | None
    nodes_expected: tuple[str, ...] | None
    nodes_evidenced: tuple[str, ...]
    nodes_unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileInfo:
    """The provider profile as the report names it."""

    id: str
    title: str
    provider: str
    product: str
    benchmark: str
    statement: str
    source_url: str
    source_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All results of one run, with totals and provenance.

    Attributes:
        as_of: The newest collection time unless the user said otherwise, UTC.
        sections: Section titles by number.
        benchmark_why: Why this benchmark was chosen, one sentence.
        notices: Sentences for the front page: drift between bundles, unknown nodes, ...
        policy: Declared policy as printed: name and text of every value used.
        crosswalks: From each older benchmark of the same run to this one.
        waivers: Every waiver of the file with its state, in the file's order.
        waivers_sha256, reviews_sha256: Of the files that were applied; empty when none was.
        waivers_benchmark, waivers_cluster: What the waiver file says it is for.
        third_party: What other tools say; never evidence.
        changes: Against an older assessment; None when none was given.
    """

    analyzer_version: str
    as_of: str
    benchmark_id: str
    benchmark_title: str
    benchmark_versions: tuple[str, str]
    benchmark_why: str
    sections: Mapping[str, str]
    reading: str
    profile: ProfileInfo | None
    policy_id: str
    policy: Mapping[str, str]
    cluster: ClusterInfo
    bundles: tuple[BundleSummary, ...]
    summary: Summary
    controls: tuple[ControlResult, ...]
    evidence: tuple[EvidenceRef, ...]
    gaps: tuple[Gap, ...]
    notices: tuple[str, ...]
    crosswalks: tuple[Crosswalk, ...] = ()
    waivers: tuple[WaiverRecord, ...] = ()
    waivers_sha256: str = ""
    waivers_benchmark: str = ""
    waivers_cluster: str = ""
    reviews_sha256: str = ""
    third_party: tuple[ThirdParty, ...] = ()
    changes: Changes | None = None
