"""``kube-evidence analyze``: bundles in, reports and one screen of summary out."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from analyzer.cli.additions import lay_over, load_additions
from analyzer.cli.console import progress, say
from analyzer.cli.exits import Exit
from analyzer.cli.opening import open_bundles
from analyzer.cli.options import AdditionPaths
from analyzer.cli.output import write_all
from analyzer.cli.screen import show_summary
from analyzer.model.assessment import Assessment
from analyzer.model.context import Reading
from analyzer.model.errors import UsageError
from analyzer.pipeline.run import Options, assess, prepare
from analyzer.reports import REPORTS, render, rendering_of
from analyzer.reports.rendering import Paper
from analyzer.reports.terminal import summary_line

_FIRST_YEAR = 2014  # of Kubernetes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeRequest:
    """One call of the command."""

    paths: tuple[Path, ...]
    output: Path
    benchmarks: tuple[str, ...]
    profile: str
    level: int | None
    policy: Path | None
    reading: Reading
    as_of: str | None
    join: bool
    additions: AdditionPaths
    formats: tuple[str, ...]
    paper: Paper
    label: str
    exit_code: bool


def run_analyze(request: AnalyzeRequest) -> int:
    """Judge, write, summarise; returns the exit code."""
    plan = prepare(
        Options(
            benchmarks=request.benchmarks,
            profile=request.profile,
            level=request.level,
            as_of=_as_of(request.as_of),
            policy=request.policy,
            reading=request.reading,
            join=request.join,
        )
    )
    loaded = load_additions(request.additions)
    bundles = open_bundles(request.paths)
    with progress("judging", None) as step:
        assessments = lay_over(assess(plan, bundles, step), loaded)
    main, *older = assessments
    written = write_all(request.output, _render(assessments, request))
    own = sum(len(REPORTS[name].files) for name in request.formats)
    here = tuple(str(path) for path in written[:own])
    show_summary(main, here)
    for one in older:
        say(summary_line(one, str(request.output / one.benchmark_id)))
    return _exit_code(assessments) if request.exit_code else Exit.DONE


def _render(assessments: tuple[Assessment, ...], request: AnalyzeRequest) -> dict[str, bytes]:
    """Return every file by name: the newest benchmark's flat, the older ones' in folders."""
    files = {}
    with progress("writing", len(assessments) * len(request.formats)) as step:
        for number, assessment in enumerate(assessments):
            folder = f"{assessment.benchmark_id}/" if number else ""
            how = rendering_of(assessment, request.paper, request.label)
            for name in request.formats:
                step(folder + name)
                for file, content in render(name, assessment, how).items():
                    files[folder + file] = content
    return files


def _as_of(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or day.year < _FIRST_YEAR:
        raise UsageError("--as-of", f"{text} is not a date", advice="Write YYYY-MM-DD.")
    return f"{text}T00:00:00Z"


def _exit_code(assessments: tuple[Assessment, ...]) -> Exit:
    """Return 10 when a control failed that no waiver accepts whole, 11 when some lack evidence."""
    if any(a.summary.overall.by_verdict["fail"] > a.summary.waived for a in assessments):
        return Exit.CONTROL_FAILED
    counts = [assessment.summary.overall.by_verdict for assessment in assessments]
    lacking = any(one["no-evidence"] or one["error"] for one in counts)
    return Exit.EVIDENCE_LACKING if lacking else Exit.DONE
