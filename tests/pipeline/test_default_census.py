"""Namespace default from end to end: what api.py counts there is what the control judges."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from analyzer.bundle.reader import read_bundle
from analyzer.model.assessment import ControlResult
from analyzer.model.bundle import Bundle
from analyzer.model.verdict import Reason, Verdict
from analyzer.pipeline.run import Options, assess, prepare
from tests.collectors.api_run import collect
from tests.collectors.replay import Recording, captured

SCALER = "horizontalpodautoscalers.autoscaling"
KEPT = {("services", "kubernetes"), ("configmaps", "kube-root-ca.crt")}


def emptied() -> Recording:
    """Return the recording as if nobody had ever put anything into namespace default."""
    recording = captured()
    lists = copy.deepcopy(dict(recording.lists))
    for path, document in lists.items():
        kind = path.rpartition("/")[2]
        document["items"] = [one for one in document["items"] if _stays(kind, one)]
    return replace(recording, lists=lists)


def _stays(kind: str, one: dict[str, dict[str, str]]) -> bool:
    place = one["metadata"]
    own = kind in {"serviceaccounts", "endpoints", "endpointslices"}
    return place.get("namespace") != "default" or own or (kind, place["name"]) in KEPT


def judged(bundle: Bundle) -> Iterator[ControlResult]:
    for benchmark in ("cis-1.12", "cis-1.5"):
        plan = prepare(Options(benchmarks=(benchmark,)))
        made = assess(plan, (bundle,), lambda _: None)[0]
        yield next(control for control in made.controls if control.topic == "default-ns")


def with_list(bundle: Bundle, resource: str, status: str, *names: str) -> Bundle:
    """Return the bundle with another answer to the count of a kind in namespace default."""
    probe = next(p for p in bundle.probes if p.probe == f"api/{resource}")
    member = f"bundle/{probe.record['blob']}"
    lines = [{"metadata": {"name": name, "namespace": "default"}} for name in names]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    facts = {**probe.record["api"], "items": len(names)}
    record = MappingProxyType({**probe.record, "status": status, "api": facts})
    changed = replace(probe, status=status, record=record)
    return replace(
        bundle,
        probes=tuple(changed if one is probe else one for one in bundle.probes),
        members={**bundle.members, member: data},
    )


def test_the_count_of_every_kind_decides(tmp_path: Path) -> None:
    """One run of the collector, as it takes seconds, and what a single kind changes of it."""
    bundle = read_bundle(collect(tmp_path, emptied()).path)
    an_empty_namespace_passes(bundle)
    an_object_of_a_kind_that_is_only_counted_fails(bundle)
    a_kind_that_may_not_be_counted_leaves_it_open(bundle)


def an_empty_namespace_passes(bundle: Bundle) -> None:
    for control in judged(bundle):
        assert control.verdict is Verdict.PASS, control.explanation


def an_object_of_a_kind_that_is_only_counted_fails(bundle: Bundle) -> None:
    for control in judged(with_list(bundle, SCALER, "ok", "web")):
        assert control.verdict is Verdict.FAIL
        assert any("web" in finding.subject for finding in control.findings)


def a_kind_that_may_not_be_counted_leaves_it_open(bundle: Bundle) -> None:
    for control in judged(with_list(bundle, SCALER, "denied")):
        assert (control.verdict, control.reason) == (Verdict.NO_EVIDENCE, Reason.NE_API_FORBIDDEN)
        assert [piece.key for f in control.findings for piece in f.missing] == [
            f"api/census/{SCALER}"
        ]
