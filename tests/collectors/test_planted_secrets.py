"""New secrets in every place that is looked at: none of them leaves the machine, in any coat."""

import base64
import gzip
import json
import random
import urllib.parse
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.collectors import api_run
from tests.collectors.node_run import Collected, collect, process, write
from tests.collectors.planted import api_places, node_places
from tests.collectors.planted.search import EDGE, leaks
from tests.collectors.planted.secret_kinds import KINDS, SEED, Planter, Secret
from tests.collectors.programs import kubectl
from tests.collectors.replay import RULES_REVIEW, Fault, small, write_stand_in


def node_tree(root: Path, plant: Planter, kept: Planter) -> None:
    """Furnish a node with all places of the table."""
    write(root, "/etc/hostname", "planted-1\n")
    for path, text in node_places.FILES.items():
        write(root, path, plant.text(text))
    for path, text in node_places.KEPT.items():
        write(root, path, kept.text(text))
    for path, target in node_places.LINKS.items():
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).symlink_to(target)
    for pid, words, variables in node_places.PROCESSES:
        argv = [plant.text(word) for word in words]
        process(root, pid, *argv, environ={k: plant.text(v) for k, v in variables.items()})


def seen(run: Collected | api_run.Collected) -> dict[str, bytes]:
    """Return everything that a run left: members, the archive as it is, and its words."""
    said = {"stdout": run.out.encode(), "stderr": run.err.encode()}
    return {**run.members, **said, "archive": run.path.read_bytes()}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planter, Planter, Collected]:
    folder = tmp_path_factory.mktemp("planted")
    plant, kept = Planter(SEED), Planter(SEED + 1)
    node_tree(folder / "root", plant, kept)
    return plant, kept, collect(folder / "root", folder / "out")


def test_no_planted_secret_leaves_the_node(node: tuple[Planter, Planter, Collected]) -> None:
    plant, _, run = node
    assert leaks(plant.planted, seen(run)) == [], f"PLANTED_SEED={SEED}"
    assert len(plant.planted) >= 150
    assert {secret.kind for secret in plant.planted.values()} == set(KINDS)


def test_the_planted_places_were_really_read(node: tuple[Planter, Planter, Collected]) -> None:
    _, _, run = node
    read = {record["target"] for record in run.probes if "blob" in record}
    missing = sorted(set(node_places.READ) - read)
    assert not missing, (SEED, [record for record in run.probes if record["target"] in missing])
    named = {record["target"] for record in run.probes if record["id"] == "proc/cmdline"}
    assert named == {f"/proc/{pid}/cmdline" for pid in range(101, 107)}


def test_what_is_kept_on_purpose_is_found(node: tuple[Planter, Planter, Collected]) -> None:
    _, kept, run = node
    assert {place for place, *_ in leaks(kept.planted, seen(run))} == {"kept on purpose"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planter, Planter, api_run.Collected]:
    plant, kept = Planter(SEED + 2), Planter(SEED + 3)
    recording = api_places.recording(plant, kept)
    return plant, kept, api_run.collect(tmp_path_factory.mktemp("planted-api"), recording)


def test_no_planted_secret_leaves_the_cluster(
    api: tuple[Planter, Planter, api_run.Collected],
) -> None:
    plant, _, run = api
    assert leaks(plant.planted, seen(run)) == [], f"PLANTED_SEED={SEED}"
    assert len(plant.planted) >= 300
    assert {secret.kind for secret in plant.planted.values()} == set(KINDS)


def test_the_planted_objects_were_really_asked_for(
    api: tuple[Planter, Planter, api_run.Collected],
) -> None:
    _, _, run = api
    asked = {path.split("?")[0] for path in run.requests}
    for kind in set(api_places.CORE) - {"Secret", "Event", "ConfigMap"}:
        assert f"/api/v1/{api_places.plural(kind)}" in asked
    for group, kind in api_places.GROUPS:
        assert f"/apis/{group}/v1/{api_places.plural(kind)}" in asked
    assert not [path for path in asked if path.endswith("/secrets")]


def test_what_is_kept_of_the_cluster_on_purpose_is_found(
    api: tuple[Planter, Planter, api_run.Collected],
) -> None:
    _, kept, run = api
    assert {place for place, *_ in leaks(kept.planted, seen(run))} == {"kept on purpose"}


FAULTS = [
    Fault(path=path, kind=kind)
    for path, kind in (
        ("/api/v1/pods", "403"),
        ("/api/v1/nodes", "500"),
        (RULES_REVIEW, "403"),
        ("/api/v1/namespaces", "404"),
    )
]


def talkative(folder: Path, program: Path, plant: Planter) -> Path:
    """Write a kubectl that does the same as ``program``, and says more."""
    (folder / "said").write_text(
        "".join(f"{plant.text(line)}\n" for line in api_places.STDERR), encoding="utf-8"
    )
    path = folder / "talkative"
    path.write_text(f'#!/bin/sh\ncat "{folder}/said" >&2\nexec "{program}" "$@"\n', "utf-8")
    path.chmod(0o700)
    return path


@pytest.mark.parametrize("which", ["stand-in", "newest"])
def test_no_words_of_servers_and_plugins_leave_the_cluster(tmp_path: Path, which: str) -> None:
    real = write_stand_in(tmp_path / "kubectl") if which == "stand-in" else kubectl(which)
    plant = Planter(SEED + 4)
    program, message = talkative(tmp_path, real, plant), plant.text(api_places.MESSAGE)
    kinds = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
    recording = small({name: [] for name in kinds}, kinds)
    run = api_run.collect(tmp_path, recording, faults=FAULTS, kubectl=program, message=message)
    assert leaks(plant.planted, seen(run)) == [], f"PLANTED_SEED={SEED}"
    assert run.members["log.txt"].count(b"(HTTP ") >= len(FAULTS)
    assert [run.probe(name)["api"]["http_code"] for name in ("pods", "nodes")] == [403, 500]


COATS: Mapping[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64url": lambda text: base64.urlsafe_b64encode(b"xy" + text.encode() + b"z"),
    "gzip": lambda text: b"12" + gzip.compress(b"a" + text.encode()) + b"34",
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "hex": lambda text: text.encode().hex().encode(),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "json of bytes": lambda text: json.dumps(text.encode().decode("latin-1")).encode(),
    "url": lambda text: urllib.parse.quote_plus(text).lower().encode(),
    "plain": lambda text: b"a" + text.encode() + b"b",
    "head": lambda text: text[:EDGE].encode(),
    "tail": lambda text: text[-EDGE:].encode(),
}


@pytest.mark.parametrize("coat", sorted(COATS))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_search_knows_every_coat(coat: str, kind: str) -> None:
    value, parts = KINDS[kind](random.Random(SEED))
    text = parts[-1].lower() if coat == "url" else parts[-1]
    planted = {"here": Secret(kind=kind, value=value, parts=(text,))}
    assert leaks(planted, {"blob": COATS[coat](text)})
    assert not leaks(planted, {"blob": COATS[coat](text[::-1])})
