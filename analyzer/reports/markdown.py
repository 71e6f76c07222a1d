"""report.md: the same story as the workbook, as text, from the short to the long.

First a page that takes two minutes, then the register, then what fails or waits for a person,
then who answers and what people said, and last the one evidence register that every id leads to.
"""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment
from analyzer.reports.markdown_back import bundles, gaps, legend, nodes
from analyzer.reports.markdown_changes import changes
from analyzer.reports.markdown_crosswalk import crosswalks
from analyzer.reports.markdown_detail import findings
from analyzer.reports.markdown_evidence import evidence, evidence_blocks
from analyzer.reports.markdown_front import about, contents, front, summary
from analyzer.reports.markdown_parties import responsibility
from analyzer.reports.markdown_people import reviews, waivers
from analyzer.reports.markdown_readings import readings
from analyzer.reports.markdown_register import register
from analyzer.reports.markdown_third_party import third_party
from analyzer.reports.rendering import Rendering


def write(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the report as UTF-8 text with one final newline."""
    body = (*about(assessment, rendering), *summary(assessment), *_chapters(assessment))
    blocks = (*front(assessment), *contents(body), *body)
    text = "\n".join(block.rstrip("\n") + "\n" for block in blocks)
    return text.encode("utf-8")


def _chapters(a: Assessment) -> Iterator[str]:
    places = evidence_blocks(a)
    yield from register(a, places)
    yield from findings(a, places)
    yield from responsibility(a)
    yield from waivers(a)
    yield from reviews(a)
    yield from changes(a)
    yield from third_party(a)
    yield from readings(a)
    yield from gaps(a)
    yield from nodes(a)
    yield from crosswalks(a)
    yield from bundles(a)
    yield from legend(a)
    yield from evidence(a, places)
