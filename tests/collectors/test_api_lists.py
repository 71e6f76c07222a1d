"""A list is evidence only when its end was seen; every other case is named for what it was."""

import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.collectors.api_run import collect, command, opened
from tests.collectors.replay import Fault, Recording, Replay, small, write_kubeconfig
from tests.collectors.waiting import wait_until

PODS = "/api/v1/pods"
KINDS = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}


def named(*names: str) -> list[dict[str, Any]]:
    return [{"metadata": {"name": name, "uid": f"uid-of-{name}"}} for name in names]


def seven_pods() -> Recording:
    lists = {
        "nodes": named("n1"),
        "namespaces": named("default", "kube-system"),
        "pods": named(*(f"pod-{number}" for number in range(7))),
    }
    return small(lists, KINDS)


class Case(NamedTuple):
    """A fault, and what must be recorded of seven pods that come in pages of three."""

    kind: str
    page: int
    times: int
    status: str
    code: int | None
    items: int


CASES = [
    Case("403", 0, 9, "denied", 403, 0),
    Case("404", 0, 9, "error", 404, 0),
    Case("500", 0, 9, "error", 500, 0),
    Case("500", 0, 1, "ok", 200, 7),
    Case("410", 1, 1, "ok", 200, 7),
    Case("410", 2, 2, "ok", 200, 7),
    Case("410", 1, 9, "truncated", 410, 3),
    Case("500", 2, 9, "truncated", 500, 6),
    Case("403", 1, 9, "truncated", 403, 3),
    Case("cut", 0, 9, "error", None, 0),
    Case("cut", 1, 1, "ok", 200, 7),
    Case("cut", 1, 9, "truncated", None, 3),
    Case("not-json", 0, 9, "error", 200, 0),
    Case("not-json", 2, 9, "truncated", 200, 6),
    Case("slow", 0, 9, "timeout", None, 0),
    Case("slow", 1, 9, "truncated", None, 3),
    Case("status-in-200", 0, 9, "error", 500, 0),
    Case("other-kind", 0, 9, "error", 200, 0),
    Case("no-items", 0, 9, "error", 200, 0),
    Case("nameless", 0, 9, "error", 200, 0),
    Case("endless", 2, 9, "truncated", 200, 7),
    Case("short", 1, 9, "truncated", 200, 6),
    Case("more", 2, 9, "truncated", 200, 7),
    Case("odd-continue", 0, 9, "error", 200, 0),
    Case("odd-continue", 2, 9, "truncated", 200, 6),
    Case("odd-count", 1, 9, "truncated", 200, 3),
    Case("other-version", 1, 9, "truncated", 200, 3),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.page}-{case.times}")
def test_failure_is_recorded_as_what_it_was(tmp_path: Path, case: Case) -> None:
    fault = Fault(path=PODS, kind=case.kind, page=case.page, times=case.times)
    words = ["--timeout", "1"] if case.kind == "slow" else []
    got = collect(tmp_path, seven_pods(), faults=[fault], page=3, words=words)
    probe = got.probe("pods")
    assert (probe["status"], probe["api"]["http_code"]) == (case.status, case.code), probe
    assert probe["api"]["complete"] is (case.status == "ok")
    assert probe["api"]["items"] == case.items
    assert ("blob" in probe) is (case.status in ("ok", "truncated"))
    assert bool(probe["detail"]) is (case.status != "ok")
    if "blob" in probe:
        names = [one["metadata"]["name"] for one in got.objects("pods")]
        assert names == [f"pod-{number}" for number in range(case.items)]


def test_a_list_without_objects_is_whole_and_empty(tmp_path: Path) -> None:
    recording = small({"nodes": [], "namespaces": named("kube-system"), "pods": []}, KINDS)
    got = collect(tmp_path, recording)
    probe = got.probe("pods")
    assert (probe["status"], probe["api"]["complete"], probe["api"]["items"]) == ("ok", True, 0)
    assert got.members[probe["blob"]] == b""
    # Nothing failed and nothing is missing: what discovery lacks is absent.
    assert (got.code, got.manifest["complete"]) == (0, True)
    assert got.probe("deployments.apps")["status"] == "absent"
    assert got.manifest["cluster"]["uid"] == "uid-of-kube-system"
    assert got.manifest["cluster"]["git_version"] == "v1.32.0"


def test_discovery_that_fails_does_not_make_resources_absent(tmp_path: Path) -> None:
    fault = Fault(path="/apis", kind="500")
    recording = seven_pods()
    deployments = {"kind": "DeploymentList", "metadata": {}, "items": named("d")}
    lists = {**recording.lists, "/apis/apps/v1/deployments": deployments}
    got = collect(tmp_path, Recording(lists=lists, discovery=recording.discovery), faults=[fault])
    discovery = got.probe("discovery")
    assert (discovery["status"], discovery["api"]["complete"]) == ("truncated", False)
    assert got.probe("deployments.apps")["status"] == "ok"
    assert got.probe("jobs.batch")["status"] == "absent"  # asked for, and the server said 404
    assert got.probe("jobs.batch")["api"]["http_code"] == 404


def with_groups(served: dict[tuple[str, str], list[tuple[str, str]]]) -> Recording:
    """Return a recording that also serves (group, version) -> (resource, kind)."""
    base = seven_pods()
    discovery, lists = dict(base.discovery), dict(base.lists)
    names = {group: [v for g, v in served if g == group] for group, _ in served}
    discovery["/apis"] = {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": group,
                "versions": [{"version": version} for version in versions],
                "preferredVersion": {"version": versions[-1]},
            }
            for group, versions in names.items()
        ],
    }
    for (group, version), resources in served.items():
        discovery[f"/apis/{group}/{version}"] = {
            "kind": "APIResourceList",
            "resources": [
                {"name": name, "kind": kind, "namespaced": False, "verbs": ["list"]}
                for name, kind in resources
            ],
        }
        for name, kind in resources:
            lists[f"/apis/{group}/{version}/{name}"] = {
                "kind": f"{kind}List",
                "metadata": {},
                "items": [{"metadata": {"name": version}, "spec": {"x": 1}}],
            }
    return Recording(lists=lists, discovery=discovery)


def test_the_preferred_version_that_serves_a_kind_is_read(tmp_path: Path) -> None:
    recording = with_groups(
        {
            ("policy", "v1beta1"): [
                ("podsecuritypolicies", "PodSecurityPolicy"),
                ("poddisruptionbudgets", "PodDisruptionBudget"),
            ],
            ("policy", "v1"): [("poddisruptionbudgets", "PodDisruptionBudget")],
        }
    )
    got = collect(tmp_path, recording)
    assert got.probe("podsecuritypolicies.policy")["target"].startswith("/apis/policy/v1beta1/")
    assert got.probe("poddisruptionbudgets.policy")["target"].startswith("/apis/policy/v1/")


def test_policy_extensions_are_read_where_discovery_offers_them(tmp_path: Path) -> None:
    recording = with_groups(
        {
            ("kyverno.io", "v1"): [("clusterpolicies", "ClusterPolicy"), ("updaterequests", "U")],
            ("constraints.gatekeeper.sh", "v1beta1"): [("anything", "Anything")],
            ("shop.example.com", "v1"): [("orders", "Order")],
        }
    )
    got = collect(tmp_path, recording)
    assert got.probe("clusterpolicies.kyverno.io")["status"] == "ok"
    (constraint,) = got.objects("anything.constraints.gatekeeper.sh")
    assert constraint["spec"]["x"].startswith("KEB-REDACTED-")
    asked = [path.split("?")[0] for path in got.requests]
    assert "/apis/kyverno.io/v1/updaterequests" not in asked
    assert "/apis/shop.example.com/v1/orders" not in asked
    offered = [(one["group"], one["resource"]) for one in got.objects("discovery")]
    assert ("shop.example.com", "orders") in offered


@pytest.mark.parametrize(
    ("code", "status"), [("403", "denied"), ("500", "error"), ("404", "absent")]
)
def test_what_the_reader_may_list_can_stay_unknown(tmp_path: Path, code: str, status: str) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    got = collect(tmp_path, seven_pods(), faults=[Fault(path=path, kind=code)])
    assert got.probe("access")["status"] == status
    assert got.probe("pods")["status"] == "ok"


def test_effective_kubelet_settings_are_asked_of_each_node(tmp_path: Path) -> None:
    lists = {"nodes": named("a", "b"), "namespaces": [], "pods": []}
    base = small(lists, KINDS)
    recording = Recording(
        lists=base.lists,
        discovery=base.discovery,
        configz={"a": {"kubeletconfig": {"port": 10250}}},
    )
    fault = Fault(path="/api/v1/nodes/b/proxy/configz", kind="403")
    got = collect(tmp_path, recording, faults=[fault])
    records = [one for one in got.lines("probes.ndjson") if one["id"] == "api/configz"]
    assert [(one["target"].split("/")[4], one["status"]) for one in records] == [
        ("a", "ok"),
        ("b", "denied"),
    ]
    assert got.lines(records[0]["blob"]) == [{"kubeletconfig": {"port": 10250}}]


def test_a_server_out_of_reach_leaves_a_plan_that_was_not_run(tmp_path: Path) -> None:
    # Bound, so that nobody else gets the port meanwhile, and never listened on.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        kubeconfig = write_kubeconfig(tmp_path / "kubeconfig.json", taken.getsockname()[1])
        words = command(tmp_path, kubeconfig, [], None)
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
    got = opened(done.returncode, done.stdout, done.stderr, ())
    assert got.code == 4
    assert got.manifest["complete"] is False
    assert got.manifest["stopped"] == "no answer from the API server"
    assert "ended early: no answer from the API server" in got.err
    assert [one["status"] for one in got.lines("probes.ndjson")] == ["error", "error"]
    assert len(got.lines("plan.ndjson")) > 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_seals_what_it_has(tmp_path: Path, number: signal.Signals) -> None:
    fault = Fault(path=PODS, kind="slow", page=1)
    with Replay(seven_pods(), page=3, faults=[fault]) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig.json")
        words = command(tmp_path, kubeconfig, [], None)
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            wait_until(lambda: any("continue=" in one for one in server.requests), child)
            child.send_signal(number)
            out, err = child.communicate(timeout=600)
    got = opened(child.returncode, out.decode(), err.decode(), server.requests)
    assert (got.code, got.manifest["complete"], got.manifest["stopped"]) == (3, False, "signal")
    recorded = [one["id"] for one in got.lines("probes.ndjson")]
    assert "api/nodes" in recorded
    assert "api/pods" not in recorded
    assert "api/pods" in [one["id"] for one in got.lines("plan.ndjson")]
    assert list((tmp_path / "out").iterdir()) == [got.path]


def test_the_log_keeps_messages_but_not_who_was_logged_in(tmp_path: Path) -> None:
    got = collect(tmp_path, seven_pods(), faults=[Fault(path=PODS, kind="403")])
    log = got.members["log.txt"].decode()
    assert f" {PODS}: denied, the API server refused the request (HTTP 403)\n" in log
    everything = b"".join(got.members.values())
    assert b"someone@example.com" not in everything
    assert json.loads(got.members["manifest.json"])["complete"] is False
