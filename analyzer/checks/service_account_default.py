"""Default service accounts: idle, without rights, and without a token by default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.checks.api_lists import (
    CLUSTER,
    SHOWN,
    Lists,
    count,
    keys,
    nothing_to_judge,
    some,
    take,
    unsettled,
)
from analyzer.checks.judgement import unique, with_letter
from analyzer.checks.rbac_authorizers import NEEDS, under_authorizers
from analyzer.checks.rbac_graph import (
    ALL_ACCOUNTS,
    Grant,
    Graph,
    Idle,
    idle_source,
    place_text,
    resolve,
    subject_source,
)
from analyzer.checks.rbac_graph import RESOURCES as RBAC_LISTS
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.checks.workload_units import WORKLOADS, Unit, units
from analyzer.formats.kube_cluster import ServiceAccount
from analyzer.model.api import Item
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

ACCOUNTS = "serviceaccounts"
_NOWHERE_IN = (*WORKLOADS, *RBAC_LISTS)
_APART = {Verdict.FAIL: "violates", Verdict.NO_EVIDENCE: "not known", Verdict.PASS: "satisfies"}
_DEFAULT = "default"
_EVERY_CALLER = "system:authenticated"
_EXPECTED = "automountServiceAccountToken false, no binding, no pod"
_LETTER = "the benchmark's text asks for automount false and for no binding of the account itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is known of default accounts.

    Attributes:
        users: Workloads that run as the default account, by namespace.
        grants: Grants beyond the shipped baseline, by their subject (``Group/NAME``).
        idle: Subjects of bindings whose role does not exist, by subject.
    """

    lists: Lists
    users: Mapping[str, tuple[Unit, ...]]
    grants: Mapping[str, tuple[Grant, ...]]
    idle: Mapping[str, tuple[Idle, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultServiceAccount:
    """Each default account mounts no token by default, is bound to nothing, and runs nothing.

    A binding may name the account, or a group that it belongs to: all service accounts, those of
    its namespace, or every caller with a name.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Accounts, pods and their makers, roles and bindings, and what tells that RBAC decides."""
        return (*keys((ACCOUNTS, *WORKLOADS, *RBAC_LISTS)), *NEEDS)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge the default account of every namespace."""
        lists = take(evidence, (ACCOUNTS, *WORKLOADS, *RBAC_LISTS))
        if ACCOUNTS not in lists.present:
            return lists.gaps
        facts = _facts(lists, context)
        found: list[Outcome] = []
        exempt: list[tuple[str, Verdict]] = []
        for item in lists.items(ACCOUNTS):
            account: ServiceAccount = item.value
            if account.name != _DEFAULT:
                continue
            (outcome,) = unsettled((_judge(item, facts, context),), lists, _NOWHERE_IN)
            if is_exempt(context, account.namespace):
                exempt.append((account.namespace, outcome.verdict))
            else:
                found.append(outcome)
        judged = under_authorizers(tuple(found), evidence, context)
        return (*judged, *_apart(tuple(exempt), lists), *_nothing(found, lists), *lists.gaps)


def _facts(lists: Lists, context: Context) -> _Facts:
    users: dict[str, list[Unit]] = {}
    for unit in units(lists, context.policy):
        if unit.spec.service_account == _DEFAULT and not unit.is_mirror:
            users.setdefault(unit.namespace, []).append(unit)
    graph = resolve(lists, context)
    return _Facts(
        lists=lists,
        users={namespace: tuple(found) for namespace, found in users.items()},
        grants=_grants(graph),
        idle=_idle(graph),
    )


def _grants(graph: Graph) -> Mapping[str, tuple[Grant, ...]]:
    found: dict[str, list[Grant]] = {}
    for grant in graph.grants:
        if not grant.shipped or grant.positions():
            found.setdefault(grant.who, []).append(grant)
    return {who: tuple(grants) for who, grants in found.items()}


def _idle(graph: Graph) -> Mapping[str, tuple[Idle, ...]]:
    found: dict[str, list[Idle]] = {}
    for idle in graph.idle:
        found.setdefault(idle.who, []).append(idle)
    return {who: tuple(subjects) for who, subjects in found.items()}


def _reached_as(namespace: str) -> tuple[str, ...]:
    """Return every subject by which a binding reaches the default account of a namespace."""
    return (
        f"ServiceAccount/{namespace}/{_DEFAULT}",
        f"Group/{ALL_ACCOUNTS}:{namespace}",
        f"Group/{ALL_ACCOUNTS}",
        f"Group/{_EVERY_CALLER}",
    )


def _judge(item: Item[ServiceAccount], facts: _Facts, context: Context) -> Outcome:
    account = item.value
    setting = account.automount_service_account_token
    word = "unset" if setting is None else str(setting).lower()
    reached = _reached_as(account.namespace)
    grants = tuple(grant for who in reached for grant in facts.grants.get(who, ()))
    idle = tuple(one for who in reached for one in facts.idle.get(who, ()))
    users = facts.users.get(account.namespace, ())
    wrong = tuple(_wrong(word, grants, users))
    mount = facts.lists.at(
        ACCOUNTS,
        item.line,
        "/automountServiceAccountToken",
        f"ServiceAccount {account.namespace}/default: automountServiceAccountToken {word}",
    )
    outcome = Outcome(
        subject=f"ServiceAccount/{account.namespace}/{_DEFAULT}",
        verdict=Verdict.FAIL if wrong else Verdict.PASS,
        reason=_reason(wrong, unset=setting is None),
        explanation=f"{'; '.join(wrong)}." if wrong else _clean(idle),
        actual="; ".join(wrong) or f"automountServiceAccountToken {word}, idle, unbound",
        whole=(*unique(map(_bound, grants)), *unique(unit.subject for unit in users)),
        expected=_EXPECTED,
        evidence=unique(
            (
                mount,
                *(subject_source(grant, facts.lists) for grant in grants[:SHOWN]),
                *(_use(unit, facts.lists) for unit in users[:SHOWN]),
                *(idle_source(one, facts.lists) for one in idle[:SHOWN]),
            )
        ),
        notes=tuple(
            f"{one.text} names {one.who}, but that role does not exist: it grants nothing until "
            "somebody makes the role."
            for one in idle[:SHOWN]
        ),
    )
    own = any(grant.who.startswith("ServiceAccount/") for grant in grants)
    if word != "false" or own:
        return outcome
    return with_letter(outcome, Verdict.PASS, _LETTER, context)


def _wrong(word: str, grants: tuple[Grant, ...], users: tuple[Unit, ...]) -> Iterator[str]:
    """Yield what is wrong with an account, one clause each."""
    if word != "false":
        default = " (default true)" if word == "unset" else ""
        yield f"automountServiceAccountToken is {word}{default}"
    if grants:
        yield f"bound by {some(unique(map(_bound, grants)), 4)}"
    if users:
        names = unique(unit.subject for unit in users)
        yield f"used by {count(len(names), 'workload')} ({some(names, 4)})"


def _bound(grant: Grant) -> str:
    binding = place_text(grant.binding)
    return binding if grant.who.startswith("ServiceAccount/") else f"{binding} ({grant.who})"


def _clean(idle: tuple[Idle, ...]) -> str:
    bound = "no binding to a role that exists" if idle else "no binding"
    return (
        f"It mounts no token by default, {bound} names it or a group of all accounts, "
        "and no pod uses it."
    )


def _reason(wrong: tuple[str, ...], *, unset: bool) -> Reason:
    if not wrong:
        return Reason.PASS_EXPLICIT
    return Reason.FAIL_DEFAULT if unset and len(wrong) == 1 else Reason.FAIL_EXPLICIT


def _use(unit: Unit, lists: Lists) -> Source:
    return unit.source(lists, "/serviceAccountName", f"{unit.subject} runs as default")


def _apart(exempt: tuple[tuple[str, Verdict], ...], lists: Lists) -> tuple[Outcome, ...]:
    if not exempt:
        return ()
    parts = tuple(f"{name} ({_APART[verdict]})" for name, verdict in exempt)
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation=f"Exempt by the declared policy {SYSTEM}, reported apart: {some(parts)}.",
            actual=some(parts),
            whole=parts,
            expected=_EXPECTED,
            evidence=lists.cite(ACCOUNTS),
        ),
    )


def _nothing(found: list[Outcome], lists: Lists) -> tuple[Outcome, ...]:
    if found:
        return ()
    return nothing_to_judge(
        lists,
        what="no default service account",
        explanation="No default service account stands outside the exempt namespaces.",
        expected=_EXPECTED,
        cited=(ACCOUNTS,),
    )
