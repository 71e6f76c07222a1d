"""``kube-evidence list``: what there is to choose from, a line each."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.definitions import load_definitions
from analyzer.checks import CHECK_TYPES
from analyzer.cli.console import say
from analyzer.model.errors import UsageError
from analyzer.reports import REPORTS
from analyzer.responsibility.profiles import known_profiles, load_profile


def print_list(what: str) -> None:
    """Print one list: the name first, then what helps to choose.

    Raises:
        UsageError: There is no such list.
    """
    if what not in LISTS:
        raise UsageError("list", f"{what} is not a list", advice=f"Known: {', '.join(LISTS)}.")
    rows = list(LISTS[what]())
    width = max(len(name) for name, _ in rows)
    for name, words in rows:
        say(f"{name:<{width}}  {words}".rstrip())


def _benchmarks() -> Iterator[tuple[str, str]]:
    for name in known_benchmarks():
        benchmark = load_benchmark(name, CHECK_TYPES)
        first, last = benchmark.versions
        span = first if first == last else f"{first} to {last}"
        yield name, f"{len(benchmark.controls)} controls, for Kubernetes {span}"


def _profiles() -> Iterator[tuple[str, str]]:
    for name in known_profiles():
        profile = load_profile(name)
        rows = f"{len(profile.rows)} published rows" if profile.rows else "nothing published"
        against = f" against {profile.benchmark}" if profile.benchmark else ""
        yield name, f"{profile.title}: {rows}{against}"


def _topics() -> Iterator[tuple[str, str]]:
    for name, entry in sorted(load_definitions().items()):
        yield name, f"{entry.definition.type}: {entry.definition.rule}"


def _checks() -> Iterator[tuple[str, str]]:
    for name, check in sorted(CHECK_TYPES.items()):
        yield name, (check.__doc__ or "").split("\n", maxsplit=1)[0]


def _formats() -> Iterator[tuple[str, str]]:
    for name, report in REPORTS.items():
        yield name, f"{', '.join(report.files)}: {report.purpose}"


LISTS: Mapping[str, Callable[[], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "benchmarks": _benchmarks,
        "profiles": _profiles,
        "topics": _topics,
        "checks": _checks,
        "formats": _formats,
    }
)
