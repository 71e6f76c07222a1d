"""The trees of api.py are allow-lists: nothing unknown survives, nothing rules read is lost."""

import importlib.util
import json
import random
import types
import typing
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import msgspec
import pytest

from analyzer.formats.kube_meta import CustomObject
from analyzer.formats.kube_objects import KINDS, decode
from tests.collectors.api_run import COLLECTOR
from tests.collectors.planted.search import EDGE
from tests.collectors.planted.secret_kinds import SEED, Planter


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collector_api_trees", COLLECTOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


API = _load()
TREES: Mapping[str, Any] = {
    **API.TREES,
    **{f"any.{group}": tree for group, tree in API.GROUP_TREES.items()},
    "component pod": API.COMPONENT_POD,
    "version": API.VERSION_TREE,
    "review": API.REVIEW_TREE,
    "configz": API.CONFIGZ_TREE,
    "census": API.CENSUS_TREE,
}
TEXT_IS_KEPT = ("leaf", "identity")
"""Leaves whose whole text is evidence: only what looks like a secret goes. All others judge."""
LEAVES = frozenset(
    (
        *("leaf", "settings", "setting", "prose", "plain_map", "pattern_map", "unknown", "masked"),
        *("marker", "env_value", "annotations", "arguments", "expression", "address", "identity"),
        *(
            "service_path",
            "conditions",
            "variables",
            "operand",
            "public_key",
            "key_service",
            "Pattern",
        ),
    )
)


def name_of(leaf: Any) -> str:
    return str(getattr(leaf, "__name__", type(leaf).__name__))


def leaves(tree: Any) -> Iterator[str]:
    if callable(tree):
        yield name_of(tree)
    else:
        for branch in tree.values():
            yield from leaves(branch)


def test_no_tree_keeps_anything_in_full_depth() -> None:
    found = {(where, leaf) for where, tree in TREES.items() for leaf in leaves(tree)}
    assert [one for one in sorted(found) if one[1] not in LEAVES] == []


def pruned(tree: Any, value: Any) -> tuple[Any, list[tuple[str, str, Any]]]:
    """Return what a tree keeps of a value, and the records of what it took out."""
    records: list[tuple[str, str, Any]] = []

    def emit(rule: str, pointer: str, _kind: str, taken: Any) -> str:
        records.append((rule, pointer, taken))
        return f"r{len(records)}"

    return API.Redactor(emit).prune(value, tree, ""), records


class Grower:
    """Grows an object along a tree, with unknown fields on every level of it."""

    def __init__(self, plant: Planter, where: str) -> None:
        self._plant = plant
        self._where = where
        self._count = 0

    def secret(self, fit: str = "any") -> str:
        self._count += 1
        return self._plant.text(f"«{self._where} {self._count}|{fit}»")

    def unknown(self) -> Any:
        shape = self._plant.rng.randrange(4)
        if shape == 0:
            return self.secret()
        if shape == 1:
            return [self.secret(), {"deep": self.secret()}]
        return {"zz": {"deeper": [self.secret()]}, "value": self.secret()}

    def grow(self, tree: Any) -> Any:
        if callable(tree):
            return self.leaf(name_of(tree))
        grown = {key: self.grow(branch) for key, branch in tree.items() if key != API.OTHER}
        grown[self._plant.rng.choice(("zzUnknown", "password", "status2", "x-y"))] = self.unknown()
        return [grown] if self._plant.rng.random() < 0.3 else grown

    def leaf(self, name: str) -> Any:
        if name in TEXT_IS_KEPT:
            return {"zz": self.secret(), "list": [self.secret()]}
        if name in ("plain_map", "pattern_map"):
            return {"app": self.secret("name"), "other": {"deep": self.secret()}}
        if name in ("settings", "setting", "prose", "operand"):
            return self._plant.rng.choice((self.secret("name"), {"zz": self.secret()}))
        if name == "expression":
            return f"object.token == '{self.secret('name')}'"
        if name == "address":
            return f"https://h.example.net/{self.secret('name')}?x={self.secret('name')}"
        if name == "annotations":
            return {"vendor.example.net/a": self.secret()}
        if name == "arguments":
            return ["run", f"--zz={self.secret()}", self.secret()]
        return self.unknown()


@pytest.mark.parametrize("where", sorted(TREES))
def test_nothing_unknown_survives_in_any_kind(where: str) -> None:
    plant = Planter(SEED)
    grower = Grower(plant, where)
    kept, records = pruned(TREES[where], grower.grow(TREES[where]))
    text = json.dumps(kept, ensure_ascii=False)
    # Trees write nothing in another coat, so the plain ones are enough.
    found = [
        (place, secret.kind)
        for place, secret in plant.planted.items()
        if any(part[:EDGE] in text or part[-EDGE:] in text for part in secret.parts)
    ]
    assert found == [], f"PLANTED_SEED={SEED}"
    assert text.count("KEB-REDACTED-") == len(records)


SAMPLES: Mapping[str, Any] = {
    "url": "https://h.example.net",
    "expression": "object.a == 1",
    "annotations": {"kubernetes.io/config.mirror": "yes"},
    "labels": {"app": "web"},
    "match_labels": {"app.kubernetes.io/name": "web"},
    "env_from": [{"secretRef": {"name": "web"}}],
}


def sample(kind: Any, name: str) -> Any:
    """Return a value of a struct's field that is not what the field has by default."""
    if name in SAMPLES:
        return SAMPLES[name]
    origin, words = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return sample(words[0], name)
    if origin in (typing.Union, types.UnionType):
        return sample(next(one for one in words if one is not type(None)), name)
    if origin is tuple:
        return [sample(words[0], name)]
    if origin is dict:
        return {"a": sample(words[1], name)}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return full(kind)
    plain: Mapping[Any, Any] = {str: "web", int: 7, bool: True, msgspec.Raw: {"ports": []}}
    return plain[kind]


def full(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return an object in which every field that a struct reads is set."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return {
        field.encode_name: sample(hints[field.name], field.name)
        for field in msgspec.structs.fields(struct)
    }


TYPED = sorted(name for name, (_, struct, _) in KINDS.items() if struct is not CustomObject)
DERIVED = "x-kube-evidence"
"""What the collector adds by itself."""
NAMES_ONLY = frozenset(("configmaps",))
"""Kinds of which the reader knows that labels and owners are not kept."""


@pytest.mark.parametrize("resource", TYPED)
def test_every_field_that_rules_read_survives(resource: str) -> None:
    struct = KINDS[resource][1]
    given = full(struct)
    kept, records = pruned(API.TREES.get(resource, API.METADATA_ONLY), given)
    if DERIVED in given:
        kept[DERIVED] = given[DERIVED]
    if resource in NAMES_ONLY:
        kept["metadata"] = {**given["metadata"], **kept["metadata"]}
    assert [one for one in records if one[0] != "argument"] == []
    assert decode(resource, _line(kept)) == decode(resource, _line(_less_arguments(given)))


def _line(value: Any) -> bytes:
    return json.dumps(value).encode()


def _less_arguments(value: Any) -> Any:
    """Leave out what only pods of components keep: no rule reads it of others."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in ("args", "command")}
        if "jobTemplate" in kept:  # whose spec counts no replicas
            kept["jobTemplate"]["spec"].pop("replicas", None)
        return {name: _less_arguments(one) for name, one in kept.items()}
    return [_less_arguments(one) for one in value] if isinstance(value, list) else value


def test_a_redactor_that_fails_drops_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("a defect")

    monkeypatch.setattr(API, "looks_random", broken)
    with pytest.raises(RuntimeError):
        pruned(API.TREES["pods"], {"metadata": {"labels": {"a": "b"}}})


def test_lengths_are_known_as_classes_only() -> None:
    rng = random.Random(SEED)
    classes = {API.length_class(n) for n in [0, 1, 8, 9, 32, 33, 128, 129, rng.randrange(10**6)]}
    assert classes == {"0", "1-8", "9-32", "33-128", "129+"}
