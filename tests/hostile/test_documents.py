"""Bundles whose archive is sound and whose documents are not."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.bundle.limits import Limits
from analyzer.bundle.reader import read_bundle
from analyzer.bundle.signatures import SignatureState, signature_state
from analyzer.model.bundle import Bundle, BundleKind
from analyzer.model.errors import BundleRefusedError
from tests.hostile.builder import (
    FORMAT,
    MANIFEST,
    STAT,
    api_manifest,
    manifest,
    members,
    ndjson,
    pack,
    plan_line,
    probe,
    sums,
    write,
)

EXPECTED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

RECORD = probe(1, "file/kubelet-config", "/var/lib/kubelet/config.yaml", stat=STAT, blob="blobs/b1")
BLOBS = {"blobs/b1": b"kind: KubeletConfiguration\n"}
SOUND = members([RECORD], blobs=BLOBS)


def read(folder: Path, made: Mapping[str, bytes], **options: Any) -> Bundle:
    return read_bundle(write(folder, pack(made)), **options)


def changed(**changes: bytes | None) -> dict[str, bytes]:
    """Seal with changes; names use double underscores for the characters that names cannot hold."""
    return members([RECORD], blobs=BLOBS, changes={_name(n): data for n, data in changes.items()})


def _name(word: str) -> str:
    return word.replace("__", ".")


def after_sealing(**changes: bytes | None) -> dict[str, bytes]:
    made = dict(SOUND)
    for word, data in changes.items():
        if data is None:
            del made[_name(word)]
        else:
            made[_name(word)] = data
    return made


def with_manifest(**fields: Any) -> dict[str, bytes]:
    return members([RECORD], blobs=BLOBS, manifest_value=manifest(**fields))


def raw_manifest(text: str) -> dict[str, bytes]:
    return changed(manifest__json=text.encode())


TEXT = json.dumps(MANIFEST)
OTHER = "f" * 64
NODE_FORMAT = MANIFEST["format"]
CASES: dict[str, tuple[dict[str, bytes], str]] = {
    "format-other-text": (changed(FORMAT=b"hello\n"), "format line"),
    "format-without-newline": (changed(FORMAT=FORMAT.strip()), "format line"),
    "format-major-2": (changed(FORMAT=b"k8s-evidence-bundle 2.0\n"), "version 2 is not supported"),
    "format-major-0": (changed(FORMAT=b"k8s-evidence-bundle 0.9\n"), "version 0 is not supported"),
    "sums-missing": (after_sealing(SHA256SUMS=None), "SHA256SUMS is missing"),
    "sums-empty": (after_sealing(SHA256SUMS=b""), "SHA256SUMS"),
    "sums-cut": (after_sealing(SHA256SUMS=SOUND["SHA256SUMS"][:-1]), "no end"),
    "sums-not-sums": (after_sealing(SHA256SUMS=b"nonsense\n"), "line 1"),
    "sums-binary-mark": (
        after_sealing(SHA256SUMS=SOUND["SHA256SUMS"].replace(b"  ", b" *")),
        "not a sum and a name",
    ),
    "sums-twice": (after_sealing(SHA256SUMS=SOUND["SHA256SUMS"] * 2), "must not list"),
    "sums-list-themselves": (
        after_sealing(SHA256SUMS=SOUND["SHA256SUMS"] + f"{OTHER}  SHA256SUMS\n".encode()),
        "must not list",
    ),
    "listed-member-missing": (after_sealing(log__txt=None), "listed in SHA256SUMS but missing"),
    "member-not-listed": (after_sealing(extra=b"x"), "not listed in SHA256SUMS"),
    "odd-signature-name": (after_sealing(SHA256SUMS__exe=b"x"), "not listed in SHA256SUMS"),
    "member-changed": (after_sealing(log__txt=b"changed"), "differs from SHA256SUMS"),
    "manifest-missing": (changed(manifest__json=None), "manifest.json is missing"),
    "manifest-not-json": (raw_manifest("{"), "not JSON"),
    "manifest-a-list": (raw_manifest("[]"), "not a JSON object"),
    "manifest-empty-object": (raw_manifest("{}"), "does not fit its schema"),
    "manifest-not-utf8": (changed(manifest__json=b'{"a": "\xff"}'), "not UTF-8"),
    "manifest-repeated-key": (raw_manifest(TEXT[:-1] + ', "kind": "api"}'), "repeated"),
    "manifest-nan": (raw_manifest(TEXT[:-1] + ', "x": NaN}'), "NaN"),
    "manifest-infinity": (raw_manifest(TEXT[:-1] + ', "x": 1e999}'), "too large"),
    "manifest-half-character": (raw_manifest(TEXT[:-1] + ', "x": "\\ud800"}'), "surrogate"),
    "manifest-deep": (raw_manifest(TEXT[:-1] + ', "x": ' + "[" * 99 + "]" * 99 + "}"), "deep"),
    "manifest-very-deep": (raw_manifest("[" * 200_000), "deep"),
    "manifest-long-number": (raw_manifest(TEXT[:-1] + ', "x": ' + "9" * 5000 + "}"), "number"),
    "manifest-other-name": (with_manifest(format={**NODE_FORMAT, "name": "x"}), "schema"),
    "manifest-major-2": (with_manifest(format={**NODE_FORMAT, "major": 2}), "not supported"),
    "manifest-wants-newer-reader": (
        with_manifest(format={**NODE_FORMAT, "minor": 7, "min_reader_minor": 7}),
        "asks for a reader",
    ),
    "manifest-other-kind": (with_manifest(kind="cloud"), "$.kind"),
    "manifest-import": (with_manifest(kind="import"), "not supported"),
    "manifest-without-node-name": (with_manifest(subject={}), "$.subject"),
    "manifest-node-name-null": (with_manifest(subject={"node_name": None}), "node_name"),
    "manifest-node-name-empty": (with_manifest(subject={"node_name": ""}), "node_name"),
    "manifest-complete-as-text": (with_manifest(complete="false"), "$.complete"),
    "manifest-no-such-day": (
        with_manifest(time={"started": "2026-02-30T00:00:00Z", "finished": "2026-02-30T00:00:00Z"}),
        "not a time",
    ),
    "manifest-time-zone": (
        with_manifest(time={**MANIFEST["time"], "finished": "2026-11-22T03:00:00+01:00"}),
        "$.time.finished",
    ),
    "manifest-time-newline": (
        with_manifest(time={**MANIFEST["time"], "finished": "2026-11-22T03:00:00Z\n"}),
        "$.time.finished",
    ),
    "plan-missing": (changed(plan__ndjson=None), "plan.ndjson is missing"),
    "plan-cut": (changed(plan__ndjson=b'{"seq": 1'), "no end"),
    "plan-empty-line": (changed(plan__ndjson=b"\n"), "not JSON"),
    "plan-misfit": (changed(plan__ndjson=b'{"seq": 1}\n'), "schema"),
    "plan-odd-id": (changed(plan__ndjson=ndjson([{**plan_line(RECORD), "id": "../x"}])), "schema"),
    "plan-seq-zero": (changed(plan__ndjson=ndjson([{**plan_line(RECORD), "seq": 0}])), "schema"),
    "plan-seq-true": (changed(plan__ndjson=ndjson([{**plan_line(RECORD), "seq": True}])), "schema"),
    "plan-twice": (changed(plan__ndjson=ndjson([plan_line(RECORD)] * 2)), "planned twice"),
    "probes-missing": (changed(probes__ndjson=None), "probes.ndjson is missing"),
    "probes-not-json": (changed(probes__ndjson=b"hello\n"), "line 1: not JSON"),
    "probes-cut": (changed(probes__ndjson=SOUND["probes.ndjson"][:-9]), "no end"),
    "probes-a-list": (changed(probes__ndjson=b"[]\n"), "not a JSON object"),
    "probes-unplanned": (changed(probes__ndjson=ndjson([{**RECORD, "seq": 9}])), "no line of the"),
    "probes-seq-true": (changed(probes__ndjson=ndjson([{**RECORD, "seq": True}])), "no line of"),
    "probes-twice": (changed(probes__ndjson=SOUND["probes.ndjson"] * 2), "again"),
    "blob-missing": (
        changed(probes__ndjson=ndjson([{**RECORD, "blob": "blobs/b9", "sha256": OTHER}])),
        "names blobs/b9, which is missing",
    ),
    "blob-other-sum": (
        changed(probes__ndjson=ndjson([{**RECORD, "sha256": OTHER}])),
        "another SHA-256",
    ),
    "redactions-missing": (changed(redactions__ndjson=None), "redactions.ndjson is missing"),
    "redactions-misfit": (changed(redactions__ndjson=b'{"id": "r1"}\n'), "schema"),
}


@pytest.mark.parametrize(("made", "word"), CASES.values(), ids=CASES.keys())
def test_broken_document_is_refused(tmp_path: Path, made: dict[str, bytes], word: str) -> None:
    with pytest.raises(BundleRefusedError) as refusal:
        read(tmp_path, made)
    assert word in str(refusal.value)
    assert refusal.value.advice


def test_sound_bundle_is_read(tmp_path: Path) -> None:
    data = pack(SOUND)
    found = read_bundle(write(tmp_path, data, "keb-node-1.tar"))
    assert found.name == "keb-node-1.tar"
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.fingerprint == hashlib.sha256(SOUND["SHA256SUMS"]).hexdigest()
    assert found.kind is BundleKind.NODE
    assert found.subject == "cp-1"
    assert [*found.members] == [f"bundle/{name}" for name in SOUND]
    assert found.signatures == ()
    (record,) = found.probes
    assert (record.seq, record.line, record.status) == (1, 1, "ok")
    assert record.record["target"] == "/var/lib/kubelet/config.yaml"


def test_signatures_are_listed_and_never_called_valid(tmp_path: Path) -> None:
    found = read(tmp_path, after_sealing(SHA256SUMS__minisig=b"x", SHA256SUMS__asc=b"y"))
    assert found.signatures == ("bundle/SHA256SUMS.asc", "bundle/SHA256SUMS.minisig")
    assert signature_state(found.signatures) is SignatureState.UNVERIFIED
    assert signature_state(()) is SignatureState.UNSIGNED


def test_unknown_fields_and_later_minor_versions_are_read(tmp_path: Path) -> None:
    made = members(
        [{**RECORD, "novelty": 1}],
        blobs=BLOBS,
        manifest_value=manifest(format={**NODE_FORMAT, "minor": 3}, novelty={"a": 1}),
        changes={"FORMAT": b"k8s-evidence-bundle 1.3\n"},
    )
    assert read(tmp_path, made).probes[0].status == "ok"


def test_node_name_is_byte_text(tmp_path: Path) -> None:
    name = "knoten-ä".encode().decode("latin-1")
    assert read(tmp_path, with_manifest(subject={"node_name": name})).subject == "knoten-ä"


def test_api_subject_is_the_clusters_uid(tmp_path: Path) -> None:
    assert read(tmp_path, members(manifest_value=api_manifest())).subject == "uid-1"


MISFITS: dict[str, dict[str, Any]] = {
    "status": {"status": "fine"},
    "status-missing": {"status": None},
    "mode": {"stat": {**STAT, "mode": "rw-------"}},
    "mode-number": {"stat": {**STAT, "mode": 384}},
    "mode-newline": {"stat": {**STAT, "mode": "0600\n"}},
    "uid-text": {"stat": {**STAT, "uid": "root"}},
    "uid-negative": {"stat": {**STAT, "uid": -1}},
    "stat-type": {"stat": {**STAT, "type": "door"}},
    "stat-list": {"stat": []},
    "blob-path": {"blob": "../../etc/shadow"},
    "blob-without-sum": {"blob": "blobs/b1", "sha256": None},
    "target-number": {"target": 7},
    "acl-word": {"acl": "yes"},
    "other-id": {"id": "file/admin-kubeconfig"},
    "scan-half": {"scan": {"seen": 5}},
    "pid-text": {"pid": "980"},
}


@pytest.mark.parametrize("change", MISFITS.values(), ids=MISFITS.keys())
def test_record_that_does_not_fit_is_kept_as_invalid(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    made = members([RECORD], blobs=BLOBS, probes=[{**RECORD, "sha256": None, **change}])
    (found,) = read(tmp_path, made).probes
    assert found.status == "invalid"
    assert found.probe == "file/kubelet-config"
    assert found.record["target"] == "/var/lib/kubelet/config.yaml"
    assert found.record["detail"]
    assert "shadow" not in found.record["detail"]


def test_probe_without_record_is_not_run(tmp_path: Path) -> None:
    later = probe(7, "host/users", "/etc/passwd")
    made = members([RECORD], blobs=BLOBS, plan=[plan_line(RECORD), plan_line(later)])
    found = read(tmp_path, made).probes
    assert [(one.seq, one.line, one.status) for one in found] == [(1, 1, "ok"), (7, 2, "not_run")]


def test_long_lines_and_plans_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleRefusedError, match="longer than 50 bytes"):
        read(tmp_path, SOUND, limits=Limits(line_length=50))
    with pytest.raises(BundleRefusedError, match="larger than 50 bytes"):
        read(tmp_path, SOUND, limits=Limits(document_size=50))
    twice = members([RECORD, {**RECORD, "seq": 2}], blobs=BLOBS)
    with pytest.raises(BundleRefusedError, match="plan of more than 1 lines"):
        read(tmp_path, twice, limits=Limits(probes=1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from([*RECORD, "stat", "link", "acl", "blob", "sha256", "api", "scan", "pid"])


@settings(max_examples=200, suppress_health_check=EXPECTED)
@given(change=st.dictionaries(FIELDS, JSON, max_size=3))
def test_any_record_is_refused_or_kept(tmp_path: Path, change: dict[str, Any]) -> None:
    made = members([RECORD], blobs=BLOBS, probes=[{**RECORD, **change}])
    try:
        found = read(tmp_path, made)
    except BundleRefusedError:
        return
    assert len(found.probes) == 1


@settings(max_examples=200, suppress_health_check=EXPECTED)
@given(
    member=st.sampled_from(["plan.ndjson", "probes.ndjson", "redactions.ndjson", "manifest.json"]),
    data=st.binary(max_size=200),
)
def test_any_document_is_refused_or_read(tmp_path: Path, member: str, data: bytes) -> None:
    made = {**SOUND, member: data}
    del made["SHA256SUMS"]
    made["SHA256SUMS"] = sums(made)
    try:
        found = read(tmp_path, made)
    except BundleRefusedError:
        return
    assert found.members[f"bundle/{member}"] == data


# ------------------------------------------------------------------ what the manifest claims

COLLECTOR = b"#!/bin/sh\n"
BY_ANOTHER = {"collector/node.sh": b"#!/bin/sh\nexit 0\n"}
TRUE_COUNTS = {"planned": 2, "run": 1, "by_status": {"ok": 1}}
LEFT_OUT = probe(2, "file/pki", "/etc/kubernetes/pki/ca.key", stat=STAT)
FALSE_COUNTS: dict[str, dict[str, Any]] = {
    "planned-more": {"planned": 3},
    "planned-fewer": {"planned": 1},
    "ran-more": {"run": 2},
    "ran-none": {"run": 0},
    "other-statuses": {"by_status": {"denied": 1}},
    "status-not-counted": {"by_status": {}},
    "status-counted-too-often": {"by_status": {"ok": 1, "absent": 1}},
}


def counted(counts: Mapping[str, Any] | None, records: tuple[Any, ...] = (RECORD,)) -> Any:
    return members(
        records,
        blobs=BLOBS,
        plan=[plan_line(one) for one in (RECORD, LEFT_OUT)],
        manifest_value=manifest(counts=counts),
    )


@pytest.mark.parametrize("forged", FALSE_COUNTS.values(), ids=FALSE_COUNTS)
def test_a_manifest_that_counts_otherwise_is_refused(
    tmp_path: Path, forged: dict[str, Any]
) -> None:
    with pytest.raises(BundleRefusedError, match="counts"):
        read(tmp_path, counted({**TRUE_COUNTS, **forged}))


@pytest.mark.parametrize(
    "counts",
    [TRUE_COUNTS, {}, None, {"planned": 2}, {"planned": None, "run": None, "by_status": None}],
)
def test_counts_that_are_true_or_not_stated_are_fine(
    tmp_path: Path, counts: dict[str, Any] | None
) -> None:
    assert len(read(tmp_path, counted(counts)).probes) == 2


def test_a_record_that_does_not_fit_was_counted_as_what_it_says(tmp_path: Path) -> None:
    odd = {**LEFT_OUT, "stat": {"type": "file"}}
    counts = {"planned": 2, "run": 2, "by_status": {"ok": 2}}
    found = read(tmp_path, counted(counts, (RECORD, odd)))
    assert [one.status for one in found.probes] == ["ok", "invalid"]


def collected_by(text: Mapping[str, bytes], stated: str | None) -> dict[str, bytes]:
    collector = {"name": "node.sh", "version": "0.1.0", "sha256": stated}
    value = manifest(collector=collector)
    return members([RECORD], blobs=BLOBS, changes=text, manifest_value=value)


def test_the_collector_is_the_one_of_the_manifest(tmp_path: Path) -> None:
    digest = hashlib.sha256(COLLECTOR).hexdigest()
    assert read(tmp_path, collected_by({"collector/node.sh": COLLECTOR}, digest)).probes
    for text in ({}, BY_ANOTHER, {"collector/node.sh": COLLECTOR, "collector/x.sh": b""}):
        with pytest.raises(BundleRefusedError, match="collector"):
            read(tmp_path, collected_by(text, digest))
    assert read(tmp_path, collected_by(BY_ANOTHER, None)).probes
