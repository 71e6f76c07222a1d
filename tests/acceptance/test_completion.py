"""Shell completion: what the tab key offers, through the protocol that the shells speak."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
import typer

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.catalogue.definitions import load_definitions
from analyzer.checks import CHECK_TYPES
from analyzer.cli import completion
from analyzer.cli.completion import (
    DIFF_FORMATS,
    complete_benchmark,
    complete_benchmarks,
    complete_diff_formats,
    complete_formats,
    complete_list,
    complete_profile,
    complete_subject,
)
from analyzer.cli.listing import LISTS
from analyzer.reports import REPORTS
from analyzer.responsibility.profiles import known_profiles

ROOT = Path(__file__).resolve().parents[2]
RUN = "import sys; from analyzer.cli import main; sys.argv[0] = 'kube-evidence'; sys.exit(main())"
LIGHT = """
import sys
for name in ("analyzer.cli", "analyzer.cli.app"):
    sys.modules[name] = type(sys)(name)
sys.modules["analyzer.cli"].__path__ = [sys.argv[1]]
import analyzer.cli.completion
print(*sorted(name for name in sys.modules if "." not in name or name.startswith("analyzer.")))
"""


def _offered(line: str) -> list[str]:
    """Ask as bash does for the last word of a line."""
    words = line.split(" ")
    environment = os.environ | {
        "_KUBE_EVIDENCE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, capture_output=True, check=True, cwd=ROOT
    )
    assert done.stderr == b""
    return done.stdout.decode().split()


def test_commands_and_options_are_offered() -> None:
    assert _offered("kube-evidence an") == ["analyze"]
    assert {"verify", "explain", "list"} <= set(_offered("kube-evidence "))
    assert _offered("kube-evidence analyze --bench") == ["--benchmark"]
    assert _offered("kube-evidence analyze b --reading ") == ["effective", "letter"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("analyze b --benchmark cis-1.1", ["cis-1.10", "cis-1.11", "cis-1.12"]),
        ("analyze b --benchmark cis-1.5,au", ["cis-1.5,auto"]),
        ("analyze b --profile self", ["self-managed"]),
        ("analyze b --format json,xl", ["json,xlsx"]),
        ("report a --format m", ["md"]),
        ("explain --benchmark cis-1.5 1.3.7", ["1.3.7"]),
        ("explain --benchmark cis-1.12 5.7", []),
        ("explain api-anon", ["api-anonymous"]),
        ("explain 1.2.1 a --benchmark cis-2", ["cis-2.0.1"]),
        ("list b", ["benchmarks"]),
        ("diff a b --format md,j", ["md,json"]),
    ],
)
def test_values_are_offered_where_they_belong(line: str, offered: list[str]) -> None:
    assert _offered(f"kube-evidence {line}") == offered


@pytest.mark.parametrize(("line", "code"), [("list ", 0), ("verify ", 1)])
def test_fish_is_told_when_to_offer_files(line: str, code: int) -> None:
    """Its script takes exit code 1 for: nothing to offer, complete the names of files."""
    environment = os.environ | {
        "_KUBE_EVIDENCE_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "is-args",
        "_TYPER_COMPLETE_ARGS": f"kube-evidence {line}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, capture_output=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (code, b"")


def test_help_and_completion_load_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, analyzer.cli; print(*sys.modules)"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    loaded = set(done.stdout.decode().split())
    assert "analyzer.cli.app" in loaded
    assert not loaded & {"pandas", "openpyxl", "jsonschema", "cryptography", "analyzer.checks"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_ours(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--show-completion", shell],
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert f"_KUBE_EVIDENCE_COMPLETE=complete_{shell}".encode() in done.stdout


def test_benchmarks_are_offered_alone_and_in_lists() -> None:
    assert sorted(complete_benchmark("")) == sorted(known_benchmarks())
    assert complete_benchmark("cis-1.1") == ["cis-1.10", "cis-1.11", "cis-1.12"]
    assert complete_benchmarks("a") == ["auto"]
    assert complete_benchmarks("cis-1.10,cis-1.1") == ["cis-1.10,cis-1.11", "cis-1.10,cis-1.12"]
    assert complete_benchmarks("cis-1.5,cis-1.12,au") == ["cis-1.5,cis-1.12,auto"]
    assert complete_benchmarks("nonsense") == []


def test_other_names_are_what_the_commands_take() -> None:
    assert sorted(complete_profile("")) == sorted(known_profiles())
    assert complete_formats("") == list(REPORTS)
    assert complete_formats("json,x") == ["json,xlsx"]
    assert complete_diff_formats("") == list(DIFF_FORMATS)
    assert complete_list("") == list(LISTS)
    assert complete_list("pro") == ["profiles"]


def _of(benchmark: str | None, incomplete: str) -> list[str]:
    """Ask for controls behind options that were typed already."""
    app, asked = typer.Typer(), []

    @app.command()
    def explain(
        context: typer.Context, benchmark: Annotated[str | None, typer.Option()] = None
    ) -> None:
        asked.extend(complete_subject(context, incomplete))

    words = ["--benchmark", benchmark] if benchmark else []
    app(words, standalone_mode=False)
    return asked


@pytest.mark.parametrize("benchmark", ["cis-1.5", "cis-1.12", "cis-2.0.1"])
def test_controls_and_topics_are_offered(benchmark: str) -> None:
    controls = [control.id for control in load_benchmark(benchmark, CHECK_TYPES).controls]
    assert sorted(_of(benchmark, "")) == sorted([*controls, *load_definitions()])
    assert _of(benchmark, "1.2.1")[:2] == ["1.2.1", "1.2.10"]


def test_without_a_benchmark_the_controls_of_all_are_offered() -> None:
    everything = set(_of(None, ""))
    for name in known_benchmarks():
        controls = {control.id for control in load_benchmark(name, CHECK_TYPES).controls}
        assert controls <= everything
    assert set(_of("no-such-benchmark", "")) == everything


def test_completion_itself_imports_nothing_that_judges_or_writes() -> None:
    folder = str(Path(completion.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, folder],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    loaded = set(done.stdout.decode().split())
    assert "analyzer.cli.completion" in loaded
    assert not loaded & {"pandas", "openpyxl", "xlsxwriter", "jsonschema", "yaml", "cryptography"}
    rooms = {name.split(".")[1] for name in loaded if "." in name}
    assert rooms <= {"cli", "model", "reports"}
