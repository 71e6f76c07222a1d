"""How a bundle was made stands in every report: the end of its run, its program, its case."""

from dataclasses import replace

import pytest

from analyzer.model.assessment import Assessment, BundleSummary
from analyzer.model.bundle import CollectorText
from analyzer.reports import render
from analyzer.reports.bundle_lines import (
    TEXT_MEANING,
    case_line,
    collector_line,
    cut_short_nodes,
    run_line,
)
from tests.reports.builder import build
from tests.reports.sheets import PLAIN, written


@pytest.fixture(scope="module")
def a() -> Assessment:
    return build(texts=PLAIN)


def stopped(a: Assessment) -> BundleSummary:
    return replace(
        a.bundles[0],
        kind="node",
        stopped="signal TERM",
        counts={"ok": 3, "not_run": 7},
        collector_text=CollectorText.DIFFERS,
        case_no="C-7",
        operator="Jo",
    )


def test_the_end_of_a_run_is_told_apart(a: Assessment) -> None:
    bundle = stopped(a)
    assert run_line(bundle) == (
        "stopped before its end (signal TERM); 7 of 10 planned probes never ran"
    )
    assert run_line(replace(bundle, stopped="", complete=True)) == "complete"
    assert run_line(replace(bundle, stopped="", complete=False)).startswith("incomplete: ")


def test_every_word_for_the_programs_text_has_a_meaning() -> None:
    assert set(TEXT_MEANING) == set(CollectorText)
    assert len(set(TEXT_MEANING.values())) == len(CollectorText)


def test_a_case_is_told_where_one_was_noted(a: Assessment) -> None:
    assert case_line(stopped(a)) == "case C-7, collected by Jo"
    assert case_line(replace(stopped(a), case_no="")) == "collected by Jo"
    assert case_line(replace(stopped(a), case_no="", operator="")) == ""


def test_only_a_nodes_bundle_cuts_a_node_short(a: Assessment) -> None:
    api = replace(stopped(a), kind="api", subject="cluster")
    made = replace(a, bundles=(stopped(a), api))
    assert cut_short_nodes(made) == {stopped(a).subject}


def test_every_report_tells_how_a_bundle_was_made(a: Assessment) -> None:
    bundle = stopped(a)
    made = replace(a, bundles=(bundle,))
    lines = (run_line(bundle), collector_line(bundle), case_line(bundle))
    cells = [c.value for row in written(made)["Cover"].iter_rows() for c in row if c.value]
    texts = (
        render("md", made)["report.md"].decode().replace("\\", ""),
        render("html", made)["report.html"].decode(),
        "\n".join(map(str, cells)),
    )
    for text in texts:
        for line in lines:
            assert line in text
