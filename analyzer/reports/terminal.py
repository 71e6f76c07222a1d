"""One screen of summary for the terminal: what was found, and where the reports lie.

Lines are wrapped to the window, and are at most 24 in one of 100 columns. Parties, sections and
the ends of long lines give way first; what people said is always told whole. Where there is no
window, as in a log, no line is wrapped and none is cut.

Every text passes through the escaping of control characters, so no bundle can move the cursor or
recolour the screen; colour is put on afterwards, on our own words, and says nothing that the
words do not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from textwrap import TextWrapper

from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.changes import Change
from analyzer.model.context import Reading
from analyzer.model.crosswalk import Effect
from analyzer.model.verdict import Verdict
from analyzer.reports.losses import denied
from analyzer.reports.story import (
    acting_story,
    assertion_story,
    idle_waivers,
    open_failures,
    review_counts,
    settled_failures,
    worst,
)
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import (
    by_name,
    chapters,
    columns,
    contradicted,
    counts_line,
    percent,
    several,
)

WIDTH = 100
NARROWEST = 60
LINES = 24

_SAME = Effect.UNCHANGED
_WORST = 5
_NOTES = 3
_TOOLS = 3
_HEAD = 2
_INDENT = "     "
_FAIL = "fail "
_COLUMN = 8
_LABEL, _NARROW_LABEL = 29, 12
_USUAL = 4
"""Verdicts that the narrowest window shows: pass, fail, manual, no-evidence."""
_HEADS = {
    Verdict.NO_EVIDENCE: "no-evid",
    Verdict.NOT_APPLICABLE: "n/a",
    Verdict.OUT_OF_SCOPE: "out",
}
_LAST_HEADS = f"{'score':>{_COLUMN}}{'cover':>{_COLUMN}}"
_RESET = "\x1b[0m"
_COLOURS = {
    Verdict.PASS: "\x1b[32m",
    Verdict.FAIL: "\x1b[1;31m",
    Verdict.MANUAL: "\x1b[33m",
    Verdict.NO_EVIDENCE: "\x1b[35m",
    Verdict.ERROR: "\x1b[1;31m",
    Verdict.NOT_APPLICABLE: "\x1b[36m",
    Verdict.OUT_OF_SCOPE: "\x1b[36m",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """How much of what a screen shows: rows of the table, failures, and rows of a line.

    Attributes:
        front, back: Most rows of one line above the table and at the end; None does not limit.
    """

    table: int
    worst: int
    front: int | None
    back: int | None


def summary_text(
    assessment: Assessment,
    paths: tuple[str, ...] = (),
    *,
    width: int | None = WIDTH,
    colour: bool = False,
) -> str:
    """Return the summary, without a final newline.

    Args:
        assessment: What to sum up.
        paths: Files that were written, as the user may type them.
        width: Columns of the window, never fewer than NARROWEST; None for no window at all.
        colour: Paint verdict words with the codes of ECMA-48.
    """
    across = None if width is None else max(width, NARROWEST)
    lines = _screen(assessment, paths, across)
    return "\n".join(_painted(line) for line in lines) if colour else "\n".join(lines)


def summary_line(assessment: Assessment, place: str) -> str:
    """Return one line about a further benchmark of the run, and where its reports lie."""
    counts = counts_line(assessment.summary.overall.by_verdict)
    return one_line(f"wrote {place} ({assessment.benchmark_id}: {counts})")


def _screen(a: Assessment, paths: tuple[str, ...], width: int | None) -> list[str]:
    """Lay the lines out: the first layout that fits a screen, or else the shortest."""
    table = list(_table(a, width or WIDTH))
    parts = _HEAD + len(chapters(a))
    whole = _Shape(table=len(table), worst=_WORST, front=None, back=None)
    if width is None:
        return _laid(a, paths, table, width, whole)
    rows = ((len(table), 3, 2), (parts, 3, 2), (parts, 2, 2), (_HEAD, 3, 2), (_HEAD, 1, 1))
    shapes = [
        _Shape(table=height, worst=most, front=front, back=back)
        for height, front, back in rows
        for most in (_WORST, 4, 3)
    ]
    shapes.append(_Shape(table=_HEAD, worst=1, front=1, back=1))
    lines: list[str] = []
    for shape in shapes:
        lines = _laid(a, paths, table, width, shape)
        if len(lines) <= LINES:
            break
    return lines


def _laid(
    a: Assessment, paths: tuple[str, ...], table: list[str], width: int | None, shape: _Shape
) -> list[str]:
    return [
        *_fitted(_front(a), width, shape.front),
        *table[: shape.table],
        *_fitted(_worst(a, shape.worst), width, 1),
        *_fitted(_people(a), width),
        *_fitted(_others(a), width, shape.back),
        *_fitted(_wrote(paths, width), width),
    ]


def _fitted(lines: Iterable[str], width: int | None, most: int | None = None) -> list[str]:
    """Wrap lines to the width, each to ``most`` rows; a mark says that something is left out."""
    plain = [one_line(line) for line in lines]
    if width is None:
        return plain
    if most == 1:
        return [cut(line, width, " ~") for line in plain]
    wraps = TextWrapper(
        width,
        subsequent_indent=_INDENT,
        max_lines=most,
        placeholder=" ~",
        break_on_hyphens=False,
    )
    return [row for line in plain for row in wraps.wrap(line)]


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
    # Where the version chose the benchmark the user has to see it.
    if not a.benchmark_why.startswith("Chosen by the user"):
        yield f"why {a.benchmark_id}: {a.benchmark_why}"
    yield from (f"note: {notice}" for notice in a.notices[:_NOTES])


def _readings(a: Assessment) -> str:
    differ = a.summary.readings_differ
    return f"; reading {a.reading}, {Reading(a.reading).other} differs on {differ}"


def _table(a: Assessment, width: int) -> Iterator[str]:
    """Yield headings, all controls, sections and parties; rare verdicts only where they occur."""
    words = columns(a)
    if _room(words, width) < _NARROW_LABEL:
        words = words[:_USUAL]
    label = min(_LABEL, _room(words, width))
    heads = (*(_HEADS.get(word, word.value) for word in words), "score", "cover")
    yield f"{'':{label}}" + "".join(f"{head:>{_COLUMN}}" for head in heads)
    named = [("All controls", a.summary.overall), *chapters(a).items()]
    named += [(f"{party} answers", tally) for party, tally in by_name(a.summary.by_party)]
    for name, tally in named:
        cells = (*(tally.by_verdict[word] for word in words), *_shares(tally))
        shown = cut(one_line(name), label - 1, "~")
        yield f"{shown:{label}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)


def _room(words: tuple[Verdict, ...], width: int) -> int:
    """Return the columns that counts, score and coverage leave to the label."""
    return width - _COLUMN * (len(words) + 2)


def _shares(tally: Tally) -> tuple[str, str]:
    return percent(tally.score), percent(tally.coverage)


def _worst(a: Assessment, most: int) -> list[str]:
    failed = open_failures(a)
    lines = [_failure(control) for control in worst(a, most)]
    left = len(failed) - len(lines)
    which = "open failures" if settled_failures(a) else "failing controls"
    return [*lines, f"{_INDENT}and {left} more {which}"] if left else lines


def _failure(control: ControlResult) -> str:
    count = control.counts.get(Verdict.FAIL, 0)
    on = f" ({count} findings)" if count > 1 else ""
    return f"{_FAIL}{control.id:<8}{control.title}{on}"


def _people(a: Assessment) -> Iterator[str]:
    """Yield what waivers and auditors say; nothing of it is ever cut."""
    if settled_failures(a):
        yield " ".join(acting_story(a))
    yield from _waived(a)
    if a.summary.by_review or a.summary.stale_reviews:
        stale = f"{a.summary.stale_reviews} stale, " if a.summary.stale_reviews else ""
        yield f"reviews: {stale}in effect {review_counts(a)}"


def _waived(a: Assessment) -> Iterator[str]:
    if not a.waivers:
        return
    accepted, failing = a.summary.waived, a.summary.overall.by_verdict[Verdict.FAIL]
    score = f"; leaving out these failures, the score is {percent(a.summary.score_after_waivers)}"
    idle = idle_waivers(a)
    yield (
        f"accepted risks: {accepted or 'none'} of {failing} failing{score if accepted else ''}"
        + (f"; waivers without effect: {idle}" if idle else "")
    )


def _others(a: Assessment) -> Iterator[str]:
    """Yield what the provider and other assessments bring in, and what is missing."""
    against = tuple(control.id for control in contradicted(a))
    if against:
        yield f"contradicts what the provider published: {several(against, 6)}"
    if a.changes is not None:
        words = (word for word in Change if word is not Change.UNCHANGED)
        found = [(a.changes.counts.get(word, 0), word) for word in words]
        changed = ", ".join(f"{count} {word}" for count, word in found if count)
        limit = f"; limit: {a.changes.limits[0]}" if a.changes.limits else ""
        yield f"since {a.changes.older.as_of[:10]}: {changed or 'nothing changed'}{limit}"
    yield from _moves(a)
    yield from islice(assertion_story(a), _TOOLS)
    if a.gaps:
        yield f"evidence to collect: {len(a.gaps)} missing{_denied(a)}; the report has the commands"


def _denied(a: Assessment) -> str:
    lost = denied(a)
    if lost is None:
        return ""
    return f", {len(lost.controls)} of {len(a.controls)} controls lost to permissions"


def _moves(a: Assessment) -> Iterator[str]:
    for walk in a.crosswalks[:1]:
        effects = Counter(row.effect.value for row in walk.rows if row.effect is not _SAME)
        changes = ", ".join(f"{count} {word}" for word, count in effects.items()) or "nothing"
        more = f"; {len(a.crosswalks) - 1} more crosswalks" if len(a.crosswalks) > 1 else ""
        yield f"a move from {walk.older} changes: {changes}{more}"


def _wrote(paths: tuple[str, ...], width: int | None) -> Iterator[str]:
    """Yield where the reports lie: their names where there is room, else how many."""
    if not paths:
        return
    folders = dict.fromkeys(str(PurePath(path).parent) for path in paths)
    names = ", ".join(PurePath(path).name for path in paths)
    line = f"wrote into {', '.join(folders)}: {names}"
    short = width is not None and len(line) > width
    yield f"wrote {len(paths)} files into {', '.join(folders)}" if short else line


def _painted(line: str) -> str:
    """Return the line with its verdict words in colour: the table's heads, and each failure."""
    if line.startswith(_FAIL):
        return _paint(Verdict.FAIL, _FAIL.rstrip()) + line[len(_FAIL.rstrip()) :]
    if not line.startswith(" ") or not line.endswith(_LAST_HEADS):
        return line
    for word in Verdict:
        head = _HEADS.get(word, word.value)
        line = line.replace(f" {head} ", f" {_paint(word, head)} ")
    return line


def _paint(verdict: Verdict, word: str) -> str:
    return f"{_COLOURS[verdict]}{word}{_RESET}"
