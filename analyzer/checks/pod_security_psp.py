"""PodSecurityPolicy, which Kubernetes had up to 1.24.

Source: https://v1-24.docs.kubernetes.io/docs/concepts/security/pod-security-policy/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from analyzer.checks.api_lists import Lists, some
from analyzer.checks.pod_security_standing import Answer, Demand, Standing
from analyzer.model.version import Version

PSPS = "podsecuritypolicies.policy"
GONE = Version(1, 25)
Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPolicies:
    """The PodSecurityPolicies of a cluster.

    Attributes:
        plugin: The admission plugin is on, off, or not in evidence.
    """

    lists: Lists
    version: Version | None
    plugin: bool | None

    def answer(self, demand: Demand) -> Answer:
        """Tell whether every policy forbids what is demanded; who may use which is not resolved."""
        items = self.lists.items(PSPS)
        if not items or (self.version is not None and self.version >= GONE):
            return Answer(standing=Standing.NOT, text="")
        if self.plugin is False:
            return Answer(
                standing=Standing.NOT,
                text="PodSecurityPolicies exist, but their admission plugin is off",
                sources=self.lists.cite(PSPS),
            )
        letting = tuple(i.value.name for i in items if _permits(i.value.spec or {}, demand.test))
        if not letting and self.plugin:
            return Answer(
                standing=Standing.ENFORCED,
                text=f"all {len(items)} PodSecurityPolicies forbid it",
                sources=self.lists.cite(PSPS),
            )
        who = f"{some(letting)} permit it" if letting else "all forbid it"
        return Answer(
            standing=Standing.MAYBE,
            text=f"of {len(items)} PodSecurityPolicies {who}; whether the plugin is on and who may "
            "use which is for a person to read",
            sources=self.lists.cite(PSPS),
        )


def _permits(spec: Spec, test: str) -> bool:
    if not test:
        return bool(spec.get("privileged"))
    permit = _PERMITS.get(test)
    return permit is None or permit(spec)


def _flag(name: str, *, default: bool = False) -> Callable[[Spec], bool]:
    return lambda spec: spec.get(name, default) is not False


def _root(spec: Spec) -> bool:
    rule = _mapping(spec.get("runAsUser"))
    if rule.get("rule") == "MustRunAsNonRoot":
        return False
    ranges = rule.get("ranges")
    if rule.get("rule") != "MustRunAs" or not isinstance(ranges, list) or not ranges:
        return True
    return not all(_number(_mapping(one).get("min")) > 0 for one in ranges)


def _drops(*names: str) -> Callable[[Spec], bool]:
    return lambda spec: not any(name in _list(spec, "requiredDropCapabilities") for name in names)


def _volumes(spec: Spec) -> bool:
    return any(name in ("*", "hostPath") for name in _list(spec, "volumes"))


def _list(spec: Spec, name: str) -> list[Any]:
    value = spec.get(name)
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Spec:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


_PERMITS: Mapping[str, Callable[[Spec], bool]] = MappingProxyType(
    {
        "added-capabilities": lambda spec: bool(
            _list(spec, "allowedCapabilities") or _list(spec, "defaultAddCapabilities")
        ),
        "allow-privilege-escalation": _flag("allowPrivilegeEscalation", default=True),
        "capabilities-not-dropped": _drops("ALL"),
        "host-ipc": _flag("hostIPC"),
        "host-network": _flag("hostNetwork"),
        "host-path": _volumes,
        "host-pid": _flag("hostPID"),
        "host-port": lambda spec: bool(_list(spec, "hostPorts")),
        "net-raw": _drops("ALL", "NET_RAW"),
        "privileged": _flag("privileged"),
        "root": _root,
    }
)
"""Whether a policy lets a pod violate a test; a test that is missing here counts as permitted."""
