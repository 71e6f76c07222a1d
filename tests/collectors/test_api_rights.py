"""What the reader may list is asked of the server, and an emptied list is no empty list."""

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from tests.collectors.api_run import Collected, collect
from tests.collectors.in_process import Server, answers, api, records
from tests.collectors.replay import ACCESS_REVIEW, RULES_REVIEW, Document, Fault, Recording, small

__all__ = ["api"]  # a fixture
KINDS = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod", "configmaps": "ConfigMap"}
NOTHING: Document = {"incomplete": False, "resourceRules": [], "nonResourceRules": []}

REFUSED = "the API server refused the request (HTTP 403)"


def rule(resource: str, **more: list[str]) -> Document:
    granted = {"verbs": ["list"], "apiGroups": [""], "resources": [resource], **more}
    return {**NOTHING, "resourceRules": [granted]}


def without_pods(rules: Document, allowed: bool | None) -> Recording:
    lists: dict[str, list[Document]] = {"nodes": [], "namespaces": [], "pods": [], "configmaps": []}
    return replace(small(lists, KINDS), rules=rules, allowed={"pods": allowed})


class Case(NamedTuple):
    """Rules, the word on pods alone, and what becomes of an empty list of pods."""

    name: str
    rules: Document
    allowed: bool | None
    status: str
    asked: bool


CASES = [
    Case("granted by rule", rule("pods"), False, "ok", asked=False),
    Case("granted by wildcard", rule("*", apiGroups=["*"], verbs=["*"]), False, "ok", asked=False),
    Case("no rule, yet allowed", NOTHING, True, "ok", asked=True),
    Case("refused", NOTHING, False, "truncated", asked=True),
    Case("refused, rules incomplete", {**NOTHING, "incomplete": True}, False, "truncated", True),
    Case("one name only", rule("pods", resourceNames=["a"]), False, "truncated", asked=True),
    Case("another group", rule("pods", apiGroups=["apps"]), False, "truncated", asked=True),
    Case("another verb", rule("pods", verbs=["get"]), False, "truncated", asked=True),
    Case("undecided", NOTHING, None, "ok", asked=True),
    Case("hostile rules", {**NOTHING, "resourceRules": [5, {"verbs": "list"}]}, False, "truncated",
         asked=True),
]  # fmt: skip


def reviews(got: Collected, kind: str) -> list[Document]:
    return [one for one in got.objects("access") if one["kind"] == kind]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_empty_list_is_believed_only_from_who_may_list(
    api: ModuleType, tmp_path: Path, case: Case
) -> None:
    known = answers(kinds={"pods": "Pod"})
    known["/api/v1/pods"] = {"kind": "PodList", "metadata": {}, "items": []}
    server = Server(api, known, case.rules)
    server.allowed["pods"] = case.allowed
    found, _ = records(api, server, tmp_path)
    by_id = {one["id"]: one for one in found}
    assert by_id["api/pods"]["status"] == case.status
    assert by_id["api/pods"]["api"]["complete"] is (case.status == "ok")
    lines = (tmp_path / by_id["api/access"]["blob"]).read_text(encoding="utf-8").splitlines()
    specs = [json.loads(line)["spec"] for line in lines]
    assert [one["namespace"] for one in specs[:2]] == ["default", "kube-evidence-nowhere"]
    pods = {"verb": "list", "group": "", "version": "v1", "resource": "pods"}
    assert ({"resourceAttributes": pods} in specs) is case.asked


def test_a_right_in_one_namespace_is_asked_for_there(tmp_path: Path) -> None:
    got = collect(tmp_path, without_pods(NOTHING, allowed=True))
    asked = [one["spec"]["resourceAttributes"] for one in reviews(got, "SelfSubjectAccessReview")]
    assert [(one["resource"], one.get("namespace")) for one in asked] == [
        ("nodes", None),
        ("namespaces", None),
        ("pods", None),
        ("configmaps", "default"),
    ]
    said = [one["status"] for one in reviews(got, "SelfSubjectAccessReview")]
    assert said == [{"allowed": True}] * 4


def test_a_server_that_tells_nothing_is_not_asked_on_and_on(tmp_path: Path) -> None:
    faults = [Fault(path=ACCESS_REVIEW, kind="403")]
    got = collect(tmp_path, without_pods(NOTHING, allowed=False), faults=faults)
    assert [path.split("?")[0] for path in got.requests].count(ACCESS_REVIEW) == 1
    assert (got.probe("access")["status"], got.probe("pods")["status"]) == ("ok", "ok")


def test_without_rules_no_list_is_asked_about(tmp_path: Path) -> None:
    faults = [Fault(path=RULES_REVIEW, kind="500")]
    got = collect(tmp_path, without_pods(NOTHING, allowed=False), faults=faults)
    assert got.probe("access")["status"] == "error"
    assert not [path for path in got.requests if path.startswith(ACCESS_REVIEW)]


def test_the_end_names_the_rights_that_were_missing(tmp_path: Path) -> None:
    faults = [
        Fault(path="/api/v1/pods", kind="403"),
        Fault(path="/api/v1/nodes", kind="403"),
        Fault(path="/api/v1/namespaces/default/configmaps", kind="403"),
    ]
    got = collect(tmp_path, without_pods(NOTHING, allowed=True), faults=faults)
    assert got.err.splitlines() == [
        "partial: this bundle lacks evidence, and the report will say which controls it costs",
        f"- denied, {REFUSED}: /api/v1/nodes, /api/v1/pods, /api/v1/namespaces/default/configmaps",
        "rights that are missing, for a ClusterRole:",
        '- {apiGroups: [""], resources: [nodes, pods], verbs: [list]}',
        "rights that are missing, for a Role in namespace default:",
        '- {apiGroups: [""], resources: [configmaps], verbs: [list]}',
    ]


def test_the_line_for_the_paper_form_cannot_be_forged(tmp_path: Path) -> None:
    space = {"metadata": {"name": "kube-system", "uid": "0badcafe-0000-4000-8000-000000000000"}}
    recording = small({"nodes": [], "namespaces": [space], "pods": []}, KINDS)
    words = ["--case-no", "7 | b\nbundle: x", "--operator", "A. Auditor"]
    got = collect(tmp_path, recording, words=words)
    said = got.out.splitlines()
    assert len(said) == 3
    digits = said[1].rpartition(":")[2]
    groups = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
    started = got.manifest["time"]["started"]
    assert said[2] == (
        f"for the paper form: {got.path.name} | api of cluster 0badcafe | {started} | "
        f"case 7 b bundle: x | operator A. Auditor | {groups}"
    )


def test_an_expired_token_is_told_from_a_missing_right(tmp_path: Path) -> None:
    kinds = {"nodes": "Node", "pods": "Pod"}
    recording = small({"nodes": [], "pods": []}, kinds)
    paths = (*recording.discovery, *recording.lists)
    got = collect(tmp_path, recording, faults=[Fault(path=one, kind="401") for one in paths])
    assert (got.code, len(got.requests)) == (4, 1)
    assert got.manifest["stopped"] == "the API server does not accept the credentials"
    assert "help: log in again" in got.err
    assert "rights that are missing" not in got.err
