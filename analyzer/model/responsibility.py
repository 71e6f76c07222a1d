"""Who answers for a control, what they published, and how that compares with the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

DEFAULT_PROFILE = "self-managed"
"""Provider profile of a run that names none."""


@unique
class Party(StrEnum):
    """Who must act."""

    PROVIDER = "provider"
    CUSTOMER = "customer"
    SHARED = "shared"
    UNSPECIFIED = "unspecified"


@unique
class Basis(StrEnum):
    """Where the party comes from."""

    PUBLISHED = "published"
    DERIVED = "derived"
    AUDITOR = "auditor"


@unique
class Attestation(StrEnum):
    """What the provider published about the control."""

    PASS = "pass"  # noqa: S105 - an attestation, not a password
    FAIL = "fail"
    EQUIVALENT = "equivalent"
    DEPENDS = "depends"
    NOT_APPLICABLE = "not-applicable"
    NOT_STATED = "not-stated"


@unique
class Comparison(StrEnum):
    """Published against observed."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    BETTER_THAN_ATTESTED = "better-than-attested"
    ATTESTED_ONLY = "attested-only"
    OBSERVED_ONLY = "observed-only"
    NOT_COMPARABLE = "not-comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """One published (or derived) row of a provider profile.

    Attributes:
        control: Control id in the profile's own benchmark.
        topic: The definition it speaks of; rows map between benchmarks by topic.
        attested_raw: The provider's own word, for example ``Pass``; empty when not stated.
        explanation: In our words, what the provider says about it.
        published: Further published cells by column name (level, scored).
        inconsistency: Where the page contradicts itself or the facts; empty otherwise.
        customer_action: What is left to the customer; may be empty.
    """

    control: str
    topic: str
    party: Party
    basis: Basis
    attested: Attestation
    attested_raw: str
    explanation: str
    published: Mapping[str, str]
    inconsistency: str
    customer_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """The responsibility map of one product.

    Attributes:
        benchmark: Benchmark that the provider published against; empty when none.
        statement: What kind of statement it is: ``default-configuration``, ...
        default_party, default_explanation: For controls without a row.
        section_parties: Party by section prefix (``1``, ``2``), for controls without a row.
        inherited_from: Where controls of inherited sections are answered; empty otherwise.
        inherited_sections: Section prefixes that another cluster answers for.
        system_namespaces: Namespaces that the product itself brings; an entry may end in ``*``.
    """

    id: str
    title: str
    provider: str
    product: str
    platform_versions: str
    benchmark: str
    statement: str
    source_url: str
    source_date: str
    default_party: Party
    default_explanation: str
    section_parties: Mapping[str, Party]
    inherited_from: str
    inherited_sections: tuple[str, ...]
    system_namespaces: tuple[str, ...]
    rows: tuple[ProfileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """Responsibility for one control of one assessment.

    Attributes:
        attested_control: The published control id when it differs from ours; empty otherwise.
        map_method: ``exact``, ``renumbered`` or ``none``.
        comparison_reason: One sentence.
        level_published, scored_published: The provider's own cells; may be empty.
    """

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
    published: Mapping[str, str]
