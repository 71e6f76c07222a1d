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


def _unwrapped(text: str) -> str:
    return text.replace("\n     ", " ")


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
    assert [line[:10] for line in lines if line.startswith("fail ")] == [
        "fail 4.1.1", "fail 5.1.4", "fail 1.2.1",
    ]  # fmt: skip
    assert "     and 2 more open failures" in lines
    assert lines[-1] == "wrote into out: assessment.json, report.xlsx, report.md"


def test_it_says_what_people_and_other_assessments_bring(
    lines: list[str], assessment: Assessment
) -> None:
    text = _unwrapped("\n".join(lines))
    assert (
        "\naccepted risks: 1 of 6 failing; leaving out these failures, the score is 54.5%; "
        "waivers without effect: 1 stale, 1 too-broad, 1 expired, 1 not-yet-valid, 1 unused\n"
    ) in text
    stale = assessment.summary.stale_reviews
    assert stale > 0
    in_effect = sum(assessment.summary.by_review.values())
    assert f"\nreviews: {stale} stale, in effect {in_effect} (4 agree, " in text
    changed = "1 new, 1 resolved, 1 changed, 1 changed-responsibility, 1 incomparable"
    limit = "The older run saw 3 nodes, this one 2."
    assert f"\nsince 2025-11-01: {changed}; limit: {limit}\n" in text
    assert "\nWho must act on the failures: the provider on 1, the customer on 2, " in text
    assert " Waivers accept 1 failure whole: 1.2.3.\n" in text
    assert "\nkube-bench decides otherwise on " in text
    bare = summary_text(build(people=False), PATHS)
    for word in ("accepted risks", "reviews:", "since ", "kube-bench", "Who must act"):
        assert word not in bare


def test_parties_are_shown_where_there_is_room(assessment: Assessment) -> None:
    text = summary_text(replace(build(people=False), crosswalks=(), notices=()), PATHS)
    for party in assessment.summary.by_party:
        assert f"\n{party} answers" in text


def test_sections_are_shown_where_people_said_little() -> None:
    made = build(people=False)
    lines = summary_text(made, PATHS).split("\n")
    assert any(line.startswith("5 Policies") for line in lines)
    assert "     and 3 more failing controls" in lines
    assert len(lines) <= LINES


@pytest.mark.parametrize("width", [60, 72, 80, 100, None])
def test_what_people_said_is_never_cut(width: int | None) -> None:
    made = build(texts=("plain", "words"))
    text = _unwrapped(summary_text(made, PATHS, width=width))
    for told in (
        "Waivers accept 1 failure whole: 1.2.3.",
        "1 stale, 1 too-broad, 1 expired, 1 not-yet-valid, 1 unused\n",
        "1 fail, 2 need-more-evidence, 1 not-applicable, 3 pass)\n",
    ):
        assert told in text


def test_waivers_that_accept_nothing_promise_no_other_score() -> None:
    made = build(texts=("plain", "words"))
    summary = replace(made.summary, waived=0)
    text = _unwrapped(summary_text(replace(made, summary=summary), PATHS))
    assert "\naccepted risks: none of 6 failing; waivers without effect: 1 stale" in text


def test_a_log_gets_whole_lines_of_everything(assessment: Assessment) -> None:
    notices = tuple(f"notice {n} " + "word " * 60 + "end" for n in range(3))
    made = replace(assessment, notices=notices)
    paths = tuple(f"some/folder/report-{n}.csv" for n in range(12))
    lines = summary_text(made, paths, width=None).split("\n")
    assert [line for line in lines if line.startswith("note: ")] == [
        f"note: {notice}" for notice in notices
    ]
    assert sum(line.startswith("fail ") for line in lines) == 5
    assert all(any(line.startswith(f"{party} answers") for line in lines)
               for party in assessment.summary.by_party)  # fmt: skip
    assert lines[-1].endswith("report-10.csv, report-11.csv")


def test_a_note_is_wrapped_at_words_where_there_is_room() -> None:
    made = replace(build(people=False), crosswalks=(), notices=("word " * 40 + "end",))
    lines = summary_text(made, PATHS).split("\n")
    (first,) = (n for n, line in enumerate(lines) if line.startswith("note: "))
    assert " ".join(lines[first : first + 3]).split() == ["note:", *["word"] * 40, "end"]
    assert lines[first].endswith(" word")


def test_a_long_name_is_shown_in_part() -> None:
    made = build()
    controls = tuple(replace(c, title="Name" * 60) for c in made.controls)
    text = summary_text(replace(made, controls=controls), PATHS)
    assert "\nfail 4.1.1   NameName" in text


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
    assert max(map(len, shown)) <= width
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


@pytest.mark.parametrize("notices", [0, 1, 3, 7])
def test_notes_are_seen_and_leave_room(assessment: Assessment, notices: int) -> None:
    made = replace(
        assessment,
        notices=tuple(f"notice {n} " + "x " * 400 for n in range(notices)),
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
    last = [n for n, line in enumerate(lines) if line.endswith(" x ~")]
    assert len(last) == len(notes)
    assert ("3 of 7 notes:" in lines[1]) == (notices > 3)
    assert sum(line.startswith("fail ") for line in lines) >= 3
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
