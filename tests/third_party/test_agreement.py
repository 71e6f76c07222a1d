"""Another tool's words beside our verdicts: ``cases.yaml``; and that ours never move."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.model.assertion import Agreement
from analyzer.model.errors import UserFileError
from analyzer.pipeline.third_party import OtherResult, load_third_party, third_party
from analyzer.reports.assessment_json import read, write
from analyzer.reports.markdown_third_party import third_party as chapter
from tests.diff.small import assessment
from tests.reports import builder
from tests.third_party.shapes import whole

HERE = Path(__file__).resolve().parent
CASES = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))


def loaded(folder: Path, lines: list[list[str]]) -> OtherResult:
    path = folder / "kube-bench.json"
    path.write_bytes(whole(lines))
    return load_third_party(path)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    ours = {number: {"verdict": word} for number, word in case["ours"].items()}
    spec = {"controls": ours, "benchmark": case.get("benchmark", "cis-1.10")}
    found = third_party(assessment(spec, "a"), loaded(tmp_path, case["theirs"]))
    assert [[row.control, row.agreement.value] for row in found.results] == case["rows"]
    assert found.comparable is case.get("comparable", True)
    assert case.get("why", "") in found.why
    for row in found.results:
        assert row.detail.startswith(case.get("detail", ""))


def test_cases_hold_every_agreement() -> None:
    assert {word for case in CASES for _, word in case["rows"]} == set(Agreement)


def test_nothing_of_ours_moves(tmp_path: Path) -> None:
    """Every verdict, disposition, share and count stays, whatever the other tool says."""
    ours = replace(builder.build(), third_party=())
    for word in ("PASS", "FAIL", "WARN", "INFO", "ELSE"):
        other = loaded(tmp_path, [["master", "cis-1.10", c.id, word] for c in ours.controls])
        after = replace(ours, third_party=(third_party(ours, other),))
        before, now = (json.loads(write(one)) for one in (ours, after))
        assert {key for key in now if now[key] != before[key]} == {"third_party"}


def test_the_file_can_be_told_again_by_its_hash(tmp_path: Path) -> None:
    other = loaded(tmp_path, [["master", "cis-1.10", "1.2.1", "PASS"]])
    a = assessment({"controls": {"1.2.1": {"findings": {"node/cp-1": "pass"}}}}, "a")
    found = third_party(a, other)
    content = (tmp_path / "kube-bench.json").read_bytes()
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.tool == "kube-bench"
    assert "It saw Kubernetes 1.30." in found.why
    with_it = replace(a, third_party=(found,))
    assert read(write(with_it)) == with_it


SECRETS = (
    "etcd --token=" + "eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0." + "c2ln" * 20,
    "x " * 145 + "eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0." + "c2ln" * 20,
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq98WQm1xkz\n",
)


@pytest.mark.parametrize("secret", SECRETS, ids=["token", "token-across-the-cut", "key"])
def test_what_looks_like_a_secret_is_held_back(secret: str, tmp_path: Path) -> None:
    a = assessment({"controls": {"1.2.1": {"verdict": "pass"}}}, "a")
    lines = [["master", "cis-1.10", "1.2.1", word, secret] for word in ("PASS", "FAIL")]
    for row in third_party(a, loaded(tmp_path, lines)).results:
        assert "held back" in row.detail
        assert "eyJ" not in row.detail
        assert "MII" not in row.detail


def test_a_long_detail_is_cut(tmp_path: Path) -> None:
    a = assessment({"controls": {"1.2.1": {"verdict": "pass"}}}, "a")
    other = loaded(tmp_path, [["master", "cis-1.10", "1.2.1", "PASS", "flag " * 99]])
    (row,) = third_party(a, other).results
    assert len(row.detail) == 300
    assert row.detail.endswith(" …")


def test_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    lines = [
        ["node", "cis-1.10", f"4.2.{n}", word] for n in (1, 2, 10) for word in ("PASS", "FAIL")
    ]
    a = assessment({"controls": {"4.2.1": {"verdict": "pass"}}}, "a")
    there, back = (third_party(a, loaded(tmp_path, one)) for one in (lines, lines[::-1]))
    assert there.results == back.results


def test_what_only_they_call_a_failure_stands_first(tmp_path: Path) -> None:
    verdicts = {"1.2.1": "fail", "1.2.2": "pass", "1.2.3": "manual", "1.2.4": "manual"}
    words = {"1.2.1": "PASS", "1.2.2": "FAIL", "1.2.3": "PASS", "1.2.4": "FAIL"}
    a = assessment({"controls": {n: {"verdict": word} for n, word in verdicts.items()}}, "a")
    other = loaded(tmp_path, [["master", "cis-1.10", n, word] for n, word in words.items()])
    text = "\n".join(chapter(replace(a, third_party=(third_party(a, other),))))
    places = [text.index(f"| {number} ") for number in ("1.2.2", "1.2.4", "1.2.1", "1.2.3")]
    assert places == sorted(places)


def test_chapter_is_bounded_and_absent_without_a_file(tmp_path: Path) -> None:
    a = assessment({"controls": {"1.2.1": {"verdict": "pass"}}}, "a")
    assert list(chapter(a)) == []
    other = loaded(tmp_path, [["node", "cis-1.10", "1.2.1", "FAIL"]] * 250)
    text = "\n".join(chapter(replace(a, third_party=(third_party(a, other),))))
    assert "50 more are in assessment.json." in text


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserFileError, match="not a file that exists"):
        load_third_party(tmp_path / "none.json")
