"""Default service accounts: idle, without rights, and without a token by default."""

from collections.abc import Mapping
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
)
from analyzer.checks.rbac_graph import RESOURCES as RBAC_LISTS
from analyzer.checks.rbac_graph import Grant, place_text, resolve, subject_source
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
_DEFAULT = "default"
_EXPECTED = "automountServiceAccountToken false, no binding, no pod"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is known of default accounts: who uses them and what they are granted, by namespace."""

    lists: Lists
    users: Mapping[str, tuple[Unit, ...]]
    grants: Mapping[str, tuple[Grant, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultServiceAccount:
    """Each default account mounts no token by default, is bound to nothing, and runs nothing."""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Accounts, pods and their makers, roles and bindings."""
        return keys((ACCOUNTS, *WORKLOADS, *RBAC_LISTS))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge the default account of every namespace."""
        lists = take(evidence, (ACCOUNTS, *WORKLOADS, *RBAC_LISTS))
        if ACCOUNTS not in lists.present:
            return lists.gaps
        facts = _facts(lists, context)
        found: list[Outcome] = []
        exempt: list[tuple[str, bool]] = []
        for item in lists.items(ACCOUNTS):
            account: ServiceAccount = item.value
            if account.name != _DEFAULT:
                continue
            outcome = _judge(item, facts)
            if is_exempt(context, account.namespace):
                exempt.append((account.namespace, outcome.verdict is Verdict.FAIL))
            else:
                found.append(outcome)
        return (*found, *_apart(tuple(exempt), lists), *_nothing(found, lists), *lists.gaps)


def _facts(lists: Lists, context: Context) -> _Facts:
    users: dict[str, list[Unit]] = {}
    for unit in units(lists, context.policy):
        if unit.spec.service_account == _DEFAULT:
            users.setdefault(unit.namespace, []).append(unit)
    grants: dict[str, list[Grant]] = {}
    for grant in resolve(lists, context).grants:
        kind, _, rest = grant.who.partition("/")
        namespace, _, name = rest.partition("/")
        if kind == "ServiceAccount" and name == _DEFAULT and not grant.shipped:
            grants.setdefault(namespace, []).append(grant)
    return _Facts(
        lists=lists,
        users={namespace: tuple(found) for namespace, found in users.items()},
        grants={namespace: tuple(found) for namespace, found in grants.items()},
    )


def _judge(item: Item[ServiceAccount], facts: _Facts) -> Outcome:
    account = item.value
    wrong: list[str] = []
    setting = account.automount_service_account_token
    word = "unset" if setting is None else str(setting).lower()
    sources: list[Source] = [
        facts.lists.at(
            ACCOUNTS,
            item.line,
            "/automountServiceAccountToken",
            f"ServiceAccount {account.namespace}/default: automountServiceAccountToken {word}",
        )
    ]
    if setting is not False:
        wrong.append(
            f"automountServiceAccountToken is {word}{' (default true)' * (word == 'unset')}"
        )
    grants = facts.grants.get(account.namespace, ())
    if grants:
        wrong.append(f"bound by {some(tuple(place_text(g.binding) for g in grants), 4)}")
        sources += [subject_source(grant, facts.lists) for grant in grants[:SHOWN]]
    users = facts.users.get(account.namespace, ())
    if users:
        names = tuple(dict.fromkeys(unit.subject for unit in users))
        wrong.append(f"used by {count(len(names), 'workload')} ({some(names, 4)})")
        sources += [_use(unit, facts.lists) for unit in users[:SHOWN]]
    return Outcome(
        subject=f"ServiceAccount/{account.namespace}/{_DEFAULT}",
        verdict=Verdict.FAIL if wrong else Verdict.PASS,
        reason=_reason(wrong, unset=setting is None),
        explanation=f"{'; '.join(wrong)}."
        if wrong
        else "It mounts no token by default, no binding names it and no pod uses it.",
        actual="; ".join(wrong) or f"automountServiceAccountToken {word}, idle, unbound",
        expected=_EXPECTED,
        evidence=tuple(dict.fromkeys(sources)),
    )


def _reason(wrong: list[str], *, unset: bool) -> Reason:
    if not wrong:
        return Reason.PASS_EXPLICIT
    return Reason.FAIL_DEFAULT if unset and len(wrong) == 1 else Reason.FAIL_EXPLICIT


def _use(unit: Unit, lists: Lists) -> Source:
    return unit.source(lists, "/serviceAccountName", f"{unit.subject} runs as default")


def _apart(exempt: tuple[tuple[str, bool], ...], lists: Lists) -> tuple[Outcome, ...]:
    if not exempt:
        return ()
    parts = tuple(f"{name} ({'violates' if bad else 'satisfies'})" for name, bad in exempt)
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation=f"Exempt by the declared policy {SYSTEM}, reported apart: {some(parts)}.",
            actual=some(parts),
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
