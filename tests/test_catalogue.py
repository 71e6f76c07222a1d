"""Guards over the shipped data: complete, used, sorted, valid, and true to what was published."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.definitions import load_definitions
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.checks.cipher_suites import CipherSuites
from analyzer.checks.file_mode import FileMode
from analyzer.formats.cipher_suites import CIPHER_SETS
from analyzer.formats.own_files import data_names, load_data
from analyzer.formats.schema_files import load_schema
from analyzer.model.benchmark import Benchmark, Control, control_order
from analyzer.model.context import Default
from analyzer.model.responsibility import Attestation, Basis, Party, ProviderProfile
from analyzer.model.version import Version
from analyzer.responsibility.assign import TESTED
from analyzer.responsibility.profiles import known_profiles, load_profile

FACTS_ONLY = {"credential-facts", "manual-facts"}
HUMAN = {"authn-client-cert", "authn-sa-token", "ns-boundaries", "secret-external"}
SCHEMAS = {
    "benchmarks": "benchmark.v1",
    "checks": "checks.v1",
    "defaults": "defaults.v1",
    "policy": "policy.v1",
    "providers": "provider.v1",
}
FOLDERS_AND_NAMES = [(folder, name) for folder in SCHEMAS for name in data_names(folder)]
OLDEST, NEWEST = Version(0, 0), Version(9999, 0)


@pytest.fixture(scope="module", params=known_benchmarks())
def benchmark(request: pytest.FixtureRequest) -> Benchmark:
    return load_benchmark(request.param, CHECK_TYPES)


def test_every_benchmark_loads_whole(benchmark: Benchmark) -> None:
    assert len(benchmark.controls) > 100
    assert {control.section for control in benchmark.controls} <= set(benchmark.sections)


def test_no_automated_control_only_lays_out_facts(benchmark: Benchmark) -> None:
    automated = [c for c in benchmark.controls if c.assessment == "automated"]
    assert [c.id for c in automated if c.definition.type in FACTS_ONLY] == []


def test_only_what_a_person_must_judge_is_left_to_one(benchmark: Benchmark) -> None:
    human = {c.definition.topic for c in benchmark.controls if c.definition.decidability == "H"}
    assert human == HUMAN & {c.definition.topic for c in benchmark.controls}


def test_every_control_says_what_it_needs(benchmark: Benchmark) -> None:
    assert [c.id for c in benchmark.controls if not c.check.needs] == []


def texts_of(control: Control) -> str:
    definition = control.definition
    return " ".join(
        (definition.title, definition.rule, definition.rationale, definition.remediation)
    )


def test_no_text_of_a_control_has_a_gap_left(benchmark: Benchmark) -> None:
    assert [c.id for c in benchmark.controls if set("{}") & set(texts_of(c))] == []


def test_every_file_mode_text_names_the_limit_that_is_judged(benchmark: Benchmark) -> None:
    judged = [c for c in benchmark.controls if isinstance(c.check, FileMode)]
    assert len(judged) > 10
    for control in judged:
        definition, limit = control.definition, _limit(control)
        assert re.findall(r"\b[0-7]{3}\b", definition.rule) == [limit], control.id
        assert re.findall(r"\b[0-7]{3}\b", definition.remediation) == [limit], control.id


def _limit(control: Control) -> str:
    assert isinstance(control.check, FileMode)
    return control.check.limit


def test_cipher_remediation_lists_the_suites_that_are_judged(benchmark: Benchmark) -> None:
    judged = [(c, c.check) for c in benchmark.controls if isinstance(c.check, CipherSuites)]
    assert judged
    for control, check in judged:
        named = re.findall(r"TLS_\w+", control.definition.remediation)
        assert tuple(named) == CIPHER_SETS[check.allowed_set]


def test_definitions_and_benchmarks_name_the_same_topics() -> None:
    used = {
        control["check"]
        for name in known_benchmarks()
        for control in load_data("benchmarks", name, "benchmark.v1")["controls"]
    }
    defined = set(load_definitions())
    assert sorted(used - defined) == []
    assert sorted(defined - used) == []


def test_check_types_stand_in_alphabetical_order() -> None:
    assert list(CHECK_TYPES) == sorted(CHECK_TYPES)


def test_no_check_type_is_left_over() -> None:
    parts = [entry.spec for entry in load_definitions().values()]
    used = set()
    while parts:
        spec = parts.pop()
        used.add(spec.type)
        parts += spec.parts
    assert sorted(set(CHECK_TYPES) - used) == []


@pytest.mark.parametrize(("folder", "name"), FOLDERS_AND_NAMES)
def test_every_data_file_is_valid(folder: str, name: str) -> None:
    assert load_data(folder, name, SCHEMAS[folder])


@pytest.mark.parametrize("name", sorted(SCHEMAS.values()))
def test_every_schema_of_ours_is_one(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:kube-evidence:{name}"


@pytest.mark.parametrize("name", data_names("checks"))
def test_definitions_stand_in_the_order_in_which_benchmarks_introduced_them(name: str) -> None:
    introduced: dict[str, tuple[str, str]] = {}
    for benchmark in known_benchmarks():
        for control in load_data("benchmarks", benchmark, "benchmark.v1")["controls"]:
            introduced.setdefault(control["check"], (benchmark, control["id"]))
    topics = load_data("checks", name, "checks.v1")
    for benchmark in known_benchmarks():
        numbers = [introduced[t][1] for t in topics if introduced[t][0] == benchmark]
        assert numbers == sorted(numbers, key=control_order)


@pytest.mark.parametrize("name", data_names("defaults"))
def test_defaults_are_sorted(name: str) -> None:
    settings = list(load_data("defaults", name, "defaults.v1")["settings"])
    assert settings == sorted(settings)


def test_at_most_one_default_holds_at_a_time() -> None:
    found = load_defaults().entries.items()
    clashes = [
        key
        for key, defaults in found
        for one, other in combinations(defaults, 2)
        if _same_mode(one, other) and _overlap(one, other)
    ]
    assert clashes == []


def _same_mode(one: Default, other: Default) -> bool:
    return "always" in (one.when, other.when) or one.when == other.when


def _overlap(one: Default, other: Default) -> bool:
    starts = max(one.since or OLDEST, other.since or OLDEST)
    return starts <= min(one.until or NEWEST, other.until or NEWEST)


def test_the_default_policy_sets_every_name_that_a_policy_may_set() -> None:
    properties: Mapping[str, Any] = load_schema("policy.v1")["properties"]
    policy = load_policy(None)
    assert sorted(policy.values) == sorted(properties["values"]["properties"])
    assert sorted(policy.lists) == sorted(properties["lists"]["properties"])


@pytest.fixture(scope="module", params=known_profiles())
def profile(request: pytest.FixtureRequest) -> ProviderProfile:
    return load_profile(request.param)


def test_every_published_row_is_about_its_benchmarks_control(profile: ProviderProfile) -> None:
    topics = {}
    if profile.benchmark:
        document = load_data("benchmarks", profile.benchmark, "benchmark.v1")
        topics = {control["id"]: control["check"] for control in document["controls"]}
    wrong = [row.control for row in profile.rows if topics.get(row.control) != row.topic]
    assert wrong == []


def test_a_row_notes_the_value_that_its_benchmark_tests(profile: ProviderProfile) -> None:
    if not profile.rows:
        assert profile.id == "self-managed"
        return
    document = load_data("benchmarks", profile.benchmark, "benchmark.v1")
    tests = {control["id"]: control.get("with", {}) for control in document["controls"]}
    for row in profile.rows:
        tested = {key: tests[row.control][key] for key in TESTED if key in tests[row.control]}
        noted = {key: row.published[key] for key in TESTED if key in row.published}
        assert noted == tested, row.control


def test_ibm_published_122_rows() -> None:
    rows = load_profile("ibm-iks-1.32").rows
    assert len(rows) == 122
    assert Counter((row.attested_raw, row.party.value) for row in rows) == {
        ("Pass", "provider"): 81,
        ("Pass", "shared"): 14,
        ("Fail", "provider"): 9,
        ("Fail", "shared"): 18,
    }
    assert Counter(row.published["level"] for row in rows) == {"1": 109, "2": 13}
    assert Counter(row.published["scored"] for row in rows) == {"Scored": 92, "Not Scored": 30}
    assert sum(1 for row in rows if row.explanation) == 39
    assert all(row.explanation for row in rows if row.attested is Attestation.FAIL)
    assert all(row.basis is Basis.PUBLISHED for row in rows)


def test_ibms_levels_are_the_benchmarks() -> None:
    document = load_data("benchmarks", "cis-1.5", "benchmark.v1")
    ours = {control["id"]: control["level"] for control in document["controls"]}
    published = {r.control: r.published["level"] for r in load_profile("ibm-iks-1.32").rows}
    assert published == ours


def test_vcluster_published_35_rows_of_section_5() -> None:
    rows = load_profile("vcluster").rows
    document = load_data("benchmarks", "cis-1.10", "benchmark.v1")
    section_5 = [c["id"] for c in document["controls"] if c["id"].startswith("5.")]
    assert [row.control for row in rows] == section_5
    assert Counter(row.attested_raw for row in rows) == {"PASS": 11, "WARN": 24}
    assert {row.party for row in rows} == {Party.CUSTOMER}
    assert {row.basis for row in rows} == {Basis.DERIVED}


def test_no_data_file_hides_below_a_folder_or_under_another_suffix() -> None:
    data = Path(__file__).resolve().parent.parent / "analyzer" / "data"
    found = sorted(
        str(path.relative_to(data)) for folder in SCHEMAS for path in (data / folder).rglob("*")
    )
    assert found == sorted(f"{folder}/{name}.yaml" for folder, name in FOLDERS_AND_NAMES)
