"""``kube-evidence report``: reports again, from an assessment that was kept."""

from dataclasses import dataclass
from pathlib import Path

from analyzer.cli.additions import lay_over, load_additions
from analyzer.cli.console import progress, say
from analyzer.cli.kept import load_assessment
from analyzer.cli.options import AdditionPaths
from analyzer.cli.output import write_all
from analyzer.reports import render, rendering_of
from analyzer.reports.rendering import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """One call of the command."""

    path: Path
    output: Path
    additions: AdditionPaths
    formats: tuple[str, ...]
    paper: Paper
    label: str


def run_report(request: ReportRequest) -> None:
    """Lay what was named over the assessment, write the chosen formats and name them."""
    (assessment,) = lay_over((load_assessment(request.path),), load_additions(request.additions))
    how = rendering_of(assessment, request.paper, request.label)
    files: dict[str, bytes] = {}
    with progress("writing", len(request.formats)) as step:
        for name in request.formats:
            step(name)
            files |= render(name, assessment, how)
    for written in write_all(request.output, files):
        say(str(written))
