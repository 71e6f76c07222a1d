"""Who answers: controls by section and party, and what was published beside what was observed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.responsibility import Comparison, Party
from analyzer.model.verdict import Verdict
from analyzer.reports.words import COMPARISONS, counts_line, is_published, section_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one party answers for in one section.

    Attributes:
        counts: Verdicts in words, so that what was not decided does not look well; empty
            where the party answers for nothing.
        failing: Ids of the failing controls.
    """

    counts: str
    failing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One section, by party."""

    label: str
    cells: Mapping[Party, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Sections against parties, only those that occur."""

    parties: tuple[Party, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The controls of one comparison, in the benchmark's order."""

    comparison: Comparison
    controls: tuple[ControlResult, ...]


def matrix(a: Assessment) -> Matrix:
    """Return which controls of each section each party answers for."""
    found = {control.responsibility.party for control in a.controls}
    parties = tuple(party for party in Party if party in found)
    sections = dict.fromkeys(control.section for control in a.controls)
    return Matrix(
        parties=parties,
        rows=tuple(
            MatrixRow(
                label=section_label(a, section),
                cells={party: _cell(a, section, party) for party in parties},
            )
            for section in sections
        ),
    )


def _cell(a: Assessment, section: str, party: Party) -> Cell:
    inside = [c for c in a.controls if c.section == section and c.responsibility.party is party]
    return Cell(
        counts=counts_line(Counter(c.verdict for c in inside)) if inside else "",
        failing=tuple(c.id for c in inside if c.verdict is Verdict.FAIL),
    )


def published(a: Assessment) -> tuple[Published, ...]:
    """Return the controls that something was published about, contradictions first."""
    spoken = [c for c in a.controls if _spoken(c)]
    grouped = (
        Published(
            comparison=comparison,
            controls=tuple(c for c in spoken if c.responsibility.comparison is comparison),
        )
        for comparison in COMPARISONS
    )
    return tuple(group for group in grouped if group.controls)


def _spoken(control: ControlResult) -> bool:
    return is_published(control) or control.responsibility.comparison is Comparison.CONTRADICTED
