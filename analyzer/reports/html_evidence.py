"""The evidence register of the page: what a listed finding names, each piece once."""

from dataclasses import dataclass

from analyzer.model.assessment import Assessment, EvidenceRef
from analyzer.reports.citations import cited_by
from analyzer.reports.html_register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One piece of evidence, and the controls that cite it."""

    entry: EvidenceRef
    users: tuple[str, ...]


def evidence_rows(a: Assessment, register: Register) -> tuple[EvidenceRow, ...]:
    """Return every piece that some row of the register names, in the order of ids."""
    named = {entry.id for group in register.groups for row in group.rows for entry in row.evidence}
    users = cited_by(a)
    return tuple(
        EvidenceRow(entry=entry, users=users.get(entry.id, ()))
        for entry in a.evidence
        if entry.id in named
    )
