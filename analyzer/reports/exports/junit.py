"""junit.xml: a suite a section, a case a control, for build servers.

Keeps to what the schema of Jenkins' xUnit plug-in (junit-10.xsd) allows: properties stand at the
suite only, a case says the rest in ``system-out``. No times: the same bundles would give others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.reports.exports.mapping import finding_lines, marks, words_of
from analyzer.reports.rendering import Rendering
from analyzer.reports.text import one_line, visible
from analyzer.reports.words import benchmark_line, section_label

_PASSED = "passed"


def write(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the whole document, UTF-8 with one final newline."""
    root = Element("testsuites", {"name": assessment.benchmark_id, **_totals(assessment.controls)})
    for section, rows in groupby(assessment.controls, key=lambda control: control.section):
        _suite(root, assessment, rendering, section, tuple(rows))
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(
    root: Element,
    a: Assessment,
    rendering: Rendering,
    section: str,
    controls: Sequence[ControlResult],
) -> None:
    counts = _counts(controls)
    suite = SubElement(
        root,
        "testsuite",
        {
            "name": section_label(a, section),
            **_totals(controls),
            "skipped": str(counts["skipped"]),
            "timestamp": visible(a.as_of.removesuffix("Z")),
            "id": str(len(root)),
            "package": a.benchmark_id,
        },
    )
    properties = SubElement(suite, "properties")
    for name, value in _facts(a, rendering):
        SubElement(properties, "property", {"name": name, "value": one_line(value)})
    for control in controls:
        _case(suite, a.benchmark_id, control)


def _facts(a: Assessment, rendering: Rendering) -> Iterable[tuple[str, str]]:
    yield "report id", rendering.report_id
    yield "analyzer", f"kube-evidence {a.analyzer_version}"
    yield "benchmark", benchmark_line(a)
    yield "profile", a.profile.id if a.profile else ""
    yield "cluster", a.cluster.uid or ""
    yield "kubernetes version", a.cluster.kubernetes_version or ""
    yield "reading", a.reading


def _case(suite: Element, benchmark: str, control: ControlResult) -> None:
    names = {
        "name": f"{control.id} {one_line(control.title)}",
        "classname": f"{benchmark}.{control.section}",
    }
    case = SubElement(suite, "testcase", names)
    word = words_of(control).junit
    if word != _PASSED:
        said = f"{marks(control)}{control.verdict.value}: {one_line(control.explanation)}"
        answer = SubElement(case, word, {"message": said, "type": control.reason.value})
        answer.text = "\n".join(_details(control))
    SubElement(case, "system-out").text = "\n".join(_standing(control))


def _details(control: ControlResult) -> Iterable[str]:
    yield from finding_lines(control)
    if control.remediation:
        yield f"Remediation: {visible(control.remediation)}"


def _standing(control: ControlResult) -> Iterable[str]:
    """Yield what follows from the verdict, and what people made of it."""
    yield f"verdict: {control.verdict.value} ({control.reason.value})"
    yield f"explanation: {one_line(control.explanation)}"
    yield f"disposition: {control.disposition.value}"
    yield f"responsibility: {control.responsibility.party.value}"
    if control.waiver is not None:
        yield f"waiver: {one_line(control.waiver.why)}"
    if control.review is not None:
        stale = ", stale" if control.review.stale else ""
        review = control.review.review
        yield f"auditor: {review.verdict.value}{stale} ({one_line(review.reviewer)})"


def _counts(controls: Sequence[ControlResult]) -> Counter[str]:
    return Counter(words_of(control).junit for control in controls)


def _totals(controls: Sequence[ControlResult]) -> dict[str, str]:
    counts = _counts(controls)
    return {
        "tests": str(len(controls)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
    }
