"""The part of report.md that sets the benchmark's text and Kubernetes' behaviour side by side."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.words import differing, other_line, reading_line


def readings(a: Assessment) -> Iterator[str]:
    """Yield which reading decided, and every control on which the other one says otherwise."""
    yield "## Where text and behaviour differ"
    yield plain(reading_line(a))
    found = differing(a)
    if found:
        yield table(
            ("control", "title", f"verdict ({plain(a.reading)})", "the other reading"),
            ((c.id, plain(c.title, 200), c.verdict.value, _other(c)) for c in found),
        )


def _other(c: ControlResult) -> str:
    if c.other_reading is not None:
        return plain(other_line(c.other_reading), 400)
    subjects = [f for f in c.findings if f.other_reading is not None]
    more = f" (and {len(subjects) - 1} more)" if len(subjects) > 1 else ""
    line = other_line(subjects[0].other_reading)
    return plain(f"the same verdict; but {subjects[0].subject}{more} {line}", 400)
