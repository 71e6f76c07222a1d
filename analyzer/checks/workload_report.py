"""From violations in pod specs to outcomes: one a violating workload, one a clean namespace."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analyzer.checks.api_lists import CLUSTER, SHOWN, Lists, count, set_aside, some, unsettled
from analyzer.checks.judgement import with_letter
from analyzer.checks.workload_units import WORKLOADS, Unit, units
from analyzer.model.context import Context
from analyzer.model.evidence import Source
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict, worst

SYSTEM = "system-namespaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing wrong in a pod spec.

    Attributes:
        tail: JSON pointer below the pod spec.
        text: What is wrong, ``container app: privileged is true``.
        verdict: ``fail``, ``manual`` where only something outside the bundle can tell,
            ``no-evidence`` where something that belongs into a bundle is lacking, or ``pass``
            where the benchmark's text alone is not satisfied.
        reason: For ``no-evidence``: why it is lacking.
        lacking: For ``no-evidence``: what to collect.
        letter: What the benchmark's text says of it, where that differs.
        letter_why: Half a sentence: the reason of that.
    """

    tail: str
    text: str
    verdict: Verdict = Verdict.FAIL
    reason: Reason = Reason.NE_NODE_MISSING
    lacking: tuple[Missing, ...] = ()
    letter: Verdict | None = None
    letter_why: str = ""


NO_OFFENCE = (Verdict.NOT_APPLICABLE, Verdict.PASS)
"""What is said of a workload or namespace in which nothing was found that violates a rule."""

Rule = Callable[[Unit], tuple[Violation, ...]]
Found = tuple[Unit, Violation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a rule found in every pod spec.

    Attributes:
        by_subject: Violations of judged workloads, by subject, worst and templates first.
        judged: Judged workloads (topmost owners) by namespace.
        violating: Violating workloads by namespace, exempt namespaces included.
        exempt: Workloads by exempt namespace.
        windows: Windows workloads by namespace to which a rule about Linux does not apply.
        own: The collector's own workloads, not judged.
    """

    by_subject: Mapping[str, tuple[Found, ...]]
    judged: Mapping[str, tuple[str, ...]]
    violating: Mapping[str, tuple[str, ...]]
    exempt: Mapping[str, tuple[str, ...]]
    exempt_sources: tuple[Source, ...]
    windows: Mapping[str, tuple[str, ...]]
    windows_sources: Mapping[str, tuple[Source, ...]]
    own: tuple[str, ...]


def scan(lists: Lists, context: Context, rule: Rule, *, linux: bool = False) -> Scan:
    """Apply a rule to every pod and template of the cluster; linear in their number.

    Args:
        lists: The workloads.
        context: The run, for its policy.
        rule: What to look for in a pod spec.
        linux: The rule is about fields of Linux: a Windows pod without a violation was not
            judged by it, and is told apart.
    """
    found: dict[str, list[Found]] = {}
    seen: dict[str, dict[str, None]] = {}
    bad: dict[str, dict[str, None]] = {}
    own: dict[str, None] = {}
    windows: dict[str, dict[str, Unit]] = {}
    exempt_sources: list[Source] = []
    for unit in units(lists, context.policy):
        if unit.own:
            own[unit.subject] = None
            continue
        violations, exempt = rule(unit), is_exempt(context, unit.namespace)
        if linux and unit.spec.windows and not (violations or exempt):
            windows.setdefault(unit.namespace, {}).setdefault(unit.subject, unit)
            continue
        seen.setdefault(unit.namespace, {})[unit.subject] = None
        if any(one.verdict is not Verdict.PASS for one in violations):
            bad.setdefault(unit.namespace, {})[unit.subject] = None
        elif exempt or not violations:
            continue
        if exempt:
            exempt_sources.append(unit.source(lists, violations[0].tail, violations[0].text))
        else:
            found.setdefault(unit.subject, []).extend((unit, one) for one in violations)
    names = _names(seen)
    return Scan(
        by_subject={subject: tuple(found[subject]) for subject in sorted(found)},
        judged={n: s for n, s in names.items() if not is_exempt(context, n)},
        violating=_names(bad),
        exempt={n: s for n, s in names.items() if is_exempt(context, n)},
        exempt_sources=tuple(exempt_sources[:SHOWN]),
        windows=_names(windows),
        windows_sources={
            namespace: tuple(
                unit.source(lists, "/os/name", f"{subject}: os windows")
                for subject, unit in tuple(places.items())[:SHOWN]
            )
            for namespace, places in windows.items()
        },
        own=tuple(own),
    )


def _names(grouped: Mapping[str, Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    return {namespace: tuple(subjects) for namespace, subjects in sorted(grouped.items())}


def is_exempt(context: Context, namespace: str) -> bool:
    """Tell whether the declared policy sets a namespace apart as the platform's own."""
    return context.policy.matches(SYSTEM, namespace)


def violation_outcomes(
    result: Scan, lists: Lists, context: Context, *, expected: str
) -> tuple[Outcome, ...]:
    """Return one outcome a violating workload, by the reading that the run chose."""
    return tuple(
        _by_letter(_violating(subject, found, lists, expected), found, context)
        for subject, found in result.by_subject.items()
    )


def _by_letter(outcome: Outcome, found: tuple[Found, ...], context: Context) -> Outcome:
    letter = worst(violation.letter or violation.verdict for _, violation in found)
    says = (v.letter_why for _, v in found if v.letter is letter)
    return with_letter(outcome, letter, next(says, outcome.explanation.rstrip(".")), context)


def _violating(subject: str, found: tuple[Found, ...], lists: Lists, expected: str) -> Outcome:
    verdict = worst(violation.verdict for _, violation in found)
    leading = tuple(pair for pair in found if pair[1].verdict is verdict)
    places: dict[str, dict[str, None]] = {}
    for unit, violation in leading:
        places.setdefault(violation.text, {})[unit.where] = None
    texts = tuple(f"{text} ({some(tuple(where), 2)})" for text, where in places.items())
    return Outcome(
        subject=subject,
        verdict=verdict,
        reason=_reason(leading[0][1]),
        explanation=f"{some(texts, 4)}.",
        actual=some(tuple(places), 4),
        whole=tuple(sorted({violation.text for _, violation in found})),
        expected=expected,
        evidence=tuple(
            dict.fromkeys(unit.source(lists, v.tail, v.text) for unit, v in leading[:SHOWN])
        ),
        missing=tuple(dict.fromkeys(one for _, v in leading for one in v.lacking)),
        notes=tuple(
            dict.fromkeys(
                f"{_OPEN[v.verdict]}: {v.text} ({unit.where})"
                for unit, v in found[:SHOWN]
                if v.verdict is not verdict and v.verdict in _OPEN
            )
        ),
    )


_OPEN = {Verdict.MANUAL: "For a person", Verdict.NO_EVIDENCE: "Not known"}


def _reason(leading: Violation) -> Reason:
    if leading.verdict is Verdict.NO_EVIDENCE:
        return leading.reason
    if leading.verdict is Verdict.PASS:
        return Reason.PASS_DEFAULT
    failed = leading.verdict is Verdict.FAIL
    return Reason.FAIL_EXPLICIT if failed else Reason.RV_AMBIGUOUS


def exempt_outcomes(result: Scan, lists: Lists) -> tuple[Outcome, ...]:
    """Say what was found in exempt namespaces, so that nothing is skipped in silence."""
    own = set_aside(result.own, lists.cite(*WORKLOADS))
    if not result.exempt:
        return own
    parts = tuple(
        _exempt_text(namespace, subjects, result.violating.get(namespace, ()))
        for namespace, subjects in result.exempt.items()
    )
    outcome = Outcome(
        subject=CLUSTER,
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_ROLE,
        explanation=f"Exempt by the declared policy {SYSTEM}, reported apart: {some(parts)}.",
        actual=some(parts),
        whole=(*parts, *(s for n in result.exempt for s in result.violating.get(n, ()))),
        expected="judged by whoever answers for the platform",
        evidence=result.exempt_sources or lists.cite(*WORKLOADS),
        notes=tuple(
            f"{namespace}: {some(subjects, 40)}"
            for namespace, subjects in result.violating.items()
            if namespace in result.exempt
        )[:SHOWN],
    )
    return (outcome, *own)


def _exempt_text(namespace: str, subjects: tuple[str, ...], bad: tuple[str, ...]) -> str:
    return f"{namespace} ({len(bad)} of {len(subjects)} workloads violate)"


def clean_outcomes(
    result: Scan, lists: Lists, *, passed: str, expected: str
) -> tuple[Outcome, ...]:
    """Return one pass for each namespace whose workloads all satisfy the rule."""
    return tuple(
        Outcome(
            subject=f"Namespace/{namespace}",
            verdict=Verdict.PASS,
            reason=Reason.PASS_EXPLICIT,
            explanation=f"{passed}: {count(len(subjects), 'workload')} judged.",
            actual=f"{count(len(subjects), 'workload')}, none violates",
            expected=expected,
            evidence=lists.cite(*WORKLOADS),
            notes=(f"Workloads: {some(subjects, 40)}", *_windows_note(result, namespace)),
        )
        for namespace, subjects in result.judged.items()
        if namespace not in result.violating
    )


def _windows_note(result: Scan, namespace: str) -> tuple[str, ...]:
    names = result.windows.get(namespace, ())
    return (f"Not judged, as the rule is about Linux: {some(names)} (Windows).",) if names else ()


def windows_outcomes(result: Scan, *, expected: str) -> tuple[Outcome, ...]:
    """Say of namespaces with nothing but Windows workloads that the rule cannot apply there."""
    return tuple(
        Outcome(
            subject=f"Namespace/{namespace}",
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_ROLE,
            explanation="The rule is about fields that only Linux has, and every workload of the "
            f"namespace declares Windows: {some(subjects)}.",
            actual=f"{count(len(subjects), 'Windows workload')}",
            whole=subjects,
            expected=expected,
            evidence=result.windows_sources[namespace],
        )
        for namespace, subjects in result.windows.items()
        if namespace not in result.judged
    )


def nothing_to_judge(result: Scan, lists: Lists, already: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Say that no workload was there, unless something else already keeps a pass away."""
    if result.judged or result.windows or tuple(already):
        return ()
    return (
        Outcome(
            subject=CLUSTER,
            verdict=Verdict.NO_EVIDENCE,
            reason=Reason.NE_NOTHING_TO_JUDGE,
            explanation="No pod and no pod template stands outside the exempt namespaces, so "
            "there was nothing to judge.",
            actual="no workload",
            expected="at least one workload",
            evidence=lists.cite(*WORKLOADS),
        ),
    )


def workload_outcomes(
    lists: Lists, context: Context, rule: Rule, *, passed: str, expected: str, linux: bool = False
) -> tuple[Outcome, ...]:
    """Judge every workload by a rule: violations, clean namespaces, exemptions and gaps."""
    result = scan(lists, context, rule, linux=linux)
    about = (
        *violation_outcomes(result, lists, context, expected=expected),
        *clean_outcomes(result, lists, passed=passed, expected=expected),
        *windows_outcomes(result, expected=expected),
    )
    return (
        *unsettled(about, lists, WORKLOADS, undone=NO_OFFENCE),
        *exempt_outcomes(result, lists),
        *nothing_to_judge(result, lists, lists.gaps),
        *lists.gaps,
    )
