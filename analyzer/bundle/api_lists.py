"""The lists and documents of an API bundle."""

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.places import blob_member, record_source, source, target_of, why_not
from analyzer.formats.kube_objects import decode
from analyzer.formats.strict_json import parse_object, split_lines
from analyzer.model.api import Item, Malformed, ResourceList
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.verdict import Reason

VERSION = "api/version"
DISCOVERY = "api/discovery"
ACCESS = "api/access"
CONFIGZ = "api/configz"
DOCUMENTS = frozenset({VERSION, DISCOVERY, ACCESS, CONFIGZ})
_PREFIX = "api/"
_PROXY = re.compile(r"/api/v1/nodes/([^/]+)/proxy/configz")

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
        if isinstance(self._served, Present) and resource not in self._served.value:
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
    with _no_collection():
        for probe in bundle.probes:
            if not probe.probe.startswith(_PREFIX) or probe.probe in DOCUMENTS:
                continue
            resource = probe.probe.removeprefix(_PREFIX)
            evidence = _list(bundle, probe, resource)
            again = resource in found
            found[resource] = _twice(bundle, probe, resource) if again else evidence
    return ServedLists(found, _served(bundle))


def server_version(bundle: Bundle) -> tuple[str, Source] | None:
    """Return the API server's own version text and where it stands."""
    for probe in bundle.probes:
        evidence = _document(bundle, probe) if probe.probe == VERSION else None
        if isinstance(evidence, Present):
            text = evidence.value.get("gitVersion")
            if isinstance(text, str) and text:
                member = evidence.source.member
                place = source(bundle, member, selector="line 1 /gitVersion", excerpt=text)
                return text, place
    return None


def configz(bundle: Bundle) -> Mapping[str, Evidence[Mapping[str, Any]]]:
    """Return the kubelets' effective configurations by node name."""
    found: dict[str, Evidence[Mapping[str, Any]]] = {}
    for probe in bundle.probes:
        if probe.probe == CONFIGZ:
            found[_node_of(target_of(bundle, probe))] = _configz(bundle, probe)
    return MappingProxyType({name: found[name] for name in sorted(found)})


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


def _list(bundle: Bundle, probe: ProbeRecord, resource: str) -> ListEvidence:
    """Read one list. A list that may lack objects is never taken for the whole."""
    if probe.status == "absent":
        detail = f"the API server does not serve {resource}"
        return Absent(source=record_source(bundle, probe), detail=detail)
    if probe.status != "ok":
        return why_not(bundle, probe)
    facts = probe.record.get("api") or {}
    member = blob_member(probe)
    if facts.get("complete") is not True or probe.record.get("truncated"):
        return why_not(bundle, probe, status="truncated")
    if member is None:
        return _misfit(bundle, probe, "the record names no member with the list")
    try:
        items, malformed = _decode(bundle.members[member], resource)
    except EvidenceFormatError as error:
        return _misfit(bundle, probe, error.what)
    stated = facts.get("items")
    if stated is not None and stated != len(items) + len(malformed):
        return _misfit(bundle, probe, "another number of objects was recorded than is there")
    place = source(bundle, member, excerpt=f"{len(items) + len(malformed)} objects")
    value = ResourceList(resource=resource, items=items, malformed=malformed, source=place)
    return Present(value=value, source=place)


def _decode(data: bytes, resource: str) -> tuple[tuple[Item[object], ...], tuple[Malformed, ...]]:
    items = []
    malformed = []
    for number, line in split_lines(data, max_length=DEFAULT_LIMITS.line_length):
        try:
            items.append(Item(value=decode(resource, line), line=number))
        except EvidenceFormatError as error:
            malformed.append(Malformed(line=number, detail=error.what))
    return tuple(items), tuple(malformed)


def _served(bundle: Bundle) -> Evidence[frozenset[str]]:
    """Return the resource names that the server offers, when discovery was complete."""
    for probe in bundle.probes:
        if probe.probe == DISCOVERY:
            return _discovery(bundle, probe)
    return Unreadable(reason=Reason.NE_API_NOT_COLLECTED, detail="discovery was not collected")


def _discovery(bundle: Bundle, probe: ProbeRecord) -> Evidence[frozenset[str]]:
    if probe.status != "ok":
        return why_not(bundle, probe, status="error" if probe.status == "absent" else None)
    member = blob_member(probe)
    if member is None or (probe.record.get("api") or {}).get("complete") is not True:
        return why_not(bundle, probe, status="truncated")
    names = set()
    try:
        for _, line in split_lines(bundle.members[member], max_length=DEFAULT_LIMITS.line_length):
            value = parse_object(line)
            group, resource = value.get("group"), value.get("resource")
            if not isinstance(resource, str) or not isinstance(group, str | None):
                return _misfit(bundle, probe, "a line names no resource")
            names.add(f"{resource}.{group}" if group else resource)
    except EvidenceFormatError as error:
        return _misfit(bundle, probe, error.what)
    if not names:
        return _misfit(bundle, probe, "the server offers nothing at all")
    return Present(value=frozenset(names), source=source(bundle, member))


def _configz(bundle: Bundle, probe: ProbeRecord) -> Evidence[Mapping[str, Any]]:
    whole = _document(bundle, probe)
    if not isinstance(whole, Present):
        return whole
    inner = whole.value.get("kubeletconfig")
    if not isinstance(inner, dict):
        return _misfit(bundle, probe, "the answer holds no kubeletconfig")
    place = source(bundle, whole.source.member, selector="line 1 /kubeletconfig")
    return Present(value=MappingProxyType(inner), source=place)


def _document(bundle: Bundle, probe: ProbeRecord) -> Evidence[Mapping[str, Any]]:
    """Read a member that holds a single object."""
    if probe.status == "absent":
        return Absent(source=record_source(bundle, probe), detail="the API server has it not")
    if probe.status != "ok":
        return why_not(bundle, probe)
    member = blob_member(probe)
    if member is None or probe.record.get("truncated"):
        return why_not(bundle, probe, status="truncated")
    data = bundle.members[member]
    if len(data) > DEFAULT_LIMITS.document_size:
        return _misfit(bundle, probe, "the document is too large")
    try:
        value = parse_object(data, max_depth=DEFAULT_LIMITS.json_depth)
    except EvidenceFormatError as error:
        return _misfit(bundle, probe, error.what)
    return Present(value=MappingProxyType(value), source=source(bundle, member))


def _node_of(target: str) -> str:
    """Return the node that a configz probe names, by its API path or by its bare name."""
    found = _PROXY.fullmatch(target)
    return found[1] if found else target


def _twice(bundle: Bundle, probe: ProbeRecord, resource: str) -> Unreadable:
    return _misfit(bundle, probe, f"{resource} is in the bundle more than once")


def _misfit(bundle: Bundle, probe: ProbeRecord, what: str) -> Unreadable:
    return Unreadable(
        reason=Reason.NE_SCHEMA_INVALID,
        detail=f"{target_of(bundle, probe)}: {what}",
        source=record_source(bundle, probe),
    )
