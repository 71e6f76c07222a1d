"""Check type ``address-filter``: with which addresses the kubelet's service may talk at all.

systemd adds the lists of a service to those of every slice above it (bpf-firewall.c walks up).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from analyzer.checks.file_gather import node_of
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.service_unit import slice_files, unit_files, unseen_folder
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.unit_file import UnitSetting, unit_settings
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present, Source, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_COMPONENT, _ROLE = "kubelet", "kubelet-unit"
_DENY, _ALLOW = "IPAddressDeny", "IPAddressAllow"
_GROUPS = ("localhost", "link-local", "multicast")
_ANY = ("0.0.0.0/0", "::/0")
_BLANKS = re.compile(r"[ \t\r\n]+")
_SLICE, _ROOT_SLICE, _USUAL_SLICE = "Slice", "-.slice", "system.slice"
_SLICES = "a filter on a slice above the service is not collected and would count as well"
_KERNEL = "whether the kernel of the node can apply the filter is not in evidence"

Networks = tuple[IPv4Network | IPv6Network, ...]
Files = tuple[Present[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """What one of the two settings adds up to.

    Attributes:
        written: The assignments that count, as written.
        networks: Their networks; the named groups of addresses are never everything.
    """

    written: tuple[str, ...] = ()
    networks: Networks = ()
    sources: tuple[Source, ...] = ()

    @property
    def everything(self) -> bool:
        """Tell whether every IPv4 and every IPv6 address is in it."""
        return self._whole.issuperset(_ANY)

    @property
    def some_family(self) -> bool:
        """Tell whether every address of one family is in it."""
        return bool(self._whole.intersection(_ANY))

    @property
    def _whole(self) -> set[str]:
        """The networks as few as they can be, because halves make a whole."""
        four = (n for n in self.networks if isinstance(n, IPv4Network))
        six = (n for n in self.networks if isinstance(n, IPv6Network))
        return {str(n) for n in (*collapse_addresses(four), *collapse_addresses(six))}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFilter:
    """Judge systemd's address filter of kubelet.service: all is denied but what is allowed.

    The filter grants what the allow list has, then denies what the deny list has, then grants.
    A later drop-in adds to both lists, an empty value empties one.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return (EvidenceKey(f"process/{_COMPONENT}"), EvidenceKey(f"file/{_ROLE}"))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every node that runs a kubelet."""
        subjects = component_subjects(_COMPONENT, evidence, context)
        expected = f"{_DENY}=any, and an {_ALLOW} list"
        found = (outcome_of(_judge(t), t.subject, expected, context) for t in subjects.targets)
        return (*one_per_subject(found), *subjects.outcomes)


def _judge(target: Target) -> Judgement:
    if target.node is None:
        detail = f"node {target.name} is known to the API and no bundle covers it"
        problem = Unreadable(reason=Reason.NE_NODE_MISSING, detail=detail)
        return no_evidence(problem, f"file/{_ROLE}", target.subject)
    node = node_of(target)
    units = _units(node)
    if isinstance(units, Unreadable):
        return no_evidence(units, f"file/{_ROLE}", target.subject)
    deny, allow = _added_up(units, _DENY), _added_up(units, _ALLOW)
    masked = _masked((*deny.written, *allow.written))
    if masked is not None:
        sources = (*deny.sources, *allow.sources)
        return no_evidence(masked, f"file/{_ROLE}", target.subject, sources=sources)
    unseen = unseen_folder(node)
    if not deny.written:
        looked = tuple(file.source for _, files in units for file in files)
        return _without_denial(allow, looked, target, unseen)
    judged = _with_denial(deny, allow)
    if judged.verdict is Verdict.PASS and unseen:
        detail = f"{unseen} was not looked into, where a drop-in may allow more"
        problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
        return no_evidence(problem, f"file/{_ROLE}", target.subject, sources=judged.sources)
    return judged


def _units(node: NodeEvidence) -> tuple[tuple[str, Files], ...] | Unreadable:
    """Return the service and every slice above it, each as section and files."""
    service = unit_files(node, "kubelet.service")
    if isinstance(service, Unreadable):
        return service
    named = [s.value for f in service for s in unit_settings(f.value) if _is(s, "Service", _SLICE)]
    masked = _masked(f"{_SLICE}={name}" for name in named)
    if masked is not None:
        return masked
    found: list[tuple[str, Files]] = [("Service", service)]
    for name in _slices(named[-1] if named and named[-1] else _USUAL_SLICE):
        files = slice_files(node, name)
        if isinstance(files, Unreadable):
            return files
        found.append((_SLICE, files))
    return tuple(found)


def _slices(name: str) -> Iterator[str]:
    """Yield a slice and those that it lies in: ``a-b.slice``, ``a.slice``, ``-.slice``."""
    stem = name.removesuffix(".slice")
    while stem and stem != "-":
        yield f"{stem}.slice"
        stem = stem.rpartition("-")[0]
    yield _ROOT_SLICE


def _is(setting: UnitSetting, section: str, name: str) -> bool:
    return setting.section == section and setting.name == name


def _masked(written: Iterable[str]) -> Unreadable | None:
    """Say that a setting was masked: it stands there, and what it says is not known."""
    for text in written:
        if is_redacted(text):
            detail = f"{text} was masked by the collector"
            return Unreadable(reason=Reason.NE_REDACTED, detail=detail)
    return None


def _without_denial(
    allow: _List, looked: tuple[Source, ...], target: Target, unseen: str
) -> Judgement:
    if unseen and allow.written and not allow.some_family:
        detail = f"{_ALLOW} is set without {_DENY}, which may stand on a slice above the service"
        problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
        return no_evidence(problem, f"file/{_ROLE}", target.subject, sources=allow.sources)
    return Judgement(
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        actual=f"{_DENY} unset",
        why=f"{_DENY} is set neither in the kubelet's unit nor in its drop-ins, so that it talks "
        "with every address."
        if unseen
        else f"{_DENY} is set neither in the kubelet's unit and drop-ins nor on a slice above it, "
        "so that it talks with every address.",
        sources=looked,
        notes=(_SLICES,) if unseen else (),
    )


def _with_denial(deny: _List, allow: _List) -> Judgement:
    good = deny.everything and not allow.some_family
    actual = " ".join((*deny.written, *(allow.written or (f"{_ALLOW} unset",))))
    if good:
        why = f"{actual}: every address is denied but those allowed."
    elif deny.everything:
        why = f"{actual}: what is allowed counts first, and that is every address of a family."
    else:
        why = f"{actual}: addresses that are on neither list are not denied."
    blocked = () if allow.written else ("nothing is allowed: such a kubelet reaches nobody",)
    return Judgement(
        verdict=Verdict.PASS if good else Verdict.FAIL,
        reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
        actual=actual,
        why=why,
        sources=(*deny.sources, *allow.sources),
        notes=(*blocked, _KERNEL) if good else (),
    )


def _added_up(units: tuple[tuple[str, Files], ...], name: str) -> _List:
    """Add up what the service and its slices say."""
    lists = [_of_unit(section, files, name) for section, files in units]
    return _List(
        written=tuple(text for one in lists for text in one.written),
        networks=tuple(network for one in lists for network in one.networks),
        sources=tuple(source for one in lists for source in one.sources),
    )


def _of_unit(section: str, files: Files, name: str) -> _List:
    """Add the assignments of one unit up in systemd's order."""
    found = _List()
    for file in files:
        for setting in unit_settings(file.value):
            if not _is(setting, section, name):
                continue
            if not setting.value:
                found = _List()
                continue
            written = f"{name}={setting.value}"
            place = replace(file.source, selector=f"line {setting.line}", excerpt=written[:400])
            found = _List(
                written=(*found.written, written),
                networks=(*found.networks, *_networks(setting.value, name)),
                sources=(*found.sources, place),
            )
    return found


def _networks(value: str, name: str) -> Iterator[IPv4Network | IPv6Network]:
    """Read a list. Some systemd drop what follows a word they cannot read: nothing is denied by it.

    What is allowed counts all the same, because others read on.
    """
    for word in _BLANKS.split(value):
        if word in _GROUPS:
            continue
        try:
            yield from _read(word)
        except ValueError:
            if name == _DENY:
                return


def _read(word: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks that a word of a list stands for.

    Raises:
        ValueError: systemd cannot read it; a mask in the place of the number of bits, or a
            zone, is such.
    """
    address, slash, bits = word.partition("/")
    if "%" in address or (slash and not (bits.isascii() and bits.isdigit())):
        raise ValueError(word)
    return tuple(ip_network(text, strict=False) for text in (_ANY if word == "any" else (word,)))
