"""report.html as a file: closed markup, nothing to load, nothing hidden, same bytes each time."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analyzer.model.assessment import Assessment, Tally
from analyzer.model.changes import Change
from analyzer.model.responsibility import Attestation, Comparison
from analyzer.model.review_sheet import VERDICT_WORDS
from analyzer.model.verdict import Verdict
from analyzer.reports import render, rendering_of
from analyzer.reports.assessment_json import read
from analyzer.reports.assessment_json import write as write_json
from analyzer.reports.citations import cited_by
from analyzer.reports.html import write
from analyzer.reports.html_environment import asset, environment
from analyzer.reports.html_parties import Cell, matrix, published
from analyzer.reports.rendering import Paper, Rendering
from analyzer.reports.tables import TABLES
from analyzer.reports.text import one_line, visible
from analyzer.reports.words import percent, section_label
from analyzer.reports.workbook_style import CHART_COLOURS
from tests.reports.builder import build

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "analyzer" / "data" / "html"
TAME = ("plain", "simple")
VOID = {"meta", "input", "br", "rect"}
TAGS = {
    "a", "b", "bdi", "body", "br", "button", "caption", "code", "dd", "desc", "details", "div",
    "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "head", "header", "html",
    "input", "label", "legend", "li", "main", "meta", "nav", "noscript", "ol", "option", "p",
    "rect", "script", "section", "select", "span", "strong", "style", "summary", "svg", "table",
    "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "aria-label", "aria-labelledby", "aria-live", "autocomplete", "charset", "class", "colspan",
    "content", "data-change", "data-comparison", "data-disposition", "data-key", "data-level",
    "data-party", "data-review", "data-section", "data-verdict", "for", "height", "hidden", "href",
    "http-equiv", "id", "lang", "name", "placeholder", "preserveaspectratio", "role", "scope",
    "spellcheck", "tabindex", "translate", "type", "value", "viewbox", "width", "x", "y",
}  # fmt: skip


class Page(HTMLParser):
    """Tags with their attributes, the text of each element that is asked for, and nesting."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def inside(self, tag: str) -> list[str]:
        return [text for place, text in self.texts if place == tag]


@pytest.fixture(scope="module")
def text(assessment: Assessment) -> str:
    return render("html", assessment)["report.html"].decode("utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def _plain(**changes: object) -> Assessment:
    return replace(build(texts=TAME, profile=False, people=False), **changes)  # type: ignore[arg-type]  # a test's shorthand


def _write(a: Assessment) -> str:
    return write(a, rendering_of(a)).decode("utf-8")


def test_markup_is_closed_and_from_a_short_list(page: Page) -> None:
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES


def test_links_stay_inside_the_page_and_arrive(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for _, attributes in page.tags if "href" in attributes]
    assert links
    assert all(link.startswith("#") for link in links)
    # A synthetic waiver names nothing else; every other link has its target.
    assert {link[1:] for link in links} <= set(ids)


def test_labels_of_charts_and_regions_exist(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.tags}
    for _, attributes in page.tags:
        for name in ("aria-labelledby", "for"):
            assert set(attributes.get(name, "").split()) <= ids


def test_policy_names_style_and_script_and_nothing_else(page: Page) -> None:
    policy = [a["content"] for t, a in page.tags if a.get("http-equiv")]
    assert len(policy) == 1
    hashes = []
    for tag in ("style", "script"):
        body = "".join(page.inside(tag))
        digest = hashlib.sha256(body.encode("utf-8")).digest()
        hashes.append(f"'sha256-{base64.b64encode(digest).decode('ascii')}'")
    assert policy[0].split("; ") == [
        "default-src 'none'",
        f"style-src {hashes[0]}",
        f"script-src {hashes[1]}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_policy_comes_before_anything_it_governs(text: str) -> None:
    head = text.index("Content-Security-Policy")
    assert head < text.index("<style>") < text.index("<script>")


def test_nothing_of_the_assessment_is_in_script_or_style(page: Page) -> None:
    assert "".join(page.inside("script")) == asset("report.js")
    style = "".join(page.inside("style"))
    rest = style.removeprefix(asset("report.css"))
    assert re.fullmatch(
        r'@page \{ size: A4 portrait; @bottom-left \{ content: "Report id [0-9a-f]{16}" \} \}\n',
        rest,
    )


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_assets_load_nothing_and_build_nothing_from_text(name: str) -> None:
    content = (FOLDER / name).read_text(encoding="utf-8")
    for word in (
        "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(",
        "fetch(", "XMLHttpRequest", "WebSocket", "import(", "@import", "url(", "http:", "https:",
        "javascript:", "|safe", "| safe", "autoescape", "style=", "onclick", "localStorage",
    ):  # fmt: skip
        assert word not in content, f"{name} has {word}"


def test_only_style_and_script_go_unescaped() -> None:
    raw = [
        line.strip()
        for path in FOLDER.iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()
        if "raw_asset" in line
    ]
    assert sorted(raw) == [
        "<script>{{ script | raw_asset }}</script>",
        "<style>{{ style | raw_asset }}</style>",
    ]


def test_every_file_ships_in_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["analyzer"]
    shipped = {path for pattern in patterns for path in (ROOT / "analyzer").glob(pattern)}
    assert set(FOLDER.iterdir()) <= shipped


def test_hidden_characters_are_shown(text: str) -> None:
    assert visible(text) == text.replace("\r\n", "\n")
    assert "exe\\u202Efdp.txt" in text


def test_a_template_cannot_forget_to_escape_or_to_show() -> None:
    printed = environment().from_string("{{ text }}|{{ text | upper }}").render(text="<a\u202eb")
    assert printed == "&lt;a\\u202Eb|&lt;A\\u202EB"


def test_every_control_is_there_once_with_its_words(page: Page, assessment: Assessment) -> None:
    rows = [a for tag, a in page.tags if tag == "tbody" and a.get("class") == "control"]
    assert [row["id"] for row in rows] == [f"control-{c.id}" for c in assessment.controls]
    for row, c in zip(rows, assessment.controls, strict=True):
        assert row["data-verdict"] == c.verdict
        assert row["data-section"] == c.section
        assert row["data-level"] == str(c.level)
        assert row["data-party"] == c.responsibility.party
        assert row["data-comparison"] == c.responsibility.comparison
        assert row["data-disposition"] == c.disposition
        state = "unreviewed" if c.review is None else c.review.review.verdict.value
        assert row["data-review"] == ("stale" if c.review and c.review.stale else state)


def test_rows_say_what_the_auditor_concluded_and_whether_it_is_stale(
    text: str, assessment: Assessment
) -> None:
    said = {}
    for row in text.split('<tbody class="control" id="control-')[1:]:
        cells = row.split('<tr class="more">')[0].split("<td")
        found = [_bare("<td" + cell) for cell in cells if 'class="on-phone">review' in cell]
        said[row.split('"')[0]] = found[0].removeprefix("review ") if found else ""
    expected = {
        c.id: ("stale " if c.review.stale else "") + VERDICT_WORDS[c.review.review.verdict]
        if c.review
        else ""
        for c in assessment.controls
    }
    assert said == expected
    assert any(word.startswith("stale ") for word in said.values())


def _bare(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_changes_are_beside_the_controls_that_the_newer_side_has(
    page: Page, assessment: Assessment
) -> None:
    assert assessment.changes
    expected = {row.newer.id: row.change for row in assessment.changes.rows if row.newer}
    rows = [a for tag, a in page.tags if tag == "tbody" and a.get("class") == "control"]
    found = {row["id"].removeprefix("control-"): row["data-change"] for row in rows}
    assert {number: word for number, word in found.items() if word} == expected


def test_hostile_texts_stand_as_they_look(page: Page, assessment: Assessment) -> None:
    shown = set(page.inside("bdi"))
    for control in assessment.controls:
        assert control.title[:1] == "" or one_line(control.title) in shown
        for finding in control.findings:
            if len(visible(finding.actual)) <= 4_000:
                assert finding.actual == "" or visible(finding.actual) in shown
    cut = [text for text in shown if text.endswith("cut here; assessment.json has the whole")]
    assert cut
    assert max(map(len, shown)) <= 4_000


def _of_evidence(a: Assessment) -> Iterator[str]:
    for bundle in a.bundles:
        yield from (bundle.sha256, bundle.fingerprint, bundle.name)
    for gap in a.gaps:
        yield from (gap.key, gap.subject, gap.command, gap.detail)
    cited = cited_by(a)
    for entry in a.evidence:
        if entry.id in cited:
            yield from (entry.member, entry.selector, entry.excerpt)
    yield from a.cluster.nodes_expected or ()
    yield from a.notices


def _of_controls(a: Assessment) -> Iterator[str]:
    for c in a.controls:
        yield from (c.rule, c.remediation, c.topic, c.explanation, c.responsibility.explanation)
        if c.review:
            yield from (c.review.review.comment, c.review.review.reviewer)
        for finding in c.findings:
            yield from (finding.subject, finding.explanation, *finding.notes)
            yield from (missing.detail for missing in finding.missing)


def _of_people(a: Assessment) -> Iterator[str]:
    for record in a.waivers:
        w = record.waiver
        yield from (w.owner, w.approver, w.ticket, w.justification, record.why)
    if a.changes:
        yield from a.changes.limits
        yield from (row.why for row in a.changes.rows if row.change is not Change.UNCHANGED)
    for tool in a.third_party:
        yield from (tool.sha256, tool.why, *(line.detail for line in tool.results))
    for walk in a.crosswalks:
        yield from (row.explanation for row in walk.rows)


@pytest.mark.parametrize("texts", [_of_evidence, _of_controls, _of_people])
def test_every_chapter_holds_all_that_it_lists(
    page: Page, assessment: Assessment, texts: Callable[[Assessment], Iterator[str]]
) -> None:
    shown = set(page.inside("bdi"))
    expected = [text for text in texts(assessment) if text and len(visible(text)) <= 600]
    assert len(expected) > 30
    assert [text for text in expected if not {visible(text), one_line(text)} & shown] == []


def test_score_never_stands_without_coverage(text: str, assessment: Assessment) -> None:
    overall = assessment.summary.overall
    score, coverage = percent(overall.score), percent(overall.coverage)
    assert f"<dd><b>{score}</b> at <b>{coverage}</b></dd>" in text
    after = percent(assessment.summary.score_after_waivers)
    assert f"<dd><b>{after}</b> at <b>{coverage}</b></dd>" in text
    for found in re.findall(r"score [0-9n][^ <]*([^<]*)", text):
        assert found.startswith(" at coverage")


def test_tables_repeat_every_tally(text: str, assessment: Assessment) -> None:
    for tally in (
        *assessment.summary.by_section.values(),
        *assessment.summary.by_party.values(),
        *assessment.summary.by_level.values(),
    ):
        cells = [f">{tally.by_verdict[v]}</td>" for v in (Verdict.PASS, Verdict.FAIL)]
        shares = (
            f'<td class="num">{tally.total}</td><td class="num">{percent(tally.score)}</td>'
            f'<td class="num">{percent(tally.coverage)}</td>'
        )
        assert any(
            shares in row and all(cell in row for cell in cells) for row in text.split("</tr>")
        )


def test_bars_are_as_wide_as_their_counts(page: Page, assessment: Assessment) -> None:
    drawn: list[list[tuple[str, int, int]]] = []
    for tag, attributes in page.tags:
        if tag == "svg":
            drawn.append([])
        elif tag == "rect":
            place = int(attributes["x"]), int(attributes["width"])
            drawn[-1].append((attributes["class"].removeprefix("s-"), *place))
    counts = assessment.summary.overall.by_verdict
    assert {word: width for word, _, width in drawn[0]} == {w: n for w, n in counts.items() if n}
    assert sum(width for _, _, width in drawn[0]) == assessment.summary.overall.total
    for bar in drawn:
        ends = [start + width for _, start, width in bar]
        assert [start for _, start, _ in bar] == [0, *ends[:-1]]


def test_findings_beyond_the_limit_are_counted() -> None:
    text = _write(build(texts=TAME, findings_each=53))
    failing = next(c for c in build(texts=TAME).controls if c.verdict is Verdict.FAIL)
    part = text.split(f'id="control-{failing.id}"')[1].split("</tbody>\n<tbody")[0]
    assert "3 more findings: see report.xlsx or assessment.json." in part
    assert part.count('<tr><th scope="row"><bdi class="code">') == 50


def test_evidence_beyond_the_limit_is_counted_and_never_a_dead_link() -> None:
    a = build(texts=TAME)
    control = next(c for c in a.controls if c.verdict is Verdict.FAIL)
    pieces = tuple(replace(a.evidence[0], id=f"EV-{n:04d}") for n in range(1, 301))
    findings = tuple(
        replace(control.findings[0], evidence=tuple(p.id for p in pieces[n * 15 : n * 15 + 15]))
        for n in range(20)
    )
    many = replace(control, findings=findings, counts={"fail": 20})
    text = _write(replace(a, controls=(many,), evidence=pieces, crosswalks=(), changes=None))
    assert "200 more pieces of evidence: see report.xlsx or assessment.json." in text
    assert text.count("+3 more") == 20
    assert "100 of 300 pieces" in text
    ids = set(re.findall(r'id="(EV-[0-9]+)"', text))
    assert len(ids) == 100
    assert set(re.findall(r'href="#(EV-[0-9]+)"', text)) == ids


def test_the_worst_findings_are_listed_first() -> None:
    a = _plain()
    control = next(c for c in a.controls if c.verdict is Verdict.PASS)
    good = control.findings[0]
    bad = replace(good, verdict=Verdict.FAIL, subject="node/the-bad-one")
    mixed = replace(
        control,
        verdict=Verdict.FAIL,
        findings=(*(good,) * 80, bad),
        counts={"pass": 80, "fail": 1},
    )
    text = _write(replace(a, controls=(mixed,)))
    part = text.split("<caption>Findings</caption>")[1]
    assert part.index("node/the-bad-one") < part.index("w-pass")


def test_size_does_not_grow_with_findings() -> None:
    small = len(_write(build(texts=TAME, findings_each=60)))
    large = len(_write(build(texts=TAME, findings_each=240)))
    assert large < small * 1.1


def test_a_control_that_is_waived_whole_is_not_among_the_worst(assessment: Assessment) -> None:
    text = _write(assessment)
    worst = text.split('id="worst-h"')[1].split("</ol>")[0]
    waived = [c.id for c in assessment.controls if c.waiver and c.waiver.complete]
    failing = [c.id for c in assessment.controls if c.verdict is Verdict.FAIL]
    assert waived
    for number in failing[:6]:
        assert (f'#control-{number}"' in worst) is (number not in waived)


def test_matrix_says_what_was_not_decided(text: str, assessment: Assessment) -> None:
    part = text.split('id="matrix-h"')[1].split("</table>", maxsplit=1)[0]
    cells = [
        re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", part, re.DOTALL)
    ]
    counted = sum(int(n) for cell in cells for n in re.findall(r"(\d+) [a-z]", cell))
    assert counted == len(assessment.controls)
    open_ones = [c for c in assessment.controls if c.verdict is Verdict.NO_EVIDENCE]
    said = sum(int(n) for cell in cells for n in re.findall(r"(\d+) no-evidence", cell))
    assert said == len(open_ones) > 0


def test_matrix_adds_up_to_the_summary(assessment: Assessment) -> None:
    shown = matrix(assessment)
    labels = {row.label: row for row in shown.rows}
    sections = dict.fromkeys(c.section for c in assessment.controls)
    assert len(labels) == len(sections)
    for section in sections:
        row = labels[section_label(assessment, section)]
        assert _added(row.cells.values()) == _tally(assessment.summary.by_section[section])
    assert {party.value for party in shown.parties} == set(assessment.summary.by_party)
    for party in shown.parties:
        cells = [row.cells[party] for row in shown.rows]
        assert _added(cells) == _tally(assessment.summary.by_party[party.value])
        assert sum(len(cell.failing) for cell in cells) == _added(cells)["fail"]


def _added(cells: Iterable[Cell]) -> Counter[str]:
    """Add up counts that are printed as words: ``2 fail, 1 pass``."""
    found: Counter[str] = Counter()
    for cell in cells:
        for number, word in re.findall(r"(\d+) ([a-z-]+)", cell.counts):
            found[word] += int(number)
    return found


def _tally(tally: Tally) -> Counter[str]:
    return +Counter({str(word): count for word, count in tally.by_verdict.items()})


def test_publications_are_the_workbooks(assessment: Assessment) -> None:
    ours = [c.id for group in published(assessment) for c in group.controls]
    sheet = next(table for table in TABLES if table.name == "Published vs observed")
    assert ours == [c.id for c in sheet.source(assessment)]


def test_other_tools_are_called_assertions(text: str) -> None:
    part = text.split('id="others"')[1].split("</section>", maxsplit=1)[0]
    assert "Assertions, never evidence." in part
    words = re.findall(r'class="w w-a-([a-z-]+)"', part.split("<dl")[0])
    assert words[0] == "differs"
    assert words.index("neither") > words.index("agrees")


def test_page_without_people_profile_or_findings() -> None:
    text = _write(_plain())
    for chapter in ("waivers", "changes", "others"):
        assert f'id="{chapter}"' not in text
        assert f'href="#{chapter}"' not in text
    assert 'data-key="comparison"' not in text
    assert 'data-key="review"' not in text


def test_a_profile_that_publishes_nothing_fills_no_column() -> None:
    a = build(texts=TAME)
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
        for c in a.controls
    )
    text = _write(replace(a, controls=silent))
    assert "Contradictions" not in text
    assert 'data-key="comparison"' not in text
    assert "No provider published a result" in text
    assert "Contradictions" in _write(a)


def test_page_of_next_to_nothing() -> None:
    bare = _plain(
        controls=(), evidence=(), gaps=(), bundles=(), notices=(), crosswalks=(), policy={}
    )
    bare = replace(
        bare,
        cluster=replace(
            bare.cluster, uid=None, kubernetes_version=None, nodes_expected=None,
            nodes_evidenced=(),
        ),
    )  # fmt: skip
    page = Page(_write(bare))
    assert page.open == []
    shown = " ".join(text for _, text in page.texts)
    assert "No verdict cites a place in a bundle." in shown
    assert "No node is known" in shown


def test_paper_is_the_one_asked_for(assessment: Assessment) -> None:
    how = Rendering(report_id="0123456789abcdef", paper=Paper.LETTER)
    content = write(assessment, how).decode("utf-8")
    assert (
        'size: letter portrait; @bottom-left { content: "Report id 0123456789abcdef" }' in content
    )


def test_a_report_id_that_is_no_digest_is_refused(assessment: Assessment) -> None:
    with pytest.raises(ValueError, match="base 16"):
        write(assessment, Rendering(report_id='"} body{display:none'))


def test_bars_have_the_workbooks_colours() -> None:
    found = dict(re.findall(r"\.s-([a-z-]+) \{ --seg: (#[0-9a-f]{6}); \}", asset("report.css")))
    assert found == {word.value: colour.lower() for word, colour in CHART_COLOURS.items()}


def test_every_word_has_a_look_of_its_own_or_the_plain_one(page: Page) -> None:
    classes = {c for _, a in page.tags for c in a.get("class", "").split() if c.startswith("w-")}
    styled = set(re.findall(r"\.(w-[a-z-]+)", asset("report.css")))
    plain = {"w-not-applicable", "w-out-of-scope", "w-observed-only", "w-not-comparable",
             "w-unspecified", "w-r-not-applicable", "w-c-unchanged", "w-a-neither",
             "w-e-removed", "w-e-unchanged", "w-r-unreviewed"}  # fmt: skip
    assert classes - styled <= plain
    assert not plain & styled


def test_same_bytes_when_read_back(assessment: Assessment) -> None:
    again = read(write_json(assessment))
    assert render("html", again) == render("html", assessment)
    assert render("html", assessment) == render("html", assessment)


def test_same_bytes_in_another_process(text: str) -> None:
    code = (
        "import hashlib\n"
        "from analyzer.reports import render\n"
        "from tests.reports.builder import build\n"
        "print(hashlib.sha256(render('html', build())['report.html']).hexdigest())"
    )
    expected = hashlib.sha256(text.encode("utf-8")).hexdigest()
    for seed in ("1", "77"):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == expected
