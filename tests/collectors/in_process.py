"""The API collector within the test's own process, against a server that is a table."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.collectors.api_run import COLLECTOR
from tests.collectors.replay import ALL_RULES, Document, review


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the collector as a module that does not pause."""
    spec = importlib.util.spec_from_file_location("limited_api", COLLECTOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RESTART_WAIT", 0)
    return module


class Server:
    """Answers from a function of the path; what it does not know is not found."""

    def __init__(
        self, api: ModuleType, answers: dict[str, Any], rules: Document = ALL_RULES
    ) -> None:
        self._api, self._answers, self._rules = api, answers, rules
        self.allowed: dict[str, bool | None] = {}
        self.asked: list[str] = []
        self.names: list[str] = []
        """The paths of which only the objects' metadata were asked for."""

    def get(self, path: str, _timeout: float | None = None, *, names: bool = False) -> Any:
        self.asked.append(path)
        self.names.extend([path] if names else [])
        found = self._answers.get(path.partition("?")[0])
        if callable(found):
            return found(path)
        return self._api.failure(404) if found is None else self.ok(found)

    def create(self, path: str, body: bytes) -> Any:
        asked = json.loads(body)
        status = review(path, asked, self._rules, self.allowed)
        return self.ok(dict(asked, status=status))

    def ok(self, document: Any) -> Any:
        return self._api.Answer("ok", 200, document, "", False, True)


def answers(nodes: int = 0, kinds: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what a server of ``nodes`` nodes answers that also offers ``kinds``."""
    items = [{"metadata": {"name": f"n{at}"}} for at in range(nodes)]
    offered = {"nodes": "Node", **(kinds or {})}
    return {
        "/version": {"gitVersion": "v1.32.0"},
        "/api": {"versions": ["v1"]},
        "/apis": {"groups": []},
        "/api/v1": {
            "resources": [
                {"name": name, "kind": kind, "namespaced": name != "nodes", "verbs": ["list"]}
                for name, kind in offered.items()
            ]
        },
        "/api/v1/nodes": {"kind": "NodeList", "metadata": {}, "items": items},
    }


def records(api: ModuleType, server: Server, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Run the collector; returns its probe records, and why it stopped."""
    workshop = api.Workshop(folder)
    stopped = ""
    try:
        api.Collector(server, workshop, lambda *_: None).collect()
    except api.Stopped as reason:
        stopped = str(reason)
    workshop.finish()
    lines = (folder / "probes.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines], stopped
