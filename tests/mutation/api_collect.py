"""The bundle that our own collector makes of an API world.

The collector's program runs as it is; only kubectl is replaced, the clock stands still and a
list that broke off is begun again without a pause. What the bundle says is therefore what a
bundle of such a cluster would say.
"""

import importlib.util
import json
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.collectors.replay import RULES_REVIEW
from tests.mutation.api_tamper import seal, tampered
from tests.mutation.api_value import ApiWorld, Json, Kind

COLLECTOR = Path(__file__).resolve().parents[2] / "collectors" / "api.py"
_NOW = "2026-11-22T03:00:00Z"
_NAME = "mutation_collectors_api"


@cache
def collector() -> ModuleType:
    """Return the collector as a module, with a clock that stands still."""
    spec = importlib.util.spec_from_file_location(_NAME, COLLECTOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[_NAME] = module
    spec.loader.exec_module(module)
    module.__dict__.update(now=lambda: _NOW, RESTART_WAIT=0)
    return module


class Answers:
    """What stands in for kubectl: it answers from a world, and goes wrong as the world says."""

    def __init__(self, world: ApiWorld) -> None:
        self._world = world
        self._kinds = {kind.path: kind for kind in world.served()}
        self._groups = _groups(world)
        self._api = collector()

    def create(self, path: str, body: bytes) -> Any:
        """Answer the review of the reader's own rules."""
        assert path == RULES_REVIEW, path
        rule = {"verbs": ["list"], "apiGroups": ["*"], "resources": ["*"]}
        status = {"incomplete": False, "resourceRules": [rule], "nonResourceRules": []}
        return self._ok(dict(json.loads(body), status=status))

    def get(self, target: str, _timeout: float | None = None, *, names: bool = False) -> Any:
        """Answer one GET; a server may send whole objects where only names are asked for."""
        del names
        path, _, query = target.partition("?")
        if path.endswith("/proxy/configz"):
            return self._configz(path.split("/")[4])
        if path in ("/version", "/api", "/apis"):
            return self._fixed(path)
        if path in self._groups:
            return self._ok({"resources": self._groups[path]})
        return self._list(path, query)

    def _ok(self, document: Json) -> Any:
        return self._api.Answer("ok", 200, document, "", False, True)

    def _fixed(self, path: str) -> Any:
        word = "version" if path == "/version" else "discovery"
        if word in self._world.faults:
            return self._fault(self._world.faults[word])
        if path == "/version":
            major, minor = self._world.version.lstrip("v").split(".")[:2]
            version: Json = {"major": major, "minor": minor, "gitVersion": self._world.version}
            return self._ok({**version, "platform": "linux/amd64"})
        if path == "/api":
            return self._ok({"kind": "APIVersions", "versions": ["v1"]})
        names = dict.fromkeys((k.group, k.version) for k in self._world.served() if k.group)
        groups: dict[str, list[Json]] = {}
        for group, one in names:
            groups.setdefault(group, []).append({"version": one})
        found: list[Json] = [
            {"name": name, "versions": versions, "preferredVersion": versions[0]}
            for name, versions in groups.items()
        ]
        return self._ok({"kind": "APIGroupList", "groups": found})

    def _configz(self, node: str) -> Any:
        if "configz" in self._world.faults:
            return self._fault(self._world.faults["configz"])
        settings = self._world.configz.get(node)
        if settings is None:
            return self._api.failure(403)
        return self._ok({"kubeletconfig": settings})

    def _list(self, path: str, query: str) -> Any:
        namespace, kind = self._kind(path)
        if kind is None:
            return self._api.failure(404)
        items = [
            one
            for one in self._world.objects.get(kind.id, ())
            if not namespace or one["metadata"].get("namespace") == namespace
        ]
        fault = self._world.faults.get(kind.id)
        if fault is None:
            return self._ok(_page(kind, items))
        return self._spoiled(kind, items, fault, again="continue=" in query)

    def _kind(self, path: str) -> tuple[str, Kind | None]:
        parts = path.split("/")
        if "namespaces" in parts[:-1]:
            at = parts.index("namespaces")
            namespace = parts[at + 1]
            del parts[at : at + 2]
            return namespace, self._kinds.get("/".join(parts))
        return "", self._kinds.get(path)

    def _spoiled(self, kind: Kind, items: list[Json], fault: str, *, again: bool) -> Any:
        page = _page(kind, items)
        if fault == "truncated":
            page["metadata"]["continue"] = "next"
            return self._fault("timeout") if again else self._ok(page)
        if fault == "short":
            page["metadata"]["remainingItemCount"] = 2
            return self._ok(page)
        if fault == "other-kind":
            return self._ok({**page, "kind": "StatusList"})
        if fault == "nameless":
            return self._ok({**page, "items": [*items, {"metadata": {}}]})
        return self._fault(fault)

    def _fault(self, fault: str) -> Any:
        if fault == "not-json":
            return self._api.decode(b"<html>busy</html>")
        if fault == "timeout":
            return self._api.Answer("timeout", None, None, "the request took too long", False, True)
        codes = {"absent": 404, "denied": 403, "error": 500, "not-found": 404, "unauthorized": 401}
        if fault not in codes:  # what spoils a list spoils another answer by being another kind
            return self._ok({"kind": "Unknown"})
        return self._api.failure(codes[fault])


def _page(kind: Kind, items: list[Json]) -> Json:
    return {"kind": f"{kind.kind}List", "metadata": {"resourceVersion": "77"}, "items": items}


def _groups(world: ApiWorld) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for kind in world.served():
        found.setdefault(kind.path.rpartition("/")[0], []).append(
            {
                "name": kind.resource,
                "kind": kind.kind,
                "namespaced": kind.namespaced,
                "verbs": ["get", "list"],
            }
        )
    return found


def api_members(world: ApiWorld) -> dict[str, bytes]:
    """Return the sealed members of the bundle that the collector makes of a world."""
    with tempfile.TemporaryDirectory(prefix="api-world-") as folder:
        return seal(tampered(_collected(world, Path(folder)), world.tampers))


def _collected(world: ApiWorld, root: Path) -> dict[str, bytes]:
    api = collector()
    workshop = api.Workshop(root)
    run = api.Collector(Answers(world), workshop, lambda *_: None)
    run.collect()
    names = workshop.finish()
    good = sum(workshop.by_status.get(one, 0) for one in ("ok", "absent", "unsupported"))
    facts = api.Facts(
        bundle_id="a" * 32,
        started=_NOW,
        complete=workshop.planned == workshop.run == good,
        cluster={"uid": run.cluster_uid, "git_version": run.git_version, "ca_sha256": None},
        kubectl="v1.34.2",
        timeout=60.0,
        case={"case_no": None, "operator": None, "notes": None},
    )
    made: Mapping[str, bytes] = {name: (root / name).read_bytes() for name in names}
    return {**made, "manifest.json": api.to_line(api.manifest(workshop, facts))}
