"""What a contributor adds as text is enough: one file to renumber, two to add a rule."""

from typing import Any

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark, read_benchmark
from analyzer.catalogue.defaults import load_defaults, own_defaults
from analyzer.catalogue.definitions import load_definitions, read_definitions
from analyzer.checks import CHECK_TYPES
from analyzer.formats.own_files import data_file, read_own
from analyzer.formats.schema_files import load_schema
from analyzer.model.benchmark import Benchmark
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Defaults
from analyzer.model.errors import UserFileError
from analyzer.model.verdict import Verdict
from analyzer.model.version import Version
from tests.evidence_builder import cluster, context, node, process

NEWEST = known_benchmarks()[-1]
HEAD = """
id: next-1
title: A made-up benchmark
version: "1"
kubernetes: {from: "1.36", to: "1.36", source: made up}
controls_total: "3"
sections: {"1": Control plane, "1.1": Everything}
controls:
  - {id: "1.1.1", level: "1", assessment: automated, check: etcd-ca}
  - {id: "1.1.2", level: "2", assessment: manual, check: pki-key-mode, with: {limit: "400"}}
"""
ONE_MORE = '  - {id: "1.1.3", level: "1", assessment: automated, check: api-made-up}\n'
RULE = """
api-made-up:
  title: API server was told the made-up word
  role: control-plane
  type: setting
  with:
    component: kube-apiserver
    flags: [made-up-words]
    kind: list
    expect: contains
    value: strict
  defaults:
    made-up-words:
      - {when: always, since: "1.15", source: the flag's help, checked_to: "1.36"}
  rule: The flag holds {value}.
  rationale: It matters.
  remediation: Set it.
  decidability: A
  source: made up
"""


def definitions_with(text: str) -> Any:
    more = read_own(text.encode(), where="checks/new.yaml", schema="checks.v1")
    return {**load_definitions(), **read_definitions({"new": more})}


def benchmark_of(text: str, definitions: Any) -> Benchmark:
    document = read_own(text.encode(), where="benchmarks/next-1.yaml", schema="benchmark.v1")
    return read_benchmark(document, definitions, CHECK_TYPES, where="benchmarks/next-1.yaml")


def test_a_benchmark_that_renumbers_is_one_file() -> None:
    text = data_file("benchmarks", NEWEST).read_text(encoding="utf-8")
    moved = (
        text.replace(f"id: {NEWEST}\n", "id: next-1\n").replace('"5.', '"6.').replace('"5"', '"6"')
    )
    ours = load_benchmark(NEWEST, CHECK_TYPES)
    made = benchmark_of(moved, load_definitions())
    assert [c.definition for c in made.controls] == [c.definition for c in ours.controls]
    numbers = [(str(a.id), str(b.id)) for a, b in zip(ours.controls, made.controls, strict=True)]
    changed = [pair for pair in numbers if pair[0] != pair[1]]
    assert ("5.1.1", "6.1.1") in changed
    assert len(changed) == sum(1 for c in ours.controls if c.section.startswith("5"))


def test_a_benchmark_sets_its_own_values_and_takes_titles_from_the_rules() -> None:
    text = HEAD.replace('controls_total: "3"', 'controls_total: "2"')
    first, second = benchmark_of(text, load_definitions()).controls
    assert first.title == load_definitions()["etcd-ca"].definition.title
    assert (first.scored, second.scored) == (True, False)
    assert second.title == "PKI private key files have mode 400 or stricter"
    assert second.node_role == "control-plane"


@pytest.mark.parametrize(
    ("flag", "verdict"),
    [
        ("--made-up-words=lax,strict", Verdict.PASS),
        ("--made-up-words=lax", Verdict.FAIL),
        ("--v=2", Verdict.FAIL),
    ],
)
def test_a_rule_of_a_known_type_is_a_definition_and_a_line(flag: str, verdict: Verdict) -> None:
    definitions = definitions_with(RULE)
    control = benchmark_of(HEAD + ONE_MORE, definitions).controls[-1]
    assert control.title == "API server was told the made-up word"
    assert control.definition.rule == "The flag holds strict."
    topic = "api-made-up"
    own = own_defaults(topic, definitions[topic], known=load_defaults().entries)
    defaults = Defaults(entries={**load_defaults().entries, **own})
    (outcome,) = control.check.evaluate(evidence(flag), context(defaults=defaults))
    assert outcome.verdict is verdict


def evidence(flag: str) -> ClusterEvidence:
    server = process("kube-apiserver", ["kube-apiserver", flag])
    return cluster(node("cp", processes=[server]))


def test_a_definitions_own_default_has_its_versions_and_source() -> None:
    entry = definitions_with(RULE)["api-made-up"]
    name = "made-up-words"
    (default,) = own_defaults("t", entry, known=())["kube-apiserver", name]
    assert (default.value, default.source) == (None, "the flag's help")
    assert default.checked_to == Version(1, 36)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    component: kube-apiserver\n", "", "defaults: no component"),
        (
            "    made-up-words:\n",
            "    profiling:\n",
            "default of profiling is stated elsewhere too",
        ),
        ("  type: setting\n", "  type: setting\n  colour: red\n", "'colour' was unexpected"),
        ("source: the flag's help, ", "", "'source' is a required property"),
        ('since: "1.15", ', "", "'since' is a required property"),
        (', checked_to: "1.36"', "", "is not valid under any of the given schemas"),
        ("title: API", "headline: API", "'headline' was unexpected"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, words: str) -> None:
    assert old in RULE
    with pytest.raises(UserFileError) as refusal:
        defaults_of(RULE.replace(old, new))
    assert words in str(refusal.value)


def defaults_of(text: str) -> Any:
    topic = "api-made-up"
    return own_defaults(topic, definitions_with(text)[topic], known=load_defaults().entries)


def test_a_default_is_written_alike_in_both_places() -> None:
    checks, defaults = load_schema("checks.v1"), load_schema("defaults.v1")
    assert checks["$defs"]["default"] == defaults["$defs"]["default"]
    own = checks["$defs"]["definition"]["properties"]["defaults"]
    settings = defaults["properties"]["settings"]
    assert {key: own[key] for key in settings} == settings
