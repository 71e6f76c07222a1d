"""The small YAML language of tests/cases, turned into evidence values.

``nodes: {NAME: {run: [{component, argv, env, uid, truncated, listens,
pod, own_mounts, own_network}], files: {PATH: {role,
mode, uid, gid, acl, link, kind, status, reason, content, via}}, dirs: {PATH: {mode, uid, gid,
status}}, scan: denied, names: REASON why they are not known, embedded: {COMPONENT: arguments}}}``;
``expected: {NAME: control-plane|worker}``; ``configz: {NAME: {...}}``;
``pods: [...]``, objects as the API sends them. A file content ``@name`` stands for
tests/data/pki/name.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.formats.kube_objects import decode
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.evidence import Absent, Evidence, Present, Unreadable
from analyzer.model.node import CapturedFile, FileStat, NodeEvidence, Process
from analyzer.pipeline.namesakes import without_namesakes
from tests import evidence_builder as make

PKI = Path(__file__).resolve().parent / "data" / "pki"
_FACTS = ("mode", "kind", "link")
_KNOWN = {"true": True, "false": False, "": None}


def build(case: Mapping[str, Any]) -> ClusterEvidence:
    nodes = [_node(name, spec or {}) for name, spec in (case.get("nodes") or {}).items()]
    expected = case.get("expected")
    known = None
    if expected is not None:
        known = [make.expected(n, control_plane=r == "control-plane") for n, r in expected.items()]
    configz = case.get("configz")
    answers = {name: _answer(name, value) for name, value in (configz or {}).items()}
    pods = [decode("pods", json.dumps(pod).encode()) for pod in case.get("pods") or ()]
    lists = {"pods": make.resource_list("pods", pods)} if "pods" in case else {}
    asked = configz is not None or lists or case.get("api")
    api = make.api(configz=answers, lists=lists) if asked else None
    judged, _ = without_namesakes(tuple(nodes))
    return make.cluster(*judged, api_evidence=api, expected_nodes=known)


def _answer(name: str, value: object) -> Evidence[Mapping[str, Any]]:
    if value == "denied":
        return make.unreadable("NE_API_FORBIDDEN", "forbidden")
    assert isinstance(value, dict)
    return Present(value={"kubeletconfig": value}, source=make.source(f"bundle/api/{name}"))


def _node(name: str, spec: Mapping[str, Any]) -> NodeEvidence:
    runs = [_process(run, 100 + at) for at, run in enumerate(spec.get("run") or [])]
    files = [(path, _file(path, facts or {})) for path, facts in (spec.get("files") or {}).items()]
    dirs = {path: _directory(path, facts or {}) for path, facts in (spec.get("dirs") or {}).items()}
    scan = make.unreadable() if spec.get("scan") == "denied" else None
    return make.node(
        name,
        processes=runs,
        files=files,
        directories=dirs,
        scan=scan,
        embedded=spec.get("embedded"),
        names_gap=_names_gap(spec.get("names", "known")),
    )


def _names_gap(word: str) -> Unreadable | None:
    return None if word == "known" else make.unreadable(word, "host/users: not known")


def _process(run: Mapping[str, Any], pid: int) -> Process:
    argv = run.get("argv") or []
    return make.process(
        run["component"],
        [run["component"], *argv],
        pid=pid,
        environ=run.get("env") or {} if "env" in run or run["component"] == "etcd" else None,
        uid=int(run.get("uid", "0")),
        truncated=run.get("truncated") == "true",
        listens=run.get("listens") or (),
        pod_uid=run.get("pod", ""),
        own_mounts=_KNOWN[run.get("own_mounts", "")],
        own_network=_KNOWN[run.get("own_network", "")],
    )


def _file(path: str, facts: Mapping[str, Any]) -> CapturedFile:
    content = facts.get("content")
    if isinstance(content, str) and content.startswith("@"):
        content = (PKI / content[1:]).read_text(encoding="ascii")
    return make.captured(
        path,
        role=facts.get("role", ""),
        via=facts.get("via", "candidate"),
        content=content,
        status=facts.get("status", "ok"),
        reason=facts.get("reason", "NE_PERMISSION_DENIED"),
        uid=int(facts.get("uid", "0")),
        gid=int(facts.get("gid", "0")),
        acl={"true": True, "unknown": None}.get(facts.get("acl", ""), False),
        **{key: facts[key] for key in _FACTS if key in facts},
    )


def _directory(path: str, facts: Mapping[str, Any]) -> Evidence[FileStat]:
    where = make.source("bundle/probes.ndjson", path, selector="line 1")
    if facts.get("status") == "absent":
        return Absent(source=where)
    if facts.get("status", "ok") != "ok":
        return make.unreadable()
    stat = make.file_stat(
        path,
        mode=facts.get("mode", "0755"),
        uid=int(facts.get("uid", "0")),
        gid=int(facts.get("gid", "0")),
        kind="dir",
    )
    return Present(value=stat, source=where)
