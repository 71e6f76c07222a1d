"""From the version in a bundle to the benchmark that judges it, and what is said about the fit."""

import json
from pathlib import Path

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks
from analyzer.cli import main
from tests.hostile.builder import api_manifest, members, pack, probe, write


def api_bundle(folder: Path, version: str | None) -> str:
    cluster = {"uid": "uid-1", "git_version": version, "ca_sha256": None}
    made = members(manifest_value={**api_manifest(), "cluster": cluster})
    return str(write(folder, pack(made), "api.tar"))


def judged(folder: Path, version: str, benchmark: str) -> tuple[str, str, str]:
    """Return the benchmark's id, why it was taken, and the first note of the report."""
    words = ["--benchmark", benchmark, "--format", "json", "-o", str(folder)]
    assert main(["analyze", api_bundle(folder, version), *words]) == 0
    document = json.loads((folder / "assessment.json").read_bytes())
    return document["benchmark"]["id"], document["benchmark"]["why"], document["notices"][0]


@pytest.mark.parametrize(
    ("version", "chosen"),
    [("v1.15.1", "cis-1.5"), ("v1.21.14", "cis-1.20"), ("v1.28.0-eks-1", "cis-1.11")],
)
def test_auto_takes_a_benchmark_that_covers_the_version(
    tmp_path: Path, version: str, chosen: str
) -> None:
    benchmark, why, note = judged(tmp_path, version, "auto")
    assert benchmark == chosen
    assert "NOT COVERED" not in why + note


@pytest.mark.parametrize(
    ("version", "named", "chosen", "note"),
    [
        ("v9.0.0", "auto", known_benchmarks()[-1], "Kubernetes 9.0 is NOT COVERED by"),
        ("v1.13.1", "auto", "cis-1.5", "Kubernetes 1.13 is NOT COVERED by cis-1.5"),
        ("v1.34.0", "cis-1.5", "cis-1.5", "Kubernetes 1.34 is NOT COVERED by cis-1.5"),
        ("v1.28.0", "cis-1.12", "cis-1.12", "written for 1.32 to 1.34"),
    ],
)
def test_a_benchmark_for_another_version_is_never_taken_in_silence(
    tmp_path: Path, version: str, named: str, chosen: str, note: str
) -> None:
    benchmark, _, first = judged(tmp_path, version, named)
    assert benchmark == chosen
    assert note in first


def test_a_named_benchmark_that_covers_the_version_needs_no_note(tmp_path: Path) -> None:
    _, why, note = judged(tmp_path, "v1.32.1", "cis-1.12")
    assert why.startswith("Chosen by the user")
    assert "NOT COVERED" not in note


@pytest.mark.parametrize("version", [None, "unknown", ""])
def test_without_a_version_auto_is_refused(
    tmp_path: Path, version: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", api_bundle(tmp_path, version), "-o", str(tmp_path / "report")]) == 2
    said = capsys.readouterr().err
    assert "no Kubernetes version is in evidence" in said
    assert "--benchmark" in said
    assert not (tmp_path / "report").exists()


def contradictory(folder: Path) -> str:
    """A bundle whose manifest states another version than the server answered."""
    made = members(
        [probe(1, "api/version", "/version", blob="api/p1.ndjson")],
        blobs={"api/p1.ndjson": b'{"gitVersion":"v1.18.0"}\n'},
        manifest_value=api_manifest(),
    )
    return str(write(folder, pack(made), "api.tar"))


def test_versions_that_disagree_refuse_auto(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", contradictory(tmp_path), "-o", str(tmp_path / "report")]) == 2
    said = capsys.readouterr().err
    assert "the API server says 1.18, the manifest of its bundle 1.36" in said
    assert "--benchmark" in said
    assert not (tmp_path / "report").exists()


def test_versions_that_disagree_are_the_first_note_and_none_is_believed(tmp_path: Path) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    assert main(["analyze", contradictory(tmp_path), *words]) == 0
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    assert document["notices"][0].startswith("NO VERSION IS BELIEVED")
    assert document["cluster"]["kubernetes_version"] is None
