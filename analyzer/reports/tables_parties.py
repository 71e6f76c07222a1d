"""Who answers for what, and how what a provider published compares with the evidence.

The first three columns of the responsibility sheet bear the headings of the FedRAMP customer
responsibility matrix, whose importers read them by name and expect no text where all of a
control is inherited. Two more say the same in the words of the CSA questionnaire (CAIQ v4,
SSRM control ownership) and of the FedRAMP system security plan (control origination).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.model.assessment import Assessment, ControlResult, ProfileInfo
from analyzer.model.responsibility import Basis, Comparison, Party
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import COMPARISONS, by_name, computed, is_published


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """One party in the words of others.

    Attributes:
        inheritable: FedRAMP CRM, "Can Be Inherited from CSP".
        ssrm: CSA CAIQ v4, "SSRM Control Ownership".
        origination: FedRAMP SSP, "Control Origination".
    """

    inheritable: str
    ssrm: str
    origination: str


OWNERSHIP: Mapping[Party, Ownership] = MappingProxyType(
    {
        Party.PROVIDER: Ownership(
            inheritable="Yes", ssrm="CSP-owned", origination="Service Provider System Specific"
        ),
        Party.SHARED: Ownership(
            inheritable="Partial",
            ssrm="Shared CSP and CSC",
            origination="Shared (Service Provider and Customer Responsibility)",
        ),
        Party.CUSTOMER: Ownership(
            inheritable="No",
            ssrm="CSC-owned",
            origination="Configured by Customer (Customer System Specific)",
        ),
        Party.UNSPECIFIED: Ownership(
            inheritable="Not stated", ssrm="Not stated", origination="Not stated"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """A control with the profile that says who answers for it."""

    control: ControlResult
    profile: ProfileInfo | None


def _parties(assessment: Assessment) -> Iterator[PartyRow]:
    for control in assessment.controls:
        yield PartyRow(control=control, profile=assessment.profile)


def _owned(row: PartyRow) -> Ownership:
    """Return the words for a control; one answered for by another system goes to a third party."""
    r = row.control.responsibility
    if not r.inherited_from:
        return OWNERSHIP[r.party]
    return Ownership(
        inheritable="Yes",
        ssrm="3rd-party outsourced",
        origination=f"Inherited from {r.inherited_from}, as far as that is authorized itself",
    )


def _duties(row: PartyRow) -> str:
    """Say what is left to do and for whom; nothing where all of it is inherited."""
    r = row.control.responsibility
    own = r.customer_action or row.control.remediation
    if r.inherited_from:
        return ""
    match r.party:
        case Party.PROVIDER:
            return ""
        case Party.SHARED:
            return f"Provider: {r.explanation or 'not described.'}\nCustomer: {own}"
        case Party.CUSTOMER:
            return own
        case Party.UNSPECIFIED:
            return r.explanation


def _told(row: PartyRow) -> str:
    """Return what the first columns may not hold: who inherits from whom, and what is left."""
    r = row.control.responsibility
    inherited = f"Inherited: answered by {r.inherited_from}." if r.inherited_from else ""
    provider = r.party is Party.PROVIDER
    said = (inherited or r.explanation, r.customer_action) if provider or inherited else ()
    return " ".join(text for text in said if text)


def _source(row: PartyRow) -> str:
    """Return where the party comes from, precisely enough to look it up."""
    r, profile = row.control.responsibility, row.profile
    if r.basis is not Basis.PUBLISHED or profile is None:
        return f"{r.basis.value}: {profile.id}" if profile else r.basis.value
    dated = f" of {profile.source_date}" if profile.source_date else ""
    number = r.attested_control or row.control.id
    return f"{profile.source_url}{dated}, {profile.benchmark} {number}".lstrip()


_OUR_WORDS = (
    "Ownership, origination and inheritance are the party in the words of CAIQ and FedRAMP, as "
    "kube-evidence reads it; only what the source column names was published by the provider."
)

RESPONSIBILITY: Table[PartyRow] = Table(
    name="Responsibility",
    key="Control ID",
    frozen=1,
    source=_parties,
    empty="The benchmark has no controls.",
    remarks=lambda _: (_OUR_WORDS,),
    columns=(
        Column(
            name="Control ID",
            kind=Kind.ID,
            width=10,
            value=lambda r: r.control.id,
            link=Link(sheet="Controls", key="Control ID"),
        ),
        Column(
            name="Can Be Inherited from CSP",
            kind=Kind.ID,
            width=14,
            value=lambda r: _owned(r).inheritable,
        ),
        Column(
            name="Specific Inheritance and Customer Agency/CSP Responsibilities",
            kind=Kind.PROSE,
            width=54,
            value=_duties,
        ),
        Column(name="Title", kind=Kind.PROSE, width=30, value=lambda r: r.control.title),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=13,
            value=lambda r: r.control.responsibility.party.value,
        ),
        Column(
            name="SSRM Control Ownership",
            kind=Kind.PROSE,
            width=14,
            value=lambda r: _owned(r).ssrm,
        ),
        Column(
            name="Control Origination",
            kind=Kind.PROSE,
            width=24,
            value=lambda r: _owned(r).origination,
        ),
        Column(
            name="Basis",
            kind=Kind.ID,
            width=10,
            value=lambda r: r.control.responsibility.basis.value,
        ),
        Column(
            name="What is said about it",
            kind=Kind.PROSE,
            width=34,
            value=_told,
            optional=True,
        ),
        Column(name="Verdict", kind=Kind.WORD, width=13, value=lambda r: r.control.verdict.value),
        Column(
            name="Disposition",
            kind=Kind.WORD,
            width=15,
            value=lambda r: computed(r.control).value,
        ),
        Column(name="Source", kind=Kind.PROSE, width=60, value=_source, printed=False),
    ),
)


def _published(assessment: Assessment) -> Iterator[ControlResult]:
    """Yield the controls that something was published about, contradictions first."""
    for comparison in COMPARISONS:
        for control in assessment.controls:
            if control.responsibility.comparison is comparison and _speaks(control):
                yield control


def _speaks(control: ControlResult) -> bool:
    contradicts = control.responsibility.comparison is Comparison.CONTRADICTED
    return contradicts or is_published(control)


def _cells(control: ControlResult) -> str:
    published = by_name(control.responsibility.published)
    return "; ".join(f"{name}: {cell}" for name, cell in published)


def _explained(control: ControlResult) -> str:
    """Return what the provider says about its result, and where it contradicts itself."""
    r = control.responsibility
    flaw = f"The publication contradicts itself: {r.inconsistency}" if r.inconsistency else ""
    return "\n".join(text for text in (r.explanation, flaw) if text)


PUBLISHED: Table[ControlResult] = Table(
    name="Published vs observed",
    key="Recommendation #",
    frozen=1,
    source=_published,
    empty="No provider published a result for any control of this assessment.",
    wanted=lambda assessment: any(map(_speaks, assessment.controls)),
    columns=(
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=16,
            value=lambda c: c.id,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Title", kind=Kind.PROSE, width=28, value=lambda c: c.title),
        Column(
            name="Comparison",
            kind=Kind.WORD,
            width=16,
            value=lambda c: c.responsibility.comparison.value,
        ),
        Column(
            name="Published result",
            kind=Kind.ID,
            width=17,
            value=lambda c: c.responsibility.attested_raw,
        ),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda c: c.verdict.value),
        Column(
            name="Why",
            kind=Kind.PROSE,
            width=28,
            value=lambda c: c.responsibility.comparison_reason,
        ),
        Column(
            name="What the evidence shows", kind=Kind.PROSE, width=44, value=lambda c: c.explanation
        ),
        Column(
            name="Provider's explanation",
            kind=Kind.PROSE,
            width=42,
            value=_explained,
            optional=True,
        ),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=13,
            value=lambda c: c.responsibility.party.value,
        ),
        Column(
            name="Read as",
            kind=Kind.ID,
            width=15,
            value=lambda c: c.responsibility.attested.value,
            printed=False,
        ),
        Column(
            name="Published control",
            kind=Kind.ID,
            width=12,
            value=lambda c: c.responsibility.attested_control or c.id,
            printed=False,
        ),
        Column(
            name="Mapping",
            kind=Kind.ID,
            width=12,
            value=lambda c: c.responsibility.map_method,
            printed=False,
        ),
        Column(
            name="Further published cells",
            kind=Kind.PROSE,
            width=28,
            value=_cells,
            printed=False,
            optional=True,
        ),
    ),
)
