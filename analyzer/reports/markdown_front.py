"""The front page of report.md: what a reader with two minutes has to know."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from analyzer.model.assessment import Assessment, ControlResult, Tally
from analyzer.model.verdict import Verdict
from analyzer.reports.losses import loss_story
from analyzer.reports.markdown_register import title_link
from analyzer.reports.markdown_text import anchor, plain, table
from analyzer.reports.rendering import Rendering
from analyzer.reports.story import (
    assertion_story,
    change_story,
    open_failures,
    provider_story,
    review_story,
    settled_failures,
    unseen_story,
    verdict_story,
    waiver_story,
    worst,
)
from analyzer.reports.words import (
    benchmark_line,
    by_name,
    chapters,
    columns,
    counts_line,
    levels,
    nodes_in_evidence,
    percent,
    profile_facts,
    reading_line,
    score_line,
)

_WORST = 5


def front(a: Assessment) -> Iterator[str]:
    """Yield the verdict in plain words, the worst of it, and what stands against it."""
    cluster, overall = a.cluster, a.summary.overall
    yield f"# Kubernetes benchmark assessment: {plain(a.benchmark_title)}"
    yield (
        f"Cluster {plain(cluster.uid or 'unknown')}, Kubernetes "
        f"{plain(cluster.kubernetes_version or 'of unknown version')}, as of {plain(a.as_of)}."
    )
    yield f"**{counts_line(overall.by_verdict)}; {score_line(overall)}.**"
    yield _sentences(verdict_story(a))
    if a.notices:
        yield "**Read this first**"
        yield "\n".join(f"- Note {n}: {plain(text)}" for n, text in enumerate(a.notices, 1))
    yield from _worst(a)
    yield from _told("Against the publication", provider_story(a))
    yield from _told("Lost", loss_story(a))
    yield from _told("Not seen", unseen_story(a))
    yield from _told("Reading", iter((reading_line(a),)))
    yield from _told("Changes", change_story(a))
    yield from _told("Waivers", waiver_story(a))
    yield from _told("Reviews", review_story(a))
    yield from _told("Other tools", assertion_story(a))


def _sentences(sentences: Iterable[str]) -> str:
    return " ".join(plain(sentence) for sentence in sentences)


def _told(label: str, sentences: Iterator[str]) -> Iterator[str]:
    text = _sentences(sentences)
    if text:
        yield f"**{label}.** {text}"


def _worst(a: Assessment) -> Iterator[str]:
    found = worst(a, _WORST)
    if not found:
        return
    which = "Worst of the open failures" if settled_failures(a) else "Worst failures"
    yield f"**{which}**, Level 1 first, then by how many subjects fail:"
    yield table(
        ("control", "title", "who must act", "disposition", "failing"),
        (_failure(control) for control in found),
        right=1,
    )
    more = len(open_failures(a)) - len(found)
    if more:
        yield f"{more} more stand under [Findings](#findings)."


def _failure(c: ControlResult) -> tuple[str, ...]:
    party, failing = c.responsibility.party.value, c.counts.get(Verdict.FAIL, 0)
    return (plain(c.id), title_link(c), party, c.disposition.value, str(failing))


def contents(blocks: tuple[str, ...]) -> Iterator[str]:
    """Yield the table of contents: chapters, and sections of the register."""
    yield "## Contents"
    lines, seen = [], Counter[str]()
    for block in blocks:
        marks, _, text = block.rstrip("\n").partition(" ")
        if marks not in {"##", "###"}:
            continue
        # Renderers number a heading that stands there a second time.
        aim, again = anchor(text), seen[anchor(text)]
        seen[aim] += 1
        if marks == "##" or text.startswith("Section "):
            indent = "" if marks == "##" else "  "
            lines.append(f"{indent}- [{text}](#{aim}{f'-{again}' if again else ''})")
    yield "\n".join(lines)


def about(a: Assessment, rendering: Rendering) -> Iterator[str]:
    """Yield what was judged by what: enough to find the same inputs again."""
    cluster = a.cluster
    yield "## About this assessment"
    rows = (
        ("Report id", rendering.report_id),
        ("As of", a.as_of),
        ("Benchmark", f"{benchmark_line(a)}; {len(a.controls)} controls"),
        ("Why this benchmark", a.benchmark_why),
        ("Cluster", cluster.uid or "unknown"),
        ("Kubernetes version", cluster.kubernetes_version or "unknown"),
        ("Nodes", nodes_in_evidence(a)),
        *(profile_facts(a.profile) if a.profile else ()),
        ("Waivers, SHA-256", a.waivers_sha256 or "none given"),
        ("Reviews, SHA-256", a.reviews_sha256 or "none given"),
        ("Written by", f"kube-evidence {a.analyzer_version}"),
    )
    yield table(("what", "value"), ((label, plain(text)) for label, text in rows))


def summary(a: Assessment) -> Iterator[str]:
    """Yield the tallies by section, party and level, and what follows for the audit."""
    yield "## Summary"
    yield (
        "Score is pass / (pass + fail); coverage is (pass + fail) / controls in scope and "
        "applicable. Missing evidence counts as neither."
    )
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
    overall = a.summary.overall
    words = columns(a)
    named = [(plain(name), tally) for name, tally in tallies.items()]
    rows = [(name, *_numbers(tally, words)) for name, tally in [*named, ("**all**", overall)]]
    heads = (*words, "controls", "score", "coverage")
    return table((what, *heads), rows, right=len(heads))


def _numbers(tally: Tally, words: tuple[Verdict, ...]) -> tuple[str, ...]:
    counts = tuple(str(tally.by_verdict[word]) for word in words)
    return (*counts, str(tally.total), percent(tally.score), percent(tally.coverage))
