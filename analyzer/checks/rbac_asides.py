"""What is told beside a rule about rights, and changes no verdict."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from analyzer.checks.api_lists import SHOWN, Lists, some
from analyzer.checks.rbac_graph import (
    ALL_ACCOUNTS,
    MASTERS,
    Grant,
    Graph,
    place_text,
    subject_source,
)
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_BREADTH: Mapping[str, str] = MappingProxyType(
    {
        "Group/system:authenticated": "every caller with any credential, all service accounts too",
        "Group/system:unauthenticated": "every caller without a credential",
        f"Group/{ALL_ACCOUNTS}": "every service account of every namespace",
        "User/system:anonymous": "every caller without a credential",
    }
)


def breadth(who: str) -> tuple[str, ...]:
    """Say whom a group of Kubernetes' own stands for."""
    if who.startswith(f"Group/{ALL_ACCOUNTS}:"):
        return (f"{who} stands for every service account of that namespace.",)
    return (f"{who} stands for {_BREADTH[who]}.",) if who in _BREADTH else ()


def aggregated(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Name the labels by which others add rules to the roles that are granted."""
    found = {
        place_text(grant.role.place): some(grant.role.aggregated, 4)
        for grant in grants
        if grant.role.aggregated
    }
    return tuple(
        f"{name} is aggregated: judged by the rules it holds now, which a controller gathers from "
        f"ClusterRoles labelled {labels}."
        for name, labels in found.items()
    )[:SHOWN]


def nothing_new(grants: tuple[Grant, ...], lists: Lists) -> tuple[Outcome, ...]:
    """Name bindings that give a group what it has without any; their own control judges them."""
    if not grants:
        return ()
    bindings = tuple(dict.fromkeys(place_text(grant.binding) for grant in grants))
    names = some(bindings)
    return (
        Outcome(
            subject=MASTERS,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation="The API server lets this group do everything before any role is asked, "
            f"so these bindings grant it nothing new: {names}.",
            actual=names,
            whole=bindings,
            expected="no right that the subject lacks without the binding",
            evidence=tuple(subject_source(grant, lists) for grant in grants[:SHOWN]),
        ),
    )


def unresolved(graph: Graph) -> tuple[str, ...]:
    """Name bindings that grant nothing now: no such role, or a subject that is nobody."""
    notes = []
    if graph.dangling:
        notes.append(
            "Bindings to roles that do not exist, which grant nothing until somebody makes the "
            f"role: {some(graph.dangling)}."
        )
    if graph.invalid:
        notes.append(f"Service accounts named without a namespace: {some(graph.invalid)}.")
    return tuple(notes)


def indirect(held: Mapping[str, Grant], holds: str) -> tuple[str, ...]:
    """Name who gets at the same thing another way; other controls judge those rights."""
    if not held:
        return ()
    ways = tuple(f"{who} ({place_text(grant.role.place)})" for who, grant in held.items())
    how = "by making or entering pods, by acting as others or by changing roles"
    return (f"Not judged here: who can {holds} another way, {how}: {some(ways)}.",)
