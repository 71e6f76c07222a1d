"""Real kubectls and other Pythons that this machine has, to run the collector with."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.tools import ALL_TOOLS, needed

_PATTERN = re.compile(r"kubectl\.1\.(\d+)")
_TELL = "import sys; print('%d.%d' % sys.version_info[:2])"
SUPPORTED = 27
"""The oldest minor release of kubectl that the collector promises to understand."""
OLD = (3, 10)
"""A Python below this is an old one: CI promises that there is one."""


def kubectls() -> list[Path]:
    """Return the kubectls of this machine, oldest first: the one in PATH, and its siblings."""
    found = shutil.which("kubectl")
    if found is None:
        return []
    real = Path(found).resolve()
    siblings = [path for path in real.parent.iterdir() if _PATTERN.fullmatch(path.name)]
    return sorted(siblings, key=_minor) or [real]


def _minor(path: Path) -> int:
    named = _PATTERN.fullmatch(path.name)
    return int(named[1]) if named else 0


def kubectl(which: str) -> Path:
    """Return the ``oldest`` or ``newest`` kubectl; without any, skip or fail the test."""
    needed("kubectl")
    return kubectls()[0 if which == "oldest" else -1]


def supported_kubectl(which: str) -> Path:
    """Return a kubectl that the collector promises to understand; older ones word errors otherwise.

    Distributions package kubectls from years ago, which is all that some machines have.
    """
    program = kubectl(which)
    told = subprocess.run(
        [program, "version", "--client", "--output=json"],
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    minor = int(json.loads(told.stdout)["clientVersion"]["minor"].rstrip("+"))
    if minor < SUPPORTED:
        pytest.skip(f"the only kubectl here is 1.{minor}, older than 1.{SUPPORTED}")
    return program


@cache
def pythons() -> dict[tuple[int, int], Path]:
    """Return the Pythons 3.6 and later of this machine by version, oldest first."""
    found: dict[tuple[int, int], Path] = {}
    for path in _candidates():
        done = subprocess.run(
            [path, "-c", _TELL], capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode == 0 and re.fullmatch(r"3\.\d+\n", done.stdout):
            found.setdefault((3, int(done.stdout.split(".")[1])), path)
    return {version: found[version] for version in sorted(found) if version >= (3, 6)}


def _candidates() -> Iterator[Path]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob("versions/3*/bin/python3"))
    for name in (*(f"python3.{minor}" for minor in range(6, 20)), "python3", "pypy3"):
        found = shutil.which(name)
        if found and root not in Path(found).parents:  # those of pyenv are named above
            yield Path(found)


def python(which: str) -> Path:
    """Return the ``oldest`` or ``newest`` Python; fails where an old one is promised."""
    found = pythons()
    if min(found) >= OLD and os.environ.get(ALL_TOOLS) == "1":
        pytest.fail("no Python older than 3.10 is installed")
    return found[min(found) if which == "oldest" else max(found)]
