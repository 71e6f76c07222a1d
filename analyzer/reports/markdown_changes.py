"""What changed since an older assessment, as text: limits first, then what fails newly.

The same blocks make a chapter of report.md and the whole of changes.md.
"""

from collections.abc import Iterable, Iterator, Mapping

from analyzer.model.assessment import Assessment
from analyzer.model.changes import (
    CHANGE_MEANING,
    Change,
    Changes,
    ChangeSide,
    ChangesSide,
    ControlChange,
)
from analyzer.model.verdict import Verdict
from analyzer.reports.markdown_text import plain, table

_NAMED = 10
_HEADS = (
    "control", "title", "older", "newer", "why", "fails now", "fails no longer",
    "fails with other facts",
)  # fmt: skip
_TITLES: Mapping[Change, str] = {
    Change.NEW: "New failures",
    Change.RESOLVED: "Resolved",
    Change.CHANGED_RESPONSIBILITY: "Someone else must act",
    Change.CHANGED: "Changed",
    Change.INCOMPARABLE: "Incomparable",
}


def write_changes(changes: Changes) -> bytes:
    """Return changes.md: UTF-8 text with one final newline."""
    blocks = ["# What changed between two assessments", *change_blocks(changes, depth=2)]
    text = "\n".join(block.rstrip("\n") + "\n" for block in blocks)
    return text.encode("utf-8")


def changes(assessment: Assessment) -> Iterator[str]:
    """Yield the chapter on what changed; nothing where no older assessment was given."""
    if assessment.changes is None:
        return
    yield f"## Changes since {plain(assessment.changes.older.as_of)}"
    yield from change_blocks(assessment.changes, depth=3)


def change_blocks(changes: Changes, *, depth: int) -> Iterator[str]:
    """Yield paragraphs and tables.

    Args:
        changes: What to tell.
        depth: Level of the headings inside.
    """
    mark = "#" * depth
    yield _sides(changes)
    if changes.limits:
        yield "**Read this first**"
        yield "\n".join(f"- Limit {n}: {plain(text)}" for n, text in enumerate(changes.limits, 1))
    yield table(
        ("change", "controls", "meaning"),
        [(word, str(changes.counts.get(word, 0)), CHANGE_MEANING[word]) for word in Change],
    )
    yield from _chapters(changes, mark)
    same = [plain(row.id) for row in changes.rows if row.change is Change.UNCHANGED]
    yield f"{mark} Unchanged"
    yield f"{len(same)}: {', '.join(same)}." if same else "None."


def _chapters(changes: Changes, mark: str) -> Iterator[str]:
    for word, title in _TITLES.items():
        rows = [row for row in changes.rows if row.change is word]
        if word is Change.INCOMPARABLE:
            rows.sort(key=_fails_now, reverse=True)
        if rows:
            yield f"{mark} {title}"
            yield from _failing_among(rows, word)
            yield table(_HEADS, map(_row, rows))
        if word is Change.NEW:
            yield from _still(changes, mark)


def _failing_among(rows: list[ControlChange], word: Change) -> Iterator[str]:
    count = len([row for row in rows if _fails_now(row)])
    if word is Change.INCOMPARABLE and count:
        yield f"{count} of these {len(rows)} fail now, whatever they did before; they stand first."


def _still(changes: Changes, mark: str) -> Iterator[str]:
    """Tell of failures that stayed, and are not the same: their verdict hides it."""
    rows = [
        row
        for row in changes.rows
        if row.change in (Change.UNCHANGED, Change.CHANGED_RESPONSIBILITY) and row.other_failure
    ]
    if rows:
        yield f"{mark} Still failing, but not the same"
        yield table(_HEADS, map(_row, rows))


def _fails_now(row: ControlChange) -> bool:
    return row.newer is not None and row.newer.verdict is Verdict.FAIL


def _sides(changes: Changes) -> str:
    older, newer = changes.older, changes.newer
    rows = [(label, plain(was) or "none", plain(now) or "none") for label, was, now in (
        ("Report id", older.report_id, newer.report_id or "this report"),
        ("As of", older.as_of, newer.as_of),
        ("Benchmark", older.benchmark, newer.benchmark),
        ("Kubernetes version", *(_version(side) for side in (older, newer))),
        ("Nodes in evidence", str(older.nodes), str(newer.nodes)),
        ("Profile", older.profile, newer.profile),
        ("Reading", older.reading, newer.reading),
        ("Judged by", *(f"kube-evidence {one.analyzer_version}" for one in (older, newer))),
    )]  # fmt: skip
    return table(("", "older", "newer"), rows)


def _version(side: ChangesSide) -> str:
    return side.kubernetes_version or "unknown"


def _row(row: ControlChange) -> tuple[str, ...]:
    return (
        plain(row.id),
        plain(row.title, 200),
        _answer(row.older),
        _answer(row.newer),
        plain(row.why, 600),
        _subjects(row.appeared),
        _subjects(row.gone),
        _subjects(row.altered),
    )


def _answer(side: ChangeSide | None) -> str:
    if side is None:
        return "not asked"
    return f"{side.verdict.value}, {side.party.value}, {side.disposition.value}"


def _subjects(names: Iterable[str]) -> str:
    found = tuple(names)
    shown = ", ".join(plain(name, 120) for name in found[:_NAMED])
    more = len(found) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
