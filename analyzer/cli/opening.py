"""Opening the bundles that the user named, with progress."""

from pathlib import Path

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.paths import bundle_paths
from analyzer.bundle.reader import read_bundle
from analyzer.cli.console import progress
from analyzer.model.bundle import Bundle
from analyzer.model.errors import UsageError


def open_bundles(paths: tuple[Path, ...]) -> tuple[Bundle, ...]:
    """Open and check every bundle; the same archive named twice counts once.

    Raises:
        UsageError: Nothing is there under one of the names.
        BundleRefusedError: One of them cannot be read or trusted.
    """
    _must_be_there(paths)
    found = bundle_paths(paths, limits=DEFAULT_LIMITS)
    bundles: dict[str, Bundle] = {}
    with progress("reading", len(found)) as step:
        for path in found:
            step(path.name)
            bundle = read_bundle(path)
            bundles.setdefault(bundle.sha256, bundle)
    return tuple(bundles.values())


def _must_be_there(paths: tuple[Path, ...]) -> None:
    """Tell a name that was mistyped from a bundle that is refused: of that one nothing is said."""
    for path in paths:
        try:
            path.lstat()
        except FileNotFoundError as error:
            advice = "Name bundles (.tar.gz, .tgz or .tar), or a directory of them."
            raise UsageError(str(path), "there is no such file", advice=advice) from error
        except (OSError, ValueError):
            continue  # opening it says what is wrong
