"""Who answers, what they published, and what follows: the whole tables, and what never happens."""

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.benchmark import Benchmark, Control, ControlId, Definition
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import UserFileError
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Outcome
from analyzer.model.responsibility import (
    Attestation,
    Basis,
    Comparison,
    Party,
    Responsibility,
)
from analyzer.model.verdict import Disposition, Verdict
from analyzer.responsibility.assign import assign
from analyzer.responsibility.compare import compare, disposition
from analyzer.responsibility.profiles import known_profiles, load_profile, read_profile

UNDECIDED = ("manual", "no-evidence", "error", "out-of-scope")
TABLE = """
published       pass                  fail            not-applicable  undecided
pass            confirmed             contradicted    not-comparable  attested-only
fail            better-than-attested  confirmed       not-comparable  attested-only
equivalent      better-than-attested  not-comparable  not-comparable  attested-only
depends         observed-only         observed-only   observed-only   attested-only
not-applicable  better-than-attested  contradicted    confirmed       attested-only
not-stated      observed-only         observed-only   observed-only   not-comparable
"""


def comparisons() -> list[tuple[str, str, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    cells = [(row[0], column, row[n]) for row in rows for n, column in enumerate(head) if n]
    return [
        (attested, verdict, expected)
        for attested, column, expected in cells
        for verdict in (UNDECIDED if column == "undecided" else (column,))
    ]


class Nothing:
    """A check that is never asked."""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        return ()

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        return ()


def control(number: str, topic: str, params: Mapping[str, object] | None = None) -> Control:
    definition = Definition(
        topic=topic,
        title="",
        role="cluster",
        type="t",
        params=params or {},
        rule="",
        rationale="",
        remediation="",
        decidability="A",
        source="",
    )
    return Control(
        id=ControlId(number),
        section=number.rpartition(".")[0],
        title="",
        level=1,
        assessment="automated",
        scored=True,
        node_role="cluster",
        definition=definition,
        check=Nothing(),
    )


def benchmark(name: str) -> Benchmark:
    return Benchmark(
        id=name, title="", version="", versions=("1.1", "1.2"), sections={}, controls=()
    )


def judge(
    profile: str, name: str, number: str, topic: str, verdict: Verdict, **params: str
) -> Responsibility:
    return assign(load_profile(profile), benchmark(name), control(number, topic, params), verdict)


@pytest.mark.parametrize(("attested", "verdict", "expected"), comparisons())
def test_published_against_observed(attested: str, verdict: str, expected: str) -> None:
    comparison, reason = compare(Attestation(attested), Verdict(verdict))
    assert comparison == Comparison(expected)
    assert reason.endswith(".")


def test_the_table_has_every_pair() -> None:
    pairs = {(attested, verdict) for attested, verdict, _ in comparisons()}
    assert len(pairs) == len(Attestation) * len(Verdict) == len(comparisons())


def responsibility(
    party: Party, attested: Attestation, comparison: Comparison, inherited_from: str = ""
) -> Responsibility:
    return Responsibility(
        party=party,
        basis=Basis.PUBLISHED,
        attested=attested,
        attested_raw="",
        explanation="",
        customer_action="",
        comparison=comparison,
        comparison_reason="",
        attested_control="",
        map_method="exact",
        inherited_from=inherited_from,
        inconsistency="",
        published=MappingProxyType({}),
    )


@pytest.mark.parametrize(
    ("party", "attested", "expected"),
    [
        ("provider", "pass", "inherited"),
        ("provider", "equivalent", "inherited"),
        ("provider", "fail", "provider-gap"),
        ("provider", "depends", "not-assessed"),
        ("provider", "not-applicable", "not-assessed"),
        ("provider", "not-stated", "not-assessed"),
        ("shared", "pass", "not-assessed"),
        ("shared", "fail", "not-assessed"),
        ("customer", "pass", "not-assessed"),
        ("unspecified", "pass", "not-assessed"),
    ],
)
def test_without_evidence_only_the_providers_own_part_rests_on_its_word(
    party: str, attested: str, expected: str
) -> None:
    comparison, _ = compare(Attestation(attested), Verdict.NO_EVIDENCE)
    one = responsibility(Party(party), Attestation(attested), comparison)
    assert disposition(Verdict.NO_EVIDENCE, one, partial=False) == Disposition(expected)


responsibilities = st.builds(
    responsibility,
    st.sampled_from(Party),
    st.sampled_from(Attestation),
    st.sampled_from(Comparison),
    st.sampled_from(["", "the host cluster"]),
)


@given(st.sampled_from(Verdict), responsibilities, st.booleans())
def test_only_a_whole_pass_is_compliant_and_a_fail_never_is(
    verdict: Verdict, one: Responsibility, partial: bool
) -> None:
    result = disposition(verdict, one, partial=partial)
    compliant = verdict is Verdict.PASS and not partial
    assert (result is Disposition.COMPLIANT) is compliant
    assert (result is Disposition.NON_COMPLIANT) is (verdict is Verdict.FAIL)
    if result in (Disposition.INHERITED, Disposition.PROVIDER_GAP):
        assert verdict is Verdict.NO_EVIDENCE
    if result is Disposition.NOT_APPLICABLE:
        assert verdict is Verdict.NOT_APPLICABLE
    if verdict in (Verdict.ERROR, Verdict.OUT_OF_SCOPE):
        assert result is Disposition.NOT_ASSESSED


@given(st.sampled_from(Verdict), responsibilities)
def test_no_word_of_a_provider_changes_a_decided_verdict(
    verdict: Verdict, one: Responsibility
) -> None:
    if verdict is Verdict.NO_EVIDENCE:
        return
    silent = responsibility(
        Party.CUSTOMER, Attestation.NOT_STATED, Comparison.NOT_COMPARABLE, one.inherited_from
    )
    assert disposition(verdict, one, partial=False) == disposition(verdict, silent, partial=False)


def test_the_same_benchmark_is_matched_by_number() -> None:
    one = judge("ibm-iks-1.32", "cis-1.5", "1.2.1", "api-anonymous", Verdict.NO_EVIDENCE)
    assert (one.party, one.basis, one.attested_raw) == (Party.PROVIDER, Basis.PUBLISHED, "Fail")
    assert (one.map_method, one.attested_control) == ("exact", "")
    assert one.published == {"level": "1", "scored": "Not Scored"}
    assert disposition(Verdict.NO_EVIDENCE, one, partial=False) is Disposition.PROVIDER_GAP


def test_another_benchmark_is_matched_by_topic_and_says_so() -> None:
    one = judge("ibm-iks-1.32", "cis-1.12", "1.2.4", "api-kubelet-client-cert", Verdict.FAIL)
    assert (one.map_method, one.attested_control) == ("renumbered", "1.2.5")
    assert one.comparison is Comparison.CONTRADICTED
    assert one.explanation == "Mapped by topic from cis-1.5 1.2.5."


@pytest.mark.parametrize(("limit", "comparable"), [("644", True), ("600", False)])
def test_a_result_for_a_looser_test_is_not_held_against_a_stricter_one(
    limit: str, comparable: bool
) -> None:
    one = judge(
        "ibm-iks-1.32", "cis-1.12", "4.1.5", "kubelet-kubeconfig-mode", Verdict.FAIL, limit=limit
    )
    assert (one.comparison is Comparison.CONTRADICTED) is comparable
    assert (one.comparison is Comparison.NOT_COMPARABLE) is not comparable
    assert ("limit 644 where this one tests 600" in one.comparison_reason) is not comparable
    gone = judge(
        "ibm-iks-1.32",
        "cis-1.12",
        "4.1.5",
        "kubelet-kubeconfig-mode",
        Verdict.NO_EVIDENCE,
        limit=limit,
    )
    inherited = disposition(Verdict.NO_EVIDENCE, gone, partial=False) is Disposition.INHERITED
    assert inherited is comparable


def test_a_control_that_the_provider_never_met_is_not_comparable() -> None:
    one = judge("ibm-iks-1.32", "cis-1.12", "4.2.14", "kl-seccomp-default", Verdict.PASS)
    assert one.comparison is Comparison.NOT_COMPARABLE
    assert "cis-1.5" in one.comparison_reason
    assert (one.party, one.basis) == (Party.PROVIDER, Basis.DERIVED)
    assert one.attested is Attestation.NOT_STATED


@pytest.mark.parametrize("name", ["cis-1.10", "cis-1.12"])
@pytest.mark.parametrize("number", ["1.2.1", "2.1", "3.2.1", "4.1.1"])
def test_a_virtual_cluster_inherits_control_plane_and_nodes(name: str, number: str) -> None:
    one = judge("vcluster", name, number, "some-topic", Verdict.NO_EVIDENCE)
    assert one.inherited_from == "the host cluster"
    assert one.party is Party.PROVIDER
    assert disposition(Verdict.NO_EVIDENCE, one, partial=False) is Disposition.INHERITED


def test_a_virtual_clusters_own_section_is_not_inherited() -> None:
    one = judge("vcluster", "cis-1.10", "5.1.7", "rbac-masters", Verdict.NO_EVIDENCE)
    assert (one.inherited_from, one.attested_raw) == ("", "WARN")
    assert one.attested is Attestation.NOT_STATED
    assert disposition(Verdict.NO_EVIDENCE, one, partial=False) is Disposition.NOT_ASSESSED


def test_the_page_that_contradicts_itself_is_shown() -> None:
    one = judge("vcluster", "cis-1.10", "5.1.3", "rbac-wildcards", Verdict.FAIL)
    assert (one.attested_raw, one.comparison) == ("PASS", Comparison.CONTRADICTED)
    assert "the one FAIL" in one.inconsistency


@given(st.sampled_from(Verdict))
def test_a_self_managed_cluster_has_nobody_to_lean_on(verdict: Verdict) -> None:
    one = judge("self-managed", "cis-1.12", "1.2.1", "api-anonymous", verdict)
    assert (one.party, one.map_method) == (Party.CUSTOMER, "none")
    assert one.comparison in (Comparison.OBSERVED_ONLY, Comparison.NOT_COMPARABLE)
    result = disposition(verdict, one, partial=False)
    assert result not in (Disposition.INHERITED, Disposition.PROVIDER_GAP)


def test_profiles_are_listed() -> None:
    assert known_profiles() == ("ibm-iks-1.32", "self-managed", "vcluster")


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(UserFileError, match="there is no such provider profile") as refusal:
        load_profile("../policy/default")
    assert "ibm-iks-1.32, self-managed, vcluster" in refusal.value.advice


ROW = {"control": "1.1.1", "topic": "a", "result": "Yes", "responsibility": "Us"}
PROFILE: dict[str, Any] = {
    "id": "p",
    "title": "P",
    "provider": "P",
    "product": "P",
    "platform_versions": "any",
    "benchmark": "cis-1.5",
    "statement": "none",
    "default": {"party": "customer", "explanation": "e"},
    "sections": {"1": "shared"},
    "words": {"Yes": "pass"},
    "parties": {"Us": "provider"},
    "rows": [ROW, ROW | {"control": "1.1.2", "topic": "b"}],
}


def test_a_row_without_a_printed_party_takes_the_derived_one() -> None:
    document = deepcopy(PROFILE)
    del document["rows"][1]["responsibility"]
    first, second = read_profile(document, where="providers/p.yaml").rows
    assert (first.party, first.basis) == (Party.PROVIDER, Basis.PUBLISHED)
    assert (second.party, second.basis) == (Party.SHARED, Basis.DERIVED)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "q"}, "/id is q"),
        ({"rows": [ROW | {"result": "No"}]}, "no meaning is given for No"),
        ({"rows": [ROW | {"responsibility": "You"}]}, "no meaning is given for You"),
        ({"rows": [ROW, ROW | {"topic": "b"}]}, "repeated in rows: 1.1.1"),
        ({"rows": [ROW, ROW | {"control": "1.1.2"}]}, "repeated in rows: a"),
        ({"rows": [ROW | {"control": "1.1.10", "topic": "b"}, ROW]}, "rows out of order"),
    ],
)
def test_a_wrong_profile_is_refused(change: Mapping[str, object], words: str) -> None:
    with pytest.raises(UserFileError) as refusal:
        read_profile({**PROFILE, **change}, where="providers/p.yaml")
    assert words in str(refusal.value)
    assert refusal.value.advice


def test_rows_need_a_benchmark() -> None:
    document = {key: value for key, value in PROFILE.items() if key != "benchmark"}
    with pytest.raises(UserFileError, match="rows without a benchmark"):
        read_profile(document, where="providers/p.yaml")


def test_a_product_names_the_namespaces_that_it_brings() -> None:
    assert load_profile("self-managed").system_namespaces == ()
    named = load_profile("ibm-iks-1.32").system_namespaces
    assert "ibm-system" in named
    assert "ibm-legacy" not in named
    assert not any(name.endswith("*") for name in named)
