"""Mechanisms besides Pod Security Admission: admission policies, Kyverno and Gatekeeper.

What such a policy forbids is a program or a pattern. What can be proven to forbid what a control
asks is; whatever else is about it is put before a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.checks.api_lists import Lists, count, keys, take
from analyzer.checks.api_server_flags import PLUGIN_FLAGS, Server, flag_sources, plugin_on
from analyzer.checks.pod_security_cel import (
    BINDINGS,
    KYVERNO_CEL,
    KYVERNO_CEL_EXCEPTIONS,
    CelPolicies,
    read_cel,
)
from analyzer.checks.pod_security_cel import POLICIES as ADMISSION_POLICIES
from analyzer.checks.pod_security_gatekeeper import (
    TEMPLATES,
    Gatekeeper,
    constraint_resources,
    read_gatekeeper,
)
from analyzer.checks.pod_security_kyverno import (
    CLUSTER_POLICIES,
    EXCEPTIONS,
    POLICIES,
    Kyverno,
    read_kyverno,
)
from analyzer.checks.pod_security_standing import Answer, Demand, Space, Standing
from analyzer.checks.pod_security_webhooks import WEBHOOKS
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.verdict import Reason

OPENSHIFT = "securitycontextconstraints.security.openshift.io"
_DECIDING = (
    ADMISSION_POLICIES,
    BINDINGS,
    CLUSTER_POLICIES,
    KYVERNO_CEL,
    OPENSHIFT,
    POLICIES,
    WEBHOOKS,
)
"""Lists that could show enforcement; one of them not known leaves its absence open."""

_HOOKS = "ValidatingAdmissionWebhook"
_WEAKENING = (EXCEPTIONS, KYVERNO_CEL_EXCEPTIONS, TEMPLATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Every mechanism besides Pod Security Admission and the old policies.

    Attributes:
        running: The API servers in evidence.
        hooks: Their plugin that asks webhooks is on, off, or not in evidence.
    """

    running: tuple[Server, ...]
    hooks: bool | None
    lists: Lists
    cel: CelPolicies
    kyverno: Kyverno
    gatekeeper: Gatekeeper

    def answers(self, space: Space, demand: Demand) -> tuple[Answer, ...]:
        """Return what each mechanism does in a namespace; never empty."""
        hooked = (
            *self.cel.kyverno(space, demand),
            *self.kyverno.answers(space, demand),
            *self.gatekeeper.answers(space, demand),
        )
        found = (
            *self.cel.own(space, demand),
            *(self._asked(answer) for answer in hooked),
            *self._openshift(),
        )
        return (*found, *self._unread()) or (Answer(standing=Standing.NOT, text=""),)

    def _asked(self, answer: Answer) -> Answer:
        """Weaken what a webhook does by what switches all webhooks off."""
        if answer.standing < Standing.MAYBE or self.hooks or not self.running:
            return answer
        if self.hooks is False:
            return replace(
                answer,
                standing=Standing.NOT,
                text=f"{answer.text}, but the admission plugin {_HOOKS} is switched off",
                sources=(*flag_sources(self.running, PLUGIN_FLAGS), *answer.sources),
            )
        return replace(
            answer,
            standing=Standing.UNKNOWN,
            text=f"{answer.text}, but whether the admission plugin {_HOOKS} is on is not known, "
            "as the collector masked the API server's plugin lists",
            reason=Reason.NE_REDACTED,
            lacking=(EvidenceKey("process/kube-apiserver"),),
        )

    def _openshift(self) -> Iterator[Answer]:
        """Say that OpenShift's own mechanism is there: it is always on, and not resolved here."""
        found = self.lists.items(OPENSHIFT)
        if found:
            yield Answer(
                standing=Standing.MAYBE,
                text=f"{count(len(found), 'SecurityContextConstraints object')} of OpenShift "
                "decide which pods are admitted; who may use which is not resolved here",
                sources=self.lists.cite(OPENSHIFT),
                whole=tuple(item.value.name for item in found),
            )

    def _unread(self) -> Iterator[Answer]:
        for name in (*_DECIDING, *self.gatekeeper.constraints):
            why = self.lists.unknown.get(name)
            if why is not None:
                yield Answer(
                    standing=Standing.UNKNOWN,
                    text=f"{name} could not be read ({why.detail})",
                    sources=(why.source,) if why.source else (),
                    reason=why.reason,
                    lacking=keys((name,)),
                )


def read_engines(
    evidence: ClusterEvidence, running: tuple[Server, ...], context: Context
) -> Engines:
    """Gather every policy, and what weakens it."""
    names = evidence.api.lists if evidence.api else {}
    constraints = constraint_resources(names)
    lists = take(evidence, (), helpful=(*_DECIDING, *_WEAKENING, *constraints))
    return Engines(
        running=running,
        hooks=plugin_on(running, _HOOKS, default=True),
        lists=lists,
        cel=read_cel(lists, running, context.version),
        kyverno=read_kyverno(lists),
        gatekeeper=read_gatekeeper(lists, constraints),
    )
