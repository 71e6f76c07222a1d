"""What is said of a control whose subject the observed Kubernetes does not have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark, read_benchmark
from analyzer.catalogue.definitions import load_definitions, read_definitions
from analyzer.checks import CHECK_TYPES
from analyzer.model.benchmark import Benchmark, Control, Subject, Without
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import UserFileError
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import CheckFactory, Outcome
from analyzer.model.verdict import Verdict
from analyzer.model.version import Version, parse_version
from analyzer.pipeline.lifetime import lifetime_note
from tests.evidence_builder import context


@dataclass(frozen=True, slots=True, kw_only=True)
class Aware:
    """A check type that judges by the lifetime of its subject."""

    name: str
    subject: Subject | None = None

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        return ()

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        return ()


TYPES: Mapping[str, CheckFactory] = {"aware": Aware}
TEXTS = {"title": "t", "rule": "r", "rationale": "w", "remediation": "m", "source": "s"}
PLAIN = {"type": "aware", "with": {"name": "n"}, "role": "cluster", "decidability": "A", **TEXTS}
SUBJECT = {"what": "the thing", "since": "1.20", "until": "1.22", "without": "met", "source": "s"}


def read(definition: Mapping[str, Any], control: Mapping[str, Any] | None = None) -> Benchmark:
    definitions = read_definitions({"things": {"one": definition, "two": PLAIN}})
    fields = {"id": "1.1", "level": "1", "assessment": "manual", "check": "one"}
    document = {
        "id": "b-1",
        "title": "B",
        "version": "1",
        "kubernetes": {"from": "1.1", "to": "1.2", "source": "s"},
        "controls_total": "1",
        "sections": {"1": "first"},
        "controls": [{**fields, **(control or {})}],
    }
    return read_benchmark(document, definitions, TYPES, where="benchmarks/b-1.yaml")


def test_a_check_type_that_asks_for_the_subject_gets_it() -> None:
    (control,) = read({**PLAIN, "subject": SUBJECT}).controls
    expected = Subject(
        what="the thing",
        since=Version(1, 20),
        until=Version(1, 22),
        without=Without.MET,
        instead="",
        source="s",
    )
    assert control.definition.subject == expected
    assert control.check == Aware(name="n", subject=expected)


def test_a_subject_is_no_parameter() -> None:
    with pytest.raises(UserFileError, match="does not take subject") as refusal:
        read({**PLAIN, "with": {"name": "n", "subject": "x"}})
    assert refusal.value.advice == "Check type aware takes: name."


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UserFileError, match=r"since 1\.20 until 1\.19 is no span"):
        read({**PLAIN, "subject": {**SUBJECT, "until": "1.19"}})


@pytest.mark.parametrize("topic", ["two", "three"])
def test_a_text_asks_for_a_subject_that_there_is(topic: str) -> None:
    with pytest.raises(UserFileError, match=f"asks_for names {topic}"):
        read({**PLAIN, "subject": SUBJECT}, {"asks_for": topic})


def control_of(benchmark: str, number: str) -> Control:
    found = load_benchmark(benchmark, CHECK_TYPES).controls
    return next(control for control in found if control.id == number)


GONE = [
    ("cis-1.5", "1.2.2", "1.18", "1.19", "--basic-auth-file"),
    ("cis-1.5", "1.2.4", "1.21", "1.22", "--kubelet-https"),
    ("cis-1.5", "1.2.18", "1.23", "1.24", "--insecure-bind-address"),
    ("cis-1.20", "1.2.18", "1.23", "1.24", "--insecure-port"),
    ("cis-1.5", "1.2.16", "1.24", "1.25", "PodSecurityPolicy"),
    ("cis-1.8", "1.2.12", "1.29", "1.30", "SecurityContextDeny"),
    ("cis-1.5", "5.2.1", "1.24", "1.25", "PodSecurityPolicy"),
    ("cis-1.20", "5.2.9", "1.24", "1.25", "PodSecurityPolicy"),
    ("cis-1.23", "1.2.3", "1.21", "1.20", "DenyServiceExternalIPs"),
    ("cis-1.7", "1.2.3", "1.21", "1.20", "DenyServiceExternalIPs"),
    ("cis-1.12", "4.2.14", "1.22", "1.21", "seccompDefault"),
    ("cis-1.11", "1.2.30", "1.19", "1.18", "--service-account-extend-token-expiration"),
    ("cis-1.24", "5.2.11", "1.22", "1.21", "hostProcess"),
]
"""Benchmark, control, a version that has the subject, the next that has not, and its name."""


@pytest.mark.parametrize(("benchmark", "number", "there", "missing", "name"), GONE)
def test_a_control_says_where_its_subject_is_missing(
    benchmark: str, number: str, there: str, missing: str, name: str
) -> None:
    control = control_of(benchmark, number)
    assert lifetime_note(control, Verdict.PASS, context(version=there)) == ""
    note = lifetime_note(control, Verdict.PASS, context(version=missing))
    assert name in note
    assert note.startswith(f"Kubernetes {missing} ")


def test_the_table_has_every_topic_with_a_subject() -> None:
    topics = {control_of(row[0], row[1]).definition.topic for row in GONE}
    own = {t for t, entry in load_definitions().items() if entry.definition.subject is not None}
    assert own <= topics


def test_what_follows_depends_on_the_verdict() -> None:
    control, seen = control_of("cis-1.5", "1.2.2"), context(version="1.30")
    assert "by its letter" in lifetime_note(control, Verdict.PASS, seen)
    assert "by its letter" not in lifetime_note(control, Verdict.FAIL, seen)
    plugin = control_of("cis-1.5", "1.2.16")
    note = lifetime_note(plugin, Verdict.NOT_APPLICABLE, seen)
    assert "The rule cannot apply. Pod Security admission" in note


def test_a_text_about_policies_that_are_gone_is_judged_by_what_it_was_for() -> None:
    note = lifetime_note(control_of("cis-1.6", "5.2.2"), Verdict.FAIL, context(version="1.25"))
    assert "ended with 1.24. The text of this benchmark asks for it; judged was whether" in note
    newer = control_of("cis-1.23", "5.2.2")
    assert lifetime_note(newer, Verdict.FAIL, context(version="1.25")) == ""


def test_a_rule_about_kubelets_looks_at_their_versions() -> None:
    control = control_of("cis-1.12", "4.2.14")
    kubelets = {"a": "1.21", "b": "1.22", "c": "1.21"}
    seen = context(version="1.24", kubelet_versions=kubelets)
    note = lifetime_note(control, Verdict.FAIL, seen)
    assert note.count("Kubernetes 1.21 does not have") == 1
    assert "1.22 does not have" not in note
    older = context(version="1.21", kubelet_versions={"a": "1.22"})
    assert lifetime_note(control, Verdict.FAIL, older) == ""


def test_without_a_version_nothing_is_said() -> None:
    control = control_of("cis-1.5", "1.2.2")
    assert lifetime_note(control, Verdict.PASS, context(version=None)) == ""


@pytest.mark.parametrize("name", known_benchmarks())
def test_a_benchmark_covers_a_version_that_has_what_it_asks_for(name: str) -> None:
    benchmark = load_benchmark(name, CHECK_TYPES)
    first, last = (parse_version(text) for text in benchmark.versions)
    assert first is not None
    assert last is not None
    for control in benchmark.controls:
        subject = control.definition.subject
        if subject is not None:
            has = any(subject.exists_in(Version(1, n)) for n in range(first.minor, last.minor + 1))
            assert has or subject.without is Without.MET, control.id
