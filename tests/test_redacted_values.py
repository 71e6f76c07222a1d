"""What is masked is set but unknown: no check may pass or fail on it as if it were something."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path as FilePath
from typing import Any

import pytest

from analyzer.model.errors import EvidenceFormatError
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict, worst
from tests import case_evidence
from tests.api_cases import Case, all_cases, cluster, context
from tests.masked_values import INSTEAD, MASK, Path, places, replaced
from tests.node_cases import CASES as CASES_FOLDER
from tests.node_cases import FOUND, case_id, check_of, read_case, settings_of

Judge = Callable[[Mapping[str, Any]], tuple[Outcome, ...]]
DECIDED = (Verdict.PASS, Verdict.FAIL)
TOLD = (*DECIDED, Verdict.MANUAL)
SEED, MOST = 5, 1


def of_nodes(path: FilePath) -> tuple[Judge, Mapping[str, Any]]:
    """Return how a case over nodes is judged, less what is the same each time, and the case."""
    case = read_case(path)
    check, settings = check_of(case, path.parent.parent.name), settings_of(case)
    return (lambda body: check.evaluate(case_evidence.build(body), settings)), case


def of_api(case: Case) -> tuple[Judge, Mapping[str, Any]]:
    """Return the same of a case over the API's lists."""
    check, settings = case.check(), context(case.body)
    return (lambda body: check.evaluate(cluster(body), settings)), case.body


def by_subject(judge: Judge, case: Mapping[str, Any]) -> dict[str, Verdict] | None:
    """Return the verdict on each subject; None when the evidence would have been refused."""
    try:
        outcomes = judge(case)
    except EvidenceFormatError:
        return None
    found: dict[str, list[Verdict]] = {}
    for one in outcomes:
        found.setdefault(one.subject, []).append(one.verdict)
    return {subject: worst(verdicts) for subject, verdicts in found.items()}


def wrong(judge: Judge, case: Mapping[str, Any], path: Path) -> str:
    """Say how a verdict on a masked value depends on it after all; empty when it does not."""
    masked = by_subject(judge, replaced(case, path, MASK))
    whole = worst((masked or {}).values())
    decided = [s for s, v in (masked or {}).items() if v is whole and v in DECIDED]
    for text in INSTEAD if decided else ():
        other = by_subject(judge, replaced(case, path, text)) or {}
        for subject in decided:
            told = other.get(subject, whole)
            if told in TOLD and told is not whole:
                return f"{path}: {subject} is {whole.value}, but {told.value} with {text!r}"
    return ""


def gather() -> dict[str, Callable[[], tuple[Judge, Mapping[str, Any]]]]:
    nodes = {case_id(path): partial(of_nodes, path) for path in FOUND}
    return {**nodes, **{str(case): partial(of_api, case) for case in all_cases()}}


CASES = gather()


def drawn(name: str, case: Mapping[str, Any]) -> list[Path]:
    """Return some places of a case, by lot but always the same; all of them take minutes."""
    found = list(places(case))
    return random.Random(f"{SEED} {name}").sample(found, min(MOST, len(found)))


TYPES = sorted({path.parent.name for path in CASES_FOLDER.glob("*/*")})


@pytest.mark.parametrize("check_type", TYPES)
def test_no_verdict_rests_on_a_masked_value(check_type: str) -> None:
    found = []
    for name in sorted(CASES):
        if name.startswith((f"{check_type}/", f"{check_type}-")):
            judge, case = CASES[name]()
            found += [
                f"{name}: {said}" for p in drawn(name, case) if (said := wrong(judge, case, p))
            ]
    assert found == []


def test_places_of_every_kind_are_masked() -> None:
    """A test that masked nothing would pass."""
    kinds = set()
    for name, make in CASES.items():
        for path in drawn(name, make()[1]):
            kinds.add(next(word for word in ("argv", "env", "yaml", *path) if word in path))
    assert kinds >= {"argv", "env", "yaml", "configz", "lists"}


def test_a_rule_that_reads_a_mask_is_caught() -> None:
    case = {"nodes": {"a": {"run": [{"component": "etcd", "argv": ["--x=true"]}]}}}

    def careless(body: Mapping[str, Any]) -> tuple[Outcome, ...]:
        good = body["nodes"]["a"]["run"][0]["argv"][0] != "--x=true"
        verdict = Verdict.PASS if good else Verdict.FAIL
        return (outcome(verdict),)

    (path,) = places(case)
    assert wrong(careless, case, path)
    assert not wrong(lambda _: (outcome(Verdict.PASS),), case, path)


def outcome(verdict: Verdict) -> Outcome:
    return Outcome(
        subject="node/a", verdict=verdict, reason=Reason.PASS_EXPLICIT, explanation="x.",
        actual="x", expected="y",
    )  # fmt: skip
