"""The API checks over the lists of a real control plane."""

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analyzer.checks import CHECK_TYPES
from analyzer.cli import main
from analyzer.formats.kube_baseline import shipped_baseline
from analyzer.formats.kube_objects import decode
from analyzer.formats.own_files import load_data
from analyzer.model.api import ApiEvidence
from analyzer.model.evidence import Present
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict, worst
from analyzer.model.version import Version
from tests import evidence_builder as build
from tests.api_cases import Case, all_cases, context

LISTS = Path(__file__).parent / "data" / "api" / "api-lists.json.gz"
SAMPLES = Path(__file__).parent.parent / "samples"
FILES = ("rbac", "service-accounts", "pod-security", "network", "workloads", "images")
SERVER = build.process("kube-apiserver", ["kube-apiserver", "--authorization-mode=Node,RBAC"])

VERDICTS = {
    "default-ns": "fail",
    "image-provenance": "manual",
    "np-all-ns": "fail",
    "np-cni": "manual",
    "ns-boundaries": "manual",
    "ps-addedcaps": "fail",
    "ps-allowpe": "fail",
    "ps-anycaps": "fail",
    "ps-hostipc": "fail",
    "ps-hostnetwork": "fail",
    "ps-hostpath": "fail",
    "ps-hostpid": "fail",
    "ps-hostport": "fail",
    "ps-hostprocess": "fail",
    "ps-netraw": "fail",
    "ps-privileged": "fail",
    "ps-root": "fail",
    "psa-any": "fail",
    "rbac-cluster-admin": "manual",
    "rbac-create-pods": "manual",
    "rbac-create-pv": "manual",
    "rbac-csr-approval": "manual",
    "rbac-escalation": "manual",
    "rbac-masters": "fail",
    "rbac-node-proxy": "manual",
    "rbac-sa-token": "manual",
    "rbac-secrets": "manual",
    "rbac-webhooks": "manual",
    "rbac-wildcards": "fail",
    "sa-automount": "manual",
    "sa-default": "fail",
    "seccomp": "fail",
    "secret-env": "fail",
    "secret-external": "manual",
    "security-context": "fail",
}


@cache
def documents() -> dict[str, list[dict[str, Any]]]:
    found = json.loads(gzip.decompress(LISTS.read_bytes()))
    return {resource(path): body["items"] for path, body in found.items()}


def resource(path: str) -> str:
    parts = path.split("/")
    return parts[-1] if parts[1] == "api" else f"{parts[-1]}.{parts[2]}"


@cache
def captured() -> ApiEvidence:
    lists = {
        name: build.resource_list(name, [decode(name, json.dumps(i).encode()) for i in items])
        for name, items in documents().items()
    }
    return build.api(lists=lists, configz=configz(), git_version="v1.36.2")


def configz() -> dict[str, Any]:
    kubelet = {"kind": "KubeletConfiguration"}
    return {
        item["metadata"]["name"]: Present(value=kubelet, source=build.source("bundle/blobs/c"))
        for item in documents()["nodes"]
    }


@cache
def definitions() -> dict[str, Any]:
    return {
        topic: d for name in FILES for topic, d in load_data("checks", name, "checks.v1").items()
    }


def judge(topic: str) -> tuple[Outcome, ...]:
    definition = definitions()[topic]
    check = msgspec.convert(
        definition.get("with", {}), CHECK_TYPES[definition["type"]], strict=False
    )
    evidence = build.cluster(build.node("cp-1", processes=[SERVER]), api_evidence=captured())
    found: tuple[Outcome, ...] = check.evaluate(evidence, context({"version": "1.36"}))
    return found


def failing(topic: str) -> set[str]:
    return {one.subject for one in judge(topic) if one.verdict is Verdict.FAIL}


@pytest.mark.parametrize("topic", sorted(VERDICTS))
def test_verdicts(topic: str) -> None:
    outcomes = judge(topic)
    assert worst(one.verdict for one in outcomes) == VERDICTS[topic]
    assert not [one for one in outcomes if one.verdict is Verdict.NO_EVIDENCE]
    assert Counter((o.subject, o.verdict) for o in outcomes).most_common(1)[0][1] == 1


def test_every_definition_is_judged_here() -> None:
    assert sorted(VERDICTS) == sorted(definitions())


def test_stock_roles_and_bindings_are_baseline() -> None:
    baseline = shipped_baseline()
    kinds = {"clusterroles": "ClusterRole", "roles": "Role"}
    for name, kind in kinds.items():
        for item in documents()[f"{name}.rbac.authorization.k8s.io"]:
            metadata = item["metadata"]
            if "kubernetes.io/bootstrapping" not in metadata.get("labels", {}):
                continue
            value: Any = decode(f"{name}.rbac.authorization.k8s.io", json.dumps(item).encode())
            place = (kind, metadata.get("namespace", ""), metadata["name"])
            added = "openshift" in metadata["name"] or "service-ca-cert" in metadata["name"]
            widgets = any("example.com" in (r.api_groups or ()) for r in value.rules or ())
            extra = baseline.extra_rules(place, value.rules or (), Version(1, 36))
            assert bool(extra) == (added or widgets), place


def test_wildcards() -> None:
    assert failing("rbac-wildcards") == {
        "ClusterRole/all-nonresource",
        "ClusterRole/all-resources-read",
        "ClusterRole/all-verbs-apps",
        "ClusterRole/any-group-pods",
        "ClusterRole/ci-wildcard",
        "Role/ci/everything",
        "Role/data/ops",
        "Role/kube-system/cm-admin",
    }


def test_holders_of_everything() -> None:
    assert {one.subject for one in judge("rbac-cluster-admin")} == {
        "Group/oidc:sre",
        "Group/platform-admins",
        "Group/system:masters",
        "ServiceAccount/ci/default",
        "ServiceAccount/ci/deployer",
        "ServiceAccount/legacy/default",
        "User/alice@example.com",
        "User/carol@example.com",
    }


def test_privileged_pods_hide_nowhere() -> None:
    assert failing("ps-privileged") == {
        "Deployment/legacy/monolith",
        "Deployment/payments/rejected-by-psa",
        "Namespace/ci",
        "Namespace/default",
        "Namespace/gatekeeper-system",
        "Namespace/legacy",
        "Namespace/logging",
        "Namespace/monitoring",
        "Namespace/sandbox",
        "Namespace/windows-apps",
        "Pod/legacy/privileged",
        "Pod/legacy/privileged-init",
        "Pod/sandbox/drop-all",
        "Pod/sandbox/mixed-containers",
    }


def test_an_evidence_place_can_be_read_again() -> None:
    outcome = next(o for o in judge("ps-privileged") if o.subject == "Pod/legacy/privileged-init")
    line, pointer = outcome.evidence[0].selector.removeprefix("line ").split(" ")
    value: Any = documents()["pods"][int(line) - 1]
    assert value["metadata"]["name"] == "privileged-init"
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part]
    assert value is True


DECIDED = (Verdict.PASS, Verdict.FAIL, Verdict.MANUAL)


@pytest.mark.parametrize("topic", sorted(VERDICTS))
def test_every_decision_names_a_place(topic: str) -> None:
    for one in judge(topic):
        placed = any(source.selector or source.excerpt for source in one.evidence)
        assert placed or one.verdict not in DECIDED, one


@pytest.mark.parametrize("case", tuple(all_cases()), ids=str)
def test_every_decision_of_a_case_names_a_place(case: Case) -> None:
    for one in case.outcomes():
        placed = any(source.selector or source.excerpt for source in one.evidence)
        assert placed or one.verdict not in DECIDED, one


@pytest.mark.parametrize("name", ["bundles", "managed"])
def test_every_decision_of_a_sample_run_names_a_place(name: str, tmp_path: Path) -> None:
    assert main(["analyze", str(SAMPLES / name), "-o", str(tmp_path), "--format", "json"]) == 0
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    placed = {e["id"] for e in document["evidence"] if e["selector"] or e["excerpt"]}
    for control in document["controls"]:
        for finding in control["findings"]:
            decided = finding["verdict"] in [verdict.value for verdict in DECIDED]
            assert not decided or placed.intersection(finding["evidence"]), (control["id"], finding)


def test_a_certificate_is_cited_with_its_subject(tmp_path: Path) -> None:
    """kubeadm's super-admin.conf on the sample's control-plane node carries the group."""
    assert main(["analyze", str(SAMPLES / "bundles"), "-o", str(tmp_path), "--format", "json"]) == 0
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    control = next(c for c in document["controls"] if c["topic"] == "rbac-masters")
    cited = next(f["evidence"] for f in control["findings"] if f["subject"] == "node/cp-1")
    places = [(e["selector"], e["excerpt"]) for e in document["evidence"] if e["id"] in cited]
    assert [selector for selector, _ in places] == ["/users/0/user/client-certificate-data"]
    assert places[0][1].startswith("certificate subject: CN=")
    assert "O=system:masters" in places[0][1]


def test_grants_to_every_account_reach_the_default_ones() -> None:
    told = {one.subject: one.explanation for one in judge("sa-default")}
    default = told["ServiceAccount/default/default"]
    assert "ClusterRoleBinding/all-sa-pods (Group/system:serviceaccounts)" in default
    assert "ClusterRoleBinding/everyone-view (Group/system:authenticated)" in default


def test_the_order_of_objects_changes_no_verdict() -> None:
    lists = {
        name: build.resource_list(
            name, [decode(name, json.dumps(i).encode()) for i in reversed(items)]
        )
        for name, items in documents().items()
    }
    backwards = build.cluster(
        build.node("cp-1", processes=[SERVER]),
        api_evidence=build.api(lists=lists, configz=configz()),
    )
    for topic, definition in definitions().items():
        check = msgspec.convert(
            definition.get("with", {}), CHECK_TYPES[definition["type"]], strict=False
        )
        again = check.evaluate(backwards, context({"version": "1.36"}))
        assert sorted((o.subject, o.verdict) for o in again) == sorted(
            (o.subject, o.verdict) for o in judge(topic)
        ), topic
