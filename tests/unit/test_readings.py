"""Two readings of one finding: which decides, what stands beside it, and how they roll up."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.catalogue.benchmarks import load_benchmark
from analyzer.catalogue.definitions import load_definitions
from analyzer.checks import CHECK_TYPES
from analyzer.checks.judgement import Judgement, one_per_subject, outcome_of
from analyzer.model.context import Reading
from analyzer.model.evidence import EvidenceKey
from analyzer.model.outcome import Missing, OtherReading, Outcome, roll_up_other
from analyzer.model.verdict import Reason, Verdict
from tests.api_cases import Case, all_cases
from tests.evidence_builder import context, source
from tests.node_cases import FOUND, case_id, evaluate, read_case

ROOT = Path(__file__).resolve().parents[2]
PASS, FAIL, NONE = Verdict.PASS, Verdict.FAIL, Verdict.NO_EVIDENCE
_REASONS = {PASS: Reason.PASS_DEFAULT, FAIL: Reason.FAIL_EXPLICIT, NONE: Reason.NE_TIMEOUT}
_LACKING = Missing(
    key=EvidenceKey("file/x"), subject="node/a", reason=Reason.NE_TIMEOUT, detail="timeout"
)


def _outcome(
    verdict: Verdict, letter: Verdict | None, reading: str, subject: str = "node/a"
) -> Outcome:
    judged = Judgement(
        verdict=verdict,
        reason=_REASONS[verdict],
        actual="x",
        why=f"It does {verdict}.",
        sources=(source("m"),),
        missing=(_LACKING,) if NONE in (verdict, letter) else (),
        letter=letter,
        letter_why=f"the text says {letter}",
        letter_reason=_REASONS[NONE] if letter is NONE else None,
    )
    return outcome_of(judged, subject, "y", context(reading=reading))


@pytest.mark.parametrize(
    ("verdict", "letter", "reading", "decides", "beside"),
    [
        (PASS, FAIL, "effective", PASS, FAIL),
        (PASS, FAIL, "letter", FAIL, PASS),
        (FAIL, PASS, "effective", FAIL, PASS),
        (FAIL, PASS, "letter", PASS, FAIL),
        (PASS, PASS, "letter", PASS, None),
        (PASS, None, "letter", PASS, None),
        (PASS, NONE, "effective", PASS, NONE),
        (PASS, NONE, "letter", NONE, PASS),
        (NONE, PASS, "effective", NONE, None),
        (NONE, PASS, "letter", NONE, None),
    ],
)
def test_one_decides_and_the_other_stands_beside_it(
    verdict: Verdict, letter: Verdict | None, reading: str, decides: Verdict, beside: Verdict | None
) -> None:
    made = _outcome(verdict, letter, reading)
    assert made.verdict is decides
    assert made.reason.value.split("_")[0] == {PASS: "PASS", FAIL: "FAIL", NONE: "NE"}[decides]
    assert (made.other_reading.verdict if made.other_reading else None) is beside
    assert bool(made.missing) is (decides is NONE), "what is missing is named where it matters"


def test_the_other_reading_of_several_findings_is_its_own_worst() -> None:
    kept = _outcome(FAIL, None, "effective")
    turned = _outcome(PASS, FAIL, "effective", "node/b")
    other = OtherReading(reading=Reading.LETTER, verdict=FAIL, why="the text says fail")
    assert roll_up_other((turned,), PASS) == other
    assert roll_up_other((kept, turned), FAIL) is None, "it fails either way"
    assert roll_up_other((kept,), FAIL) is None
    assert roll_up_other((), NONE) is None


def test_a_failure_that_the_text_lets_pass_leaves_the_rest_to_decide() -> None:
    lenient = _outcome(FAIL, PASS, "effective")
    unknown = _outcome(NONE, None, "effective", "node/b")
    other = roll_up_other((lenient, unknown), FAIL)
    assert other is not None
    assert (other.verdict, other.why) == (NONE, unknown.explanation)


def test_two_processes_of_a_node_keep_the_other_reading() -> None:
    (joined,) = one_per_subject(
        (_outcome(PASS, None, "effective"), _outcome(PASS, FAIL, "effective"))
    )
    assert joined.verdict is PASS
    assert joined.other_reading is not None
    assert joined.other_reading.verdict is FAIL


@pytest.mark.parametrize("path", FOUND, ids=case_id)
def test_every_node_case_reads_the_same_from_both_sides(path: Path) -> None:
    case, check_type = read_case(path), path.parent.parent.name
    turned = [evaluate({**case, "reading": word}, check_type) for word in ("effective", "letter")]
    _mirror(*turned)


@pytest.mark.parametrize("case", list(all_cases()), ids=str)
def test_every_api_case_reads_the_same_from_both_sides(case: Case) -> None:
    effective, letter = (
        replace(case, body={**case.body, "reading": word}).outcomes()
        for word in ("effective", "letter")
    )
    _mirror(effective, letter)


def _mirror(effective: tuple[Outcome, ...], letter: tuple[Outcome, ...]) -> None:
    """What stands beside one reading is what the other decides."""
    assert sorted(map(_both, effective)) == sorted(map(_both, letter))
    for outcome in letter:
        lacking = outcome.other_reading and outcome.other_reading.verdict is NONE
        assert not (lacking and outcome.verdict is PASS), "no text makes a pass of missing evidence"


def _both(outcome: Outcome) -> tuple[str, str, str]:
    """Return the subject, what behaviour says, and what the text says."""
    other = outcome.other_reading
    if other is None:
        return outcome.subject, outcome.verdict.value, outcome.verdict.value
    pair = (outcome.verdict.value, other.verdict.value)
    return outcome.subject, *(pair if other.reading is Reading.LETTER else pair[::-1])


def test_the_document_names_topics_and_numbers_that_exist() -> None:
    text = (ROOT / "docs" / "letter-and-effective.md").read_text(encoding="utf-8")
    numbers = {c.definition.topic: c.id for c in load_benchmark("cis-1.12", CHECK_TYPES).controls}
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert rows
    for topics, control, *_ in rows:
        names = re.findall(r"`([a-z-]+)`", topics)
        assert set(names) <= set(load_definitions())
        if "cis-1.5" not in control:
            bounds = re.findall(r"\d+(?:\.\d+)+", control)
            assert bounds[0] in [numbers.get(name) for name in names]
            assert bounds[-1] in [numbers.get(name) for name in names]
