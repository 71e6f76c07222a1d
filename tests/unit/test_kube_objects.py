"""API objects: decoded or refused, never half-read."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.formats.kube_meta import CustomObject, LabelSelector
from analyzer.formats.kube_objects import KINDS, decode, expected_nodes, kind_of
from analyzer.formats.kube_pods import Pod
from analyzer.model.cluster import ExpectedNode
from analyzer.model.errors import EvidenceFormatError
from tests import evidence_builder as build

POD: dict[str, Any] = {
    "metadata": {"name": "p", "namespace": "a"},
    "spec": {"containers": [{"name": "c"}]},
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def pod(**spec: Any) -> bytes:
    return json.dumps({**POD, "spec": {**POD["spec"], **spec}}).encode()


def test_fields_that_no_rule_reads_are_skipped() -> None:
    value = decode("pods", pod(tolerations=[{"x": 1}], hostPID=True))
    assert isinstance(value, Pod)
    assert value.spec.host_pid is True
    assert value.spec.service_account == "default"


@pytest.mark.parametrize("field", ["hostPID", "securityContext", "volumes", "initContainers"])
def test_null_is_the_same_as_left_out(field: str) -> None:
    assert decode("pods", pod(**{field: None})) == decode("pods", pod())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{",
        b'"text"',
        b"{}",
        b'{"metadata": {"name": ""}}',
        b'{"metadata": {"name": "p", "namespace": "a"}}',
        b'{"metadata": {"name": "p", "namespace": "a"}, "spec": {}}',
        b'{"metadata": {"name": "p", "namespace": "a"}, "spec": {"containers": []}}',
        b'{"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c"}]}}',
        json.dumps(POD).encode().replace(b'"p"', b'"\xff"'),
        pod(hostPID="false"),
        pod(containers=[None]),
        pod(containers=[{"image": "x"}]),
        pod(securityContext={"runAsUser": "0"}),
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=range(16),
)
def test_what_cannot_be_judged_is_refused(line: bytes) -> None:
    with pytest.raises(EvidenceFormatError):
        decode("pods", line)


@given(resource=st.sampled_from((*KINDS, "widgets.example.com")), value=json_values)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_any_value_is_decoded_or_refused(resource: str, value: Any) -> None:
    line = json.dumps(value).encode()
    with contextlib.suppress(EvidenceFormatError):
        assert decode(resource, line) is not None


@pytest.mark.parametrize(("levels", "read"), [(60, True), (70, False), (940, False), (5000, False)])
def test_a_custom_object_is_read_down_to_a_depth(levels: int, read: bool) -> None:
    nested = '{"a": ' * levels + "1" + "}" * levels
    line = f'{{"metadata": {{"name": "p"}}, "spec": {nested}}}'.encode()
    if read:
        assert decode("clusterpolicies.kyverno.io", line).metadata.name == "p"
    else:
        with pytest.raises(EvidenceFormatError):
            decode("clusterpolicies.kyverno.io", line)


def test_a_kind_that_nobody_knows_keeps_its_spec() -> None:
    value = decode("widgets.example.com", b'{"metadata": {"name": "w"}, "spec": {"a": [1]}}')
    assert isinstance(value, CustomObject)
    assert value.spec == {"a": [1]}
    assert kind_of("widgets.example.com") == "widgets.example.com"
    assert kind_of("pods") == "Pod"


@pytest.mark.parametrize(
    ("operator", "values", "labels", "holds"),
    [
        ("In", ("x", "y"), {"k": "y"}, True),
        ("In", ("x",), {}, False),
        ("NotIn", ("x",), {}, True),
        ("NotIn", ("x",), {"k": "x"}, False),
        ("Exists", (), {"k": ""}, True),
        ("Exists", (), {}, False),
        ("DoesNotExist", (), {}, True),
        ("DoesNotExist", (), {"k": "x"}, False),
        ("Near", (), {"k": "x"}, False),
    ],
)
def test_label_expressions(
    operator: str, values: tuple[str, ...], labels: dict[str, str], holds: bool
) -> None:
    line = json.dumps(
        {
            "metadata": {"name": "n", "namespace": "a"},
            "spec": {
                "podSelector": {
                    "matchExpressions": [{"key": "k", "operator": operator, "values": list(values)}]
                }
            },
        }
    )
    policy: Any = decode("networkpolicies.networking.k8s.io", line.encode())
    assert policy.spec.pod_selector.matches(labels) is holds


def test_an_empty_selector_selects_everything() -> None:
    assert LabelSelector().matches({})
    assert LabelSelector(match_labels={"a": "b"}).matches({"a": "b", "c": "d"})
    assert not LabelSelector(match_labels={"a": "b"}).matches({"a": "c"})


NODE = {
    "metadata": {
        "name": "cp",
        "labels": {"node-role.kubernetes.io/control-plane": "", "kubernetes.io/os": "linux"},
    },
    "status": {"nodeInfo": {"kubeletVersion": "v1.36.2", "operatingSystem": "linux"}},
}


def test_expected_nodes_come_from_a_whole_list_only() -> None:
    value = decode("nodes", json.dumps(NODE).encode())
    bare = decode("nodes", b'{"metadata": {"name": "a"}}')
    whole = build.api(lists={"nodes": build.resource_list("nodes", [value, bare])})
    assert expected_nodes(whole) == (
        ExpectedNode(name="a", control_plane=False, os="", kubelet_version=""),  # type: ignore[arg-type]
        ExpectedNode(name="cp", control_plane=True, os="linux", kubelet_version="v1.36.2"),  # type: ignore[arg-type]
    )
    for broken in (
        build.resource_list("nodes", [value], malformed=[2]),
        build.resource_list("nodes", []),
        build.unreadable(),
    ):
        assert expected_nodes(build.api(lists={"nodes": broken})) is None
    assert expected_nodes(build.api()) is None
