"""The CSV files: RFC 4180, whole, disarmed and exactly reversible, in bounded memory."""

import csv
import json
import re
import subprocess
import tracemalloc
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment
from analyzer.reports import render
from analyzer.reports.exports.csv_cells import guarded, lines, revealed
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.text import visible
from tests.reports.builder import HOSTILE, build
from tests.tools import needed

FORMULA = tuple("=+-@\t\r")
FILES = ("controls.csv", "findings.csv", "evidence.csv")
INSIDE = (
    ("x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"),
    ("x\t=1", "x\t'=1"),
    ("x|@SUM(1)", "x|'@SUM(1)"),
    ("x,+1", "x,'+1"),
    ("x\n- y", "x\n'- y"),
    ('x;""=1', 'x;\'""=1'),
    ("x; \u00a0=1", "x;' \u00a0=1"),
    ("x;'=1", "x;''=1"),
    ("=1;=2", "'=1;'=2"),
    ("x;;=1", "x;;'=1"),
    ("x;\n=1", "x;\n'=1"),
    ("x;\uff1d1", "x;'\uff1d1"),
)
"""Texts with a formula start behind the end of a cell, and what is written of them."""


@pytest.fixture(scope="module")
def files(assessment: Assessment) -> dict[str, bytes]:
    return render("csv", assessment)


def rows_of(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


@given(st.text(alphabet=st.sampled_from("'=-\t\r\n \uff1da,;|\"")) | st.text())
@example(";' =1")
@example("\n;\t''=1")
@example("'=1")
@example("''=1")
@example("' =1")
@example(" =1")
@example("'")
@example("")
def test_guard_is_exactly_reversible(text: str) -> None:
    cell = guarded(text)
    assert revealed(cell) == text
    assert not cell.startswith(FORMULA)
    assert not cell.lstrip().startswith(FORMULA)


def test_guard_leaves_plain_text_alone() -> None:
    for text in (
        "1.2.3", "'quoted'", "it's", "a=b", "", "'", "O'Neil", "EV-0001", "a - b", "a;b|c",
        "it's; 'so'", "a, b",
    ):  # fmt: skip
        assert guarded(text) == text


@pytest.mark.parametrize(("text", "written"), INSIDE)
def test_formulas_inside_a_text_are_disarmed(text: str, written: str) -> None:
    assert guarded(text) == written
    assert revealed(written) == text


def test_long_runs_take_no_time() -> None:
    for run in ("\n", ";", "'", " ", "; ", ";'", "\n'"):
        text = run * 300_000
        assert revealed(guarded(text)) == text


@pytest.mark.parametrize(("separator", "quote"), [(";", '"'), ("\t", '"'), ("|", '"'), (",", "'")])
def test_no_separator_makes_a_formula(separator: str, quote: str, tmp_path: Path) -> None:
    """LibreOffice, set to other separators and quotes than ours, has nothing to compute."""
    ends = (*";\t|,\n", ";;", "; ", ";\n", '";')
    between = ("", '"', '""', "'", "''", " ", '" ', "'\"", "\u00a0", '","', '";')
    starts = ("=1+1", "=cmd|' /C calc'!A0", '=1+1"')
    texts = [f"x{end}{gap}{start};" for end in ends for gap in between for start in starts]
    ours = b"".join(lines([["1.1.1", text, "=1"] for text in texts]))
    bare = _unquoted([["1.1.1", guarded(text), guarded("=1")] for text in texts])
    for document in _imported(tmp_path, f"{ord(separator)},{ord(quote)},76,1", ours, bare):
        assert document.count("calc") >= len(texts) // 3
        assert re.findall('table:formula="[^"]*"', document) == []


def test_an_import_computes_what_is_not_disarmed(tmp_path: Path) -> None:
    bare = _unquoted([["1.1.1", "x;=1+1;"]])
    assert 'table:formula="of:=1+1"' in _imported(tmp_path, "59,34,76,1", bare)[0]


def _unquoted(rows: list[list[str]]) -> bytes:
    """Return rows as a program writes them that quotes only what it must."""
    room = StringIO()
    csv.writer(room).writerows(rows)
    return room.getvalue().encode("utf-8")


def _imported(folder: Path, options: str, *contents: bytes) -> list[str]:
    """Return files as LibreOffice reads them by separator, quote, character set, first line."""
    sources = [folder / f"in{number}.csv" for number in range(len(contents))]
    for source, content in zip(sources, contents, strict=True):
        source.write_bytes(content)
    subprocess.run(
        [needed("soffice"), f"-env:UserInstallation=file://{folder}/home", "--headless",
         f"--infilter=CSV:{options}", "--convert-to", "fods", "--outdir", str(folder), *sources],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return [source.with_suffix(".fods").read_text(encoding="utf-8") for source in sources]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back(text: str) -> None:
    content = b"".join(lines([[text, "next"]]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    back = next(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert [revealed(cell) for cell in back] == [visible(text), "next"]


@pytest.mark.parametrize("name", FILES)
def test_no_cell_starts_like_a_formula(name: str, files: dict[str, bytes]) -> None:
    cells = [cell for row in rows_of(files[name]) for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert [cell for cell in cells if cell.startswith("'")]


@pytest.mark.parametrize("name", FILES)
def test_every_cell_is_quoted(name: str, files: dict[str, bytes]) -> None:
    text = files[name].decode("utf-8-sig")
    assert re.sub('"(?:[^"]|"")*"', "", text).strip(",\r\n") == ""
    assert re.search("(?m)(^|,)(,|$)", re.sub('"(?:[^"]|"")*"', "Q", text.rstrip())) is None


@pytest.mark.parametrize("name", FILES)
def test_lines_end_as_the_rfc_says(name: str, files: dict[str, bytes]) -> None:
    content = files[name]
    assert content.count(b"\xef\xbb\xbf") == 1
    assert content.endswith(b"\r\n")
    assert content.replace(b"\r\n", b"").count(b"\r") == 0
    bare = content.replace(b"\r\n", b"").count(b"\n")
    quoted = sum(c.count("\n") for row in rows_of(content) for c in row.values())
    assert bare == quoted


def test_controls(files: dict[str, bytes], assessment: Assessment) -> None:
    rows = rows_of(files["controls.csv"])
    assert [row["Recommendation #"] for row in rows] == [c.id for c in assessment.controls]
    for row, control in zip(rows, assessment.controls, strict=True):
        assert row["Verdict"] == control.verdict.value
        assert revealed(row["What the evidence shows"]) == visible(control.explanation)
        assert row["Waivers"] == (", ".join(control.waiver.ids) if control.waiver else "")
        if control.review:
            word = review_sheet.VERDICT_WORDS[control.review.review.verdict]
            assert row["Auditor verdict"] == word
            assert revealed(row["Comment"]) == visible(control.review.review.comment)
            assert bool(row["Stale review"]) == control.review.stale
        else:
            assert not any(row[name] for name in review_sheet.BLOCK)


def test_dispositions_are_the_workbooks(files: dict[str, bytes], assessment: Assessment) -> None:
    names = ["Recommendation #", "Disposition", "Final disposition"]
    found = [tuple(row[name] for name in names) for row in rows_of(files["controls.csv"])]
    frame = CONTROLS.frame(assessment)[names]
    assert found == list(frame.itertuples(index=False, name=None))
    assert any(alone != final for _, alone, final in found)


def test_headings_that_auditors_look_up(files: dict[str, bytes]) -> None:
    headings = list(rows_of(files["controls.csv"])[0])
    looked_up = ("Section #", "Recommendation #", "Title", "Profile", "Assessment Status")
    assert headings[:5] == list(looked_up)
    start = headings.index(review_sheet.VERDICT)
    assert headings[start : start + 6] == [*review_sheet.BLOCK, review_sheet.FINAL]


def test_findings(files: dict[str, bytes], assessment: Assessment) -> None:
    rows = rows_of(files["findings.csv"])
    findings = [(c, f) for c in assessment.controls for f in c.findings]
    assert len(rows) == len(findings)
    for row, (control, finding) in zip(rows, findings, strict=True):
        assert (row["Recommendation #"], row["Verdict"]) == (control.id, finding.verdict.value)
        assert revealed(row["Actual"]) == visible(finding.actual)
        assert row["Evidence"].split(", ") == list(finding.evidence)
        assert row["Waiver"] == finding.waiver
        assert bool(row["Missing evidence"]) == bool(finding.missing)


def test_evidence_ids_resolve(files: dict[str, bytes]) -> None:
    known = {row["Evidence ID"] for row in rows_of(files["evidence.csv"])}
    cited = {e for row in rows_of(files["findings.csv"]) for e in row["Evidence"].split(", ")}
    assert cited <= known
    citing = {
        (control, row["Evidence ID"])
        for row in rows_of(files["evidence.csv"])
        for control in row["Recommendation #"].split(", ")
        if control
    }
    assert citing == {
        (row["Recommendation #"], entry)
        for row in rows_of(files["findings.csv"])
        for entry in row["Evidence"].split(", ")
    }


def test_long_texts_are_whole(files: dict[str, bytes], assessment: Assessment) -> None:
    longest = max(len(f.actual) for c in assessment.controls for f in c.findings)
    assert longest > 32_767
    assert max(len(row["Actual"]) for row in rows_of(files["findings.csv"])) == longest


def test_no_row_is_kept_beside_the_file(assessment: Assessment) -> None:
    control = next(c for c in build(texts=("value", "other")).controls if c.findings)
    crowd = replace(control, findings=control.findings[:1] * 30_000)
    huge = replace(assessment, controls=(crowd,))
    from analyzer.reports.exports.csv_tables import write_findings  # noqa: PLC0415
    from analyzer.reports.rendering import Rendering  # noqa: PLC0415

    tracemalloc.start()
    content = write_findings(huge, Rendering(report_id="0" * 16))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert content.count(b"\r\n") == 30_001
    # The file itself, grown by doubling at worst; no row is kept beside it.
    assert peak < 2.5 * len(content), (peak, len(content))


def test_json_stays_the_lossless_format(assessment: Assessment) -> None:
    document = json.loads(render("json", assessment)["assessment.json"])
    texts = {f["actual"] for c in document["controls"] for f in c["findings"]}
    assert set(HOSTILE) <= texts
