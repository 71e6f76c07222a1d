"""Tokens of service accounts that a pod's volumes carry, beside the one mounted by default."""

from dataclasses import dataclass

from analyzer.checks.api_server_flags import Server
from analyzer.checks.workload_units import Unit
from analyzer.formats.command_line import values_of

VOLUME = "the projected volume"
_OWN_NAME = "kubernetes.default"
"""What the name of the API server's own service begins with: an audience of that name is its."""

_FLAGS = ("api-audiences", "service-account-issuer")
"""The first of these that is given names the audiences that the API server accepts
(kubernetes/kubernetes pkg/kubeapiserver/options/authentication.go, ToAuthenticationConfig)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the volumes of one pod carry.

    Attributes:
        why: The volume whose token the API server accepts; empty when there is none.
        others: Audiences of the tokens that are meant for somebody else.
    """

    why: str
    others: tuple[str, ...]


def audiences(running: tuple[Server, ...]) -> frozenset[str]:
    """Return the audiences that API servers in evidence accept; empty when none is known."""
    return frozenset(name for server in running for name in _accepted(server))


def _accepted(server: Server) -> tuple[str, ...]:
    for flag in _FLAGS:
        given = (occurrence.value or "" for occurrence in values_of(server.flags, flag))
        names = tuple(name.strip() for value in given for name in value.split(",") if name.strip())
        if names:
            return names
    return ()


def volume_tokens(unit: Unit, secrets: tuple[str, ...], accepted: frozenset[str]) -> Tokens:
    """Look for tokens in a pod's volumes.

    Args:
        unit: The pod or template.
        secrets: Names of the account's token Secrets.
        accepted: Audiences that the API server accepts; with none known, one that is named like
            its own service is taken for one.
    """
    why, others = "", []
    for volume in unit.spec.volumes or ():
        if volume.secret is not None and volume.secret.secret_name in secrets:
            why = why or f"the token Secret of volume {volume.name}"
        for source in (volume.projected.sources if volume.projected else None) or ():
            token = source.service_account_token
            if token is None:
                continue
            if not token.audience or _is_own(token.audience, accepted):
                why = why or f"{VOLUME} {volume.name}"
            else:
                others.append(token.audience)
    return Tokens(why=why, others=tuple(dict.fromkeys(others)))


def _is_own(audience: str, accepted: frozenset[str]) -> bool:
    if accepted:
        return audience in accepted
    return audience.removeprefix("https://").startswith(_OWN_NAME)
