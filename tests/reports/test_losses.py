"""What was lost to which cause, said once and the same in every report."""

from dataclasses import replace

import pytest

from analyzer.model.assessment import Assessment, Gap
from analyzer.model.cause import NOT_ACCEPTED, Cause, cause_of
from analyzer.model.evidence import EvidenceKey
from analyzer.model.verdict import Reason, Verdict
from analyzer.reports import render, rendering_of
from analyzer.reports.losses import WHY, denied, loss_story, losses
from analyzer.reports.rendering import LABEL, Paper
from analyzer.reports.terminal import summary_text
from tests.reports.builder import build
from tests.reports.sheets import cover, records, remarks, written


@pytest.fixture(scope="module")
def a() -> Assessment:
    return build()


def gap(cause: Cause, *controls: str, key: str = "file/x", subject: str = "node/w1") -> Gap:
    return Gap(
        key=EvidenceKey(key),
        subject=subject,
        cause=cause,
        detail="d",
        command="c",
        controls=controls,
    )


def lacking(a: Assessment) -> tuple[str, ...]:
    return tuple(c.id for c in a.controls if c.verdict is Verdict.NO_EVIDENCE)


def test_a_control_counts_once_for_each_cause_and_in_order(a: Assessment) -> None:
    first, second, *_ = lacking(a)
    gaps = (
        gap(Cause.DENIED, second),
        gap(Cause.DENIED, first, second, key="file/y"),
        gap(Cause.TIMEOUT, second),
    )
    found = losses(replace(a, gaps=gaps))
    assert [(loss.cause, loss.controls, loss.pieces) for loss in found] == [
        (Cause.DENIED, (first, second), 2),
        (Cause.TIMEOUT, (second,), 1),
    ]


def test_a_control_with_a_verdict_is_not_lost(a: Assessment) -> None:
    passing = next(c.id for c in a.controls if c.verdict is Verdict.PASS)
    assert losses(replace(a, gaps=(gap(Cause.DENIED, passing),))) == ()


def test_advice_names_the_nodes_and_the_lists_that_were_denied(a: Assessment) -> None:
    one = lacking(a)[0]
    gaps = (
        gap(Cause.DENIED, one),
        gap(Cause.DENIED, one, subject="node/w2"),
        gap(Cause.DENIED, one, key="api/pods", subject="cluster"),
    )
    found = denied(replace(a, gaps=gaps))
    assert found is not None
    assert "as root on w1, w2." in found.advice
    assert "denied: pods." in found.advice


def test_advice_is_given_where_no_node_and_no_list_is_named(a: Assessment) -> None:
    found = denied(replace(a, gaps=(gap(Cause.DENIED, lacking(a)[0], subject="cluster"),)))
    assert found is not None
    assert found.advice == "The gaps say what was denied."


def test_every_cause_has_words_and_every_lack_a_cause() -> None:
    assert set(WHY) == set(Cause)
    assert {cause_of(r) for r in Reason if r.value.startswith("NE_")} == set(Cause)
    assert cause_of(Reason.NE_API_FORBIDDEN) is cause_of(Reason.NE_PERMISSION_DENIED)


def test_every_report_says_what_was_lost_to_permissions(a: Assessment) -> None:
    made = replace(a, gaps=tuple(gap(Cause.DENIED, one) for one in lacking(a)))
    (said,) = loss_story(made)
    assert said.startswith(f"{len(lacking(a))} controls could not be judged because the collector")
    how = rendering_of(made, Paper.A4, LABEL)
    assert said in render("md", made, how)["report.md"].decode()
    assert said in render("html", made, how)["report.html"].decode()
    book = written(made)
    assert said in cover(book)["Lost"]
    assert said in remarks(book, "Gaps")
    assert {row["Why"] for row in records(book, "Gaps")} == {"denied"}
    lost = f"{len(lacking(a))} of {len(a.controls)} controls lost to permissions"
    assert lost in summary_text(made, width=None)


def test_whoever_is_not_known_to_the_server_logs_in_again(a: Assessment) -> None:
    first, *_ = lacking(a)
    refused = gap(Cause.DENIED, first, key="api/pods", subject="cluster")
    detail = f"/api/v1/pods: {NOT_ACCEPTED}"
    (loss,) = losses(replace(a, gaps=(replace(refused, detail=detail),)))
    assert loss.advice.endswith("log in again and run api.py once more.")
    assert "rights" not in loss.advice
    (other,) = losses(replace(a, gaps=(refused,)))
    assert "rights" in other.advice
