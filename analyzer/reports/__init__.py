"""Reports: each writer turns one assessment into bytes; none judges or counts anything again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from analyzer.model.assessment import Assessment


class ReportWriter(Protocol):
    """Turns a whole assessment into the bytes of one file. Pure: same value, same bytes."""

    def __call__(self, assessment: Assessment) -> bytes:
        """Return the finished file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One format that can be asked for.

    Attributes:
        file_name: Name of the file inside the report folder.
        purpose: One sentence for help texts.
        load: Imports the writer; pandas and the workbook library cost most of a second,
            so nothing is imported for a format that nobody asked for.
    """

    file_name: str
    purpose: str
    load: Callable[[], ReportWriter]


def _json() -> ReportWriter:
    from analyzer.reports.assessment_json import write

    return write


def _xlsx() -> ReportWriter:
    from analyzer.reports.workbook import write

    return write


def _md() -> ReportWriter:
    from analyzer.reports.markdown import write

    return write


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "json": Report(
            file_name="assessment.json",
            purpose="Everything, for programs; other reports can be written from it again.",
            load=_json,
        ),
        "xlsx": Report(
            file_name="report.xlsx",
            purpose="Workbook for the audit: register, findings, evidence, responsibility.",
            load=_xlsx,
        ),
        "md": Report(
            file_name="report.md",
            purpose="The same story as text, from the two-minute summary to the details.",
            load=_md,
        ),
    }
)

FILE_NAMES: Mapping[str, str] = MappingProxyType(
    {name: report.file_name for name, report in REPORTS.items()}
)


def render(name: str, assessment: Assessment) -> bytes:
    """Write one report.

    Args:
        name: A key of REPORTS.
        assessment: The result to report.

    Raises:
        KeyError: No report of that name; callers check names against REPORTS first.
    """
    return REPORTS[name].load()(assessment)
