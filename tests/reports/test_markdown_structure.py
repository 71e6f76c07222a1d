"""report.md as readers parse it: links lead somewhere, tables are whole, nothing is raw."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyzer.model.assessment import Assessment
from analyzer.reports import render
from tests.reports.builder import build
from tests.tools import needed

DIALECTS = ("gfm", "markdown+gfm_auto_identifiers-smart")


@pytest.fixture(scope="module")
def text(assessment: Assessment) -> str:
    return render("md", assessment)["report.md"].decode("utf-8")


@pytest.fixture(scope="module")
def tokens(text: str) -> list[Token]:
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)


def _headings(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            parts = tokens[place + 1].children or []
            yield int(token.tag[1:]), "".join(part.content for part in parts)


def _github_anchors(tokens: list[Token]) -> list[str]:
    """Do what GitHub does: lower case, no marks but - and _, hyphens for spaces, counted."""
    seen: dict[str, int] = {}
    anchors = []
    for _, words in _headings(tokens):
        name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        number = seen.get(name, 0)
        seen[name] = number + 1
        anchors.append(f"{name}-{number}" if number else name)
    return anchors


def _links(tokens: list[Token]) -> set[str]:
    parts = (part for token in tokens for part in token.children or [])
    return {str(part.attrGet("href")) for part in parts if part.type == "link_open"}


def test_headings_skip_no_level_and_there_is_one_title(tokens: list[Token]) -> None:
    levels = [level for level, _ in _headings(tokens)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_link_leads_to_a_heading(tokens: list[Token]) -> None:
    anchors = _github_anchors(tokens)
    assert len(anchors) == len(set(anchors))
    targets = _links(tokens)
    assert len(targets) > 40
    assert targets <= {f"#{anchor}" for anchor in anchors}


def test_contents_list_every_chapter(text: str, tokens: list[Token]) -> None:
    chapters = [words for level, words in _headings(tokens) if level == 2]
    contents = text.split("\n## Contents\n")[1].split("\n## ", maxsplit=1)[0]
    assert re.findall(r"(?m)^- \[(.*)\]\(#", contents) == chapters[1:]


def test_two_chapters_of_one_name_have_a_link_each(assessment: Assessment) -> None:
    (tool,) = assessment.third_party
    made = replace(assessment, third_party=(tool, tool))
    text = render("md", made)["report.md"].decode("utf-8")
    assert "\n- [What kube-bench says](#what-kube-bench-says)\n" in text
    assert "\n- [What kube-bench says](#what-kube-bench-says-1)\n" in text


def test_nothing_is_raw(tokens: list[Token]) -> None:
    inside = (part.type for token in tokens for part in token.children or [])
    kinds = {token.type for token in tokens} | set(inside)
    assert not kinds & {"html_block", "html_inline", "image", "fence", "code_block"}


def test_every_row_has_the_cells_of_its_head(tokens: list[Token]) -> None:
    heads, tables = 0, 0
    counts: list[int] = []
    for token in tokens:
        if token.type == "thead_open":
            heads, tables = 0, tables + 1
        elif token.type == "th_open":
            heads += 1
        elif token.type == "tr_open":
            counts.append(0)
        elif token.type == "td_open":
            counts[-1] += 1
        elif token.type == "tr_close" and counts[-1]:
            assert counts[-1] == heads
    assert tables > 30


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from _walk(inner)


def _pandoc(text: str, dialect: str) -> list[dict[str, Any]]:
    """Return every element that pandoc makes of the text."""
    done = subprocess.run(
        [needed("pandoc"), "-f", dialect, "-t", "json"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    document = json.loads(done.stdout)
    return [node for node in _walk(document["blocks"]) if "t" in node]


def _all(nodes: list[dict[str, Any]], *kinds: str) -> list[Any]:
    return [node.get("c") for node in nodes if node["t"] in kinds]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_pandoc_finds_every_target_and_nothing_raw(text: str, dialect: str) -> None:
    nodes = _pandoc(text, dialect)
    anchors = [header[1][0] for header in _all(nodes, "Header")]
    assert len(anchors) == len(set(anchors))
    targets = {link[2][0] for link in _all(nodes, "Link")}
    assert len(targets) > 40
    assert targets <= {f"#{anchor}" for anchor in anchors}
    strange = ("RawInline", "RawBlock", "Image", "Math", "Cite", "Note", "Superscript")
    assert not _all(nodes, *strange, "Subscript", "Emph", "CodeBlock", "Div", "Strikeout")
    assert len(_all(nodes, "Table")) == text.count("\n\n| ")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_pandoc_reads_every_control_in_its_row(
    assessment: Assessment, text: str, dialect: str
) -> None:
    nodes = _pandoc(text, dialect)
    rows = [row for table in _all(nodes, "Table") for body in table[4] for row in body[3]]
    first = [_said(row[1][0][4]) for row in rows]
    for control in assessment.controls:
        assert control.id in first
    for entry in assessment.evidence:
        assert first.count(entry.id) == 1


def _said(blocks: Any) -> str:
    parts = (node for node in _walk(blocks) if node.get("t") in ("Str", "Code"))
    return "".join(node["c"] if node["t"] == "Str" else node["c"][1] for node in parts)


def test_long_columns_get_most_of_the_page() -> None:
    """Pandoc shares the page by dashes where a line is long; the register's last column wins."""
    made = build(texts=("The flag is set in the manifest.", "a much longer account of it " * 9))
    text = render("md", made)["report.md"].decode("utf-8")
    tables = _all(_pandoc(text, DIALECTS[1]), "Table")
    registers = [t[2] for t in tables if _said(t[3]).startswith("controltitleobserved")]
    assert len(registers) == len({c.section for c in made.controls})
    for columns in registers:
        widths = [column[1]["c"] for column in columns]
        assert sum(widths) == pytest.approx(1)
        assert max(widths) == widths[-1] > 0.3
        assert min(widths) > 0.03


def test_without_people_there_are_no_empty_chapters() -> None:
    bare = render("md", build(people=False))["report.md"].decode("utf-8")
    for chapter in ("Waivers", "Reviews"):
        assert f"\n## {chapter}\n" not in bare
    assert "| observed | what follows |" in bare
    for label in ("Waivers", "Reviews", "Changes", "Other tools"):
        assert f"**{label}.**" not in bare
