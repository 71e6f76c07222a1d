"""Check type ``audit-policy``: an audit policy that loads, records something, and is used."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.named_file import NamedFile, broken_file, named_file
from analyzer.checks.outranked import with_flag_notes
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.audit_policy import AuditPolicy, is_silent, read_audit_policy
from analyzer.formats.settings import Query, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import Version

AUDIT_ROLE = "audit-policy"
AUDIT_FLAG = Query(flag="audit-policy-file")
_V1 = "audit.k8s.io/v1"
_EARLIER = ("audit.k8s.io/v1beta1", "audit.k8s.io/v1alpha1")
_ONLY_V1 = Version(1, 24)
_BACKENDS = ("audit-log-path", "audit-webhook-config-file")
_POLICY_ALONE = "the text asks for the policy alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPolicyInUse:
    """Judge ``--audit-policy-file`` and what it names.

    It passes when the file loads, has a rule that records something, and a log or webhook
    takes what it records. No flag, no such file, no backend or rules that leave out every stage
    fail. A file that could not be read is no evidence.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return EvidenceKey("process/kube-apiserver"), EvidenceKey(f"file/{AUDIT_ROLE}")

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects("kube-apiserver", evidence, context)
        expected = "a policy that records something, with a backend"
        found = (
            outcome_of(
                with_flag_notes(_judge(target), target, AUDIT_FLAG),
                target.subject,
                expected,
                context,
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)


def audit_file(target: Target) -> NamedFile | Judgement:
    """Return the audit policy file of an API server, or the verdict of its lack."""
    return named_file(target, AUDIT_FLAG.flag, AUDIT_ROLE, why_unset="so no request is recorded")


def policy_in_use(target: Target) -> tuple[NamedFile, AuditPolicy] | Judgement:
    """Return the policy that an API server loads, or the verdict of its lack."""
    file = audit_file(target)
    if isinstance(file, Judgement):
        return file
    try:
        policy = read_audit_policy(file.text)
    except EvidenceFormatError as error:
        return broken_file(file, AUDIT_ROLE, str(error), target.subject)
    if policy.api_version in _EARLIER and target.version is None:
        return _by_version(file, policy.api_version)
    problem = _problem(policy, target.version)
    if problem:
        return _verdict(file, f"{file.path} {problem}", good=False)
    return file, policy


def _judge(target: Target) -> Judgement:
    found = policy_in_use(target)
    if isinstance(found, Judgement):
        return found
    file, policy = found
    lacking = without_backend(file, target)
    if lacking is not None:
        return replace(lacking, letter=Verdict.PASS, letter_why=_POLICY_ALONE)
    if all(is_silent(policy, rule) for rule in policy.rules):
        said = f"no rule of {file.path} records anything: level None, or every stage left out"
        silent = _verdict(file, f"{said} that an answered request passes through", good=False)
        return replace(silent, letter=Verdict.PASS, letter_why=_POLICY_ALONE)
    return _verdict(file, f"{file.path} has {len(policy.rules)} rules and is in use", good=True)


def _by_version(file: NamedFile, written: str) -> Judgement:
    problem = Unreadable(
        reason=Reason.NE_VERSION_UNKNOWN,
        detail=f"{file.path} is of {written}, and whether the API server still loads that "
        "depends on its version",
    )
    return no_evidence(problem, "api/version", "cluster", sources=(file.flag, file.source))


def _problem(policy: AuditPolicy, version: Version | None) -> str:
    """Say why a policy records nothing; empty when it records something."""
    newer = version is None or version >= _ONLY_V1
    if policy.api_version not in ((_V1,) if newer else (_V1, *_EARLIER)):
        return f"is of {policy.api_version}, which Kubernetes {version or ''} does not load"
    if not policy.rules:
        return "has no rule"
    if all(rule.level == "None" for rule in policy.rules):
        return "has only rules of level None"
    return ""


def _verdict(file: NamedFile, why: str, *, good: bool) -> Judgement:
    return Judgement(
        verdict=Verdict.PASS if good else Verdict.FAIL,
        reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
        actual=file.flag_text,
        why=f"{why}.",
        sources=(file.source, file.flag),
    )


def without_backend(file: NamedFile, target: Target) -> Judgement | None:
    """Return the verdict of a policy whose events go nowhere; None when they go somewhere."""
    found = [target.config.look_up(Query(flag=flag)) for flag in _BACKENDS]
    # a masked path is a set one: that is all this rule asks
    used = [f for f in found if isinstance(f, Unreadable) or (isinstance(f, Value) and f.text)]
    if used:
        return None
    return Judgement(
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        actual=f"{file.flag_text}; neither --{_BACKENDS[0]} nor --{_BACKENDS[1]} is set",
        why="There is a policy and no backend, so nothing is recorded.",
        sources=(file.source, file.flag, *target.config.looked),
    )
