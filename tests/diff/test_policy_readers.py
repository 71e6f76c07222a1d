"""Which checks read which entry of the declared policy, as they do it on the samples."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli.opening import open_bundles
from analyzer.diff.sides import POLICY_READERS
from analyzer.model.benchmark import Control
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.outcome import Outcome
from analyzer.pipeline import judge
from analyzer.pipeline.run import Options, assess, prepare

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "bundles"
PRINTED = {
    "audit-log-maxage-days", "audit-log-maxbackup", "audit-log-maxsize-megabytes",
    "event-qps-maximum", "event-qps-minimum", "hostname-override", "minimum-pod-security-level",
    "request-timeout-maximum-seconds", "terminated-pod-gc-threshold-maximum",
}  # fmt: skip
"""Entries that a finding names in what it expects."""


class Recorded(Mapping[str, Any]):
    """A mapping that notes which check type asks for which key."""

    def __init__(self, inner: Mapping[str, Any], notes: dict[str, set[str]]) -> None:
        self.inner, self.notes, self.asking = inner, notes, ""

    def __getitem__(self, key: str) -> Any:
        self.notes[key].add(self.asking)
        return self.inner[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, set[str]], str]:
    """Judge the samples; return the check types that asked by policy entry, and all expected."""
    notes: dict[str, set[str]] = defaultdict(set)
    plan = prepare(Options(benchmarks=("cis-1.5", "cis-1.12")))
    values, lists = (Recorded(part, notes) for part in (plan.policy.values, plan.policy.lists))
    evaluate = judge._evaluate

    def noting(
        control: Control, evidence: ClusterEvidence, context: Context
    ) -> tuple[Outcome, ...]:
        values.asking = lists.asking = control.definition.type
        outcomes = evaluate(control, evidence, context)
        values.asking = lists.asking = ""  # reports print the policy, too
        return outcomes

    monkeypatch.setattr(judge, "_evaluate", noting)
    recording = replace(plan, policy=replace(plan.policy, values=values, lists=lists))
    made = assess(recording, open_bundles((SAMPLES,)), lambda _: None)
    findings = (f for one in made for control in one.controls for f in control.findings)
    return notes, " ".join(finding.expected for finding in findings)


def test_readers_are_known(judged: tuple[dict[str, set[str]], str]) -> None:
    asked, expected = judged
    for name, types in asked.items():
        if name in PRINTED:
            assert name in expected
        else:
            assert types - {""} <= POLICY_READERS[name], name


def test_every_entry_of_the_policy_is_printed_or_listed() -> None:
    policy = prepare(Options(benchmarks=("cis-1.12",))).policy
    assert {*policy.values, *policy.lists} == PRINTED | set(POLICY_READERS)
