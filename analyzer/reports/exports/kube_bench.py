"""kube-bench.json: the shape that kube-bench writes with ``--json``, for programs that read it.

Shape: ``Controls``, ``Group``, ``Check`` and ``Summary`` of kube-bench (check/controls.go,
check/check.go). A group of ``Controls`` is a chapter of the benchmark. DefectDojo leaves out
``WARN`` with the reason of a manual test and shows every other ``WARN``; so that reason is given
to nothing but verdict ``manual``.
"""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.verdict import Verdict
from analyzer.reports.exports.mapping import finding_lines, marks, words_of
from analyzer.reports.rendering import Rendering
from analyzer.reports.text import one_line, visible
from analyzer.reports.words import chapter

MANUAL_REASON = "Test marked as a manual test"
"""kube-bench's own sentence, by which readers know a manual test."""

_STATES = ("PASS", "FAIL", "WARN", "INFO")
_NODE_TYPES = {"1": "master", "2": "etcd", "3": "controlplane", "4": "node", "5": "policies"}
"""What kube-bench calls the chapters of the CIS Kubernetes Benchmark."""


_EXPECTED = 10
"""Different expectations of one control that are spelled out; nearly always there is one."""


def write(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the whole document, UTF-8 with one final newline."""
    del rendering  # the shape has no place for a report id
    parts = groupby(assessment.controls, key=lambda control: chapter(control.section))
    document = {
        "Controls": [_chapter(assessment, number, tuple(rows)) for number, rows in parts],
        "Totals": _totals(assessment.controls),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _chapter(a: Assessment, number: str, controls: Sequence[ControlResult]) -> dict[str, object]:
    groups = groupby(controls, key=lambda control: control.section)
    return {
        "id": number,
        "version": a.benchmark_id,
        "detected_version": visible(a.cluster.kubernetes_version or ""),
        "text": a.sections.get(number, ""),
        "node_type": _NODE_TYPES.get(number, ""),
        "tests": [_group(a, section, tuple(rows)) for section, rows in groups],
        **_totals(controls),
    }


def _group(a: Assessment, section: str, controls: Sequence[ControlResult]) -> dict[str, object]:
    counts = _counts(controls)
    return {
        "section": section,
        "type": "",
        **{state.lower(): counts[state] for state in _STATES},
        "desc": a.sections.get(section, ""),
        "results": [_result(control) for control in controls],
    }


def _result(control: ControlResult) -> dict[str, object]:
    expected = dict.fromkeys(f.expected for f in control.findings if f.expected)
    return {
        "test_number": control.id,
        "test_desc": visible(control.title),
        "audit": f"kube-evidence explain {control.id} assessment.json",
        "AuditEnv": "",
        "AuditConfig": "",
        "type": "manual" if control.verdict is Verdict.MANUAL else "",
        "remediation": visible(control.remediation),
        "test_info": [visible(text) for text in (control.remediation, control.explanation)],
        "status": words_of(control).kube_bench,
        "actual_value": "\n".join(finding_lines(control)),
        "scored": control.scored,
        "IsMultiple": len(control.findings) > 1,
        "expected_result": one_line(" | ".join(list(expected)[:_EXPECTED])),
        "reason": _reason(control),
    }


def _reason(control: ControlResult) -> str:
    if control.verdict is Verdict.MANUAL:
        return MANUAL_REASON
    return f"{marks(control)}{control.reason.value}: {one_line(control.explanation)}"


def _counts(controls: Sequence[ControlResult]) -> Counter[str]:
    return Counter(words_of(control).kube_bench for control in controls)


def _totals(controls: Sequence[ControlResult]) -> dict[str, int]:
    counts = _counts(controls)
    return {f"total_{state.lower()}": counts[state] for state in _STATES}
