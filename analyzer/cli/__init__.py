"""The command line: arguments, files, exit codes. Nothing is decided here."""

from analyzer.cli.program import main

__all__ = ["main"]
