"""Sheets of parties, requests and nodes: what an auditor reads off them."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from openpyxl import Workbook

from analyzer.model.assessment import Assessment
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party
from analyzer.model.verdict import Verdict
from analyzer.reports.tables_nodes import MOST_COLUMNS, NODES, NOT_ASKED
from analyzer.reports.tables_parties import RESPONSIBILITY
from analyzer.reports.words import UNSEEN
from tests.reports.builder import build, summarise
from tests.reports.sheets import PLAIN, cover, records, remarks, written


@pytest.fixture(scope="module")
def book(assessment: Assessment) -> Workbook:
    return written(assessment)


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
    rows = records(book, "Responsibility")
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
    a = build(texts=PLAIN)
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
    register = [row["Disposition"] for row in records(book, "Controls")]
    final = [row["Final disposition"] for row in records(book, "Controls")]
    assert [row["Disposition"] for row in records(book, "Responsibility")] == register
    assert register != final


def test_inherited_controls_say_by_whom() -> None:
    bare = build(texts=PLAIN)
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
    a = build(texts=PLAIN)
    for control, source in zip(a.controls, RESPONSIBILITY.frame(a)["Source"], strict=True):
        r = control.responsibility
        if r.basis is Basis.PUBLISHED:
            number = r.attested_control or control.id
            wanted = f"https://example.org/cis of 2025-11-01, cis-1.10 {number}"
        else:
            wanted = f"{r.basis.value}: example-managed"
        assert source == wanted


def test_where_nothing_is_published_nothing_is_compared() -> None:
    bare = build(texts=PLAIN, people=False)
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
    book = written(a)
    assert "Published vs observed" not in book.sheetnames
    assert "Responsibility" in book.sheetnames
    assert "Contradictions" not in cover(book)
    heads = {row[0] for row in book["Summary"].iter_rows(values_only=True)}
    assert "Published against observed" not in heads


# --- requests ---


def test_evidence_shows_the_whole_hash_beside_its_beginning(
    book: Workbook, assessment: Assessment
) -> None:
    for row, entry in zip(records(book, "Evidence"), assessment.evidence, strict=True):
        assert row["Member SHA-256"] == entry.member_sha256
        assert row["Member SHA-256 begins"] == entry.member_sha256[:12]
        assert row["Bundle SHA-256"] == entry.bundle_sha256


def test_requests_come_by_what_they_unlock(book: Workbook, assessment: Assessment) -> None:
    rows = records(book, "Gaps")
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
    bare = build(texts=PLAIN)
    gap = replace(bare.gaps[0], command="none: node.sh does not cover Windows nodes")
    a = replace(bare, gaps=(replace(gap, controls=("4.1.1",)),))
    rows = records(written(a), "Gaps")
    assert "no collector brings it" in rows[0]["What we ask for"]
    assert rows[0]["What we ask for"].endswith("; 1 control waits for it.")


# --- nodes ---


def test_nodes_repeat_the_findings(book: Workbook, assessment: Assessment) -> None:
    rows = {row["Recommendation #"]: row for row in records(book, "Nodes")}
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
    bare = build(texts=PLAIN, people=False)
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


@pytest.mark.parametrize(("nodes", "sentences"), [(12, 2), (13, 3), (61, 2)])
def test_paper_shows_so_many_nodes_and_says_so(nodes: int, sentences: int) -> None:
    a = _large(nodes, {})
    book = written(a)
    said = remarks(book, "Nodes")
    assert len(said) == sentences
    if sentences == 3:
        assert said[2] == "Paper shows the first 12 of 13 columns of nodes."


def test_node_names_never_collide_with_other_headings() -> None:
    bare = build(texts=PLAIN, people=False)
    names = ("title", "Worker", "worker", "x" * 300, "PASS")
    cluster = replace(bare.cluster, nodes_expected=names, nodes_evidenced=names)
    a = replace(bare, cluster=cluster)
    heads = [cell.value for cell in written(a)["Nodes"][1]]
    folded = Counter(str(head).casefold() for head in heads)
    assert set(folded.values()) == {1}
    assert {"title (2)", "PASS (2)"} <= set(heads)
    assert max(len(str(head)) for head in heads) < 80


def test_no_node_in_evidence_is_no_sheet() -> None:
    bare = build(texts=PLAIN, people=False)
    a = replace(bare, cluster=replace(bare.cluster, nodes_evidenced=()))
    assert "Nodes" not in written(a).sheetnames
