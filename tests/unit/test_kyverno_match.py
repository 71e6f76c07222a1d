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
POD = {"kinds": ["Pod"]}


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
    ("overrides", "action"),
    [
        ([{"action": "Audit", "namespaces": ["a"]}], "audit"),
        (
            [{"action": "Audit", "namespaces": ["b"]}, {"action": "Enforce", "namespaces": ["?"]}],
            "enforce",
        ),
        ([{"action": "Audit", "namespaceSelector": {"matchLabels": {"e": "prod"}}}], "audit"),
        (
            [{"action": "Audit", "namespaces": ["a"], "namespaceSelector": {"matchLabels": OTHER}}],
            "",
        ),
        ([{"action": "Audit"}], ""),
        ("Audit", ""),
    ],
)
def test_overrides(overrides: object, action: str) -> None:
    assert overridden(overrides, "a", {"e": "prod"}) == action
