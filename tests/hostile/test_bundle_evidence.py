"""From checked bundles to evidence: what is known, what is not and why, and where it stands."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from analyzer.bundle.api_served import ALWAYS_SERVED
from analyzer.bundle.evidence import api_evidence, node_evidence
from analyzer.bundle.reader import read_bundle
from analyzer.model.api import CENSUS, ApiEvidence
from analyzer.model.bundle import Bundle
from analyzer.model.cause import NOT_ACCEPTED
from analyzer.model.evidence import Absent, Present, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence
from analyzer.model.verdict import Reason
from tests.hostile.builder import (
    STAT,
    api_manifest,
    manifest,
    members,
    ndjson,
    pack,
    plan_line,
    probe,
    write,
)

CONFIG = "/var/lib/kubelet/config.yaml"
Records = Iterable[Mapping[str, Any]]


def bundle(folder: Path, records: Records, blobs: Mapping[str, bytes], **more: Any) -> Bundle:
    return read_bundle(write(folder, pack(members(records, blobs=blobs, **more))))


def node(
    folder: Path, records: Records, blobs: Mapping[str, bytes] | None = None, **more: Any
) -> NodeEvidence:
    return node_evidence(bundle(folder, records, blobs or {}, **more))


def api(
    folder: Path, records: Records, blobs: Mapping[str, bytes] | None = None, **more: Any
) -> ApiEvidence:
    more.setdefault("manifest_value", api_manifest())
    return api_evidence(bundle(folder, records, blobs or {}, **more))


# ------------------------------------------------------------------ files


def test_file_with_facts_and_content(tmp_path: Path) -> None:
    text = b"a: KEB-REDACTED-r1\nb: 2\n"
    link = {"target": "config-1.yaml"}
    stat = {**STAT, "mode": "4755", "uid": 998, "gid": 7}
    records = [
        probe(1, "host/users", "/etc/passwd", blob="blobs/b1"),
        probe(
            2,
            "file/kubelet-config",
            CONFIG,
            stat=stat,
            link=link,
            resolved="/var/lib/kubelet/config-1.yaml",
            acl=True,
            blob="blobs/b2",
            via="kubelet --config pid 980",
        ),
    ]
    blobs = {"blobs/b1": b"u root 0\nu kube 998\nu other 998\ng root 0\n", "blobs/b2": text}
    found = node(tmp_path, records, blobs)
    (record,) = found.files[CONFIG]
    assert record.role == "kubelet-config"
    assert record.via == "kubelet --config pid 980"
    stated = record.stat
    assert isinstance(stated, Present)
    facts = stated.value
    assert (facts.mode, facts.uid, facts.gid) == (0o4755, 998, 7)
    assert (facts.owner, facts.group) == ("kube", None)
    assert (facts.resolved, facts.link_target) == ("/var/lib/kubelet/config-1.yaml", link["target"])
    assert facts.has_acl is True
    assert stated.source.member == "bundle/probes.ndjson"
    assert stated.source.selector == "line 2 /stat"
    assert "mode=4755" in stated.source.excerpt
    content = record.content
    assert isinstance(content, Present)
    assert content.value == text.decode()
    assert is_redacted(content.value)
    assert content.source.member == "bundle/blobs/b2"
    assert len(content.source.member_sha256) == 64
    assert found.stat(CONFIG) == stated
    assert found.content(CONFIG) == content


def test_empty_file_is_empty_text_and_not_missing(tmp_path: Path) -> None:
    records = [probe(1, "file/kubelet-config", CONFIG, stat=STAT, blob="blobs/b1")]
    content = node(tmp_path, records, {"blobs/b1": b""}).content(CONFIG)
    assert isinstance(content, Present)
    assert content.value == ""


def test_absent_file_is_absent(tmp_path: Path) -> None:
    found = node(tmp_path, [probe(1, "file/kubelet-config", CONFIG, "absent")])
    for evidence in (found.stat(CONFIG), found.content(CONFIG)):
        assert isinstance(evidence, Absent)
        assert evidence.source.selector == "line 1"


STATUSES = {
    "denied": Reason.NE_PERMISSION_DENIED,
    "loop": Reason.NE_COLLECTION_ERROR,
    "error": Reason.NE_COLLECTION_ERROR,
    "timeout": Reason.NE_TIMEOUT,
    "truncated": Reason.NE_TRUNCATED,
    "unsupported": Reason.NE_FILE_NOT_COLLECTED,
    "excluded": Reason.NE_FILE_NOT_COLLECTED,
}


@pytest.mark.parametrize(("status", "reason"), STATUSES.items(), ids=STATUSES)
@pytest.mark.parametrize("facts", [True, False], ids=["facts", "no-facts"])
def test_every_other_status_leaves_content_unknown(
    tmp_path: Path, status: str, reason: Reason, facts: bool
) -> None:
    """Facts that were recorded stand, also where the content was refused."""
    more = {"stat": STAT} if facts else {}
    record = probe(1, "file/kubelet-config", CONFIG, status, **more)
    found = node(tmp_path, [{**record, "detail": "because"}])
    content = found.content(CONFIG)
    assert isinstance(content, Unreadable)
    assert content.reason is reason
    assert CONFIG in content.detail
    assert "because" in content.detail
    assert content.source is not None
    assert content.source.selector == "line 1"
    assert isinstance(found.stat(CONFIG), Present if facts else Unreadable)


UNKNOWN_CONTENT: dict[str, tuple[dict[str, Any], bytes | None, Reason]] = {
    "only-facts": ({}, None, Reason.NE_FILE_NOT_COLLECTED),
    "cut": ({"truncated": True}, b"a: 1\n", Reason.NE_TRUNCATED),
    "not-utf8": ({}, b"a: \xff\n", Reason.NE_SCHEMA_INVALID),
}


@pytest.mark.parametrize(
    ("more", "data", "reason"), UNKNOWN_CONTENT.values(), ids=UNKNOWN_CONTENT.keys()
)
def test_content_that_cannot_be_known(
    tmp_path: Path, more: dict[str, Any], data: bytes | None, reason: Reason
) -> None:
    blob = {} if data is None else {"blob": "blobs/b1"}
    records = [probe(1, "file/kubelet-config", CONFIG, stat=STAT, **blob, **more)]
    content = node(tmp_path, records, {} if data is None else {"blobs/b1": data}).content(CONFIG)
    assert isinstance(content, Unreadable)
    assert content.reason is reason


def test_record_without_facts_or_fit_is_unknown(tmp_path: Path) -> None:
    plain = probe(1, "file/kubelet-config", CONFIG)
    odd = probe(2, "file/admin-kubeconfig", "/etc/kubernetes/admin.conf", stat={"mode": "rw"})
    later = probe(3, "file/kubelet-ca", "/etc/kubernetes/pki/ca.crt")
    plan = [plan_line(one) for one in (plain, odd, later)]
    found = node(tmp_path, [plain, odd], plan=plan)
    for path, reason in (
        (CONFIG, Reason.NE_SCHEMA_INVALID),
        ("/etc/kubernetes/admin.conf", Reason.NE_SCHEMA_INVALID),
        ("/etc/kubernetes/pki/ca.crt", Reason.NE_NOT_RUN),
    ):
        evidence = found.stat(path)
        assert isinstance(evidence, Unreadable), path
        assert evidence.reason is reason
    never_ran = found.content("/etc/kubernetes/pki/ca.crt")
    assert isinstance(never_ran, Unreadable)
    assert never_ran.source is not None
    assert never_ran.source.member == "bundle/plan.ndjson"
    assert never_ran.source.selector == "line 3"


def test_path_that_nobody_asked_for_is_unknown(tmp_path: Path) -> None:
    evidence = node(tmp_path, []).stat("/etc/x")
    assert isinstance(evidence, Unreadable)


def test_host_paths_are_byte_text(tmp_path: Path) -> None:
    path = "/etc/größe.conf"
    raw = path.encode().decode("latin-1")
    broken = b"/etc/\xff.conf".decode("latin-1")
    records = [
        probe(1, "file/cni-config", raw, stat=STAT),
        probe(2, "file/cni-config", broken, stat=STAT),
    ]
    assert list(node(tmp_path, records).files) == ["/etc/\\xff.conf", path]


def test_a_path_with_several_roles_keeps_each(tmp_path: Path) -> None:
    path = "/etc/kubernetes/pki/ca.crt"
    records = [
        probe(1, "file/kubelet-ca", path, "denied"),
        probe(2, "file/pki", path, stat=STAT),
    ]
    found = node(tmp_path, records)
    assert [one.role for one in found.files[path]] == ["kubelet-ca", "pki"]
    assert isinstance(found.stat(path), Present)
    assert len(found.by_role("pki")) == 1


FOLDER: dict[str, Any] = {"stat": {**STAT, "type": "dir", "mode": "0700"}, "entries": 0}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("ok", Present),
        ("absent", Absent),
        ("truncated", Unreadable),
        ("denied", Unreadable),
        ("error", Unreadable),
    ],
)
def test_directory_is_known_only_when_its_walk_was_finished(
    tmp_path: Path, status: str, kind: type
) -> None:
    more = {} if status == "absent" else FOLDER
    found = node(tmp_path, [probe(1, "dir/pki", "/etc/kubernetes/pki", status, **more)])
    assert isinstance(found.directories["/etc/kubernetes/pki"], kind)
    assert isinstance(found.stat("/etc/kubernetes/pki"), kind)


def test_directory_walked_twice_is_known_only_when_both_were_finished(tmp_path: Path) -> None:
    records = [
        probe(1, "dir/pki", "/p", **FOLDER),
        probe(2, "dir/cert-dir", "/p", "truncated", **FOLDER),
        probe(3, "dir/cert-dir", "/p", **FOLDER),
    ]
    assert isinstance(node(tmp_path, records).directories["/p"], Unreadable)


# ------------------------------------------------------------------ processes


def process_records(**cmdline: Any) -> list[dict[str, Any]]:
    scan = {"seen": 9, "unreadable": 0, "matched": 1}
    named = {"component": "kubelet", "pid": 980, **cmdline}
    status = named.pop("status", "ok")
    return [
        probe(1, "proc/scan", "/proc", scan=scan),
        probe(2, "proc/cmdline", "/proc/980/cmdline", status, **named),
    ]


def test_process_with_its_surroundings(tmp_path: Path) -> None:
    records = [
        *process_records(blob="blobs/b1"),
        probe(3, "proc/environ", "/proc/980/environ", pid=980, blob="blobs/b2"),
        probe(4, "proc/status", "/proc/980/status", pid=980, blob="blobs/b3"),
    ]
    blobs = {
        "blobs/b1": b"/usr/bin/kubelet\x00--config\x00/x y\x00--token=KEB-REDACTED-r1\x00",
        "blobs/b2": b"ETCD_NAME=a=b\x00ETCD_NAME=c\x00",
        "blobs/b3": b"Uid:\t1000\t0\t0\t0\nGid:\t0\t0\t0\t0\n",
    }
    found = node(tmp_path, records, blobs)
    assert isinstance(found.scan, Present)
    assert found.scan.value == 9
    (process,) = found.running("kubelet")
    assert process.argv == ("/usr/bin/kubelet", "--config", "/x y", "--token=KEB-REDACTED-r1")
    assert process.source.member == "bundle/blobs/b1"
    assert dict(process.environ) == {"ETCD_NAME": "a=b"}
    assert process.environ_source is not None
    assert process.environ_source.member == "bundle/blobs/b2"
    assert process.uid == 0
    assert process.truncated is False


CUT: dict[str, tuple[dict[str, Any], bytes, tuple[str, ...]]] = {
    "status": (
        {"status": "truncated", "blob": "blobs/b1"},
        b"kubelet\x00--authorization-mode=A",
        ("kubelet",),
    ),
    "flag": (
        {"truncated": True, "blob": "blobs/b1"},
        b"kubelet\x00--a=b\x00",
        ("kubelet", "--a=b"),
    ),
    "empty": ({"blob": "blobs/b1"}, b"", ()),
    "denied": ({"status": "denied"}, b"", ()),
    "redactor-failed": ({"status": "error"}, b"", ()),
}


@pytest.mark.parametrize(("more", "data", "argv"), CUT.values(), ids=CUT.keys())
def test_process_whose_arguments_are_not_whole(
    tmp_path: Path, more: dict[str, Any], data: bytes, argv: tuple[str, ...]
) -> None:
    blobs = {"blobs/b1": data} if "blob" in more else {}
    (process,) = node(tmp_path, process_records(**more), blobs).processes
    assert process.truncated is True
    assert process.argv == argv


def test_processes_come_by_component_then_pid(tmp_path: Path) -> None:
    rows = [(2, "kubelet", 9), (3, "etcd", 30), (4, "etcd", 4), (5, "k3s", 1), (6, "novel", 2)]
    records = [
        probe(seq, "proc/cmdline", f"/proc/{pid}/cmdline", component=name, pid=pid, blob="blobs/b1")
        for seq, name, pid in rows
    ]
    found = node(tmp_path, records, {"blobs/b1": b"x\x00"}).processes
    assert [(p.component, p.pid) for p in found] == [
        ("etcd", 4),
        ("etcd", 30),
        ("kubelet", 9),
        ("k3s", 1),
    ]


SCANS: dict[str, tuple[list[dict[str, Any]], Reason]] = {
    "never-asked": ([], Reason.NE_FILE_NOT_COLLECTED),
    "denied": ([probe(1, "proc/scan", "/proc", "denied")], Reason.NE_PERMISSION_DENIED),
    "some-hidden": (
        [probe(1, "proc/scan", "/proc", scan={"seen": 9, "unreadable": 1})],
        Reason.NE_PERMISSION_DENIED,
    ),
    "no-numbers": ([probe(1, "proc/scan", "/proc")], Reason.NE_SCHEMA_INVALID),
    "no-proc": ([probe(1, "proc/scan", "/proc", "absent")], Reason.NE_SCHEMA_INVALID),
    "nameless-match": (process_records(component=""), Reason.NE_SCHEMA_INVALID),
    "numberless-match": (process_records(pid=None), Reason.NE_SCHEMA_INVALID),
    "misfit-match": (process_records(pid="980"), Reason.NE_SCHEMA_INVALID),
    "lost-match": (process_records()[:1], Reason.NE_SCHEMA_INVALID),
}


@pytest.mark.parametrize(("records", "reason"), SCANS.values(), ids=SCANS.keys())
def test_not_running_is_not_claimed_unless_everything_was_seen(
    tmp_path: Path, records: list[dict[str, Any]], reason: Reason
) -> None:
    scan = node(tmp_path, records).scan
    assert isinstance(scan, Unreadable)
    assert scan.reason is reason


def test_interrupted_scan_is_unknown(tmp_path: Path) -> None:
    plan = [plan_line(probe(1, "proc/scan", "/proc"))]
    assert isinstance(node(tmp_path, [], plan=plan).scan, Unreadable)


def test_node_facts_come_from_the_manifest(tmp_path: Path) -> None:
    value = manifest(complete=False, cluster={"ca_sha256": "a" * 64})
    records = [probe(1, "file/novelty", "/x", stat=STAT), probe(2, "host/novelty", "/y")]
    found = node(tmp_path, records, manifest_value=value)
    assert found.name == "cp-1"
    assert found.complete is False
    assert found.ca_sha256 == "a" * 64
    assert found.collected_at == "2026-11-22T03:00:09Z"
    assert found.source.member == "bundle/manifest.json"
    assert found.unknown_probes == ("file/novelty", "host/novelty")


# ------------------------------------------------------------------ API


def service(name: str) -> bytes:
    return json.dumps({"metadata": {"name": name, "namespace": "default"}}).encode()


def listing(seq: int, resource: str, status: str = "ok", **more: Any) -> dict[str, Any]:
    name, _, group = resource.partition(".")
    told = {"resource": name, "group": group, "complete": True, "items": 0, "pages": 1}
    path = f"/apis/{group}/v1/{name}" if group else f"/api/v1/{name}"
    facts = {**told, **more.pop("api", {})}
    return probe(seq, f"api/{resource}", path, status, api=facts, **more)


def test_complete_list_is_present_with_line_numbers(tmp_path: Path) -> None:
    data = ndjson([service("a"), b"{}", b'{"metadata": 7}', b"nonsense", b"[" * 5000, service("z")])
    records = [listing(1, "services", blob="api/p1.ndjson", api={"items": 6})]
    evidence = api(tmp_path, records, {"api/p1.ndjson": data}).list("services")
    assert isinstance(evidence, Present)
    found = evidence.value
    assert [item.line for item in found.items] == [1, 6]
    assert [item.value.name for item in found.items] == ["a", "z"]
    assert [one.line for one in found.malformed] == [2, 3, 4, 5]
    place = found.at(6, "/spec", "x")
    assert (place.member, place.selector) == ("bundle/api/p1.ndjson", "line 6 /spec")


def test_why_names_are_not_known_is_said_by_their_own_record(tmp_path: Path) -> None:
    known = probe(1, "host/users", "/etc/passwd", blob="blobs/b1")
    lists = {"blobs/b1": b"u root 0\ng root 0\n"}
    assert node(tmp_path, [known], lists).names_gap is None
    denied = node(tmp_path, [probe(1, "host/users", "/etc/passwd", "denied")]).names_gap
    assert denied is not None
    assert denied.reason is Reason.NE_PERMISSION_DENIED
    users_only = node(tmp_path, [known], {"blobs/b1": b"u root 0\n"}).names_gap
    assert users_only is not None
    assert users_only.reason is Reason.NE_SCHEMA_INVALID
    never = node(tmp_path, [probe(1, "file/pki", "/p", "absent")]).names_gap
    assert never is not None
    assert never.reason is Reason.NE_FILE_NOT_COLLECTED


def test_empty_list_is_a_fact(tmp_path: Path) -> None:
    records = [listing(1, "services", blob="api/p1.ndjson", api={"items": 0})]
    evidence = api(tmp_path, records, {"api/p1.ndjson": b""}).list("services")
    assert isinstance(evidence, Present)
    assert evidence.value.items == ()


def test_a_caller_that_is_not_known_is_not_one_without_rights(tmp_path: Path) -> None:
    told = {"complete": False, "http_code": 401}
    evidence = api(tmp_path, [listing(1, "pods", "denied", api=told)]).list("pods")
    assert isinstance(evidence, Unreadable)
    assert (evidence.reason, NOT_ACCEPTED in evidence.detail) == (Reason.NE_API_FORBIDDEN, True)


UNKNOWN_LISTS: dict[str, tuple[dict[str, Any], bytes | None, Reason]] = {
    "denied": ({"status": "denied"}, None, Reason.NE_API_FORBIDDEN),
    "timeout": ({"status": "timeout"}, None, Reason.NE_TIMEOUT),
    "error": ({"status": "error"}, None, Reason.NE_COLLECTION_ERROR),
    "unsupported": ({"status": "unsupported"}, None, Reason.NE_API_KIND_MISSING),
    "excluded": ({"status": "excluded"}, None, Reason.NE_API_NOT_COLLECTED),
    "truncated": ({"status": "truncated"}, b"", Reason.NE_TRUNCATED),
    "ok-but-not-complete": ({"api": {"complete": False}}, b"", Reason.NE_TRUNCATED),
    "ok-but-completeness-unsaid": ({"api": {"complete": None}}, b"", Reason.NE_TRUNCATED),
    "ok-but-cut": ({"truncated": True}, b"", Reason.NE_TRUNCATED),
    "ok-without-member": ({}, None, Reason.NE_SCHEMA_INVALID),
    "fewer-than-counted": ({"api": {"items": 2}}, service("a") + b"\n", Reason.NE_SCHEMA_INVALID),
    "last-line-cut": ({}, service("a"), Reason.NE_SCHEMA_INVALID),
    "misfit": ({"api": {"items": -1}}, b"", Reason.NE_SCHEMA_INVALID),
    "more-than-counted": ({"api": {"items": 0}}, service("a") + b"\n", Reason.NE_SCHEMA_INVALID),
    "not-counted": ({"api": {"items": None}}, b"", Reason.NE_SCHEMA_INVALID),
    "no-page": ({"api": {"pages": 0}}, b"", Reason.NE_SCHEMA_INVALID),
    "pages-unsaid": ({"api": {"pages": None}}, b"", Reason.NE_SCHEMA_INVALID),
    "forbidden-all-the-same": ({"api": {"http_code": 403}}, b"", Reason.NE_SCHEMA_INVALID),
    "other-kind": ({"api": {"resource": "pods"}}, b"", Reason.NE_SCHEMA_INVALID),
    "other-group": ({"api": {"group": "apps"}}, b"", Reason.NE_SCHEMA_INVALID),
    "one-namespace": (
        {"target": "/api/v1/namespaces/kube-system/services"},
        b"",
        Reason.NE_SCHEMA_INVALID,
    ),
    "some-by-label": (
        {"target": "/api/v1/services?labelSelector=a"},
        b"",
        Reason.NE_SCHEMA_INVALID,
    ),
    "path-of-another-kind": ({"target": "/api/v1/pods"}, b"", Reason.NE_SCHEMA_INVALID),
    "path-of-another-group": ({"target": "/apis/x.io/v1/services"}, b"", Reason.NE_SCHEMA_INVALID),
    "one-object": ({"target": "/api/v1/services/a"}, b"", Reason.NE_API_NOT_COLLECTED),
    "one-object-of-one-namespace": (
        {"target": "/api/v1/namespaces/default/services/a"},
        b"",
        Reason.NE_API_NOT_COLLECTED,
    ),
    "absent-without-a-discovery": ({"status": "absent"}, None, Reason.NE_SCHEMA_INVALID),
}


@pytest.mark.parametrize(
    ("more", "data", "reason"), UNKNOWN_LISTS.values(), ids=UNKNOWN_LISTS.keys()
)
def test_list_that_may_lack_objects_is_never_the_whole(
    tmp_path: Path, more: dict[str, Any], data: bytes | None, reason: Reason
) -> None:
    blob = {} if data is None else {"blob": "api/p1.ndjson"}
    blobs = {} if data is None else {"api/p1.ndjson": data}
    record = listing(1, "services", **{k: v for k, v in more.items() if k != "target"}, **blob)
    record["target"] = more.get("target", record["target"])
    evidence = api(tmp_path, [record], blobs).list("services")
    assert isinstance(evidence, Unreadable)
    assert evidence.reason is reason


def test_list_in_the_bundle_twice_is_unknown(tmp_path: Path) -> None:
    records = [listing(n, "services", blob="api/p1.ndjson") for n in (1, 2)]
    evidence = api(tmp_path, records, {"api/p1.ndjson": b""}).list("services")
    assert isinstance(evidence, Unreadable)
    assert "more than once" in evidence.detail


def discovery(complete: object = True, status: str = "ok", **more: Any) -> dict[str, Any]:
    facts = {"complete": complete, "items": len(KINDS), **more}
    return probe(1, "api/discovery", "/apis", status, api=facts, blob="api/p1.ndjson")


KINDS = (*sorted(ALWAYS_SERVED), "deployments.apps")
SERVED = ndjson(
    {"group": kind.partition(".")[2], "version": "v1", "resource": kind.partition(".")[0]}
    for kind in KINDS
)


def test_complete_discovery_shows_what_is_not_served(tmp_path: Path) -> None:
    records = [discovery(), listing(2, "podsecuritypolicies.policy", "absent")]
    found = api(tmp_path, records, {"api/p1.ndjson": SERVED})
    absent = found.list("clusterpolicies.kyverno.io")
    assert isinstance(absent, Absent)
    assert absent.source.member == "bundle/api/p1.ndjson"
    assert isinstance(found.list("podsecuritypolicies.policy"), Absent)
    for served in ("pods", "deployments.apps"):
        evidence = found.list(served)
        assert isinstance(evidence, Unreadable)
        assert evidence.reason is Reason.NE_API_NOT_COLLECTED
    assert list(found.lists) == ["podsecuritypolicies.policy"]
    assert len(found.lists) == 1


BROKEN_DISCOVERY: dict[str, tuple[dict[str, Any], bytes]] = {
    "not-complete": (discovery(complete=False), SERVED),
    "completeness-unsaid": (discovery(complete=None), SERVED),
    "truncated": (discovery(status="truncated"), SERVED),
    "absent": (discovery(status="absent"), SERVED),
    "empty": (discovery(items=0), b""),
    "counts-another-number": (discovery(items=len(KINDS) - 1), SERVED),
    "counts-nothing": (discovery(items=None), SERVED),
    "lacks-pods": (
        discovery(items=len(KINDS) - 1),
        b"".join(line for line in SERVED.splitlines(keepends=True) if b'"pods"' not in line),
    ),
    "lacks-cluster-role-bindings": (
        discovery(items=len(KINDS) - 1),
        b"".join(line for line in SERVED.splitlines(True) if b'"clusterrolebindings"' not in line),
    ),
    "broken-line": (discovery(), SERVED + b"{\n"),
    "odd-line": (discovery(), SERVED + b'{"resource": 7}\n'),
}


@pytest.mark.parametrize(("record", "data"), BROKEN_DISCOVERY.values(), ids=BROKEN_DISCOVERY.keys())
def test_broken_discovery_shows_nothing(
    tmp_path: Path, record: dict[str, Any], data: bytes
) -> None:
    found = api(tmp_path, [record], {"api/p1.ndjson": data})
    assert isinstance(found.list("clusterpolicies.kyverno.io"), Unreadable)


def test_version_comes_from_the_server_with_its_place(tmp_path: Path) -> None:
    records = [probe(1, "api/version", "/version", blob="api/p1.ndjson")]
    found = api(tmp_path, records, {"api/p1.ndjson": b'{"gitVersion":"v1.33.1+IKS"}\n'})
    assert found.git_version == "v1.33.1+IKS"
    assert found.version_source is not None
    assert found.version_source.member == "bundle/api/p1.ndjson"
    assert found.version_source.selector == "line 1 /gitVersion"


def test_two_versions_are_none(tmp_path: Path) -> None:
    records = [probe(n, "api/version", "/version", blob=f"api/p{n}.ndjson") for n in (1, 2)]
    blobs = {f"api/p{n}.ndjson": b'{"gitVersion":"v1.3%d.1"}\n' % n for n in (1, 2)}
    found = api(tmp_path, records, blobs, manifest_value={**api_manifest(), "cluster": {}})
    assert found.git_version is None


def test_version_falls_back_to_the_manifest(tmp_path: Path) -> None:
    found = api(tmp_path, [probe(1, "api/version", "/version", "denied")])
    assert found.git_version == "v1.36.2"
    assert found.version_source is not None
    assert found.version_source.selector == "/cluster/git_version"
    none = api(tmp_path, [], manifest_value={**api_manifest(), "cluster": {}})
    assert none.git_version is None
    assert none.version_source is None
    assert none.cluster_uid is None


def test_a_kind_that_discovery_offers_is_never_absent(tmp_path: Path) -> None:
    records = [discovery(), listing(2, "deployments.apps", "absent"), listing(3, "pods", "absent")]
    found = api(tmp_path, records, {"api/p1.ndjson": SERVED})
    for kind in ("deployments.apps", "pods"):
        evidence = found.list(kind)
        assert isinstance(evidence, Unreadable)
        assert evidence.reason is Reason.NE_SCHEMA_INVALID


def test_two_discoveries_are_none(tmp_path: Path) -> None:
    records = [discovery(), {**discovery(), "seq": 2}, listing(3, "jobs.batch", "absent")]
    found = api(tmp_path, records, {"api/p1.ndjson": SERVED})
    assert isinstance(found.list("clusterpolicies.kyverno.io"), Unreadable)
    assert isinstance(found.list("jobs.batch"), Unreadable)


def test_config_maps_are_asked_for_in_one_namespace(tmp_path: Path) -> None:
    record = listing(1, "configmaps", blob="api/p1.ndjson")
    for path, kind in (
        ("/api/v1/namespaces/default/configmaps", Present),
        ("/api/v1/configmaps", Present),
        ("/api/v1/namespaces/other/configmaps", Unreadable),
    ):
        evidence = api(tmp_path, [{**record, "target": path}], {"api/p1.ndjson": b""})
        assert isinstance(evidence.list("configmaps"), kind), path


WIDGETS = "widgets.example.com"
IN_DEFAULT = "/apis/example.com/v1/namespaces/default/widgets"


def test_a_census_of_namespace_default_is_no_list_of_its_kind(tmp_path: Path) -> None:
    record = {**listing(1, WIDGETS, blob="api/p1.ndjson", api={"items": 1}), "target": IN_DEFAULT}
    found = api(tmp_path, [record], {"api/p1.ndjson": ndjson([service("a")])})
    assert isinstance(found.list(WIDGETS), Unreadable)
    census = found.list(f"{CENSUS}{WIDGETS}")
    assert isinstance(census, Present)
    assert [item.value.name for item in census.value.items] == ["a"]


@pytest.mark.parametrize(
    ("target", "namespace"),
    [
        (IN_DEFAULT.replace("default", "other"), "other"),
        (IN_DEFAULT.replace("default", "default2"), "default2"),
        (IN_DEFAULT, "other"),
        (IN_DEFAULT, None),
    ],
)
def test_a_census_of_another_namespace_is_none(
    tmp_path: Path, target: str, namespace: str | None
) -> None:
    record = {**listing(1, WIDGETS, blob="api/p1.ndjson", api={"items": 1}), "target": target}
    line = {"metadata": {"name": "a", "namespace": namespace}}
    found = api(tmp_path, [record], {"api/p1.ndjson": ndjson([line])})
    assert not isinstance(found.list(f"{CENSUS}{WIDGETS}"), Present)


def test_discovery_tells_which_kinds_live_in_namespaces(tmp_path: Path) -> None:
    more = [
        {"group": "a.io", "version": "v1", "resource": "ones", "namespaced": True},
        {"group": "a.io", "version": "v1", "resource": "twos", "listable": False},
        {"group": "a.io", "version": "v1", "resource": "threes", "namespaced": False},
    ]
    data = {"api/p1.ndjson": SERVED + ndjson(more)}
    whole = api(tmp_path, [discovery(items=len(KINDS) + 3)], data)
    assert whole.namespaced is not None
    assert set(whole.namespaced) - set(KINDS) == {"ones.a.io"}
    cut = api(tmp_path, [discovery(False, items=len(KINDS) + 3)], data)
    assert cut.namespaced is None


def test_one_object_by_name_leaves_its_list_alone(tmp_path: Path) -> None:
    records = [
        listing(1, "services", blob="api/p1.ndjson"),
        {**listing(2, "services", "denied"), "target": "/api/v1/namespaces/default/services/a"},
    ]
    assert isinstance(api(tmp_path, records, {"api/p1.ndjson": b""}).list("services"), Present)


PROXY = "/api/v1/nodes/cp-1/proxy/configz"


ANSWER = {"authentication": {"anonymous": {"enabled": False}}, "authorization": {"mode": "Webhook"}}


def test_configz_is_read_by_node(tmp_path: Path) -> None:
    records = [
        probe(1, "api/configz", PROXY, blob="api/p1.ndjson"),
        probe(2, "api/configz", "worker-1", "denied"),
        probe(3, "api/configz", "/api/v1/nodes/worker-2/proxy/configz", blob="api/p2.ndjson"),
        probe(4, "api/configz", "/api/v1/nodes/worker-3/proxy/configz", blob="api/p3.ndjson"),
        probe(5, "api/configz", "/api/v1/nodes/worker-4/proxy/configz", "absent"),
    ]
    settings = {**ANSWER, "port": 10250}
    blobs = {
        "api/p1.ndjson": b'{"kubeletconfig": ' + json.dumps(settings).encode() + b"}\n",
        "api/p2.ndjson": b'{"other": 1}\n',
        "api/p3.ndjson": b'{"kubeletconfig": {"a": 1, "a": 2}}\n',
    }
    found = api(tmp_path, records, blobs).configz
    assert list(found) == ["cp-1", "worker-1", "worker-2", "worker-3", "worker-4"]
    known = found["cp-1"]
    assert isinstance(known, Present)
    assert dict(known.value) == settings
    assert known.source.selector == "line 1 /kubeletconfig"
    reasons = [e.reason for e in found.values() if isinstance(e, Unreadable)]
    assert reasons == [
        Reason.NE_API_FORBIDDEN,
        Reason.NE_SCHEMA_INVALID,
        Reason.NE_SCHEMA_INVALID,
    ]
    assert isinstance(found["worker-4"], Absent)


ANSWERS = {
    "api/p1.ndjson": json.dumps({"kubeletconfig": ANSWER}).replace("false", "true").encode(),
    "api/p2.ndjson": json.dumps({"kubeletconfig": ANSWER}).encode(),
}
BY_OTHER_MEANS: dict[str, dict[str, Any]] = {
    "same-path": {"target": PROXY},
    "bare-name": {"target": "cp-1"},
    "other-path-by-via": {"target": "/api/v1/nodes/cp-1/proxy/healthz", "via": "node cp-1"},
}


@pytest.mark.parametrize("second", BY_OTHER_MEANS.values(), ids=BY_OTHER_MEANS)
@pytest.mark.parametrize("first", ["api/p1.ndjson", "api/p2.ndjson"], ids=["bad", "good"])
def test_two_answers_of_one_kubelet_are_none(
    tmp_path: Path, first: str, second: dict[str, Any]
) -> None:
    other = next(name for name in ANSWERS if name != first)
    records = [
        probe(1, "api/configz", PROXY, blob=first),
        {**probe(2, "api/configz", PROXY, blob=other), **second},
    ]
    found = api(tmp_path, records, ANSWERS).configz
    assert list(found) == ["cp-1"]
    assert isinstance(found["cp-1"], Unreadable)
    assert found["cp-1"].reason is Reason.NE_SCHEMA_INVALID


ODD_ANSWERS: dict[str, dict[str, Any]] = {
    "bare-name": {"target": "cp-1"},
    "other-path": {"target": "/api/v1/nodes/cp-1/proxy/healthz", "via": "node cp-1"},
    "via-another-node": {"via": "node worker-1"},
    "forbidden-all-the-same": {"api": {"complete": True, "http_code": 403}},
    "not-complete": {"api": {"complete": False, "http_code": 200}},
}


@pytest.mark.parametrize("forged", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_an_answer_of_a_kubelet_is_the_one_asked_for(
    tmp_path: Path, forged: dict[str, Any]
) -> None:
    record = {**probe(1, "api/configz", PROXY, blob="api/p2.ndjson"), **forged}
    found = api(tmp_path, [record], ANSWERS).configz
    assert list(found) == ["cp-1"]
    assert isinstance(found["cp-1"], Unreadable)


CUT_ANSWERS: dict[str, dict[str, Any]] = {
    "empty": {},
    "only-its-kind": {"kind": "KubeletConfiguration"},
    "nothing-of-anonymous": {**ANSWER, "authentication": {"anonymous": {}}},
    "null": {**ANSWER, "authentication": {"anonymous": {"enabled": None}}},
    "text-for-a-truth": {**ANSWER, "authentication": {"anonymous": {"enabled": "false"}}},
    "a-list": {**ANSWER, "authentication": [{"anonymous": {"enabled": False}}]},
    "no-mode": {**ANSWER, "authorization": {}},
    "empty-mode": {**ANSWER, "authorization": {"mode": ""}},
}


@pytest.mark.parametrize("settings", CUT_ANSWERS.values(), ids=CUT_ANSWERS)
def test_what_a_cut_answer_leaves_out_is_not_zero(tmp_path: Path, settings: dict[str, Any]) -> None:
    blobs = {"api/p1.ndjson": json.dumps({"kubeletconfig": settings}).encode()}
    found = api(tmp_path, [probe(1, "api/configz", PROXY, blob="api/p1.ndjson")], blobs).configz
    assert isinstance(found["cp-1"], Unreadable)
    assert found["cp-1"].reason is Reason.NE_SCHEMA_INVALID


def test_the_node_of_an_answer_may_be_said_by_both(tmp_path: Path) -> None:
    record = probe(1, "api/configz", PROXY.replace("cp-1", "cp%2D1"), blob="api/p2.ndjson")
    found = api(tmp_path, [{**record, "via": "node cp-1"}], ANSWERS).configz
    assert isinstance(found["cp-1"], Present)
