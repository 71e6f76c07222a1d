"""Who answers for what, as text: what was published, and what the evidence makes of it."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.reports.markdown_register import control_link, title_link
from analyzer.reports.markdown_text import brief, plain, table
from analyzer.reports.words import COMPARISON_MEANING, COMPARISONS, contradicted


def responsibility(a: Assessment) -> Iterator[str]:
    """Yield contradictions first, then every control with its party."""
    yield "## Responsibility"
    one = _one_for_all(a)
    if one:
        yield one
        return
    if a.profile is not None:
        found = a.summary.by_comparison
        shown = [word for word in COMPARISONS if found.get(word)]
        rows = [(word.value, str(found[word]), COMPARISON_MEANING[word]) for word in shown]
        yield "What the provider published against what was observed:"
        yield table(("comparison", "controls", "meaning"), rows)
    yield from _contradictions(a)
    yield "Who answers for each control:"
    yield table(
        ("control", "party", "basis", "published", "observed", "comparison", "in short"),
        (_row(control) for control in a.controls),
    )


def _one_for_all(a: Assessment) -> str:
    """Return one sentence where every control has the same party and nothing was published."""
    parties = {control.responsibility.party for control in a.controls}
    silent = not any(
        control.responsibility.attested_raw or control.responsibility.customer_action
        for control in a.controls
    )
    if len(parties) != 1 or not silent:
        return ""
    (party,) = parties
    return f"For all {len(a.controls)} controls the party is {party.value}; nothing was published."


def _contradictions(a: Assessment) -> Iterator[str]:
    against = contradicted(a)
    if against:
        yield "The evidence contradicts the publication here:"
        yield table(
            ("control", "title", "published", "observed", "what the evidence shows"),
            (_contradiction(control) for control in against),
        )


def _contradiction(c: ControlResult) -> tuple[str, ...]:
    published, seen = plain(c.responsibility.attested_raw), brief(c.explanation, 200)
    return (plain(c.id), title_link(c), published, c.verdict.value, seen)


def _row(c: ControlResult) -> tuple[str, ...]:
    r = c.responsibility
    words = (r.customer_action, r.inconsistency, r.comparison_reason)
    said = " ".join(part for part in words if part)
    return (
        control_link(c), r.party.value, r.basis.value, plain(r.attested_raw), c.verdict.value,
        r.comparison.value, brief(said, 200),
    )  # fmt: skip
