"""``kube-evidence diff``: what became of every control between two assessments."""

from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.cli.completion import DIFF_FORMATS
from analyzer.cli.console import say
from analyzer.cli.exits import Exit
from analyzer.cli.kept import load_assessment
from analyzer.cli.output import write_all
from analyzer.diff import compare_assessments, newly_failing
from analyzer.model.assessment import Assessment
from analyzer.model.changes import Change, Changes, ControlChange
from analyzer.model.errors import UsageError
from analyzer.model.verdict import Disposition
from analyzer.reports import render
from analyzer.reports.assessment_json import report_id, write
from analyzer.reports.changes_json import write_changes_json
from analyzer.reports.markdown_changes import write_changes
from analyzer.reports.terminal_changes import changes_text


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRequest:
    """One call of the command.

    Attributes:
        older, newer: Two assessment.json.
        output: Folder for the files; None writes none.
        formats: Words of ``DIFF_FORMATS``; without ``output`` they are not used.
        exit_code: Whether the result shows in the exit code.
    """

    older: Path
    newer: Path
    output: Path | None
    formats: tuple[str, ...]
    exit_code: bool


def run_diff(request: DiffRequest) -> int:
    """Compare, write, summarise; returns the exit code.

    Raises:
        UsageError: A format is not one of ``DIFF_FORMATS``, or the folder cannot be written.
        UserFileError: A file is no assessment of this version.
    """
    unknown = [name for name in request.formats if name not in DIFF_FORMATS]
    if unknown:
        raise UsageError(
            "--format",
            f"diff does not write {', '.join(unknown)}",
            advice=f"Known: {', '.join(DIFF_FORMATS)}.",
        )
    older, newer = load_assessment(request.older), load_assessment(request.newer)
    changes = compare_assessments(older, newer, _id(older), _id(newer))
    written: tuple[Path, ...] = ()
    if request.output is not None:
        written = write_all(request.output, _files(changes, newer, request.formats))
    say(changes_text(changes, tuple(map(str, written))))
    return exit_code_of(changes) if request.exit_code else Exit.DONE


def exit_code_of(changes: Changes) -> Exit:
    """Return 10 when something fails newly, 11 when some control cannot be compared, else 0.

    A new failure that waivers cover whole is an accepted risk, and does not count.
    """
    if any(map(_open, newly_failing(changes))):
        return Exit.CONTROL_FAILED
    return Exit.EVIDENCE_LACKING if changes.counts[Change.INCOMPARABLE] else Exit.DONE


def _open(row: ControlChange) -> bool:
    return row.newer is None or row.newer.disposition is not Disposition.ACCEPTED_RISK


def _id(assessment: Assessment) -> str:
    return report_id(write(assessment))


def _files(changes: Changes, newer: Assessment, formats: tuple[str, ...]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if "md" in formats:
        files["changes.md"] = write_changes(changes)
    if "json" in formats:
        files["changes.json"] = write_changes_json(changes)
    if "xlsx" in formats:
        files |= render("xlsx", replace(newer, changes=changes))
    return files
