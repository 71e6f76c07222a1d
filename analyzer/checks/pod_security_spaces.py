"""Enforcement of pod security, namespace by namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from analyzer.checks.api_lists import CLUSTER, Lists, count, keys
from analyzer.checks.api_server_flags import servers
from analyzer.checks.judgement import with_letter
from analyzer.checks.pod_security_admission import ENFORCE, Admission, read_admission
from analyzer.checks.pod_security_engines import Engines, read_engines
from analyzer.checks.pod_security_psp import OldPolicies, read_policies
from analyzer.checks.pod_security_standing import Answer, Demand, Space, Standing, strongest
from analyzer.checks.workload_report import is_exempt
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict

NAMESPACES = "namespaces"
UNENFORCED = "unenforced-namespace"
NEEDS = (
    *keys((NAMESPACES,)),
    EvidenceKey("process/kube-apiserver"),
    EvidenceKey("file/admission-config"),
)
"""What tells whether anything is enforced in a namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spaces:
    """Every namespace with what could enforce something in it.

    Attributes:
        judged: Namespaces outside the exempt list, in server order.
    """

    judged: tuple[Space, ...]
    admission: Admission
    engines: Engines
    old: OldPolicies

    def answer(self, space: Space, demand: Demand) -> Answer:
        """Return the strongest mechanism's answer for a namespace."""
        found = strongest(
            (
                self.admission.answer(space, demand),
                self.old.answer(space, demand),
                *self.engines.answers(space, demand),
            )
        )
        if self.admission.seen or found.standing is not Standing.ENFORCED:
            return found
        return _unproven(found)


def spaces(lists: Lists, evidence: ClusterEvidence, context: Context) -> Spaces:
    """Gather namespaces and mechanisms; ``lists`` must hold the namespaces."""
    running = servers(evidence)
    judged = tuple(
        Space(
            name=item.value.name,
            labels=MappingProxyType(item.value.labels),
            source=lists.at(NAMESPACES, item.line, "/metadata/labels", _label(item.value.labels)),
        )
        for item in lists.items(NAMESPACES)
        if not is_exempt(context, item.value.name)
    )
    return Spaces(
        judged=judged,
        admission=read_admission(running, context.version),
        engines=read_engines(evidence, running, context),
        old=read_policies(evidence, running, context),
    )


def _unproven(answer: Answer) -> Answer:
    """Take enforcement back where no API server was seen: each mechanism is a plugin of it.

    Webhooks are no exception: ``ValidatingAdmissionWebhook`` can be switched off like any other.
    """
    return replace(
        answer,
        standing=Standing.UNKNOWN,
        text=f"{answer.text}, but no API server's arguments are in evidence: they can switch off "
        "what enforces it, or exempt whom they like",
        reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
        lacking=(EvidenceKey("process/kube-apiserver"),),
    )


def _label(labels: Mapping[str, str]) -> str:
    return f"{ENFORCE}: {labels[ENFORCE]}" if ENFORCE in labels else f"no label {ENFORCE}"


def space_outcome(
    space: Space,
    answer: Answer,
    context: Context,
    *,
    expected: str,
    violating: int,
    unjudged: Outcome | None = None,
) -> Outcome:
    """Turn what is proven about a namespace into an outcome.

    Args:
        space: The namespace.
        answer: The strongest mechanism's answer.
        context: The run, for its policy.
        expected: What satisfies the rule.
        violating: Workloads of the namespace that violate the rule now; they are reported each.
        unjudged: Says that no workload there could be judged; it takes the place of a pass that
            rests on finding no violation.
    """
    verdict, reason, words = _verdict(answer, context, violating)
    also = f" Not satisfied now by {count(violating, 'workload')}." if violating else ""
    outcome = Outcome(
        subject=f"Namespace/{space.name}",
        verdict=verdict,
        reason=reason,
        explanation=f"{words}: {answer.text or 'no label and no policy'}.{also}",
        actual=answer.text or "no enforcing mechanism",
        whole=answer.whole,
        expected=expected,
        evidence=answer.sources or (space.source,),
        missing=tuple(
            Missing(key=key, subject=CLUSTER, reason=answer.reason, detail=answer.text)
            for key in answer.lacking
        ),
        notes=answer.notes,
    )
    if answer.standing is not Standing.NOT:
        return outcome
    if outcome.reason is Reason.PASS_ABSENT and unjudged is not None:
        outcome = unjudged
    why = "the benchmark's text wants something that keeps such pods out"
    return with_letter(outcome, Verdict.FAIL, why, context)


def _verdict(answer: Answer, context: Context, violating: int) -> tuple[Verdict, Reason, str]:
    match answer.standing:
        case Standing.ENFORCED:
            return Verdict.PASS, Reason.PASS_EXPLICIT, "Enforced on admission"
        case Standing.MAYBE:
            return Verdict.MANUAL, Reason.RV_AMBIGUOUS, "Enforcement cannot be proven"
        case Standing.UNKNOWN:
            return Verdict.NO_EVIDENCE, answer.reason, "Whether anything enforces it is not known"
        case Standing.NOT:
            return _unenforced(context, violating)


def _unenforced(context: Context, violating: int) -> tuple[Verdict, Reason, str]:
    """Apply the declared policy to a namespace in which nothing keeps offenders out."""
    choice = context.policy.values.get(UNENFORCED, "fail")
    words = f"Not enforced on admission (policy {UNENFORCED}: {choice})"
    if choice == "pass" and not violating:
        return Verdict.PASS, Reason.PASS_ABSENT, words
    if choice == "manual" and not violating:
        return Verdict.MANUAL, Reason.RV_POLICY_DEPENDENT, words
    return Verdict.FAIL, Reason.FAIL_ABSENT, words


def no_space(lists: Lists, found: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Say that no namespace was there to judge, unless something was found or is lacking."""
    if found or lists.gaps:
        return ()
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_NOTHING_TO_JUDGE,
            explanation="No namespace stands outside the exempt list.",
            actual="no namespace",
            expected="at least one namespace",
            evidence=lists.cite(NAMESPACES),
        ),
    )
