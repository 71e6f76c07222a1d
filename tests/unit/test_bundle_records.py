"""The published schemas and the types that read a bundle's lines must agree."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.formats.bundle_records import PlanLine, ProbeLine, RedactionLine, check_line
from analyzer.formats.schema_files import load_schema
from analyzer.model.errors import EvidenceFormatError

LineType = type[PlanLine] | type[ProbeLine] | type[RedactionLine]
TYPES: dict[str, LineType] = {
    "plan.v1": PlanLine,
    "probe.v1": ProbeLine,
    "redaction.v1": RedactionLine,
}
SAMPLES: dict[str, dict[str, Any]] = {
    "plan.v1": {"seq": 1, "id": "file/pki", "kind": "file", "target": "/a", "via": "candidate"},
    "redaction.v1": {
        "id": "r1",
        "rule": "env-value",
        "seq": 12,
        "member": "api/p3.ndjson",
        "line": 4,
        "pointer": "/spec",
        "kind": "value",
        "method": "mask",
        "length_class": "9-32",
    },
    "probe.v1": {
        "seq": 1,
        "id": "api/pods",
        "kind": "api",
        "target": "/api/v1/pods",
        "resolved": "/x",
        "via": "candidate",
        "component": "kubelet",
        "pid": 980,
        "t0": "2026-11-22T03:00:00Z",
        "t1": "2026-11-22T03:00:00Z",
        "status": "ok",
        "detail": "",
        "stat": {
            "type": "file",
            "mode": "0600",
            "uid": 0,
            "gid": 0,
            "size": 1,
            "mtime": 1,
            "nlink": 1,
        },
        "link": {"target": "x"},
        "acl": None,
        "truncated": False,
        "bytes_read": 3,
        "blob": "blobs/b1",
        "sha256": "a" * 64,
        "redactions": 0,
        "api": {
            "resource": "pods",
            "group": "",
            "version": "v1",
            "namespaced": True,
            "items": 1,
            "pages": 1,
            "complete": True,
            "resource_version": "7",
            "http_code": 200,
        },
        "scan": {"seen": 1, "unreadable": 0, "matched": 1},
        "entries": 1,
        "process": {
            "ppid": 1,
            "start": 7,
            "exe": "/usr/bin/kubelet",
            "cwd": "/",
            "mnt_ns": 4026531840,
            "net_ns": 4026531840,
            "own_mounts": False,
            "own_network": False,
            "container_id": "c",
            "pod_uid": "u",
            "sockets": [7],
        },
    },
}
PROBES: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    -1,
    2**31,
    2**32,
    2**53,
    2**53 + 1,
    10**7 + 1,
    999,
    1000,
    "",
    "x",
    "r2",
    "r2\n",
    "ok",
    "not_run",
    "mask",
    "value",
    "129+",
    "dir",
    "fifo",
    "proc",
    "0600",
    "755",
    "04755",
    "0799",
    "0600\n",
    "file/x",
    "file/",
    "file/../x",
    "file/x\n",
    "blobs/b2",
    "blobs/c",
    "api/p2.ndjson",
    "api/p2xndjson",
    "a" * 64,
    "A" * 64,
    "a" * 65,
    "y" * 20,
    "y" * 21,
    "y" * 101,
    "y" * 201,
    "y" * 321,
    "y" * 4097,
    "y" * 65_537,
    [],
    [1],
    [-1],
    [2**53 + 1],
    ["x"],
    [1] * 4096,
    [1] * 4097,
    {},
    {"target": 1},
    {"seen": 1, "unreadable": 1},
)


def places(value: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, inner in value.items():
        yield (*path, name)
        if isinstance(inner, dict):
            yield from places(inner, (*path, name))


def replaced(value: dict[str, Any], path: tuple[str, ...], new: Any) -> dict[str, Any]:
    head, *rest = path
    inner = replaced(value[head], tuple(rest), new) if rest else new
    return {**value, head: inner}


def without(value: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    head, *rest = path
    if rest:
        return {**value, head: without(value[head], tuple(rest))}
    return {name: inner for name, inner in value.items() if name != head}


def fits(value: dict[str, Any], line_type: LineType) -> bool:
    try:
        check_line(value, line_type)
    except EvidenceFormatError:
        return False
    return True


@pytest.mark.parametrize("name", TYPES)
def test_schema_and_type_agree(name: str) -> None:
    validator = Draft202012Validator(load_schema(name))
    sample = SAMPLES[name]
    assert validator.is_valid(sample)
    assert fits(sample, TYPES[name])
    spots = list(places(sample))
    variants = [(s, p, replaced(sample, s, p)) for s, p in itertools.product(spots, PROBES)]
    variants += [(s, "left out", without(sample, s)) for s in spots]
    outcomes = set()
    for spot, new, value in variants:
        outcome = validator.is_valid(value)
        assert outcome is fits(value, TYPES[name]), (spot, new)
        outcomes.add(outcome)
    assert outcomes == {True, False}


@pytest.mark.parametrize("name", TYPES)
def test_sample_has_every_field(name: str) -> None:
    """Otherwise the comparison above would leave a field out."""
    schema = load_schema(name)
    assert set(schema["properties"]) == set(SAMPLES[name])
    assert set(TYPES[name].__struct_fields__) == set(SAMPLES[name])
    for field, inner in SAMPLES[name].items():
        if isinstance(inner, dict):
            assert set(schema["properties"][field]["properties"]) == set(inner)


@pytest.mark.parametrize("name", [*TYPES, "manifest.v1"])
def test_schemas_are_themselves_valid(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:kube-evidence:{name}"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_refusals_do_not_quote_content() -> None:
    for field in ("status", "id", "kind", "detail"):
        for word in ("hunter2", ["hunter2"]):
            with pytest.raises(EvidenceFormatError) as refusal:
                check_line({**SAMPLES["probe.v1"], field: word, "seq": "hunter2"}, ProbeLine)
            assert "hunter2" not in str(refusal.value)


def test_missing_schema_is_our_own_defect() -> None:
    with pytest.raises(FileNotFoundError):
        load_schema("nothing.v1")
