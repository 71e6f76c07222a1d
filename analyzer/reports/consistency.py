"""Does an assessment.json agree with itself? Asked when a file is read, never when written."""

import re
from collections import Counter
from collections.abc import Iterator

from analyzer.model.judgement import WaiverState
from analyzer.model.verdict import Verdict
from analyzer.reports.conclusions import unfounded
from analyzer.reports.document import AssessmentDoc, ControlDoc, SummaryDoc, TallyDoc

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})+")
"""Of a control; elsewhere its parts are compared as numbers, and ``²`` would count as a digit."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORDS = tuple(sorted(verdict.value for verdict in Verdict))


def contradiction(document: AssessmentDoc) -> str | None:
    """Return the first place where the file contradicts itself, in words; None when sound."""
    return next(_contradictions(document), None)


def _contradictions(d: AssessmentDoc) -> Iterator[str]:
    known = {entry.id for entry in d.evidence}
    yield from _wrong_texts(d)
    if len(known) != len(d.evidence):
        yield "evidence ids are not unique"
    if len({control.id for control in d.controls}) != len(d.controls):
        yield "control ids are not unique"
    if d.benchmark.controls != len(d.controls):
        yield "benchmark.controls differs from the number of controls"
    yield from _wrong_tallies(d)
    matched = {one.waiver.id for one in d.waivers if one.state is WaiverState.MATCHED}
    for control in d.controls:
        yield from _wrong_findings(control, known)
        yield from unfounded(control, matched)


def _wrong_texts(d: AssessmentDoc) -> Iterator[str]:
    """Yield ids and hashes that are not made of the signs that such things are made of."""
    for control in d.controls:
        if not _NUMBER.fullmatch(control.id):
            yield f"{control.id!a} is not a control's number"
    for name, hashes in (
        ("bundles", {text for one in d.bundles for text in (one.sha256, one.fingerprint)}),
        ("evidence", {text for one in d.evidence for text in (one.sha256, one.bundle_sha256)}),
    ):
        if not all(map(_SHA256.fullmatch, hashes)):
            yield f"{name} has a hash that is not 64 hex digits"


def _wrong_tallies(d: AssessmentDoc) -> Iterator[str]:
    s = d.summary
    overall = TallyDoc(by_verdict=s.by_verdict, total=s.total, score=s.score, coverage=s.coverage)
    groups = (("by_section", s.by_section), ("by_party", s.by_party), ("by_level", s.by_level))
    named = [("summary", overall)]
    named += [(f"summary.{name}.{key}", t) for name, split in groups for key, t in split.items()]
    for name, tally in named:
        if tuple(sorted(tally.by_verdict)) != _WORDS:
            yield f"{name} does not count every verdict once"
        elif sum(tally.by_verdict.values()) != tally.total:
            yield f"{name} does not add up to its total"
    rows, coverage = Counter(control.verdict.value for control in d.controls), d.coverage
    if s.readings_differ != sum(control.other_reading is not None for control in d.controls):
        yield "summary.readings_differ differs from the controls"
    follows = Counter(control.disposition.value for control in d.controls)
    if follows != {word: count for word, count in s.by_disposition.items() if count}:
        yield "summary.by_disposition differs from the controls"
    if any(rows[word] != s.by_verdict.get(word) for word in _WORDS):
        yield "summary.by_verdict differs from the controls"
    elif (coverage.controls_total, coverage.controls_decided) != (s.total, _decided(s)):
        yield "coverage differs from summary"


def _decided(summary: SummaryDoc) -> int:
    return summary.by_verdict["pass"] + summary.by_verdict["fail"]


def _wrong_findings(control: ControlDoc, known: set[str]) -> Iterator[str]:
    found = Counter(finding.verdict.value for finding in control.findings)
    if dict(found) != {word: count for word, count in control.counts.items() if count}:
        yield f"counts of control {control.id} differ from its findings"
    read = ((one.verdict, one.other_reading) for one in control.findings)
    for verdict, other in ((control.verdict, control.other_reading), *read):
        if other is not None and other.verdict is verdict:
            yield f"control {control.id} names another reading that reads the same"
    for finding in control.findings:
        for entry in finding.evidence:
            if entry not in known:
                yield f"control {control.id} names {entry}, which evidence does not have"
