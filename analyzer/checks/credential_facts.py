"""Check type ``credential-facts``: how people may log in; who does is not in any evidence."""

from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.checks.compare import Expect, Kind, satisfies
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.certificates import Certificate
from analyzer.formats.kubeconfig import read_kubeconfig
from analyzer.formats.settings import Query, Value
from analyzer.model.api import ApiEvidence
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Present, Source, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_ROLES = (
    "admin-kubeconfig",
    "controller-manager-kubeconfig",
    "kubelet-kubeconfig",
    "scheduler-kubeconfig",
)


@unique
class About(StrEnum):
    """Which kind of credential a control is about."""

    CLIENT_CERTIFICATES = "client-certificates"
    SERVICE_ACCOUNT_TOKENS = "service-account-tokens"
    BOOTSTRAP_TOKENS = "bootstrap-tokens"


_FLAGS = {
    About.CLIENT_CERTIFICATES: "client-ca-file",
    About.SERVICE_ACCOUNT_TOKENS: "service-account-key-file",
    About.BOOTSTRAP_TOKENS: "enable-bootstrap-token-auth",
}
_OFF = {
    About.CLIENT_CERTIFICATES: "no client certificate is accepted",
    About.BOOTSTRAP_TOKENS: "no bootstrap token is accepted",
}
_ON = {
    About.CLIENT_CERTIFICATES: "Client certificates are accepted; whether people use them cannot "
    "be seen in the cluster.",
    About.SERVICE_ACCOUNT_TOKENS: "Service account tokens are always accepted; whether people use "
    "them cannot be seen in the cluster.",
    About.BOOTSTRAP_TOKENS: "Bootstrap tokens are accepted; whether any is live, and who uses it, "
    "stands in Secrets, which are never collected.",
}
_EXPECTED = {
    About.CLIENT_CERTIFICATES: "people log in by another way than client certificates",
    About.SERVICE_ACCOUNT_TOKENS: "people log in by another way than service account tokens",
    About.BOOTSTRAP_TOKENS: "people log in by another way than bootstrap tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts:
    """Pass where the way in is provably shut; otherwise lay the facts out for a person.

    A way in is shut when its flag, file or default says so. Whether anybody uses an open one
    stands in no evidence, so that an open one is never a pass and never a fail.
    """

    about: About

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return (EvidenceKey("process/kube-apiserver"),)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects("kube-apiserver", evidence, context)
        found = (
            outcome_of(
                self._judge(target, evidence), target.subject, _EXPECTED[self.about], context
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target, evidence: ClusterEvidence) -> Judgement:
        flag = _FLAGS[self.about]
        looked = target.config.look_up(Query(flag=flag))
        if isinstance(looked, Unreadable):
            key = "process/kube-apiserver"
            return no_evidence(looked, key, target.subject, sources=target.config.looked)
        value = looked if isinstance(looked, Value) else None
        off = _OFF.get(self.about, "")
        if off and not self._accepted(value):
            return self._shut(value, target, off)
        facts, sources = self._facts(target, evidence)
        return Judgement(
            verdict=Verdict.MANUAL,
            reason=Reason.RV_MANUAL_BENCHMARK,
            actual=value.written if value else f"--{flag} unset",
            why=_ON[self.about],
            sources=((value.source,) if value else target.config.looked) + sources,
            notes=facts,
        )

    def _accepted(self, value: Value | None) -> bool:
        if value is None or not value.text:
            return False
        if self.about is About.BOOTSTRAP_TOKENS:
            return not satisfies(Kind.BOOLEAN, Expect.EQUALS, "false", value)
        return True

    def _shut(self, value: Value | None, target: Target, off: str) -> Judgement:
        actual = value.written if value else f"--{_FLAGS[self.about]} unset"
        return Judgement(
            verdict=Verdict.PASS,
            reason=Reason.PASS_EXPLICIT if value else Reason.PASS_ABSENT,
            actual=actual,
            why=f"{actual}, so {off}.",
            sources=(value.source,) if value else target.config.looked,
        )

    def _facts(
        self, target: Target, evidence: ClusterEvidence
    ) -> tuple[tuple[str, ...], tuple[Source, ...]]:
        if self.about is About.CLIENT_CERTIFICATES:
            return _kubeconfig_facts(target)
        if self.about is About.SERVICE_ACCOUNT_TOKENS and evidence.api is not None:
            return _account_facts(evidence.api)
        return (), ()


def _kubeconfig_facts(target: Target) -> tuple[tuple[str, ...], tuple[Source, ...]]:
    """Name the certificates that the node's own kubeconfigs log in with."""
    notes: list[str] = []
    sources: list[Source] = []
    for role in _ROLES:
        for record in target.node.by_role(role) if target.node else ():
            if not isinstance(record.content, Present) or not isinstance(record.stat, Present):
                continue
            notes += _subjects(record.stat.value.path, record.content.value)
            sources.append(record.content.source)
    return tuple(notes), tuple(sources)


def _subjects(path: str, text: str) -> list[str]:
    try:
        users = read_kubeconfig(text)
    except EvidenceFormatError as error:
        return [f"{path} {error}"]
    return [
        f"{path}: certificate of {c.common_name}{_in_groups(c.organizations)}{_until(c)}"
        for user in users
        for c in user.certificates
    ]


def _in_groups(groups: tuple[str, ...]) -> str:
    return f" in {', '.join(groups)}" if groups else ""


def _until(certificate: Certificate) -> str:
    """Say how long it is good for and which key it is of, to be found again elsewhere."""
    last = f", valid to {certificate.not_after}" if certificate.not_after else ""
    return f"{last}, key sha256:{certificate.spki_sha256}"


def _account_facts(api: ApiEvidence) -> tuple[tuple[str, ...], tuple[Source, ...]]:
    accounts = api.list("serviceaccounts")
    if not isinstance(accounts, Present):
        return (), ()
    return (f"the cluster has {len(accounts.value.items)} service accounts",), (accounts.source,)
