"""The shipped baseline and the reading of rules."""

import pytest

from analyzer.formats.kube_access import granted_verbs, parse_right, rule_text, wildcards
from analyzer.formats.kube_baseline import parse_baseline, shipped_baseline
from analyzer.formats.kube_meta import ObjectMeta
from analyzer.formats.kube_rbac import PolicyRule, RoleBinding, RoleRef, Subject
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.version import Version

LATEST = Version(1, 36)
VIEW = ("ClusterRole", "", "view")


def rule(verbs: str, groups: str, resources: str, names: str = "") -> PolicyRule:
    return PolicyRule(
        verbs=tuple(verbs.split(",")),
        api_groups=tuple(groups.split(",")),
        resources=tuple(resources.split(",")),
        resource_names=tuple(names.split(",")) if names else None,
    )


@pytest.mark.parametrize(
    ("given", "extra"),
    [
        (rule("get", "", "pods"), False),
        (rule("get,list,watch", "", "pods,services"), False),
        (rule("get,create", "", "pods"), True),
        (rule("get", "", "secrets"), True),
        (rule("get", "*", "pods"), True),
        (rule("*", "", "pods"), True),
        (rule("get", "", "pods", "one"), False),
    ],
    ids=lambda value: rule_text(value) if isinstance(value, PolicyRule) else str(value),
)
def test_rules_are_compared_by_content(given: PolicyRule, extra: bool) -> None:
    assert shipped_baseline().extra_rules(VIEW, (given,), LATEST) == ((0,) if extra else ())


def test_a_narrow_shipped_rule_does_not_cover_a_wide_one() -> None:
    place = ("Role", "kube-system", "kubeadm:kubelet-config")
    assert shipped_baseline().extra_rules(place, (rule("get", "", "configmaps"),), LATEST) == (0,)
    named = rule("get", "", "configmaps", "kubelet-config")
    assert shipped_baseline().extra_rules(place, (named,), LATEST) == ()


@pytest.mark.parametrize(
    ("version", "shipped"),
    [(Version(1, 15), True), (Version(1, 16), False), (LATEST, False), (None, False)],
)
def test_what_only_older_releases_shipped(version: Version | None, shipped: bool) -> None:
    place = ("ClusterRole", "", "system:controller:clusterrole-aggregation-controller")
    everything = (rule("*", "*", "*"),)
    assert (shipped_baseline().extra_rules(place, everything, version) == ()) is shipped


def test_a_huge_rule_is_not_multiplied_out() -> None:
    huge = rule(",".join(f"v{n}" for n in range(3000)), "a,b,c", ",".join(map(str, range(3000))))
    assert shipped_baseline().extra_rules(VIEW, (huge,), LATEST) == (0,)


def binding(role: str, *subjects: Subject) -> RoleBinding:
    return RoleBinding(
        metadata=ObjectMeta(name="cluster-admin"),
        role_ref=RoleRef(kind="ClusterRole", name=role),
        subjects=subjects,
    )


def test_a_binding_ships_with_its_role_and_subject_only() -> None:
    baseline = shipped_baseline()
    masters = Subject(kind="Group", name="system:masters")
    eve = Subject(kind="User", name="eve")
    place = ("ClusterRoleBinding", "", "cluster-admin")
    assert baseline.ships(place, binding("cluster-admin", masters), masters)
    assert not baseline.ships(place, binding("cluster-admin", eve), eve)
    assert not baseline.ships(place, binding("view", masters), masters)
    elsewhere = ("ClusterRoleBinding", "", "other")
    assert not baseline.ships(elsewhere, binding("cluster-admin", masters), masters)


EVERY = "get,list,watch,create,update,patch,delete,deletecollection"


@pytest.mark.parametrize(
    ("right", "given", "verbs"),
    [
        ("get,list core:secrets", rule("*", "", "secrets"), ("get", "list")),
        ("get core:secrets", rule("get", "*", "*"), ("get",)),
        ("get core:secrets", rule("get", "apps", "secrets"), ()),
        ("any core:nodes/proxy", rule("get,post", "", "nodes/proxy"), ("get", "post")),
        ("any core:nodes/proxy", rule("get", "", "nodes"), ()),
        ("any core:nodes/proxy", rule("get", "", "nodes/*"), ()),
        ("any core:nodes/proxy", rule("get", "", "*/proxy"), ("get",)),
        ("any core:nodes/proxy", rule("get", "", "*/xproxy"), ()),
        ("create core:pods", rule("create", "", "pods/exec"), ()),
        ("create core:pods", rule("create", "", "pods", "x"), ()),
        ("* *:*", rule("*", "*", "*"), ("*",)),
        ("* *:*", rule("get", "*", "*"), ()),
        ("* *:*", rule("*", "apps", "*"), ()),
        ("* *:*", rule(EVERY, "*", "*"), tuple(EVERY.split(","))),
        ("* *:*", rule(EVERY, "apps", "*"), ()),
        ("* *:*", rule(EVERY, "*", "*", "x"), ()),
        ("impersonate authentication.k8s.io:userextras/*",
         rule("impersonate", "authentication.k8s.io", "userextras/scopes"), ("impersonate",)),
    ],
)  # fmt: skip
def test_what_a_rule_grants(right: str, given: PolicyRule, verbs: tuple[str, ...]) -> None:
    assert granted_verbs(given, parse_right(right)) == verbs


def test_a_rule_without_anything_grants_nothing() -> None:
    assert granted_verbs(PolicyRule(), parse_right("any core:pods")) == ()
    assert wildcards(PolicyRule()) == ()


@pytest.mark.parametrize("text", ["", "get", "get secrets", "get core:"])
def test_a_right_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a right"):
        parse_right(text)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"title": "x"},
        {"roles": {"view": []}, "bindings": {}},
        {"roles": {"ClusterRole/view": "get core:pods"}, "bindings": {}},
        {"roles": {}, "bindings": {"ClusterRoleBinding/x": []}},
    ],
)
def test_a_broken_baseline_is_refused(document: object) -> None:
    with pytest.raises(EvidenceFormatError):
        parse_baseline(document)  # type: ignore[arg-type]
