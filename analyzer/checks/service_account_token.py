"""API tokens in pods: which accounts' tokens are mounted, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.checks.api_lists import (
    CLUSTER,
    SHOWN,
    Lists,
    count,
    keys,
    nothing_to_judge,
    set_aside,
    some,
    take,
)
from analyzer.checks.judgement import with_letter
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.checks.workload_units import WORKLOADS, Unit, units
from analyzer.formats.kube_cluster import ServiceAccount
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

ACCOUNTS = "serviceaccounts"
_POLICY = "token-mount-allowed"
_VOLUME = "the projected volume"
_EXPECTED = f"no token mounted, or the account named by policy {_POLICY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAutomount:
    """No pod mounts an API token, or the declared policy names its account.

    Whether a pod needs its token cannot be seen, so every other account is put before a person,
    with the workloads that mount its token: need is a property of the account.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Accounts, and everything that is or makes a pod."""
        return keys((ACCOUNTS, *WORKLOADS))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every account that some pod runs as."""
        lists = take(evidence, (ACCOUNTS, *WORKLOADS))
        if not any(name in lists.present for name in WORKLOADS):
            return lists.gaps
        settings = _settings(lists)
        mounted: dict[str, list[tuple[Unit, str]]] = {}
        seen: dict[str, dict[str, None]] = {}
        own: dict[str, None] = {}
        for unit in units(lists, context.policy):
            if unit.own:
                own[unit.subject] = None
                continue
            account = f"{unit.namespace}/{unit.spec.service_account}"
            seen.setdefault(account, {})[unit.subject] = None
            why = _mounts(unit, settings)
            if why:
                mounted.setdefault(account, []).append((unit, why))
        judged = [name for name in sorted(seen) if not is_exempt(context, name.split("/")[0])]
        found = tuple(
            _by_letter(
                _outcome(name, mounted.get(name, []), len(seen[name]), lists, context),
                mounted.get(name, []),
                context,
                setting=settings.get(name, False),
            )
            for name in judged
        )
        exempt = tuple(name for name in sorted(mounted) if name not in judged)
        return (
            *found,
            *_apart(exempt, mounted, lists),
            *set_aside(tuple(own), lists.cite(*WORKLOADS)),
            *_nothing(found, lists),
            *lists.gaps,
        )


def _settings(lists: Lists) -> Mapping[str, bool | None]:
    found: dict[str, bool | None] = {}
    for item in lists.items(ACCOUNTS):
        account: ServiceAccount = item.value
        name = f"{account.namespace}/{account.name}"
        found[name] = account.automount_service_account_token
    return found


def _mounts(unit: Unit, settings: Mapping[str, bool | None]) -> str:
    """Say why a pod mounts a token for the API server; empty when it does not."""
    pod = unit.spec.automount_service_account_token
    account = settings.get(f"{unit.namespace}/{unit.spec.service_account}")
    if pod is True:
        return "the pod asks for it"
    if pod is None and account is not False:
        return "the account's setting" if account else "the default"
    for volume in unit.spec.volumes or ():
        for source in (volume.projected.sources if volume.projected else None) or ():
            token = source.service_account_token
            if token is not None and not token.audience:
                return f"{_VOLUME} {volume.name}"
    return ""


def _by_letter(
    outcome: Outcome, mounted: list[tuple[Unit, str]], context: Context, *, setting: bool | None
) -> Outcome:
    """Set the text's answer beside it: what is written on account and pods, not what is mounted."""
    if not mounted and setting is not False:
        why = "the benchmark's text wants automountServiceAccountToken false on the account as well"
        return with_letter(outcome, Verdict.FAIL, why, context)
    if outcome.verdict is Verdict.MANUAL and all(why.startswith(_VOLUME) for _, why in mounted):
        why = "the benchmark's text asks for automountServiceAccountToken alone, which is false"
        return with_letter(outcome, Verdict.PASS, why, context)
    return outcome


def _outcome(
    name: str, mounted: list[tuple[Unit, str]], used: int, lists: Lists, context: Context
) -> Outcome:
    allowed = context.policy.matches(_POLICY, name)
    passed = allowed or not mounted
    who = tuple(dict.fromkeys(f"{unit.subject} ({why})" for unit, why in mounted))
    verdict = Verdict.PASS if passed else Verdict.MANUAL
    return Outcome(
        subject=f"ServiceAccount/{name}",
        verdict=verdict,
        reason=_reason(allowed=allowed, mounted=bool(mounted)),
        explanation=_explanation(name, who, used, allowed=allowed),
        actual=f"token mounted by {some(who, 4)}" if who else "no token mounted",
        expected=_EXPECTED,
        evidence=_sources(mounted, lists) or lists.cite(ACCOUNTS, *WORKLOADS),
        notes=tuple(f"Mounts it: {text}" for text in who[4:SHOWN]),
    )


def _reason(*, allowed: bool, mounted: bool) -> Reason:
    if not mounted:
        return Reason.PASS_ABSENT
    return Reason.PASS_EXPLICIT if allowed else Reason.RV_AMBIGUOUS


def _explanation(name: str, who: tuple[str, ...], used: int, *, allowed: bool) -> str:
    if not who:
        return f"None of the {count(used, 'workload')} that run as {name} mounts its token."
    told = f"{some(who, 3)} mounting the token of {name}"
    if allowed:
        return f"{told}: declared as needed by policy {_POLICY}."
    return f"{told}: whether it is needed is for a person to judge (policy {_POLICY} is silent)."


def _sources(mounted: list[tuple[Unit, str]], lists: Lists) -> tuple[Source, ...]:
    return tuple(
        unit.source(lists, "/automountServiceAccountToken", f"{unit.subject}: {why}")
        for unit, why in mounted[:SHOWN]
    )


def _apart(
    exempt: tuple[str, ...], mounted: Mapping[str, list[tuple[Unit, str]]], lists: Lists
) -> tuple[Outcome, ...]:
    if not exempt:
        return ()
    first = tuple(mounted[name][0] for name in exempt)
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation=f"Exempt by the declared policy {SYSTEM}, reported apart: tokens are "
            f"mounted for {some(exempt)}.",
            actual=some(exempt),
            expected=_EXPECTED,
            evidence=_sources(list(first), lists),
        ),
    )


def _nothing(found: tuple[Outcome, ...], lists: Lists) -> tuple[Outcome, ...]:
    if found:
        return ()
    return nothing_to_judge(
        lists,
        what="no workload",
        explanation="No pod and no pod template stands outside the exempt namespaces.",
        expected=_EXPECTED,
        cited=WORKLOADS,
    )
