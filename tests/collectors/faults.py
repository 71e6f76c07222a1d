"""One cluster in which every kind goes wrong in its own way, and what must be recorded of it."""

from typing import NamedTuple

from tests.collectors.api_run import Collected
from tests.collectors.replay import Document, Fault, Recording, small

KINDS = {
    "nodes": "Node",
    "namespaces": "Namespace",
    "pods": "Pod",
    "serviceaccounts": "ServiceAccount",
    "services": "Service",
    "replicationcontrollers": "ReplicationController",
    "podtemplates": "PodTemplate",
    "persistentvolumes": "PersistentVolume",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "endpoints": "Endpoints",
    "limitranges": "LimitRange",
    "resourcequotas": "ResourceQuota",
    "configmaps": "ConfigMap",
}
PAGE = 3
TIMEOUT = "4"
"""Seconds: more than a busy machine takes to answer, since real clients count from the start."""


class Case(NamedTuple):
    """A fault on one kind of five objects in two pages, and what is recorded of the kind."""

    resource: str
    fault: str
    page: int
    times: int
    status: str
    code: int | None
    items: int


CASES = (
    Case("pods", "410", 1, 1, "ok", 200, 5),
    Case("serviceaccounts", "403", 0, 9, "denied", 403, 0),
    Case("services", "500", 1, 9, "truncated", 500, 3),
    Case("replicationcontrollers", "503", 0, 9, "error", 503, 0),
    Case("podtemplates", "cut", 1, 1, "ok", 200, 5),
    Case("persistentvolumes", "html", 0, 9, "error", 200, 0),
    Case("persistentvolumeclaims", "warned", 0, 9, "ok", 200, 5),
    Case("endpoints", "to ELSEWHERE", 0, 9, "error", 302, 0),
    Case("limitranges", "429", 0, 1, "ok", 200, 5),
    Case("resourcequotas", "slow", 0, 1, "ok", 200, 5),
    Case("configmaps", "410", 1, 9, "truncated", 410, 3),
)


def cluster() -> Recording:
    """Return a cluster of one node and five objects of each other kind."""
    lists: dict[str, list[Document]] = {
        name: [_object(f"{name}-{at}") for at in range(5)] for name in KINDS
    }
    lists["nodes"] = [_object("n1")]
    lists["namespaces"] = [_object("default"), _object("kube-system")]
    return small(lists, KINDS)


def _object(name: str) -> Document:
    return {"metadata": {"name": name, "namespace": "default", "uid": f"uid-of-{name}"}}


def faults(elsewhere: str) -> list[Fault]:
    """Return the faults; a redirect leads to the server at ``elsewhere``."""
    return [
        Fault(
            path=f"/api/v1/{'namespaces/default/' if case.resource == 'configmaps' else ''}"
            f"{case.resource}",
            kind=case.fault.replace("ELSEWHERE", f"{elsewhere}/api/v1/{case.resource}"),
            page=case.page,
            times=case.times,
        )
        for case in CASES
    ]


def recorded(got: Collected) -> list[tuple[str, str, int | None, int]]:
    """Return resource, status, code and number of objects of every case, as recorded."""
    probes = [got.probe(case.resource) for case in CASES]
    for probe in probes:
        assert probe["api"]["complete"] is (probe["status"] == "ok"), probe
        if "blob" in probe:
            names = [one["metadata"]["name"] for one in got.lines(probe["blob"])]
            expected = [f"{probe['api']['resource']}-{at}" for at in range(5)]
            assert names == expected[: probe["api"]["items"]]
    return [
        (probe["api"]["resource"], probe["status"], probe["api"]["http_code"],
         probe["api"]["items"])
        for probe in probes
    ]  # fmt: skip


def expected() -> list[tuple[str, str, int | None, int]]:
    """Return the same for what has to be recorded."""
    return [(case.resource, case.status, case.code, case.items) for case in CASES]
