"""Sheets of parties, requests, nodes, people and other tools: what an auditor reads off them."""

import re
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import takewhile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from analyzer.model.assertion import Agreement
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.changes import Change
from analyzer.model.crosswalk import Effect
from analyzer.model.judgement import WaiverState
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party
from analyzer.model.verdict import Verdict
from analyzer.reports import rendering_of
from analyzer.reports.tables_nodes import MOST_COLUMNS, NODES, NOT_ASKED
from analyzer.reports.tables_parties import RESPONSIBILITY
from analyzer.reports.tables_waivers import WAIVERS
from analyzer.reports.words import UNSEEN
from analyzer.reports.workbook import write
from analyzer.reports.workbook_style import WORD_COLOURS
from tests.reports.builder import build, summarise

_PLAIN = ("plain", "text")


@pytest.fixture(scope="module")
def book(assessment: Assessment) -> Workbook:
    return load_workbook(BytesIO(write(assessment, rendering_of(assessment))))


def _records(book: Workbook, name: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet by heading, up to the empty one that remarks follow."""
    heads, *rows = book[name].iter_rows(values_only=True)
    full = takewhile(lambda row: any(cell is not None for cell in row), rows)
    names = [str(head) for head in heads]
    return [{h: "" if c is None else c for h, c in zip(names, row, strict=True)} for row in full]


def _remarks(book: Workbook, name: str) -> list[str]:
    sheet, rows = book[name], len(_records(book, name))
    return [str(row[0]) for row in sheet.iter_rows(min_row=rows + 3, values_only=True)]


# --- responsibility ---

_WORDS = {
    "provider": ("Yes", "CSP-owned", "Service Provider System Specific"),
    "shared": (
        "Partial",
        "Shared CSP and CSC",
        "Shared (Service Provider and Customer Responsibility)",
    ),
    "customer": ("No", "CSC-owned", "Configured by Customer (Customer System Specific)"),
    "unspecified": ("Not stated", "Not stated", "Not stated"),
}


def test_each_party_in_the_words_of_others(book: Workbook, assessment: Assessment) -> None:
    rows = _records(book, "Responsibility")
    assert list(rows[0])[:3] == [
        "Control ID",
        "Can Be Inherited from CSP",
        "Specific Inheritance and Customer Agency/CSP Responsibilities",
    ]
    met = set()
    for row, control in zip(rows, assessment.controls, strict=True):
        party = control.responsibility.party.value
        met.add(party)
        assert _WORDS[party] == (
            row["Can Be Inherited from CSP"],
            row["SSRM Control Ownership"],
            row["Control Origination"],
        )
    assert met == set(_WORDS)


def test_matrix_has_no_text_where_all_is_inherited_and_both_halves_where_shared() -> None:
    a = build(texts=_PLAIN)
    frame = RESPONSIBILITY.frame(a)
    duties = frame["Specific Inheritance and Customer Agency/CSP Responsibilities"]
    for control, text in zip(a.controls, duties, strict=True):
        r = control.responsibility
        left = r.customer_action or control.remediation
        match r.party:
            case Party.PROVIDER:
                assert text == ""
            case Party.SHARED:
                assert text == f"Provider: {r.explanation}\nCustomer: {left}"
            case Party.CUSTOMER:
                assert text == left
            case Party.UNSPECIFIED:
                assert text == r.explanation


def test_sheets_agree_on_what_follows_without_the_auditor(book: Workbook) -> None:
    register = [row["Disposition"] for row in _records(book, "Controls")]
    final = [row["Final disposition"] for row in _records(book, "Controls")]
    assert [row["Disposition"] for row in _records(book, "Responsibility")] == register
    assert register != final


def test_inherited_controls_say_by_whom() -> None:
    bare = build(texts=_PLAIN)
    r = replace(
        bare.controls[0].responsibility,
        inherited_from="the host cluster",
        customer_action="Assess the host cluster as well.",
    )
    a = replace(bare, controls=(replace(bare.controls[0], responsibility=r), *bare.controls[1:]))
    row = RESPONSIBILITY.frame(a).iloc[0]
    assert row["Can Be Inherited from CSP"] == "Yes"
    assert row["Specific Inheritance and Customer Agency/CSP Responsibilities"] == ""
    assert row["SSRM Control Ownership"] == "3rd-party outsourced"
    assert row["Control Origination"].startswith("Inherited from the host cluster")
    assert row["What is said about it"] == (
        "Inherited: answered by the host cluster. Assess the host cluster as well."
    )


def test_source_of_a_published_party_can_be_looked_up() -> None:
    a = build(texts=_PLAIN)
    for control, source in zip(a.controls, RESPONSIBILITY.frame(a)["Source"], strict=True):
        r = control.responsibility
        if r.basis is Basis.PUBLISHED:
            number = r.attested_control or control.id
            wanted = f"https://example.org/cis of 2025-11-01, cis-1.10 {number}"
        else:
            wanted = f"{r.basis.value}: example-managed"
        assert source == wanted


def test_where_nothing_is_published_nothing_is_compared() -> None:
    bare = build(texts=_PLAIN, people=False)
    silent = tuple(
        replace(
            c,
            responsibility=replace(
                c.responsibility,
                attested=Attestation.NOT_STATED,
                attested_raw="",
                comparison=Comparison.OBSERVED_ONLY,
            ),
        )
        for c in bare.controls
    )
    a = replace(bare, controls=silent, summary=summarise(silent))
    book = load_workbook(BytesIO(write(a, rendering_of(a))))
    assert "Published vs observed" not in book.sheetnames
    assert "Responsibility" in book.sheetnames
    assert "Contradictions" not in _cover(book)
    heads = {row[0] for row in book["Summary"].iter_rows(values_only=True)}
    assert "Published against observed" not in heads


# --- requests ---


def test_evidence_shows_the_whole_hash_beside_its_beginning(
    book: Workbook, assessment: Assessment
) -> None:
    for row, entry in zip(_records(book, "Evidence"), assessment.evidence, strict=True):
        assert row["Member SHA-256"] == entry.member_sha256
        assert row["Member SHA-256 begins"] == entry.member_sha256[:12]
        assert row["Bundle SHA-256"] == entry.bundle_sha256


def test_requests_come_by_what_they_unlock(book: Workbook, assessment: Assessment) -> None:
    rows = _records(book, "Gaps")
    waiting = [row["Controls waiting"] for row in rows]
    assert waiting == sorted((len(gap.controls) for gap in assessment.gaps), reverse=True)
    assert [row["Request"] for row in rows] == ["R-01", "R-02"]
    by_key = {gap.key: gap for gap in assessment.gaps}
    for row in rows:
        gap = by_key[row["Missing evidence"]]
        assert row["Command that collects it"] == gap.command
        assert row["Recommendation #"] == ", ".join(gap.controls)
        assert f"{len(gap.controls)} controls wait for it." in row["What we ask for"]
    assert "Evidence file/kubelet-config of node worker-2 is missing." in rows[0]["What we ask for"]


def test_what_no_collector_brings_is_asked_for_otherwise() -> None:
    bare = build(texts=_PLAIN)
    gap = replace(bare.gaps[0], command="none: node.sh does not cover Windows nodes")
    a = replace(bare, gaps=(replace(gap, controls=("4.1.1",)),))
    rows = _records(load_workbook(BytesIO(write(a, rendering_of(a)))), "Gaps")
    assert "no collector brings it" in rows[0]["What we ask for"]
    assert rows[0]["What we ask for"].endswith("; 1 control waits for it.")


# --- nodes ---


def test_nodes_repeat_the_findings(book: Workbook, assessment: Assessment) -> None:
    rows = {row["Recommendation #"]: row for row in _records(book, "Nodes")}
    for control in assessment.controls:
        found = {
            f.subject.removeprefix("node/"): f.verdict.value
            for f in control.findings
            if f.subject.startswith("node/")
        }
        if not found and not control.nodes_missing:
            assert control.id not in rows
            continue
        row = rows[control.id]
        for node in ("cp-1", "worker-1", "worker-2"):
            empty = UNSEEN if node in control.nodes_missing else NOT_ASKED
            assert row[node] == found.get(node, empty)
        assert row["pass"] == list(found.values()).count("pass")
        assert row["fail"] == list(found.values()).count("fail")
        assert row["not seen"] == len(control.nodes_missing)
    assert "not seen" in {row["worker-2"] for row in rows.values()}


def _large(nodes: int, failing: dict[str, str]) -> Assessment:
    """Return a cluster of nodes that all pass 4.1.1, but for those that fail the named control."""
    bare = build(texts=_PLAIN, people=False)
    names = tuple(f"worker-{n:04d}" for n in range(nodes))
    controls = []
    for control in bare.controls:
        if control.section != "4.1" or not control.findings:
            controls.append(replace(control, findings=(), nodes_missing=()))
            continue
        findings = tuple(
            replace(
                control.findings[0],
                subject=f"node/{name}",
                verdict=Verdict.FAIL if failing.get(name) == control.id else Verdict.PASS,
            )
            for name in names
        )
        controls.append(replace(control, findings=findings, nodes_missing=()))
    cluster = replace(bare.cluster, nodes_expected=names, nodes_evidenced=names)
    return replace(bare, controls=tuple(controls), cluster=cluster)


def test_a_thousand_nodes_share_columns_and_the_odd_one_stands_alone() -> None:
    a = _large(1000, {"worker-0500": "4.1.1"})
    frame = NODES.frame(a)
    nodes = list(frame.columns[9:])
    assert nodes == ["worker-0000 and 998 alike", "worker-0500"]
    row = frame[frame["Recommendation #"] == "4.1.1"].iloc[0]
    assert (row["pass"], row["fail"], row["Nodes differ"]) == (999, 1, "yes")
    assert (row[nodes[0]], row["worker-0500"]) == ("pass", "fail")
    others = frame[frame["Recommendation #"] != "4.1.1"]
    assert set(others["pass"]) == {1000}
    assert set(others["Nodes differ"]) == {"no"}


def test_more_ways_to_differ_than_columns_keep_the_worst() -> None:
    bare = _large(200, {})
    odd = {f"worker-{n:04d}": n for n in range(100)}
    controls = []
    for place, control in enumerate(bare.controls):
        findings = tuple(
            replace(f, verdict=Verdict.FAIL)
            if odd.get(f.subject.removeprefix("node/"), 0) >> (place % 7) & 1
            else f
            for f in control.findings
        )
        controls.append(replace(control, findings=findings))
    frame = NODES.frame(replace(bare, controls=tuple(controls)))
    nodes = list(frame.columns[9:])
    assert len(nodes) <= MOST_COLUMNS
    told = sum(
        int(found[1]) + 1 if (found := re.search(r"and (\d+) alike", name)) else 1
        for name in nodes
        if "further" not in name
    )
    rest = re.search(r"^(\d+) further nodes \(worst\)$", nodes[-1])
    assert told + (int(rest[1]) if rest else 0) == 200
    for _, row in frame.iterrows():
        assert ("fail" in set(row[nodes])) == (row["fail"] > 0)


@pytest.mark.parametrize(("nodes", "remarks"), [(12, 2), (13, 3), (61, 2)])
def test_paper_shows_so_many_nodes_and_says_so(nodes: int, remarks: int) -> None:
    a = _large(nodes, {})
    book = load_workbook(BytesIO(write(a, rendering_of(a))))
    said = _remarks(book, "Nodes")
    assert len(said) == remarks
    if remarks == 3:
        assert said[2] == "Paper shows the first 12 of 13 columns of nodes."


def test_node_names_never_collide_with_other_headings() -> None:
    bare = build(texts=_PLAIN, people=False)
    names = ("title", "Worker", "worker", "x" * 300, "PASS")
    cluster = replace(bare.cluster, nodes_expected=names, nodes_evidenced=names)
    a = replace(bare, cluster=cluster)
    heads = [cell.value for cell in load_workbook(BytesIO(write(a, rendering_of(a))))["Nodes"][1]]
    folded = Counter(str(head).casefold() for head in heads)
    assert set(folded.values()) == {1}
    assert {"title (2)", "PASS (2)"} <= set(heads)
    assert max(len(str(head)) for head in heads) < 80


def test_no_node_in_evidence_is_no_sheet() -> None:
    bare = build(texts=_PLAIN, people=False)
    a = replace(bare, cluster=replace(bare.cluster, nodes_evidenced=()))
    assert "Nodes" not in load_workbook(BytesIO(write(a, rendering_of(a)))).sheetnames


# --- people and other tools ---


def test_waivers_show_state_and_dates(book: Workbook, assessment: Assessment) -> None:
    rows = _records(book, "Waivers")
    assert [row["State"] for row in rows] == [w.state.value for w in assessment.waivers]
    for row, record in zip(rows, assessment.waivers, strict=True):
        assert row["Waiver"] == record.waiver.id
        assert row["Expires on"].strftime("%Y-%m-%d") == record.waiver.expires_on
        assert row["Digest now"] == record.digest_now
        assert row["Failures covered"] == record.findings
    assert rows[1]["Where"] == "nodes: cp-*\nnamespaces: shop"
    assert rows[0]["Where"] == "bound by its digest"


def test_a_waiver_without_place_and_digest_is_not_restricted() -> None:
    bare = build(texts=_PLAIN)
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
    a = replace(build(texts=_PLAIN), as_of=as_of)
    assert set(WAIVERS.frame(a)["On the day of this report"]) == {said}


def test_waivers_are_always_there_the_others_when_given() -> None:
    bare = build(texts=_PLAIN, people=False)
    a = replace(bare, crosswalks=())
    book = load_workbook(BytesIO(write(a, rendering_of(a))))
    assert not {"Changes", "Third party", "Crosswalk"} & set(book.sheetnames)
    assert "No waiver was given" in str(book["Waivers"]["A2"].value)


def test_changes_show_both_sides(book: Workbook, assessment: Assessment) -> None:
    changes = assessment.changes
    assert changes is not None
    rows = _records(book, "Changes")
    assert [row["Change"] for row in rows] == [change.value for change in Change]
    for row, change in zip(rows, changes.rows, strict=True):
        before = change.older.verdict.value if change.older else "no such control"
        now = change.newer.verdict.value if change.newer else "no such control"
        assert (row["Verdict before"], row["Verdict"]) == (before, now)


def test_other_tools_differences_come_first(book: Workbook, assessment: Assessment) -> None:
    rows = _records(book, "Third party")
    order = [word.value for word in Agreement]
    found = [row["Agreement"] for row in rows]
    assert found == sorted(found, key=order.index)
    assert len(rows) == sum(len(tool.results) for tool in assessment.third_party)
    ours = {c.id: c.verdict.value for c in assessment.controls}
    assert all(row["Our verdict"] == ours[row["Recommendation #"]] for row in rows)
    assert "Their word: an assertion, not evidence" in rows[0]


def test_a_tool_that_judged_something_else_is_not_set_beside_our_verdict() -> None:
    bare = build(texts=_PLAIN)
    tool = replace(bare.third_party[0], comparable=False)
    a = replace(bare, third_party=(tool,))
    rows = _records(load_workbook(BytesIO(write(a, rendering_of(a)))), "Third party")
    assert {row["Our verdict"] for row in rows} == {""}


def test_words_of_every_kind_have_a_colour() -> None:
    words = [*Change, *Agreement, *Effect, *WaiverState]
    plain = {"not-comparable", "unused", "unchanged", "neither"}
    assert {word.value for word in words} <= set(WORD_COLOURS) | plain
    assert UNSEEN in WORD_COLOURS


def test_limits_and_meanings_stand_below_the_rows(book: Workbook, assessment: Assessment) -> None:
    changes = assessment.changes
    assert changes is not None
    before, *limits = _remarks(book, "Changes")
    assert before == "Before: report 0123456789abcdef as of 2025-11-01T00:00:00Z, cis-1.10."
    assert limits == [f"Limit of the comparison: {limit}" for limit in changes.limits]
    assert "an assertion, not evidence" in _remarks(book, "Third party")[0]
    assert [said.split(":")[0] for said in _remarks(book, "Waivers")] == list(WaiverState)
    assert _remarks(book, "Nodes")[0].startswith("not seen: ")


# --- cover ---


def _cover(book: Workbook) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in book["Cover"].iter_rows(values_only=True) if row[0]}


def test_cover_names_all_that_went_in(book: Workbook, assessment: Assessment) -> None:
    cover = _cover(book)
    assert cover["Waivers file"] == f"SHA-256 {assessment.waivers_sha256}"
    assert cover["Reviews file"] == f"SHA-256 {assessment.reviews_sha256}"
    assert cover["Cluster"] == assessment.cluster.uid
    assert cover["Levels in scope"] == "1, 2"
    assert assessment.third_party[0].sha256 in cover["Other tool"]
    assert cover["Compared with"].startswith("report 0123456789abcdef as of 2025-11-01")
    assert "(7)" in cover["Contradictions"]


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


def test_cover_of_a_bare_run_says_that_nothing_was_given() -> None:
    a = build(texts=_PLAIN, people=False)
    cover = _cover(load_workbook(BytesIO(write(a, rendering_of(a)))))
    assert cover["Waivers file"] == cover["Reviews file"] == "none given"
    assert not {"Accepted risks", "Auditor", "Changes", "Other tools"} & set(cover)


def _without_contradictions(controls: tuple[ControlResult, ...]) -> tuple[ControlResult, ...]:
    return tuple(c for c in controls if c.responsibility.comparison.value != "contradicted")


def test_no_contradiction_is_said() -> None:
    bare = build(texts=_PLAIN, people=False)
    a = replace(bare, controls=_without_contradictions(bare.controls), crosswalks=())
    cover = _cover(load_workbook(BytesIO(write(a, rendering_of(a)))))
    assert cover["Contradictions"].startswith("None:")
