"""What the manifest claims of its own bundle, against what the bundle holds."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from analyzer.bundle.archive import Archive
from analyzer.bundle.manifest import MANIFEST
from analyzer.bundle.probes import INVALID, NOT_RUN
from analyzer.bundle.refusal import ADVICE_HOSTILE, refuse
from analyzer.model.bundle import ProbeRecord

COLLECTOR = "bundle/collector/"
_ADVICE = (
    "Parts of the bundle were left out or exchanged before it was sealed again; collect anew. "
    + ADVICE_HOSTILE
)


def check_counts(
    archive: Archive, manifest: Mapping[str, Any], probes: tuple[ProbeRecord, ...]
) -> None:
    """Compare the counts of the manifest with the plan and the records.

    Raises:
        BundleRefusedError: A count is stated and is another one.
    """
    stated = manifest.get("counts") or {}
    actual = Counter(probe.status for probe in probes)
    run = len(probes) - actual[NOT_RUN]
    by_status = stated.get("by_status")
    tests = (
        (_differs(stated.get("planned"), len(probes)), "counts another plan"),
        (_differs(stated.get("run"), run), "counts other records"),
        (
            by_status is not None and not _adds_up(by_status, actual, run),
            "counts other results than the records hold",
        ),
    )
    for wrong, problem in tests:
        if wrong:
            raise refuse(f"{archive.name}: {MANIFEST}", problem, _ADVICE)


def check_collector(
    archive: Archive, manifest: Mapping[str, Any], digests: Mapping[str, str]
) -> None:
    """Compare the collector that the manifest names with the text in the bundle.

    Raises:
        BundleRefusedError: Its hash is stated, and the text is missing or another one.
    """
    stated = manifest["collector"].get("sha256")
    if stated is None:
        return
    texts = [name for name in archive.members if name.startswith(COLLECTOR)]
    if not texts:
        raise refuse(archive.name, "the collector's text is missing", _ADVICE)
    for name in texts:
        if digests[name] != stated:
            what = "SHA-256 differs from the collector that the manifest names"
            raise refuse(f"{archive.name}: {name}", what, _ADVICE)


def _differs(stated: int | None, actual: int) -> bool:
    return stated is not None and stated != actual


def _adds_up(stated: Mapping[str, int], actual: Counter[str], run: int) -> bool:
    """Compare by status; a record that does not fit was counted under a status of its own."""
    if sum(stated.values()) != run:
        return False
    readable = (status for status in actual if status not in {NOT_RUN, INVALID})
    return all(stated.get(status, 0) >= actual[status] for status in readable)
