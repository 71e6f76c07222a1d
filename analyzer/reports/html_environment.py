"""How the templates see values: every text is escaped, and its hidden characters are shown."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from analyzer.model.assertion import AGREEMENT_MEANING
from analyzer.model.changes import CHANGE_MEANING
from analyzer.model.judgement import WAIVER_STATE_MEANING
from analyzer.model.responsibility import Comparison
from analyzer.model.review_sheet import METHOD_WORDS, VERDICT_WORDS
from analyzer.model.verdict import MEANING, Verdict
from analyzer.reports.bundle_lines import case_line, collector_line, run_line
from analyzer.reports.citations import bundle_mark
from analyzer.reports.html_listing import EVIDENCE_EACH, SUBJECTS, subjects_line
from analyzer.reports.markdown_crosswalk import EFFECT_MEANING
from analyzer.reports.text import cut, one_line, visible
from analyzer.reports.words import (
    COMPARISON_MEANING,
    LIMITS,
    PARTY_MEANING,
    VERDICTS,
    by_name,
    nodes_line,
    other_line,
    percent,
    reading_line,
    section_label,
)

_FOLDER = "html"
_MOST = 4_000
_CUT = " \u2026 cut here; assessment.json has the whole"


def asset(name: str) -> str:
    """Return the text of a file of the folder; its lines end in line feeds."""
    return files("analyzer").joinpath("data", _FOLDER, name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the template environment; made once, since templates compile slowly."""
    found = files("analyzer").joinpath("data", _FOLDER).iterdir()
    names = sorted(entry.name for entry in found if entry.name.endswith(".j2"))
    made = Environment(
        loader=DictLoader({name: asset(name) for name in names}),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({"shown": shown, "line": line, "ref": ref, "raw_asset": raw_asset})
    made.globals.update(_GLOBALS)
    return made


def shown(text: str, most: int = _MOST) -> str:
    """Return text with hidden characters spelled out; a long one ends in a mark."""
    return cut(visible(text), most, _CUT)


def line(text: str, most: int = _MOST) -> str:
    """Return the same on one line."""
    return cut(one_line(text), most, _CUT)


def ref(text: str) -> str:
    """Return text as part of a link inside the page."""
    return quote(visible(text), safe="")


def raw_asset(text: str) -> Markup:
    """Let a style sheet or script of ours through as it is; never for a value."""
    if "</" in text:
        raise ValueError("a style sheet or script could close its own element")
    return Markup(text)  # noqa: S704 - our own file, and it cannot end its element


def _finalize(value: Any) -> Any:
    """Show hidden characters of whatever a template prints; escaping comes after this."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


_GLOBALS: Mapping[str, Any] = {
    "AGREEMENT_MEANING": AGREEMENT_MEANING,
    "CHANGE_MEANING": CHANGE_MEANING,
    "COMPARISON_MEANING": COMPARISON_MEANING,
    "CONTRADICTED": Comparison.CONTRADICTED,
    "EFFECT_MEANING": EFFECT_MEANING,
    "EVIDENCE_EACH": EVIDENCE_EACH,
    "LIMITS": LIMITS,
    "MEANING": MEANING,
    "METHOD_WORDS": METHOD_WORDS,
    "PARTY_MEANING": PARTY_MEANING,
    "REVIEW_WORDS": VERDICT_WORDS,
    "SUBJECTS": SUBJECTS,
    "VERDICTS": VERDICTS,
    "Verdict": Verdict,
    "WAIVER_STATE_MEANING": WAIVER_STATE_MEANING,
    "bundle_mark": bundle_mark,
    "by_name": by_name,
    "case_line": case_line,
    "collector_line": collector_line,
    "run_line": run_line,
    "nodes_line": nodes_line,
    "other_line": other_line,
    "percent": percent,
    "reading_line": reading_line,
    "section_label": section_label,
    "subjects_line": subjects_line,
}
