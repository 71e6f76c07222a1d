"""The terminal summary: one screen, the facts, and no way to reach the terminal itself."""

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
    assert [line for line in lines if line.startswith("note: ")] == [
        f"note: {notice}" for notice in assessment.notices
    ]
    differ = assessment.summary.readings_differ
    assert f"; reading effective, letter differs on {differ}" in lines[1]
    assert lines[2].startswith(f"why {assessment.benchmark_id}: Chosen because")
    assert "a move from cis-1.5 changes: " in "\n".join(lines)
    assert sum(line.startswith("fail ") for line in lines) == 1
    assert "     and 5 more failing controls" in lines
    assert lines[-3:] == [f"wrote {path}" for path in PATHS]
    for party in assessment.summary.by_party:
        assert any(line.startswith(f"{party} answers") for line in lines)


@pytest.mark.parametrize(("notices", "failures"), [(0, 5), (1, 4), (3, 2), (7, 2)])
def test_notes_are_seen_and_leave_room(assessment: Assessment, notices: int, failures: int) -> None:
    made = replace(
        assessment,
        notices=tuple(f"notice {n} " + "x" * 200 for n in range(notices)),
        benchmark_why="Chosen by the user; it is written for Kubernetes 1.32.",
        crosswalks=(),
    )
    lines = summary_text(made, PATHS).split("\n")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    notes = [line for line in lines if line.startswith("note: ")]
    assert [line[:14] for line in notes] == [f"note: notice {n}" for n in range(min(notices, 3))]
    assert all(line.endswith("x~") for line in notes)
    assert ("3 of 7 notes:" in lines[1]) == (notices > 3)
    assert sum(line.startswith("fail ") for line in lines) == failures
    assert lines[-3:] == [f"wrote {path}" for path in PATHS]


def test_nothing_was_decided_is_no_score() -> None:
    text = summary_text(build(findings_each=0))
    assert "n/a" in text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=30), min_size=2, max_size=6).map(tuple))
def test_no_control_character_reaches_the_terminal(texts: tuple[str, ...]) -> None:
    shown = summary_text(build(texts=texts, findings_each=1), texts)
    assert all(c == "\n" or c.isprintable() or ord(c) > 0x9F for c in shown)
    assert "\x1b" not in shown
    assert len(shown.split("\n")) <= LINES
