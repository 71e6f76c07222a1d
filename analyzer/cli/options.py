"""Options that several commands share, and what their texts mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli.completion import complete_benchmarks, complete_formats
from analyzer.model.errors import UsageError
from analyzer.reports import REPORTS
from analyzer.reports.rendering import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionPaths:
    """Files to lay over an assessment, as the user named them; None or empty where nothing."""

    waivers: Path | None = None
    reviews: Path | None = None
    baseline: Path | None = None
    third_party: tuple[Path, ...] = ()


Bundles = Annotated[
    list[Path],
    typer.Argument(help="Bundles (.tar.gz, .tgz, .tar), or folders of them; all of one cluster."),
]
Benchmark = Annotated[
    str,
    typer.Option(
        "--benchmark",
        help="Benchmark id, several separated by commas, or auto: by the observed version.",
        autocompletion=complete_benchmarks,
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--format",
        help=f"Formats to write, separated by commas, of {', '.join(REPORTS)}.",
        autocompletion=complete_formats,
    ),
]
Folder = Annotated[Path, typer.Option("-o", "--output", help="Folder for the reports.")]
PaperSize = Annotated[
    Paper, typer.Option("--paper", help="Paper that the workbook and the page print on.")
]
Label = Annotated[
    str, typer.Option("--label", help="Who may see it: in the header of every printed sheet.")
]
Waivers = Annotated[
    Path | None,
    typer.Option(
        "--waivers", help="YAML with accepted failures; they stay failures, as accepted risks."
    ),
]
Reviews = Annotated[
    Path | None,
    typer.Option("--reviews", help="reviews.yaml: an auditor's verdicts beside the tool's."),
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", help="An older assessment.json: what has changed since."),
]
ThirdParty = Annotated[
    list[Path] | None,
    typer.Option(
        "--third-party", help="kube-bench's JSON: shown beside our verdicts, never as evidence."
    ),
]


def additions(
    waivers: Path | None,
    reviews: Path | None,
    baseline: Path | None,
    third_party: list[Path] | None,
) -> AdditionPaths:
    """Return the files to lay over an assessment."""
    return AdditionPaths(
        waivers=waivers,
        reviews=reviews,
        baseline=baseline,
        third_party=tuple(third_party or ()),
    )


def benchmarks(text: str) -> tuple[str, ...]:
    """Split a list of benchmark ids; whether each exists is known when it is loaded."""
    names = words(text)
    if not names:
        raise UsageError(
            "--benchmark",
            "no benchmark is named",
            advice="Name one, several with commas, or auto; see kube-evidence list benchmarks.",
        )
    return names


def formats(text: str) -> tuple[str, ...]:
    """Split and check a list of report formats."""
    names = words(text)
    unknown = [name for name in names if name not in REPORTS]
    if unknown or not names:
        raise UsageError(
            "--format",
            f"unknown report format {', '.join(unknown) or '(none)'}",
            advice=f"Known: {', '.join(REPORTS)}.",
        )
    return names


def words(text: str) -> tuple[str, ...]:
    """Split a list at its commas."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
