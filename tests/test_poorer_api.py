"""A list that is taken away never turns an answer into a better one, nor into a violation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict
from tests.api_cases import Case, all_cases

CASES = tuple(case for case in all_cases() if not case.body.get("no_api"))
TYPES = tuple(sorted({case.type for case in CASES}))
FINE = {Verdict.PASS, Verdict.NOT_APPLICABLE}


@pytest.mark.parametrize("name", TYPES)
def test_a_denied_list_betters_no_finding(name: str) -> None:
    tried = 0
    for case in _simple(name):
        before = _by_subject(case.outcomes())
        for resource, poorer in _poorer(case):
            tried += 1
            after = _by_subject(poorer.outcomes())
            for subject, verdicts in after.items():
                told = (str(case), resource, subject, verdicts)
                assert not verdicts & FINE or before.get(subject, FINE) & FINE, told
                known = subject in before
                assert Verdict.FAIL not in verdicts - before.get(subject, set()) or not known, told
    assert tried


def _simple(name: str) -> tuple[Case, ...]:
    """Return the cases of a type, of many only every third: they differ in what a list holds."""
    found = tuple(case for case in CASES if case.type == name)
    return found[::3] if len(found) > 60 else found


def _poorer(case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a case once for each list that holds something, with that list denied."""
    lists, unreadable = case.body["lists"], case.body.get("unreadable", {})
    for resource, objects in lists.items():
        if not objects or resource in unreadable:
            continue
        body = {
            **case.body,
            "lists": {name: held for name, held in lists.items() if name != resource},
            "unreadable": {**unreadable, resource: "NE_API_FORBIDDEN"},
        }
        yield resource, replace(case, body=body)


def _by_subject(outcomes: Iterable[Outcome]) -> dict[str, set[Verdict]]:
    found: dict[str, set[Verdict]] = defaultdict(set)
    for one in outcomes:
        found[one.subject].add(one.verdict)
    return dict(found)
