"""Check type ``audit-coverage``: requests tried against the audit policy, first match wins."""

import re
from dataclasses import dataclass, replace

from analyzer.checks.audit_policy import AUDIT_ROLE, audit_file
from analyzer.checks.judgement import Judgement, one_per_subject, outcome_of, unique
from analyzer.checks.named_file import NamedFile, broken_file
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.audit_policy import (
    LEVELS,
    AuditPolicy,
    Request,
    read_audit_policy,
    recorded_level,
)
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Source
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_PROBE = re.compile(r"([a-z,]+) ([a-z.0-9]+)/([a-z]+)(?:/([a-z]+))? (=|>=)([A-Za-z]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """One request and the level it has to be recorded at."""

    request: Request
    level: str
    exactly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCoverage:
    """Judge what an ordinary user's requests leave behind.

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
            outcome_of(self._judge(target), target.subject, expected, context)
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target) -> Judgement:
        file = audit_file(target)
        if isinstance(file, Judgement):
            return file
        try:
            policy = read_audit_policy(file.text)
        except EvidenceFormatError as error:
            return broken_file(file, AUDIT_ROLE, str(error), target.subject)
        return self._covered(file, policy)

    def _covered(self, file: NamedFile, policy: AuditPolicy) -> Judgement:
        tried = [_try(policy, probe, file) for text in self.probes for probe in _read(text)]
        missed = unique(said for good, said, _ in tried if not good)
        sources = unique(source for good, _, source in tried if not missed or not good)
        why = (
            f"{len(missed)} of {len(tried)} tried requests are not recorded as asked: "
            f"{'; '.join(missed)}."
            if missed
            else f"All {len(tried)} tried requests are recorded as asked by {file.path}."
        )
        return Judgement(
            verdict=Verdict.FAIL if missed else Verdict.PASS,
            reason=Reason.FAIL_EXPLICIT if missed else Reason.PASS_EXPLICIT,
            actual=f"{len(tried) - len(missed)} of {len(tried)} requests recorded as asked",
            why=why,
            sources=(*sources, file.flag),
            notes=("the requests were tried as an ordinary user in an ordinary namespace",),
        )


def _try(policy: AuditPolicy, probe: _Probe, file: NamedFile) -> tuple[bool, str, Source]:
    level, rule = recorded_level(policy, probe.request)
    rank, wanted = LEVELS.index(level), LEVELS.index(probe.level)
    good = rank == wanted if probe.exactly else rank >= wanted
    place = "no rule" if rule is None else f"rules[{rule}]"
    request = probe.request
    resource = "/".join(p for p in (request.group, request.resource, request.subresource) if p)
    said = f"{request.verb} {resource}: {level} by {place}"
    pointer = "/rules" if rule is None else f"/rules/{rule}"
    return good, said, replace(file.source, selector=pointer, excerpt=f"level {level}")


def _read(text: str) -> tuple[_Probe, ...]:
    found = _PROBE.fullmatch(text)
    if found is None or found[6] not in LEVELS:
        raise ValueError(f"cannot read the probe {text!r}")
    return tuple(
        _Probe(
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
