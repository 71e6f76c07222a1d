"""Our own files are read strictly: what does not fit is refused with a place and a way out."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from analyzer.catalogue.benchmarks import (
    known_benchmarks,
    load_benchmark,
    read_benchmark,
)
from analyzer.catalogue.defaults import read_defaults
from analyzer.catalogue.definitions import read_definitions
from analyzer.catalogue.policy import load_policy
from analyzer.formats.own_files import read_own
from analyzer.model.benchmark import Benchmark
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import UserFileError
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Check, CheckFactory, Outcome
from analyzer.model.version import Version


class Colour(StrEnum):
    RED = "red"


class Silent:
    """A check that has nothing to say; enough to be bound."""

    __slots__ = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        return ()

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Silent):
    """One field of every kind that a check type may have."""

    name: str
    limit: int = 0
    strict: bool = False
    colour: Colour = Colour.RED
    names: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.limit > 100:
            raise ValueError("limit is above 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Silent):
    parts: tuple[Check, ...]


TYPES: Mapping[str, CheckFactory] = {"probe": Probe, "any-of": AnyOf}
TEXTS = {
    "title": "t",
    "role": "worker",
    "rule": "r",
    "rationale": "w",
    "remediation": "m",
    "decidability": "A",
    "source": "s",
}
DEFINITIONS: dict[str, dict[str, Any]] = {
    "things": {
        "one": {"type": "probe", "with": {"name": "n", "limit": "7"}, **TEXTS},
        "two": {
            "type": "any-of",
            "checks": [
                {"type": "probe", "with": {"name": "a", "names": ["x", "y"]}},
                {"type": "any-of", "checks": [{"type": "probe", "with": {"name": "b"}}]},
            ],
            **TEXTS,
        },
    }
}
CONTROL = {"level": "1", "assessment": "automated"}
BENCHMARK: dict[str, Any] = {
    "id": "b-1.0",
    "title": "B",
    "version": "1.0",
    "kubernetes": {"from": "1.1", "to": "1.2", "source": "s"},
    "controls_total": "2",
    "sections": {"1": "first", "1.1": "inner"},
    "controls": [
        {"id": "1.1.9", "check": "one", "with": {"limit": "8"}, **CONTROL},
        {"id": "1.1.10", "check": "two", **CONTROL},
    ],
}


def read(document: Mapping[str, Any], definitions: Mapping[str, Any] = DEFINITIONS) -> Benchmark:
    return read_benchmark(
        document, read_definitions(definitions), TYPES, where="benchmarks/b-1.0.yaml"
    )


def test_a_control_is_bound_with_its_own_parameters_over_the_definitions() -> None:
    first, second = read(BENCHMARK).controls
    assert first.check == Probe(name="n", limit=8)
    assert first.definition.params == {"name": "n", "limit": "8"}
    assert (first.section, first.level, first.scored) == ("1.1", 1, True)
    parts = (Probe(name="a", names=("x", "y")), AnyOf(parts=(Probe(name="b"),)))
    assert second.check == AnyOf(parts=parts)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"strict": "true"}, Probe(name="n", strict=True)),
        ({"strict": "false"}, Probe(name="n", strict=False)),
        ({"colour": "red"}, Probe(name="n", colour=Colour.RED)),
        ({"words": {"a": "1"}}, Probe(name="n", words={"a": "1"})),
        ({"limit": "-3"}, Probe(name="n", limit=-3)),
    ],
    ids=["true", "false", "choice", "mapping", "number"],
)
def test_texts_become_what_the_check_type_declares(given: dict[str, Any], expected: Probe) -> None:
    definitions = {"things": {"one": {"type": "probe", "with": {"name": "n"} | given, **TEXTS}}}
    document = BENCHMARK | {
        "controls_total": "1",
        "controls": [{"id": "1.1.9", "check": "one", **CONTROL}],
    }
    assert read(document, definitions).controls[0].check == expected


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document: Any = deepcopy(BENCHMARK)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    result: dict[str, Any] = document
    return result


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("id",), "other", "/id is other"),
        (("controls_total",), "3", "2 controls, but /controls_total says 3"),
        (("controls", 1, "id"), "1.1.9", "repeated controls: 1.1.9"),
        (("controls", 0, "id"), "1.1.11", "1.1.10 stands after 1.1.11"),
        (("controls", 1, "id"), "1.2.1", "section 1.2 has no title"),
        (("controls", 0, "check"), "three", "no check definition has the topic three"),
        (("controls", 0, "with"), {"limti": "8"}, "check type probe does not take limti"),
        (("controls", 0, "with"), {"limit": "many"}, "/limit: "),
        (("controls", 0, "with"), {"colour": "blue"}, "/colour: "),
        (("controls", 0, "with"), {"limit": "101"}, "limit is above 100"),
        (("controls", 1, "with"), {"parts": ["a"]}, "does not take parts"),
    ],
)
def test_a_wrong_benchmark_is_refused(
    path: tuple[str | int, ...], value: object, words: str
) -> None:
    with pytest.raises(UserFileError) as refusal:
        read(changed(path, value))
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("benchmarks/b-1.0.yaml")
    assert refusal.value.advice


def test_a_missing_parameter_is_refused() -> None:
    definitions = {"things": {**DEFINITIONS["things"], "one": {"type": "probe", **TEXTS}}}
    with pytest.raises(UserFileError, match="check type probe needs name"):
        read(BENCHMARK, definitions)


def test_an_unknown_check_type_names_the_known_ones() -> None:
    definitions = {"things": {**DEFINITIONS["things"], "one": {"type": "prob", **TEXTS}}}
    with pytest.raises(UserFileError, match="unknown check type prob") as refusal:
        read(BENCHMARK, definitions)
    assert refusal.value.advice == "Known check types: any-of, probe."


def with_rule(rule: str) -> dict[str, Any]:
    return {
        "things": {**DEFINITIONS["things"], "one": DEFINITIONS["things"]["one"] | {"rule": rule}}
    }


def test_texts_speak_of_the_parameters_of_the_benchmark() -> None:
    definitions = with_rule("at most {limit} of {name}")
    own = read_definitions(definitions)["one"].definition
    assert own.rule == "at most 7 of n"
    assert read(BENCHMARK, definitions).controls[0].definition.rule == "at most 8 of n"


@pytest.mark.parametrize("name", ["limti", "", "0", "limit!r", "__class__"])
def test_a_text_that_names_no_parameter_is_refused(name: str) -> None:
    with pytest.raises(UserFileError, match=r"checks/things\.yaml/one/rule") as refusal:
        read_definitions(with_rule(f"at most {{{name}}}"))
    assert refusal.value.advice == "Parameters set here: {limit}, {name}."


def test_a_topic_of_two_files_is_refused() -> None:
    with pytest.raises(UserFileError, match=r"topic one is defined in checks/a\.yaml already"):
        read_definitions({"a": DEFINITIONS["things"], "b": DEFINITIONS["things"]})


@pytest.mark.parametrize(
    ("schema", "text", "words"),
    [
        ("benchmark.v1", "id: [", "b.yaml"),
        ("benchmark.v1", "id: a\nid: b\n", "repeated"),
        ("benchmark.v1", "- id\n", "is not of type 'object'"),
        ("benchmark.v1", "id: a\n", "'controls' is a required property (and 5 more)"),
        ("policy.v1", "values: {event-qps-maximum: often}\n", "/values/event-qps-maximum"),
        ("policy.v1", "values:\n  colour: red\n", "'colour' was unexpected"),
        ("policy.v1", "lists:\n  system-namespaces: kube-system\n", "is not of type 'array'"),
        ("checks.v1", "topic: {type: probe}\n", "line 1: /topic"),
        ("defaults.v1", "component: a\nsettings: {n: [{when: never}]}\n", "/settings/n/0"),
        ("provider.v1", "id: a\nrows: &r []\nsections: *r\n", "alias"),
        ("provider.v1", "\xff", "b.yaml"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(schema: str, text: str, words: str) -> None:
    with pytest.raises(UserFileError) as refusal:
        read_own(text.encode("latin-1"), where="b.yaml", schema=schema)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("b.yaml")
    assert schema in refusal.value.advice


def test_an_unknown_benchmark_names_the_known_ones() -> None:
    with pytest.raises(UserFileError) as refusal:
        load_benchmark("cis-9", TYPES)
    assert ", ".join(known_benchmarks()) in refusal.value.advice


def test_a_default_without_a_value_is_unset_and_without_a_source_unverified() -> None:
    fields = {"when": "always", "source": "s", "since": "1.20", "unverified": "true"}
    document = {"component": "etcd", "settings": {"auto-tls": [fields]}}
    (default,) = read_defaults(document, where="defaults/etcd.yaml")["etcd", "auto-tls"]
    assert (default.value, default.verified) == (None, False)
    assert (default.since, default.until) == (Version(1, 20), None)


def test_a_default_file_is_named_after_its_component() -> None:
    with pytest.raises(UserFileError, match="/component is etcd"):
        read_defaults({"component": "etcd", "settings": {}}, where="defaults/kubelet.yaml")


def test_a_policy_file_changes_only_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        "values: {event-qps-maximum: '5'}\nlists: {system-namespaces: [infra-*]}\n",
        encoding="utf-8",
    )
    base, policy = load_policy(None), load_policy(file)
    assert policy.id == "ours"
    assert policy.values == {**base.values, "event-qps-maximum": "5"}
    assert policy.lists == {**base.lists, "system-namespaces": ("infra-*",)}
    assert policy.number("event-qps-maximum") == 5


def test_a_platform_adds_its_own_namespaces_to_kubernetes_own(tmp_path: Path) -> None:
    own = ("kube-node-lease", "kube-public", "kube-system")
    assert load_policy(None).lists["system-namespaces"] == own
    policy = load_policy(None, platform=("acme-*", "kube-public"))
    assert policy.lists["system-namespaces"] == ("acme-*", *own)
    assert policy.matches("system-namespaces", "acme-one")
    silent, naming = tmp_path / "silent.yaml", tmp_path / "naming.yaml"
    silent.write_text("values: {event-qps-maximum: '5'}\n", encoding="utf-8")
    naming.write_text("lists: {system-namespaces: [kube-system]}\n", encoding="utf-8")
    platform = ("acme-*",)
    assert load_policy(silent, platform=platform).matches("system-namespaces", "acme-one")
    chosen = load_policy(naming, platform=platform)
    assert chosen.lists["system-namespaces"] == ("kube-system",)


def test_a_policy_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserFileError, match="not a file that exists"):
        load_policy(tmp_path / "none.yaml")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(UserFileError, match="larger than 1048576 bytes"):
        load_policy(large)
