"""What escapes an admission policy in CEL: by what it matches, by its binding, by its length."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from analyzer.checks.pod_security import PodSecurity
from analyzer.model.verdict import Verdict
from tests import api_cases

GROUP = "admissionregistration.k8s.io"
ALL = " + ".join(
    f"object.spec.?{name}.orValue([])"
    for name in ("containers", "initContainers", "ephemeralContainers")
)
UNPRIVILEGED = f"({ALL}).all(c, !c.?securityContext.?privileged.orValue(false))"
LATER = "pods/ephemeralcontainers"


def rule(*resources: str, **more: Any) -> dict[str, Any]:
    operations = ["CREATE", "UPDATE"]
    fixed = {"apiGroups": [""], "apiVersions": ["v1"], "operations": operations}
    return {**fixed, "resources": list(resources), **more}


BOTH = rule("pods", LATER)


def judged(
    policy: Mapping[str, Any] | None = None,
    binding: Mapping[str, Any] | None = None,
    expression: str = UNPRIVILEGED,
    before: int = 0,
) -> tuple[Verdict, str]:
    """Return the verdict on one namespace under one policy, which comes after some others."""
    match = {"resourceRules": [BOTH], **(policy or {})}
    spec = {"failurePolicy": "Fail", "matchConstraints": match}
    longer = {**spec, "validations": [{"expression": f"'{'privileged' * 300}' != ''"}]}
    bound: dict[str, Any] = {"policyName": "p", "validationActions": ["Deny"]}
    if binding is not None:
        bound["matchResources"] = binding
    policies = [{"n": f"o{index}", "spec": longer} for index in range(before)]
    body = {
        "nodes": [
            {"name": "cp", "argv": ["kube-apiserver", "--disable-admission-plugins=PodSecurity"]}
        ],
        "lists": {
            "namespaces": [{"n": "a"}],
            f"validatingadmissionpolicies.{GROUP}": [
                *policies,
                {"n": "p", "spec": {**spec, "validations": [{"expression": expression}]}},
            ],
            f"validatingadmissionpolicybindings.{GROUP}": [{"n": "b", "spec": bound}],
        },
    }
    check = PodSecurity(test="privileged", level="baseline", words=("privileged",))
    found = check.evaluate(api_cases.cluster(body), api_cases.context(body))
    one = next(each for each in found if each.subject == "Namespace/a")
    return one.verdict, one.explanation


@pytest.mark.parametrize(
    ("policy", "binding"),
    [
        ({}, None),
        ({}, {}),
        ({}, {"resourceRules": []}),
        ({}, {"resourceRules": [BOTH]}),
        ({}, {"resourceRules": [rule("pods"), rule("pods/*")]}),
        ({"resourceRules": [BOTH, rule("pods", resourceNames=["x"])]}, None),
        ({"excludeResourceRules": [rule("secrets")]}, {"excludeResourceRules": [rule("*/log")]}),
    ],
)
def test_a_policy_that_holds_for_every_pod(
    policy: Mapping[str, Any], binding: Mapping[str, Any] | None
) -> None:
    assert judged(policy, binding)[0] is Verdict.PASS


@pytest.mark.parametrize(
    ("policy", "binding"),
    [
        ({"resourceRules": [rule("pods")]}, None),
        ({"resourceRules": [rule("pods"), rule(LATER, resourceNames=["x"])]}, None),
        ({"resourceRules": [rule("pods"), rule(LATER, operations=["CREATE"])]}, None),
        ({"excludeResourceRules": [rule(LATER)]}, None),
        ({"excludeResourceRules": [rule("pods/*")]}, None),
        ({"excludeResourceRules": [rule("*/*", operations=["UPDATE"])]}, None),
        ({"excludeResourceRules": [rule("pods", resourceNames=["x"])]}, None),
        ({}, {"resourceRules": [rule("pods")]}),
        ({}, {"resourceRules": [rule("pods"), rule(LATER, resourceNames=["x"])]}),
        ({}, {"resourceRules": [rule("pods", LATER, resourceNames=["x"])]}),
        ({}, {"excludeResourceRules": [rule(LATER)]}),
        ({}, {"excludeResourceRules": [rule("*/ephemeralcontainers")]}),
        ({}, {"excludeResourceRules": [rule("pods")]}),
    ],
)
def test_pods_or_containers_that_escape_it_are_for_a_person(
    policy: Mapping[str, Any], binding: Mapping[str, Any] | None
) -> None:
    assert judged(policy, binding)[0] is Verdict.MANUAL


def test_a_comment_is_no_demand() -> None:
    assert judged(expression=f"true // && {UNPRIVILEGED}")[0] is Verdict.MANUAL


def test_policies_beyond_what_is_looked_at_are_for_a_person() -> None:
    assert judged(before=15)[0] is Verdict.PASS
    verdict, why = judged(before=25)
    assert verdict is Verdict.MANUAL
    assert "p was not looked at" in why


def test_the_longest_policies_are_judged_in_bounded_time() -> None:
    hostile = "!(" * 20 + "privileged||" * 320 + "b" + ")" * 20
    started = time.process_time()
    assert judged(before=25, expression=hostile)[0] is Verdict.MANUAL
    assert judged(expression=hostile)[0] is Verdict.MANUAL
    assert time.process_time() - started < 10
