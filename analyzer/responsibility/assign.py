"""Responsibility for one control: by number in the provider's benchmark, else by topic."""

from types import MappingProxyType

from analyzer.model.benchmark import Benchmark, Control
from analyzer.model.responsibility import (
    Attestation,
    Basis,
    Comparison,
    Party,
    ProfileRow,
    ProviderProfile,
    Responsibility,
)
from analyzer.model.verdict import Verdict
from analyzer.responsibility.compare import compare

TESTED = ("limit", "allowed_set")
"""Parameters whose value a published result depends on, and that differ between versions."""


def assign(
    profile: ProviderProfile, benchmark: Benchmark, control: Control, verdict: Verdict
) -> Responsibility:
    """Say who answers for a control, what they published, and how the evidence compares.

    Args:
        profile: The provider profile; it may speak of another benchmark.
        benchmark: The benchmark being assessed.
        control: One of its controls.
        verdict: What the evidence shows for it.
    """
    if profile.benchmark == benchmark.id:
        row = next((row for row in profile.rows if row.control == control.id), None)
        return _exact(row, verdict) if row else _without_row(profile, benchmark, control, verdict)
    topic = control.definition.topic
    row = next((row for row in profile.rows if row.topic == topic), None)
    if row is None:
        return _without_row(profile, benchmark, control, verdict)
    return _renumbered(row, profile, control, verdict)


def _exact(row: ProfileRow, verdict: Verdict) -> Responsibility:
    comparison, reason = compare(row.attested, verdict)
    return _from_row(row, comparison, reason, explanation=row.explanation, mapped_from="")


def _renumbered(
    row: ProfileRow, profile: ProviderProfile, control: Control, verdict: Verdict
) -> Responsibility:
    origin = f"{profile.benchmark} {row.control}"
    comparison, reason = compare(row.attested, verdict)
    changed = _changed_test(row, control)
    if changed:
        comparison = Comparison.NOT_COMPARABLE
        reason = f"The result was published for {origin}, which tests {changed}."
    mapped = f"Mapped by topic from {origin}."
    explanation = f"{row.explanation} {mapped}".lstrip()
    return _from_row(row, comparison, reason, explanation=explanation, mapped_from=row.control)


def _changed_test(row: ProfileRow, control: Control) -> str:
    """Name the value that the published rule tests, where this benchmark tests another one."""
    for name in TESTED:
        published, here = row.published.get(name), control.definition.params.get(name)
        if published is not None and here is not None and published != here:
            return f"{name.replace('_', ' ')} {published} where this one tests {here}"
    return ""


def _from_row(
    row: ProfileRow, comparison: Comparison, reason: str, *, explanation: str, mapped_from: str
) -> Responsibility:
    return Responsibility(
        party=row.party,
        basis=row.basis,
        attested=row.attested,
        attested_raw=row.attested_raw,
        explanation=explanation,
        customer_action=row.customer_action,
        comparison=comparison,
        comparison_reason=reason,
        attested_control=mapped_from,
        map_method="renumbered" if mapped_from else "exact",
        inherited_from="",
        inconsistency=row.inconsistency,
        published=row.published,
    )


def _without_row(
    profile: ProviderProfile, benchmark: Benchmark, control: Control, verdict: Verdict
) -> Responsibility:
    """Nothing is published about this control: the party is derived from its section."""
    party = _by_section(profile, control)
    inherited = profile.inherited_from if _is_inherited(profile, control) else ""
    comparison, reason = compare(Attestation.NOT_STATED, verdict)
    if profile.benchmark not in ("", benchmark.id) and not inherited:
        comparison = Comparison.NOT_COMPARABLE
        reason = f"The provider published {profile.benchmark}, which has no such control."
    return Responsibility(
        party=party,
        basis=Basis.DERIVED,
        attested=Attestation.NOT_STATED,
        attested_raw="",
        explanation=_why(profile, inherited),
        customer_action=f"Assess {inherited} as well." if inherited else "",
        comparison=comparison,
        comparison_reason=reason,
        attested_control="",
        map_method="none",
        inherited_from=inherited,
        inconsistency="",
        published=MappingProxyType({}),
    )


def _why(profile: ProviderProfile, inherited: str) -> str:
    if inherited:
        return f"Answered by {inherited}, on which {profile.product} runs."
    return profile.default_explanation


def _by_section(profile: ProviderProfile, control: Control) -> Party:
    """Return the party of the longest section prefix that the profile names."""
    matching = [prefix for prefix in profile.section_parties if _stands_in(control, prefix)]
    return profile.section_parties[max(matching, key=len)] if matching else profile.default_party


def _is_inherited(profile: ProviderProfile, control: Control) -> bool:
    return any(_stands_in(control, prefix) for prefix in profile.inherited_sections)


def _stands_in(control: Control, prefix: str) -> bool:
    return f"{control.section}.".startswith(f"{prefix}.")
