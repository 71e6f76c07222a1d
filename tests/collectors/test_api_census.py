"""The census of namespace default, from the server's discovery to the verdict of its control."""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import ControlResult
from analyzer.pipeline.run import Options, assess, prepare
from tests.collectors.api_run import collect, collect_in_pod
from tests.collectors.replay import Document, Fault, Recording, Replay, captured, small
from tests.collectors.tls import Pair

CONTROL = "5.6.4"
WIDGETS = "/apis/shop.example.com/v1/widgets"
SECRET = "s3cr3t-in-a-widget"
KINDS = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}


def widget(namespace: str) -> Document:
    metadata = {
        "name": f"w-of-{namespace}",
        "namespace": namespace,
        "uid": "1",
        "annotations": {"note": SECRET},
        "labels": {"note": SECRET},
        "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "2"}],
    }
    return {"metadata": metadata, "spec": {"password": SECRET}, "data": {"a": SECRET}}


def tidy(*widgets: Document) -> Recording:
    """Return the recorded cluster with nothing of its own in default, and a kind of widgets."""
    whole = captured()
    pods = whole.lists["/api/v1/pods"]
    left = [one for one in pods["items"] if one["metadata"]["namespace"] != "default"]
    served = {"name": "widgets", "kind": "Widget", "namespaced": True, "verbs": ["list"]}
    group = {"name": "shop.example.com", "versions": [{"version": "v1"}]}
    groups = whole.discovery["/apis"]["groups"]
    return replace(
        whole,
        lists={
            **whole.lists,
            "/api/v1/pods": {**pods, "items": left},
            WIDGETS: {"kind": "WidgetList", "metadata": {}, "items": list(widgets)},
        },
        discovery={
            **whole.discovery,
            "/apis": {**whole.discovery["/apis"], "groups": [*groups, group]},
            "/apis/shop.example.com/v1": {"kind": "APIResourceList", "resources": [served]},
        },
    )


def judged(path: Path) -> ControlResult:
    bundle = read_bundle(path)
    (made,) = assess(prepare(Options(benchmarks=("cis-1.12",))), (bundle,), lambda _: None)
    return next(one for one in made.controls if one.id == CONTROL)


@pytest.mark.parametrize(
    ("widgets", "fault", "verdict"),
    [
        ([], "", "pass"),
        ([widget("shop")], "", "pass"),
        ([widget("default")], "", "fail"),
        ([], "403", "no-evidence"),
        ([], "500", "no-evidence"),
        ([], "no-items", "no-evidence"),
    ],
)
def test_the_control_is_decided_by_what_was_counted(
    tmp_path: Path, pair: Pair, widgets: list[Document], fault: str, verdict: str
) -> None:
    faults = [Fault(path="/apis/shop.example.com/v1/namespaces/default/widgets", kind=fault)]
    with Replay(
        tidy(*widgets), faults=faults if fault else [], tls=pair.context(), token="t"
    ) as server:
        got = collect_in_pod(tmp_path, server, ca=pair.certificate)
    found = judged(got.path)
    assert found.verdict.value == verdict, found.explanation
    assert SECRET.encode() not in b"".join(got.members.values())


Kind = tuple[str, bool, list[str]]
"""A kind that discovery offers: its name, whether its objects have namespaces, its verbs."""


def offering(kinds: dict[str, list[Kind]]) -> Recording:
    """Return a small cluster that also offers kinds, by group; the core group's name is empty."""
    base = small({"nodes": [], "namespaces": [], "pods": []}, KINDS)
    lists, discovery = dict(base.lists), dict(base.discovery)
    groups = [{"name": name, "versions": [{"version": "v1"}]} for name in kinds if name]
    discovery["/apis"] = {"kind": "APIGroupList", "groups": groups}
    for group, offered in kinds.items():
        path = f"/apis/{group}/v1" if group else "/api/v1"
        resources = [] if group else [*base.discovery[path]["resources"]]
        for name, namespaced, verbs in offered:
            kind = {"name": name, "kind": name.title(), "namespaced": namespaced, "verbs": verbs}
            resources.append(kind)
            lists[f"{path}/{name}"] = {"kind": f"{kind['kind']}List", "metadata": {}, "items": []}
        discovery[path] = {"kind": "APIResourceList", "resources": resources}
    return replace(base, lists=lists, discovery=discovery)


LIST = ["get", "list"]
# Of these, "counted" and "ok-1" alone are asked for.
OFFERED: dict[str, list[Kind]] = {
    "": [
        ("secrets", True, LIST),
        ("events", True, LIST),
        ("ok-1", True, LIST),
        # Names come from the server: only plain ones make a path.
        ("../../secrets", True, LIST),
    ],
    "events.k8s.io": [("events", True, LIST)],
    "coordination.k8s.io": [("leases", True, LIST)],
    "metrics.k8s.io": [("pods", True, LIST)],
    "packages.operators.coreos.com": [("packagemanifests", True, LIST)],
    "authorization.k8s.io": [("localsubjectaccessreviews", True, ["create"])],
    "shop.example.com": [
        ("wide", False, LIST),
        ("unlisted", True, ["get"]),
        ("counted", True, LIST),
    ],
}


def test_what_does_not_count_is_not_asked_for(tmp_path: Path) -> None:
    got = collect(tmp_path, offering(OFFERED))
    assert got.code == 0
    asked = [path.partition("?")[0] for path in got.requests if "limit=" in path]
    assert asked == [
        "/api/v1/nodes",
        "/api/v1/namespaces",
        "/api/v1/pods",
        "/api/v1/namespaces/default/ok-1",
        "/apis/shop.example.com/v1/namespaces/default/counted",
    ]
    found = {(one["group"], one["resource"]): one["listable"] for one in got.objects("discovery")}
    offered = {
        (group, name): "list" in verbs
        for group, kinds in OFFERED.items()
        for name, _, verbs in kinds
        if name.replace("-", "").isalnum()
    }
    assert found == {**offered, **{("", name): True for name in KINDS}}
