"""What the Cover sheet says: the case in short, its facts, and how to work with the workbook."""

from collections.abc import Iterator

from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.responsibility import Comparison
from analyzer.model.verdict import Verdict
from analyzer.reports.losses import loss_story
from analyzer.reports.story import (
    assertion_story,
    change_story,
    provider_story,
    review_story,
    unseen_story,
    verdict_story,
    waiver_story,
)
from analyzer.reports.words import (
    benchmark_line,
    is_published,
    nodes_in_evidence,
    other_line,
    profile_facts,
    reading_line,
)

SHEETS = {
    "Summary": "Totals by section, responsibility and level, with score and coverage.",
    "Controls": "The register: one row for every control, and the auditor's columns.",
    "Findings": "One row for each node or object that a control was judged on.",
    "Evidence": "Where each piece of evidence stands: bundle, member, hash and place.",
    "Responsibility": (
        "Who answers for each control. The first three columns are those of a FedRAMP customer "
        "responsibility matrix; ownership is also given in the words of the CSA questionnaire."
    ),
    "Published vs observed": "What the provider publishes beside what the evidence shows.",
    "Gaps": "Evidence to ask the customer for: the request, its command, and what waits for it.",
    "Nodes": (
        "Every control that was judged on nodes, a column a node. Of very many nodes, those "
        "that are alike share one."
    ),
    "Waivers": "Accepted risks: what they cover, until when, and whether they took effect.",
    "Changes": "What changed since the older assessment, and what cannot be compared.",
    "Third party": "What another tool says beside our verdict: an assertion, not evidence.",
    "Crosswalk": "What a move from an older benchmark of this run changes.",
}
"""What a sheet is for, by its name."""

_FILL_IN = (
    f"The tinted columns of sheet {review_sheet.SHEET}: {', '.join(review_sheet.BLOCK)}. A "
    "comment is needed unless you agree. Leave a row blank to decide nothing. "
    f"{review_sheet.FINAL} and sheet Summary follow at once; the verdict never changes."
)
_HAND_IN = (
    "Save the workbook and run: kube-evidence review report.xlsx. It checks every row and "
    "writes reviews.yaml, which analyze and report apply with --reviews."
)
REVIEWING = (("Fill in", _FILL_IN), ("Hand in", _HAND_IN))


def subject_line(a: Assessment) -> str:
    """Return what was judged, and the day, in one line."""
    version = a.cluster.kubernetes_version or "of unknown version"
    return f"{a.benchmark_title}; Kubernetes {version}; as of {a.as_of[:10]}"


def in_short(a: Assessment) -> Iterator[tuple[str, str]]:
    """Yield the case for a reader in a hurry: label and text; what was not given is left out."""
    stories = (
        ("Result", verdict_story),
        ("Contradictions", _contradictions),
        ("Accepted risks", waiver_story),
        ("Auditor", review_story),
        ("Changes", change_story),
        ("Other tools", assertion_story),
        ("Lost", loss_story),
        ("Not seen", unseen_story),
    )
    for label, story in stories:
        text = " ".join(story(a))
        if text:
            yield label, text


def _contradictions(a: Assessment) -> Iterator[str]:
    """Yield the contradictions; that there is none is news, too, where something is published."""
    if not any(map(is_published, a.controls)):
        return
    yield from provider_story(a)
    if not any(provider_story(a)):
        yield "None: nothing that the provider published as passed was seen to fail."


def facts(a: Assessment, report_id: str) -> Iterator[tuple[str, str]]:
    """Yield what identifies the assessment and all that went into it: label and text."""
    yield "Report id", f"{report_id} (first 16 digits of SHA-256 of assessment.json)"
    yield "As of", a.as_of
    yield "Cluster", a.cluster.uid or "unknown"
    yield "Kubernetes version", a.cluster.kubernetes_version or "unknown"
    yield "Nodes", nodes_in_evidence(a)
    yield from profile_facts(a.profile) if a.profile else ()
    yield "Benchmark", benchmark_line(a)
    yield "Why this benchmark", a.benchmark_why
    yield "Levels in scope", _levels(a)
    yield "Reading", reading_line(a)
    yield "Waivers file", _file(a.waivers_sha256)
    yield "Reviews file", _file(a.reviews_sha256)
    for other in a.third_party:
        yield "Other tool", f"{other.tool}, SHA-256 {other.sha256}. {other.why}"
    if a.changes is not None:
        older = a.changes.older
        yield "Compared with", f"report {older.report_id} as of {older.as_of}, {older.benchmark}"
    yield "Written by", f"kube-evidence {a.analyzer_version}"


def how_far(control: ControlResult) -> str:
    """Return on how many subjects a control fails, and whether that contradicts a publication."""
    failing, found = control.counts.get(Verdict.FAIL, 0), len(control.findings)
    published = control.responsibility.attested_raw
    against = control.responsibility.comparison is Comparison.CONTRADICTED
    said = f"{failing} of {found} findings fail"
    return f"{said}; published: {published}, contradicted" if against else said


def _file(sha256: str) -> str:
    return f"SHA-256 {sha256}" if sha256 else "none given"


def _levels(a: Assessment) -> str:
    chosen = {c.level for c in a.controls if c.verdict is not Verdict.OUT_OF_SCOPE}
    return ", ".join(str(level) for level in sorted(chosen)) or "none"


def comparison_limits(a: Assessment) -> Iterator[tuple[str, str]]:
    """Yield what stands against comparing with the older assessment: label and text."""
    limits = a.changes.limits if a.changes else ()
    for n, limit in enumerate(limits, 1):
        yield f"Limit of comparison {n}", limit


def differences(a: Assessment) -> Iterator[tuple[str, str]]:
    """Yield the controls that the other reading would judge otherwise: number and text."""
    for c in a.controls:
        if c.other_reading is not None:
            yield c.id, f"{c.title}: {c.verdict.value}; {other_line(c.other_reading)}"
