"""No format turns an open question, or a failure, into a pass: in the table and in the files."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from analyzer.cli import main
from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports import REPORTS, render
from analyzer.reports.assessment_json import read, write
from analyzer.reports.exports.mapping import PARTIAL, WORDS, words_of
from tests.reports.builder import build

EXPORTS = ("csv", "junit", "kube-bench")
GOOD = {"PASS", "passed", "pass"}
"""What the formats call a pass."""
OPEN = (Verdict.MANUAL, Verdict.NO_EVIDENCE, Verdict.ERROR)


def kube_bench_words(a: Assessment) -> Mapping[str, str]:
    document = json.loads(render("kube-bench", a)["kube-bench.json"])
    groups = [group for chapter in document["Controls"] for group in chapter["tests"]]
    return {r["test_number"]: r["status"] for group in groups for r in group["results"]}


def junit_words(a: Assessment) -> Mapping[str, str]:
    root = fromstring(render("junit", a)["junit.xml"])
    found = {}
    for case in root.iter("testcase"):
        answers = [part.tag for part in case if part.tag != "system-out"]
        assert len(answers) <= 1
        found[case.get("name", "").split(" ")[0]] = answers[0] if answers else "passed"
    return found


def csv_words(a: Assessment) -> Mapping[str, str]:
    text = render("csv", a)["controls.csv"].decode("utf-8-sig")
    rows = csv.DictReader(StringIO(text, newline=""))
    return {row["Recommendation #"]: row["Verdict"] for row in rows}


READERS = {"csv": csv_words, "junit": junit_words, "kube-bench": kube_bench_words}


def test_every_verdict_has_words() -> None:
    assert set(WORDS) == set(Verdict)


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASS])
def test_table_keeps_pass_for_passes(verdict: Verdict) -> None:
    words = WORDS[verdict]
    assert not {words.kube_bench, words.junit, words.xccdf} & GOOD


@pytest.mark.parametrize("verdict", OPEN)
def test_open_questions_stay_in_sight(verdict: Verdict) -> None:
    """Readers of kube-bench's JSON show FAIL and WARN, and pass over PASS and INFO."""
    assert WORDS[verdict].kube_bench == "WARN"
    assert WORDS[verdict].junit in {"skipped", "error"}


@pytest.mark.parametrize("name", EXPORTS)
def test_files_keep_pass_for_whole_passes(name: str, assessment: Assessment) -> None:
    words = READERS[name](assessment)
    assert list(words) == [control.id for control in assessment.controls]
    for control in assessment.controls:
        whole = control.verdict is Verdict.PASS and (name == "csv" or not control.partial)
        assert (words[control.id] in GOOD) == whole, (control.id, words[control.id])


@pytest.mark.parametrize("name", EXPORTS)
def test_one_reading_of_each_verdict(name: str, assessment: Assessment) -> None:
    """Whatever else a control carries, its verdict's word is the same in the whole file."""
    words = READERS[name](assessment)
    by_verdict: dict[Verdict, set[str]] = {}
    for control in assessment.controls:
        if not control.partial:
            by_verdict.setdefault(control.verdict, set()).add(words[control.id])
    assert set(by_verdict) == set(Verdict)
    assert all(len(used) == 1 for used in by_verdict.values()), by_verdict


@pytest.mark.parametrize(
    ("name", "word"), [("csv", "fail"), ("junit", "failure"), ("kube-bench", "FAIL")]
)
def test_waived_failures_stay_failures(name: str, word: str, assessment: Assessment) -> None:
    waived = [c.id for c in assessment.controls if c.waiver and c.waiver.waived]
    assert len(waived) == 2
    assert {READERS[name](assessment)[control] for control in waived} == {word}


def test_partial_pass_is_no_pass_outside() -> None:
    control = next(c for c in build().controls if c.verdict is Verdict.PASS)
    assert words_of(replace(control, partial=True)) == PARTIAL
    assert not {PARTIAL.kube_bench, PARTIAL.junit, PARTIAL.xccdf} & GOOD


@pytest.mark.parametrize("name", EXPORTS)
def test_same_bytes_again_and_from_the_kept_assessment(name: str, assessment: Assessment) -> None:
    once = render(name, assessment)
    assert render(name, build()) == once
    assert render(name, read(write(assessment), where="kept")) == once
    assert list(once) == list(REPORTS[name].files)


def test_samples_keep_every_open_question(tmp_path: Path) -> None:
    """Written by the command, over real evidence; some of its passes are partial ones."""
    bundles = str(Path(__file__).parents[3] / "samples" / "bundles")
    words = ["analyze", bundles, "--benchmark", "cis-1.12", "--format", "json,junit,kube-bench"]
    assert main([*words, "-o", str(tmp_path)]) == 0
    kept = read((tmp_path / "assessment.json").read_bytes(), where="kept").controls
    whole = {c.id for c in kept if c.verdict is Verdict.PASS and not c.partial}
    failed = {c.id for c in kept if c.verdict is Verdict.FAIL}
    assert len({c.id for c in kept if c.verdict is Verdict.PASS} - whole) > 1
    bench = json.loads((tmp_path / "kube-bench.json").read_bytes())
    junit = fromstring((tmp_path / "junit.xml").read_bytes())
    assert bench["Totals"]["total_pass"] == len(whole)
    assert bench["Totals"]["total_fail"] == len(failed)
    silent = {
        case.get("name", "").split(" ")[0]
        for case in junit.iter("testcase")
        if {part.tag for part in case} == {"system-out"}
    }
    assert silent == whole
    assert int(junit.get("failures", "")) == len(failed)


def test_documented_table_is_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "exports.md").read_text(encoding="utf-8")
    rows = {"`pass`, some nodes only": PARTIAL} | {f"`{v.value}`": w for v, w in WORDS.items()}
    for verdict, words in rows.items():
        line = f"| {verdict} | `{words.kube_bench}` | {words.junit} | `{words.xccdf}` |"
        assert line in page.splitlines(), line
