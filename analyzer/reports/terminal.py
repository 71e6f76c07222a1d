"""One screen of summary for the terminal: what was found, and where the reports lie.

At most 24 lines of 100 columns. Every text passes through the escaping of control characters,
so no bundle can move the cursor or recolour the screen.
"""

from collections import Counter
from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.context import Reading
from analyzer.model.crosswalk import Effect
from analyzer.model.verdict import Verdict
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import (
    VERDICTS,
    by_name,
    chapters,
    contradicted,
    counts_line,
    percent,
    several,
)

WIDTH = 100
LINES = 24

_SAME = Effect.UNCHANGED
_LABEL = 29
_WORST = 5
_NOTES = 3
_HEADS = ("pass", "fail", "manual", "no-evid", "error", "n/a", "out")


def summary_text(assessment: Assessment, paths: tuple[str, ...] = ()) -> str:
    """Return the summary, without a final newline.

    Args:
        assessment: What to sum up.
        paths: Files that were written, as the user may type them.
    """
    head = [_cut(line) for line in _front(assessment)]
    tail = [_cut(line) for line in _back(assessment, paths)]
    # Splits by section and party give way first; the verdict and the paths never do.
    middle = [_cut(line) for line in _splits(assessment)][: LINES - len(head) - len(tail)]
    return "\n".join((head + middle + tail)[:LINES])


def summary_line(assessment: Assessment, place: str) -> str:
    """Return one line about a further benchmark of the run, and where its reports lie."""
    counts = counts_line(assessment.summary.overall.by_verdict)
    return _cut(f"wrote {place} ({assessment.benchmark_id}: {counts})")


def _front(a: Assessment) -> Iterator[str]:
    version = a.cluster.kubernetes_version or "unknown version"
    profile = f", profile {a.profile.id}" if a.profile else ""
    yield f"{a.benchmark_id}{profile}: {len(a.controls)} controls, Kubernetes {version}, {a.as_of}"
    expected = a.cluster.nodes_expected
    of = "" if expected is None else f" of {len(expected)}"
    more = f"; {_NOTES} of {len(a.notices)} notes:" if len(a.notices) > _NOTES else ""
    unknown = len(a.cluster.nodes_unknown)
    nodes = f"{len(a.cluster.nodes_evidenced) - unknown}{of} nodes in evidence"
    nodes += f" and {unknown} that the API does not know" if unknown else ""
    yield f"{len(a.bundles)} bundles, {nodes}{_readings(a)}{more}"
    if _why(a):
        yield f"why {a.benchmark_id}: {a.benchmark_why}"
    yield from (f"note: {notice}" for notice in a.notices[:_NOTES])
    yield f"{'':{_LABEL}}" + "".join(f"{h:>8}" for h in _HEADS) + "   score  cover"
    yield _tally("All controls", a.summary.overall)


def _why(a: Assessment) -> bool:
    """Tell whether the version chose the benchmark, which the user then has to see."""
    return not a.benchmark_why.startswith("Chosen by the user")


def _splits(a: Assessment) -> Iterator[str]:
    for section, tally in chapters(a).items():
        yield _tally(section, tally)
    for party, tally in by_name(a.summary.by_party):
        yield _tally(f"{party} answers", tally)


def _tally(label: str, tally: Tally) -> str:
    counts = "".join(f"{tally.by_verdict[verdict]:>8}" for verdict in VERDICTS)
    shares = f"{percent(tally.score):>8}{percent(tally.coverage):>7}"
    return f"{cut(one_line(label), _LABEL - 1, '~'):{_LABEL}}{counts}{shares}"


def _back(a: Assessment, paths: tuple[str, ...]) -> Iterator[str]:
    failed = sorted((c for c in a.controls if c.verdict is Verdict.FAIL), key=_failures)
    # Notes take their lines from this list: what is judged comes before how much fails.
    listed = max(1, _WORST - len(a.notices[:_NOTES]) - _why(a) - bool(a.crosswalks))
    for control in failed[:listed]:
        count = control.counts.get(Verdict.FAIL, 0)
        on = f" ({count} findings)" if count > 1 else ""
        yield f"fail {control.id:<8}{control.title}{on}"
    if len(failed) > listed:
        yield f"     and {len(failed) - listed} more failing controls"
    against = tuple(control.id for control in contradicted(a))
    if against:
        yield f"contradicts what the provider published: {several(against, 6)}"
    for walk in a.crosswalks[:1]:
        effects = Counter(row.effect.value for row in walk.rows if row.effect is not _SAME)
        changes = ", ".join(f"{count} {word}" for word, count in effects.items()) or "nothing"
        more = f"; {len(a.crosswalks) - 1} more crosswalks" if len(a.crosswalks) > 1 else ""
        yield f"a move from {walk.older} changes: {changes}{more}"
    if a.gaps:
        yield f"evidence to collect: {len(a.gaps)} missing; the report has the commands"
    yield from (f"wrote {path}" for path in paths[:4])


def _readings(a: Assessment) -> str:
    differ = a.summary.readings_differ
    return f"; reading {a.reading}, {Reading(a.reading).other} differs on {differ}"


def _failures(control: ControlResult) -> int:
    """Order failing controls by how many subjects fail; ties keep the benchmark's order."""
    return -control.counts.get(Verdict.FAIL, 0)


def _cut(line: str) -> str:
    return cut(one_line(line), WIDTH, "~").rstrip()
