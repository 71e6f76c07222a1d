"""kube-bench's JSON in its three forms, and what is refused."""

import json
import random
from typing import Any

import pytest

from analyzer.formats import kube_bench_json
from analyzer.formats.kube_bench_json import KubeBenchResult, read_kube_bench
from analyzer.model.errors import UserFileError
from tests.third_party.shapes import groups, whole

LINES = [
    ["master", "cis-1.10", "1.1.1", "PASS"],
    ["etcd", "cis-1.10", "2.1", "FAIL"],
    ["policies", "cis-1.10", "5.1.1", "WARN", "Test marked as a manual test"],
]
READ = (
    KubeBenchResult(
        control="1.1.1", role="master", version="cis-1.10", word="PASS", detail="permissions=600"
    ),
    KubeBenchResult(
        control="2.1", role="etcd", version="cis-1.10", word="FAIL", detail="permissions=600"
    ),
    KubeBenchResult(
        control="5.1.1", role="policies", version="cis-1.10", word="WARN",
        detail="Test marked as a manual test",
    ),
)  # fmt: skip
ONE = groups(LINES[:1])[0]


def lines(values: list[Any], end: bytes = b"\n") -> bytes:
    return end.join(json.dumps(value).encode() for value in values) + end


@pytest.mark.parametrize(
    "data",
    [
        whole(LINES),
        json.dumps(groups(LINES), indent=2).encode(),
        lines(groups(LINES)),
        lines(groups(LINES), b"\r\n\r\n"),
    ],
    ids=["with-totals", "bare-list", "object-a-part", "object-a-part-crlf"],
)
def test_every_form_reads_the_same(data: bytes) -> None:
    run = read_kube_bench(data, "k.json")
    assert run.results == READ
    assert run.detected == "1.30"


def test_one_part_by_itself() -> None:
    assert read_kube_bench(json.dumps(ONE).encode(), "k.json").results == READ[:1]


def test_empty_lists_are_null_in_go() -> None:
    empty = {"id": "4", "version": "cis-1.10", "node_type": "node", "tests": None}
    hollow = {**empty, "tests": [{"section": "4.1", "results": None}]}
    document = {"Controls": [empty, hollow, *groups(LINES)], "Totals": {}}
    assert read_kube_bench(json.dumps(document).encode(), "k.json").results == READ


def test_fields_may_be_missing_or_more() -> None:
    bare = {"tests": [{"results": [{"test_number": "1.1.1", "status": "PASS", "new": {"a": [1]}}]}]}
    (found,) = read_kube_bench(json.dumps([bare]).encode(), "k.json").results
    assert found == KubeBenchResult(control="1.1.1", role="", version="", word="PASS", detail="")


def test_texts_are_cut_and_kept_as_they_are() -> None:
    line = [
        "m" * 99,
        "v" * 99,
        "9" * 99,
        "\u202eSSAP" + "!" * 99,
        "=cmd|'/C calc'!A0 " + "x" * 9_999,
    ]
    (found,) = read_kube_bench(whole([line]), "k.json").results
    assert max(map(len, (found.role, found.version, found.control, found.word))) == 40
    assert len(found.detail) == 4_000
    assert found.word.startswith("\u202eSSAP")
    assert found.detail.startswith("=cmd|")


def _with(**fields: Any) -> bytes:
    return json.dumps([{**ONE, **fields}]).encode()


def _result(**fields: Any) -> bytes:
    one = {**ONE["tests"][0]["results"][0], **fields}
    return _with(tests=[{"results": [{key: v for key, v in one.items() if v is not ...}]}])


REFUSED = {
    "nothing": (b"", "not JSON"),
    "text": (b"[PASS] 1.1.1 Ensure that\n", "not JSON"),
    "text-lines": (b"[INFO] 1 Master\n[PASS] 1.1.1 Ensure that\n", "not JSON"),
    "utf-16": (whole(LINES).decode().encode("utf-16"), "not UTF-8"),
    "cut": (whole(LINES)[:-40], "not JSON"),
    "null": (b"null", "holds no results"),
    "number": (b"1", "not a list of objects"),
    "list-of-numbers": (b"[1]", "not a list of objects"),
    "another-object": (b'{"results": []}', "no field tests"),
    "an-assessment": (b'{"schema": "assessment.v1", "controls": []}', "no field tests"),
    "no-parts": (b'{"Controls": null, "Totals": {}}', "holds no results"),
    "no-results": (_with(tests=[]), "holds no results"),
    "controls-object": (b'{"Controls": {}}', "Controls is not a list"),
    "tests-text": (_with(tests="x"), "tests is not a list"),
    "results-text": (_with(tests=[{"results": "x"}]), "results is not a list"),
    "version-number": (_with(version=1.5), "version is not text"),
    "number-missing": (_result(test_number=...), "lacks its number"),
    "number-empty": (_result(test_number=" "), "lacks its number"),
    "status-missing": (_result(status=...), "lacks its number or its status"),
    "status-true": (_result(status=True), "status is not text"),
    "reason-object": (_result(reason={"a": 1}), "reason is not text"),
    "repeated-key": (b'{"Controls": [], "Controls": []}', "repeated"),
    "half-a-character": (b'[{"tests": [{"results": [{"test_number": "\\ud800"}]}]}]', "surrogate"),
    "deep": (b"[" * 1_000 + b"]" * 1_000, "nested"),
    "deep-line": (b'{"tests": ' + b"[" * 100 + b"]" * 100 + b"}\n{}\n", "nested|not JSON"),
    "not-a-number": (b'{"Controls": NaN}', "NaN"),
    "many-lines": (b"{}\n" * 5_000, "not JSON"),
}


@pytest.mark.parametrize(("data", "what"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_place_and_advice(data: bytes, what: str) -> None:
    with pytest.raises(UserFileError, match=what) as refusal:
        read_kube_bench(data, "k.json")
    assert refusal.value.where == "k.json"
    assert "--json" in refusal.value.advice


def test_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_bench_json, "LIMIT_BYTES", 1 << 20)
    with pytest.raises(UserFileError, match="larger than 1 MiB"):
        read_kube_bench(b" " * ((1 << 20) + 1), "k.json")


def test_too_many_results_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_bench_json, "_MOST_RESULTS", 2)
    assert len(read_kube_bench(whole(LINES[:2]), "k.json").results) == 2
    with pytest.raises(UserFileError, match="more than 2 results"):
        read_kube_bench(whole(LINES), "k.json")


def test_damaged_files_are_read_or_refused_and_nothing_else() -> None:
    dice, good = random.Random(4), whole(LINES)
    refused = 0
    for _ in range(2_000):
        data = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 3)] = dice.choice(
                (b"", b'"', b"[", b"}", b"null", b"\\")
            )
        try:
            assert read_kube_bench(bytes(data), "k.json").results
        except UserFileError:
            refused += 1
    assert 500 < refused < 2_000
