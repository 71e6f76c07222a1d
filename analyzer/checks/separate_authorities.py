"""Check type ``separate-authorities``: etcd trusts another CA than the API server's clients."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, all_of, no_evidence, one_per_subject, outcome_of
from analyzer.checks.named_file import named_path
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.certificates import Certificate, read_certificates
from analyzer.formats.settings import Query, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, EvidenceKey, Present, Source, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_ETCD = Query(flag="trusted-ca-file", key="client-transport-security.trusted-ca-file")
_SERVER = Query(flag="client-ca-file")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authorities:
    """The CAs in one file."""

    path: str
    keys: tuple[str, ...]
    names: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparateAuthorities:
    """Compare public keys, not paths: a copy of the cluster's CA is still the same one.

    It passes when no public key that the one side trusts is trusted by the other, and fails
    when one is, under whatever path or name. Either side unread is no evidence.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return (
            EvidenceKey("process/etcd"),
            EvidenceKey("process/kube-apiserver"),
            EvidenceKey("file/certificate"),
        )

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every etcd member against every API server in evidence."""
        members = component_subjects("etcd", evidence, context)
        servers = component_subjects("kube-apiserver", evidence, context).targets
        found = (
            outcome_of(_judge(m, servers), m.subject, "no CA in common", context)
            for m in members.targets
        )
        return (*one_per_subject(found), *members.outcomes)


def _judge(member: Target, servers: tuple[Target, ...]) -> Judgement:
    why = "so etcd accepts clients without a certificate of its own CA"
    path = named_path(member, _ETCD, key="process/etcd", why_unset=why)
    if isinstance(path, Judgement):
        return path
    if not servers:
        problem = Unreadable(
            reason=Reason.NE_PROCESS_NOT_FOUND,
            detail="no kube-apiserver is in evidence to compare the client CA with",
        )
        return no_evidence(problem, "process/kube-apiserver", "cluster", sources=(path.source,))
    own = _authorities(member, path)
    if isinstance(own, Judgement):
        return own
    return all_of(_against(own, server) for server in servers)


def _against(own: _Authorities, server: Target) -> Judgement:
    looked = server.config.look_up(_SERVER)
    if isinstance(looked, Unreadable):
        return no_evidence(looked, "process/kube-apiserver", server.subject, sources=own.sources)
    if not isinstance(looked, Value) or not looked.text:
        why = f"The API server on {server.name} trusts no client CA, so etcd shares none with it."
        return _verdict(own, "", why, server.config.looked, good=True)
    other = _authorities(server, looked)
    if isinstance(other, Judgement):
        return other
    shared = [n for k, n in zip(own.keys, own.names, strict=True) if k in other.keys]
    if shared:
        why = (
            f"{own.path} and {other.path} hold the same CA key ({', '.join(shared)}), so every "
            "client of the API server is a client of etcd."
        )
        return _verdict(own, other.path, why, other.sources, good=False)
    why = f"No CA key of {own.path} is in {other.path}."
    return _verdict(own, other.path, why, other.sources, good=True)


def _verdict(
    own: _Authorities, other: str, why: str, sources: tuple[Source, ...], *, good: bool
) -> Judgement:
    return Judgement(
        verdict=Verdict.PASS if good else Verdict.FAIL,
        reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
        actual=f"etcd trusts {own.path}, the API server {other or 'none'}",
        why=why,
        sources=(*own.sources, *sources),
    )


def _authorities(target: Target, path: Value) -> _Authorities | Judgement:
    """Read the CA file that a flag names."""
    if target.node is None:
        content = Unreadable(reason=Reason.NE_NODE_MISSING, detail="the node was not visited")
        return no_evidence(content, "file/certificate", target.subject)
    found = target.node.content(path.text)
    match found:
        case Unreadable():
            return no_evidence(found, "file/certificate", target.subject, sources=(path.source,))
        case Absent(source=source):
            problem = Unreadable(
                reason=Reason.NE_FILE_ABSENT_ON_HOST,
                detail=f"{path.text} was not found on the host",
                source=source,
            )
            return no_evidence(problem, "file/certificate", target.subject)
        case Present(value=text, source=source):
            try:
                certificates = read_certificates(text)
            except EvidenceFormatError as error:
                problem = Unreadable(
                    reason=Reason.NE_SCHEMA_INVALID, detail=f"{path.text} {error}", source=source
                )
                return no_evidence(problem, "file/certificate", target.subject)
            return _Authorities(
                path=path.text,
                keys=tuple(c.spki_sha256 for c in certificates),
                names=tuple(_name(c) for c in certificates),
                sources=(path.source, replace(source, excerpt=_excerpt(certificates))),
            )


def _excerpt(certificates: tuple[Certificate, ...]) -> str:
    return " | ".join(certificate.text for certificate in certificates)[:400]


def _name(certificate: Certificate) -> str:
    return certificate.common_name or f"key {certificate.spki_sha256[:12]}"
