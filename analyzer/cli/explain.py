"""``kube-evidence explain``: the rule behind a number, and the trace behind a verdict."""

from collections.abc import Iterator
from pathlib import Path

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.checks import CHECK_TYPES
from analyzer.cli.console import say
from analyzer.cli.exits import printable
from analyzer.cli.rewrite import load_assessment
from analyzer.model.assessment import Assessment, ControlResult, Finding
from analyzer.model.benchmark import Benchmark, Control
from analyzer.model.context import Default
from analyzer.model.errors import UsageError
from analyzer.reports.words import other_line


def explain_control(number: str, benchmark_id: str | None, path: Path | None) -> None:
    """Print what decides a control, and with an assessment why it was decided so."""
    assessment = load_assessment(path) if path is not None else None
    if assessment is not None and benchmark_id not in (None, assessment.benchmark_id):
        raise UsageError(
            "explain",
            f"{path} is an assessment of {assessment.benchmark_id}, not of {benchmark_id}",
            advice="Leave --benchmark out; numbers mean other controls in another benchmark.",
        )
    chosen = benchmark_id or (assessment.benchmark_id if assessment else known_benchmarks()[-1])
    benchmark = load_benchmark(chosen, CHECK_TYPES)
    control = _find(benchmark, number)
    for line in _rule_lines(benchmark, control):
        say(printable(line))
    if assessment is not None:
        for line in _trace_lines(assessment, number):
            say(printable(line))


def _find(benchmark: Benchmark, number: str) -> Control:
    for control in benchmark.controls:
        if control.id == number:
            return control
    raise UsageError(
        "explain",
        f"{benchmark.id} has no control {number}",
        advice="Choose another with --benchmark; kube-evidence list benchmarks names them.",
    )


def _rule_lines(benchmark: Benchmark, control: Control) -> Iterator[str]:
    definition = control.definition
    yield f"{benchmark.id} {control.id}  {control.title}"
    yield f"  level {control.level}, {control.assessment}; check type {definition.type}"
    yield f"  rule:        {definition.rule}"
    yield from _parameter_lines(control)
    yield f"  why:         {definition.rationale}"
    yield f"  remediation: {definition.remediation}"
    yield f"  needs:       {', '.join(control.check.needs)}"
    yield f"  source:      {definition.source}"
    for default in _defaults(control):
        yield f"  default:     {_default_text(default)}"


def _parameter_lines(control: Control) -> Iterator[str]:
    for name, value in sorted(control.definition.params.items()):
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        yield f"  {name + ':':<12} {text}"


def _defaults(control: Control) -> tuple[Default, ...]:
    """Return what the component does when the settings that the rule reads are absent."""
    params = control.definition.params
    component, names = params.get("component"), params.get("flags", ())
    if not isinstance(component, str) or not isinstance(names, list | tuple):
        return ()
    entries = load_defaults().entries
    return tuple(d for name in names for d in entries.get((component, str(name)), ()))


def _default_text(default: Default) -> str:
    first = str(default.since) if default.since else "the first release"
    last = str(default.until) if default.until else f"today (checked to {default.checked_to})"
    mode = "" if default.when == "always" else f", {default.when.replace('-', ' ')}"
    doubt = "" if default.verified else " UNVERIFIED"
    value = "unset" if default.value is None else default.value
    return f"{default.name} {value}, from {first} to {last}{mode}{doubt}; {default.source}"


def _trace_lines(assessment: Assessment, number: str) -> Iterator[str]:
    for control in assessment.controls:
        if control.id == number:
            yield from _result_lines(assessment, control)
            return
    yield f"  this assessment ({assessment.benchmark_id}) has no control {number}"


def _result_lines(assessment: Assessment, control: ControlResult) -> Iterator[str]:
    yield f"  verdict:     {control.verdict.value} ({control.reason.value})"
    yield f"  because:     {control.explanation}"
    if control.other_reading is not None:
        yield f"  otherwise:   {other_line(control.other_reading)}"
    refs = {ref.id: ref for ref in assessment.evidence}
    for finding in control.findings:
        yield from _finding_lines(finding)
        for number in finding.evidence:
            ref = refs[number]
            yield f"      {ref.id} bundle of {ref.subject}, sha256:{ref.bundle_sha256}"
            yield f"        {ref.member} {ref.selector} sha256:{ref.member_sha256}"


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"    {finding.subject}: {finding.verdict.value} ({finding.reason.value})"
    yield f"      actual: {finding.actual}; expected: {finding.expected}"
    if finding.other_reading is not None:
        yield f"      {other_line(finding.other_reading)}"
    for note in finding.notes:
        yield f"      note: {note}"
