"""The sample cluster as a person read it, control by control, beside what the tool says.

``reading.cis-1.12.csv`` was written from the raw files and lists before any verdict was looked
at. ``kube_bench`` is the word that kube-bench 0.15.6 has for the same cluster by its published
configuration, told without a run of it; section 4 has the worse word of the two nodes.
"""

import csv
import io
import re
from collections import Counter

import pytest

from tests.golden.regenerate import HERE, RUNS, table

READING = {
    row["id"]: row
    for row in csv.DictReader(
        (HERE / "reading.cis-1.12.csv").read_text(encoding="utf-8").splitlines()
    )
}
DOCUMENT = (HERE.parents[1] / "docs" / "readings.md").read_text(encoding="utf-8")
SAME_MEANING = {("pass", "PASS"), ("fail", "FAIL"), ("manual", "WARN")}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    judged = csv.DictReader(io.StringIO(table(RUNS["self-managed.cis-1.12"])))
    return {row["id"]: row["verdict"] for row in judged}


def test_every_control_was_read(verdicts: dict[str, str]) -> None:
    assert list(READING) == list(verdicts)


@pytest.mark.parametrize("control", READING)
def test_tool_agrees_with_the_reading(control: str, verdicts: dict[str, str]) -> None:
    row = READING[control]
    assert verdicts[control] == row["verdict"], row["reading"]


def test_every_reading_gives_its_reason_in_one_line() -> None:
    odd = [
        control
        for control, row in READING.items()
        if not row["reading"].endswith(".") or any("\n" in value for value in row.values())
    ]
    assert odd == []


def test_every_other_meaning_of_the_peer_is_explained() -> None:
    assert {row["kube_bench"] for row in READING.values()} <= {"PASS", "FAIL", "WARN", "INFO"}
    unexplained = [
        control
        for control, row in READING.items()
        if (row["verdict"], row["kube_bench"]) not in SAME_MEANING
        and not row["difference"].endswith(".")
    ]
    assert unexplained == []


def test_document_counts_what_was_read() -> None:
    told = re.findall(r"^\| ([a-z-]+) \| ([A-Z]+) \| (\d+) \|", DOCUMENT, re.MULTILINE)
    counts = Counter((row["verdict"], row["kube_bench"]) for row in READING.values())
    assert {(ours, theirs): int(number) for ours, theirs, number in told} == counts
