"""report.md: the same story as the workbook, as text, from the short to the long.

First a summary that takes two minutes, then one register a section, then every failure, then
gaps, bundles and the words' meaning, and last the one evidence register that every id leads to.
"""

from collections.abc import Iterator, Mapping

from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.verdict import Verdict
from analyzer.reports.citations import ids_of_control
from analyzer.reports.markdown_crosswalk import crosswalks
from analyzer.reports.markdown_detail import back_matter, failures
from analyzer.reports.markdown_evidence import evidence
from analyzer.reports.markdown_readings import readings
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.rendering import Rendering
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import (
    COMPARISON_MEANING,
    COMPARISONS,
    VERDICTS,
    benchmark_line,
    by_name,
    chapters,
    contradicted,
    counts_line,
    levels,
    nodes_in_evidence,
    nodes_line,
    percent,
    profile_facts,
    reading_line,
    score_line,
    section_label,
    several,
)

_CONTRADICTIONS = 25
_GAPS = 8
_GROUPS = 3
_TALLY_HEADS = (*VERDICTS, "controls", "score", "coverage")


def write(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the report as UTF-8 text with one final newline."""
    report_id = rendering.report_id
    blocks = [
        *_front(assessment, report_id),
        *_splits(assessment),
        *_provider(assessment),
        *readings(assessment),
        *_top_gaps(assessment),
        *crosswalks(assessment),
        *_sections(assessment),
        *failures(assessment),
        *back_matter(assessment),
        *evidence(assessment),
    ]
    text = "\n".join(block.rstrip("\n") + "\n" for block in blocks)
    return text.encode("utf-8")


def _front(a: Assessment, report_id: str) -> Iterator[str]:
    overall, cluster = a.summary.overall, a.cluster
    yield f"# Kubernetes benchmark assessment: {plain(a.benchmark_title)}"
    yield f"**{counts_line(overall.by_verdict)}; {score_line(overall)}.**"
    yield (
        "Score is pass / (pass + fail); coverage is (pass + fail) / controls in scope and "
        "applicable. Missing evidence counts as neither."
    )
    rows = (
        ("Report id", report_id),
        ("As of", a.as_of),
        ("Benchmark", f"{benchmark_line(a)}; {len(a.controls)} controls"),
        ("Why this benchmark", a.benchmark_why),
        ("Cluster", cluster.uid or "unknown"),
        ("Kubernetes version", cluster.kubernetes_version or "unknown"),
        ("Nodes", nodes_in_evidence(a)),
        *(profile_facts(a.profile) if a.profile else ()),
        ("Reading", reading_line(a)),
        ("Written by", f"kube-evidence {a.analyzer_version}"),
    )
    yield table(("", ""), ((label, plain(text)) for label, text in rows))
    if a.notices:
        yield "**Read this first**"
        yield "\n".join(f"- Note {n}: {plain(text)}" for n, text in enumerate(a.notices, 1))


def _splits(a: Assessment) -> Iterator[str]:
    yield "## Summary"
    yield "By section:"
    yield _tallies("section", chapters(a), a)
    yield "By who must act:"
    yield _tallies("party", dict(by_name(a.summary.by_party)), a)
    yield "By level:"
    yield _tallies("level", levels(a), a)
    yield "What follows for the audit:"
    dispositions = by_name(a.summary.by_disposition)
    yield table(("disposition", "controls"), ((word, str(n)) for word, n in dispositions), right=1)


def _tallies(what: str, tallies: Mapping[str, Tally], a: Assessment) -> str:
    named = [*tallies.items(), ("**all**", a.summary.overall)]
    rows = [(name if name == "**all**" else plain(name), *_numbers(tally)) for name, tally in named]
    return table((what, *_TALLY_HEADS), rows, right=len(_TALLY_HEADS))


def _numbers(tally: Tally) -> tuple[str, ...]:
    counts = tuple(str(tally.by_verdict[verdict]) for verdict in VERDICTS)
    return (*counts, str(tally.total), percent(tally.score), percent(tally.coverage))


def _provider(a: Assessment) -> Iterator[str]:
    found = a.summary.by_comparison
    rows = [
        (word.value, str(found[word]), COMPARISON_MEANING[word])
        for word in COMPARISONS
        if found.get(word)
    ]
    if a.profile is None or not rows:
        return
    yield "## Published against observed"
    yield table(("comparison", "controls", "meaning"), rows)
    against = contradicted(a)
    if against:
        yield "The evidence contradicts the publication here:"
        yield table(
            ("control", "title", "published", "observed", "what the evidence shows"),
            (_contradiction(control) for control in against[:_CONTRADICTIONS]),
        )
    if len(against) > _CONTRADICTIONS:
        yield f"{len(against) - _CONTRADICTIONS} more are in report.xlsx."


def _contradiction(c: ControlResult) -> tuple[str, ...]:
    r = c.responsibility
    seen = plain(c.explanation, 300)
    return (c.id, plain(c.title), plain(r.attested_raw), c.verdict.value, seen)


def _top_gaps(a: Assessment) -> Iterator[str]:
    if not a.gaps:
        return
    yield "## What to collect next"
    ranked = sorted(a.gaps, key=lambda gap: -len(gap.controls))[:_GAPS]
    yield table(
        ("missing evidence", "of", "controls waiting"),
        ((plain(g.key), plain(g.subject), str(len(g.controls))) for g in ranked),
        right=1,
    )
    if len(a.gaps) > _GAPS:
        yield f"{len(a.gaps) - _GAPS} more stand under Evidence gaps, each with its command."


def _sections(a: Assessment) -> Iterator[str]:
    for section in dict.fromkeys(control.section for control in a.controls):
        controls = tuple(c for c in a.controls if c.section == section)
        yield f"## Section {plain(section_label(a, section))}"
        tally = a.summary.by_section.get(section)
        if tally is not None:
            yield f"{counts_line(tally.by_verdict)}; {score_line(tally)}."
        yield table(
            ("control", "title", "level", "verdict", "what the evidence shows", "evidence",
             "party", "published", "comparison", "disposition", "nodes"),
            (_row(control) for control in controls),
        )  # fmt: skip


def _row(c: ControlResult) -> tuple[str, ...]:
    r = c.responsibility
    word = f"**{c.verdict.value}**"
    shown = plain(c.explanation, 300)
    shown += _observed(c, shown)
    cited = plain(ids_of_control(c))
    missing = f", without {several(c.nodes_missing, 5)}" if c.nodes_missing else ""
    nodes = plain(nodes_line(c) + missing)
    return (
        plain(c.id), plain(c.title, 200), str(c.level), word, shown, cited,
        r.party.value, plain(r.attested_raw), r.comparison.value, c.disposition.value, nodes,
    )  # fmt: skip


def _observed(c: ControlResult, shown: str) -> str:
    """Return what passing nodes were measured against, and values not shown yet; escaped."""
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in c.findings:
        if finding.verdict is Verdict.PASS and finding.subject.startswith("node/"):
            groups.setdefault((finding.actual, finding.expected), []).append(finding.subject)
    if len(groups) == 1:
        ((actual, expected),) = groups
        value = "" if plain(actual) in shown else f" Actual: {_part(actual)}."
        return f"{value} Expected: {_part(expected)}."
    parts = [
        f" {plain(several(tuple(nodes), 3))}: {_part(actual)}; expected: {_part(expected)}."
        for (actual, expected), nodes in groups.items()
    ]
    more = f" {len(parts) - _GROUPS} more values: report.xlsx." if len(parts) > _GROUPS else ""
    return "".join(parts[:_GROUPS]) + more


def _part(text: str) -> str:
    return plain(cut(one_line(text), 120, " …"))
