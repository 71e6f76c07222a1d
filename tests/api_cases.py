"""Cases of API checks as data: tests/cases/TYPE/api-cases.yaml, and how they become evidence."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from analyzer.catalogue.defaults import load_defaults
from analyzer.checks import CHECK_TYPES
from analyzer.formats.kube_objects import KINDS, decode
from analyzer.model.api import ApiEvidence
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Policy
from analyzer.model.evidence import Absent, Present
from analyzer.model.outcome import Check, Outcome
from tests import evidence_builder as build

FOLDER = Path(__file__).parent / "cases"
POLICY = Path(__file__).parent.parent / "analyzer" / "data" / "policy" / "default.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: the check's parameters, the evidence, and what must come out."""

    type: str
    name: str
    body: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.type}-{self.name}"

    def check(self) -> Check:
        made: Check = msgspec.convert(
            self.body.get("check", {}), CHECK_TYPES[self.type], strict=False
        )
        return made

    def outcomes(self) -> tuple[Outcome, ...]:
        return self.check().evaluate(cluster(self.body), context(self.body))


def all_cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*/api-cases.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {key: value for key, value in document.items() if key != "cases"}
        for name, body in document["cases"].items():
            lists = {**shared.get("lists", {}), **body.get("lists", {})}
            yield Case(type=path.parent.name, name=name, body={**shared, **body, "lists": lists})


def expand(resource: str, short: Mapping[str, Any]) -> dict[str, Any]:
    """Write a case's object out: ``n`` is NAMESPACE/NAME, ``c`` one container's fields."""
    rest = dict(short)
    namespace, _, name = rest.pop("n").rpartition("/")
    metadata: dict[str, Any] = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    for key in ("labels", "annotations", "uid"):
        if key in rest:
            metadata[key] = rest.pop(key)
    if "owner" in rest:
        kind, _, owner = rest.pop("owner").partition("/")
        reference = {"kind": kind, "name": owner, "controller": True}
        metadata["ownerReferences"] = [{**reference, "uid": rest.pop("owner_uid", None)}]
    if "c" in rest:
        spec = {"containers": [{"name": "app", "image": "x", **rest.pop("c")}], **rest.pop("p", {})}
        rest["spec"] = _wrapped(resource, spec)
    return {"metadata": metadata, **rest}


def _wrapped(resource: str, spec: dict[str, Any]) -> dict[str, Any]:
    template = {"template": {"spec": spec}}
    if resource == "pods":
        return spec
    return {"jobTemplate": {"spec": template}} if resource == "cronjobs.batch" else template


def api(body: Mapping[str, Any]) -> ApiEvidence | None:
    if body.get("no_api"):
        return None
    lists: dict[str, Any] = {name: build.resource_list(name, ()) for name in KINDS}
    malformed = body.get("malformed", {})
    for name in (*body["lists"], *malformed):
        objects = body["lists"].get(name, ())
        values = [decode(name, json.dumps(expand(name, one)).encode()) for one in objects]
        lists[name] = build.resource_list(name, values, malformed=malformed.get(name, ()))
    for name, reason in body.get("unreadable", {}).items():
        lists[name] = build.unreadable(reason, f"{name}: not readable")
    for name in body.get("absent", ()):
        lists[name] = Absent(source=build.source("bundle/probes.ndjson", name))
    configz = {
        node: Present(
            value={"kind": "KubeletConfiguration", **value},
            source=build.source("bundle/blobs/configz"),
        )
        for node, value in body.get("configz", {}).items()
    }
    offered = body.get("namespaced", ())
    known = None if offered == "unknown" else tuple(offered)
    return build.api(lists=lists, configz=configz, namespaced=known)


def cluster(body: Mapping[str, Any]) -> ClusterEvidence:
    nodes = []
    for one in body.get("nodes", ()):
        argv = one.get("argv", ["kube-apiserver"])
        component = one.get("component", "kube-apiserver")
        files = [
            (path, build.captured(path, role=role, content=text))
            for role, entries in one.get("files", {}).items()
            for path, text in entries.items()
        ]
        files += [(path, build.captured(path, status="absent")) for path in one.get("missing", ())]
        process = build.process(component, argv, truncated=one.get("truncated", False))
        nodes.append(build.node(one["name"], processes=[process], files=files))
    known = body.get("expected")
    expected = known and [build.expected(name, os=system) for name, system in known.items()]
    return build.cluster(*nodes, api_evidence=api(body), expected_nodes=expected)


def context(body: Mapping[str, Any]) -> Context:
    document = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    mine = body.get("policy", {})
    values = {**document["values"], **mine.get("values", {})}
    lists = {**document["lists"], **mine.get("lists", {})}
    policy = Policy(
        id="test", values=values, lists={name: tuple(entries) for name, entries in lists.items()}
    )
    return build.context(
        version=body.get("version", "1.32"),
        kubelet_versions=body.get("kubelets", {}),
        reading=body.get("reading", "effective"),
        policy=policy,
        defaults=load_defaults(),
    )
