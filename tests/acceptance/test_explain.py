"""``explain``: every control of every benchmark, and the whole trace behind every verdict."""

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.checks import CHECK_TYPES
from analyzer.cli import main
from analyzer.cli.explain import rule_lines
from analyzer.cli.explain_trace import trace_lines
from analyzer.cli.kept import load_assessment

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = str(ROOT / "samples" / "bundles")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain")
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(folder)]
    assert main(["analyze", BUNDLES, *words]) == 0
    return folder / "assessment.json"


@pytest.mark.parametrize("benchmark", known_benchmarks())
def test_every_control_says_what_decides_it(benchmark: str) -> None:
    loaded = load_benchmark(benchmark, CHECK_TYPES)
    for control in loaded.controls:
        said = "\n".join(rule_lines(loaded, control))
        for label in ("rule:", "decides:", "provable:", "needs:", "remediation:", "source:"):
            assert f"  {label}" in said, f"{benchmark} {control.id} lacks {label}"
        for key in control.check.needs:
            assert key in said


@pytest.mark.parametrize(
    ("benchmark", "number", "words"),
    [
        ("cis-1.5", "1.2.2", "the flag --basic-auth-file exists up to Kubernetes 1.18; "),
        ("cis-1.12", "1.2.3", "DenyServiceExternalIPs exists from Kubernetes 1.21; "),
        ("cis-1.20", "5.2.1", "PodSecurityPolicy exists up to Kubernetes 1.24; "),
    ],
)
def test_the_lifetime_of_what_a_rule_is_about(
    benchmark: str, number: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", number, "--benchmark", benchmark]) == 0
    (line,) = [at for at in capsys.readouterr().out.splitlines() if at.startswith("  lifetime:")]
    assert words in line


def test_trace_holds_all_that_the_assessment_knows(kept: Path) -> None:
    assessment = load_assessment(kept)
    controls: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8"))["controls"]
    for control in controls:
        said = "\n".join(trace_lines(assessment, control["id"]))
        assert control["verdict"] in said
        for finding in control["findings"]:
            assert f"    {finding['subject']}: {finding['verdict']} ({finding['reason']})" in said
            for text in (finding["explanation"], finding["actual"], *finding["notes"]):
                assert text in said, control["id"]
            for entry in finding["evidence"]:
                assert f"      {entry} bundle of " in said


def test_a_topic_stands_for_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "api-profiling", "--benchmark", "cis-1.12"]) == 0
    said = capsys.readouterr().out
    assert main(["explain", "1.2.15", "--benchmark", "cis-1.12"]) == 0
    assert capsys.readouterr().out == said


def test_missing_evidence_comes_with_its_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api = str(ROOT / "samples" / "bundles" / "api.tar.gz")
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    assert main(["analyze", api, *words]) == 0
    capsys.readouterr()
    assert main(["explain", "1.2.15", str(tmp_path / "assessment.json")]) == 0
    said = capsys.readouterr().out
    assert "missing: process/kube-apiserver" in said
    assert "collect: sudo sh node.sh" in said
