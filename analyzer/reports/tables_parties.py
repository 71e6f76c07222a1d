"""Who answers for what, and how what a provider published compares with the evidence.

The first three columns of the responsibility sheet bear the headings of the FedRAMP customer
responsibility matrix, whose importers read them by name.
"""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.responsibility import Attestation, Comparison, Party
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.words import COMPARISONS, by_name

_INHERITABLE = {
    Party.PROVIDER: "Yes",
    Party.SHARED: "Partial",
    Party.CUSTOMER: "No",
    Party.UNSPECIFIED: "Not stated",
}


def _duties(control: ControlResult) -> str:
    """Say what is left to do and for whom; nothing where all of it is inherited."""
    r = control.responsibility
    own = r.customer_action or control.remediation
    match r.party:
        case Party.PROVIDER:
            return r.customer_action
        case Party.SHARED:
            return f"Provider: {r.explanation or 'not described.'}\nCustomer: {own}"
        case Party.CUSTOMER:
            return own
        case Party.UNSPECIFIED:
            return r.explanation


RESPONSIBILITY: Table[ControlResult] = Table(
    name="Responsibility",
    key="Control ID",
    frozen=1,
    source=lambda assessment: assessment.controls,
    empty="The benchmark has no controls.",
    columns=(
        Column(
            name="Control ID",
            kind=Kind.ID,
            width=11,
            value=lambda c: c.id,
            link=Link(sheet="Controls", key="Control ID"),
        ),
        Column(
            name="Can Be Inherited from CSP",
            kind=Kind.ID,
            width=16,
            value=lambda c: _INHERITABLE[c.responsibility.party],
        ),
        Column(
            name="Specific Inheritance and Customer Agency/CSP Responsibilities",
            kind=Kind.PROSE,
            width=60,
            value=_duties,
        ),
        Column(name="Title", kind=Kind.PROSE, width=34, value=lambda c: c.title),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=15,
            value=lambda c: c.responsibility.party.value,
        ),
        Column(name="Basis", kind=Kind.ID, width=11, value=lambda c: c.responsibility.basis.value),
        Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda c: c.verdict.value),
        Column(name="Disposition", kind=Kind.WORD, width=16, value=lambda c: c.disposition.value),
        Column(
            name="Answered by",
            kind=Kind.PROSE,
            width=20,
            value=lambda c: c.responsibility.inherited_from,
        ),
    ),
)


def _published(assessment: Assessment) -> Iterator[ControlResult]:
    """Yield the controls that something was published about, contradictions first."""
    for comparison in COMPARISONS:
        for control in assessment.controls:
            r = control.responsibility
            spoken = r.attested is not Attestation.NOT_STATED or bool(r.attested_raw)
            counts = spoken or r.comparison is Comparison.CONTRADICTED
            if r.comparison is comparison and counts:
                yield control


def _cells(control: ControlResult) -> str:
    published = by_name(control.responsibility.published)
    return "; ".join(f"{name}: {cell}" for name, cell in published)


PUBLISHED: Table[ControlResult] = Table(
    name="Published vs observed",
    key="Recommendation #",
    frozen=1,
    source=_published,
    empty="No provider published a result for any control of this assessment.",
    columns=(
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=16,
            value=lambda c: c.id,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(name="Title", kind=Kind.PROSE, width=32, value=lambda c: c.title),
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
            width=38,
            value=lambda c: c.responsibility.comparison_reason,
        ),
        Column(
            name="Provider's explanation",
            kind=Kind.PROSE,
            width=46,
            value=lambda c: c.responsibility.explanation,
        ),
        Column(
            name="Publication contradicts itself",
            kind=Kind.PROSE,
            width=28,
            value=lambda c: c.responsibility.inconsistency,
        ),
        Column(
            name="Responsibility",
            kind=Kind.WORD,
            width=15,
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
            name="Further published cells", kind=Kind.PROSE, width=28, value=_cells, printed=False
        ),
    ),
)
