"""The example that we ship, laid over the sample cluster: each comment in it is true."""

from pathlib import Path

import pytest

from analyzer.bundle.reader import read_bundle
from analyzer.judgement.waiver_file import load_waivers
from analyzer.judgement.waivers import apply_waivers
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.judgement import WaiverRecord, WaiverState
from analyzer.model.verdict import Disposition, Verdict
from analyzer.pipeline.run import Options, assess, prepare

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
DAY = "2026-11-22T00:00:00Z"
"""The samples may be collected again; what the example says is said of this day."""


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    plan = prepare(Options(benchmarks=("cis-1.12",)))
    bundles = tuple(read_bundle(path) for path in sorted((SAMPLES / "bundles").glob("*.tar.gz")))
    (made,) = assess(plan, bundles, lambda _: None)
    return made


@pytest.fixture(scope="module")
def waived(
    assessment: Assessment,
) -> tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]]:
    return apply_waivers(
        assessment.controls,
        load_waivers(SAMPLES / "waivers.yaml"),
        benchmark=assessment.benchmark_id,
        cluster=assessment.cluster,
        as_of=DAY,
    )


def test_every_waiver_is_what_its_comment_says(
    waived: tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]],
) -> None:
    assert {r.waiver.id: (r.state, r.findings) for r in waived[1]} == {
        "api-profiling": (WaiverState.MATCHED, 1),
        "node-exporter-on-the-host": (WaiverState.MATCHED, 4),
        "names-from-the-inventory": (WaiverState.MATCHED, 2),
        "namespaces-without-policies": (WaiverState.STALE, 6),
        "images-pulled-once": (WaiverState.EXPIRED, 1),
    }


def test_every_control_is_what_the_comments_say(
    waived: tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]],
) -> None:
    rows = {row.id: row for row in waived[0]}
    assert rows["1.2.15"].disposition is Disposition.ACCEPTED_RISK
    assert rows["4.2.7"].disposition is Disposition.PENDING_REVIEW
    for number in ("5.2.3", "5.2.5", "5.2.11", "5.2.12", "5.3.2", "1.2.11"):
        assert rows[number].disposition is Disposition.NON_COMPLIANT
        assert rows[number].verdict is Verdict.FAIL
    assert rows["5.3.2"].waiver is None
    assert rows["1.2.11"].waiver is None


def test_no_other_control_changes(
    assessment: Assessment,
    waived: tuple[tuple[ControlResult, ...], tuple[WaiverRecord, ...]],
) -> None:
    pairs = zip(assessment.controls, waived[0], strict=True)
    changed = {old.id for old, new in pairs if old != new}
    assert changed == {"1.2.15", "4.2.7", "5.2.3", "5.2.5", "5.2.11", "5.2.12"}
