"""API tokens in pods: which accounts' tokens are mounted, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    unsettled,
)
from analyzer.checks.api_server_flags import servers
from analyzer.checks.judgement import with_letter
from analyzer.checks.token_volumes import VOLUME, audiences, volume_tokens
from analyzer.checks.workload_report import SYSTEM, is_exempt
from analyzer.checks.workload_units import WORKLOADS, Unit, units
from analyzer.formats.kube_cluster import ServiceAccount
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

ACCOUNTS = "serviceaccounts"
_BY_DEFAULT = "the default"
_POLICY = "token-mount-allowed"
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
        accounts = _accounts(lists)
        accepted = audiences(servers(evidence))
        notes: dict[str, dict[str, None]] = {}
        mounted: dict[str, list[tuple[Unit, str]]] = {}
        seen: dict[str, dict[str, None]] = {}
        own: dict[str, None] = {}
        for unit in units(lists, context.policy):
            if unit.own:
                own[unit.subject] = None
                continue
            account = f"{unit.namespace}/{unit.spec.service_account}"
            tokens = volume_tokens(unit, _secrets(accounts.get(account)), accepted)
            if unit.is_mirror and not tokens.why:
                continue
            seen.setdefault(account, {})[unit.subject] = None
            why = _by_default(unit, accounts.get(account)) or tokens.why
            if why:
                mounted.setdefault(account, []).append((unit, why))
            for name in tokens.others:
                text = f"{unit.subject} carries a token for the audience {name}, not judged here."
                notes.setdefault(account, {})[text] = None
        judged = [name for name in sorted(seen) if not is_exempt(context, name.split("/")[0])]
        found = tuple(
            _with_notes(
                _settled(
                    _by_letter(
                        _outcome(name, mounted.get(name, []), len(seen[name]), lists, context),
                        mounted.get(name, []),
                        context,
                        setting=_setting(accounts.get(name)),
                    ),
                    lists,
                    guessed=_only_by_guess(accounts.get(name), mounted.get(name, [])),
                    allowed=context.policy.matches(_POLICY, name),
                ),
                (*notes.get(name, ()), *_long_lived(accounts.get(name))),
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


def _accounts(lists: Lists) -> Mapping[str, ServiceAccount]:
    return {f"{i.value.namespace}/{i.value.name}": i.value for i in lists.items(ACCOUNTS)}


def _setting(account: ServiceAccount | None) -> bool | None:
    """Return what is written on an account; one that is not known counts as written."""
    return account.automount_service_account_token if account else False


def _secrets(account: ServiceAccount | None) -> tuple[str, ...]:
    return account.token_secrets() if account else ()


def _long_lived(account: ServiceAccount | None) -> tuple[str, ...]:
    """Name an account's tokens that never expire; Kubernetes made one for each up to 1.23."""
    names = _secrets(account)
    return (f"The account has tokens that never expire: {some(names, 4)}.",) if names else ()


def _by_default(unit: Unit, account: ServiceAccount | None) -> str:
    """Say why a pod is given its account's token by default; empty when it is not."""
    pod = unit.spec.automount_service_account_token
    setting = account.automount_service_account_token if account else None
    if pod is True:
        return "the pod asks for it"
    if pod is None and setting is not False:
        return "the account's setting" if setting else _BY_DEFAULT
    return ""


def _only_by_guess(account: ServiceAccount | None, mounted: list[tuple[Unit, str]]) -> bool:
    """Tell whether tokens are mounted only if an account that is not in evidence sets nothing."""
    return account is None and bool(mounted) and all(why == _BY_DEFAULT for _, why in mounted)


def _settled(outcome: Outcome, lists: Lists, *, guessed: bool, allowed: bool) -> Outcome:
    """Take back what an account or a pod that is not known may undo."""
    if allowed:
        return outcome
    if guessed:
        (outcome,) = unsettled((outcome,), lists, (ACCOUNTS,), undone=(Verdict.MANUAL,))
    (outcome,) = unsettled((outcome,), lists, (ACCOUNTS, *WORKLOADS))
    return outcome


def _with_notes(outcome: Outcome, notes: tuple[str, ...]) -> Outcome:
    return replace(outcome, notes=(*outcome.notes, *notes[:SHOWN])) if notes else outcome


def _by_letter(
    outcome: Outcome, mounted: list[tuple[Unit, str]], context: Context, *, setting: bool | None
) -> Outcome:
    """Set the text's answer beside it: what is written on account and pods, not what is mounted."""
    if not mounted and setting is not False:
        why = "the benchmark's text wants automountServiceAccountToken false on the account as well"
        return with_letter(outcome, Verdict.FAIL, why, context)
    if outcome.verdict is Verdict.MANUAL and all(why.startswith(VOLUME) for _, why in mounted):
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
        whole=who,
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
            whole=exempt,
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
