"""Use of the group that no authorizer ever asks about: system:masters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.checks.api_lists import CLUSTER, Lists, keys, some, take
from analyzer.checks.rbac_graph import (
    CLUSTER_ROLE_BINDINGS,
    MASTERS,
    RESOURCES,
    ROLE_BINDINGS,
    Graph,
    place_text,
    resolve,
    subject_source,
)
from analyzer.formats.certificates import Certificate, read_certificates
from analyzer.formats.kube_cluster import CertificateSigningRequest
from analyzer.formats.kubeconfig import read_kubeconfig
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Present, Source
from analyzer.model.node import CapturedFile, NodeEvidence
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_NAME = "system:masters"
_KUBECONFIGS = (
    "admin-kubeconfig",
    "controller-manager-kubeconfig",
    "kubelet-kubeconfig",
    "proxy-kubeconfig",
    "scheduler-kubeconfig",
)
REQUESTS = "certificatesigningrequests.certificates.k8s.io"
_SERVER_ITSELF = "system:apiserver"
"""What the API server calls itself when it talks to itself, as a member of the group."""

_EXPECTED = "no use of system:masters beyond the shipped binding"


@dataclass(frozen=True, slots=True, kw_only=True)
class RbacMasters:
    """No binding beyond the shipped one, no certificate and no request names system:masters.

    A binding, a kubeconfig's certificate, an approved request for one or a request made by a
    member proves a violation. Their absence proves nothing, as no cluster keeps a record of the
    certificates that were issued. So there is no pass.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """The four RBAC lists."""
        return keys(RESOURCES)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Look for the group in every binding."""
        lists = take(evidence, RESOURCES)
        held = tuple(outcome for node in evidence.nodes for outcome in _certificates(node))
        if not lists.present:
            return held + lists.gaps
        graph = resolve(lists, context)
        requests = take(evidence, (), helpful=(REQUESTS,))
        found = (*_bindings(graph, lists), *held, *_requests(requests))
        if found or lists.gaps:
            return (*found, *lists.gaps)
        return (_undecided(lists, requests),)


def _bindings(graph: Graph, lists: Lists) -> tuple[Outcome, ...]:
    extra = [grant for grant in graph.grants if grant.who == MASTERS and not grant.shipped]
    return tuple(
        Outcome(
            subject=place_text(grant.binding),
            verdict=Verdict.FAIL,
            reason=Reason.FAIL_EXPLICIT,
            explanation=f"{place_text(grant.binding)} grants {place_text(grant.role.place)} to "
            "the group system:masters, besides the binding that Kubernetes ships.",
            actual=f"{place_text(grant.binding)} names system:masters",
            expected=_EXPECTED,
            evidence=(subject_source(grant, lists),),
        )
        for grant in extra
    )


def _requests(lists: Lists) -> Iterator[Outcome]:
    """Look into the certificate requests that the API still holds."""
    for item in lists.items(REQUESTS):
        request: CertificateSigningRequest = item.value
        told = _request_text(request)
        if told:
            yield Outcome(
                subject=f"CertificateSigningRequest/{request.name}",
                verdict=Verdict.FAIL,
                reason=Reason.FAIL_EXPLICIT,
                explanation=f"{told}.",
                actual=told,
                expected=_EXPECTED,
                evidence=(lists.at(REQUESTS, item.line, "", told[:400]),),
            )


def _request_text(request: CertificateSigningRequest) -> str:
    """Say how a request uses the group; empty when it does not."""
    if request.approved and _NAME in request.organizations:
        return f"an approved request asks for a certificate with O={_NAME}"
    spec = request.spec
    if spec is not None and _NAME in (spec.groups or ()) and spec.username != _SERVER_ITSELF:
        return f"{spec.username or 'somebody'} made the request as a member of {_NAME}"
    return ""


def _waiting(lists: Lists) -> tuple[str, ...]:
    """Name requests for the group that nobody approved."""
    names = tuple(
        item.value.name
        for item in lists.items(REQUESTS)
        if _NAME in item.value.organizations and not item.value.approved
    )
    return (f"Requests for the group that were not approved: {some(names)}.",) if names else ()


def _certificates(node: NodeEvidence) -> Iterator[Outcome]:
    """Look into the client certificates of a node's kubeconfigs."""
    found = [
        (record.stat.value.path if isinstance(record.stat, Present) else role, source)
        for role in _KUBECONFIGS
        for record in node.by_role(role)
        for source in _carriers(node, record)
    ]
    if found:
        names = ", ".join(dict.fromkeys(path for path, _ in found))
        yield Outcome(
            subject=f"node/{node.name}",
            verdict=Verdict.FAIL,
            reason=Reason.FAIL_EXPLICIT,
            explanation=f"A client certificate of the group {_NAME} is kept here: {names}.",
            actual=f"certificate with O={_NAME} in {names}",
            whole=tuple(dict.fromkeys(source.excerpt for _, source in found)),
            expected=_EXPECTED,
            evidence=tuple(dict.fromkeys(source for _, source in found)),
            notes=("kubeadm writes super-admin.conf for emergencies: keep it off the nodes.",),
        )


def _carriers(node: NodeEvidence, record: CapturedFile) -> Iterator[Source]:
    """Yield where the group stands; a file that cannot be read proves nothing here."""
    if not isinstance(record.content, Present):
        return
    try:
        users = read_kubeconfig(record.content.value)
    except EvidenceFormatError:
        return
    for index, user in enumerate(users):
        named = _member(user.certificates)
        if named:
            place = f"/users/{index}/user/client-certificate-data"
            yield replace(record.content.source, selector=place, excerpt=named)
        elif user.certificate_file:
            yield from _named_file(node, user.certificate_file)


def _named_file(node: NodeEvidence, path: str) -> Iterator[Source]:
    content = node.content(path)
    if not isinstance(content, Present):
        return
    try:
        certificates = read_certificates(content.value)
    except EvidenceFormatError:
        return
    named = _member(certificates)
    if named:
        yield replace(content.source, excerpt=named)


def _member(certificates: tuple[Certificate, ...]) -> str:
    """Write the first certificate of the group; empty when there is none."""
    found = (c.text for c in certificates if _NAME in c.organizations)
    return next((f"certificate subject: {text}"[:400] for text in found), "")


def _undecided(lists: Lists, requests: Lists) -> Outcome:
    return Outcome(
        subject=CLUSTER,
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        explanation="Nothing in evidence uses system:masters beyond the shipped binding, but no "
        "cluster records its certificates: a person must say who holds one with that group.",
        actual="no further binding; issued certificates unknown",
        expected=_EXPECTED,
        evidence=lists.cite(CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS),
        notes=(
            "Before kubeadm 1.29 admin.conf carried the group; since then super-admin.conf does.",
            *_waiting(requests),
        ),
    )
