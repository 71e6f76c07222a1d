"""Totals over controls, counted once for every report."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from analyzer.model.assessment import ControlResult, Summary, Tally
from analyzer.model.benchmark import control_order
from analyzer.model.verdict import Disposition, Verdict


def tally(results: Iterable[ControlResult]) -> Tally:
    """Count verdicts; score and coverage are None where nothing supports them."""
    counts = Counter(result.verdict for result in results)
    decided = counts[Verdict.PASS] + counts[Verdict.FAIL]
    total = sum(counts.values())
    applicable = total - counts[Verdict.NOT_APPLICABLE] - counts[Verdict.OUT_OF_SCOPE]
    return Tally(
        by_verdict={verdict.value: counts[verdict] for verdict in Verdict},
        total=total,
        score=round(counts[Verdict.PASS] / decided, 4) if decided else None,
        coverage=round(decided / applicable, 4) if applicable else None,
    )


def summarise(results: tuple[ControlResult, ...]) -> Summary:
    """Count by everything that a report splits by."""
    by_section = dict(_split(results, lambda r: r.section.split(".", maxsplit=1)[0]))
    by_section |= _split(results, lambda r: r.section)
    return Summary(
        overall=tally(results),
        by_section={key: by_section[key] for key in sorted(by_section, key=control_order)},
        by_party=_split(results, lambda r: r.responsibility.party.value),
        by_level=_split(results, lambda r: str(r.level)),
        by_disposition=_count(r.disposition.value for r in results),
        by_comparison=_count(r.responsibility.comparison.value for r in results),
        readings_differ=sum(r.other_reading is not None for r in results),
        waived=sum(_waived(r) for r in results),
        score_after_waivers=_score_after_waivers(results),
        by_review=_count(
            r.review.review.verdict for r in results if r.review and not r.review.stale
        ),
        stale_reviews=sum(r.review is not None and r.review.stale for r in results),
    )


def _waived(result: ControlResult) -> bool:
    return result.disposition is Disposition.ACCEPTED_RISK


def _score_after_waivers(results: tuple[ControlResult, ...]) -> float | None:
    """Return the score with accepted risks left out of the count; they never count as passes."""
    return tally(r for r in results if not _waived(r)).score


def _split(
    results: tuple[ControlResult, ...], key: Callable[[ControlResult], str]
) -> Mapping[str, Tally]:
    groups: dict[str, list[ControlResult]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return {name: tally(groups[name]) for name in sorted(groups)}


def _count(words: Iterable[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(words).items()))
