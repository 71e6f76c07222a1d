"""A list is never only counted: forty things, the last one exchanged, and the facts are others.

People accept failures by their digest. Where a text names the first of forty and counts the
rest, the digest has to hold the rest, too.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from analyzer.catalogue.benchmarks import load_benchmark
from analyzer.checks import CHECK_TYPES
from analyzer.model.assessment import ControlResult
from analyzer.model.benchmark import Control
from analyzer.model.digests import facts_digest, failing_digest, failures_of, result_digest
from analyzer.model.outcome import Outcome
from analyzer.pipeline.run import Options, assess, prepare
from tests import api_cases, case_evidence
from tests.evidence_builder import context
from tests.mutation.api_edits import add
from tests.mutation.base import base
from tests.mutation.evidence import read_api, read_node

MANY = 40
Body = Mapping[str, Any]
Things = Callable[[tuple[str, ...]], Body]
CONTROLS: Mapping[str, Control] = {
    str(c.id): c for c in load_benchmark("cis-1.12", CHECK_TYPES).controls
}
SERVER = ({"name": "cp", "argv": ["kube-apiserver", "--authorization-mode=Node,RBAC"]},)
RBAC = "rbac.authorization.k8s.io"
HOOKS = "admissionregistration.k8s.io"


def named(last: str = "t39") -> tuple[str, ...]:
    return (*(f"t{n:02d}" for n in range(MANY - 1)), last)


def containers(names: tuple[str, ...]) -> Body:
    """One workload whose containers violate everything that a container can violate."""
    powers: dict[str, Any] = {"privileged": True, "allowPrivilegeEscalation": True, "runAsUser": 0}
    powers |= {"capabilities": {"add": ["NET_RAW"]}, "windowsOptions": {"hostProcess": True}}
    powers |= {"seccompProfile": {"type": "Unconfined"}}
    secret = {"name": "X", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    made = [
        {
            "name": name,
            "image": "x",
            "securityContext": powers,
            "env": [secret],
            "ports": [{"containerPort": 80, "hostPort": 8000 + at}],
        }
        for at, name in enumerate(names)
    ]
    many = {"n": "shop/many", "c": {}, "p": {"containers": made}}
    return {"lists": {"namespaces": [{"n": "shop"}], "deployments.apps": [many]}}


def windows(names: tuple[str, ...]) -> Body:
    """Workloads to which a rule about Linux does not apply."""
    system = {"os": {"name": "windows"}}
    made = [{"n": f"shop/{name}", "c": {}, "p": system} for name in names]
    return {"lists": {"namespaces": [{"n": "shop"}], "deployments.apps": made}}


def exempt_workloads(names: tuple[str, ...]) -> Body:
    made = [
        {"n": f"kube-system/{n}", "c": {"securityContext": {"privileged": True}}} for n in names
    ]
    return {"lists": {"namespaces": [{"n": "kube-system"}, {"n": "a"}], "deployments.apps": made}}


def exempt_namespaces(names: tuple[str, ...]) -> Body:
    """Forty namespaces of the platform, in each of which something is left to be said."""
    spaces = [{"n": name} for name in ("shop", *names)]
    pods = [{"n": f"{one['n']}/p", "c": {}} for one in spaces]
    accounts = [{"n": f"{one['n']}/default"} for one in spaces]
    lists = {"namespaces": spaces, "pods": pods, "serviceaccounts": accounts}
    return {"lists": lists, "policy": {"lists": {"system-namespaces": names}}}


def workloads_of_default(names: tuple[str, ...]) -> Body:
    made = [{"n": f"shop/{name}", "c": {}} for name in names]
    lists = {"namespaces": [{"n": "shop"}], "deployments.apps": made}
    return {"lists": {**lists, "serviceaccounts": [{"n": "shop/default"}]}}


def _rbac(roles: Iterable[Body], bindings: Iterable[Body]) -> Body:
    return {
        "lists": {
            f"clusterroles.{RBAC}": list(roles),
            f"clusterrolebindings.{RBAC}": list(bindings),
            "serviceaccounts": [{"n": "shop/default"}],
        }
    }


ALL = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}


def bindings_of(kind: str, name: str, role: str = "ops", **more: str) -> Things:
    """One subject, bound by forty bindings."""

    def things(names: tuple[str, ...]) -> Body:
        who = {"kind": kind, "name": name, **more}
        reference = {"kind": "ClusterRole", "name": role}
        bindings = [{"n": n, "roleRef": reference, "subjects": [who]} for n in names]
        return _rbac([{"n": "ops", "rules": [ALL]}], bindings)

    return things


def holders(names: tuple[str, ...]) -> Body:
    """One role, held by forty users through one binding."""
    subjects = [{"kind": "User", "name": name} for name in names]
    reference = {"kind": "ClusterRole", "name": "ops"}
    binding = {"n": "b", "roleRef": reference, "subjects": subjects}
    return _rbac([{"n": "ops", "rules": [ALL]}], [binding])


def rules(names: tuple[str, ...]) -> Body:
    """One role of forty rules, each about a group of its own."""
    made = [{"apiGroups": ["", name], "resources": ["*"], "verbs": ["*"]} for name in names]
    return _rbac([{"n": "ops", "rules": made}], [_everyone()])


def long_rule(names: tuple[str, ...]) -> Body:
    """One role of one rule about forty groups."""
    rule = {"apiGroups": ["", *names], "resources": ["*"], "verbs": ["*"]}
    return _rbac([{"n": "ops", "rules": [rule]}], [_everyone()])


def _everyone() -> Body:
    reference = {"kind": "ClusterRole", "name": "ops"}
    who = {"kind": "Group", "name": "system:authenticated"}
    return {"n": "b", "roleRef": reference, "subjects": [who]}


def policies(names: tuple[str, ...]) -> Body:
    made = [{"n": f"shop/{name}", "spec": {"podSelector": {}}} for name in names]
    lists = {"namespaces": [{"n": "shop"}], "pods": [{"n": "shop/p", "c": {}}]}
    return {"lists": {**lists, "networkpolicies.networking.k8s.io": made}}


def idle_policies(names: tuple[str, ...]) -> Body:
    """Policies of which none selects the one pod."""
    spec = {"podSelector": {"matchLabels": {"app": "db"}}}
    made = [{"n": f"shop/{name}", "spec": spec} for name in names]
    lists = {"namespaces": [{"n": "shop"}], "pods": [{"n": "shop/p", "c": {}}]}
    return {"lists": {**lists, "networkpolicies.networking.k8s.io": made}}


def wide_policies(names: tuple[str, ...]) -> Body:
    made = [{"n": name, "spec": {}} for name in names]
    lists = {"namespaces": [{"n": "shop"}], "pods": [{"n": "shop/p", "c": {}}]}
    return {"lists": {**lists, "globalnetworkpolicies.crd.projectcalico.org": made}}


def daemonsets(names: tuple[str, ...]) -> Body:
    network = {"hostNetwork": True}
    return {"lists": {"daemonsets.apps": [{"n": f"net/{n}", "c": {}, "p": network} for n in names]}}


def webhooks(names: tuple[str, ...]) -> Body:
    rule = {"apiGroups": [""], "resources": ["pods"], "operations": ["CREATE"]}
    made = [{"n": name, "webhooks": [{"name": "x", "rules": [rule]}]} for name in names]
    return {"lists": {f"validatingwebhookconfigurations.{HOOKS}": made}}


def pull_policies(names: tuple[str, ...]) -> Body:
    made = [{"n": name, "spec": {"scopes": ["quay.io"]}} for name in names]
    return {"lists": {"clusterimagepolicies.config.openshift.io": made}}


def namespaces(names: tuple[str, ...]) -> Body:
    return {"lists": {"namespaces": [{"n": name} for name in names]}}


def old_policies(names: tuple[str, ...]) -> Body:
    """Permissive PodSecurityPolicies that every caller may use."""
    rule = {"apiGroups": ["policy"], "resources": ["podsecuritypolicies"], "verbs": ["use"]}
    spec = {"privileged": True, "allowPrivilegeEscalation": True}
    made = [{"n": name, "spec": spec} for name in names]
    lists = {**_rbac([{"n": "ops", "rules": [rule]}], [_everyone()])["lists"]}
    lists |= {"namespaces": [{"n": "shop"}], "podsecuritypolicies.policy": made}
    argv = [*SERVER[0]["argv"], "--enable-admission-plugins=PodSecurityPolicy"]
    return {"lists": lists, "version": "1.24", "nodes": [{"name": "cp", "argv": argv}]}


PODS = ("5.2.2", "5.2.6", "5.2.8", "5.2.9", "5.2.10", "5.2.12", "5.4.1", "5.6.2", "5.6.3")
GRANTS = ("5.1.2", "5.1.4", "5.1.8", "5.1.9", "5.1.10", "5.1.11", "5.1.12", "5.1.13")
OPS = bindings_of("Group", "ops")
EVERYONE = bindings_of("Group", "system:authenticated")
ACCOUNT = bindings_of("ServiceAccount", "default", namespace="shop")
MASTERS = bindings_of("Group", "system:masters")
TABLE: tuple[tuple[str, Things, tuple[str, ...]], ...] = (
    ("containers", containers, PODS),
    ("windows", windows, ("5.6.2", "5.6.3")),
    ("exempt workloads", exempt_workloads, ("5.2.2",)),
    ("exempt namespaces", exempt_namespaces, ("5.1.5", "5.1.6", "5.2.1", "5.2.7", "5.3.2")),
    ("workloads", workloads_of_default, ("5.1.5", "5.1.6")),
    ("bindings of a group", OPS, GRANTS),
    ("bindings of everyone", EVERYONE, GRANTS),
    ("bindings of an account", ACCOUNT, ("5.1.5",)),
    ("bindings of the masters", MASTERS, GRANTS),
    ("holders", holders, ("5.1.3",)),
    ("rules", rules, ("5.1.3",)),
    ("a long rule", long_rule, ("5.1.3",)),
    ("policies", policies, ("5.3.2",)),
    ("idle policies", idle_policies, ("5.3.2",)),
    ("wide policies", wide_policies, ("5.3.2",)),
    ("daemonsets", daemonsets, ("5.3.1",)),
    ("webhooks", webhooks, ("5.5.1",)),
    ("policies at pull", pull_policies, ("5.5.1",)),
    ("namespaces", namespaces, ("5.6.1",)),
    ("old policies", old_policies, ("5.2.2", "5.2.6")),
)
CASES = [
    pytest.param(things, number, id=f"{name}-{number}")
    for name, things, numbers in TABLE
    for number in numbers
]


def facts(outcomes: Iterable[Outcome]) -> list[str]:
    return sorted(facts_digest(o.actual, o.expected, o.whole) for o in outcomes)


def shown(outcomes: Iterable[Outcome]) -> list[tuple[str, ...]]:
    return sorted((o.subject, o.verdict.value, o.actual, o.expected) for o in outcomes)


def of_api(control: Control, body: Body) -> tuple[Outcome, ...]:
    body = {"nodes": SERVER, **body}
    return control.check.evaluate(api_cases.cluster(body), api_cases.context(body))


@pytest.mark.parametrize(("things", "number"), CASES)
def test_the_last_of_forty_counts(things: Things, number: str) -> None:
    control = CONTROLS[number]
    before = of_api(control, things(named()))
    after = of_api(control, things(named("x39")))
    assert shown(before) == shown(after), "the exchange shows in the texts: a weak case"
    assert facts(before) != facts(after)
    assert facts(before) == facts(of_api(control, things(named())))


def test_every_binding_to_the_masters_is_a_finding() -> None:
    found = of_api(CONTROLS["5.1.7"], MASTERS(named()))
    assert {o.subject for o in found} >= {f"ClusterRoleBinding/{name}" for name in named()}


FOLDERS = {
    "1.1.9": ("cni-config", "/etc/cni/net.d", {"mode": "0666"}, ".conf"),
    "1.1.10": ("cni-config", "/etc/cni/net.d", {"uid": "1000"}, ".conf"),
    "1.1.19": ("pki", "/etc/kubernetes/pki", {"uid": "1000"}, ".crt"),
    "1.1.20": ("pki", "/etc/kubernetes/pki", {"mode": "0666"}, ".crt"),
    "1.1.21": ("pki", "/etc/kubernetes/pki", {"mode": "0666"}, ".key"),
}


@pytest.mark.parametrize("wrong", [True, False], ids=["violating", "satisfying"])
@pytest.mark.parametrize("number", FOLDERS)
def test_the_last_of_forty_files_counts(number: str, *, wrong: bool) -> None:
    before, after = (_of_files(number, name, wrong=wrong) for name in ("t39", "x39"))
    assert len(before) == 1
    assert before[0].verdict == ("fail" if wrong else "pass")
    assert shown(before) == shown(after), "the exchange shows in the texts: a weak case"
    assert facts(before) != facts(after)


def _of_files(number: str, last: str, *, wrong: bool) -> tuple[Outcome, ...]:
    role, folder, facts, ending = FOLDERS[number]
    fine = {"role": role, "mode": "0600", **(facts if wrong else {})}
    files = {f"{folder}/{name}{ending}": fine for name in named(last)}
    run = [{"component": "kube-apiserver"}, {"component": "kubelet"}]
    case = {"nodes": {"cp": {"run": run, "files": files, "dirs": {folder: {"mode": "0700"}}}}}
    return CONTROLS[number].check.evaluate(case_evidence.build(case), context(version="1.32"))


def test_the_last_of_forty_callers_counts() -> None:
    """An audit policy that leaves forty users out."""
    before, after = (_of_audit(named(last)) for last in ("t39", "x39"))
    assert [o.verdict for o in before] == ["fail"]
    assert shown(before) == shown(after), "the exchange shows in the texts: a weak case"
    assert facts(before) != facts(after)


def _of_audit(users: tuple[str, ...]) -> tuple[Outcome, ...]:
    rules = [{"level": "None", "users": list(users)}, {"level": "Metadata"}]
    policy = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules}
    argv = ["--audit-policy-file=/p.yaml", "--audit-log-path=/var/log/audit.log"]
    run = [{"component": "kube-apiserver", "argv": argv}]
    file = {"role": "audit-policy", "content": json.dumps(policy)}
    case = {"nodes": {"cp": {"run": run, "files": {"/p.yaml": file}}}}
    return CONTROLS["3.2.2"].check.evaluate(case_evidence.build(case), context(version="1.32"))


def test_every_process_of_a_node_counts() -> None:
    """One finding a node, though two API servers run there: the second one counts as well."""
    before, after = (_of_two_servers(flag) for flag in ("--profiling=true", "--v=2"))
    assert [o.verdict for o in before] == ["fail"]
    assert shown(before) == shown(after), "the exchange shows in the texts: a weak case"
    assert facts(before) != facts(after)


def _of_two_servers(flag: str) -> tuple[Outcome, ...]:
    servers = [{"component": "kube-apiserver", "argv": [a]} for a in ("--profiling=true", flag)]
    case = {"nodes": {"cp": {"run": servers}}}
    return CONTROLS["1.2.15"].check.evaluate(case_evidence.build(case), context(version="1.32"))


def test_a_waiver_for_forty_containers_does_not_cover_another_one() -> None:
    """From bundles on: what the report cuts, the digests of waivers and reviews hold."""
    before, after = (_row(containers(named(last))) for last in ("t39", "x39"))
    again = _row(containers(named()))
    assert [f.actual for f in before.findings] == [f.actual for f in after.findings]
    assert failing_digest(failures_of(before)) != failing_digest(failures_of(after))
    assert failing_digest(failures_of(before)) == failing_digest(failures_of(again))
    assert result_digest(before) != result_digest(after)


@pytest.mark.parametrize(("names", "length"), [(1, 900), (4, 580)], ids=["a-name", "a-text"])
def test_a_text_of_any_length_is_digested_whole(names: int, length: int) -> None:
    """Checks cut long names, and the pipeline long texts; their ends count all the same."""
    first = tuple(f"{n}{'x' * length}" for n in range(names))
    before, after = (_row(containers((*first[:-1], first[-1] + end))) for end in "yz")
    assert [f.actual for f in before.findings] == [f.actual for f in after.findings]
    assert failing_digest(failures_of(before)) != failing_digest(failures_of(after))


def _row(body: Body) -> ControlResult:
    deployment = body["lists"]["deployments.apps"][0]["p"]
    start = base()
    made = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": "shop", "name": "many", "uid": "uid-many"},
        "spec": {"template": {"spec": deployment}},
    }
    api = add(start.api, {"to": "deployments.apps", "object": made})
    nodes = tuple(read_node(node).bundle for node in start.nodes)
    plan = prepare(Options(benchmarks=("cis-1.12",)))
    (assessment,) = assess(plan, (*nodes, read_api(api).bundle), lambda _: None)
    return next(control for control in assessment.controls if control.id == "5.2.2")
