"""Versions as they are written, and when the evidence is too contradictory to believe any."""

from dataclasses import replace

import pytest

from analyzer.model.cluster import ClusterEvidence
from analyzer.model.version import Version, parse_version
from analyzer.pipeline.versions import believe_version
from tests import evidence_builder as build


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.36.2", Version(1, 36)),
        ("1.32", Version(1, 32)),
        ("v1.30.4+IKS", Version(1, 30)),
        ("v1.28.0-eks-1", Version(1, 28)),
        ("v1.21+", Version(1, 21)),
        ("v1.999999999", None),
        ("v99999.1", None),
        ("v1.\u0663\u0664", None),
        ("v1.3\u0664", None),
        ("v\uff11.34", None),
        ("v1", None),
        ("", None),
    ],
)
def test_versions(text: str, version: Version | None) -> None:
    assert parse_version(text) == version


def cluster(server: str | None, stated: str | None, *kubelets: str) -> ClusterEvidence:
    api = replace(build.api(git_version=server), stated_version=stated)
    nodes = tuple(
        replace(build.expected(f"n{at}"), kubelet_version=text) for at, text in enumerate(kubelets)
    )
    return ClusterEvidence(nodes=(), api=api, expected=nodes)


@pytest.mark.parametrize(
    "whole",
    [
        cluster("v1.34.2", "v1.34.2", "v1.34.2"),
        cluster("v1.34.2", None, "v1.31.0", ""),
        cluster("v1.34.0", "v1.34.2", "v1.34.9"),
        cluster("v1.34.0", "unknown", "unknown"),
        cluster(None, "v1.34.0", "v1.36.0"),
        ClusterEvidence(nodes=(), api=None, expected=None),
    ],
)
def test_what_agrees_is_believed(whole: ClusterEvidence) -> None:
    assert believe_version(whole) == (whole, "")


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (
            cluster("v1.18.0", "v1.18.0", "v1.18.2", "v1.34.2"),
            "the API server says 1.18, the kubelets on n1 1.34",
        ),
        (cluster("v1.18.0", "v1.34.2"), "says 1.18, the manifest of its bundle 1.34."),
        (cluster("v1.34.2", "v1.18.0", "v1.34.2"), "says 1.34, the manifest of its bundle 1.18."),
        (cluster("v1.18.0", "v1.34.2", "v1.34.2"), "its bundle 1.34 and the kubelets on n0 1.34"),
        (cluster("v1.18.0", None, *["v1.19.0"] * 5), "n2 1.19 and 2 more (a kubelet is never"),
    ],
)
def test_what_disagrees_leaves_no_version(whole: ClusterEvidence, said: str) -> None:
    found, why = believe_version(whole)
    assert said in why
    assert found.api is not None
    assert (found.api.git_version, found.api.version_source) == (None, None)
    assert [node.kubelet_version for node in found.expected or ()] == [""] * len(
        whole.expected or ()
    )
