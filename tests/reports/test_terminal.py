"""The terminal summary: one screen, the facts, and no way to reach the terminal itself."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.assessment import Assessment
from analyzer.reports.terminal import LINES, WIDTH, summary_text
from tests.reports.builder import build

PATHS = ("out/assessment.json", "out/report.xlsx", "out/report.md")


@pytest.fixture(scope="module")
def lines(assessment: Assessment) -> list[str]:
    return summary_text(assessment, PATHS).split("\n")


def test_it_fits_one_screen(lines: list[str]) -> None:
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH


def test_it_says_what_matters(lines: list[str], assessment: Assessment) -> None:
    overall = next(line for line in lines if line.startswith("All controls")).split()
    assert overall[2:] == ["6", "6", "6", "6", "6", "6", "7", "50.0%", "40.0%"]
    assert any(line.startswith("5 Policies") for line in lines)
    assert [line for line in lines if line.startswith("note: ")] == [
        f"note: {notice}" for notice in assessment.notices
    ]
    differ = assessment.summary.readings_differ
    assert f"; reading effective, letter differs on {differ}" in lines[1]
    assert lines[2].startswith(f"why {assessment.benchmark_id}: Chosen because")
    assert "a move from cis-1.5 changes: " in "\n".join(lines)
    assert [line[:10] for line in lines if line.startswith("fail ")] == [
        "fail 4.1.1", "fail 5.1.4", "fail 1.2.1",
    ]  # fmt: skip
    assert "     and 2 more failing controls" in lines
    assert lines[-1] == "wrote into out: assessment.json, report.xlsx, report.md"


def test_it_says_what_people_and_other_assessments_bring(
    lines: list[str], assessment: Assessment
) -> None:
    text = "\n".join(lines)
    assert "\naccepted risks: 1 of 6 failing; score 54.5% without them; waivers without" in text
    stale = assessment.summary.stale_reviews
    assert stale > 0
    in_effect = sum(assessment.summary.by_review.values())
    assert f"\nreviews: {stale} stale, in effect {in_effect} (4 agree, " in text
    changed = "1 new, 1 resolved, 1 changed, 1 changed-responsibility, 1 incomparable"
    assert f"\nsince 2025-11-01: {changed}\n" in text
    assert "\nkube-bench decides otherwise on " in text
    bare = summary_text(build(people=False), PATHS)
    for word in ("accepted risks", "reviews:", "since ", "kube-bench"):
        assert word not in bare


def test_parties_are_shown_where_there_is_room(assessment: Assessment) -> None:
    text = summary_text(replace(build(people=False), crosswalks=(), notices=()), PATHS)
    for party in assessment.summary.by_party:
        assert f"\n{party} answers" in text


def test_a_failure_that_is_accepted_whole_is_none_of_the_worst(assessment: Assessment) -> None:
    accepted = [c.id for c in assessment.controls if c.waiver and c.waiver.complete]
    made = replace(assessment, crosswalks=(), notices=(), changes=None, third_party=())
    shown = summary_text(made, PATHS)
    assert accepted
    assert not any(f"\nfail {number:<8}" in shown for number in accepted)
    assert shown.count("\nfail ") == 5


@pytest.mark.parametrize("width", [60, 72, 80, 99, 100, 240])
def test_no_line_is_wider_than_the_window(assessment: Assessment, width: int) -> None:
    shown = summary_text(assessment, PATHS, width=width).split("\n")
    assert max(map(len, shown)) <= min(width, WIDTH)
    counts = next(line for line in shown if line.startswith("All")).split()
    assert counts[-2:] == ["50.0%", "40.0%"]
    assert counts.count("6") == (6 if width > 80 else 4)


def test_colour_is_on_verdict_words_and_nowhere_else(assessment: Assessment) -> None:
    plain = summary_text(assessment, PATHS)
    coloured = summary_text(assessment, PATHS, colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    painted = re.findall(r"\x1b\[[1-9][0-9;]*m(.*?)\x1b\[0m", coloured)
    heads = ["pass", "fail", "manual", "no-evid", "error", "n/a", "out"]
    assert painted == [*heads, *["fail"] * plain.count("\nfail ")]


def test_many_reports_are_counted() -> None:
    paths = tuple(f"some/folder/report-{n}.csv" for n in range(12))
    last = summary_text(build(), paths).split("\n")[-1]
    assert last == "wrote 12 files into some/folder"


@pytest.mark.parametrize(("notices", "failures"), [(0, 5), (1, 5), (3, 5), (7, 5)])
def test_notes_are_seen_and_leave_room(assessment: Assessment, notices: int, failures: int) -> None:
    made = replace(
        assessment,
        notices=tuple(f"notice {n} " + "x" * 200 for n in range(notices)),
        benchmark_why="Chosen by the user; it is written for Kubernetes 1.32.",
        crosswalks=(),
        changes=None,
        third_party=(),
    )
    lines = summary_text(made, PATHS).split("\n")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    notes = [line for line in lines if line.startswith("note: ")]
    assert [line[:14] for line in notes] == [f"note: notice {n}" for n in range(min(notices, 3))]
    assert all(line.endswith("x~") for line in notes)
    assert ("3 of 7 notes:" in lines[1]) == (notices > 3)
    assert sum(line.startswith("fail ") for line in lines) == failures
    assert lines[-1].startswith("wrote into out: ")


def test_nothing_was_decided_is_no_score() -> None:
    text = summary_text(build(findings_each=0))
    assert "n/a" in text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=30), min_size=2, max_size=6).map(tuple))
def test_no_control_character_reaches_the_terminal(texts: tuple[str, ...]) -> None:
    made = build(texts=texts, findings_each=1)
    shown = summary_text(made, texts)
    painted = summary_text(made, texts, colour=True)
    assert re.sub(r"\x1b\[(0|1;31|3[1-6])m", "", painted) == shown
    assert all(c == "\n" or c.isprintable() or ord(c) > 0x9F for c in shown)
    assert "\x1b" not in shown
    assert len(shown.split("\n")) <= LINES
