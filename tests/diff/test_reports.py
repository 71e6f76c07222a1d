"""Changes as Markdown, JSON and one screen: complete, bounded, harmless, the same every time."""

import json
import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from analyzer.diff import compare_assessments
from analyzer.formats.schema_files import load_schema
from analyzer.model.assertion import Agreement
from analyzer.model.changes import Change, Changes
from analyzer.model.responsibility import Party
from analyzer.model.verdict import Disposition, Verdict
from analyzer.reports import html
from analyzer.reports.changes_json import write_changes_json
from analyzer.reports.markdown_changes import changes as chapter
from analyzer.reports.markdown_changes import write_changes
from analyzer.reports.rendering import Rendering
from analyzer.reports.terminal import LINES, WIDTH
from analyzer.reports.terminal_changes import changes_text
from tests.diff.small import assessment
from tests.reports import builder

SCHEMA: Any = load_schema("changes.v1")
RENDERER = MarkdownIt("gfm-like", {"html": True, "linkify": False})
HOSTILE = builder.build()


def hostile() -> Changes:
    """Every change word, a side missing, and texts that mean harm."""
    assert HOSTILE.changes is not None
    return HOSTILE.changes


def ordinary() -> Changes:
    older = {f"1.2.{n}": {"findings": {"node/cp-1": "pass"}} for n in range(1, 31)}
    newer = {f"1.2.{n}": {"findings": {"node/cp-1": "fail"}} for n in range(1, 31)}
    before, after = assessment({"controls": older}, "o"), assessment({"controls": newer}, "n")
    return compare_assessments(before, after, "a" * 16, "b" * 16)


@pytest.mark.parametrize("changes", [hostile(), ordinary()], ids=["hostile", "ordinary"])
def test_json_fits_its_schema_and_comes_back_whole(changes: Changes) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    written = write_changes_json(changes)
    document = json.loads(written)
    Draft202012Validator(SCHEMA).validate(document)
    assert document.pop("schema") == "changes.v1"
    assert msgspec.convert(document, Changes) == changes
    assert written.endswith(b"}\n")
    assert written == write_changes_json(changes)


@pytest.mark.parametrize(
    ("name", "words"),
    [("change", Change), ("party", Party), ("disposition", Disposition), ("verdict", Verdict)],
)
def test_schema_words_are_the_words_of_the_code(name: str, words: type[StrEnum]) -> None:
    assert SCHEMA["$defs"][name]["enum"] == sorted(words)


def test_schema_says_the_same_as_the_one_of_assessments() -> None:
    """Descriptions apart, a row is the same in both files."""
    whole: Any = load_schema("assessment.v1")
    for name, shape in SCHEMA["$defs"].items():
        assert _bare(shape) == _bare(whole["$defs"][name]), name


def _bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if key != "description"}
    return [_bare(item) for item in node] if isinstance(node, list) else node


def test_schema_refuses_another_shape() -> None:
    document = json.loads(write_changes_json(ordinary()))
    for broken in (document | {"more": 1}, document | {"schema": "changes.v2"}):
        assert list(Draft202012Validator(SCHEMA).iter_errors(broken))


def test_markdown_shows_every_row_and_stays_text() -> None:
    text = write_changes(hostile()).decode("utf-8")
    html = RENDERER.render(text)
    tags = set(re.findall(r"<([a-z0-9]+)", html))
    assert tags <= {"h1", "h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul",
                    "li", "code"}  # fmt: skip
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]", text)
    for row in hostile().rows:
        assert row.id in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_markdown_tells_limits_before_counts_and_new_failures_first() -> None:
    heads = re.findall(
        r"^#+ .*|^- Limit.*|^\| new ", write_changes(hostile()).decode(), re.MULTILINE
    )
    kinds = ["Limit" if "Limit" in head else head.strip("#| ") for head in heads]
    assert kinds == [
        "What changed between two assessments", "Limit", "Limit", "new", "New failures",
        "Resolved", "Someone else must act", "Changed", "Incomparable", "Unchanged",
    ]  # fmt: skip


def test_incomparable_rows_that_fail_now_stand_first_and_are_counted() -> None:
    older = {
        "controls": {"1.2.1": {"verdict": "out-of-scope"}, "1.2.2": {"verdict": "out-of-scope"}}
    }
    findings = {"1.2.1": {"findings": {"node/cp-1": "pass"}}}
    newer = {"controls": findings | {"1.2.2": {"findings": {"node/cp-1": "fail"}}}}
    changes = compare_assessments(assessment(older, "o"), assessment(newer, "n"), "", "")
    text = write_changes(changes).decode()
    assert "1 of these 2 fail now" in text
    assert text.index("| 1.2.2 ") < text.index("| 1.2.1 ")
    assert "1 of the incomparable fail now" in changes_text(changes)


def test_failures_that_stayed_with_other_subjects_are_not_folded_away() -> None:
    older = {"controls": {"1.2.1": {"findings": {"node/cp-1": "fail", "node/worker-1": "pass"}}}}
    newer = {"controls": {"1.2.1": {"findings": {"node/cp-1": "fail", "node/worker-1": "fail"}}}}
    changes = compare_assessments(assessment(older, "o"), assessment(newer, "n"), "", "")
    text = write_changes(changes).decode()
    section = text.partition("## Still failing")[2].partition("## Unchanged")[0]
    assert "node/worker-1" in section
    assert "more fail 1.2.1" in changes_text(changes)


def test_failures_that_stayed_with_other_facts_are_not_folded_away() -> None:
    older = {"controls": {"1.2.1": {"findings": {"node/cp-1": "fail with 0011"}}}}
    newer = {"controls": {"1.2.1": {"findings": {"node/cp-1": "fail with 0022"}}}}
    after = assessment(newer, "n")
    changes = compare_assessments(assessment(older, "o"), after, "", "")
    text = write_changes(changes).decode()
    assert "node/cp-1" in text.partition("## Still failing")[2].partition("## Unchanged")[0]
    assert "altered   1.2.1" in changes_text(changes)
    page = html.write(replace(after, changes=changes), Rendering(report_id="0" * 16)).decode()
    assert "Other facts: " in page.partition('<section id="changes"')[2].partition("</section>")[0]


def test_many_subjects_are_cut_with_their_number() -> None:
    (row,) = (row for row in hostile().rows if row.change is Change.NEW)
    many = replace(row, appeared=tuple(f"Pod/shop/p{n}" for n in range(40)))
    text = write_changes(replace(hostile(), rows=(many,))).decode()
    assert "Pod/shop/p9 and 30 more" in text


def test_chapter_stands_only_where_changes_are() -> None:
    assert list(chapter(replace(HOSTILE, changes=None))) == []
    assert next(chapter(HOSTILE)).startswith("## Changes since 2025-11-01")


@pytest.mark.parametrize("changes", [hostile(), ordinary()], ids=["hostile", "ordinary"])
def test_screen_is_bounded_and_plain(changes: Changes) -> None:
    many = replace(changes, limits=tuple(f"limit {n} " + "word " * 60 for n in range(12)))
    for one in (changes, many):
        text = changes_text(one, ("report/changes.md", "x" * 300))
        lines = text.split("\n")
        assert len(lines) <= LINES
        assert all(len(line) <= WIDTH for line in lines[:-1])
        assert lines[-1] == "wrote " + "x" * 300  # a path that is cut cannot be copied
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "wrote report/changes.md" in text


def test_screen_counts_and_lists_new_failures() -> None:
    text = changes_text(ordinary())
    assert "30 new, 0 resolved" in text
    assert "new       1.2.1" in text
    assert "and 25 more" in text


@pytest.mark.parametrize("word", [*Change, *Agreement])
def test_every_word_is_explained(word: str) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "comparing.md").read_text("utf-8")
    assert f"\n| `{word}` |" in page


def test_schema_is_written_as_the_others_are() -> None:
    path = Path(__file__).resolve().parents[2] / "schemas" / "changes.v1.schema.json"
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
