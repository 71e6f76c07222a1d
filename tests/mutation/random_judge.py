"""What has to hold of every mutated set of bundles, and of one from which evidence was taken."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice

import jsonschema

from analyzer.bundle.summaries import inspect_summary, verify_summary
from analyzer.catalogue.benchmarks import known_benchmarks
from analyzer.formats.schema_files import load_schema
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.bundle import Bundle
from analyzer.model.context import Reading
from analyzer.model.errors import BundleRefusedError
from analyzer.model.verdict import Verdict, worst
from analyzer.pipeline.run import Options, Plan, assess, prepare
from analyzer.reports import render
from analyzer.reports.terminal import summary_text
from tests.mutation.random_bases import bases
from tests.mutation.random_draft import Draft, sealed

_SETTLED = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a set of bundles is judged."""

    profile: str
    benchmark: str
    reading: Reading


@cache
def plan_of(asked: Asked) -> Plan:
    return prepare(
        Options(benchmarks=(asked.benchmark,), profile=asked.profile, reading=asked.reading)
    )


@cache
def benchmarks() -> tuple[str, ...]:
    return tuple(sorted(known_benchmarks()))


def judged(drafts: tuple[Draft, ...], asked: Asked) -> tuple[Assessment, tuple[Bundle, ...]]:
    """Read and judge.

    Raises:
        BundleRefusedError: The bundles are refused.
    """
    bundles = tuple(sealed(draft) for draft in drafts)
    return assess(plan_of(asked), bundles, lambda _: None)[0], bundles


@cache
def unchanged(base: str, asked: Asked) -> Assessment:
    """Judge a base as it is."""
    return judged(bases()[base].drafts, asked)[0]


def broken_promises(assessment: Assessment, asked: Asked) -> Iterator[str]:
    """Name what no assessment may be, whatever it was made of."""
    benchmark = plan_of(asked).benchmarks[asked.benchmark]
    if [one.id for one in assessment.controls] != [one.id for one in benchmark.controls]:
        yield "not exactly one row a control"
    known = {one.id for one in assessment.evidence}
    for control in assessment.controls:
        if control.verdict is Verdict.ERROR:
            yield f"{control.id}: error: {[f.notes for f in control.findings]}"
        if control.verdict is not worst(f.verdict for f in control.findings):
            yield f"{control.id}: {control.verdict} is not the worst of its findings"
        for finding in control.findings:
            decided = finding.verdict in {Verdict.PASS, Verdict.FAIL, Verdict.MANUAL}
            if decided and not finding.evidence:
                yield f"{control.id}: {finding.verdict} on {finding.subject} cites nothing"
            if not known.issuperset(finding.evidence):
                yield f"{control.id}: cites what is not in the register"


def gained(before: Assessment, after: Assessment) -> Iterator[str]:
    """Name what got better, or worse, merely because evidence was taken away."""
    old = {control.id: control for control in before.controls}
    for control in after.controls:
        was = old[control.id]
        if control.verdict is Verdict.PASS and was.verdict not in _SETTLED:
            yield f"false pass {control.id} {control.topic}: was {was.verdict}, is pass"
        if control.verdict is Verdict.FAIL and was.verdict is not Verdict.FAIL:
            yield f"false fail {control.id} {control.topic}: was {was.verdict}, is fail"
        yield from _gained_findings(was, control)


def _gained_findings(was: ControlResult, control: ControlResult) -> Iterator[str]:
    """Compare subject by subject.

    A pass of a part (the pods of a namespace whose Deployments are not known) is right where
    the row says beside it that something is not known.
    """
    old, new = _by_subject(was), _by_subject(control)
    open_ends = Verdict.NO_EVIDENCE in new.values()
    for subject, verdict in new.items():
        before = old.get(subject)
        if verdict is Verdict.PASS and before not in _SETTLED and not open_ends:
            yield f"finding {control.id} {control.topic} {subject}: was {before}, is pass"
        if verdict is Verdict.FAIL and before not in {None, Verdict.FAIL}:
            yield f"finding {control.id} {control.topic} {subject}: was {before}, is fail"


def _by_subject(control: ControlResult) -> Mapping[str, Verdict]:
    found: dict[str, Verdict] = {}
    for finding in control.findings:
        found[finding.subject] = worst(
            (found.get(finding.subject, finding.verdict), finding.verdict)
        )
    return found


def write_reports(assessment: Assessment, *, formats: tuple[str, ...]) -> Iterator[str]:
    """Write reports, hold the JSON to its schema, and name what it breaks."""
    for name in formats:
        files = render(name, assessment)
        if name == "json":
            document = json.loads(files["assessment.json"])
            for error in islice(_schema().iter_errors(document), 3):
                yield f"assessment.json: {error.json_path}: {error.message[:200]}"
    summary_text(assessment, ())


def other_order(assessment: Assessment, drafts: tuple[Draft, ...], asked: Asked) -> Iterator[str]:
    """Judge the same bundles in the other order; not a byte may differ."""
    if len(drafts) > 1:
        again = judged(tuple(reversed(drafts)), asked)[0]
        if render("json", again) != render("json", assessment):
            yield "assessment.json depends on the order of the bundles"


def look_at(bundles: tuple[Bundle, ...]) -> None:
    """Run what the commands verify and inspect say of bundles."""
    for bundle in bundles:
        inspect_summary(bundle)
        verify_summary(bundle)


@cache
def _schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(load_schema("assessment.v1"))


REFUSALS = (BundleRefusedError,)
"""How a run over evidence may end without an assessment: exit code 3."""
