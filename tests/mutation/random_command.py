"""A mutated set of bundles as files, judged by the command as a user would."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analyzer.cli import main
from analyzer.cli.exits import Exit
from tests.hostile.builder import entry, tar
from tests.mutation.random_draft import Draft, sealed_members
from tests.mutation.random_judge import Asked


def wrong_ends(drafts: tuple[Draft, ...], asked: Asked, *, refused: bool) -> Iterator[str]:
    """Name each command that ends otherwise than it has to.

    Args:
        drafts: The bundles.
        asked: Benchmark and profile.
        refused: Whether reading them, in whatever way, is refused.
    """
    expected = Exit.BUNDLE_REFUSED if refused else Exit.DONE
    with tempfile.TemporaryDirectory() as folder:
        bundles, reports = Path(folder) / "in", Path(folder) / "out"
        bundles.mkdir()
        for number, draft in enumerate(drafts):
            members = sealed_members(draft)
            data = tar(entry(name, content) for name, content in members.items())
            (bundles / f"b{number}.tar").write_bytes(data)
        choice = ["--benchmark", asked.benchmark, "--profile", asked.profile]
        words = ["analyze", str(bundles), *choice, "-o", str(reports), "--format", "json,md"]
        code, told = _run(words)
        if code != expected:
            yield f"analyze ended with {code}: {told[-300:]}"
        written = sorted(path.name for path in reports.glob("*")) if reports.exists() else []
        if written != ([] if refused else ["assessment.json", "report.md"]):
            yield f"analyze left {written}"
        for command in ("verify", "inspect"):
            code, told = _run([command, str(bundles)])
            if code not in {Exit.DONE, expected}:
                yield f"{command} ended with {code}: {told[-300:]}"


def _run(words: list[str]) -> tuple[int, str]:
    """Run a command; returns its exit code and all that it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    return code, said.getvalue()
