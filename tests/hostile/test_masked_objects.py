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


def test_a_masked_argument_leaves_its_pod_readable() -> None:
    spec = {"containers": [{"name": "c", "args": [MASK]}]}
    pod = decode("pods", json.dumps({**META, "spec": spec}).encode())
    assert pod.metadata.name == "x"
