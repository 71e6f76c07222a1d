"""Opening the bundles that the user named, with progress."""

from pathlib import Path

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.paths import bundle_paths
from analyzer.bundle.reader import read_bundle
from analyzer.cli.console import progress
from analyzer.model.bundle import Bundle


def open_bundles(paths: tuple[Path, ...]) -> tuple[Bundle, ...]:
    """Open and check every bundle; the same archive named twice counts once.

    Raises:
        BundleRefusedError: One of them cannot be read or trusted.
    """
    found = bundle_paths(paths, limits=DEFAULT_LIMITS)
    bundles: dict[str, Bundle] = {}
    with progress("reading", len(found)) as step:
        for path in found:
            step(path.name)
            bundle = read_bundle(path)
            bundles.setdefault(bundle.sha256, bundle)
    return tuple(bundles.values())
