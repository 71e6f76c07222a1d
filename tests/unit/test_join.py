"""Bundles read together: refused when they contradict, noticed when their bond is unproven."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from analyzer.bundle.evidence import api_evidence, node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.errors import BundleRefusedError
from analyzer.pipeline.join import check_identities, join

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "bundles"
API = read_bundle(SAMPLES / "api.tar.gz")
WORKER = read_bundle(SAMPLES / "worker-1.tar.gz")
CONTROL_PLANE = read_bundle(SAMPLES / "cp-1.tar.gz")


def test_samples_are_joined_by_their_certificate_authority() -> None:
    nodes = [node_evidence(WORKER), node_evidence(CONTROL_PLANE)]
    cluster, notices = join(nodes, [api_evidence(API)])
    assert [node.name for node in cluster.nodes] == ["cp-1", "worker-1"]
    assert len(notices) == 1
    assert "4 of 6 nodes have no bundle" in notices[0]


def test_other_authority_is_another_cluster() -> None:
    stranger = replace(node_evidence(WORKER), ca_sha256="0" * 64)
    with pytest.raises(BundleRefusedError, match="different cluster certificate authorities"):
        join([stranger], [api_evidence(API)])


def test_user_may_join_other_authorities_and_the_report_says_so() -> None:
    stranger = replace(node_evidence(WORKER), ca_sha256="0" * 64)
    cluster, notices = join([stranger], [api_evidence(API)], by_word=True)
    assert cluster.nodes == (stranger,)
    assert any("authorities differ" in notice and "user" in notice for notice in notices)


def test_user_cannot_join_two_api_bundles_of_two_clusters() -> None:
    other = replace(api_evidence(API), cluster_uid="another")
    with pytest.raises(BundleRefusedError, match="different clusters"):
        join([], [api_evidence(API), other], by_word=True)


@pytest.mark.parametrize("uid", ["another", None])
def test_api_bundles_of_two_clusters_are_refused(uid: str | None) -> None:
    other = replace(api_evidence(API), cluster_uid=uid, collected_at="2030-01-01T00:00:00Z")
    with pytest.raises(BundleRefusedError, match="different clusters"):
        join([], [api_evidence(API), other])


def test_unproven_bond_is_noticed() -> None:
    loose = replace(node_evidence(WORKER), ca_sha256=None)
    _, notices = join([loose], [api_evidence(API)])
    assert any("taken from the user" in notice for notice in notices)


def test_newer_bundle_of_a_node_is_judged_and_noticed() -> None:
    old = node_evidence(WORKER)
    new = replace(old, collected_at="2030-01-01T00:00:00Z", complete=False)
    cluster, notices = join([new, old], [])
    assert cluster.nodes == (new,)
    assert any("Several bundles of node worker-1" in notice for notice in notices)


def test_node_that_the_api_does_not_know_is_noticed() -> None:
    stranger = replace(node_evidence(WORKER), name=type(node_evidence(WORKER).name)("elsewhere"))
    _, notices = join([stranger], [api_evidence(API)])
    assert any("API does not know: elsewhere" in notice for notice in notices)


def test_one_bundle_id_twice_is_refused() -> None:
    changed = replace(WORKER, sha256="0" * 64)
    with pytest.raises(BundleRefusedError, match="bundle id"):
        check_identities((WORKER, changed))


def test_one_machine_as_two_nodes_is_noticed() -> None:
    manifest = MappingProxyType({**WORKER.manifest, "bundle_id": "f" * 32})
    twin = replace(WORKER, subject="worker-2", manifest=manifest)
    assert "worker-1, worker-2 share" in check_identities((WORKER, twin))[0]
    assert check_identities((WORKER, API)) == ()
