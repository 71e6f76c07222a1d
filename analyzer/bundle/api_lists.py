"""The lists of an API bundle."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from analyzer.bundle.api_access import ACCESS, Rights, forbidden, rights_of
from analyzer.bundle.api_agreement import whole_list_doubt, with_unlisted_namespaces
from analyzer.bundle.api_documents import CONFIGZ, VERSION
from analyzer.bundle.api_served import (
    DISCOVERY,
    is_census,
    is_served,
    is_single_object,
    list_problem,
    served_resources,
)
from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.places import blob_member, misfit, record_source, source, why_not
from analyzer.formats.kube_meta import KubeObject
from analyzer.formats.kube_objects import decode
from analyzer.formats.strict_json import split_lines
from analyzer.model.api import CENSUS, Item, Malformed, ResourceList
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, Evidence, Present

DOCUMENTS = frozenset({VERSION, DISCOVERY, ACCESS, CONFIGZ})
_PREFIX = "api/"

ListEvidence = Evidence[ResourceList[Any]]


class ServedLists(Mapping[str, ListEvidence]):
    """Evidence by resource name.

    A kind that was never asked for is Absent when a complete discovery shows that the
    server does not serve it. Iteration gives the kinds that were asked for.
    """

    def __init__(self, lists: dict[str, ListEvidence], served: Evidence[frozenset[str]]) -> None:
        """Keep the collected lists and what discovery showed."""
        self._lists = lists
        self._served = served

    def __getitem__(self, resource: str) -> ListEvidence:
        """Return one list, or what discovery says of its kind."""
        if resource in self._lists:
            return self._lists[resource]
        if isinstance(self._served, Present) and not is_served(resource, self._served.value):
            return Absent(
                source=self._served.source,
                detail=f"the API server does not serve {resource}",
            )
        raise KeyError(resource)

    def __iter__(self) -> Iterator[str]:
        """Return the names of the kinds that were asked for, sorted."""
        return iter(sorted(self._lists))

    def __len__(self) -> int:
        """Return how many kinds were asked for."""
        return len(self._lists)


def resource_lists(bundle: Bundle) -> ServedLists:
    """Return every list of the bundle; Present only where it is complete."""
    found: dict[str, ListEvidence] = {}
    served, rights = served_resources(bundle), rights_of(bundle)
    with _no_collection():
        for probe in bundle.probes:
            if not probe.probe.startswith(_PREFIX) or probe.probe in DOCUMENTS:
                continue
            resource = probe.probe.removeprefix(_PREFIX)
            if is_single_object(probe, resource):
                continue
            key = f"{CENSUS}{resource}" if is_census(probe, resource) else resource
            again = key in found
            found[key] = (
                misfit(bundle, probe, f"{resource} is in the bundle more than once")
                if again
                else _list(bundle, probe, resource, served, rights)
            )
    return ServedLists(with_unlisted_namespaces(found), served)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector off while values are only added: twice as fast."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _list(
    bundle: Bundle,
    probe: ProbeRecord,
    resource: str,
    served: Evidence[frozenset[str]],
    rights: Rights,
) -> ListEvidence:
    """Read one list. A list that may lack objects is never taken for the whole."""
    if probe.status == "absent":
        return _not_served(bundle, probe, resource, served)
    # A collector that knows its rights calls such a list truncated; what it lacks is the right.
    refused = forbidden(bundle, probe, resource, rights)
    if refused is not None and probe.status in {"ok", "truncated"}:
        return refused
    if probe.status != "ok":
        return why_not(bundle, probe)
    facts = probe.record.get("api") or {}
    if facts.get("complete") is not True or probe.record.get("truncated"):
        return why_not(bundle, probe, status="truncated")
    problem = list_problem(probe, resource)
    if problem:
        return misfit(bundle, probe, problem)
    return _whole_list(bundle, probe, resource, stated=facts["items"])


def _not_served(
    bundle: Bundle, probe: ProbeRecord, resource: str, served: Evidence[frozenset[str]]
) -> ListEvidence:
    """Believe that a kind does not exist only where the whole discovery says so too."""
    if not isinstance(served, Present):
        return misfit(bundle, probe, "no complete discovery shows that the kind is not served")
    if is_served(resource, served.value):
        return misfit(bundle, probe, "recorded as absent although the API server serves it")
    detail = f"the API server does not serve {resource}"
    return Absent(source=record_source(bundle, probe), detail=detail)


def _whole_list(bundle: Bundle, probe: ProbeRecord, resource: str, *, stated: int) -> ListEvidence:
    member = blob_member(probe)
    if member is None:
        return misfit(bundle, probe, "the record names no member with the list")
    try:
        items, malformed = _decode(bundle.members[member], resource)
    except EvidenceFormatError as error:
        return misfit(bundle, probe, error.what)
    count = len(items) + len(malformed)
    if stated != count:
        return misfit(bundle, probe, "another number of objects was recorded than is there")
    doubt = whole_list_doubt(resource, tuple(item.value for item in items))
    if doubt:
        return misfit(bundle, probe, doubt)
    if is_census(probe, resource) and any(i.value.namespace != "default" for i in items):
        return misfit(bundle, probe, "asked of namespace default, and an object is of another")
    place = source(bundle, member, excerpt=f"{count} objects")
    value = ResourceList(resource=resource, items=items, malformed=malformed, source=place)
    return Present(value=value, source=place)


def _decode(
    data: bytes, resource: str
) -> tuple[tuple[Item[KubeObject], ...], tuple[Malformed, ...]]:
    items = []
    malformed = []
    for number, line in split_lines(data, max_length=DEFAULT_LIMITS.line_length):
        try:
            items.append(Item(value=decode(resource, line), line=number))
        except EvidenceFormatError as error:
            malformed.append(Malformed(line=number, detail=error.what))
    return tuple(items), tuple(malformed)
