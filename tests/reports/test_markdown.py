"""report.md: complete, and whatever a bundle says stays text when rendered."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import MEANING, Verdict
from analyzer.reports import render
from analyzer.reports.markdown_text import plain
from analyzer.reports.text import one_line
from tests.reports.builder import HOSTILE, build

RENDERER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
SAFE_TAGS = {
    "h1", "h2", "h3", "p", "strong", "em", "code", "ul", "ol", "li",
    "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


def _tags(html: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", html))


@pytest.fixture(scope="module")
def text(assessment: Assessment) -> str:
    return render("md", assessment)["report.md"].decode("utf-8")


def test_ends_in_one_newline(text: str) -> None:
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text


def test_renders_to_harmless_tags_only(text: str) -> None:
    html = RENDERER.render(text)
    assert _tags(html) <= SAFE_TAGS
    assert "<em>" not in html
    assert all(target.startswith("#") for target in re.findall(r'<a href="([^"]*)"', html))


def test_what_is_no_hash_stays_text(assessment: Assessment) -> None:
    """No file that is read holds one; a value that a caller made may."""
    bundle = replace(assessment.bundles[0], sha256="`<b>x</b>`", fingerprint="x`<i>y</i>")
    made = replace(assessment, bundles=(bundle,))
    html = RENDERER.render(render("md", made)["report.md"].decode("utf-8"))
    assert _tags(html) <= SAFE_TAGS
    assert "SHA-256 `&lt;b&gt;x&lt;/b&gt;`" in html
    assert "fingerprint x`&lt;i&gt;y&lt;/i&gt;" in html


def test_headings_are_ours(text: str, assessment: Assessment) -> None:
    headings = [line for line in text.splitlines() if line.startswith("#")]
    decisive = (Verdict.FAIL, Verdict.MANUAL, Verdict.ERROR)
    shown = [c.id for c in assessment.controls if c.verdict in decisive]
    sections = {c.section for c in assessment.controls}
    found = [line.split(" ")[2] for line in headings if line.startswith("### Control ")]
    assert [number.rstrip(":") for number in found] == shown
    assert sum(line.startswith("### Section ") for line in headings) == len(sections)
    assert text.count("\n# ") == 0


def test_every_control_and_failure_is_there(text: str, assessment: Assessment) -> None:
    for control in assessment.controls:
        assert text.count(f"\n| {control.id} | ") >= 1


def test_differing_readings_are_counted_and_listed(text: str, assessment: Assessment) -> None:
    differ = [c.id for c in assessment.controls if c.other_reading]
    listed = text.split("## Where text and behaviour differ")[1].split("## ", maxsplit=1)[0]
    front = text.split("## ", maxsplit=1)[0]
    assert differ
    assert f"The readings differ on {len(differ)} controls." in front
    assert "effective: What Kubernetes does decides" in front
    rows = {line.split(" | ")[0].lstrip("| "): line for line in listed.splitlines() if "|" in line}
    for control in assessment.controls:
        findings = [f for f in control.findings if f.other_reading]
        assert (control.id in rows) is bool(control.id in differ or findings)
    assert all("by the letter: " in rows[number] for number in differ)


def test_every_citation_leads_to_one_row_of_the_register(text: str, assessment: Assessment) -> None:
    rows = _evidence(text)
    assert list(rows) == [entry.id for entry in assessment.evidence]
    for entry in assessment.evidence:
        assert text.count(f"\n| {entry.id} | ") == 1
        bundle = f"{entry.subject} {entry.bundle_sha256[:12]}"
        digits = entry.member_sha256[:16]
        assert rows[entry.id][1] == plain(f"{bundle}: {entry.member} ({digits}), {entry.selector}")
    for control in assessment.controls:
        for finding in control.findings:
            for number in finding.evidence:
                assert control.id in rows[number][-1].split(", ")


def test_register_rows_name_their_evidence(text: str, assessment: Assessment) -> None:
    for control in assessment.controls:
        cited = {entry for finding in control.findings for entry in finding.evidence}
        heading = f"### Section {control.section}: "
        row = next(r for r in _rows(text, heading) if r[0] == control.id)
        shown, _, more = row[-1].rpartition(" Evidence: ")[2].removesuffix(".").partition(" +")
        named = re.findall(r"\[(EV-\d+)\]", shown) if cited else []
        assert set(named) <= cited
        assert len(named) + int(more.removesuffix(" more") or 0) == len(cited)
        assert len(named) == min(len(cited), 6)


def test_a_huge_register_keeps_whatever_a_row_names() -> None:
    made = build(texts=("a", "b"), findings_each=140)
    text = render("md", made)["report.md"].decode("utf-8")
    listed = set(_evidence(text))
    assert len(made.evidence) == 6_020
    left = 6_020 - len(listed)
    assert left > 4_000
    assert f"\n{left} more entries stand in report.xlsx and assessment.json." in text
    above = text.partition("## Evidence register")[0]
    named = set(re.findall(r"\bEV-\d+", above))
    assert len(named) > 300
    assert named == listed
    few = render("md", build(texts=("a", "b"), findings_each=9))["report.md"].decode("utf-8")
    assert len(_evidence(few)) == 387


def test_many_citations_are_cut_with_a_count() -> None:
    long = render("md", build(texts=("a", "b"), findings_each=30))["report.md"].decode("utf-8")
    one = r"\[EV-\d+\]\(#ev-\d+-to-ev-\d+\)"
    assert re.search(rf" Evidence: {one}(, {one}){{5}} \+\d+ more\. \|", long)
    assert re.search(rf"\| {one}(, {one}){{5}} \+\d+ more \|", long)


@pytest.mark.parametrize(
    ("nodes", "shown"),
    [
        (("0600", "0600"), "Mode is 0600. Expected: at most 0600. "),
        (("0400", "0400"), "Mode is 0600. Actual: 0400. Expected: at most 0600. "),
        (
            ("0600", "0400"),
            "node/n0: 0600; expected: at most 0600. node/n1: 0400; expected: at most 0600. ",
        ),
        (("1", "2", "3", "4", "5"), "node/n2: 3; expected: at most 0600. 2 more values: report"),
    ],
)
def test_passing_nodes_show_actual_and_expected(
    assessment: Assessment, nodes: tuple[str, ...], shown: str
) -> None:
    control = next(c for c in assessment.controls if c.verdict is Verdict.PASS)
    findings = tuple(
        replace(control.findings[0], subject=f"node/n{n}", actual=mode, expected="at most 0600")
        for n, mode in enumerate(nodes)
    )
    made = replace(control, findings=findings, explanation="Mode is 0600.")
    text = render("md", replace(assessment, controls=(made,)))["report.md"].decode("utf-8")
    assert shown in text


def _evidence(text: str) -> dict[str, list[str]]:
    """Return the rows of the evidence register by id."""
    below = text.split("\n## Evidence register\n", 1)[1]
    blocks = re.findall(r"(?m)^### EV-\d+ to EV-\d+$", below)
    assert len(blocks) == len(set(blocks))
    return {row[0]: row for block in blocks for row in _rows(text, block)}


def _rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its two head rows."""
    below = text.split(f"\n{heading}", 1)[1].split("\n\n| ", 1)[1].split("\n\n", 1)[0]
    lines = below.splitlines()[2:]
    return [re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |")) for line in lines]


def test_tables_keep_their_columns(text: str) -> None:
    blocks = [b.splitlines() for b in text.split("\n\n") if b.startswith("|")]
    assert len(blocks) > 20
    for rows in blocks:
        widths = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows}
        assert len(widths) == 1, rows[0]


def test_glossary_bundles_and_gaps(text: str, assessment: Assessment) -> None:
    for verdict, meaning in MEANING.items():
        assert f"| {verdict.value} | {meaning} |" in text
    for bundle in assessment.bundles:
        assert bundle.sha256 in text
        assert bundle.fingerprint in text
    for gap in assessment.gaps:
        assert plain(gap.command) in text


@pytest.mark.parametrize(
    ("wanted", "heads", "said"),
    [
        (("0600", "0600"), "| subject | actual | explanation | evidence |", 1),
        (("0600", "0644"), "| subject | actual | expected | explanation | evidence |", 0),
    ],
)
def test_what_all_findings_want_is_said_once(
    assessment: Assessment, wanted: tuple[str, ...], heads: str, said: int
) -> None:
    control = next(c for c in assessment.controls if c.verdict is Verdict.FAIL)
    found = tuple(replace(control.findings[0], expected=one) for one in wanted)
    made = replace(assessment, controls=(replace(control, findings=found),))
    text = render("md", made)["report.md"].decode("utf-8")
    assert text.count(f"\n{heads}\n") == 1
    assert text.count("\n- Expected: 0600\n") == said


def test_waivers_and_reviews_stand_beside_the_verdicts(text: str, assessment: Assessment) -> None:
    listed = _rows(text, "## Waivers")
    for record, row in zip(assessment.waivers, listed, strict=True):
        w = record.waiver
        assert row[0] == plain(w.id)
        assert row[1].startswith(f"**{record.state.value}**: ")
        assert f"{w.valid_from} to {w.expires_on}; owner {w.owner}" in row[4]
    reviewed = {row[0].partition("]")[0].lstrip("["): row for row in _rows(text, "## Reviews")}
    for control in assessment.controls:
        heading = f"### Section {control.section}: "
        row = next(r for r in _rows(text, heading) if r[0] == control.id)
        assert row[2] == f"**{control.verdict.value}**"
        if control.review is None:
            assert row[3] == ""
            assert control.id not in reviewed
            continue
        said = control.review.review.verdict.value
        assert row[3] == (f"{said} (stale)" if control.review.stale else said)
        assert reviewed[control.id][1:3] == [control.verdict.value, row[3]]
    accepted = [c for c in assessment.controls if c.waiver]
    assert accepted
    for control in accepted:
        assert f": {control.disposition.value} \\(W-1\\) | " in text


def test_names_of_pictures_stay_text() -> None:
    for text in ("root:x:0:0", "a:100:b", ":south_africa:", "user@:x:@b", "a:o:v:m:b"):
        html = RENDERER.render("x " + plain(text))
        assert not re.search(
            r":[a-z0-9_+-]*[a-z_+-]+:|:100:", re.sub("<code>.*?</code>", "|", html)
        )
    for text in ("09:22:36", "system:serviceaccount:kube-system:x", "system:node:n"):
        assert plain(text) == text


def test_long_lists_of_failures_are_cut_with_a_count() -> None:
    long = render("md", build(findings_each=60))["report.md"].decode("utf-8")
    assert "10 more findings of this kind: report.xlsx, sheet Findings." in long


def _shown(markdown: str) -> str:
    """Return what a reader sees of one table cell."""
    tokens = RENDERER.parse(f"| a | b |\n| --- | --- |\n| {markdown} | end |\n")
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) == 4
    assert inline[3].content == "end"
    parts = inline[2].children or []
    assert {part.type for part in parts} <= {"text", "text_special", "code_inline"}
    return "".join(part.content for part in parts)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_text_shows_as_itself(number: int) -> None:
    text = HOSTILE[number][:900]
    assert _shown(plain(text)).strip() == one_line(text).strip()


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("|<>[]()\\`*_#&~$!{}@: \n-+=1.wh/tps"), max_size=30))
def test_any_mix_of_marks_shows_as_itself(text: str) -> None:
    assert _shown(plain(text)).strip() == one_line(text).strip()


def test_bare_addresses_do_not_become_links() -> None:
    linking = MarkdownIt("gfm-like", {"linkify": False})
    for text in ("http://e.example/x", "see www.e.example", "a@e.example"):
        assert "<a" not in linking.render("x " + plain(text))
        assert text not in plain(text)
