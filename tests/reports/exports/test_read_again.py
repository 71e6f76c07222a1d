"""Our kube-bench.json, read back by our own reader of kube-bench's results."""

from pathlib import Path

import pytest

from analyzer.formats.kube_bench_json import read_kube_bench
from analyzer.model.assertion import Agreement
from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.pipeline.third_party import load_third_party, third_party
from analyzer.reports import render
from analyzer.reports.exports.mapping import words_of


@pytest.fixture(scope="module")
def content(assessment: Assessment) -> bytes:
    return render("kube-bench", assessment)["kube-bench.json"]


def test_every_control_comes_back(content: bytes, assessment: Assessment) -> None:
    run = read_kube_bench(content, "kube-bench.json")
    assert run.detected == assessment.cluster.kubernetes_version
    assert {result.version for result in run.results} == {assessment.benchmark_id}
    assert [(result.control, result.word) for result in run.results] == [
        (control.id, words_of(control).kube_bench) for control in assessment.controls
    ]


def test_beside_ourselves_nothing_differs(
    content: bytes, assessment: Assessment, tmp_path: Path
) -> None:
    file = tmp_path / "kube-bench.json"
    file.write_bytes(content)
    other = third_party(assessment, load_third_party(file))
    assert other.comparable
    verdicts = {control.id: control for control in assessment.controls}
    for row in other.results:
        control = verdicts[row.control]
        expected = {
            Verdict.PASS: Agreement.ONLY_OURS if control.partial else Agreement.AGREES,
            Verdict.FAIL: Agreement.AGREES,
        }.get(control.verdict, Agreement.NEITHER)
        assert row.agreement is expected, row.control
