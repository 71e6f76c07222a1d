"""The sentences with which a bundle is refused, in one place."""

from analyzer.model.errors import BundleRefusedError

ADVICE_COPY = (
    "Compare the file's SHA-256 with the one noted at collection and copy it again; "
    "collect again if the original differs too."
)
ADVICE_FOREIGN = (
    "Pass a bundle written by collectors/node.sh or collectors/api.py "
    "(.tar.gz, .tgz or .tar), or a directory of them."
)
ADVICE_HOSTILE = (
    "Nothing was read from it. Ask where the file comes from; a collector does not write such "
    "archives."
)
ADVICE_LIMIT = "Split the collection into more bundles, or ask where the file comes from."
ADVICE_VERSION = "Use an analyzer as new as the collector that wrote the bundle."

_SHOWN = 120


def shown(text: str) -> str:
    """Return hostile text as printable ASCII, cut to a length that fits a message."""
    return ascii(text[:_SHOWN])[1:-1] + ("..." if len(text) > _SHOWN else "")


def refuse(where: str, what: str, advice: str) -> BundleRefusedError:
    """Build the refusal of one bundle; the caller raises it."""
    return BundleRefusedError(where, what, advice=advice)
