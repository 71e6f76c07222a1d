"""The API lists that a rule needs: what is there, what could not be known, where to cite it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from analyzer.checks.judgement import taken_back
from analyzer.model.api import ApiEvidence, Item, Malformed, ResourceList
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Absent, Evidence, EvidenceKey, Present, Source, Unreadable
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict

CLUSTER = "cluster"
CRDS = "customresourcedefinitions.apiextensions.k8s.io"
_BUILT_IN = frozenset(
    f"{name}.k8s.io"
    for name in (
        "admissionregistration",
        "apiextensions",
        "apiregistration",
        "authentication",
        "authorization",
        "certificates",
        "coordination",
        "discovery",
        "events",
        "flowcontrol.apiserver",
        "networking",
        "node",
        "rbac.authorization",
        "resource",
        "scheduling",
        "storage",
        "storagemigration",
    )
)
"""Groups that the API server serves by itself; every other one with a dot is added to it."""

_EVERYWHERE = (".apps", ".batch", ".rbac.authorization.k8s.io")
"""Groups that no cluster is without: workloads would have no place to hide in, rights none."""

SHOWN = 12
"""How many names, places or notes one finding lists before it only counts."""

_SO_FAR = ", as far as is known"
_LONGEST = 600
"""Characters of one name, rule or text in a sentence; evidence may hold much longer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Lists by resource name, and what is wrong with those that a verdict depends on.

    Attributes:
        present: Complete lists; a kind that the server does not serve is simply not here.
        sources: Where each list that is known (present or not served) stands.
        unknown: Why each other list could not be known, or not wholly: a list of which single
            objects could not be read is present too.
        gaps: ``no-evidence`` outcomes about lists that could not be read, or not wholly.
    """

    present: Mapping[str, ResourceList[Any]]
    sources: Mapping[str, Source]
    unknown: Mapping[str, Unreadable]
    gaps: tuple[Outcome, ...]

    def items(self, resource: str) -> tuple[Item[Any], ...]:
        """Return the objects of a list; none when it is not served or not known."""
        found = self.present.get(resource)
        return found.items if found else ()

    def cite(self, *resources: str, lacking: str = "") -> tuple[Source, ...]:
        """Return where the named lists stand, as far as they are known, and what they show.

        Args:
            resources: Names of lists.
            lacking: What none of their objects is, ``no NetworkPolicy of namespace a``.
        """
        return tuple(
            replace(self.sources[name], excerpt=self._shown(name, lacking))
            for name in resources
            if name in self.sources
        )

    def _shown(self, resource: str, lacking: str) -> str:
        found = self.present.get(resource)
        if found is None:
            return f"{resource}: the server serves no such kind"
        objects = count(len(found.items), "object")
        return f"{lacking} among {objects} of {resource}" if lacking else f"{objects} of {resource}"

    def at(self, resource: str, line: int, pointer: str = "", excerpt: str = "") -> Source:
        """Return one place of a present list."""
        return self.present[resource].at(line, pointer, excerpt)


def keys(resources: Iterable[str]) -> tuple[EvidenceKey, ...]:
    """Return resource names as evidence keys."""
    return tuple(EvidenceKey(f"api/{resource}") for resource in resources)


def take(
    evidence: ClusterEvidence, resources: Iterable[str], *, helpful: Iterable[str] = ()
) -> Lists:
    """Look the lists up.

    Args:
        evidence: The cluster.
        resources: Lists that the verdict depends on: each one unknown becomes a gap.
        helpful: Lists whose lack a rule deals with itself (see ``Lists.unknown``).
    """
    needed = tuple(resources)
    found = {name: _look_up(evidence.api, name) for name in (*needed, *helpful)}
    present = {n: e.value for n, e in found.items() if isinstance(e, Present)}
    unknown = {n: e for n, e in found.items() if isinstance(e, Unreadable)}
    partly = {n: _not_whole(one) for n, one in present.items() if one.malformed}
    sources = {n: e.source for n, e in found.items() if not isinstance(e, Unreadable)}
    broken = tuple(present[n] for n in needed if n in present and present[n].malformed)
    lacking = {n: unknown[n] for n in needed if n in unknown}
    return Lists(
        present=MappingProxyType(present),
        sources=MappingProxyType(sources),
        unknown=MappingProxyType(unknown | partly),
        gaps=_unread(lacking) + _malformed(broken),
    )


def unsettled(
    outcomes: Iterable[Outcome],
    lists: Lists,
    resources: Iterable[str],
    *,
    undone: tuple[Verdict, ...] = (Verdict.PASS,),
) -> tuple[Outcome, ...]:
    """Take back the passes that rest on finding nothing in lists of which some are not known.

    Args:
        outcomes: Answers about single subjects.
        lists: What was read.
        resources: The lists in which nothing may be found.
        undone: The verdicts that rest on it.
    """
    gaps = {name: lists.unknown[name] for name in resources if name in lists.unknown}
    if not gaps:
        return tuple(outcomes)
    first = next(iter(gaps.values()))
    return tuple(
        taken_back(
            one if one.verdict not in undone else replace(one, actual=f"{one.actual}{_SO_FAR}"),
            reason=first.reason,
            why=f"Not known in full ({some(tuple(gaps))}): {first.detail}. By the rest:",
            missing=missing_lists(gaps),
            evidence=(gap.source for gap in gaps.values() if gap.source),
            undone=undone,
        )
        for one in outcomes
    )


def missing_lists(gaps: Mapping[str, Unreadable]) -> tuple[Missing, ...]:
    """Say which lists are to be collected, and why each is not known."""
    return tuple(
        Missing(
            key=EvidenceKey(f"api/{name}"), subject=CLUSTER, reason=gap.reason, detail=gap.detail
        )
        for name, gap in gaps.items()
    )


def _look_up(api: ApiEvidence | None, resource: str) -> Evidence[ResourceList[Any]]:
    """Look one list up; a custom kind that no definition adds is not served."""
    if api is None:
        return Unreadable(
            reason=Reason.NE_API_NOT_COLLECTED, detail=f"{resource}: no API bundle was given"
        )
    if resource in api.lists or not _custom(resource):
        return _not_without(resource, api.list(resource))
    definitions = api.list(CRDS)
    if not isinstance(definitions, Present) or definitions.value.malformed:
        return api.list(resource)
    if any(item.value.name == resource for item in definitions.value.items):
        return api.list(resource)
    return Absent(source=definitions.source, detail=f"no definition adds {resource}")


def _not_without(resource: str, found: Evidence[ResourceList[Any]]) -> Evidence[ResourceList[Any]]:
    """Doubt that a server lacks a kind of the core or of another group that every one serves."""
    if isinstance(found, Absent) and ("." not in resource or resource.endswith(_EVERYWHERE)):
        return Unreadable(
            reason=Reason.NE_API_KIND_MISSING,
            detail=f"{resource} is said not to be served, and every API server serves it",
            source=found.source,
        )
    return found


def _custom(resource: str) -> bool:
    group = resource.partition(".")[2]
    return "." in group and group not in _BUILT_IN


def _unread(lacking: Mapping[str, Unreadable]) -> tuple[Outcome, ...]:
    if not lacking:
        return ()
    first = next(iter(lacking.values()))
    names = some(tuple(lacking))
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=first.reason,
            explanation=f"Needed lists of the API are not known ({names}): {first.detail}.",
            actual="not known",
            expected="complete lists",
            evidence=tuple(dict.fromkeys(gap.source for gap in lacking.values() if gap.source)),
            missing=missing_lists(lacking),
        ),
    )


def _malformed(broken: tuple[ResourceList[Any], ...]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_SCHEMA_INVALID,
            explanation=f"{len(bad.malformed)} of the objects that belong into the list of "
            f"{bad.resource} could not be read, so a statement about all of them is not possible.",
            actual=_told(bad.malformed[0])[:400],
            expected="objects of their kind",
            evidence=tuple(_place(bad, one) for one in bad.malformed[:SHOWN]),
            whole=tuple(map(_told, bad.malformed)),
            missing=(
                Missing(
                    key=EvidenceKey(f"api/{bad.resource}"),
                    subject=CLUSTER,
                    reason=Reason.NE_SCHEMA_INVALID,
                    detail=f"{len(bad.malformed)} objects could not be read",
                ),
            ),
        )
        for bad in broken
    )


def _told(one: Malformed) -> str:
    return f"line {one.line}: {one.detail}" if one.line else one.detail


def _not_whole(bad: ResourceList[Any]) -> Unreadable:
    return Unreadable(
        reason=Reason.NE_SCHEMA_INVALID,
        detail=f"{count(len(bad.malformed), 'object')} of {bad.resource} could not be read",
        source=bad.source,
    )


def _place(bad: ResourceList[Any], one: Malformed) -> Source:
    return bad.at(one.line, "", one.detail)


def some(names: tuple[str, ...], limit: int = SHOWN) -> str:
    """Join names for a sentence; only count those beyond the limit."""
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(name if len(name) <= _LONGEST else _cut(name) for name in names[:limit]) + more


def _cut(text: str) -> str:
    return f"{text[:_LONGEST]}..."


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 workload``, ``3 workloads``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def set_aside(names: tuple[str, ...], sources: tuple[Source, ...]) -> tuple[Outcome, ...]:
    """Say openly what belongs to the collector and was therefore not judged."""
    if not names:
        return ()
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation="Set aside as the evidence collector's own, by the declared policy "
            f"own-collector-names: {some(names)}.",
            actual=some(names),
            whole=names,
            expected="judged apart from the cluster's own objects",
            evidence=sources,
        ),
    )


def nothing_to_judge(
    lists: Lists, *, what: str, explanation: str, expected: str, cited: tuple[str, ...]
) -> tuple[Outcome, ...]:
    """Answer for a rule that found no subject: unknown, unless a list is missing anyway.

    Args:
        lists: What was read; its own gaps already say what is missing.
        what: The empty set, for the report: ``no namespace``.
        explanation: One sentence.
        expected: What the rule wants.
        cited: Resources whose lists show that there is none.
    """
    if lists.gaps:
        return ()
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_NOTHING_TO_JUDGE,
            explanation=explanation,
            actual=what,
            expected=expected,
            evidence=lists.cite(*cited),
        ),
    )
