"""The shipped samples are what today's collectors make of the recording."""

import json
import tarfile
from pathlib import Path

import pytest

from tests.collectors.api_run import COLLECTOR, collect
from tests.collectors.replay import captured

SAMPLES = COLLECTOR.parents[1] / "samples"
SHIPPED = (
    ("bundles/api.tar.gz", "api.py"),
    ("managed/api.tar.gz", "api.py"),
    ("bundles/cp-1.tar.gz", "node.sh"),
    ("bundles/worker-1.tar.gz", "node.sh"),
    ("managed/worker-1.tar.gz", "node.sh"),
)


def members(name: str) -> dict[str, bytes]:
    with tarfile.open(SAMPLES / name) as archive:
        streams = {one.name: archive.extractfile(one) for one in archive.getmembers()}
        return {
            name.removeprefix("bundle/"): stream.read()
            for name, stream in streams.items()
            if stream is not None
        }


def names_of(content: dict[str, bytes], resource: str) -> list[str]:
    probes = [json.loads(line) for line in content["probes.ndjson"].splitlines()]
    (blob,) = [one["blob"] for one in probes if one["id"] == f"api/{resource}"]
    return [json.loads(line)["metadata"]["name"] for line in content[blob].splitlines()]


@pytest.mark.parametrize(("name", "program"), SHIPPED)
def test_a_sample_was_made_by_the_collector_as_it_is(name: str, program: str) -> None:
    today = (COLLECTOR.parent / program).read_bytes()
    assert members(name)[f"collector/{program}"] == today, "run make samples"


def test_the_whole_sample_holds_what_the_collector_makes_today(tmp_path: Path) -> None:
    made = collect(tmp_path, captured()).members
    sample = members("bundles/api.tar.gz")
    for name in sorted(made.keys() | sample.keys()):
        if name.startswith("api/") or name == "redactions.ndjson":
            assert sample.get(name) == made.get(name), name


def test_the_managed_sample_lacks_the_control_plane_and_nothing_else() -> None:
    whole, managed = members("bundles/api.tar.gz"), members("managed/api.tar.gz")
    gone = [one for one in names_of(whole, "nodes") if one not in names_of(managed, "nodes")]
    assert gone == ["cp-1"]
    missing = set(names_of(whole, "pods")) - set(names_of(managed, "pods"))
    assert missing == {
        f"{component}-cp-1"
        for component in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
    }
    for resource in ("clusterroles.rbac.authorization.k8s.io", "namespaces", "serviceaccounts"):
        assert names_of(whole, resource) == names_of(managed, resource)
