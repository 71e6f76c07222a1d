"""A masked value is set and unknown: no right may be judged by the rest of it."""

import json
from typing import Any

import pytest

from analyzer.formats.kube_objects import RBAC, decode
from analyzer.model.errors import EvidenceFormatError

MASK = "KEB-REDACTED-r7"
META = {"metadata": {"name": "x", "namespace": "a"}}
ROLE = {"kind": "ClusterRole", "name": "cluster-admin"}
MASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "verb": ("roles", {"rules": [{"verbs": ["get", MASK], "resources": ["pods"]}]}),
    "resource": ("clusterroles", {"rules": [{"verbs": ["*"], "resources": [MASK]}]}),
    "subject": ("rolebindings", {"roleRef": ROLE, "subjects": [{"kind": "User", "name": MASK}]}),
    "role": ("clusterrolebindings", {"roleRef": {**ROLE, "name": MASK}}),
}


@pytest.mark.parametrize(("resource", "fields"), MASKED.values(), ids=MASKED)
def test_a_masked_right_is_no_right_that_is_known(resource: str, fields: dict[str, Any]) -> None:
    with pytest.raises(EvidenceFormatError, match="masked"):
        decode(f"{resource}.{RBAC}", json.dumps({**META, **fields}).encode())


RULE = {"apiGroups": [""], "resources": ["pods"], "operations": ["CREATE"]}
DECIDING: dict[str, tuple[str, dict[str, Any]]] = {
    "webhook-rule": (
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        {"webhooks": [{"rules": [{**RULE, "operations": [MASK]}]}]},
    ),
    "webhook-selector": (
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        {"webhooks": [{"rules": [RULE], "namespaceSelector": {"matchLabels": {"a": MASK}}}]},
    ),
    "pod-selector": (
        "networkpolicies.networking.k8s.io",
        {"spec": {"podSelector": {"matchLabels": {"a": MASK}}}},
    ),
    "old-policy": ("podsecuritypolicies.policy", {"spec": {"volumes": [MASK]}}),
}


@pytest.mark.parametrize(("resource", "fields"), DECIDING.values(), ids=DECIDING)
def test_what_says_to_whom_something_applies_is_read_whole(
    resource: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(EvidenceFormatError, match="masked"):
        decode(resource, json.dumps({**META, **fields}).encode())


HARMLESS: dict[str, tuple[str, dict[str, Any]]] = {
    "webhook-url": (
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        {"webhooks": [{"rules": [RULE], "clientConfig": {"url": f"https://h/{MASK}"}}]},
    ),
    "label-of-a-role": (
        f"clusterroles.{RBAC}",
        {"metadata": {"name": "x", "labels": {"commit": MASK}}, "rules": []},
    ),
}


@pytest.mark.parametrize(("resource", "fields"), HARMLESS.values(), ids=HARMLESS)
def test_a_mask_that_decides_nothing_is_read_over(resource: str, fields: dict[str, Any]) -> None:
    assert decode(resource, json.dumps({**META, **fields}).encode()).name == "x"


def test_a_masked_argument_leaves_its_pod_readable() -> None:
    spec = {"containers": [{"name": "c", "args": [MASK]}]}
    pod = decode("pods", json.dumps({**META, "spec": spec}).encode())
    assert pod.metadata.name == "x"
