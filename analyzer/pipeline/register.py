"""The evidence register: every place that a finding cites gets one stable id."""

from collections.abc import Mapping

from analyzer.model.assessment import EvidenceRef
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Source


class EvidenceRegister:
    """Gives out ids ``EV-0001`` in order of first use; the same place keeps its id."""

    def __init__(self, cluster: ClusterEvidence) -> None:
        """Remember whose bundle each hash belongs to."""
        self._owners = _owners(cluster)
        self._ids: dict[Source, str] = {}

    def cite(self, sources: tuple[Source, ...]) -> tuple[str, ...]:
        """Return the ids of some places, without repetition, in the given order."""
        ids = []
        for source in sources:
            if source not in self._ids:
                self._ids[source] = f"EV-{len(self._ids) + 1:04d}"
            ids.append(self._ids[source])
        return tuple(dict.fromkeys(ids))

    def entries(self) -> tuple[EvidenceRef, ...]:
        """Return every cited place, by id."""
        return tuple(self._entry(source, number) for source, number in self._ids.items())

    def _entry(self, source: Source, number: str) -> EvidenceRef:
        subject, collected_at = self._owners.get(source.bundle_sha256, ("", ""))
        return EvidenceRef(
            id=number,
            bundle_sha256=source.bundle_sha256,
            member=source.member,
            member_sha256=source.member_sha256,
            selector=source.selector,
            excerpt=source.excerpt,
            subject=subject,
            collected_at=collected_at,
        )


def _owners(cluster: ClusterEvidence) -> Mapping[str, tuple[str, str]]:
    owners = {
        node.bundle_sha256: (f"node/{node.name}", node.collected_at) for node in cluster.nodes
    }
    if cluster.api is not None:
        owners[cluster.api.bundle_sha256] = ("cluster", cluster.api.collected_at)
    return owners
