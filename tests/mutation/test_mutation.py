"""The mutation proof in a sampled form; ``make mutate`` runs all of it.

Every topic is proven in one benchmark (another one each time, round robin): its base, its first
violation, and a sample of the rest that a fixed seed picks.
"""

import random
from collections.abc import Iterator

import pytest

from tests.mutation.cases import Case
from tests.mutation.evidence import cluster
from tests.mutation.pieces import ways_to_hide
from tests.mutation.proof import (
    Unit,
    after_case,
    after_hiding,
    benchmarks,
    spec_of,
    started,
    topics,
    units,
    verdict_of,
)
from tests.mutation.table import PAGE, static_cells

_SEED = 20261122
_DISGUISES, _HIDES = 4, 3
_LETTERS = "ABC"


def _written() -> tuple[str, ...]:
    """Return the rules with edits; ``make mutate`` ends with 1 while a rule lacks them."""
    return tuple(topic for topic in topics(_LETTERS) if spec_of(topic) is not None)


def _picked() -> Iterator[tuple[str, Unit]]:
    for number, topic in enumerate(_written()):
        found = units(topic)
        yield topic, found[number % len(found)]


def _sample(unit: Unit, cases: tuple[Case, ...], count: int) -> list[Case]:
    fitting = [case for case in cases if case.applies(unit.benchmark.id, unit.version)]
    chance = random.Random(f"{_SEED}-{unit.control.definition.topic}")
    return chance.sample(fitting, min(count, len(fitting)))


@pytest.mark.parametrize(("topic", "unit"), [pytest.param(*one, id=one[0]) for one in _picked()])
def test_rule_is_proven(topic: str, unit: Unit) -> None:
    spec = spec_of(topic)
    assert spec is not None
    world = started(spec, unit)
    judged = verdict_of(unit, cluster(world))
    assert judged.verdict.value == spec.base, judged.explanation
    fitting = [c for c in spec.violate if c.applies(unit.benchmark.id, unit.version)]
    cases = [*fitting[:1], *_sample(unit, spec.disguise, _DISGUISES)]
    results = [after_case(unit, world, case) for case in cases]
    ways = list(ways_to_hide(world, judged, unit.control))
    chance = random.Random(f"{_SEED}-{topic}-hide")
    for hide, cited in chance.sample(ways, min(_HIDES, len(ways))):
        results.append(after_hiding(spec, unit, world, hide, cited=cited))
    assert [f"{r.name}: {r.got}, not {r.expected}" for r in results if not r.good] == []


def test_every_rule_of_every_benchmark_can_be_violated() -> None:
    lacking = [
        (unit.benchmark.id, topic)
        for topic in _written()
        for unit in units(topic)
        if not _violations(topic, unit) and not _is_gone(unit)
    ]
    assert lacking == []


def _violations(topic: str, unit: Unit) -> int:
    spec = spec_of(topic)
    cases = spec.violate if spec is not None else ()
    return sum(case.applies(unit.benchmark.id, unit.version) for case in cases)


def _is_gone(unit: Unit) -> bool:
    """Tell whether the rule's subject no longer exists in the version that is judged."""
    subject = unit.control.definition.subject
    return subject is not None and not subject.exists_in(unit.version)


def test_page_lists_every_rule_and_edit() -> None:
    """Run ``make mutate`` when this fails: the page is older than the edits.

    What was added since the page was made, a benchmark or a rule without edits, is no failure.
    """
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(cells for cells in table if cells[0] == "rule")
    columns = ("violated", "disguised", *(benchmark.id for benchmark in benchmarks()))
    rows = {
        cells[0]: dict(zip(head, cells, strict=True)) for cells in table if len(cells) == len(head)
    }
    for topic in (*_written(), *(name for name in rows if name not in ("rule", "---"))):
        told = dict(zip(columns, static_cells(topic), strict=True))
        assert rows[topic].items() >= {name: told[name] for name in head[4:]}.items(), topic


def test_page_counts_no_wrong_verdict() -> None:
    assert ", 0 of them wrong." in PAGE.read_text(encoding="utf-8")
