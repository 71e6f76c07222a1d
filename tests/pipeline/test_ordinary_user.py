"""What a collector without rights costs: verdicts, never their direction, and the report says so.

A control that was decided with all rights may lose its verdict. It may not find another one.
"""

import os
import random
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import pytest

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.cause import Cause
from analyzer.model.verdict import Verdict
from analyzer.pipeline.run import Options, Plan, assess, prepare
from analyzer.reports import render
from analyzer.reports.losses import denied
from analyzer.reports.terminal import summary_text
from tests.collectors import api_run, node_run
from tests.collectors.replay import Fault, captured
from tests.mutation.random_judge import gained

SAMPLES = node_run.REPOSITORY / "samples" / "bundles"
BENCHMARKS = ("cis-1.12", "cis-1.5")
NOBODY = 65534
SEED = 20261122
_UNDECIDED = frozenset({Verdict.NO_EVIDENCE, Verdict.MANUAL})
# A rule that is satisfied, and would not have to be: what showed that is not known any more.
_MAY_BECOME = {Verdict.NOT_APPLICABLE: {Verdict.NOT_APPLICABLE, Verdict.PASS}}


@cache
def sample(name: str) -> Bundle:
    return read_bundle(SAMPLES / f"{name}.tar.gz")


@cache
def plan(benchmark: str) -> Plan:
    return prepare(Options(benchmarks=(benchmark,)))


def judged(benchmark: str, *bundles: Bundle) -> Assessment:
    return assess(plan(benchmark), bundles, lambda _: None)[0]


def flipped(before: Assessment, after: Assessment) -> list[str]:
    """Name every control that has another verdict, and not that of one which lacks evidence."""
    return [
        f"{was.id}: was {was.verdict}, is {now.verdict}: {now.explanation}"
        for was, now in zip(before.controls, after.controls, strict=True)
        if now.verdict not in _MAY_BECOME.get(was.verdict, {was.verdict}) | _UNDECIDED
    ] + list(gained(before, after))


def lost(before: Assessment, after: Assessment) -> tuple[ControlResult, ...]:
    """Return the controls that had a verdict and now lack evidence."""
    return tuple(
        now
        for was, now in zip(before.controls, after.controls, strict=True)
        if now.verdict is Verdict.NO_EVIDENCE and was.verdict is not Verdict.NO_EVIDENCE
    )


# ------------------------------------------------------------------ node.sh, root and not


def collected(folder: Path) -> tuple[Bundle, Bundle]:
    """Return what root, and what an ordinary user, collect of the recorded control plane."""
    tree = node_run.unpack("cp-1", folder / "cp-1")
    script = Path(shutil.copy(node_run.COLLECTOR, folder / "node.sh"))
    script.chmod(0o755)
    whole = node_run.collect(tree, folder / "root", script=script)
    drop: tuple[str, ...] = ()
    if os.geteuid() == 0:
        drop = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    else:
        for place in closed(tree):
            place.chmod(0)
    partial = node_run.collect(tree, folder / "nobody", shell=(*drop, "sh"), script=script)
    assert partial.code == 3
    assert partial.manifest["complete"] is False
    return read_bundle(whole.path), read_bundle(partial.path)


def closed(tree: Path) -> Iterator[Path]:
    """Yield the files of a tree that only their owner may read."""
    for place in sorted(tree.rglob("*")):
        if place.is_file() and not place.is_symlink():
            mode = stat.S_IMODE(place.stat().st_mode)
            if not mode & 0o044:
                yield place


def test_an_ordinary_user_loses_verdicts_and_turns_none() -> None:
    # Not below pytest's own folder: every other pytest that starts closes it to others again.
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        full, partial = collected(Path(name))
    for benchmark in BENCHMARKS:
        compare_users(benchmark, full, partial)


def compare_users(benchmark: str, full: Bundle, partial: Bundle) -> None:
    others = (sample("api"), sample("worker-1"))
    before, after = judged(benchmark, full, *others), judged(benchmark, partial, *others)
    assert flipped(before, after) == []
    gone = {control.id for control in lost(before, after)}
    assert gone
    said = denied(after)
    assert said is not None
    assert gone <= set(said.controls)
    assert said.advice == "Run node.sh as root on cp-1."
    report = render("md", after)["report.md"].decode()
    line = "could not be judged because the collector was denied what they need"
    many = "1 control" if len(said.controls) == 1 else f"{len(said.controls)} controls"
    assert f"{many} {line}: {', '.join(said.controls)}" in report
    assert f"{len(said.controls)} of {len(after.controls)} controls lost" in summary_text(after)


# ------------------------------------------------------------------ api.py without some rights

FORBIDDEN = (
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/api/v1/pods",
)


def test_a_token_without_rights_loses_verdicts_and_turns_none(tmp_path: Path) -> None:
    faults = [Fault(path=path, kind="403") for path in FORBIDDEN]
    got = api_run.collect(tmp_path, captured(), faults=faults)
    assert got.code == 3
    for benchmark in BENCHMARKS:
        compare_rights(benchmark, read_bundle(got.path))


def compare_rights(benchmark: str, few_rights: Bundle) -> None:
    nodes = (sample("cp-1"), sample("worker-1"))
    before = judged(benchmark, sample("api"), *nodes)
    after = judged(benchmark, few_rights, *nodes)
    assert flipped(before, after) == []
    said = denied(after)
    assert said is not None
    assert {control.id for control in lost(before, after)} <= set(said.controls)
    for path in FORBIDDEN:
        assert path.rpartition("/")[2] in said.advice


# ------------------------------------------------------------------ any probe may be denied


def denying(bundle: Bundle, rng: random.Random, share: float) -> tuple[Bundle, list[str]]:
    """Return the bundle as if some of what it holds had been refused, and the targets of that."""
    targets = sorted({probe.record["target"] for probe in bundle.probes})
    gone = set(rng.sample(targets, max(1, int(len(targets) * share))))
    facts = rng.random() < 0.5
    probes = tuple(
        _refused(probe, facts=facts) if probe.record["target"] in gone else probe
        for probe in bundle.probes
    )
    return replace(bundle, probes=probes), sorted(gone)


def _refused(probe: ProbeRecord, *, facts: bool) -> ProbeRecord:
    """Refuse the content, or all of it: a folder that may be searched still shows facts."""
    keep = {"seq", "id", "kind", "target", "via", "pid", "component"}
    keep |= {"stat", "link", "acl", "resolved"} if facts else set()
    record = {name: value for name, value in probe.record.items() if name in keep}
    record |= {"status": "denied", "detail": "permission denied"}
    return replace(probe, status="denied", record=MappingProxyType(record))


@pytest.mark.parametrize("number", range(16))
def test_no_probe_of_a_node_is_better_denied(number: int) -> None:
    benchmark, rng = BENCHMARKS[number % 2], random.Random(SEED + number)
    bundles = (sample("cp-1"), sample("worker-1"))
    share = (0.02, 0.2, 0.6, 1.0)[number // 2 % 4]
    changed = [denying(bundle, rng, share) for bundle in bundles]
    after = judged(benchmark, *(bundle for bundle, _ in changed))
    assert flipped(whole(benchmark, "nodes"), after) == [], [gone for _, gone in changed]


@pytest.mark.parametrize("number", range(6))
def test_no_list_of_the_api_is_better_denied(number: int) -> None:
    rng = random.Random(SEED - number)
    bundle, gone = denying(sample("api"), rng, (0.05, 0.2, 0.6, 1.0)[number % 4])
    after = judged("cis-1.5", bundle, sample("cp-1"), sample("worker-1"))
    assert flipped(whole("cis-1.5", "all"), after) == [], gone


@cache
def whole(benchmark: str, which: str) -> Assessment:
    names = ("cp-1", "worker-1") if which == "nodes" else ("api", "cp-1", "worker-1")
    return judged(benchmark, *map(sample, names))


def test_what_waits_for_evidence_has_a_cause_and_a_gap() -> None:
    bundle, _ = denying(sample("cp-1"), random.Random(SEED), 1.0)
    after = judged("cis-1.12", bundle)
    waiting = {control for gap in after.gaps for control in gap.controls}
    lacking = {c.id for c in after.controls if c.verdict is Verdict.NO_EVIDENCE}
    assert lacking - waiting == set()
    assert Cause.DENIED in {gap.cause for gap in after.gaps}
