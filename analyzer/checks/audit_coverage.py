"""Check type ``audit-coverage``: requests tried against the audit policy, first match wins."""

import re
from dataclasses import dataclass, replace

from analyzer.checks.audit_callers import Caller, Probe, callers, unnamed
from analyzer.checks.audit_policy import AUDIT_FLAG, AUDIT_ROLE, policy_in_use, without_backend
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of, unique
from analyzer.checks.named_file import NamedFile
from analyzer.checks.outranked import with_flag_notes
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.audit_policy import (
    LEVELS,
    AuditPolicy,
    Request,
    names_every_group,
    recorded_level,
    with_every_group,
)
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source, Unreadable, is_redacted
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import Version

_PROBE = re.compile(r"([a-z,]+) ([a-z.0-9]+)/([a-z]+)(?:/([a-z]+))? (=|>=)([A-Za-z]+)")

_EVERY_GROUP = Version(1, 36)
_SHOWN = 30
"""Requests that one sentence names before it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCoverage:
    """Judge what an ordinary user's requests leave behind.

    Requests are tried against the rules, where the first match wins: reads and writes of
    Secrets and ConfigMaps, token reviews, changes of workloads, exec and proxy calls, by an
    ordinary user and by everyone whom a rule sets apart. Silence fails, and so does content
    where only metadata should be kept. A policy that cannot be read is no evidence.

    Attributes:
        probes: ``VERBS GROUP/RESOURCE[/SUBRESOURCE] =LEVEL`` (exactly) or ``>=LEVEL``;
            verbs are joined with commas, and the group ``core`` is the unnamed one.
    """

    probes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a probe that cannot be read when the catalogue is loaded, not later."""
        for probe in self.probes:
            _read(probe)

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return EvidenceKey("process/kube-apiserver"), EvidenceKey(f"file/{AUDIT_ROLE}")

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects("kube-apiserver", evidence, context)
        expected = f"{len(self.probes)} kinds of request recorded as the benchmark asks"
        found = (
            outcome_of(
                with_flag_notes(self._judge(target), target, AUDIT_FLAG),
                target.subject,
                expected,
                context,
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target) -> Judgement:
        found = policy_in_use(target)
        if isinstance(found, Judgement):
            return found
        file, policy = found
        lacking = without_backend(file, target)
        if lacking is not None:
            return lacking
        if is_redacted(file.text):
            masked = (
                f"{file.path} holds a masked value, and which requests it is about is not known"
            )
            problem = Unreadable(reason=Reason.NE_REDACTED, detail=masked, source=file.source)
            key = f"file/{AUDIT_ROLE}"
            return no_evidence(problem, key, target.subject, sources=(file.flag,))
        if not names_every_group(policy):
            return self._covered(file, policy)
        if target.version is None:
            detail = "whether the API server takes the group * for every group"
            problem = Unreadable(reason=Reason.NE_VERSION_UNKNOWN, detail=f"{detail} is not known")
            return no_evidence(problem, "api/version", "cluster", sources=(file.flag, file.source))
        newer = target.version >= _EVERY_GROUP
        return self._covered(file, with_every_group(policy) if newer else policy)

    def _covered(self, file: NamedFile, policy: AuditPolicy) -> Judgement:
        probes = unnamed(policy, tuple(probe for text in self.probes for probe in _read(text)))
        who, everyone = callers(policy, probes)
        asked = ((probe, c, c.ask(probe.request)) for c in who for probe in probes)
        tried = [_try(policy, p, c, request, file) for p, c, request in asked if request]
        missed = unique(said for good, said, _ in tried if not good)
        sources = unique(source for good, _, source in tried if not missed or not good)
        more = f"; and {len(missed) - _SHOWN} more" if len(missed) > _SHOWN else ""
        why = (
            f"{len(missed)} of {len(tried)} tried requests are not recorded as asked: "
            f"{'; '.join(missed[:_SHOWN])}{more}."
            if missed
            else f"All {len(tried)} tried requests are recorded as asked by {file.path}."
        )
        judged = Judgement(
            verdict=Verdict.FAIL if missed else Verdict.PASS,
            reason=Reason.FAIL_EXPLICIT if missed else Reason.PASS_EXPLICIT,
            actual=f"{len(tried) - len(missed)} of {len(tried)} requests recorded as asked",
            why=why,
            sources=(*sources, file.flag),
            notes=(_note(len(who)),),
            whole=missed,
        )
        return judged if everyone or missed else _not_all_tried(judged, len(who))


def _note(tried: int) -> str:
    note = "the requests were tried as an ordinary user in an ordinary namespace"
    return f"{note}, and as {tried - 1} whom rules set apart" if tried > 1 else note


def _not_all_tried(judged: Judgement, tried: int) -> Judgement:
    """Leave a policy that names too many to try to a person."""
    return replace(
        judged,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        why=f"The rules set more users, groups, namespaces and objects apart than the {tried} "
        "that were tried, all of whose requests are recorded as asked.",
    )


def _try(
    policy: AuditPolicy, probe: Probe, caller: Caller, request: Request, file: NamedFile
) -> tuple[bool, str, Source]:
    level, rule = recorded_level(policy, request)
    good = probe.met_by(level)
    place = "no rule" if rule is None else f"rules[{rule}]"
    resource = "/".join(p for p in (request.group, request.resource, request.subresource) if p)
    said = f"{request.verb} {resource}{caller.said}: {level} by {place}"
    pointer = "/rules" if rule is None else f"/rules/{rule}"
    return good, said, replace(file.source, selector=pointer, excerpt=f"level {level}")


def _read(text: str) -> tuple[Probe, ...]:
    found = _PROBE.fullmatch(text)
    if found is None or found[6] not in LEVELS:
        raise ValueError(f"cannot read the probe {text!r}")
    return tuple(
        Probe(
            request=Request(
                verb=verb,
                group="" if found[2] == "core" else found[2],
                resource=found[3],
                subresource=found[4] or "",
            ),
            level=found[6],
            exactly=found[5] == "=",
        )
        for verb in found[1].split(",")
    )
