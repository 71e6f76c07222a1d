"""What one API bundle says: complete lists of objects, or why a list is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from analyzer.model.evidence import Evidence, Source, Unreadable
from analyzer.model.verdict import Reason

CENSUS = "census/"
"""Before the name of a kind of which only the objects in namespace default were listed, and of
those only names and owners: it is a list of its own, and never taken for that of the kind."""

O_co = TypeVar("O_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Generic[O_co]):
    """One object of a list and the line (from 1) of the member that holds it."""

    value: O_co
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A line that is not an object of its kind: evidence that does not fit.

    Attributes:
        line: Line from 1; 0 for an object that is known to exist and has no line.
    """

    line: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceList(Generic[O_co]):
    """A complete list as the server sent it.

    Attributes:
        resource: ``pods``, ``roles.rbac.authorization.k8s.io``.
        items: Objects in server order; may be empty, and empty is then a fact.
        malformed: Lines that could not be read; a rule over all objects is then
            at best ``no-evidence``.
        source: The member; ``at`` narrows it to a line.
    """

    resource: str
    items: tuple[Item[O_co], ...]
    malformed: tuple[Malformed, ...]
    source: Source

    def at(self, line: int, pointer: str = "", excerpt: str = "") -> Source:
        """Return the source of one place: a line of the member (0 is all), and a JSON pointer."""
        return Source(
            bundle_sha256=self.source.bundle_sha256,
            member=self.source.member,
            member_sha256=self.source.member_sha256,
            selector=f"line {line} {pointer}".rstrip() if line else "",
            excerpt=excerpt[:400],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiEvidence:
    """Everything one API bundle says.

    Attributes:
        bundle_sha256: SHA-256 of the archive.
        source: The manifest.
        cluster_uid: UID of namespace kube-system, or None.
        git_version: The API server's own version text, or None.
        version_source: Where that text stands.
        lists: Evidence by resource name. Present only when the list is complete. Absent when
            discovery shows that the server does not serve the kind.
        namespaced: Names of the kinds whose objects live in namespaces and can be listed, as
            discovery offers them, sorted; None where that is not known to its end.
        configz: The kubelet's effective configuration by node name (decoded JSON object).
        complete: The collector says that it ran to its end.
        collected_at: UTC, ``YYYY-MM-DDThh:mm:ssZ``.
        ca_sha256: SHA-256 of the cluster CA's DER form, or None.
        unknown_probes: Probe ids that this reader does not know, sorted.
        stated_version: What the bundle's manifest says the version is, or None.
    """

    bundle_sha256: str
    source: Source
    cluster_uid: str | None
    git_version: str | None
    version_source: Source | None
    lists: Mapping[str, Evidence[ResourceList[Any]]]
    namespaced: tuple[str, ...] | None
    configz: Mapping[str, Evidence[Mapping[str, Any]]]
    complete: bool
    collected_at: str
    ca_sha256: str | None
    unknown_probes: tuple[str, ...] = ()
    stated_version: str | None = None

    def list(self, resource: str) -> Evidence[ResourceList[Any]]:
        """Return one list; Unreadable when it was never asked for."""
        missing = Unreadable(
            reason=Reason.NE_API_NOT_COLLECTED,
            detail=f"{resource} was not collected from the API",
        )
        return self.lists.get(resource, missing)
