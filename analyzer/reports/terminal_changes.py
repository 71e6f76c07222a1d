"""One screen about what changed: limits, counts, and the controls to look at first.

At most 24 lines of 100 columns but for paths, control characters escaped.
"""

from collections.abc import Iterator
from textwrap import wrap

from analyzer.model.changes import Change, Changes, ChangesSide, ControlChange
from analyzer.model.verdict import Verdict
from analyzer.reports.terminal import LINES, WIDTH
from analyzer.reports.text import cut, one_line

_INDENT = " " * 7
_LIMITS = 5
_LISTED = 5
_PATHS = 3


def changes_text(changes: Changes, paths: tuple[str, ...] = ()) -> str:
    """Return the summary, without a final newline.

    Args:
        changes: What to sum up.
        paths: Files that were written, as the user may type them.
    """
    head = [_cut(line) for line in _front(changes)]
    tail = [one_line(f"wrote {path}") for path in paths[:_PATHS]]  # whole, to be copied
    rows = [_cut(line) for line in _rows(changes)]
    return "\n".join((head + rows[: LINES - len(head) - len(tail)] + tail)[:LINES])


def _front(changes: Changes) -> Iterator[str]:
    yield f"from {_side(changes.older)}"
    yield f"to   {_side(changes.newer)}"
    shown = changes.limits[:_LIMITS]
    for text in shown:
        yield from wrap(
            f"limit: {one_line(text)}",
            WIDTH,
            subsequent_indent=_INDENT,
            max_lines=2,
            placeholder="~",
        )
    if len(changes.limits) > _LIMITS:
        yield f"{_INDENT}and {len(changes.limits) - _LIMITS} more limits"
    yield _counts(changes)
    failing = len(_failing(changes, Change.INCOMPARABLE))
    if failing:
        yield f"{failing} of the incomparable fail now"


def _side(side: ChangesSide) -> str:
    kubernetes = side.kubernetes_version or "unknown version"
    nodes = f"{side.nodes} nodes" if side.nodes != 1 else "1 node"
    return f"{side.as_of}  {side.benchmark}, Kubernetes {kubernetes}, {nodes}, {side.report_id}"


def _counts(changes: Changes) -> str:
    counts = [f"{changes.counts.get(word, 0)} {word.value}" for word in Change]
    return ", ".join(counts)


def _failing(changes: Changes, word: Change) -> list[ControlChange]:
    return [
        row for row in changes.rows
        if row.change is word and row.newer is not None and row.newer.verdict is Verdict.FAIL
    ]  # fmt: skip


def _rows(changes: Changes) -> Iterator[str]:
    chosen = {
        "new": [row for row in changes.rows if row.change is Change.NEW],
        "more fail": [r for r in changes.rows if r.appeared and r.change is not Change.NEW],
        "altered": [r for r in changes.rows if r.altered and not r.appeared],
        "fails now": _failing(changes, Change.INCOMPARABLE),
        "resolved": [row for row in changes.rows if row.change is Change.RESOLVED],
    }
    for label, rows in chosen.items():
        yield from (f"{label:<10}{row.id:<8}{row.title}" for row in rows[:_LISTED])
        if len(rows) > _LISTED:
            yield f"{'':<10}and {len(rows) - _LISTED} more"


def _cut(line: str) -> str:
    return cut(one_line(line), WIDTH, " ~").rstrip()
