"""Reports: each writer turns one assessment into bytes; none judges or counts anything again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from analyzer.model.assessment import Assessment
from analyzer.reports.rendering import LABEL, Paper, Rendering


class ReportWriter(Protocol):
    """Turns a whole assessment into the bytes of one file. Pure: same values, same bytes."""

    def __call__(self, assessment: Assessment, rendering: Rendering) -> bytes:
        """Return the finished file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One format that can be asked for.

    Attributes:
        purpose: One sentence for help texts.
        files: By file name, what imports the writer; pandas and the workbook library cost
            most of a second, so nothing is imported for a format that nobody asked for.
    """

    purpose: str
    files: Mapping[str, Callable[[], ReportWriter]]


def _json() -> ReportWriter:
    from analyzer.reports.assessment_json import write

    return lambda assessment, _: write(assessment)


def _xlsx() -> ReportWriter:
    from analyzer.reports.workbook import write

    return write


def _md() -> ReportWriter:
    from analyzer.reports.markdown import write

    return write


def _html() -> ReportWriter:
    from analyzer.reports.html import write

    return write


def _controls_csv() -> ReportWriter:
    from analyzer.reports.exports.csv_tables import write_controls

    return write_controls


def _findings_csv() -> ReportWriter:
    from analyzer.reports.exports.csv_tables import write_findings

    return write_findings


def _evidence_csv() -> ReportWriter:
    from analyzer.reports.exports.csv_tables import write_evidence

    return write_evidence


def _kube_bench() -> ReportWriter:
    from analyzer.reports.exports.kube_bench import write

    return write


def _junit() -> ReportWriter:
    from analyzer.reports.exports.junit import write

    return write


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "json": Report(
            purpose="Everything, for programs; other reports can be written from it again.",
            files={"assessment.json": _json},
        ),
        "xlsx": Report(
            purpose="Workbook for the audit: register, findings, evidence, responsibility.",
            files={"report.xlsx": _xlsx},
        ),
        "md": Report(
            purpose="The same story as text, from the two-minute summary to the details.",
            files={"report.md": _md},
        ),
        "html": Report(
            purpose="One page for any browser, offline: filters, evidence, responsibility.",
            files={"report.html": _html},
        ),
        "csv": Report(
            purpose="Controls, findings and evidence as tables, for other programs.",
            files={
                "controls.csv": _controls_csv,
                "findings.csv": _findings_csv,
                "evidence.csv": _evidence_csv,
            },
        ),
        "kube-bench": Report(
            purpose="The verdicts in the shape of kube-bench's JSON, for programs that read it.",
            files={"kube-bench.json": _kube_bench},
        ),
        "junit": Report(
            purpose="The verdicts as JUnit XML, for build servers.",
            files={"junit.xml": _junit},
        ),
    }
)


def rendering_of(assessment: Assessment, paper: Paper = Paper.A4, label: str = LABEL) -> Rendering:
    """Return how to write an assessment; costs one canonical document, so make it once."""
    from analyzer.reports.assessment_json import report_id, write

    return Rendering(report_id=report_id(write(assessment)), paper=paper, label=label)


def render(
    name: str, assessment: Assessment, rendering: Rendering | None = None
) -> dict[str, bytes]:
    """Write one format.

    Args:
        name: A key of REPORTS.
        assessment: The result to report.
        rendering: From ``rendering_of``; made here when left out.

    Returns:
        Every file of the format, by name.

    Raises:
        KeyError: No format of that name; callers check names against REPORTS first.
    """
    how = rendering or rendering_of(assessment)
    return {file: load()(assessment, how) for file, load in REPORTS[name].files.items()}
