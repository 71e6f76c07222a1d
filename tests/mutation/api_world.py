"""A small hardened cluster as its API shows it, what can be changed of it, and its bundle."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.mutation.api_cluster import (
    SIGSTORE,
    definition,
    image_verifier,
    namespaces,
    network_objects,
    network_policies,
    nodes,
    rbac,
    recorded,
    service_accounts,
)
from tests.mutation.api_collect import api_members
from tests.mutation.api_edits import API_EDITS
from tests.mutation.api_kinds import built_in_kinds
from tests.mutation.api_objects import workloads
from tests.mutation.api_value import ApiWorld, Json, Kind, grouped

__all__ = ["API_EDITS", "API_HIDES", "ApiWorld", "api_members", "base_api"]

API_HIDES = (
    *("absent", "denied", "error", "malformed", "nameless", "not-json", "not-run"),
    *("other-kind", "redacted", "short", "timeout", "truncated", "unauthorized"),
)
"""Every way in which ``api_hide`` can hide a list."""

_CUSTOM = (
    ("clusterimagepolicies", SIGSTORE, "ClusterImagePolicy", False),
    ("ciliumclusterwidenetworkpolicies", "cilium.io", "CiliumClusterwideNetworkPolicy", False),
    ("ciliumnetworkpolicies", "cilium.io", "CiliumNetworkPolicy", True),
)


def base_api() -> ApiWorld:
    """Return the cluster in which every rule of section 5 that evidence can decide is satisfied."""
    custom = tuple(
        Kind(resource=plural, group=group, version="v1", kind=kind, namespaced=namespaced)
        for plural, group, kind, namespaced in _CUSTOM
    )
    return ApiWorld(
        version="v1.34.2",
        kinds=(*built_in_kinds(), *custom),
        objects=MappingProxyType(dict(grouped(_lists()))),
    )


def _lists() -> Mapping[str, list[Json]]:
    definitions = [
        definition(plural, group, kind, namespaced=namespaced)
        for plural, group, kind, namespaced in _CUSTOM
    ]
    requests = [
        {key: value for key, value in one.items() if key != "status"}
        for one in recorded("certificates.k8s.io/v1", "certificatesigningrequests")
    ]
    return {
        "nodes": nodes(),
        "namespaces": namespaces(),
        "serviceaccounts": service_accounts(),
        "networkpolicies.networking.k8s.io": network_policies(),
        "customresourcedefinitions.apiextensions.k8s.io": definitions,
        "certificatesigningrequests.certificates.k8s.io": requests,
        **workloads(),
        **network_objects(),
        **image_verifier(),
        **rbac(),
    }
