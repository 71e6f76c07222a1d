"""What a finding says of the default that it rests on."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from analyzer.catalogue.benchmarks import load_benchmark
from analyzer.checks import CHECK_TYPES
from analyzer.checks.compare import Expect, Kind
from analyzer.checks.setting import Setting
from analyzer.cli.explain import rule_lines
from analyzer.model.context import Default, Defaults
from analyzer.model.outcome import Outcome
from analyzer.model.version import Version
from tests.case_evidence import build
from tests.evidence_builder import context

CHECK = Setting(
    component="kube-apiserver",
    flags=("profiling",),
    kind=Kind.BOOLEAN,
    expect=Expect.EQUALS,
    value="false",
)
KNOWN = Default(
    component="kube-apiserver",
    name="profiling",
    value="false",
    since=Version(1, 20),
    until=None,
    when="always",
    source="a page",
    verified=True,
    checked_to=Version(1, 30),
)


def judged(default: Default, version: str) -> Outcome:
    """Judge an API server that runs without the flag."""
    entries = MappingProxyType({("kube-apiserver", "profiling"): (default,)})
    server = build({"nodes": {"cp": {"run": [{"component": "kube-apiserver"}]}}})
    found = CHECK.evaluate(server, context(version=version, defaults=Defaults(entries=entries)))
    return found[0]


def test_a_default_without_a_source_is_called_unverified() -> None:
    outcome = judged(replace(KNOWN, verified=False), "1.30")
    assert "by a page (unverified)" in outcome.explanation


@pytest.mark.parametrize(
    ("version", "said"),
    [("1.30", "by a page."), ("1.31", "by a page (checked up to Kubernetes 1.30 only)")],
)
def test_a_default_says_up_to_which_version_it_was_looked_up(version: str, said: str) -> None:
    outcome = judged(KNOWN, version)
    assert said in outcome.explanation
    assert f"default false (Kubernetes {version})" in outcome.actual


def test_no_default_is_taken_from_before_it_was_looked_up() -> None:
    assert judged(KNOWN, "1.19").verdict == "no-evidence"


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("api-profiling", "default:     profiling true, from 1.15"),
        ("cm-rotate-gate", "default:     RotateKubeletServerCertificate true, from 1.12"),
        ("adm-nslifecycle", "default:     admission-plugin.NamespaceLifecycle true, from 1.15"),
    ],
)
def test_explain_shows_the_defaults_of_flags_gates_and_plugins(topic: str, said: str) -> None:
    benchmark = load_benchmark("cis-1.12", CHECK_TYPES)
    control = next(c for c in benchmark.controls if c.definition.topic == topic)
    assert said in "\n".join(rule_lines(benchmark, control))
