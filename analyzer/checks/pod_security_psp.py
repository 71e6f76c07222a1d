"""PodSecurityPolicy, which Kubernetes had up to 1.24.

Source: https://v1-24.docs.kubernetes.io/docs/concepts/security/pod-security-policy/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from analyzer.checks.api_lists import SHOWN, Lists, keys, some, take
from analyzer.checks.api_server_flags import Server, plugin_on
from analyzer.checks.pod_security_psp_use import ACCOUNTS, Use, Users, policy_users
from analyzer.checks.pod_security_standing import Answer, Demand, Space, Standing
from analyzer.checks.rbac_authorizers import Authorizers, read_authorizers
from analyzer.checks.rbac_graph import RESOURCES as RBAC_LISTS
from analyzer.checks.rbac_graph import resolve
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.verdict import Reason
from analyzer.model.version import Version

PSPS = "podsecuritypolicies.policy"
GONE = Version(1, 25)
Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPolicies:
    """The PodSecurityPolicies of a cluster.

    Attributes:
        lists: The policies, and the RBAC lists that ``users`` was made of.
        plugin: The admission plugin is on, off, or not in evidence.
        users: Who may use which policy.
        authorizers: Who decides besides RBAC; None when that is not in evidence.
    """

    lists: Lists
    version: Version | None
    plugin: bool | None
    users: Users
    authorizers: Authorizers | None

    def answer(self, space: Space, demand: Demand) -> Answer:
        """Tell whether a pod of the namespace can be let through by any policy."""
        if self.version is not None and self.version >= GONE:
            return Answer(standing=Standing.NOT, text="")
        items = self.lists.items(PSPS)
        if self.plugin is False:
            text = "PodSecurityPolicies exist, but their admission plugin is off" if items else ""
            return Answer(standing=Standing.NOT, text=text, sources=self.lists.cite(PSPS))
        if not items and not self._malformed(PSPS):
            return self._none()
        letting = tuple(i.value.name for i in items if _permits(i.value.spec or {}, demand.test))
        reach = self.users.reach(space.name, letting)
        asked = self.authorizers
        if reach.anyone and not (asked and (asked.without_rbac or asked.unread)):
            return self._open(letting, reach.anyone)
        return self._not_known(letting) or self._held(letting, reach.others)

    def _none(self) -> Answer:
        """Answer where no policy is there, or where that is not known."""
        why = self.lists.unknown.get(PSPS)
        if why is None:
            return Answer(standing=Standing.NOT, text="")
        return _unknown(f"{PSPS} could not be read ({why.detail})", why.reason, keys((PSPS,)))

    def _open(self, letting: tuple[str, ...], uses: tuple[Use, ...]) -> Answer:
        told = tuple(use.told(self.lists) for use in uses[:SHOWN])
        return Answer(
            standing=Standing.NOT,
            text=f"PodSecurityPolicy {some(letting, 3)} permits it, and is open to "
            f"{some(tuple(text for text, _ in told), 3)}",
            sources=(*self.lists.cite(PSPS), *(source for _, source in told)),
            whole=(*letting, *(use.text for use in uses)),
        )

    def _not_known(self, letting: tuple[str, ...]) -> Answer | None:
        """Name what keeps this from being decided; None when nothing does."""
        if self.plugin is None:
            return _unknown(
                "whether the PodSecurityPolicy admission plugin is on is not in evidence",
                Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
                (EvidenceKey("process/kube-apiserver"),),
            )
        if self._malformed(PSPS):
            text = f"some of {PSPS} could not be read"
            return _unknown(text, Reason.NE_SCHEMA_INVALID, keys((PSPS,)))
        if not letting:
            return None
        for name in RBAC_LISTS:
            why = self.lists.unknown.get(name)
            if why is not None or self._malformed(name):
                reason = why.reason if why else Reason.NE_SCHEMA_INVALID
                text = f"who may use PodSecurityPolicy {some(letting, 3)} is not known ({name})"
                return _unknown(text, reason, keys((name,)))
        if self.authorizers is not None and self.authorizers.unread:
            first = self.authorizers.unread[0]
            lacking = tuple(one.key for one in first.missing)
            return _unknown("who decides besides RBAC is not known", first.reason, lacking)
        return None

    def _held(self, letting: tuple[str, ...], others: tuple[Use, ...]) -> Answer:
        """Answer once every list is known and no permissive policy is open to everybody."""
        items = self.lists.items(PSPS)
        if not letting:
            return Answer(
                standing=Standing.ENFORCED,
                text=f"all {len(items)} PodSecurityPolicies forbid it",
                sources=self.lists.cite(PSPS),
            )
        names = some(letting, 3)
        if self.authorizers is not None and self.authorizers.open_doors:
            door = self.authorizers.open_doors[0]
            text = f"PodSecurityPolicy {names} permits it, and every request is allowed"
            return Answer(
                standing=Standing.NOT,
                text=f"{text} ({door.written})",
                sources=(*self.lists.cite(PSPS), *door.sources),
                whole=letting,
            )
        if self.authorizers is not None and self.authorizers.doubtful:
            line = self.authorizers.doubtful
            return self._maybe(
                f"PodSecurityPolicy {names} permits it, and {line.doubt}", letting, ()
            )
        if others:
            return self._maybe(f"PodSecurityPolicy {names} permits it", letting, others)
        return Answer(
            standing=Standing.ENFORCED,
            text=f"of {len(items)} PodSecurityPolicies {names} permit it, and none of its accounts "
            "and no maker of its pods may use them",
            sources=self.lists.cite(PSPS, *RBAC_LISTS),
            whole=letting,
        )

    def _maybe(self, text: str, letting: tuple[str, ...], uses: tuple[Use, ...]) -> Answer:
        told = tuple(use.told(self.lists) for use in uses[:SHOWN])
        who = some(tuple(clause for clause, _ in told), 3)
        return Answer(
            standing=Standing.MAYBE,
            text=f"{text}, and may be used by {who}" if who else text,
            sources=(*self.lists.cite(PSPS), *(source for _, source in told)),
            whole=(*letting, *(use.text for use in uses)),
        )

    def _malformed(self, name: str) -> bool:
        return name in self.lists.present and bool(self.lists.present[name].malformed)


def read_policies(
    evidence: ClusterEvidence, running: tuple[Server, ...], context: Context
) -> OldPolicies:
    """Gather the policies and who may use them."""
    gone = context.version is not None and context.version >= GONE
    lists = take(evidence, (), helpful=() if gone else (PSPS,))
    if lists.items(PSPS):
        lists = take(evidence, (), helpful=(PSPS, ACCOUNTS, *RBAC_LISTS))
    return OldPolicies(
        lists=lists,
        version=context.version,
        plugin=plugin_on(running, "PodSecurityPolicy", default=False),
        users=policy_users(resolve(lists, context), lists),
        authorizers=None if gone else read_authorizers(evidence, context),
    )


def _unknown(text: str, reason: Reason, lacking: tuple[EvidenceKey, ...]) -> Answer:
    return Answer(standing=Standing.UNKNOWN, text=text, reason=reason, lacking=lacking)


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


def _keeps_some(spec: Spec) -> bool:
    return "ALL" not in _list(spec, "requiredDropCapabilities")


def _net_raw(spec: Spec) -> bool:
    """Tell whether a container may hold NET_RAW: kept, or added again after dropping all."""
    dropped = _list(spec, "requiredDropCapabilities")
    if "NET_RAW" in dropped:
        return False
    added = (*_list(spec, "allowedCapabilities"), *_list(spec, "defaultAddCapabilities"))
    return "ALL" not in dropped or any(name in ("*", "ALL", "NET_RAW") for name in added)


def _ports(spec: Spec) -> bool:
    """Tell whether any range holds a port; one that ends at 0 holds none."""
    highest = [_mapping(one).get("max") for one in _list(spec, "hostPorts")]
    return any(not isinstance(one, int) or one > 0 for one in highest)


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
        "capabilities-not-dropped": _keeps_some,
        "host-ipc": _flag("hostIPC"),
        "host-network": _flag("hostNetwork"),
        "host-path": _volumes,
        "host-pid": _flag("hostPID"),
        # The API accepts a HostProcess pod only with the node's network.
        "host-process": _flag("hostNetwork"),
        "host-port": _ports,
        "net-raw": _net_raw,
        "privileged": _flag("privileged"),
        "root": _root,
    }
)
"""Whether a policy lets a pod violate a test; a test that is missing here counts as permitted."""
