"""Wait for what a running program does, not for a time that it may need."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

LONGEST = 600.0
"""Seconds after which a program counts as hanging, on the slowest machine."""


def wait_until(happened: Callable[[], object], program: "subprocess.Popen[Any]") -> None:
    """Return when something has happened; fails where the program ends before, or hangs."""
    last = time.monotonic() + LONGEST
    while not happened():
        assert program.poll() is None or happened(), "it ended before"
        assert time.monotonic() < last, "it hangs"
        time.sleep(0.02)
