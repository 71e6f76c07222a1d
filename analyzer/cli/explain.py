"""``kube-evidence explain``: the rule behind a number, and the trace behind a verdict."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.checks import CHECK_TYPES
from analyzer.cli.console import say
from analyzer.cli.exits import printable
from analyzer.cli.explain_trace import trace_lines
from analyzer.cli.kept import load_assessment
from analyzer.model.benchmark import Benchmark, Control, Subject
from analyzer.model.context import Default
from analyzer.model.errors import UsageError
from analyzer.model.outcome import ReadsDefaults

_SUBJECTS = {
    "control-plane": "control plane nodes",
    "etcd": "nodes that run etcd",
    "worker": "every node",
    "cluster": "the cluster's API objects",
}
_PROVABLE = {
    "A": "pass and fail both follow from evidence",
    "B": "pass and fail both follow from evidence and the declared policy",
    "C": "one verdict can be proven; the other goes to a person",
    "H": "neither; a person decides, and evidence informs",
}


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
    for line in rule_lines(benchmark, control):
        say(printable(line))
    if assessment is not None:
        for line in trace_lines(assessment, control.id):
            say(printable(line))


def _find(benchmark: Benchmark, number: str) -> Control:
    for control in benchmark.controls:
        if number in (control.id, control.definition.topic):
            return control
    raise UsageError(
        "explain",
        f"{benchmark.id} has no control {number}",
        advice="Choose another with --benchmark (see kube-evidence list benchmarks), or name a "
        "topic (see kube-evidence list topics).",
    )


def rule_lines(benchmark: Benchmark, control: Control) -> Iterator[str]:
    """Yield what decides a control, whatever the evidence: rule, needs, defaults, sources."""
    definition = control.definition
    yield f"{benchmark.id} {control.id}  {control.title}"
    yield f"  level {control.level}, {control.assessment}; about {_SUBJECTS[control.node_role]}"
    if benchmark.levels_inferred:
        yield f"  levels:      stated in no readable source: {benchmark.levels_inferred}"
    yield f"  rule:        {definition.rule}"
    yield f"  decides:     check type {definition.type}: {_how(definition.type)}"
    yield from _parameter_lines(control)
    yield f"  provable:    {_PROVABLE[definition.decidability]}"
    yield f"  why:         {definition.rationale}"
    yield f"  remediation: {definition.remediation}"
    for tool, keys in _needs(control):
        yield f"  needs:       {', '.join(keys)} (collected by {tool})"
    for default in _defaults(control):
        yield f"  default:     {_default_text(default)}"
    for subject in (definition.subject, control.wording):
        if subject is not None:
            yield f"  lifetime:    {_lifetime(subject)}"
    yield f"  source:      {definition.source}"


def _parameter_lines(control: Control) -> Iterator[str]:
    for name, value in sorted(control.definition.params.items()):
        yield f"    {name}: {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {_value(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _how(check_type: str) -> str:
    """Return what the check type's class says of itself, without its parameters."""
    prose = (CHECK_TYPES[check_type].__doc__ or "").partition("Attributes:")[0]
    return " ".join(prose.replace("``", "").split())


def _needs(control: Control) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each collector with the evidence that it brings."""
    api = tuple(key for key in control.check.needs if key.startswith("api/"))
    node = tuple(key for key in control.check.needs if not key.startswith("api/"))
    where = "" if control.node_role == "cluster" else f" on {_SUBJECTS[control.node_role]}"
    if node:
        yield f"node.sh{where}", node
    if api:
        yield "api.py", api


def _defaults(control: Control) -> tuple[Default, ...]:
    """Return what the component does when the settings that the rule reads are absent."""
    entries = load_defaults().entries
    check = control.check
    keys = check.defaults_read if isinstance(check, ReadsDefaults) else ()
    return tuple(default for key in keys for default in entries.get(key, ()))


def _lifetime(subject: Subject) -> str:
    """Return which versions of Kubernetes have what a rule, or a benchmark's text, is about."""
    since = f" from Kubernetes {subject.since}" if subject.since else ""
    until = f" up to Kubernetes {subject.until}" if subject.until else ""
    return f"{subject.what} exists{since}{until}; {subject.source}"


def _default_text(default: Default) -> str:
    first = str(default.since) if default.since else "the first release"
    last = str(default.until) if default.until else f"today (checked to {default.checked_to})"
    mode = "" if default.when == "always" else f", {default.when.replace('-', ' ')}"
    doubt = "" if default.verified else " UNVERIFIED"
    value = "unset" if default.value is None else default.value
    return f"{default.name} {value}, from {first} to {last}{mode}{doubt}; {default.source}"
