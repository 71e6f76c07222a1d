"""``kube-evidence analyze``: bundles in, reports and one screen of summary out."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from analyzer.cli.console import progress, say
from analyzer.cli.exits import Exit
from analyzer.cli.opening import open_bundles
from analyzer.cli.output import write_all
from analyzer.model.assessment import Assessment
from analyzer.model.context import Reading
from analyzer.model.errors import UsageError
from analyzer.pipeline.run import Options, assess, prepare
from analyzer.reports import FILE_NAMES, render
from analyzer.reports.terminal import summary_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeRequest:
    """One call of the command."""

    paths: tuple[Path, ...]
    output: Path
    benchmark: str
    profile: str
    level: int | None
    policy: Path | None
    reading: Reading
    as_of: str | None
    formats: tuple[str, ...]
    exit_code: bool


def run_analyze(request: AnalyzeRequest) -> int:
    """Judge, write, summarise; returns the exit code."""
    plan = prepare(
        Options(
            benchmark=request.benchmark,
            profile=request.profile,
            level=request.level,
            as_of=_as_of(request.as_of),
            policy=request.policy,
            reading=request.reading,
        )
    )
    bundles = open_bundles(request.paths)
    with progress("judging", None) as step:
        assessment = assess(plan, bundles, step)
    written = write_all(request.output, _render(assessment, request.formats))
    say(summary_text(assessment, tuple(str(path) for path in written)))
    return _exit_code(assessment) if request.exit_code else Exit.DONE


def _render(assessment: Assessment, formats: tuple[str, ...]) -> dict[str, bytes]:
    with progress("writing", len(formats)) as step:
        files = {}
        for name in formats:
            step(FILE_NAMES[name])
            files[FILE_NAMES[name]] = render(name, assessment)
    return files


def _as_of(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text).strftime("%Y-%m-%dT00:00:00Z")
    except ValueError:
        raise UsageError("--as-of", f"{text} is not a date", advice="Write YYYY-MM-DD.") from None


def _exit_code(assessment: Assessment) -> Exit:
    counts = assessment.summary.overall.by_verdict
    if counts["fail"]:
        return Exit.CONTROL_FAILED
    return Exit.EVIDENCE_LACKING if counts["no-evidence"] or counts["error"] else Exit.DONE
