"""Sheets of waivers, changes and other tools, and the Cover: what an auditor reads off them."""

from dataclasses import replace

import pytest
from openpyxl import Workbook

from analyzer.model.assertion import Agreement
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.changes import Change
from analyzer.model.crosswalk import Effect
from analyzer.model.judgement import WaiverState
from analyzer.model.verdict import Verdict
from analyzer.reports.tables_waivers import WAIVERS
from analyzer.reports.words import UNSEEN
from analyzer.reports.workbook_style import WORD_COLOURS
from tests.reports.builder import build
from tests.reports.sheets import PLAIN, cover, records, remarks, written


@pytest.fixture(scope="module")
def book(assessment: Assessment) -> Workbook:
    return written(assessment)


# --- people and other tools ---


def test_waivers_show_state_and_dates(book: Workbook, assessment: Assessment) -> None:
    rows = records(book, "Waivers")
    assert [row["State"] for row in rows] == [w.state.value for w in assessment.waivers]
    for row, record in zip(rows, assessment.waivers, strict=True):
        assert row["Waiver"] == record.waiver.id
        assert row["Expires on"].strftime("%Y-%m-%d") == record.waiver.expires_on
        assert row["Digest now"] == record.digest_now
        assert row["Failures it names"] == record.findings
    assert rows[1]["Where"] == "nodes: cp-*\nnamespaces: shop"
    assert rows[0]["Where"] == "bound by its digest"


def test_a_waiver_without_place_and_digest_is_not_restricted() -> None:
    bare = build(texts=PLAIN)
    record = replace(bare.waivers[0], waiver=replace(bare.waivers[0].waiver, digest=""))
    assert list(WAIVERS.frame(replace(bare, waivers=(record,)))["Where"]) == ["not restricted"]


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2025-11-29T23:59:59Z", "begins in 2 days"),
        ("2025-12-01T00:00:00Z", "211 days left"),
        ("2026-06-29T12:00:00Z", "1 day left"),
        ("2026-06-30T23:59:59Z", "0 days left"),
        ("2026-07-01T00:00:00Z", "ended 1 day ago"),
        ("no time at all", ""),
    ],
)
def test_days_are_counted_to_the_day_of_the_assessment(as_of: str, said: str) -> None:
    a = replace(build(texts=PLAIN), as_of=as_of)
    assert set(WAIVERS.frame(a)["On the day of this report"]) == {said}


def test_waivers_are_always_there_the_others_when_given() -> None:
    bare = build(texts=PLAIN, people=False)
    a = replace(bare, crosswalks=())
    book = written(a)
    assert not {"Changes", "Third party", "Crosswalk"} & set(book.sheetnames)
    assert "No waiver was given" in str(book["Waivers"]["A2"].value)


def test_changes_show_both_sides(book: Workbook, assessment: Assessment) -> None:
    changes = assessment.changes
    assert changes is not None
    rows = records(book, "Changes")
    assert [row["Change"] for row in rows] == [change.value for change in Change]
    for row, change in zip(rows, changes.rows, strict=True):
        before = change.older.verdict.value if change.older else "no such control"
        now = change.newer.verdict.value if change.newer else "no such control"
        assert (row["Verdict before"], row["Verdict"]) == (before, now)


def test_other_tools_differences_come_first(book: Workbook, assessment: Assessment) -> None:
    rows = records(book, "Third party")
    order = [word.value for word in Agreement]
    found = [row["Agreement"] for row in rows]
    assert found == sorted(found, key=order.index)
    assert len(rows) == sum(len(tool.results) for tool in assessment.third_party)
    ours = {c.id: c.verdict.value for c in assessment.controls}
    assert all(row["Our verdict"] == ours[row["Recommendation #"]] for row in rows)
    assert "Their word: an assertion, not evidence" in rows[0]


def test_a_tool_that_judged_something_else_is_not_set_beside_our_verdict() -> None:
    bare = build(texts=PLAIN)
    tool = replace(bare.third_party[0], comparable=False)
    a = replace(bare, third_party=(tool,))
    rows = records(written(a), "Third party")
    assert {row["Our verdict"] for row in rows} == {""}


def test_words_of_every_kind_have_a_colour() -> None:
    words = [*Change, *Agreement, *Effect, *WaiverState]
    plain = {"not-comparable", "unused", "unchanged", "neither"}
    assert {word.value for word in words} <= set(WORD_COLOURS) | plain
    assert UNSEEN in WORD_COLOURS


def test_limits_and_meanings_stand_below_the_rows(book: Workbook, assessment: Assessment) -> None:
    changes = assessment.changes
    assert changes is not None
    before, *limits = remarks(book, "Changes")
    assert before == "Before: report 0123456789abcdef as of 2025-11-01T00:00:00Z, cis-1.10."
    assert limits == [f"Limit of the comparison: {limit}" for limit in changes.limits]
    assert "an assertion, not evidence" in remarks(book, "Third party")[0]
    assert [said.split(":")[0] for said in remarks(book, "Waivers")] == list(WaiverState)
    assert remarks(book, "Nodes")[0].startswith("not seen: ")


# --- cover ---


def test_cover_names_all_that_went_in(book: Workbook, assessment: Assessment) -> None:
    shown = cover(book)
    assert shown["Waivers file"] == f"SHA-256 {assessment.waivers_sha256}"
    assert shown["Reviews file"] == f"SHA-256 {assessment.reviews_sha256}"
    assert shown["Cluster"] == assessment.cluster.uid
    assert shown["Levels in scope"] == "1, 2"
    assert assessment.third_party[0].sha256 in shown["Other tool"]
    assert shown["Compared with"].startswith("report 0123456789abcdef as of 2025-11-01")
    assert "(7)" in shown["Contradictions"]


def test_cover_shows_the_worst_failures(book: Workbook, assessment: Assessment) -> None:
    rows = list(book["Cover"].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[:2] == ("Control", "What fails"))
    shown = [row[0] for row in rows[head + 1 : head + 6]]
    failing = [c for c in assessment.controls if c.verdict is Verdict.FAIL]
    covered = {c.id for c in failing if c.waiver and c.waiver.complete}
    assert set(shown) == {c.id for c in failing} - covered
    for place, number in enumerate(shown, start=head + 2):
        link = book["Cover"].cell(place, 1).hyperlink
        assert link is not None
        assert link.location is not None
        sheet, _, address = link.location.partition("!")
        assert book[sheet.strip("'")][address].value == number


def test_cover_says_what_prints(book: Workbook) -> None:
    said = " ".join(map(str, cover(book)))
    assert "Columns right of the printed area" not in said
    assert "sheet Controls prints the auditor's columns" in said


def test_cover_cuts_no_word() -> None:
    """The names of objects in a failure are long; half of one names nothing."""
    bare = build(texts=PLAIN, people=False)
    names = ", ".join(f"DaemonSet/monitoring/node-exporter-{n}" for n in range(20))
    a = replace(bare, controls=tuple(replace(c, explanation=names) for c in bare.controls))
    cells = [str(row[1]) for row in written(a)["Cover"].iter_rows(values_only=True)]
    shortened = [text.removesuffix(" ...") for text in cells if text.endswith(" ...")]
    assert shortened
    assert {text.rpartition(" ")[2] in names.split(" ") for text in shortened} == {True}


def test_cover_of_a_bare_run_says_that_nothing_was_given() -> None:
    a = build(texts=PLAIN, people=False)
    shown = cover(written(a))
    assert shown["Waivers file"] == shown["Reviews file"] == "none given"
    assert not {"Accepted risks", "Auditor", "Changes", "Other tools"} & set(shown)


def _without_contradictions(controls: tuple[ControlResult, ...]) -> tuple[ControlResult, ...]:
    return tuple(c for c in controls if c.responsibility.comparison.value != "contradicted")


def test_no_contradiction_is_said() -> None:
    bare = build(texts=PLAIN, people=False)
    a = replace(bare, controls=_without_contradictions(bare.controls), crosswalks=())
    shown = cover(written(a))
    assert shown["Contradictions"].startswith("None:")
