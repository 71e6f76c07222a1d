"""Which pieces of evidence a verdict rests on, and in which ways each can be hidden."""

from collections.abc import Iterator
from typing import NamedTuple

from analyzer.model.benchmark import Control
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.evidence import Source
from analyzer.pipeline.judge import Judged
from tests.mutation.api_world import API_HIDES
from tests.mutation.evidence import API, node_members, read_api, read_node
from tests.mutation.hide import (
    BUNDLE_MISSING,
    CONTENT_WAYS,
    FACT_WAYS,
    FOLDER_WAYS,
    MAYBE_WITHOUT_EFFECT,
    PROCESS_WAYS,
    RECORD_WAYS,
    Hide,
    hidden,
)
from tests.mutation.world import World


class Piece(NamedTuple):
    """One piece of evidence: where, what, and the ways that make sense for it."""

    subject: str
    target: str
    ways: tuple[str, ...]


def ways_to_hide(world: World, judged: Judged, control: Control) -> Iterator[tuple[Hide, bool]]:
    """Yield every way to hide every piece that a verdict cites, and (False) that it could use.

    What a check may read, but did not rest this verdict on, is denied and nothing more: the
    verdict may then stay.
    """
    seen = set()
    for cited, pieces in ((True, _cited(world, judged)), (False, _needed(world, control))):
        for piece in pieces:
            for way in piece.ways:
                hide = Hide(subject=piece.subject, target=piece.target, how=way)
                if hide not in seen and _hides(world, hide):
                    seen.add(hide)
                    yield hide, cited


def _hides(world: World, hide: Hide) -> bool:
    """Tell whether a way takes anything from a bundle at all; some find nothing to take."""
    if hide.how not in MAYBE_WITHOUT_EFFECT or hide.subject == API:
        return True
    (node,) = (one for one in world.nodes if one.name == hide.subject)
    made = node_members(node)
    return hidden(made, (hide,))["SHA256SUMS"] != made["SHA256SUMS"]


def _cited(world: World, judged: Judged) -> Iterator[Piece]:
    bundles = ((node.name, read_node(node).bundle) for node in world.nodes)
    by_hash = {bundle.sha256: (name, bundle) for name, bundle in bundles}
    by_hash[read_api(world.api).bundle.sha256] = (API, read_api(world.api).bundle)
    sources = (source for outcome in judged.outcomes for source in outcome.evidence)
    for source in sources:
        subject, bundle = by_hash[source.bundle_sha256]
        if subject == API:
            yield from _of_api(bundle, source)
        else:
            yield Piece(subject, "", (BUNDLE_MISSING,))
            yield from _of_node(subject, bundle, source)


def _of_node(subject: str, bundle: Bundle, source: Source) -> Iterator[Piece]:
    if source.member == "bundle/manifest.json":
        return
    for probe in _probes(bundle, source):
        yield Piece(subject, probe.record["target"], _ways(probe, source))


def _of_api(bundle: Bundle, source: Source) -> Iterator[Piece]:
    for probe in _probes(bundle, source):
        yield Piece(API, probe.probe.removeprefix("api/"), API_HIDES)


def _probes(bundle: Bundle, source: Source) -> Iterator[ProbeRecord]:
    """Yield the records that a source points into, or whose content it points into."""
    if source.member == "bundle/probes.ndjson":
        line = int(source.selector.split()[1])
        yield from (probe for probe in bundle.probes if probe.line == line)
        return
    blob = source.member.removeprefix("bundle/")
    yield from (probe for probe in bundle.probes if probe.record.get("blob") == blob)


def _ways(probe: ProbeRecord, source: Source) -> tuple[str, ...]:
    if probe.probe == "proc/cmdline":
        return PROCESS_WAYS
    if probe.probe.startswith("proc/") or probe.status == "absent":
        return RECORD_WAYS
    if probe.probe.startswith("dir/"):
        return FOLDER_WAYS
    return CONTENT_WAYS if source.member.startswith("bundle/blobs/") else FACT_WAYS


def _needed(world: World, control: Control) -> Iterator[Piece]:
    """Yield the pieces that a check says it reads, where a node has them."""
    keys = set(control.check.needs)
    for node in world.nodes:
        bundle = read_node(node).bundle
        for probe in bundle.probes:
            if _key(probe) in keys and probe.status == "ok":
                yield Piece(node.name, probe.record["target"], ("denied",))


def _key(probe: ProbeRecord) -> str:
    if probe.probe == "proc/cmdline":
        return f"process/{probe.record.get('component')}"
    return probe.probe
