"""What a Kyverno pattern is sure to forbid in a pod.

``=(name)`` asks something of a field only where it is there, ``X(name)`` forbids it, and a plain
name asks for the field. A condition, ``(name)`` or ``<(name)``, lets other pods pass: a pattern
that holds one proves nothing here.
Source: https://kyverno.io/docs/policy-types/cluster-policy/validate/#anchors
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.formats.cel_pods import LISTS, Forbids
from analyzer.formats.kyverno_match import Fields, fields

_DEEPEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a pattern has to ask for.

    Attributes:
        path: Names from a pod's spec, or from a container, to the field; ``[]`` behind a name
            stands for the elements of a list.
        value: The only value that is let in; empty where the field itself is forbidden.
        must: The field has to be there.
    """

    path: tuple[str, ...]
    value: str
    must: bool = False


_OFF = "false"
_IN_CONTAINERS: Mapping[str, _Asked] = MappingProxyType(
    {
        "added-capabilities": _Asked(path=("securityContext", "capabilities", "add"), value=""),
        "allow-privilege-escalation": _Asked(
            path=("securityContext", "allowPrivilegeEscalation"), value=_OFF, must=True
        ),
        "host-port": _Asked(path=("ports[]", "hostPort"), value="0"),
        "host-process": _Asked(
            path=("securityContext", "windowsOptions", "hostProcess"), value=_OFF
        ),
        "privileged": _Asked(path=("securityContext", "privileged"), value=_OFF),
        "root": _Asked(path=("securityContext", "runAsNonRoot"), value="true", must=True),
    }
)
_IN_PODS: Mapping[str, _Asked] = MappingProxyType(
    {
        "host-ipc": _Asked(path=("hostIPC",), value=_OFF),
        "host-network": _Asked(path=("hostNetwork",), value=_OFF),
        "host-path": _Asked(path=("volumes[]", "hostPath"), value=""),
        "host-pid": _Asked(path=("hostPID",), value=_OFF),
        "host-process": _Asked(
            path=("securityContext", "windowsOptions", "hostProcess"), value=_OFF
        ),
    }
)


def pattern_forbids(test: str, pattern: object) -> Forbids:
    """Tell what a pattern of a whole pod forbids of a test."""
    spec = fields(_child(fields(pattern), "spec"))
    if not spec or _conditional(pattern, _DEEPEST):
        return Forbids(known=False, open=("pod",))
    states = {name: _asks(spec, asked) for name, asked in _places(test)}
    return Forbids(
        known=any(states.values()), open=tuple(name for name, holds in states.items() if not holds)
    )


def _places(test: str) -> Iterator[tuple[str, _Asked]]:
    if test in _IN_PODS:
        yield "pod", _IN_PODS[test]
    if test in _IN_CONTAINERS:
        asked = _IN_CONTAINERS[test]
        for name in LISTS:
            if name != "ephemeralContainers" or test != "host-port":
                path = (f"{name}[]", *asked.path)
                yield name, _Asked(path=path, value=asked.value, must=asked.must)


def _asks(spec: Fields, asked: _Asked) -> bool:
    """Follow a path through the pattern; the list of containers itself may be asked for or not."""
    here: object = spec
    for depth, step in enumerate(asked.path):
        name, is_list = step.removesuffix("[]"), step.endswith("[]")
        last = depth == len(asked.path) - 1
        if last and not asked.value:
            return _forbidden(fields(here), name)
        here = _child(fields(here), name, must=asked.must and not is_list)
        if is_list:
            here = here[0] if isinstance(here, list) and len(here) == 1 else None
    return str(here).lower() == asked.value


def _forbidden(here: Fields, name: str) -> bool:
    return f"X({name})" in here


def _child(here: Fields, name: str, *, must: bool = False) -> object:
    if name in here:
        return here[name]
    return None if must else here.get(f"=({name})")


def _conditional(value: object, depth: int) -> bool:
    """Tell whether a condition stands anywhere in a pattern; too deep counts as one."""
    if depth == 0:
        return True
    if isinstance(value, dict):
        return any(
            key.startswith(("(", "<(")) or _conditional(one, depth - 1)
            for key, one in value.items()
        )
    return isinstance(value, list) and any(_conditional(one, depth - 1) for one in value)
