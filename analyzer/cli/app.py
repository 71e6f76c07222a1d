"""The commands, each a page at most.

What a command does is imported when it runs, so that help and completion answer at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from analyzer import __version__
from analyzer.cli.completion import (
    DIFF_FORMATS,
    complete_benchmark,
    complete_diff_formats,
    complete_list,
    complete_profile,
    complete_subject,
)
from analyzer.cli.console import say
from analyzer.cli.exits import MEANING, Exit
from analyzer.cli.help_texts import epilog
from analyzer.cli.options import (
    Baseline,
    Benchmark,
    Bundles,
    Folder,
    Formats,
    Label,
    PaperSize,
    Reviews,
    ThirdParty,
    Waivers,
    additions,
    benchmarks,
    formats,
    words,
)
from analyzer.model.context import Reading
from analyzer.model.responsibility import DEFAULT_PROFILE
from analyzer.reports.rendering import LABEL, Paper

app = typer.Typer(
    name="kube-evidence",
    help="Evidence in, verdicts out: judge sealed bundles of Kubernetes evidence against CIS "
    "benchmarks, offline.",
    epilog="Exit codes: " + "; ".join(f"{code.value} {MEANING[code]}" for code in Exit) + ".",
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"kube-evidence {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that stand before a command; without one, show what there is."""
    del version  # its callback has done the work
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(Exit.USAGE)


@app.command(epilog=epilog("analyze"))
def analyze(
    bundles: Bundles,
    output: Folder = Path("report"),
    benchmark: Benchmark = "auto",
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            help="Provider profile: who answers for what.",
            autocompletion=complete_profile,
        ),
    ] = DEFAULT_PROFILE,
    level: Annotated[
        int | None,
        typer.Option("--level", min=1, max=2, help="Judge controls up to this level."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="YAML with your thresholds and exempt namespaces."),
    ] = None,
    reading: Annotated[
        Reading,
        typer.Option("--reading", help="Which answer decides where text and behaviour differ."),
    ] = Reading.EFFECTIVE,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Date of the assessment, YYYY-MM-DD. [newest collection]"),
    ] = None,
    join: Annotated[
        bool,
        typer.Option(
            "--join", help="Take the nodes for one cluster's although their authorities differ."
        ),
    ] = False,
    waivers: Waivers = None,
    reviews: Reviews = None,
    baseline: Baseline = None,
    third_party: ThirdParty = None,
    format_: Formats = "json,xlsx,md",
    paper: PaperSize = Paper.A4,
    label: Label = LABEL,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit 10 when a control fails without a waiver, 11 when some lack evidence.",
        ),
    ] = False,
) -> None:
    """Judge bundles and write assessment.json, report.xlsx and report.md."""
    from analyzer.cli.analyze import AnalyzeRequest, run_analyze

    request = AnalyzeRequest(
        paths=tuple(bundles),
        output=output,
        benchmarks=benchmarks(benchmark),
        profile=profile,
        level=level,
        policy=policy,
        reading=reading,
        as_of=as_of,
        join=join,
        additions=additions(waivers, reviews, baseline, third_party),
        formats=formats(format_),
        paper=paper,
        label=label,
        exit_code=exit_code,
    )
    raise typer.Exit(run_analyze(request))


@app.command(epilog=epilog("verify"))
def verify(bundles: Bundles) -> None:
    """Check integrity, schemas and signatures, and scan for leaks; judges nothing."""
    from analyzer.cli.look import run_verify

    raise typer.Exit(run_verify(tuple(bundles)))


@app.command(epilog=epilog("inspect"))
def inspect(bundles: Bundles) -> None:
    """Show what was collected, by node and status, and what is missing."""
    from analyzer.cli.look import run_inspect

    raise typer.Exit(run_inspect(tuple(bundles)))


@app.command(epilog=epilog("explain"))
def explain(
    control: Annotated[
        str,
        typer.Argument(
            help="Number of the control, 1.2.1, or a topic of list topics.",
            autocompletion=complete_subject,
        ),
    ],
    assessment: Annotated[
        Path | None, typer.Argument(help="An assessment.json: why this verdict.")
    ] = None,
    benchmark: Annotated[
        str | None,
        typer.Option(
            "--benchmark",
            help="Benchmark id. [the assessment's, or newest]",
            autocompletion=complete_benchmark,
        ),
    ] = None,
) -> None:
    """Show a control's rule, defaults and sources; with an assessment, its findings too."""
    from analyzer.cli.explain import explain_control

    explain_control(control, benchmark, assessment)


@app.command(epilog=epilog("report"))
def report(
    assessment: Annotated[Path, typer.Argument(help="An assessment.json.")],
    output: Folder = Path("report"),
    waivers: Waivers = None,
    reviews: Reviews = None,
    baseline: Baseline = None,
    third_party: ThirdParty = None,
    format_: Formats = "json,xlsx,md",
    paper: PaperSize = Paper.A4,
    label: Label = LABEL,
) -> None:
    """Write reports again from an assessment; waivers and reviews can be laid over it."""
    from analyzer.cli.rewrite import ReportRequest, run_report

    request = ReportRequest(
        path=assessment,
        output=output,
        additions=additions(waivers, reviews, baseline, third_party),
        formats=formats(format_),
        paper=paper,
        label=label,
    )
    run_report(request)


@app.command(epilog=epilog("diff"))
def diff(
    old: Annotated[Path, typer.Argument(help="The older assessment.json.")],
    new: Annotated[Path, typer.Argument(help="The newer assessment.json.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder for changes.md and the others. [none]"),
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help=f"Files to write with -o, of {', '.join(DIFF_FORMATS)}.",
            autocompletion=complete_diff_formats,
        ),
    ] = "md,json",
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="Exit 10 when something fails newly, 11 when some is incomparable."
        ),
    ] = False,
) -> None:
    """Compare two assessments: what is new, resolved, unchanged, or cannot be compared."""
    from analyzer.cli.diff import DiffRequest, run_diff

    request = DiffRequest(
        older=old, newer=new, output=output, formats=words(format_), exit_code=exit_code
    )
    raise typer.Exit(run_diff(request))


@app.command(epilog=epilog("review"))
def review(
    workbook: Annotated[Path, typer.Argument(help="A report.xlsx, its tinted cells filled in.")],
    assessment: Annotated[
        Path | None,
        typer.Option("--assessment", help="Its assessment.json. [beside the workbook]"),
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="File for the reviews.")] = Path(
        "reviews.yaml"
    ),
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Name for rows that leave Reviewer empty.")
    ] = "",
    date: Annotated[
        str, typer.Option("--date", help="YYYY-MM-DD, for rows that leave Reviewed on empty.")
    ] = "",
) -> None:
    """Read an auditor's verdicts out of a filled-in workbook, into reviews.yaml."""
    from analyzer.cli.review import ReviewRequest, run_review

    run_review(
        ReviewRequest(
            workbook=workbook, assessment=assessment, output=output, reviewer=reviewer, date=date
        )
    )


@app.command("list", epilog=epilog("list"))
def list_(
    what: Annotated[
        str,
        typer.Argument(
            help="benchmarks, profiles, topics, checks or formats.", autocompletion=complete_list
        ),
    ],
) -> None:
    """List what there is to choose from."""
    from analyzer.cli.listing import print_list

    print_list(what)


@app.command(epilog=epilog("collector"))
def collector(
    write: Annotated[
        Path | None, typer.Option("--write", help="Folder to write the collectors into.")
    ] = None,
) -> None:
    """Hand out the collectors, for carrying to the customer."""
    from analyzer.cli.collector import write_collectors

    write_collectors(write)
