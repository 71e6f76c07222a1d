"""Every command of the contract: what it prints, where it writes, how it ends."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks
from analyzer.cli import main

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = str(ROOT / "samples" / "bundles")
MANAGED = str(ROOT / "samples" / "managed")
API = str(ROOT / "samples" / "bundles" / "api.tar.gz")


def test_same_bytes_in_any_zone_and_any_hash_seed(tmp_path: Path) -> None:
    written = []
    for number, (zone, seed) in enumerate([("UTC", "0"), ("Pacific/Chatham", "1"), ("UTC", "77")]):
        folder = tmp_path / str(number)
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "analyzer", "analyze", BUNDLES, "-o", str(folder)]
        command += ["--benchmark", "cis-1.5", "--profile", "ibm-iks-1.32"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert sorted(written[0]) == ["assessment.json", "report.md", "report.xlsx"]
    assert written[0] == written[1] == written[2]


def test_order_of_bundles_does_not_matter(tmp_path: Path) -> None:
    paths = sorted(str(path) for path in (ROOT / "samples" / "bundles").glob("*.tar.gz"))
    for name, order in (("a", paths), ("b", paths[::-1])):
        words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path / name)]
        assert main(["analyze", *order, *words]) == 0
    first, second = ((tmp_path / name / "assessment.json").read_bytes() for name in "ab")
    assert first == second


def test_reports_can_be_written_again(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    assert main(["analyze", API, "--benchmark", "cis-1.12", "-o", str(first)]) == 0
    kept = str(first / "assessment.json")
    assert main(["report", kept, "--format", "json,xlsx,md", "-o", str(again)]) == 0
    for name in ("assessment.json", "report.xlsx", "report.md"):
        assert (first / name).read_bytes() == (again / name).read_bytes(), name


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["analyze", API, "--benchmark", "no-such"], 4),
        (["analyze", API, "--profile", "nobody"], 4),
        (["analyze", API, "--policy", "/nonexistent/policy.yaml"], 4),
        (["analyze", API, "--format", "pdf"], 2),
        (["analyze", API, "--level", "3"], 2),
        (["analyze", API, "--as-of", "yesterday"], 2),
        (["analyze"], 2),
        (["no-such-command"], 2),
        (["list", "planets"], 2),
        (["explain", "99.9"], 2),
        (["report", "/nonexistent/assessment.json"], 4),
        (["report", "/dev/zero"], 4),
    ],
    ids=[
        "benchmark",
        "profile",
        "policy",
        "format",
        "level",
        "date",
        "nothing",
        "command",
        "list",
        "control",
        "assessment",
        "device",
    ],
)
def test_mistakes_are_explained(
    words: list[str],
    code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("error: ")
    assert said[1].startswith("help: ")
    assert list(tmp_path.iterdir()) == []


def test_exit_code_option(tmp_path: Path) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    assert main(["analyze", API, *words, "--exit-code"]) == 10


def test_level_leaves_level_two_out(tmp_path: Path) -> None:
    words = ["--benchmark", "cis-1.12", "--level", "1", "--format", "json", "-o", str(tmp_path)]
    assert main(["analyze", API, *words]) == 0
    controls = json.loads((tmp_path / "assessment.json").read_bytes())["controls"]
    assert len(controls) == 131
    for control in controls:
        assert (control["verdict"] == "out-of-scope") == (control["level"] == 2)


def test_as_of_is_the_newest_collection_unless_said(tmp_path: Path) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    main(["analyze", BUNDLES, *words])
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    assert document["as_of"] == max(entry["collected_at"] for entry in document["evidence"])
    main(["analyze", BUNDLES, *words, "--as-of", "2027-01-02"])
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    assert document["as_of"] == "2027-01-02T00:00:00Z"


def test_user_policy_changes_and_prints_a_threshold(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text('id: acme\nvalues:\n  event-qps-maximum: "10"\n', encoding="utf-8")
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    main(["analyze", BUNDLES, *words, "--policy", str(policy)])
    document = json.loads((tmp_path / "assessment.json").read_bytes())
    control = next(c for c in document["controls"] if c["id"] == "4.2.8")
    assert control["verdict"] == "fail"
    assert "at most 10" in control["findings"][0]["expected"]


def test_auto_chooses_by_the_observed_version(tmp_path: Path) -> None:
    assert main(["analyze", API, "--format", "json", "-o", str(tmp_path)]) == 0
    benchmark = json.loads((tmp_path / "assessment.json").read_bytes())["benchmark"]
    assert benchmark["id"] == known_benchmarks()[-1]
    assert "1.36" in benchmark["why"]


def test_auto_refuses_to_guess(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = str(ROOT / "samples" / "bundles" / "cp-1.tar.gz")
    assert main(["analyze", node, "-o", str(tmp_path / "report")]) == 2
    assert "--benchmark" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["benchmarks", "profiles", "topics", "checks", "formats"])
def test_lists(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what]) == 0
    assert len(capsys.readouterr().out.split()) >= 3


def test_verify_and_inspect_say_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", BUNDLES]) == 0
    said = capsys.readouterr().out
    assert said.count("every hash matches") == 3
    assert "SECRET" not in said
    assert main(["inspect", BUNDLES]) == 0
    assert "proc/cmdline" in capsys.readouterr().out


def test_collectors_are_handed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collector", "--write", str(tmp_path)]) == 0
    shipped = {
        path for path in (ROOT / "collectors").rglob("*.*") if "__pycache__" not in path.parts
    }
    names = {path.relative_to(ROOT / "collectors") for path in shipped}
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {*names, Path("SHA256SUMS")}
    for name in names:
        assert (tmp_path / name).read_bytes() == (ROOT / "collectors" / name).read_bytes()
        assert os.access(tmp_path / name, os.X_OK) == (name.suffix in {".sh", ".py"})
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    told = capsys.readouterr().out.splitlines()[-1]
    sums = (tmp_path / "SHA256SUMS").read_bytes()
    assert told == f"SHA-256 of SHA256SUMS: {hashlib.sha256(sums).hexdigest()}"
    assert main(["collector"]) == 0
    named = capsys.readouterr().out
    assert "node.sh" in named
    assert named.splitlines()[-1] == told


def test_explain_names_rule_default_and_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    main(["analyze", BUNDLES, *words])
    capsys.readouterr()
    assert main(["explain", "1.2.15", str(tmp_path / "assessment.json")]) == 0
    said = capsys.readouterr().out
    for word in ("rule:", "default:", "profiling true", "FAIL_DEFAULT", "bundle/blobs/"):
        assert word in said


@pytest.mark.parametrize("benchmark", ["cis-1.5", "cis-1.12", "cis-2.0.1"])
def test_no_reading_makes_a_pass_of_missing_evidence(tmp_path: Path, benchmark: str) -> None:
    verdicts: dict[str, dict[str, str]] = {}
    for reading in ("effective", "letter"):
        words = ["--benchmark", benchmark, "--format", "json", "--reading", reading]
        main(["analyze", MANAGED, *words, "-o", str(tmp_path / reading)])
        content = (tmp_path / reading / "assessment.json").read_text(encoding="utf-8")
        verdicts[reading] = {c["id"]: c["verdict"] for c in json.loads(content)["controls"]}
    open_rows = {n for n, word in verdicts["effective"].items() if word == "no-evidence"}
    assert len(open_rows) > 50, "a managed cluster shows no control plane"
    assert {verdicts["letter"][number] for number in open_rows} == {"no-evidence"}


def test_either_reading_shows_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json,md"]
    read = {}
    for reading in ("effective", "letter"):
        main(["analyze", BUNDLES, *words, "--reading", reading, "-o", str(tmp_path / reading)])
        content = (tmp_path / reading / "assessment.json").read_text(encoding="utf-8")
        read[reading] = {c["id"]: c for c in json.loads(content)["controls"]}
    differ = {number for number, c in read["effective"].items() if c["other_reading"]}
    assert "1.3.1" in differ, "a default that the text does not accept"
    for number, control in read["effective"].items():
        other = read["letter"][number]
        turned = {"letter": control["verdict"], "effective": other["verdict"]}
        if number in differ:
            assert control["other_reading"]["verdict"] == turned["effective"]
            assert other["other_reading"]["verdict"] == turned["letter"]
        else:
            assert control["verdict"] == other["verdict"]
            assert other["other_reading"] is None
    capsys.readouterr()
    assert main(["explain", "1.3.1", str(tmp_path / "effective" / "assessment.json")]) == 0
    assert "by the letter: fail, because" in capsys.readouterr().out
    report = (tmp_path / "letter" / "report.md").read_text(encoding="utf-8")
    assert "letter: The benchmark's text decides" in report.split("## ", maxsplit=1)[0]


@pytest.mark.parametrize(
    "command", ["analyze", "verify", "inspect", "explain", "report", "list", "collector"]
)
def test_help_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Example: kube-evidence " in capsys.readouterr().out


def test_no_command_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "\n  analyze " in capsys.readouterr().out


@pytest.mark.parametrize("words", [["list", "topics"], ["--help"]], ids=["list", "help"])
def test_reader_of_a_pipe_may_leave(words: list[str]) -> None:
    command = [sys.executable, "-m", "analyzer", *words]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command, stdout=writing, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_full_or_closed_output_is_explained() -> None:
    command = [sys.executable, "-m", "analyzer", "list", "formats"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: standard output: cannot be written")
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    done = subprocess.run(closed, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_explain_refuses_another_benchmark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--benchmark", "cis-1.12", "--format", "json", "-o", str(tmp_path)]
    main(["analyze", API, *words])
    kept = str(tmp_path / "assessment.json")
    assert main(["explain", "1.2.6", kept, "--benchmark", "cis-1.5"]) == 2
    assert "cis-1.12" in capsys.readouterr().err


def test_reports_are_written_whole_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.xlsx").mkdir()
    assert main(["analyze", API, "--benchmark", "cis-1.12", "-o", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["report.xlsx"]
    assert "report.xlsx" in capsys.readouterr().err
