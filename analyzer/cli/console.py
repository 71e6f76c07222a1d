"""Talking to a person: results on stdout, progress on stderr and only to a terminal."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analyzer.model.errors import UsageError


def say(text: str) -> None:
    """Write a line of result; characters that the terminal cannot show become escapes.

    Raises:
        UsageError: Standard output is closed or full.
        ReaderGoneError: The reader of a pipe has gone; ``main`` ends quietly then.
    """
    if sys.stdout is None:
        raise UsageError("standard output", "is closed", advice="Give the command an output.")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        raise ReaderGoneError from None
    except OSError as failure:
        _drop_output()
        raise UsageError(
            "standard output",
            f"cannot be written ({failure.strerror})",
            advice="Free some space, or send the output elsewhere.",
        ) from failure


def _drop_output() -> None:
    """Send what is still buffered nowhere: it would fail again when the stream is closed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class ReaderGoneError(Exception):
    """The program at the other end of the pipe has stopped reading: ``| head``."""


def colourful() -> bool:
    """Tell whether standard output shows colours and the user wants them (no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("TERM") != "dumb"


def screen_width() -> int | None:
    """Return the columns to fit lines into: COLUMNS, else the terminal's; None without either."""
    wish = os.environ.get("COLUMNS", "")
    if re.fullmatch("[1-9][0-9]{0,3}", wish):
        return int(wish)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError, AttributeError):  # no terminal, or no file at all
        return None


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """Show a bar while work runs; yields a function that is told of each step.

    Nothing is written when stderr is not a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console  # noqa: PLC0415 - costs 0.1 s, only for terminals
    from rich.progress import Progress  # noqa: PLC0415 - the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=f"{title} {name:<12}")

        yield step
