"""What an assessment comes to, in sentences that a reader in a hurry understands.

Plain text, not escaped for any format: each report escapes it in its own way. Every figure is
taken from the assessment; nothing is judged again. The sentences are worded so that they are
right for one as for many.
"""

from collections import Counter
from collections.abc import Iterator

from analyzer.model.assertion import Agreement
from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.changes import Change
from analyzer.model.judgement import REVIEW_DISPOSITION, WaiverState
from analyzer.model.responsibility import Party
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports.words import contradicted, percent, several

_LISTED = 8
_SETTLED = (
    Disposition.ACCEPTED_RISK,
    Disposition.COMPLIANT,
    Disposition.COMPENSATED,
    Disposition.NOT_APPLICABLE,
)
"""What a failure may come to by a person's word, so that it no longer leads the list."""
_OPEN = {
    Verdict.MANUAL: "a person must judge {n}",
    Verdict.NO_EVIDENCE: "for {n} evidence is missing",
    Verdict.ERROR: "on {n} our own check failed",
}
_ASIDE = {
    Verdict.NOT_APPLICABLE: "{n} cannot apply to this cluster",
    Verdict.OUT_OF_SCOPE: "{n} fell outside the chosen level or section",
}
_WHO = {
    Party.PROVIDER: "the provider",
    Party.CUSTOMER: "the customer",
    Party.SHARED: "provider and customer together",
    Party.UNSPECIFIED: "somebody whom nothing names",
}
_CHANGED = {
    Change.NEW: "new failures",
    Change.RESOLVED: "failures resolved",
    Change.CHANGED: "otherwise changed",
    Change.CHANGED_RESPONSIBILITY: "in other hands",
    Change.INCOMPARABLE: "not comparable",
}


def verdict_story(a: Assessment) -> Iterator[str]:
    """Yield what passes, what fails, what nobody can say yet, and who must act."""
    counts = a.summary.overall.by_verdict
    passes, fails = counts[Verdict.PASS], counts[Verdict.FAIL]
    yield f"Of {len(a.controls)} controls, {passes} passed and {fails} failed."
    undecided = sum(counts[word] for word in _OPEN)
    if undecided:
        parts = [text.format(n=counts[word]) for word, text in _OPEN.items() if counts[word]]
        yield f"{undecided} could not be decided: {_joined(parts)}."
    aside = [text.format(n=counts[word]) for word, text in _ASIDE.items() if counts[word]]
    if aside:
        yield f"{_joined(aside)}."
    yield score_story(a.summary.overall)
    partial = partial_passes(a)
    if partial:
        yield (
            f"Of the passes, {len(partial)} could not be shown on every node; they stay open "
            "until the other nodes are seen."
        )
    yield from acting_story(a)


def score_story(tally: Tally) -> str:
    """Return score and coverage in one sentence; never one without the other."""
    if tally.coverage is None:
        return "No control is in scope and applicable, so that there is no score."
    covered = percent(tally.coverage)
    if tally.score is None:
        return f"Nothing could be decided, so that there is no score: coverage is {covered}."
    return (
        f"The score is {percent(tally.score)}, and it speaks for {covered} of what is in scope "
        "and applicable."
    )


def partial_passes(a: Assessment) -> tuple[ControlResult, ...]:
    """Return the passes that do not rest on every node."""
    return tuple(c for c in a.controls if c.partial and c.verdict is Verdict.PASS)


def acting_story(a: Assessment) -> Iterator[str]:
    """Yield who must act on the open failures, and what people settled; nothing if none fails."""
    people = Counter(control.responsibility.party for control in open_failures(a))
    parts = [f"{_WHO[party]} on {people[party]}" for party in Party if people[party]]
    if parts:
        yield f"Who must act on the failures: {_joined(parts)}."
    yield from settled_story(a)
    if not parts and settled_failures(a):
        yield "No failure is left open."


def settled_story(a: Assessment) -> Iterator[str]:
    """Yield which failures an auditor or a waiver settled: they stay failures, and need no act."""
    settled = settled_failures(a)
    said = {c.id: c.review.review.verdict for c in settled if c.review and _by_auditor(c)}
    if said:
        words = tuple(dict.fromkeys(said.values()))
        groups = (
            f"{several(tuple(n for n, one in said.items() if one is word), _LISTED)} {word}"
            for word in words
        )
        yield f"An auditor settled {_failures(len(said))}: {'; '.join(groups)}."
    waived = tuple(c.id for c in settled if c.id not in said)
    if waived:
        yield f"Waivers accept {_failures(len(waived))} whole: {several(waived, _LISTED)}."


def _by_auditor(control: ControlResult) -> bool:
    """Tell whether the auditor's own word decides; one who agrees leaves it to the waiver."""
    review = control.review
    return review is not None and not review.stale and review.review.verdict in REVIEW_DISPOSITION


def _failures(count: int) -> str:
    return f"{count} failure{'' if count == 1 else 's'}"


def worst(a: Assessment, most: int) -> tuple[ControlResult, ...]:
    """Return the worst failures: Level 1 first, then by how many subjects fail.

    What people have settled is left out; ties keep the benchmark's order.
    """
    ranked = sorted(open_failures(a), key=lambda c: (c.level, -c.counts.get(Verdict.FAIL, 0)))
    return tuple(ranked[:most])


def open_failures(a: Assessment) -> tuple[ControlResult, ...]:
    """Return the failing controls that nobody has settled, by waiver or by review."""
    return tuple(c for c in _failing(a) if c.disposition not in _SETTLED)


def settled_failures(a: Assessment) -> tuple[ControlResult, ...]:
    """Return the failing controls that a person's word settled; with the open ones, all."""
    return tuple(c for c in _failing(a) if c.disposition in _SETTLED)


def _failing(a: Assessment) -> Iterator[ControlResult]:
    return (c for c in a.controls if c.verdict is Verdict.FAIL)


def provider_story(a: Assessment) -> Iterator[str]:
    """Yield where the evidence contradicts what the provider published."""
    against = tuple(control.id for control in contradicted(a))
    if against:
        yield (
            "The provider published a pass where the evidence shows a failure "
            f"({len(against)}): {several(against, _LISTED)}."
        )


def unseen_story(a: Assessment) -> Iterator[str]:
    """Yield which nodes and which evidence were not seen."""
    expected, seen = a.cluster.nodes_expected, set(a.cluster.nodes_evidenced)
    if expected is None:
        yield "Which nodes the cluster has is unknown, so nodes may be missing unnoticed."
    else:
        missing = tuple(node for node in expected if node not in seen)
        if missing:
            yield (
                f"{len(missing)} of {len(expected)} nodes gave no evidence: "
                f"{several(missing, _LISTED)}."
            )
    if a.gaps:
        most = max(a.gaps, key=lambda gap: len(gap.controls))
        yield (
            f"Missing pieces of evidence: {len(a.gaps)}. The one that most controls wait for "
            f"({len(most.controls)}) is {most.key} of {most.subject}."
        )


def waiver_story(a: Assessment) -> Iterator[str]:
    """Yield what is an accepted risk, before and after, and which waivers have no effect."""
    if not a.waivers:
        return
    accepted = f"Accepted risks among the failing controls: {a.summary.waived or 'none'}."
    if a.summary.waived:
        before, after = percent(a.summary.overall.score), percent(a.summary.score_after_waivers)
        accepted += (
            f" The score of {before} counts them as failures; with these controls left out it "
            f"would be {after}."
        )
    yield accepted
    unfinished = [c.waiver for c in a.controls if c.waiver and not c.waiver.complete]
    partly = sum(one.waived < one.failing for one in unfinished)
    if partly:
        yield f"Failing controls of which waivers cover a part only: {partly}."
    if len(unfinished) > partly:
        rest = len(unfinished) - partly
        yield f"Failing controls that waivers cover, but of which something else is open: {rest}."
    idle = idle_waivers(a)
    if idle:
        yield f"Waivers without effect: {idle}."


def idle_waivers(a: Assessment) -> str:
    """Return the waivers that have no effect by state, ``1 stale, 2 expired``; may be empty."""
    states = Counter(record.state for record in a.waivers)
    idle = (state for state in WaiverState if state is not WaiverState.MATCHED)
    return ", ".join(f"{states[state]} {state}" for state in idle if states[state])


def review_story(a: Assessment) -> Iterator[str]:
    """Yield what the auditor said, in numbers."""
    if not (a.summary.by_review or a.summary.stale_reviews):
        return
    yield f"Controls reviewed by an auditor: {review_counts(a)}."
    if a.summary.stale_reviews:
        yield f"Stale reviews, of results that have changed since: {a.summary.stale_reviews}."


def review_counts(a: Assessment) -> str:
    """Return how many reviews hold and what they say, ``3 (2 agree, 1 fail)``."""
    words = ", ".join(f"{count} {word}" for word, count in sorted(a.summary.by_review.items()))
    total = str(sum(a.summary.by_review.values()))
    return f"{total} ({words})" if words else total


def change_story(a: Assessment) -> Iterator[str]:
    """Yield what changed since the older assessment that was given."""
    if a.changes is None:
        return
    older = a.changes.older
    since = f"Since the assessment of {older.as_of[:10]} ({older.benchmark})"
    found = [(text, a.changes.counts.get(word, 0)) for word, text in _CHANGED.items()]
    parts = [f"{text} {count}" for text, count in found if count]
    yield f"{since}: {', '.join(parts) or 'nothing changed'}."
    if a.changes.limits:
        yield f"What stands against the comparison: {' '.join(a.changes.limits[:3])}"


def assertion_story(a: Assessment) -> Iterator[str]:
    """Yield where other tools and this assessment decided, and not alike."""
    for other in a.third_party:
        differs = [one.control for one in other.results if one.agreement is Agreement.DIFFERS]
        controls = tuple(dict.fromkeys(differs))
        if controls:
            yield f"{other.tool} decides otherwise on {several(controls, _LISTED)}."


def _joined(parts: list[str]) -> str:
    """Return ``a, b, and c``."""
    return ", and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
