"""Notices about the making of bundles: runs that were cut short, collectors that are not ours."""

from collections.abc import Iterator

from analyzer.bundle.custody import Custody, custody_of
from analyzer.bundle.probes import NOT_RUN
from analyzer.model.bundle import Bundle, CollectorText

_LISTED = 5
_TEXTS = {
    CollectorText.DIFFERS: (
        "The collector's text differs from that of the same version which ships with this "
        "analyzer ({who}). It may look elsewhere or say what is not so: compare it, or ask who "
        "changed it."
    ),
    CollectorText.OTHER_VERSION: (
        "The collector is of another version than this analyzer ({who}), so its text could not be "
        "compared: compare its SHA-256 with that of its release."
    ),
    CollectorText.MISSING: (
        "The bundle does not hold the text of the collector that made it ({who})."
    ),
}


def custody_notices(bundles: tuple[Bundle, ...]) -> Iterator[str]:
    """Yield what a reader has to know of how the bundles were made."""
    found = sorted(((_label(bundle), custody_of(bundle), bundle) for bundle in bundles), key=_first)
    for text, sentence in _TEXTS.items():
        who = tuple(label for label, custody, _ in found if custody.text is text)
        if who:
            yield sentence.format(who=_some(who))
    for label, custody, bundle in found:
        if custody.stopped:
            lost = sum(probe.status == NOT_RUN for probe in bundle.probes)
            yield (
                f"Collection on {label} stopped before its end ({custody.stopped}): {lost} of "
                f"{len(bundle.probes)} planned probes never ran."
            )


def _first(found: tuple[str, Custody, Bundle]) -> tuple[str, str]:
    return found[0], found[2].sha256


def _label(bundle: Bundle) -> str:
    return f"{bundle.kind.value} {bundle.subject}"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
