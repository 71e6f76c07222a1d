"""One screen of summary for the terminal: what was found, and where the reports lie.

At most 24 lines of 100 columns. Every text passes through the escaping of control characters,
so no bundle can move the cursor or recolour the screen; colour is put on afterwards, on our own
words, and says nothing that the words do not.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.changes import Change
from analyzer.model.context import Reading
from analyzer.model.crosswalk import Effect
from analyzer.model.verdict import Verdict
from analyzer.reports.story import (
    assertion_story,
    idle_waivers,
    open_failures,
    review_counts,
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
_HEAD = 2
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


def summary_text(
    assessment: Assessment,
    paths: tuple[str, ...] = (),
    *,
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """Return the summary, without a final newline.

    Args:
        assessment: What to sum up.
        paths: Files that were written, as the user may type them.
        width: Columns of the terminal; more than WIDTH are not used, and never fewer than
            NARROWEST.
        colour: Paint verdict words with the codes of ECMA-48.
    """
    across = max(min(width, WIDTH), NARROWEST)
    lines = [_cut(line, across) for line in _screen(assessment, paths, across)]
    return "\n".join(_painted(line) for line in lines) if colour else "\n".join(lines)


def summary_line(assessment: Assessment, place: str) -> str:
    """Return one line about a further benchmark of the run, and where its reports lie."""
    counts = counts_line(assessment.summary.overall.by_verdict)
    return _cut(f"wrote {place} ({assessment.benchmark_id}: {counts})", WIDTH)


def _screen(a: Assessment, paths: tuple[str, ...], width: int) -> list[str]:
    """Lay the lines out; parties, sections and single failures give way, the rest never."""
    front, back, table = list(_front(a)), [*_told(a), *_wrote(paths, width)], list(_table(a, width))
    room = LINES - len(front) - len(back)
    parts = (len(table), _HEAD + len(chapters(a)), _HEAD)
    layouts = [table[:rows] + _worst(a, most) for rows in parts for most in (_WORST, 4, 3)]
    layouts.append(table[:_HEAD] + _worst(a, 1))
    middle = next((lines for lines in layouts if len(lines) <= room), layouts[-1])
    return [*front, *middle, *back][:LINES]


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
    return [*lines, f"     and {left} more failing controls"] if left else lines


def _failure(control: ControlResult) -> str:
    count = control.counts.get(Verdict.FAIL, 0)
    on = f" ({count} findings)" if count > 1 else ""
    return f"{_FAIL}{control.id:<8}{control.title}{on}"


def _told(a: Assessment) -> Iterator[str]:
    """Yield what people, the provider and other assessments bring in; a line each."""
    against = tuple(control.id for control in contradicted(a))
    if against:
        yield f"contradicts what the provider published: {several(against, 6)}"
    yield from _waived(a)
    if a.summary.by_review or a.summary.stale_reviews:
        stale = f"{a.summary.stale_reviews} stale, " if a.summary.stale_reviews else ""
        yield f"reviews: {stale}in effect {review_counts(a)}"
    if a.changes is not None:
        words = (word for word in Change if word is not Change.UNCHANGED)
        found = [(a.changes.counts.get(word, 0), word) for word in words]
        changed = ", ".join(f"{count} {word}" for count, word in found if count)
        yield f"since {a.changes.older.as_of[:10]}: {changed or 'nothing changed'}"
    yield from _moves(a)
    yield from assertion_story(a)
    if a.gaps:
        yield f"evidence to collect: {len(a.gaps)} missing; the report has the commands"


def _waived(a: Assessment) -> Iterator[str]:
    if not a.waivers:
        return
    idle = idle_waivers(a)
    yield (
        f"accepted risks: {a.summary.waived} of {a.summary.overall.by_verdict[Verdict.FAIL]} "
        f"failing; score {percent(a.summary.score_after_waivers)} without them"
        + (f"; waivers without effect: {idle}" if idle else "")
    )


def _moves(a: Assessment) -> Iterator[str]:
    for walk in a.crosswalks[:1]:
        effects = Counter(row.effect.value for row in walk.rows if row.effect is not _SAME)
        changes = ", ".join(f"{count} {word}" for word, count in effects.items()) or "nothing"
        more = f"; {len(a.crosswalks) - 1} more crosswalks" if len(a.crosswalks) > 1 else ""
        yield f"a move from {walk.older} changes: {changes}{more}"


def _wrote(paths: tuple[str, ...], width: int) -> Iterator[str]:
    """Yield where the reports lie: their names where there is room, else how many."""
    if not paths:
        return
    folders = dict.fromkeys(str(PurePath(path).parent) for path in paths)
    names = ", ".join(PurePath(path).name for path in paths)
    line = f"wrote into {', '.join(folders)}: {names}"
    yield line if len(line) <= width else f"wrote {len(paths)} files into {', '.join(folders)}"


def _cut(line: str, width: int) -> str:
    return cut(one_line(line), width, "~").rstrip()


def _painted(line: str) -> str:
    """Return the line with its verdict words in colour: the table's heads, and each failure."""
    if line.startswith(_FAIL):
        return _paint(Verdict.FAIL, _FAIL.rstrip()) + line[len(_FAIL.rstrip()) :]
    if not line.startswith(" ") or not line.endswith(" cover"):
        return line
    for word in Verdict:
        head = _HEADS.get(word, word.value)
        line = line.replace(f" {head} ", f" {_paint(word, head)} ")
    return line


def _paint(verdict: Verdict, word: str) -> str:
    return f"{_COLOURS[verdict]}{word}{_RESET}"
