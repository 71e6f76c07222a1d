"""The register: controls under their sections, and the filters that fit them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from analyzer.model.assessment import Assessment, ControlResult, EvidenceRef, Finding, Tally
from analyzer.model.benchmark import control_order
from analyzer.model.changes import Change
from analyzer.model.judgement import ReviewVerdict
from analyzer.model.responsibility import Party
from analyzer.model.review_sheet import VERDICT_WORDS
from analyzer.model.verdict import Disposition
from analyzer.reports.citations import evidence_of
from analyzer.reports.html_listing import listed_evidence, listed_findings
from analyzer.reports.html_parties import published
from analyzer.reports.words import COMPARISONS, VERDICTS, chapter, section_label

STALE = "stale"
UNREVIEWED = "unreviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One control and what is listed of it.

    Attributes:
        change: Since the older assessment; None without one, or for a control it lacks.
        review_state: The auditor's word, ``stale`` or ``unreviewed``.
        unlisted, unlisted_evidence: Findings, and pieces of evidence, that are not listed.
    """

    control: ControlResult
    change: Change | None
    review_state: str
    findings: tuple[Finding, ...]
    unlisted: int
    evidence: tuple[EvidenceRef, ...]
    unlisted_evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The controls of one section; no tally where the section was not counted."""

    label: str
    tally: Tally | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One list to choose from.

    Attributes:
        key: Name of the column, and of the attribute that rows carry.
        options: Value and label, in the order in which the column sorts.
    """

    key: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Every control once, and how to narrow them.

    Attributes:
        filters: By key; columns that say nothing in this assessment have none.
    """

    groups: tuple[Group, ...]
    filters: Mapping[str, Filter]


def register(a: Assessment) -> Register:
    """Return the register in the benchmark's order."""
    changes = {row.newer.id: row.change for row in a.changes.rows if row.newer} if a.changes else {}
    known = {entry.id: entry for entry in a.evidence}
    groups = tuple(
        Group(
            label=section_label(a, section),
            tally=a.summary.by_section.get(section),
            rows=tuple(_row(control, changes.get(control.id), known) for control in controls),
        )
        for section, controls in groupby(a.controls, key=lambda control: control.section)
    )
    rows = [row for group in groups for row in group.rows]
    return Register(groups=groups, filters={f.key: f for f in _filters(a, rows)})


def _row(control: ControlResult, change: Change | None, known: Mapping[str, EvidenceRef]) -> Row:
    findings = listed_findings(control)
    evidence = tuple(known[entry] for entry in listed_evidence(findings) if entry in known)
    return Row(
        control=control,
        change=change,
        review_state=_review_state(control),
        findings=findings,
        unlisted=len(control.findings) - len(findings),
        evidence=evidence,
        unlisted_evidence=len(evidence_of(control)) - len(evidence),
    )


def _review_state(control: ControlResult) -> str:
    if control.review is None:
        return UNREVIEWED
    return STALE if control.review.stale else control.review.review.verdict.value


def _filters(a: Assessment, rows: list[Row]) -> Iterable[Filter]:
    yield _words("verdict", "Verdict", VERDICTS, {r.control.verdict for r in rows})
    yield Filter(key="section", label="Section", options=_sections(a))
    yield _words("party", "Who must act", Party, {r.control.responsibility.party for r in rows})
    levels = sorted({r.control.level for r in rows})
    options = tuple((str(level), f"Level {level}") for level in levels)
    yield Filter(key="level", label="Level", options=options)
    if a.profile is not None and published(a):  # else every row says the same word
        compared = {r.control.responsibility.comparison for r in rows}
        yield _words("comparison", "Published against observed", COMPARISONS, compared)
    yield _words("disposition", "Disposition", Disposition, {r.control.disposition for r in rows})
    if any(r.control.review for r in rows):
        yield _reviews({r.review_state for r in rows})
    if a.changes is not None:
        changed = {r.change for r in rows if r.change}
        yield _words("change", "Since the older assessment", Change, changed)


def _words(key: str, label: str, order: Iterable[str], found: Iterable[str]) -> Filter:
    occurring = frozenset(found)
    options = tuple((str(word), str(word)) for word in order if word in occurring)
    return Filter(key=key, label=label, options=options)


def _reviews(found: set[str]) -> Filter:
    words = {word.value: VERDICT_WORDS[word] for word in ReviewVerdict}
    words |= {STALE: "Stale", UNREVIEWED: "Not reviewed"}
    options = tuple((value, label) for value, label in words.items() if value in found)
    return Filter(key="review", label="Review", options=options)


def _sections(a: Assessment) -> tuple[tuple[str, str], ...]:
    own = dict.fromkeys(control.section for control in a.controls)
    every = sorted({*own, *(chapter(section) for section in own)}, key=control_order)
    return tuple((section, section_label(a, section)) for section in every)
