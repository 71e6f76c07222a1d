"""A run that was cut short, and a collector that is not ours: seen on the first page."""

from dataclasses import replace
from functools import cache
from types import MappingProxyType

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import Assessment
from analyzer.model.bundle import Bundle, CollectorText
from analyzer.model.cause import Cause
from analyzer.model.verdict import Verdict
from analyzer.pipeline.run import Options, assess, prepare
from analyzer.reports import render
from analyzer.reports.losses import losses
from tests.collectors.node_run import REPOSITORY

_PLANNED = ("seq", "id", "kind", "target", "via")


@cache
def sample() -> Bundle:
    return read_bundle(REPOSITORY / "samples" / "bundles" / "cp-1.tar.gz")


def judged(bundle: Bundle) -> Assessment:
    return assess(prepare(Options(benchmarks=("cis-1.12",))), (bundle,), lambda _: None)[0]


def stopped_after(bundle: Bundle, count: int) -> Bundle:
    """Return the bundle as if a signal had ended the run after some probes.

    What a process names is planned on the way only; all that stood behind it is not even planned.
    """
    early = bundle.probes[:count]
    late = tuple(
        replace(
            probe,
            status="not_run",
            record=MappingProxyType(
                {name: probe.record[name] for name in _PLANNED if name in probe.record}
            ),
        )
        for probe in bundle.probes[count:]
        if not str(probe.record.get("via", "")).startswith(("kube", "etcd", "walk"))
    )
    manifest = {**bundle.manifest, "complete": False, "stopped": "signal TERM"}
    return replace(bundle, probes=(*early, *late), manifest=MappingProxyType(manifest))


def test_what_never_ran_is_named_so_and_decides_nothing() -> None:
    before = judged(sample())
    for count in (0, 20, 80):
        after = judged(stopped_after(sample(), count))
        for was, now in zip(before.controls, after.controls, strict=True):
            undecided = {was.verdict, Verdict.NO_EVIDENCE, Verdict.MANUAL}
            assert now.verdict in undecided, (count, now.id, now.explanation)
        causes = {loss.cause: loss for loss in losses(after)}
        assert causes[Cause.NOT_RUN].controls
        assert Cause.DENIED not in causes


def test_a_run_that_was_cut_short_is_told_where_bundles_are() -> None:
    after = judged(stopped_after(sample(), 20))
    (notice,) = [one for one in after.notices if "stopped before its end" in one]
    assert notice.startswith("Collection on node cp-1 stopped before its end (signal TERM): ")
    (bundle,) = after.bundles
    assert bundle.stopped == "signal TERM"
    assert bundle.counts["not_run"] > 40
    report = render("md", after)["report.md"].decode()
    assert f"{bundle.counts['not_run']} of {sum(bundle.counts.values())} planned probes" in report
    assert "**cut short**" in report


def test_a_changed_collector_is_told_on_the_first_page() -> None:
    member = "bundle/collector/node.sh"
    text = sample().members[member] + b"# harmless\n"
    changed = replace(
        sample(),
        members={**sample().members, member: text},
        member_sha256={**sample().member_sha256, member: "e" * 64},
    )
    after = judged(changed)
    assert after.bundles[0].collector_text is CollectorText.DIFFERS
    assert any("text differs" in one and "node cp-1" in one for one in after.notices)
    report = render("md", after)["report.md"].decode()
    assert report.index("text differs") < report.index("## Contents")
    assert "e" * 64 in report
    older = {**changed.manifest, "collector": {"name": "node.sh", "version": "0.0.1"}}
    told = judged(replace(changed, manifest=MappingProxyType(older))).notices
    assert any("another version" in one for one in told)
