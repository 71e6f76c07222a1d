"""A setting that closes a port, against the sockets that its process holds open.

What is configured and what listens are two witnesses. Where a setting passes and a socket of the
same process says otherwise, one of them is not what it seems: an older process than its file, a
flag that this build does not heed, another program under the name. Neither is believed then, and
a person has to look. That nothing was seen to listen proves nothing and changes nothing.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace

from analyzer.checks.judgement import Judgement
from analyzer.checks.subjects import Target
from analyzer.formats.scalars import parse_number
from analyzer.formats.settings import Query, Value
from analyzer.model.node import Listener
from analyzer.model.verdict import Reason, Verdict

PUBLIC = "public"
_OTHER_DOORS = {
    "kube-apiserver": (Query(flag="secure-port"),),
    "kubelet": (
        Query(flag="port", key="port"),
        Query(flag="healthz-port", key="healthzPort"),
    ),
}
"""Settings of ports that are meant to be open: what listens there contradicts nothing."""


def unless_listening(judged: Judgement, target: Target, closed: str) -> Judgement:
    """Leave a pass to a person where the process listens on what its setting closes.

    Args:
        judged: What the setting comes to.
        target: Its process.
        closed: A port (``10255``), ``public`` for every address beyond loopback, or both
            (``public:10249``); empty asks nothing.
    """
    process = target.config.process
    if not closed or process is None or judged.verdict is not Verdict.PASS:
        return judged
    spared = frozenset(_open_on_purpose(target))
    seen = [one for one in process.listeners if one.port not in spared and _is_closed(one, closed)]
    if not seen:
        return judged
    where = ", ".join(dict.fromkeys(_written(one) for one in seen))
    return replace(
        judged,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        actual=f"{judged.actual}; listens on {where}",
        why=f"{judged.why} But a socket of the same process (pid {process.pid}) listens on "
        f"{where}: one of the two is not what it seems.",
        sources=(*judged.sources, *(one.source for one in seen)),
    )


def _is_closed(one: Listener, closed: str) -> bool:
    word, _, port = closed.rpartition(":") if closed != PUBLIC else (PUBLIC, "", "")
    if port and one.port != int(port):
        return False
    return word != PUBLIC or not _is_loopback(one.address)


def _is_loopback(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def _written(one: Listener) -> str:
    return f"[{one.address}]:{one.port}" if ":" in one.address else f"{one.address}:{one.port}"


def _open_on_purpose(target: Target) -> Iterator[int]:
    for query in _OTHER_DOORS.get(target.config.component, ()):
        found = target.look_up(query)
        number = parse_number(found.text) if isinstance(found, Value) else None
        if isinstance(number, int):
            yield number
