"""Userlands that are poorer than that of this machine, and what of a run is the same in any."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.collectors.node_run import Collected

SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
AWKS = (("mawk",), ("gawk",), ("original-awk",), ("busybox", "awk"))


def toolbox(folder: Path, *, without: Sequence[str] = ()) -> dict[str, str]:
    """Return an environment whose PATH holds links to the tools of this system, less some."""
    folder.mkdir()
    for directory in reversed(SYSTEM):
        for tool in Path(directory).glob("*"):
            link = folder / tool.name
            if tool.name not in without and os.access(tool, os.X_OK) and not link.exists():
                link.symlink_to(tool)
    return {"PATH": str(folder)}


def stand_in(folder: Path, tool: str, lines: str) -> dict[str, str]:
    """Put a shell script in front of a tool, and return the environment that finds it."""
    folder.mkdir(exist_ok=True)
    real = shutil.which(tool)
    script = folder / tool
    script.write_text(f'#!/bin/sh\n{lines}\nexec {real} "$@"\n')
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def comparable(run: Collected) -> list[dict[str, object]]:
    """Return the records less what a poorer userland cannot know: times, mtime and access lists."""
    kept = []
    for record in run.probes:
        slim = {k: v for k, v in record.items() if k not in {"t0", "t1", "acl"}}
        if "stat" in slim:
            slim["stat"] = {k: v for k, v in record["stat"].items() if k != "mtime"}
        kept.append(slim)
    return kept
