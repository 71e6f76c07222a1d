"""The program: one command line, and the mapping of failures to exit codes."""

import os
import sys
from typing import cast

import typer

from analyzer.cli.app import app
from analyzer.cli.console import ReaderGoneError
from analyzer.cli.exits import Exit, code_for, say_error
from analyzer.model.errors import KubeEvidenceError, UsageError

_COMPLETING = "_KUBE_EVIDENCE_COMPLETE"
# Click's UsageError, from wherever this Typer has it: newer ones bring Click along, privately.
_COMMAND_LINE_ERROR: type[Exception] = cast("type[Exception]", typer.BadParameter.__mro__[1])


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit code; failures become two lines on stderr."""
    try:
        result = app(args=argv, standalone_mode=False)
    except KubeEvidenceError as failure:
        code = code_for(failure)
        say_error(failure, code)
        return code
    except _COMMAND_LINE_ERROR as failure:
        return _say_usage(failure)
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("error: interrupted\nhelp: Nothing was written.\n")
        return 130
    except ReaderGoneError:
        return Exit.DONE
    except SystemExit as leaving:
        return _left(leaving)
    return result if isinstance(result, int) else Exit.DONE


def _left(leaving: SystemExit) -> int:
    """Return the code that Typer leaves with while completing: the shells' scripts look at it.

    Otherwise it leaves in one case only: the pipe that help went into is gone.
    """
    code = leaving.code if _COMPLETING in os.environ else Exit.DONE
    return code if isinstance(code, int) else Exit.DONE


def _say_usage(failure: Exception) -> int:
    context = getattr(failure, "ctx", None)
    name = context.command_path if context is not None else "kube-evidence"
    words = failure.format_message() if isinstance(failure, typer.BadParameter) else str(failure)
    code = Exit.USAGE
    say_error(UsageError(name, words, advice=f"Run {name} --help."), code)
    return code
