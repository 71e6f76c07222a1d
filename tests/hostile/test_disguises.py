"""Bundles that are sealed and well-formed, and made to look better than the cluster is.

Each is one of the sample bundles with a small lie in it, read and judged as a whole. A lie that
contradicts the rest of the evidence must not decide anything.
"""

import copy
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from analyzer.model.assessment import Assessment
from analyzer.model.context import Reading
from analyzer.model.errors import BundleRefusedError
from analyzer.model.verdict import Verdict
from tests.mutation.random_bases import SAMPLES
from tests.mutation.random_draft import Draft, Record, draft_of
from tests.mutation.random_judge import Asked, judged

RBAC = "rbac.authorization.k8s.io"
ASKED = Asked(profile="self-managed", benchmark="cis-1.12", reading=Reading.EFFECTIVE)
Set = dict[str, Draft]
Lie = Callable[[Set], None]
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.NO_EVIDENCE


@cache
def _samples() -> Mapping[str, Draft]:
    return {n: draft_of(SAMPLES / "bundles" / f"{n}.tar.gz") for n in ("cp-1", "worker-1", "api")}


def honest() -> Set:
    return {name: draft.copy() for name, draft in _samples().items()}


def judge(bundles: Set) -> Assessment:
    return judged(tuple(bundles.values()), ASKED)[0]


def verdicts(found: Assessment) -> dict[str, Verdict]:
    return {control.topic: control.verdict for control in found.controls}


@cache
def _truth() -> Mapping[str, Verdict]:
    return verdicts(judge(honest()))


def index_of(draft: Draft, probe: str, target: str = "", **fields: Any) -> int:
    return next(
        number
        for number, one in draft.rows()
        if one["id"] == probe
        and target in one["target"]
        and all(one.get(key) == value for key, value in fields.items())
    )


def objects(bundles: Set, resource: str) -> list[Any]:
    draft = bundles["api"]
    record = draft.records[index_of(draft, f"api/{resource}")]
    assert isinstance(record, dict)
    return [json.loads(line) for line in draft.blobs[record["blob"]].splitlines()]


def put_objects(bundles: Set, resource: str, values: list[Any]) -> None:
    draft = bundles["api"]
    index = index_of(draft, f"api/{resource}")
    record = draft.records[index]
    assert isinstance(record, dict)
    draft.blobs[record["blob"]] = b"".join(json.dumps(one).encode() + b"\n" for one in values)
    draft.put(index, api={**record["api"], "items": len(values)})


def tell(draft: Draft, part: str, **changes: Any) -> None:
    """Change what a manifest says."""
    assert isinstance(draft.manifest, dict)
    draft.manifest = {**draft.manifest, part: {**draft.manifest[part], **changes}}


def renamed(draft: Draft, name: str, number: str = "f") -> Draft:
    twin = draft.copy()
    tell(twin, "subject", node_name=name.encode().decode("latin-1"))
    assert isinstance(twin.manifest, dict)
    twin.manifest = {**twin.manifest, "bundle_id": number * 32}
    return twin


# ------------------------------------------------------------------ lists of the API


def twice(resource: str, better: Callable[[Any], None], *, first: bool) -> Lie:
    """Put every object into its list a second time, looking better."""

    def lie(bundles: Set) -> None:
        found = objects(bundles, resource)
        twins = copy.deepcopy(found)
        for twin in twins:
            better(twin)
        put_objects(bundles, resource, [*twins, *found] if first else [*found, *twins])

    return lie


def without_rules(one: Any) -> None:
    one["rules"] = []


def without_subjects(one: Any) -> None:
    one["subjects"] = []


def without_token(one: Any) -> None:
    one["automountServiceAccountToken"] = False


def restricted(one: Any) -> None:
    labels = one["metadata"].setdefault("labels", {})
    labels["pod-security.kubernetes.io/enforce"] = "restricted"


def unprivileged(one: Any) -> None:
    one["spec"].pop("hostPID", None)


def only(resource: str, *names: str) -> Lie:
    def lie(bundles: Set) -> None:
        kept = [one for one in objects(bundles, resource) if one["metadata"]["name"] in names]
        put_objects(bundles, resource, kept)

    return lie


def nothing_of(*resources: str) -> Lie:
    def lie(bundles: Set) -> None:
        for resource in resources:
            put_objects(bundles, resource, [])

    return lie


def nameless(bundles: Set) -> None:
    """Leave one role with nothing but a prefix for a name."""
    found = objects(bundles, f"clusterroles.{RBAC}")
    found[1]["metadata"] = {"generateName": "x-"}
    put_objects(bundles, f"clusterroles.{RBAC}", found)


def narrowed(path: str) -> Lie:
    """Ask for fewer pods than there are."""

    def lie(bundles: Set) -> None:
        draft = bundles["api"]
        index = index_of(draft, "api/pods")
        put_objects(bundles, "pods", objects(bundles, "pods")[:3])
        draft.put(index, target=path)
        for number, line in enumerate(draft.plan):
            if isinstance(line, dict) and line["id"] == "api/pods":
                draft.plan[number] = {**line, "target": path}

    return lie


def fewer_than_said(bundles: Set) -> None:
    """Leave objects out and the count as it was."""
    draft = bundles["api"]
    record = draft.records[index_of(draft, "api/pods")]
    assert isinstance(record, dict)
    lines = draft.blobs[record["blob"]].splitlines(keepends=True)
    draft.blobs[record["blob"]] = b"".join(lines[:3])


ROLES = (f"roles.{RBAC}", f"clusterroles.{RBAC}")
BINDINGS = (f"rolebindings.{RBAC}", f"clusterrolebindings.{RBAC}")
LISTS: dict[str, tuple[Lie, dict[str, Verdict]]] = {
    "role-twice-harmless-last": (
        twice(ROLES[0], without_rules, first=False),
        {"rbac-cluster-admin": UNKNOWN, "rbac-secrets": UNKNOWN},
    ),
    "role-twice-harmless-first": (
        twice(ROLES[0], without_rules, first=True),
        {"rbac-cluster-admin": UNKNOWN, "rbac-wildcards": FAIL},
    ),
    "cluster-role-twice": (
        twice(ROLES[1], without_rules, first=False),
        {"rbac-cluster-admin": UNKNOWN, "rbac-escalation": UNKNOWN},
    ),
    "binding-twice": (
        twice(BINDINGS[1], without_subjects, first=False),
        {"rbac-cluster-admin": UNKNOWN, "rbac-create-pods": UNKNOWN},
    ),
    "account-twice-last": (
        twice("serviceaccounts", without_token, first=False),
        {"sa-default": UNKNOWN, "sa-automount": UNKNOWN},
    ),
    "account-twice-first": (
        twice("serviceaccounts", without_token, first=True),
        {"sa-default": UNKNOWN, "sa-automount": UNKNOWN},
    ),
    "namespace-twice-last": (
        twice("namespaces", restricted, first=False),
        {"psa-any": UNKNOWN, "np-all-ns": UNKNOWN},
    ),
    "namespace-twice-first": (
        twice("namespaces", restricted, first=True),
        {"psa-any": UNKNOWN, "np-all-ns": UNKNOWN},
    ),
    "pod-twice": (twice("pods", unprivileged, first=False), {"ps-hostpid": FAIL}),
    "namespaces-left-out": (
        only("namespaces", "kube-system", "default", "payments"),
        {"psa-any": FAIL, "np-all-ns": FAIL, "ns-boundaries": UNKNOWN},
    ),
    "bad-namespaces-left-out": (
        only("namespaces", "kube-system", "payments"),
        {"psa-any": UNKNOWN, "np-all-ns": UNKNOWN, "ns-boundaries": UNKNOWN},
    ),
    "no-namespaces": (
        nothing_of("namespaces"),
        {"psa-any": UNKNOWN, "np-all-ns": UNKNOWN, "ns-boundaries": UNKNOWN},
    ),
    "no-roles-and-bindings": (
        nothing_of(*ROLES, *BINDINGS),
        {
            "rbac-cluster-admin": UNKNOWN,
            "rbac-wildcards": UNKNOWN,
            "rbac-secrets": UNKNOWN,
            "rbac-create-pv": UNKNOWN,
        },
    ),
    "no-accounts": (nothing_of("serviceaccounts"), {"sa-default": UNKNOWN}),
    "nameless-role": (nameless, {"rbac-cluster-admin": UNKNOWN, "rbac-wildcards": FAIL}),
    "pods-of-one-namespace": (
        narrowed("/api/v1/namespaces/web/pods"), {"secret-env": FAIL, "ps-hostipc": FAIL}),
    "pods-by-label": (narrowed("/api/v1/pods?labelSelector=a%3Db"), {"ps-hostipc": FAIL}),
    "fewer-pods-than-said": (fewer_than_said, {"ps-hostipc": FAIL}),
}  # fmt: skip


@pytest.mark.parametrize(("lie", "expected"), LISTS.values(), ids=LISTS)
def test_a_list_that_contradicts_itself_decides_nothing(
    lie: Lie, expected: dict[str, Verdict]
) -> None:
    bundles = honest()
    lie(bundles)
    found = verdicts(judge(bundles))
    assert {topic: found[topic] for topic in expected} == expected
    assert not [topic for topic, verdict in found.items() if verdict is PASS is not _truth()[topic]]


# ------------------------------------------------------------------ nodes


def process_of(bundles: Set, node: str, component: str) -> int:
    return index_of(bundles[node], "proc/cmdline", component=component)


def called(node: str, component: str, other: str) -> Lie:
    """Say of a process that it is another component than its program is."""

    def lie(bundles: Set) -> None:
        bundles[node].put(process_of(bundles, node, component), component=other)

    return lie


def beside(node: str, component: str, *argv: str) -> Lie:
    """Record a second process of a component."""

    def lie(bundles: Set) -> None:
        draft = bundles[node]
        record = draft.records[process_of(bundles, node, component)]
        assert isinstance(record, dict)
        target = "/proc/99/cmdline"
        line = {"seq": 9001, "id": "proc/cmdline", "kind": "proc", "target": target}
        draft.blobs["blobs/b9001"] = "".join(f"{word}\0" for word in argv).encode()
        draft.plan.append(line)
        draft.records.append({**record, **line, "pid": 99, "blob": "blobs/b9001"})

    return lie


def owned_by_a_second_root(bundles: Set) -> None:
    """Call user 1000 root too, and give it every file."""
    draft = bundles["cp-1"]
    draft.blobs["blobs/b9002"] = b"u root 0\nu root 1000\ng root 0\ng root 1000\n"
    draft.put(index_of(draft, "host/users"), blob="blobs/b9002")
    for index, record in draft.rows():
        if record["id"].startswith("file/") and record.get("stat"):
            draft.put(index, stat={**record["stat"], "uid": 1000, "gid": 1000})


def file_as(kind: str) -> Lie:
    """Record the kubelet's configuration as something that has no text."""

    def lie(bundles: Set) -> None:
        for node in ("cp-1", "worker-1"):
            draft = bundles[node]
            index = index_of(draft, "file/kubelet-config", "/var/lib/kubelet/config.yaml")
            record = draft.records[index]
            assert isinstance(record, dict)
            draft.put(index, stat={**record["stat"], "type": kind})
        silence(bundles)

    return lie


def silence(bundles: Set) -> None:
    """Take the kubelets' own answers away, so that nothing stands in for their files."""
    draft = bundles["api"]
    for index, record in draft.rows():
        if record["id"] == "api/configz":
            draft.put(index, status="denied", blob=..., sha256=...)


def answer_of(target: str, settings: Record | None = None, *, again: bool = False) -> Lie:
    """Let the answer of cp-1 be one of another node, or another one, or a second one."""

    def lie(bundles: Set) -> None:
        draft = bundles["api"]
        index = index_of(draft, "api/configz", "/cp-1/")
        record = draft.records[index]
        assert isinstance(record, dict)
        path = f"/api/v1/nodes/{target}/proxy/configz"
        line = {"seq": 9001, "id": "api/configz", "kind": "api", "target": path}
        draft.blobs["api/p9001.ndjson"] = draft.blobs[record["blob"]]
        if settings is not None:
            draft.blobs["api/p9001.ndjson"] = json.dumps({"kubeletconfig": settings}).encode()
        draft.plan.append(line)
        draft.records.append({**record, **line, "via": "configz", "blob": "api/p9001.ndjson"})
        if not again:
            draft.put(index, status="denied", blob=..., sha256=...)
        del bundles["cp-1"], bundles["worker-1"]

    return lie


BARE = {"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1"}
NODES: dict[str, tuple[Lie, dict[str, Verdict]]] = {
    "kubelet-called-scheduler": (
        called("cp-1", "kubelet", "kube-scheduler"),
        {"kubelet-conf-owner": UNKNOWN, "sched-bind": UNKNOWN},
    ),
    "kubelet-called-proxy": (
        called("worker-1", "kubelet", "kube-proxy"),
        {"kubelet-conf-owner": UNKNOWN, "kubelet-kubeconfig-mode": UNKNOWN},
    ),
    "scheduler-called-kubelet": (
        called("cp-1", "kube-scheduler", "kubelet"),
        {"kl-anonymous": PASS, "sched-bind": UNKNOWN, "kubelet-conf-owner": UNKNOWN},
    ),
    "etcd-called-proxy": (
        called("cp-1", "etcd", "kube-proxy"),
        {"etcd-client-auth": UNKNOWN, "proxy-metrics": UNKNOWN},
    ),
    "second-kubelet-open": (
        beside("cp-1", "kubelet", "kubelet", "--anonymous-auth=true"), {"kl-anonymous": FAIL}),
    "second-api-server-open": (
        beside("cp-1", "kube-apiserver", "kube-apiserver", "--authorization-mode=AlwaysAllow"),
        {"api-authz-not-alwaysallow": FAIL, "api-authz-rbac": FAIL},
    ),
    "second-root": (
        owned_by_a_second_root, {"kubelet-conf-owner": FAIL, "apiserver-manifest-owner": FAIL}),
    "configuration-is-a-device": (
        file_as("char"), {"kl-anonymous": UNKNOWN, "kl-client-ca": UNKNOWN}),
    "configuration-is-a-folder": (file_as("dir"), {"kl-anonymous": UNKNOWN}),
    "answer-of-a-ghost": (answer_of("ghost"), {"kl-anonymous": UNKNOWN, "kl-ro-port": UNKNOWN}),
    "answer-twice-by-other-spelling": (
        answer_of("%63p-1", again=True), {"kl-anonymous": UNKNOWN, "kl-ro-port": UNKNOWN}),
    "answer-of-nothing": (answer_of("cp-1", {}), {"kl-anonymous": UNKNOWN, "kl-ro-port": UNKNOWN}),
    "answer-of-its-kind-only": (
        answer_of("cp-1", BARE), {"kl-anonymous": UNKNOWN, "kl-authz": UNKNOWN}),
    "answer-with-a-path-behind-it": (
        answer_of("cp-1/proxy/../../worker-1"), {"kl-anonymous": UNKNOWN}),
}  # fmt: skip


@pytest.mark.parametrize(("lie", "expected"), NODES.values(), ids=NODES)
def test_a_record_that_contradicts_itself_decides_nothing(
    lie: Lie, expected: dict[str, Verdict]
) -> None:
    bundles = honest()
    lie(bundles)
    found = verdicts(judge(bundles))
    assert {topic: found[topic] for topic in expected} == expected


# ------------------------------------------------------------------ bundles of one cluster

OTHER_NAMES = {
    "letters-that-look-alike": "\u0441\u0440-1",
    "a-space-that-is-none": "cp-1\u200b",
    "a-path": "../../cp-1",
    "capitals": "CP-1",
    "a-space-behind-it": "cp-1 ",
    "a-line-behind-it": "cp-1\n",
}


@pytest.mark.parametrize("name", OTHER_NAMES.values(), ids=OTHER_NAMES)
def test_a_name_that_looks_like_a_nodes_is_another_one(name: str) -> None:
    bundles = honest()
    bundles["cp-1"] = renamed(bundles["cp-1"], name)
    found = judge(bundles)
    assert found.cluster.nodes_unknown == (name,)
    assert not [c.id for c in found.controls if c.section == "1.2" and c.verdict is PASS
                and not c.partial]  # fmt: skip


def test_a_machine_under_two_names_is_told() -> None:
    bundles = honest()
    bundles["twin"] = renamed(bundles["worker-1"], "worker-2")
    notices = judge(bundles).notices
    assert any("worker-1, worker-2 share a machine id" in one for one in notices)


def test_of_two_bundles_of_one_node_the_newer_is_judged_and_told() -> None:
    bundles = honest()
    bundles["twin"] = renamed(bundles["cp-1"], "cp-1")
    tell(bundles["twin"], "time", finished="2027-01-01T00:00:00Z")
    notices = judge(bundles).notices
    assert any("Several bundles of node cp-1" in one and "2027" in one for one in notices)


def test_a_worker_with_a_decoy_does_not_stand_for_the_control_plane() -> None:
    bundles = honest()
    server = bundles["cp-1"].records[process_of(bundles, "cp-1", "kube-apiserver")]
    assert isinstance(server, dict)
    argv = bundles["cp-1"].blobs[server["blob"]].decode().split("\0")[:-1]
    beside("worker-1", "kubelet", *argv)(bundles)
    index = index_of(bundles["worker-1"], "proc/cmdline", "/proc/99/")
    bundles["worker-1"].put(index, component="kube-apiserver")
    del bundles["cp-1"]
    found = judge(bundles)
    passed = [c for c in found.controls if c.section == "1.2" and c.verdict is PASS]
    assert passed
    assert all(c.partial and c.nodes_missing == ("cp-1",) for c in passed)


@pytest.mark.parametrize("kind", ["api", "node"])
def test_a_bundle_of_the_other_kind_shows_nothing(kind: str) -> None:
    draft = honest()["cp-1" if kind == "api" else "api"]
    assert isinstance(draft.manifest, dict)
    draft.manifest = {**draft.manifest, "kind": kind}
    tell(draft, "subject", node_name="cp-1")
    assert set(verdicts(judge({"it": draft})).values()) == {UNKNOWN}


def other_authority(bundles: Set) -> None:
    tell(bundles["worker-1"], "cluster", ca_sha256="a" * 64)


def same_number(bundles: Set) -> None:
    bundles["again"] = bundles["cp-1"].copy()
    tell(bundles["again"], "time", finished="2027-01-01T00:00:00Z")


def other_cluster(bundles: Set) -> None:
    bundles["again"] = bundles["api"].copy()
    assert isinstance(bundles["again"].manifest, dict)
    bundles["again"].manifest = {**bundles["again"].manifest, "bundle_id": "e" * 32}
    tell(bundles["again"], "cluster", uid="another")


def no_name(bundles: Set) -> None:
    bundles["cp-1"] = renamed(bundles["cp-1"], "")


REFUSED: dict[str, tuple[Lie, str]] = {
    "another-authority": (other_authority, "certificate authorities"),
    "one-number-for-two": (same_number, "bundle id"),
    "another-cluster": (other_cluster, "different clusters"),
    "a-node-without-a-name": (no_name, "node_name"),
}


@pytest.mark.parametrize(("lie", "word"), REFUSED.values(), ids=REFUSED)
def test_bundles_that_cannot_be_of_one_cluster_are_refused(lie: Lie, word: str) -> None:
    bundles = honest()
    lie(bundles)
    with pytest.raises(BundleRefusedError, match=word):
        judge(bundles)
