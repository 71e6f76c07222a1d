"""The benchmark that ``auto`` takes, by Kubernetes version, and the reason that it gives.

Looked up among the twelve of which this was written down, so that a newer one changes nothing.
"""

import pytest

from analyzer.catalogue.benchmarks import choose_benchmark, known_benchmarks, load_benchmark
from analyzer.catalogue.choice import Span, choose
from analyzer.checks import CHECK_TYPES
from analyzer.formats.own_files import load_data
from analyzer.model.errors import UsageError
from analyzer.model.version import Version, parse_version
from tests.unit.catalogue_counts import COUNTS


def span_of(name: str) -> Span:
    kubernetes = load_data("benchmarks", name, "benchmark.v1")["kubernetes"]
    first, last = parse_version(kubernetes["from"]), parse_version(kubernetes["to"])
    assert first is not None
    assert last is not None
    return Span(id=name, first=first, last=last, source=kubernetes["source"])


PUBLISHED = tuple(span_of(name) for name in COUNTS)


@pytest.mark.parametrize(
    ("version", "chosen", "also"),
    [
        ("1.15", "cis-1.5", ""),
        ("1.16", "cis-1.6", ""),
        ("1.18", "cis-1.6", ""),
        ("1.19", "cis-1.20", ""),
        ("1.21", "cis-1.20", ""),
        ("1.22", "cis-1.23", ""),
        ("1.23", "cis-1.23", ""),
        ("1.24", "cis-1.24", ""),
        ("1.25", "cis-1.7", ""),
        ("1.26", "cis-1.8", ""),
        ("1.27", "cis-1.9", "also: cis-1.8."),
        ("1.28", "cis-1.11", "also: cis-1.10."),
        ("1.31", "cis-1.11", "also: cis-1.10."),
        ("1.32", "cis-1.12", ""),
        ("1.33", "cis-1.12", ""),
        ("1.34", "cis-2.0.1", "also: cis-1.12."),
        ("1.35", "cis-2.0.1", ""),
    ],
)
def test_the_newest_of_the_benchmarks_that_cover_a_version_is_taken(
    version: str, chosen: str, also: str
) -> None:
    name, why = choose(PUBLISHED, parse_version(version))
    assert name == chosen
    assert why.startswith(f"Kubernetes {version} is in evidence; {chosen} is written for ")
    assert ("Of the benchmarks that cover this version" in why) is bool(also)
    assert why.endswith(also)
    assert "NOT COVERED" not in why


@pytest.mark.parametrize(
    ("version", "chosen", "place"),
    [
        ("1.9", "cis-1.5", "the oldest one"),
        ("1.14", "cis-1.5", "the oldest one"),
        ("1.36", "cis-2.0.1", "the newest one"),
        ("2.0", "cis-2.0.1", "the newest one"),
    ],
)
def test_a_version_that_no_benchmark_covers_is_named_as_such(
    version: str, chosen: str, place: str
) -> None:
    name, why = choose(PUBLISHED, parse_version(version))
    assert name == chosen
    assert why.startswith(f"Kubernetes {version} is in evidence and NOT COVERED by any benchmark")
    assert place in why


def test_the_reason_names_who_says_so() -> None:
    _, why = choose(PUBLISHED, parse_version("1.31"))
    assert "cis-1.11 is written for Kubernetes 1.28 to 1.31 (the document's own" in why


def test_without_a_version_nothing_is_chosen() -> None:
    with pytest.raises(UsageError, match="no Kubernetes version") as refusal:
        choose_benchmark(None)
    assert "--benchmark" in refusal.value.advice


def test_a_gap_between_benchmarks_takes_the_nearest_older_one() -> None:
    old, new = (
        Span(id=name, first=Version(1, n), last=Version(1, n), source="s")
        for name, n in (("old", 5), ("new", 9))
    )
    name, why = choose((old, new), Version(1, 7))
    assert name == "old"
    assert "NOT COVERED" in why
    assert "the nearest older one" in why


def test_all_of_ours_are_chosen_from() -> None:
    newest = load_benchmark(known_benchmarks()[-1], CHECK_TYPES)
    name, why = choose_benchmark(parse_version(newest.versions[1]))
    assert name == newest.id
    assert "NOT COVERED" not in why
    name, why = choose_benchmark(Version(9, 0))
    assert name == newest.id
    assert "NOT COVERED" in why
