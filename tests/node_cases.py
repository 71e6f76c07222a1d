"""The folders of tests/cases that are over the evidence of nodes, and how one is judged."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analyzer.catalogue.binding import bind
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.definitions import CheckSpec, load_definitions
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.formats.strict_yaml import load_strict
from analyzer.model.context import Context
from analyzer.model.outcome import Check, Outcome
from tests import case_evidence
from tests.evidence_builder import context

CASES = Path(__file__).resolve().parent / "cases"
STANDARD = {
    "address-filter": {"passes", "fails", "absent", "unreadable", "malformed", "near-miss"},
    "admission-plugin": {"passes", "fails", "default-applies", "absent", "unreadable", "redacted"},
    "anonymous-requests": {"passes", "fails", "default-applies", "absent", "unreadable"},
    "audit-coverage": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "audit-policy": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "cipher-suites": {"passes", "fails", "default-applies", "absent", "unreadable", "redacted"},
    "credential-facts": {"passes", "default-applies", "absent", "unreadable", "redacted"},
    "encryption": {"passes", "fails", "default-applies", "absent", "unreadable", "malformed"},
    "file-mode": {"passes", "fails", "absent", "unreadable"},
    "file-owner": {"passes", "fails", "absent", "unreadable"},
    "separate-authorities": {"passes", "fails", "default-applies", "absent", "unreadable"},
    "setting": {
        "passes",
        "fails",
        "default-applies",
        "absent",
        "unreadable",
        "repeated",
        "malformed",
        "near-miss",
        "redacted",
        "truncated",
    },
}
"""Cases that a check type over node evidence has to have; API types have a runner of their own."""

FOUND = sorted(p for t in sorted(STANDARD) for p in CASES.glob(f"{t}/*/case.yaml"))


def read_case(path: Path) -> Mapping[str, Any]:
    loaded = load_strict(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def check_of(case: Mapping[str, Any], check_type: str) -> Check:
    if "topic" in case:
        spec = load_definitions()[case["topic"]].spec
        spec = replace(spec, params={**spec.params, **(case.get("check") or {})})
        assert spec.type == check_type
    else:
        spec = CheckSpec(type=check_type, params=case.get("check") or {}, parts=())
    return bind(spec, CHECK_TYPES, where="case")


def settings_of(case: Mapping[str, Any]) -> Context:
    return context(
        version=case.get("version", "1.32"),
        kubelet_versions=case.get("kubelets") or {},
        reading=case.get("reading", "effective"),
        defaults=load_defaults(),
        policy=load_policy(None),
    )


def evaluate(case: Mapping[str, Any], check_type: str) -> tuple[Outcome, ...]:
    return check_of(case, check_type).evaluate(case_evidence.build(case), settings_of(case))


def case_id(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.parent.name}"
