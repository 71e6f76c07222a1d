"""Check type ``address-filter``: with which addresses the kubelet's service may talk at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from analyzer.checks.file_gather import node_of
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.service_unit import unit_files
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.unit_file import unit_settings
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present, Source, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_COMPONENT, _ROLE = "kubelet", "kubelet-unit"
_DENY, _ALLOW = "IPAddressDeny", "IPAddressAllow"
_GROUPS = ("localhost", "link-local", "multicast")
_ANY = ("0.0.0.0/0", "::/0")
_BLANKS = re.compile(r"[ \t\r\n]+")
_SLICES = "a filter on a slice above the service is not collected and would count as well"
_KERNEL = "whether the kernel of the node can apply the filter is not in evidence"

Networks = tuple[IPv4Network | IPv6Network, ...]


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
    files = unit_files(node_of(target), "kubelet.service")
    if isinstance(files, Unreadable):
        return no_evidence(files, f"file/{_ROLE}", target.subject)
    deny, allow = _added_up(files, _DENY), _added_up(files, _ALLOW)
    looked = tuple(file.source for file in files)
    if not deny.written:
        return _without_denial(allow, looked, target)
    return _with_denial(deny, allow)


def _without_denial(allow: _List, looked: tuple[Source, ...], target: Target) -> Judgement:
    if allow.written and not allow.some_family:
        detail = f"{_ALLOW} is set without {_DENY}, which may stand on a slice above the service"
        problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
        return no_evidence(problem, f"file/{_ROLE}", target.subject, sources=allow.sources)
    return Judgement(
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        actual=f"{_DENY} unset",
        why=f"{_DENY} is set neither in the kubelet's unit nor in its drop-ins, so that it talks "
        "with every address.",
        sources=looked,
        notes=(_SLICES,),
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


def _added_up(files: tuple[Present[str], ...], name: str) -> _List:
    """Add the assignments up in systemd's order."""
    found = _List()
    for file in files:
        for setting in unit_settings(file.value):
            if setting.section != "Service" or setting.name != name:
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
