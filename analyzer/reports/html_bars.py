"""Stacked bars: where each segment lies. The numbers themselves stand in the table beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, Tally
from analyzer.model.responsibility import Party
from analyzer.model.verdict import Verdict
from analyzer.reports.words import (
    PARTY_MEANING,
    VERDICTS,
    by_name,
    by_number,
    chapter,
    counts_line,
    levels,
    score_line,
    section_label,
)

_ALWAYS = (Verdict.PASS, Verdict.FAIL, Verdict.MANUAL, Verdict.NO_EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One colour of a bar, in controls from its left end."""

    verdict: Verdict
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One row of a chart and of its table.

    Attributes:
        said: Counts, score and coverage in words, for who cannot see the bar.
        full: Controls that the whole width stands for, at least 1.
        inner: It is part of the row above.
    """

    label: str
    tally: Tally
    said: str
    segments: tuple[Segment, ...]
    full: int
    inner: bool = False


def columns(a: Assessment) -> tuple[Verdict, ...]:
    """Return the verdicts that get a column: the four usual ones, and others that occur."""
    counts = a.summary.overall.by_verdict
    return tuple(v for v in VERDICTS if v in _ALWAYS or counts[v])


def splits(a: Assessment) -> tuple[tuple[str, tuple[Split, ...]], ...]:
    """Return the charts: by section, by party, by level."""
    sections = dict(by_number(a.summary.by_section))
    inner = {section_label(a, s) for s in sections if s != chapter(s)}
    by_section = {section_label(a, section): tally for section, tally in sections.items()}
    parties = {
        f"{party}: {PARTY_MEANING[Party(party)]}": tally
        for party, tally in by_name(a.summary.by_party)
    }
    return (
        ("section", bars(by_section, frozenset(inner))),
        ("party", bars(parties)),
        ("level", bars(levels(a))),
    )


def bars(tallies: Mapping[str, Tally], inner: frozenset[str] = frozenset()) -> tuple[Split, ...]:
    """Return one bar a tally, each as wide as its table: the share is seen, the size is read."""
    return tuple(
        Split(
            label=label,
            tally=tally,
            said=f"{counts_line(tally.by_verdict)}; {score_line(tally)}",
            segments=_segments(tally),
            full=max(tally.total, 1),
            inner=label in inner,
        )
        for label, tally in tallies.items()
    )


def _segments(tally: Tally) -> tuple[Segment, ...]:
    made, start = [], 0
    for verdict in VERDICTS:
        width = tally.by_verdict[verdict]
        if width:
            made.append(Segment(verdict=verdict, start=start, width=width))
        start += width
    return tuple(made)
