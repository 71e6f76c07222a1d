"""Twelve nodes that the API knows, and bundles of three: what each report says of the rest."""

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.bundle import Bundle
from analyzer.model.errors import BundleRefusedError
from analyzer.model.verdict import Disposition, Reason, Verdict
from analyzer.pipeline.gaps import _node_command
from analyzer.pipeline.run import Options, assess, prepare
from analyzer.reports import render
from analyzer.reports.terminal import summary_text
from tests import evidence_builder as make
from tests.hostile import builder
from tests.mutation.api_edits import copy_of
from tests.mutation.base import base
from tests.mutation.evidence import node_members, read_api, read_node
from tests.mutation.node_edits import file_remove, process_remove, yaml_set
from tests.mutation.world import Node, World

KUBELET = "/var/lib/kubelet/config.yaml"


def world(*, known: int = 12, seen: tuple[str, ...] = ("worker-1", "worker-2")) -> World:
    """One control-plane node and workers; of each seen worker there is a node."""
    start = base()
    api = start.api
    for number in range(2, known):
        api = copy_of(api, {"of": "nodes worker-1", "as": f"worker-{number}"})
    control_plane, worker = start.nodes
    workers = tuple(replace(worker, name=name) for name in seen)
    return replace(start, nodes=(control_plane, *workers), api=api)


def bundles(of: World) -> tuple[Bundle, ...]:
    return (*(read_node(node).bundle for node in of.nodes), read_api(of.api).bundle)


def run(read: tuple[Bundle, ...], *, join: bool = False) -> Assessment:
    plan = prepare(Options(benchmarks=("cis-1.12",), join=join))
    (assessment,) = assess(plan, read, lambda _: None)
    return assessment


def row(assessment: Assessment, number: str) -> ControlResult:
    (found,) = (control for control in assessment.controls if control.id == number)
    return found


def test_a_pass_on_three_of_twelve_nodes_says_so_everywhere() -> None:
    assessment = run(bundles(world()))
    kubelet = row(assessment, "4.2.1")
    assert kubelet.verdict is Verdict.PASS
    assert kubelet.partial
    assert (kubelet.nodes_judged, kubelet.nodes_expected) == (3, 12)
    assert kubelet.nodes_missing == tuple(sorted(f"worker-{n}" for n in range(3, 12)))
    assert kubelet.disposition is Disposition.PENDING_REVIEW
    assert "Judged on 3 of 12 nodes" in kubelet.explanation
    assert any("9 of 12 nodes have no bundle" in notice for notice in assessment.notices)
    gap = {gap.subject: gap.command for gap in assessment.gaps if gap.key == "node-bundle"}
    assert gap["node/worker-7"].endswith("--node-name worker-7 --output DIR")
    line = next(
        line
        for line in render("md", assessment)["report.md"].decode().splitlines()
        if line.startswith("| 4.2.1 |") and "**pass**" in line
    )
    assert r"3 of 12 \(partial\)" in line
    document = json.loads(render("json", assessment)["assessment.json"])
    (told,) = (c["nodes"] for c in document["controls"] if c["id"] == "4.2.1")
    assert (told["judged"], told["expected"], told["partial"]) == (3, 12, True)
    sheet = load_workbook(io.BytesIO(render("xlsx", assessment)["report.xlsx"]))["Controls"]
    cells = [[str(cell) for cell in found] for found in sheet.iter_rows(values_only=True)]
    (register,) = (found for found in cells if "4.2.1" in found)
    assert "3 of 12 (partial)" in register
    assert "3 of 12 nodes in evidence" in summary_text(assessment)


def test_a_rule_of_the_control_plane_is_whole() -> None:
    server = row(run(bundles(world())), "1.2.15")
    assert (server.verdict, server.partial) == (Verdict.PASS, False)
    assert (server.nodes_judged, server.nodes_expected) == (1, 1)
    assert server.disposition is Disposition.COMPLIANT


def test_one_failing_node_of_three_fails_whatever_the_others_are() -> None:
    start = world()
    broken = start.change("worker-2", _open_to_anyone)
    kubelet = row(run(bundles(broken)), "4.2.1")
    assert (kubelet.verdict, kubelet.partial) == (Verdict.FAIL, False)
    assert (kubelet.nodes_judged, kubelet.nodes_expected) == (3, 12)
    assert {f.subject: f.verdict.value for f in kubelet.findings} == {
        "node/cp-1": "pass",
        "node/worker-1": "pass",
        "node/worker-2": "fail",
    }


def _open_to_anyone(node: Node) -> Node:
    return yaml_set(node, {"path": KUBELET, "set": {"authentication.anonymous.enabled": True}})


def test_twelve_of_twelve_is_no_partial_pass() -> None:
    every = tuple(f"worker-{number}" for number in range(1, 12))
    kubelet = row(run(bundles(world(seen=every))), "4.2.1")
    assert (kubelet.verdict, kubelet.partial) == (Verdict.PASS, False)
    assert kubelet.disposition is Disposition.COMPLIANT


def test_what_does_not_apply_on_three_nodes_is_open_on_the_others() -> None:
    seen = replace(world(), nodes=tuple(map(_without_proxy, world().nodes)))
    proxy = row(run(bundles(seen)), "4.3.1")
    assert (proxy.verdict, proxy.reason) == (Verdict.NO_EVIDENCE, Reason.NE_NODE_MISSING)
    assert proxy.disposition is Disposition.NOT_ASSESSED
    told = {f.subject: f.verdict.value for f in proxy.findings}
    assert (told["node/worker-2"], told["node/worker-3"]) == ("not-applicable", "no-evidence")
    gaps = [gap for gap in run(bundles(seen)).gaps if gap.subject == "node/worker-3"]
    assert [gap.key for gap in gaps] == ["node-bundle"]
    assert "4.3.1" in gaps[0].controls


def test_what_applies_nowhere_is_not_applicable() -> None:
    every = tuple(f"worker-{number}" for number in range(1, 12))
    whole = world(seen=every)
    proxy = row(
        run(bundles(replace(whole, nodes=tuple(map(_without_proxy, whole.nodes))))), "4.3.1"
    )
    assert proxy.verdict is Verdict.NOT_APPLICABLE


def test_what_does_not_apply_on_one_node_is_open_without_a_node_list() -> None:
    alone = _without_proxy(base().nodes[0])
    proxy = row(run((read_node(alone).bundle,)), "4.3.1")
    assert (proxy.verdict, proxy.reason) == (Verdict.NO_EVIDENCE, Reason.NE_NODE_MISSING)


def test_a_pass_without_a_node_list_waits_for_a_person() -> None:
    alone = run((read_node(base().nodes[0]).bundle,))
    for number in ("1.1.1", "2.1", "4.2.1"):
        passed = row(alone, number)
        assert (passed.verdict, passed.partial) == (Verdict.PASS, True), number
        assert passed.disposition is Disposition.PENDING_REVIEW
        assert "node list is not in evidence" in passed.explanation


def test_a_pass_on_a_node_that_the_api_does_not_know_waits_for_a_person() -> None:
    start = base()
    renamed = replace(start.nodes[0], name="cp-old")
    assessment = run(bundles(replace(start, nodes=(renamed, start.nodes[1]))))
    server = row(assessment, "1.1.1")
    assert (server.verdict, server.partial) == (Verdict.PASS, True)
    assert server.disposition is Disposition.PENDING_REVIEW
    assert "The API does not know node/cp-old." in server.explanation
    assert (
        json.loads(render("json", assessment)["assessment.json"])["coverage"]["nodes_evidenced"]
        == 1
    )
    assert "1 that the API does not know" in summary_text(assessment)


def test_an_unseen_api_server_leaves_rules_over_its_arguments_partial() -> None:
    start = base()
    second = copy_of(start.api, {"of": "nodes cp-1", "as": "cp-2"})
    assessment = run(bundles(replace(start, api=second)))
    for control in assessment.controls:
        if control.verdict is Verdict.PASS and control.check_type == "rbac-grant":
            assert control.partial, control.id
            assert control.nodes_missing == ("cp-2",)


def _without_proxy(node: Node) -> Node:
    return process_remove(node, {"component": "kube-proxy"})


def test_a_node_that_the_api_does_not_know_is_reported() -> None:
    assessment = run(bundles(world(known=2, seen=("worker-1", "stranger"))))
    assert assessment.cluster.nodes_unknown == ("stranger",)
    assert any("does not know: stranger" in notice for notice in assessment.notices)
    kubelet = row(assessment, "4.2.1")
    assert (kubelet.nodes_judged, kubelet.nodes_expected) == (2, 2)


@pytest.mark.parametrize("join", [False, True])
def test_nodes_of_two_clusters_are_refused_unless_joined(tmp_path: Path, *, join: bool) -> None:
    read = tuple(
        _of_cluster(node, authority, tmp_path)
        for node, authority in zip(world().nodes, ("a", "b", "a"), strict=True)
    )
    if not join:
        with pytest.raises(BundleRefusedError, match="different cluster certificate authorities"):
            run(read)
        return
    notices = " ".join(run(read, join=True).notices)
    assert "authorities differ" in notices


def _of_cluster(node: Node, authority: str, folder: Path) -> Bundle:
    members = node_members(node)
    stated = json.loads(members["manifest.json"])
    stated["cluster"]["ca_sha256"] = hashlib.sha256(authority.encode()).hexdigest()
    rest = {**members, "manifest.json": json.dumps(stated).encode()}
    del rest["SHA256SUMS"]
    sealed = {**rest, "SHA256SUMS": builder.sums(rest)}
    return read_bundle(builder.write(folder, builder.pack(sealed), f"{node.name}.tar"))


def test_a_node_without_evidence_is_not_counted_as_judged() -> None:
    start = world()
    lost = start.change("worker-2", lambda node: file_remove(node, {"path": KUBELET}))
    kubelet = row(run(bundles(lost)), "4.2.1")
    assert kubelet.verdict is Verdict.NO_EVIDENCE
    assert (kubelet.nodes_judged, kubelet.nodes_expected) == (2, 12)


def test_where_nothing_was_decided_no_node_was_judged() -> None:
    start = world()
    cut = start.change("cp-1", lambda node: process_remove(node, {"component": "kube-scheduler"}))
    scheduler = row(run(bundles(cut)), "1.4.1")
    assert scheduler.verdict is Verdict.NO_EVIDENCE
    assert (scheduler.nodes_judged, scheduler.nodes_expected) == (0, 1)


@pytest.mark.parametrize(
    ("name", "option"),
    [("cp-1", " --node-name cp-1"), ("", ""), ("$(id)", ""), ("-x", ""), ("kn\u00f6", "")],
)
def test_a_command_can_be_pasted_as_it_stands(name: str, option: str) -> None:
    node = make.expected(name)
    assert _node_command(node) == f"sudo sh node.sh{option} --output DIR"
