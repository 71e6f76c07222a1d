"""Another tool's words beside our verdicts, as text: where they fail and we do not comes first."""

from collections import Counter
from collections.abc import Iterator

from analyzer.model.assertion import AGREEMENT_MEANING, Agreement, Asserted, ThirdParty
from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports.markdown_text import plain, table

_MOST = 200
_SHOWN = (Agreement.DIFFERS, Agreement.ONLY_THEIRS)
_PLACE = tuple(Agreement).index


def third_party(assessment: Assessment) -> Iterator[str]:
    """Yield one chapter on every other tool's result; nothing where none was given."""
    ours = {control.id: control.verdict for control in assessment.controls}
    for tool in assessment.third_party:
        yield from _chapter(tool, ours)


def _chapter(tool: ThirdParty, ours: dict[str, Verdict]) -> Iterator[str]:
    yield f"## What {plain(tool.tool)} says"
    yield (
        f"An assertion, not evidence: it changed no verdict. {plain(tool.why)} It speaks of the "
        "machines that it ran on, ours of the whole cluster; of which cluster and what day, its "
        "file does not say."
    )
    yield table(
        ("", ""),
        [("Benchmark", plain(tool.benchmark) or "not named"), ("SHA-256 of the file", tool.sha256)],
    )
    counts = Counter(row.agreement for row in tool.results)
    yield table(
        ("agreement", "results", "meaning"),
        [(word, str(counts[word]), AGREEMENT_MEANING[word]) for word in Agreement if counts[word]],
    )
    yield from _rows(tool, ours)


def _rows(tool: ThirdParty, ours: dict[str, Verdict]) -> Iterator[str]:
    shown = sorted((row for row in tool.results if row.agreement in _SHOWN), key=_worst_first)
    if not shown:
        return
    yield table(
        ("control", "part", "theirs", "ours", "agreement", "their reason or value"),
        [_row(row, ours.get(row.control)) for row in shown[:_MOST]],
    )
    if len(shown) > _MOST:
        yield f"{len(shown) - _MOST} more are in assessment.json."


def _worst_first(row: Asserted) -> tuple[bool, int]:
    """Put what only they call a failure first; the order of numbers stays within a group."""
    return row.word != "FAIL", _PLACE(row.agreement)


def _row(row: Asserted, verdict: Verdict | None) -> tuple[str, ...]:
    return (
        plain(row.control),
        plain(row.role),
        plain(row.word),
        verdict.value if verdict else "not in this benchmark",
        row.agreement.value,
        plain(row.detail, 300),
    )
