"""report.xlsx: read back cell by cell; nothing computes, every figure and link is right."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.model.assessment import Assessment
from analyzer.model.review_sheet import FINAL
from analyzer.model.verdict import Verdict
from analyzer.reports import REPORTS, render, rendering_of
from analyzer.reports.assessment_json import read, report_id
from analyzer.reports.assessment_json import write as write_json
from analyzer.reports.rendering import Paper
from analyzer.reports.tables import TABLES
from analyzer.reports.workbook import write
from analyzer.reports.workbook_place import Limits
from analyzer.reports.workbook_style import WORD_COLOURS
from analyzer.reports.workbook_table import table_name
from tests.reports.builder import build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def content(assessment: Assessment) -> bytes:
    return write(assessment, rendering_of(assessment))


@pytest.fixture(scope="module")
def book(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def _column(sheet: Worksheet, name: str) -> list[Any]:
    heads = [cell.value for cell in sheet[1]]
    place = heads.index(name)
    return [row[place] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_sheets_and_their_order(book: Workbook) -> None:
    assert book.sheetnames == [
        "Cover",
        "Summary",
        "Controls",
        "Findings",
        "Evidence",
        "Responsibility",
        "Published vs observed",
        "Gaps",
        "Nodes",
        "Waivers",
        "Changes",
        "Third party",
        "Crosswalk",
        "_lists",
        "_meta",
    ]
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] == (
        book.sheetnames[:-2]
    )
    assert book["_meta"].sheet_state == "veryHidden"


def test_nothing_is_a_formula_or_an_outside_link(book: Workbook) -> None:
    ours: dict[str, set[str]] = defaultdict(set)
    heads = _sheet(book, "Controls")[1]
    ours["Controls"] = {c.column_letter for c in heads if c.value in (FINAL, "Stale review")}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                live = (
                    sheet.title == "Summary"
                    or cell.coordinate.rstrip("0123456789") in ours[sheet.title]
                )
                kinds = ("s", "n", "d", "f") if live else ("s", "n", "d")
                assert cell.data_type in kinds, (sheet.title, cell.coordinate)
                link = getattr(cell, "hyperlink", None)
                assert link is None or (link.target is None and link.location)
    assert "=1+1" in [cell.value for row in _sheet(book, "Findings").iter_rows() for cell in row]


def test_links_lead_to_the_row_they_name(book: Workbook) -> None:
    followed = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                link = getattr(cell, "hyperlink", None)
                if link is None or sheet.title == "Cover":
                    continue
                name, _, place = link.location.replace("'", "").partition("!")
                aim = _sheet(book, name)[place].value
                first = str(cell.value).split(",")[0].split(" ")[0]
                own = str(sheet.cell(cell.row or 1, 2).value)
                assert aim == (own if name == "Findings" else first)
                followed += 1
    assert followed > 300


def test_headings_that_auditors_look_up(book: Workbook) -> None:
    controls = [cell.value for cell in _sheet(book, "Controls")[1]]
    assert controls[:5] == [
        "Section #",
        "Recommendation #",
        "Title",
        "Profile",
        "Assessment Status",
    ]
    assert [cell.value for cell in _sheet(book, "Responsibility")[1]][:3] == [
        "Control ID",
        "Can Be Inherited from CSP",
        "Specific Inheritance and Customer Agency/CSP Responsibilities",
    ]


def test_register_has_one_row_a_control(book: Workbook, assessment: Assessment) -> None:
    sheet = _sheet(book, "Controls")
    assert _column(sheet, "Recommendation #") == [c.id for c in assessment.controls]
    assert _column(sheet, "Verdict") == [c.verdict.value for c in assessment.controls]
    assert _column(sheet, "Disposition") == [
        (c.review.computed if c.review else c.disposition).value for c in assessment.controls
    ]
    nodes = _column(sheet, "Nodes judged")
    partial = [c.partial for c in assessment.controls]
    assert ["(partial)" in str(cell) for cell in nodes] == partial
    assert any(partial)
    parties = [c.responsibility.party.value for c in assessment.controls]
    assert _column(_sheet(book, "Responsibility"), "Responsibility")[: len(parties)] == parties


def test_every_finding_and_piece_of_evidence_has_its_row(
    book: Workbook, assessment: Assessment
) -> None:
    findings = [f for c in assessment.controls for f in c.findings]
    assert _column(_sheet(book, "Findings"), "Verdict") == [f.verdict.value for f in findings]
    sheet = _sheet(book, "Findings")
    for finding, first, further in zip(
        findings, _column(sheet, "Evidence"), _column(sheet, "Further evidence"), strict=True
    ):
        more = len(finding.evidence) - 1
        assert first == finding.evidence[0] + (f" +{more} more" if more else "")
        assert (further or "") == ", ".join(finding.evidence[1:])
    register = _column(_sheet(book, "Evidence"), "Evidence ID")
    assert register == [entry.id for entry in assessment.evidence]
    assert _column(_sheet(book, "Evidence"), "Bundle") == [
        f"{entry.subject} {entry.bundle_sha256[:12]}" for entry in assessment.evidence
    ]
    waiting = _column(_sheet(book, "Gaps"), "Controls waiting")
    counts = [len(gap.controls) for gap in assessment.gaps]
    assert waiting[: len(counts)] == counts
    assert set(waiting[len(counts) :]) <= {None}  # what was lost to which cause, in sentences


def test_cover_lists_where_the_readings_differ(book: Workbook, assessment: Assessment) -> None:
    rows = book["Cover"].iter_rows(values_only=True)
    cover = {str(row[0]): str(row[1]) for row in rows if row[0]}
    differ = [c for c in assessment.controls if c.other_reading]
    assert cover["Reading"].endswith(f"The readings differ on {len(differ)} controls.")
    for control in differ:
        assert control.other_reading is not None
        said = f"by the letter: {control.other_reading.verdict.value}, because "
        assert f"{control.verdict.value}; {said}" in cover[control.id]


def test_cover_names_bundles_by_id_and_hash(book: Workbook, assessment: Assessment) -> None:
    rows = list(_sheet(book, "Cover").iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if row[:2] == ("Subject", "Bundle"))
    for bundle, row in zip(assessment.bundles, rows[head + 1 :], strict=False):
        assert str(row[1]).startswith(f"bundle id {bundle.name}\nSHA-256 {bundle.sha256}\n")


def test_contradictions_come_first(book: Workbook) -> None:
    found = _column(_sheet(book, "Published vs observed"), "Comparison")
    assert found[0] == "contradicted"
    assert found == sorted(found, key=list(dict.fromkeys(found)).index)


def test_sheets_print_and_scroll_well(book: Workbook) -> None:
    for sheet in book.worksheets[:-2]:
        assert sheet.page_setup.orientation == "landscape"
        setup, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
        assert fit is not None
        assert fit.fitToPage
        assert (int(setup.fitToWidth or 1), int(setup.fitToHeight or 0)) == (1, 0)
        footer = sheet.oddFooter
        assert footer is not None
        assert footer.right.text == "Page &P of &N"
    for table in TABLES:
        data = _sheet(book, table.name)
        assert data.print_title_rows == "$1:$1"
        assert data.freeze_panes is not None
        assert [table.name for table in data.tables.values()] == [table_name(data.title)]
        heights = [row.height for row in data.row_dimensions.values() if row.height]
        assert max(heights) <= 409  # the most that a spreadsheet takes


def test_tables_name_their_columns_as_the_cells_do(book: Workbook) -> None:
    # A spreadsheet "repairs" a file, and drops the table, where the two differ.
    names = []
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            heads = [cell.value for cell in sheet[table.ref][0]]
            assert table.column_names == heads
            assert len({str(head).casefold() for head in heads}) == len(heads)
            names.append(table.name.casefold())
    assert len(names) == len(TABLES)
    defined = {name.casefold() for name in book.defined_names}
    assert len({*names, *defined}) == len(names) + len(defined)


def test_paper_and_header_say_what_the_sheet_is(assessment: Assessment) -> None:
    hostile = replace(assessment, benchmark_title="R&D &8&P " + "&😀" * 200)
    label = "&P Board only " + "é" * 99
    letter = write(hostile, rendering_of(hostile, Paper.LETTER, label))
    sizes = set()
    for sheet in load_workbook(BytesIO(letter)).worksheets[:-2]:
        sizes.add(int(sheet.page_setup.paperSize or 0))
    assert sizes == {1}
    with ZipFile(BytesIO(letter)) as file:
        page = file.read("xl/worksheets/sheet3.xml").decode()
    header = unescape(page.partition("<oddHeader>")[2].partition("</oddHeader>")[0])
    parts = re.fullmatch(r"&L&8(.*)&C&8(.*)&R&8(.*)", header, re.DOTALL)
    assert parts is not None
    left, middle, right = parts.groups()
    assert left.startswith(" R&&D &&8&&P &&😀")
    assert "&" not in left.replace("&&", "")
    assert middle.startswith(" &&P Board only éé")
    assert right == f" cluster {assessment.cluster.uid}, as of 2026-01-02"
    assert len(header.encode("utf-16-le")) // 2 <= 255


def test_a4_unless_said_otherwise(book: Workbook) -> None:
    assert {int(s.page_setup.paperSize or 0) for s in book.worksheets[:-2]} == {9}


def test_every_word_has_a_colour(assessment: Assessment, book: Workbook) -> None:
    assert {verdict.value for verdict in Verdict} <= set(WORD_COLOURS)
    ruled = {
        rule.formula[0].strip('"')
        for rules in _sheet(book, "Controls").conditional_formatting
        for rule in rules.rules
        if rule.type == "cellIs"
    }
    found = [c.verdict.value for c in assessment.controls]
    found += [c.disposition.value for c in assessment.controls]
    found += [c.responsibility.party.value for c in assessment.controls]
    assert set(found) <= ruled <= set(WORD_COLOURS)


def _written(assessment: Assessment) -> bytes:
    return write(assessment, rendering_of(assessment))


def test_no_profile_and_nothing_published_is_said() -> None:
    bare = load_workbook(BytesIO(_written(build(findings_each=0, profile=False))))
    assert "No control was judged" in str(_sheet(bare, "Findings")["A2"].value)
    assert "No verdict cites" in str(_sheet(bare, "Evidence")["A2"].value)


def test_a_full_sheet_says_how_much_is_left_out(assessment: Assessment) -> None:
    content = write(assessment, rendering_of(assessment), Limits(sheet_rows=20))
    small = load_workbook(BytesIO(content))
    sheet = _sheet(small, "Controls")
    assert sheet.max_row == 20
    assert sheet.tables["Controls"].ref.endswith("19")
    left = len(assessment.controls) - 18
    assert sheet["A20"].value == (
        f"{left} more rows do not fit into a sheet; assessment.json has them all."
    )


def test_cut_texts_name_their_evidence(book: Workbook) -> None:
    cut = [t for t in _column(_sheet(book, "Findings"), "Actual") if len(t or "") > 30_000]
    assert cut
    assert all("[cut here; see EV-" in text for text in cut)


def test_report_id_ties_cover_to_json(book: Workbook, assessment: Assessment) -> None:
    wanted = report_id(write_json(assessment))
    facts = {row[0]: row[1] for row in _sheet(book, "Cover").iter_rows(values_only=True)}
    assert str(facts["Report id"]).startswith(wanted)
    assert str(book.properties.created) == "2026-01-02 03:04:05"


_DIGESTS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from analyzer.reports import REPORTS, render
from tests.reports.builder import build
for name in REPORTS:
    for file, content in render(name, build()).items():
        print(name, file, hashlib.sha256(content).hexdigest())
"""


def _digests(zone: str, seed: str) -> str:
    environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", _DIGESTS, str(ROOT)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_all_reports_repeat_byte_for_byte() -> None:
    first = _digests("Pacific/Auckland", "1")
    assert first == _digests("America/Anchorage", "4711")
    assert [tuple(line.split()[:2]) for line in first.splitlines()] == [
        (name, file) for name, report in REPORTS.items() for file in report.files
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_reports_written_again_are_the_same_bytes(name: str, assessment: Assessment) -> None:
    assert render(name, read(write_json(assessment))) == render(name, assessment)


def test_render_is_the_writer(assessment: Assessment, content: bytes) -> None:
    assert render("xlsx", assessment)["report.xlsx"] == content
