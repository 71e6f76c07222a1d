"""Who collected what with which program, as far as a bundle can say: nothing here is proven.

Whether the collector's text is ours can be compared byte by byte, since it lies in the bundle.
That it is the program which ran stays the word of whoever made the bundle.
"""

from dataclasses import dataclass
from functools import cache

from analyzer import __version__
from analyzer.bundle.claims import COLLECTOR
from analyzer.bundle.places import stopped, text_of
from analyzer.formats.shipped import collector_files
from analyzer.model.bundle import Bundle, BundleKind, CollectorText

_PROGRAM = {BundleKind.NODE: "node.sh", BundleKind.API: "api.py"}
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What a bundle says of its own making.

    Attributes:
        collector: Name and version that the manifest states.
        text: Whether the program's text is that of the collector shipped with this analyzer.
        text_sha256: SHA-256 of that text; empty where there is none.
        case_no, operator: As noted at collection; empty when nothing was.
        stopped: Why the run ended before its plan; empty when it did not.
    """

    collector: str
    text: CollectorText
    text_sha256: str
    case_no: str
    operator: str
    stopped: str


def custody_of(bundle: Bundle) -> Custody:
    """Read who made a bundle, and with what."""
    stated = bundle.manifest["collector"]
    case = bundle.manifest.get("case") or {}
    texts = _texts(bundle)
    return Custody(
        collector=f"{stated['name']} {stated['version']}",
        text=_text(bundle, texts, stated["version"]),
        text_sha256=bundle.member_sha256[texts[0]] if texts else "",
        case_no=_noted(bundle, case.get("case_no")),
        operator=_noted(bundle, case.get("operator")),
        stopped=stopped(bundle),
    )


def _texts(bundle: Bundle) -> tuple[str, ...]:
    return tuple(name for name in bundle.members if name.startswith(COLLECTOR))


def _text(bundle: Bundle, texts: tuple[str, ...], version: str) -> CollectorText:
    if not texts:
        return CollectorText.MISSING
    ours = _shipped(_PROGRAM[bundle.kind])
    if all(bundle.members[name] == ours for name in texts):
        return CollectorText.AS_SHIPPED
    return CollectorText.DIFFERS if version == __version__ else CollectorText.OTHER_VERSION


@cache
def _shipped(program: str) -> bytes:
    return collector_files()[program]


def _noted(bundle: Bundle, text: str | None) -> str:
    return text_of(bundle, text or "").strip()[:_SHOWN]
