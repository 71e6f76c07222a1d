"""Gatekeeper's constraints, where their kinds are those of its own library.

None of them proves anything: what a constraint forbids stands in its template's Rego, which
anybody may write under a known name and which is not judged. A person has to read it.

Source: https://github.com/open-policy-agent/gatekeeper-library src/pod-security-policy, and
https://open-policy-agent.github.io/gatekeeper/website/docs/howto/#the-match-field
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from analyzer.checks.api_lists import Lists
from analyzer.checks.pod_security_standing import Answer, Demand, Space, Standing, masked
from analyzer.checks.pod_security_webhooks import engine
from analyzer.formats.kube_meta import read_selector
from analyzer.model.api import Item
from analyzer.model.evidence import Source, is_redacted

GROUP = ".constraints.gatekeeper.sh"
TEMPLATES = "constrainttemplates.templates.gatekeeper.sh"
_PREFIX = "k8spsp"
"""What the library's kinds about pod security begin with."""

_POINTS = ("*", "validation.gatekeeper.sh")
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constraint:
    label: str
    kind: str
    spec: Fields
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """Every constraint; ``lists`` also holds the webhooks.

    Attributes:
        templates: By constraint kind: what its template says, and where it stands.
    """

    lists: Lists
    constraints: tuple[str, ...]
    templates: Mapping[str, tuple[str, Source]]

    def answers(self, space: Space, demand: Demand) -> Iterator[Answer]:
        """Return what each constraint does in a namespace."""
        for resource in self.constraints:
            kind = resource.removesuffix(GROUP)
            about = kind in demand.constraints if demand.test else kind.startswith(_PREFIX)
            if about:
                for item in self.lists.items(resource):
                    yield from self._constraint(resource, kind, item, space, demand)

    def _constraint(
        self, resource: str, kind: str, item: Item[Any], space: Space, demand: Demand
    ) -> Iterator[Answer]:
        spec: Fields = item.value.spec or {}
        label = f"Gatekeeper constraint {kind}/{item.value.name}"
        source = self.lists.at(resource, item.line, "/spec", item.value.name)
        if is_redacted(str(spec)):
            yield masked(label, resource)
            return
        if not _selects(_dict(spec.get("match")), space):
            return
        if _denies(spec):
            found = _Constraint(label=label, kind=kind, spec=spec, source=source)
            yield self._denying(found, space, demand)
            return
        text = f"{label} is about it, but does not deny ({spec.get('enforcementAction')})"
        yield Answer(standing=Standing.NOT, text=text, sources=(source,))

    def _denying(self, found: _Constraint, space: Space, demand: Demand) -> Answer:
        """Put a constraint that denies before a person, with all that is in doubt."""
        hook = engine(self.lists, "gatekeeper", space)
        template, where = self._template(found.kind, demand)
        doubts = tuple(
            text
            for text in (
                _loose(found.kind, _dict(found.spec.get("parameters")), demand),
                _narrow(_dict(found.spec.get("match"))),
                template,
                hook.doubt,
            )
            if text
        )
        text = f"{found.label} denies, but {'; '.join(doubts)}"
        return Answer(
            standing=Standing.MAYBE,
            text=text,
            sources=(found.source, *where, *hook.sources),
            notes=hook.notes,
        )

    def _template(self, kind: str, demand: Demand) -> tuple[str, tuple[Source, ...]]:
        """Return what is not known of a constraint's template, and where it stands."""
        if kind not in self.templates:
            return "its template is not in evidence", ()
        text, where = self.templates[kind]
        known = any(word in text for word in demand.words)
        return (_REGO if known else "its template is not about it"), (where,)


def read_gatekeeper(lists: Lists, constraints: tuple[str, ...]) -> Gatekeeper:
    """Gather constraints and their templates."""
    return Gatekeeper(
        lists=lists,
        constraints=constraints,
        templates=MappingProxyType(
            {
                item.value.name: (
                    str((item.value.spec or {}).get("targets")),
                    lists.at(TEMPLATES, item.line, "/spec/targets", item.value.name),
                )
                for item in lists.items(TEMPLATES)
            }
        ),
    )


_REGO = "its template's Rego is not judged"


def constraint_resources(names: Iterable[str]) -> tuple[str, ...]:
    """Return the constraint lists among resource names, sorted."""
    return tuple(sorted(name for name in names if name.endswith(GROUP)))


def _denies(spec: Fields) -> bool:
    action = spec.get("enforcementAction", "deny")
    if action != "scoped":
        return bool(action == "deny")
    return any(
        one.get("action") == "deny"
        and any(p.get("name") in _POINTS for p in _dicts(one.get("enforcementPoints")))
        for one in _dicts(spec.get("scopedEnforcementActions"))
    )


def _selects(match: Fields, space: Space) -> bool:
    """Tell whether pods of a namespace can be matched at all."""
    chosen, excluded = match.get("namespaces"), match.get("excludedNamespaces")
    if isinstance(excluded, list) and any(_fits(str(p), space.name) for p in excluded):
        return False
    if isinstance(chosen, list) and not any(_fits(str(p), space.name) for p in chosen):
        return False
    if match.get("scope") == "Cluster" or match.get("source") == "Generated":
        return False
    selector = read_selector(match.get("namespaceSelector"))
    if selector is not None and not selector.matches(space.all_labels()):
        return False
    kinds = match.get("kinds")
    return not isinstance(kinds, list) or any(_pods(one) for one in _dicts(kinds))


def _pods(kinds: Fields) -> bool:
    groups, names = kinds.get("apiGroups"), kinds.get("kinds")
    core = not isinstance(groups, list) or any(one in ("", "*") for one in groups)
    return core and (not isinstance(names, list) or any(one in ("Pod", "*") for one in names))


def _narrow(match: Fields) -> str:
    """Say what leaves some pods of a selected namespace out; empty when nothing does."""
    if match.get("labelSelector"):
        return "its label selector leaves some pods out"
    if match.get("name"):
        return "it names single pods"
    broken = match.get("namespaceSelector") and read_selector(match["namespaceSelector"]) is None
    return "its namespace selector could not be read" if broken else ""


def _loose(kind: str, parameters: Fields, demand: Demand) -> str:
    """Say what a constraint's parameters let in; empty when nothing."""
    if not demand.test:
        return "it is one rule of several that the level needs"
    if parameters.get("exemptImages"):
        return "it exempts some images"
    strict = _STRICT.get((kind, demand.test))
    if strict is None:
        return "what its parameters let in is for a person to read"
    return "" if strict(parameters) else "its parameters let some of it in"


def _always(_: Fields) -> bool:
    return True


def _adds_none(parameters: Fields) -> bool:
    return not parameters.get("allowedCapabilities")


def _drops(*names: str) -> Callable[[Fields], bool]:
    def strict(parameters: Fields) -> bool:
        dropped = parameters.get("requiredDropCapabilities")
        found = {str(name).upper() for name in dropped} if isinstance(dropped, list) else set()
        return bool(found & set(names))

    return strict


def _no_net_raw(parameters: Fields) -> bool:
    return _adds_none(parameters) and _drops("ALL", "NET_RAW")(parameters)


def _no_root(parameters: Fields) -> bool:
    user = _dict(parameters.get("runAsUser"))
    if user.get("rule") == "MustRunAs":
        lowest = [one.get("min") for one in _dicts(user.get("ranges"))]
        return bool(lowest) and all(isinstance(one, int) and one > 0 for one in lowest)
    return bool(user.get("rule") == "MustRunAsNonRoot")


def _no_port(parameters: Fields) -> bool:
    highest = parameters.get("max")
    return isinstance(highest, int) and highest <= 0


_STRICT: Mapping[tuple[str, str], Callable[[Fields], bool]] = MappingProxyType(
    {
        ("k8spspallowedusers", "root"): _no_root,
        ("k8spspallowprivilegeescalationcontainer", "allow-privilege-escalation"): _always,
        ("k8spspcapabilities", "added-capabilities"): _adds_none,
        ("k8spspcapabilities", "capabilities-not-dropped"): _drops("ALL"),
        ("k8spspcapabilities", "net-raw"): _no_net_raw,
        ("k8spsphostfilesystem", "host-path"): lambda one: not one.get("allowedHostPaths"),
        ("k8spsphostnamespace", "host-ipc"): _always,
        ("k8spsphostnamespace", "host-pid"): _always,
        ("k8spsphostnetworkingports", "host-network"): lambda one: not one.get("hostNetwork"),
        ("k8spsphostnetworkingports", "host-port"): _no_port,
        ("k8spsphostprocess", "host-process"): _always,
        ("k8spspprivilegedcontainer", "privileged"): _always,
    }
)
"""By kind and test: whether parameters let nothing in that the test calls a violation."""


def _fits(pattern: str, name: str) -> bool:
    if pattern.startswith("*") and pattern.endswith("*"):
        return pattern.strip("*") in name
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name.endswith(pattern[1:]) if pattern.startswith("*") else pattern == name


def _dict(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Fields]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
