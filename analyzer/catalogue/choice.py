"""Which benchmark is for a Kubernetes version, and why."""

from dataclasses import dataclass

from analyzer.model.errors import UsageError
from analyzer.model.version import Version

NAME_ONE = "Name one with --benchmark; known: {known}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The Kubernetes versions that a benchmark was written for, and who says so."""

    id: str
    first: Version
    last: Version
    source: str

    def __str__(self) -> str:
        """Return the versions in words."""
        one = self.first == self.last
        return f"Kubernetes {self.first}" if one else f"Kubernetes {self.first} to {self.last}"


def choose(spans: tuple[Span, ...], version: Version | None) -> tuple[str, str]:
    """Choose a benchmark for a Kubernetes version.

    Of several that cover the version the newest is taken. Where none covers it, the nearest
    older one is, else the oldest; the reason then says first that the version is not covered.

    Args:
        spans: What there is to choose from, oldest first; at least one.
        version: What is in evidence; None when nothing is.

    Returns:
        The benchmark's id; and why, with who says which versions it is for and what else could
        be taken.

    Raises:
        UsageError: No version is in evidence, so that there is nothing to choose by.
    """
    if version is None:
        raise UsageError(
            "auto",
            "no Kubernetes version is in evidence to choose a benchmark by",
            advice=NAME_ONE.format(known=", ".join(span.id for span in spans)),
        )
    fitting = [span for span in spans if span.first <= version <= span.last]
    if fitting:
        return fitting[-1].id, _fitting_why(fitting, version)
    older = [span for span in spans if span.last < version]
    nearest = older[-1] if older else spans[0]
    return nearest.id, _nearest_why(nearest, version, spans)


def _fitting_why(fitting: list[Span], version: Version) -> str:
    chosen = fitting[-1]
    others = ", ".join(span.id for span in fitting[:-1])
    why = (
        f"Kubernetes {version} is in evidence; {chosen.id} is written for {chosen} "
        f"({chosen.source})."
    )
    if not others:
        return why
    return f"{why} Of the benchmarks that cover this version the newest is taken; also: {others}."


def _nearest_why(chosen: Span, version: Version, spans: tuple[Span, ...]) -> str:
    place = "the nearest older one"
    if chosen.last > version:
        place = "the oldest one"
    elif chosen is spans[-1]:
        place = "the newest one"
    return (
        f"Kubernetes {version} is in evidence and NOT COVERED by any benchmark here; {chosen.id}, "
        f"{place}, was taken instead. It is written for {chosen} ({chosen.source}): what "
        "Kubernetes changed outside of these versions is not in it."
    )
