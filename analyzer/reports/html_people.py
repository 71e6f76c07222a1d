"""What people and other tools add: waivers by their place in the file, and others' results."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assertion import Agreement, Asserted, ThirdParty
from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict

_ORDER = {agreement: rank for rank, agreement in enumerate(Agreement)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Another tool's results as listed.

    Attributes:
        rows: Their lines, disagreements first, each with our verdict; None where we have no
            such control, or the two cannot be compared.
        unlisted: Lines that are not listed.
    """

    tool: ThirdParty
    rows: tuple[tuple[Asserted, Verdict | None], ...]
    unlisted: int


def others(a: Assessment, most: int) -> Iterator[Others]:
    """Yield every other tool's results, at most so many rows of each."""
    ours = {control.id: control.verdict for control in a.controls}
    for tool in a.third_party:
        ranked = sorted(tool.results, key=lambda one: _ORDER[one.agreement])[:most]
        yield Others(
            tool=tool,
            rows=tuple((one, ours.get(one.control) if tool.comparable else None) for one in ranked),
            unlisted=len(tool.results) - len(ranked),
        )


def waiver_places(a: Assessment) -> dict[str, int]:
    """Return the position of each waiver by its id; the first one where an id comes twice."""
    places: dict[str, int] = {}
    for n, record in enumerate(a.waivers, 1):
        places.setdefault(record.waiver.id, n)
    return places
