"""docs/mutation-proof.md: which control was proven by how many edits, and what is left open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.mutation.proof import Result, benchmarks, spec_of, topics, units

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutation-proof.md"
KINDS = ("satisfy", "violate", "hide", "disguise")
_HEAD = """# Mutation proof

Evidence is made that satisfies a rule; then it is violated, hidden and disguised, one small edit
at a time. Each edited cluster is packed into bundles as our collectors pack them and read by the
ordinary reader. A rule is proven when the control passes, fails, or becomes `no-evidence`
accordingly, in every benchmark that holds it, at the newest Kubernetes version of that benchmark.
Rules over the API's objects (section 5) must pass in each; their edits are judged in the oldest
and the newest of the benchmarks that give them the same parameters, and those that speak of some
versions in all of these.

- **satisfied**: the hardened cluster of `tests/mutation/base.py` and `api_world.py`
- **violated**: the smallest edits against the rule
- **hidden**: each piece that the passing verdict cites, in each way: denied, failed, timed out,
  cut, malformed, masked, absent, planned and never run, never looked for, a record that does not
  fit, a process gone, a node without a bundle
- **disguised**: repeated flags, other spellings, files that outrank or that nobody names, decoys,
  injected text; the verdict is what Kubernetes makes of it

The edits are written by hand in `tests/mutation/edits`, from Kubernetes' documentation and not
from our definitions. `make mutate` runs all of them and writes this page; the test suite runs a
sample. Made by `make mutate`; do not edit.
"""


def page(results: Iterable[Result]) -> str:
    """Return the whole page, from every result of a full run."""
    found = list(results)
    parts = [_HEAD, _totals(found), _rows(found), _letters(), _exceptions(found), _holes(found)]
    return "\n".join(parts)


def static_cells(topic: str) -> tuple[str, ...]:
    """Return what a row says that no run is needed for: edits by kind, and control numbers."""
    spec = spec_of(topic)
    violate = len(spec.violate) if spec else 0
    disguise = len(spec.disguise) if spec else 0
    mark = " (derived)" if spec is not None and spec.derived else ""
    numbers = {unit.benchmark.id: unit.control.id for unit in units(topic)}
    ids = (numbers.get(benchmark.id, "-") for benchmark in benchmarks())
    return (f"{violate}{mark}", str(disguise), *ids)


def _totals(results: list[Result]) -> str:
    counts = Counter(one.kind for one in results)
    wrong = sum(not one.good for one in results)
    passed = sum(one.kind == "hide" and one.got == "pass" and not one.reason for one in results)
    controls = len({(one.benchmark, one.control) for one in results})
    over = f"{controls} decidable controls of {len(benchmarks())} benchmarks"
    lines = [
        f"{len(results)} verdicts over {over}, {wrong} of them wrong.",
        "",
        "| edits | verdicts |",
        "| --- | --- |",
        *(f"| {kind} | {counts[kind]} |" for kind in KINDS),
        "",
        f"{passed} passes on hidden evidence have none of the reasons listed below.",
        "",
    ]
    return "\n".join(lines)


def _rows(results: list[Result]) -> str:
    by_topic: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        by_topic[one.topic].append(one)
    head = ["rule", "verdicts", "hidden", "wrong", "violated", "disguised"]
    head += [benchmark.id for benchmark in benchmarks()]
    lines = ["## Rules", "", _line(head), _line(["---"] * len(head))]
    for topic in topics():
        found = by_topic[topic]
        hidden = {one.name for one in found if one.kind == "hide"}
        wrong = sum(not one.good for one in found)
        cells = [topic, str(len(found)), str(len(hidden)), str(wrong), *static_cells(topic)]
        lines.append(_line(cells))
    return "\n".join([*lines, ""])


def _letters() -> str:
    left = [topic for topic in topics("H") if units(topic)]
    words = ", ".join(f"`{topic}`" for topic in left)
    return f"## Left to a person\n\nNo evidence decides these, so nothing is proven: {words}.\n"


def _exceptions(results: list[Result]) -> str:
    """List why a verdict other than ``no-evidence`` is right after hiding, with how often."""
    kept: dict[str, Counter[str]] = defaultdict(Counter)
    rules: dict[str, set[str]] = defaultdict(set)
    for one in results:
        if one.reason and one.good and one.got != "no-evidence":
            kept[one.reason][one.got] += 1
            rules[one.reason].add(one.topic)
    lines = [
        "## Hidden, and still decided",
        "",
        "| why | rules | verdicts |",
        "| --- | --- | --- |",
    ]
    for reason in sorted(kept):
        counts = ", ".join(f"{count} {word}" for word, count in sorted(kept[reason].items()))
        lines.append(f"| {reason} | {_few(sorted(rules[reason]))} | {counts} |")
    return "\n".join([*lines, ""])


def _few(names: list[str], limit: int = 4) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _holes(results: list[Result]) -> str:
    lines = ["## Holes", ""]
    lines += [*_without_edits(), *_not_judged(results), *_wrong(results)]
    return "\n".join(lines if len(lines) > 2 else [*lines, "None."]) + "\n"


def _without_edits() -> Iterator[str]:
    for topic in topics():
        if spec_of(topic) is None:
            yield f"- `{topic}`: no edits are written for it"


def _not_judged(results: list[Result]) -> Iterator[str]:
    judged = {one.topic for one in results}
    for topic in topics():
        if topic not in judged and spec_of(topic) is not None:
            yield f"- `{topic}`: not judged in the run that made this page"


def _wrong(results: list[Result]) -> Iterator[str]:
    bad = Counter(
        (one.topic, one.kind, one.name, one.got, "|".join(one.expected))
        for one in results
        if not one.good
    )
    for (topic, kind, name, got, wanted), count in sorted(bad.items()):
        yield f"- `{topic}` {kind} *{name}*: {got} instead of {wanted} ({count} benchmarks)"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
