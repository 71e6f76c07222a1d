"""Kyverno's wildcards, and what a block of ``match`` covers in a namespace."""

from typing import Any

import pytest

from analyzer.formats.kyverno_match import Extent, excluded, glob, matched, overridden


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*c", "abbc", True),
        ("a*c", "abbd", False),
        ("team-?", "team-a", True),
        ("team-?", "team-", False),
        ("*-a-*", "x-b-a-y", True),
        ("[a]", "a", False),
    ],
)
def test_wildcards(pattern: str, text: str, fits: bool) -> None:
    assert glob(pattern, text) is fits


def test_many_stars_cost_little() -> None:
    assert not glob("*a" * 200 + "b", "a" * 2000)


OTHER = {"e": "x"}
POD: Any = {"kinds": ["Pod"]}


@pytest.mark.parametrize(
    ("block", "extent"),
    [
        ({"any": [{"resources": POD}]}, Extent.ALL),
        ({"resources": POD}, Extent.ALL),
        ({"any": [{"resources": {"kinds": ["*/Pod"]}}]}, Extent.ALL),
        ({"any": [{"resources": {"kinds": ["*"]}}]}, Extent.ALL),
        ({"any": [{"resources": {"kinds": ["Pod/exec"]}}]}, Extent.NONE),
        ({"any": [{"resources": {"kinds": ["Service"]}}]}, Extent.NONE),
        ({"any": [{"resources": {"kinds": ["Service"]}}, {"resources": POD}]}, Extent.ALL),
        ({"all": [{"resources": {"namespaces": ["b*"]}}, {"resources": POD}]}, Extent.NONE),
        ({"all": [{"resources": {"names": ["x"]}}, {"resources": POD}]}, Extent.SOME),
        ({"any": [{"resources": POD, "subjects": [{"kind": "User"}]}]}, Extent.SOME),
        ({"any": [{"resources": {**POD, "namespaceSelector": {}}}]}, Extent.ALL),
        ({"any": [{"resources": {**POD, "namespaceSelector": "x"}}]}, Extent.SOME),
        (
            {"any": [{"resources": {**POD, "namespaceSelector": {"matchLabels": {"e": "p*"}}}}]},
            Extent.SOME,
        ),
        ({"any": []}, Extent.SOME),
        ({"any": "Pod"}, Extent.SOME),
        ({}, Extent.SOME),
    ],
)
def test_match(block: dict[str, Any], extent: Extent) -> None:
    assert matched({"match": block}, "a", {"e": "prod"}) is extent


def test_nothing_is_excluded_without_a_block() -> None:
    assert excluded({}, "a", {}) is Extent.NONE
    assert excluded({"exclude": {"any": [{}]}}, "a", {}) is Extent.SOME


@pytest.mark.parametrize(
    ("kind", "extent"),
    [
        ("v1/Pod", Extent.ALL),
        ("*/Pod", Extent.ALL),
        ("/v1/Pod", Extent.ALL),
        ("*/*", Extent.ALL),
        ("P?d", Extent.ALL),
        ("Pod/*", Extent.ALL),
        ("Pod/ephemeralcontainers", Extent.SOME),
        ("Pod.ephemeralcontainers", Extent.SOME),
        ("v1/Pod/status", Extent.NONE),
        ("*/ephemeralcontainers", Extent.SOME),
        ("*/exec", Extent.NONE),
        ("v2/Pod", Extent.NONE),
        ("v1beta1/Pod", Extent.NONE),
        ("example.com/v1/Pod", Extent.NONE),
        ("example.com/v1/Pod/*", Extent.NONE),
        ("pod", Extent.NONE),
        ("a/b/c/d/Pod", Extent.NONE),
    ],
)
def test_kinds(kind: str, extent: Extent) -> None:
    assert matched({"match": {"any": [{"resources": {"kinds": [kind]}}]}}, "a", {}) is extent


@pytest.mark.parametrize(
    "block",
    [
        {"any": [{"resources": POD}], "all": [{"resources": {**POD, "names": ["x"]}}]},
        {"any": [{"resources": POD}], "resources": {**POD, "names": ["x"]}},
        {"any": [{"resources": {"kinds": "Pod"}}]},
    ],
)
def test_what_kyverno_would_refuse_is_unclear(block: dict[str, Any]) -> None:
    assert matched({"match": block}, "a", {}) is Extent.SOME
    assert excluded({"exclude": block}, "a", {}) is Extent.SOME


PROD = {"matchLabels": {"e": "prod"}}
GLOB = {"matchLabels": {"e": "p*"}}


@pytest.mark.parametrize(
    ("overrides", "actions"),
    [
        ([{"action": "Audit", "namespaces": ["a"]}], {"audit"}),
        (
            [{"action": "Audit", "namespaces": ["b"]}, {"action": "Enforce", "namespaces": ["?"]}],
            {"enforce"},
        ),
        ([{"action": "Audit", "namespaceSelector": PROD}], {"audit"}),
        ([{"action": "Audit", "namespaceSelector": GLOB}], {"audit", "other"}),
        (
            [
                {"action": "Audit", "namespaceSelector": GLOB},
                {"action": "Enforce", "namespaces": ["a"]},
                {"action": "Audit", "namespaces": ["a"]},
            ],
            {"audit", "enforce"},
        ),
        (
            [{"action": "Audit", "namespaces": ["a"], "namespaceSelector": {"matchLabels": OTHER}}],
            {"other"},
        ),
        ([{"action": "Enforce", "namespaces": [], "namespaceSelector": PROD}], {"other"}),
        ([{"action": "Nothing", "namespaces": ["a"]}], {"other"}),
        ([{"action": "Audit"}], {"other"}),
        ("Audit", {"other"}),
    ],
)
def test_overrides(overrides: object, actions: set[str]) -> None:
    assert overridden(overrides, "a", {"e": "prod"}, frozenset(["other"])) == actions
