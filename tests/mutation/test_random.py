"""Random mutations of the sample bundles: a fixed part of them, the same on every machine.

``make mutate-random`` runs as many more as there is time for.
"""

from collections import Counter
from dataclasses import replace

import pytest

from analyzer.model.context import Reading
from analyzer.model.verdict import Verdict
from tests.mutation.random_bases import bases
from tests.mutation.random_cases import STRIDE, make_case
from tests.mutation.random_draft import sealed_members
from tests.mutation.random_judge import (
    Asked,
    benchmarks,
    broken_promises,
    gained,
    judged,
    unchanged,
)
from tests.mutation.random_run import run_range

SEED = 20261122
EACH = 25
"""Cases a benchmark; more take minutes, and ``make mutate-random`` runs thousands."""
ASKED = Asked(profile="self-managed", benchmark="cis-1.12", reading=Reading.EFFECTIVE)


@pytest.mark.parametrize("benchmark", benchmarks())
def test_no_mutation_ends_in_an_error_or_gains_by_silence(benchmark: str) -> None:
    first = benchmarks().index(benchmark) * STRIDE
    counts, told = run_range(SEED, range(first, first + EACH))
    assert not {"exception", "problem"} & set(counts), "\n\n".join(told[:3])
    assert counts.total() == EACH


# ------------------------------------------------------------------ is the search any good


def test_a_number_is_always_the_same_case() -> None:
    one, two = make_case(SEED, 1234), make_case(SEED, 1234)
    assert str(one) == str(two)
    assert [sealed_members(d) for d in one.drafts] == [sealed_members(d) for d in two.drafts]


def test_numbers_and_seeds_differ() -> None:
    told = {str(make_case(seed, number)) for seed in (1, 2) for number in range(100)}
    assert len(told) == 200


def test_every_base_benchmark_and_kind_of_edit_is_used() -> None:
    cases = [make_case(SEED, number) for number in range(0, len(benchmarks()) * STRIDE, 5)]
    assert {case.base for case in cases} == set(bases())
    assert {case.asked.benchmark for case in cases} == set(benchmarks())
    assert 0.3 < Counter(case.hides for case in cases)[True] / len(cases) < 0.5
    assert not [case for case in cases if case.edits == ("nothing",)]


def test_most_cases_are_judged_and_not_refused() -> None:
    counts, _ = run_range(SEED, range(100))
    words = Counter[str]()
    for word, count in counts.items():
        words["silence" if "taken away" in word else "change"] += count
        words["refused"] += count if word.startswith("refused") else 0
    assert words["refused"] < 30
    assert words["silence"] > 30
    assert words["change"] > 30


def test_an_untouched_base_breaks_no_promise_and_gains_nothing() -> None:
    for name, base in bases().items():
        asked = replace(ASKED, profile=base.profile)
        found = judged(base.drafts, asked)[0]
        assert not list(broken_promises(found, asked))
        assert not list(gained(unchanged(name, asked), found))


def test_an_error_of_a_check_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("analyzer.checks.setting.Setting.judge", broken)
    found = judged(bases()["worker"].drafts, ASKED)[0]
    assert any("ZeroDivisionError" in problem for problem in broken_promises(found, ASKED))
    assert Verdict.ERROR in {control.verdict for control in found.controls}


def test_a_gain_by_silence_would_be_seen() -> None:
    before = unchanged("worker", ASKED)
    failed = next(c for c in before.controls if c.verdict is Verdict.FAIL)
    passed = next(c for c in before.controls if c.verdict is Verdict.PASS)
    swapped = {
        failed.id: replace(failed, verdict=Verdict.PASS, findings=passed.findings),
        passed.id: replace(passed, verdict=Verdict.FAIL, findings=failed.findings),
    }
    after = replace(before, controls=tuple(swapped.get(c.id, c) for c in before.controls))
    told = list(gained(before, after))
    assert any(one.startswith(f"false pass {failed.id}") for one in told)
    assert any(one.startswith(f"false fail {passed.id}") for one in told)
