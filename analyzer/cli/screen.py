"""The one screen that ``analyze`` ends with, fitted to whatever it is shown on."""

from analyzer.cli.console import colourful, say, screen_width
from analyzer.model.assessment import Assessment
from analyzer.reports.terminal import summary_text


def show_summary(assessment: Assessment, paths: tuple[str, ...]) -> None:
    """Print the summary; coloured and wrapped to the window where there is one."""
    shown = summary_text(assessment, paths, width=screen_width(), colour=colourful())
    say(shown)
