"""Servers that are slow, silent, or offer too much do not keep the program for ever."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.collectors.in_process import Server, answers, api, records

__all__ = ["api"]  # a fixture


def kubelets(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["status"], one["detail"]) for one in found if one["id"] == "api/configz"]


def test_kubelets_that_all_refuse_are_not_asked_one_by_one(api: ModuleType, tmp_path: Path) -> None:
    known = answers(nodes=30)
    for at in range(30):
        known[f"/api/v1/nodes/n{at}/proxy/configz"] = lambda _path: api.failure(403)
    server = Server(api, known)
    found, stopped = records(api, server, tmp_path)
    assert (len(kubelets(found)), stopped) == (30, "")
    assert {status for status, _ in kubelets(found)} == {"denied"}
    assert kubelets(found)[-1][1].startswith("not asked: ")
    assert len([path for path in server.asked if path.endswith("configz")]) == api.MAX_REFUSALS


def test_kubelets_out_of_reach_take_a_bounded_time(
    api: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(api.time, "monotonic", lambda: clock[0])

    def late(_path: str) -> Any:
        clock[0] += 10
        return api.TOO_LATE

    known = answers(nodes=30)
    known.update({f"/api/v1/nodes/n{at}/proxy/configz": late for at in range(30)})
    server = Server(api, known)
    found, stopped = records(api, server, tmp_path)
    assert (len(kubelets(found)), stopped) == (30, "")
    assert {status for status, _ in kubelets(found)} == {"timeout"}
    assert len([path for path in server.asked if path.endswith("configz")]) == 13


def test_a_server_that_falls_silent_is_given_up(api: ModuleType, tmp_path: Path) -> None:
    known = answers(kinds={"namespaces": "Namespace", "pods": "Pod", "services": "Service",
                           "endpoints": "Endpoints"})  # fmt: skip
    known["/api/v1/nodes"] = known["/api/v1/namespaces"] = lambda _path: api.TOO_LATE
    server = Server(api, known)
    found, stopped = records(api, server, tmp_path)
    assert stopped == "no answer from the API server any more"
    assert [one["status"] for one in found if one["id"] in ("api/nodes", "api/namespaces")] == [
        "timeout",
        "timeout",
    ]
    assert "api/pods" not in [one["id"] for one in found]
    assert "/api/v1/pods?limit=500" not in server.asked


def unauthorized(api: ModuleType) -> Any:
    return lambda _path: api.failure(401)


def test_whoever_the_server_does_not_know_asks_no_further(api: ModuleType, tmp_path: Path) -> None:
    server = Server(api, dict.fromkeys(answers(), unauthorized(api)))
    found, stopped = records(api, server, tmp_path)
    assert stopped == api.LOCKED_OUT
    assert [(one["id"], one["status"], one["api"]["http_code"]) for one in found] == [
        ("api/version", "denied", 401)
    ]
    assert server.asked == ["/version"]
    assert len((tmp_path / "plan.ndjson").read_text(encoding="utf-8").splitlines()) > 30


def test_credentials_that_expire_on_the_way_end_the_run(api: ModuleType, tmp_path: Path) -> None:
    known = answers(kinds={"namespaces": "Namespace", "pods": "Pod"})

    def expired(path: str) -> Any:
        known["/version"] = unauthorized(api)
        return api.failure(401)

    known["/api/v1/nodes"] = expired
    server = Server(api, known)
    found, stopped = records(api, server, tmp_path)
    assert (stopped, found[-1]["id"], found[-1]["status"]) == (
        *(api.LOCKED_OUT, "api/nodes", "denied"),
    )
    assert not [path for path in server.asked if path.startswith("/api/v1/pods")]


def test_one_api_that_knows_nobody_does_not_end_the_run(api: ModuleType, tmp_path: Path) -> None:
    known = {**answers(), "/api/v1/nodes": unauthorized(api)}
    found, stopped = records(api, Server(api, known), tmp_path)
    assert (stopped, len(found) > 30) == ("", True)


@pytest.mark.parametrize("status", ["truncated", "timeout"])
def test_pages_that_are_too_much_are_made_smaller(
    api: ModuleType, tmp_path: Path, status: str
) -> None:
    too_much = api.TOO_LARGE if status == "truncated" else api.TOO_LATE
    whole = answers(nodes=3)["/api/v1/nodes"]

    def page(path: str) -> Any:
        return server.ok(whole) if path.endswith("limit=5") else too_much

    server = Server(api, {**answers(), "/api/v1/nodes": page})
    found, _ = records(api, server, tmp_path)
    (nodes,) = (one for one in found if one["id"] == "api/nodes")
    assert (nodes["status"], nodes["api"]["items"]) == ("ok", 3)
    asked = [path.partition("=")[2] for path in server.asked if "nodes?" in path]
    assert asked == ["500", "50", "5"]


def test_pages_that_stay_too_large_are_said_to_be(api: ModuleType, tmp_path: Path) -> None:
    server = Server(api, {**answers(), "/api/v1/nodes": lambda _path: api.TOO_LARGE})
    found, _ = records(api, server, tmp_path)
    (nodes,) = (one for one in found if one["id"] == "api/nodes")
    assert (nodes["status"], nodes["api"]["complete"]) == ("truncated", False)
    assert "blob" not in nodes


def test_kinds_beyond_the_limit_are_recorded_as_not_asked_for(
    api: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_LISTS", 2)
    server = Server(api, answers(kinds={"as": "A", "bs": "B", "cs": "C"}))
    found, _ = records(api, server, tmp_path)
    (last,) = (one for one in found if one["id"] == "api/cs")
    assert (last["status"], last["api"]["complete"]) == ("error", False)
    assert "not asked for" in last["detail"]
    assert not [path for path in server.asked if path.startswith("/api/v1/namespaces/default/cs")]


def test_groups_beyond_the_limit_make_discovery_incomplete(
    api: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_GROUP_VERSIONS", 1)
    groups = [{"name": "a.io", "versions": [{"version": "v1"}]}]
    server = Server(api, {**answers(), "/apis": {"groups": groups}})
    found, _ = records(api, server, tmp_path)
    (discovery,) = (one for one in found if one["id"] == "api/discovery")
    assert (discovery["status"], discovery["api"]["complete"]) == ("truncated", False)
    assert "/apis/a.io/v1" not in server.asked


def test_the_time_of_a_whole_run_is_limited(
    api: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(api.time, "monotonic", lambda: clock[0])

    def slow(_path: str) -> Any:
        clock[0] += api.MAX_TIME + 1
        return server.ok(answers()["/api/v1/nodes"])

    server = Server(api, {**answers(kinds={"pods": "Pod"}), "/api/v1/nodes": slow})
    found, stopped = records(api, server, tmp_path)
    assert stopped == "time limit"
    assert found[-1]["status"] == "absent"  # what needs no request still gets its record
    assert "api/pods" not in [one["id"] for one in found]


def test_a_signal_between_requests_waits_for_the_next_one(api: ModuleType, tmp_path: Path) -> None:
    """Nothing is torn while it is written: the record of the list at hand is whole."""
    patience = api.Patience(60)
    patience.on_signal(15, None)  # nothing waits: it is only noted
    workshop = api.Workshop(tmp_path)
    server = Server(api, answers())
    with pytest.raises(api.Stopped, match="signal"):
        api.Collector(server, workshop, lambda *_: None, patience).collect()
    assert server.asked == []
    workshop.finish()
    plan = (tmp_path / "plan.ndjson").read_text(encoding="utf-8").splitlines()
    assert len(plan) > 30


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("v1.32.0-eks-adc7111", "v1.32.0-eks-adc7111"),
        ("v1.30.5+k3s1", "v1.30.5+k3s1"),
        ("v1.30.5 password=hunter2Xy", None),
        ("v1.30." + "1" * 90, None),
        ({"v": 1}, None),
    ],
)
def test_the_manifest_repeats_no_text_of_another_shape(
    api: ModuleType, tmp_path: Path, told: Any, kept: str | None
) -> None:
    known = {**answers(kinds={"namespaces": "Namespace"}), "/version": {"gitVersion": told}}
    spaces = [{"metadata": {"name": "kube-system", "uid": told}}]
    known["/api/v1/namespaces"] = {"kind": "NamespaceList", "metadata": {}, "items": spaces}
    workshop = api.Workshop(tmp_path)
    collector = api.Collector(Server(api, known), workshop, lambda *_: None)
    collector.collect()
    workshop.finish()
    assert (collector.git_version, collector.cluster_uid) == (kept, None)


def policies(resource: dict[str, Any], group: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a server answers that offers one kind of Kyverno's, with changes."""
    kind = {"name": "clusterpolicies", "kind": "ClusterPolicy", "namespaced": False}
    known = answers()
    group = {"name": "kyverno.io", "versions": [{"version": "v1"}], **(group or {})}
    known["/apis"] = {"groups": [group]}
    known[f"/apis/{group['name']}/v1"] = {
        "resources": [{**kind, "verbs": ["list"], **resource}, {**kind, "name": "a", "verbs": []}]
    }
    items = [{"metadata": {"name": "p"}, "spec": {"background": True}}]
    known["/apis/kyverno.io/v1/clusterpolicies"] = {
        "kind": "ClusterPolicyList", "metadata": {}, "items": items
    }  # fmt: skip
    return known


def record(found: list[dict[str, Any]], name: str) -> tuple[str, bool]:
    (one,) = (one for one in found if one["id"] == f"api/{name}")
    return one["status"], one["api"]["complete"]


@pytest.mark.parametrize(
    ("resource", "group"),
    [
        ({"name": "cluster policies"}, {}),
        ({"name": None}, {}),
        # Together with the group, that of another one.
        ({"name": "clusterpolicies.kyverno"}, {"name": "io"}),
        ({"kind": "\ud800"}, {}),
        ({"kind": "password=hunter2"}, {}),
        ({"kind": "K" * 300}, {}),
        ({"verbs": "list"}, {}),
        ({"verbs": None}, {}),
        ({}, {"versions": []}),
        ({}, {"versions": None}),
    ],
)
def test_a_kind_that_discovery_hides_makes_it_incomplete(
    api: ModuleType, tmp_path: Path, resource: dict[str, Any], group: dict[str, Any]
) -> None:
    found, _ = records(api, Server(api, policies(resource, group)), tmp_path)
    assert record(found, "discovery") == ("truncated", False)
    assert "api/clusterpolicies.kyverno.io" not in [one["id"] for one in found]
    assert record(found, "pods")[0] == "absent"  # asked for, and not found


def test_a_core_without_versions_makes_no_kind_absent(api: ModuleType, tmp_path: Path) -> None:
    server = Server(api, {**policies({}), "/api": {"versions": []}})
    found, _ = records(api, server, tmp_path)
    assert record(found, "discovery") == ("truncated", False)
    assert "/api/v1/pods?limit=500" in server.asked


UNSOUND: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"kind": "PartialObjectMetadataList"}, {}, "the answer is a list of another kind"),
    ({"metadata": {"continue": "\ud800"}}, {}, "of another type"),
    ({"metadata": {"resourceVersion": "\udfff"}}, {}, "of another type"),
    ({}, {"background": float("inf")}, "redactor failed"),
]


@pytest.mark.parametrize(("page", "spec", "detail"), UNSOUND)
def test_a_list_that_no_bundle_can_hold_is_an_error(
    api: ModuleType, tmp_path: Path, page: dict[str, Any], spec: dict[str, Any], detail: str
) -> None:
    known = policies({})
    known["/apis/kyverno.io/v1/clusterpolicies"].update(page)
    known["/apis/kyverno.io/v1/clusterpolicies"]["items"][0]["spec"].update(spec)
    found, stopped = records(api, Server(api, known), tmp_path)
    (one,) = (one for one in found if one["id"] == "api/clusterpolicies.kyverno.io")
    assert (one["status"], stopped, len(found) > 30) == ("error", "", True)
    assert one["detail"].endswith(detail)


def test_an_object_that_calls_itself_metadata_keeps_its_fields(
    api: ModuleType, tmp_path: Path
) -> None:
    known = policies({})
    known["/apis/kyverno.io/v1/clusterpolicies"]["items"][0]["kind"] = "PartialObjectMetadata"
    found, _ = records(api, Server(api, known), tmp_path)
    (one,) = (one for one in found if one["id"] == "api/clusterpolicies.kyverno.io")
    assert '"background":true' in (tmp_path / one["blob"]).read_text(encoding="utf-8")


def test_a_state_of_another_shape_is_not_repeated(api: ModuleType, tmp_path: Path) -> None:
    known = policies({})
    known["/apis/kyverno.io/v1/clusterpolicies"]["metadata"] = {"resourceVersion": "token=hunter2"}
    known["/api/v1/nodes"]["metadata"] = {"resourceVersion": "4711"}
    found, _ = records(api, Server(api, known), tmp_path)
    told = {one["id"]: (one.get("api") or {}).get("resource_version") for one in found}
    assert (told["api/clusterpolicies.kyverno.io"], told["api/nodes"]) == (None, "4711")


@pytest.mark.parametrize("digits", ["9" * 21, "-" + "1" * 4000])
def test_numbers_that_no_server_sends_are_not_read(api: ModuleType, digits: str) -> None:
    assert api.decode(b'{"a":%s}' % digits.encode()).status == "error"
    assert api.decode(b'{"a":-9223372036854775808}').document == {"a": -(2**63)}


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("Jos\xe9", "Jos\xe9"),
        ("Jos\udcc3\udca9", "Jos\xe9"),
        ("a\udce9\ud800", "a\ufffd\ufffd"),
        (None,) * 2,
    ],
)
def test_a_name_in_another_encoding_is_no_reason_to_fall(
    api: ModuleType, given: str | None, spelled: str | None
) -> None:
    """As Python 3.6 takes it from the command line where the locale is C, and as others do."""
    assert api.spelled(given) == spelled


def test_a_second_signal_does_not_break_into_writing(api: ModuleType) -> None:
    patience = api.Patience(60)
    with pytest.raises(api.Stopped):
        patience.wait(lambda: patience.on_signal(15, None))
    patience._waits = True  # a signal came before the end of the wait was noted
    with pytest.raises(api.Stopped):
        patience.on_signal(15, None)
    patience.on_signal(15, None)


HOSTILE: list[Any] = [None, 5, "x", [], [5], ["x"], [[]], [None], {}, {"list": 1}, True]
PLACES = [
    ("/api", ("versions",)),
    ("/apis", ("groups",)),
    ("/apis", ("groups", 0, "name")),
    ("/apis", ("groups", 0, "versions")),
    ("/apis", ("groups", 0, "versions", 0, "version")),
    ("/apis", ("groups", 0, "preferredVersion")),
    ("/apis/a.io/v1", ("resources",)),
    ("/apis/a.io/v1", ("resources", 0, "name")),
    ("/apis/a.io/v1", ("resources", 0, "kind")),
    ("/apis/a.io/v1", ("resources", 0, "verbs")),
    ("/apis/a.io/v1", ("resources", 0, "namespaced")),
    ("/version", ("gitVersion",)),
    ("/api/v1/nodes", ("metadata",)),
    ("/api/v1/nodes", ("items",)),
    ("/api/v1/nodes", ("items", 0, "metadata", "name")),
    ("/api/v1/nodes/n0/proxy/configz", ("kubeletconfig",)),
]


@pytest.mark.parametrize(("path", "steps"), PLACES)
def test_no_answer_makes_the_program_fall(
    api: ModuleType, tmp_path: Path, path: str, steps: tuple[str | int, ...]
) -> None:
    for at, value in enumerate(HOSTILE):
        versions = {"versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}}
        group: dict[str, Any] = {"name": "a.io", **versions}
        kind = {"name": "bs", "kind": "B", "namespaced": True, "verbs": ["list"]}
        known = answers(nodes=1)
        known["/apis"] = {"groups": [group]}
        known["/apis/a.io/v1"] = {"resources": [kind]}
        known["/api/v1/nodes/n0/proxy/configz"] = {"kubeletconfig": {"port": 1}}
        place = known[path]
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = value
        folder = tmp_path / str(at)
        folder.mkdir()
        found, stopped = records(api, Server(api, known), folder)
        assert stopped == ""
        assert len(found) > 30
