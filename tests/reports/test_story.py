"""The story in plain words: right figures, right grammar for one and many, silent when empty."""

from dataclasses import replace

import pytest

from analyzer.model.assessment import Assessment, Tally
from analyzer.model.changes import Change
from analyzer.model.judgement import REVIEW_DISPOSITION, ReviewVerdict
from analyzer.model.verdict import Verdict
from analyzer.reports.story import (
    acting_story,
    assertion_story,
    change_story,
    provider_story,
    review_story,
    score_story,
    settled_story,
    unseen_story,
    verdict_story,
    waiver_story,
    worst,
)
from tests.reports.builder import build, summarise


@pytest.fixture(scope="module")
def made() -> Assessment:
    return build(texts=("plain", "words"))


def test_the_verdict_in_plain_words(made: Assessment) -> None:
    assert list(verdict_story(made)) == [
        "Of 43 controls, 6 passed and 6 failed.",
        (
            "18 could not be decided: a person must judge 6, for 6 evidence is missing, and on 6 "
            "our own check failed."
        ),
        "6 cannot apply to this cluster, and 7 fell outside the chosen level or section.",
        "The score is 50.0%, and it speaks for 40.0% of what is in scope and applicable.",
        (
            "Of the passes, 2 could not be shown on every node; they stay open until the other "
            "nodes are seen."
        ),
        (
            "Who must act on the failures: the provider on 1, the customer on 2, provider and "
            "customer together on 1, and somebody whom nothing names on 1."
        ),
        "Waivers accept 1 failure whole: 1.2.3.",
    ]


def _reviewed(made: Assessment, words: dict[str, ReviewVerdict], *stale: str) -> Assessment:
    """Lay an auditor's words over the controls named, and nobody else's over any."""
    like = next(c.review for c in build().controls if c.review)
    controls = []
    for c in made.controls:
        one = replace(c, review=None)
        if c.id in words:
            said = replace(like.review, control=c.id, verdict=words[c.id])
            review = replace(like, review=said, stale=c.id in stale, computed=c.disposition)
            after = c.disposition if review.stale else REVIEW_DISPOSITION.get(said.verdict)
            one = replace(one, review=review, disposition=after or c.disposition)
        controls.append(one)
    return replace(made, controls=tuple(controls), summary=summarise(tuple(controls)))


def test_who_must_act_leaves_out_and_names_what_an_auditor_settled(made: Assessment) -> None:
    words = {
        "4.1.1": ReviewVerdict.COMPENSATED,  # the provider's only failure
        "5.1.4": ReviewVerdict.PASS,
        "1.2.3": ReviewVerdict.AGREE,  # a waiver accepts it: it stays the waiver's
        "1.2.10": ReviewVerdict.NEED_MORE_EVIDENCE,  # both of these stay open
        "4.2.3": ReviewVerdict.NOT_APPLICABLE,
        "5.2.7": ReviewVerdict.PASS,
    }
    after = _reviewed(made, words, "4.2.3")
    assert list(acting_story(after)) == [
        ("Who must act on the failures: the customer on 1, and somebody whom nothing names on 1."),
        "An auditor settled 3 failures: 4.1.1 compensated; 5.1.4, 5.2.7 pass.",
        "Waivers accept 1 failure whole: 1.2.3.",
    ]
    assert [c.id for c in worst(after, 9)] == ["1.2.10", "4.2.3"]
    assert next(verdict_story(after)).endswith("6 passed and 6 failed.")


def test_an_auditor_who_refuses_a_waiver_opens_the_failure_again(made: Assessment) -> None:
    after = _reviewed(made, {"1.2.3": ReviewVerdict.FAIL})
    (said,) = acting_story(after)
    assert "provider and customer together on 2" in said
    passed = _reviewed(made, {"1.2.3": ReviewVerdict.PASS})
    assert list(acting_story(passed))[1:] == ["An auditor settled 1 failure: 1.2.3 pass."]


def test_nobody_must_act_where_all_is_settled(made: Assessment) -> None:
    failing = tuple(c for c in made.controls if c.verdict is Verdict.FAIL)
    two = replace(made, controls=failing[:2])
    after = _reviewed(two, dict.fromkeys((c.id for c in failing[:2]), ReviewVerdict.COMPENSATED))
    assert list(acting_story(after)) == [
        "An auditor settled 2 failures: 1.2.3, 1.2.10 compensated.",
        "No failure is left open.",
    ]


def test_many_settled_failures_are_counted(made: Assessment) -> None:
    (like,) = (c for c in made.controls if c.id == "1.2.3")
    many = tuple(replace(like, id=f"9.{n}", review=None) for n in range(20))
    assert list(settled_story(replace(made, controls=many))) == [
        ("Waivers accept 20 failures whole: 9.0, 9.1, 9.2, 9.3, 9.4, 9.5, 9.6, 9.7 +12 more.")
    ]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.PASS, "The score is 100.0%, and it speaks for 100.0% of"),
        (Verdict.FAIL, "The score is 0.0%, and it speaks for 100.0% of"),
        (Verdict.MANUAL, "Nothing could be decided, so that there is no score: coverage is 0.0%."),
        (
            Verdict.NO_EVIDENCE,
            "Nothing could be decided, so that there is no score: coverage is 0.0%.",
        ),
        (
            Verdict.NOT_APPLICABLE,
            "No control is in scope and applicable, so that there is no score.",
        ),
    ],
)
def test_a_score_never_stands_without_its_coverage(
    made: Assessment, verdict: Verdict, said: str
) -> None:
    controls = tuple(replace(c, verdict=verdict) for c in made.controls)
    assert said in score_story(summarise(controls).overall)


def test_no_coverage_is_no_score() -> None:
    nothing = Tally(by_verdict=dict.fromkeys(Verdict, 0), total=0, score=None, coverage=None)
    assert "%" not in score_story(nothing)


def test_the_worst_are_level_1_first_and_accepted_ones_are_left_out(made: Assessment) -> None:
    assert [(c.id, c.level) for c in worst(made, 4)] == [
        ("4.1.1", 1),
        ("5.1.4", 1),
        ("1.2.10", 2),
        ("4.2.3", 2),
    ]
    many = {"5.1.4": 7, "5.2.7": 90}
    counted = tuple(
        replace(c, counts={"fail": many[c.id]}) if c.id in many else c for c in made.controls
    )
    found = [c.id for c in worst(replace(made, controls=counted), 3)]
    assert found == ["5.1.4", "4.1.1", "5.2.7"]


def test_what_was_not_seen(made: Assessment) -> None:
    assert list(unseen_story(made)) == [
        "1 of 3 nodes gave no evidence: worker-2.",
        (
            "Missing pieces of evidence: 2. The one that most controls wait for (6) is "
            "file/kubelet-config of node/worker-2."
        ),
    ]
    unknown = replace(made, cluster=replace(made.cluster, nodes_expected=None), gaps=())
    (said,) = unseen_story(unknown)
    assert said.startswith("Which nodes the cluster has is unknown")
    whole = replace(made, cluster=replace(made.cluster, nodes_evidenced=("cp-1",)), gaps=())
    seen = replace(whole, cluster=replace(whole.cluster, nodes_expected=("cp-1",)))
    assert list(unseen_story(seen)) == []


def test_what_people_add_before_and_after(made: Assessment) -> None:
    assert list(waiver_story(made)) == [
        (
            "Accepted risks among the failing controls: 1. The score of 50.0% counts them as "
            "failures; with these controls left out it would be 54.5%."
        ),
        "Failing controls of which waivers cover a part only: 1.",
        "Waivers without effect: 1 stale, 1 too-broad, 1 expired, 1 not-yet-valid, 1 unused.",
    ]
    assert list(review_story(made)) == [
        (
            "Controls reviewed by an auditor: 12 (4 agree, 1 compensated, 1 fail, "
            "2 need-more-evidence, 1 not-applicable, 3 pass)."
        ),
        "Stale reviews, of results that have changed since: 3.",
    ]


def test_waivers_that_accept_nothing_promise_no_other_score(made: Assessment) -> None:
    idle = replace(made, summary=replace(made.summary, waived=0, score_after_waivers=0.5))
    assert next(waiver_story(idle)) == "Accepted risks among the failing controls: none."


def test_only_stale_reviews_are_no_reviews_in_effect(made: Assessment) -> None:
    summary = replace(made.summary, by_review={}, stale_reviews=2)
    assert list(review_story(replace(made, summary=summary))) == [
        "Controls reviewed by an auditor: 0.",
        "Stale reviews, of results that have changed since: 2.",
    ]


def test_what_changed_and_what_stands_against_saying_so(made: Assessment) -> None:
    assert list(change_story(made)) == [
        (
            "Since the assessment of 2025-11-01 (cis-1.10): new failures 1, failures resolved 1, "
            "otherwise changed 1, in other hands 1, not comparable 1."
        ),
        "What stands against the comparison: The older run saw 3 nodes, this one 2. words",
    ]
    assert made.changes is not None
    same = replace(made.changes, counts={Change.UNCHANGED.value: 9}, limits=())
    (said,) = change_story(replace(made, changes=same))
    assert said.endswith(": nothing changed.")


def test_what_others_say(made: Assessment) -> None:
    (said,) = provider_story(made)
    against = [c.id for c in made.controls if c.responsibility.comparison == "contradicted"]
    assert said.endswith(f"({len(against)}): {', '.join(against)}.")
    assert list(assertion_story(made)) == [
        "kube-bench decides otherwise on 1.1.1, 1.2.3, 1.2.9, 3.1.1."
    ]


def test_nothing_to_say_is_not_said() -> None:
    bare = build(texts=("plain", "words"), people=False)
    for story in (waiver_story, review_story, change_story, assertion_story):
        assert list(story(bare)) == []
    fine = tuple(c for c in bare.controls if c.verdict is Verdict.PASS)
    summary = summarise(fine)
    good = replace(bare, controls=fine, summary=summary)
    assert list(acting_story(good)) == []
    assert worst(good, 5) == ()
    assert next(verdict_story(good)) == "Of 6 controls, 6 passed and 0 failed."
