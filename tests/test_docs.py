"""Documents that must agree with the programs they speak of."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from analyzer.checks import CHECK_TYPES
from analyzer.cli.app import app
from analyzer.formats.shipped import handed_out_files

ROOT = Path(__file__).resolve().parent.parent
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
BY_NAME = {"version", "discovery", "access", "configmaps"}


def test_cluster_role_covers_every_list_of_the_collector() -> None:
    block = re.search(r"```yaml\n(.*?)```", DOCS["collecting.md"], re.DOTALL)
    assert block is not None
    granted = {
        f"{resource}.{group}".rstrip(".")
        for rule in yaml.safe_load(block[1])["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    command = [sys.executable, str(ROOT / "collectors" / "api.py"), "--list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    asked = {
        line.split("\t")[0].removeprefix("api/")
        for line in listed.splitlines()
        if line.startswith("api/") and "where discovery" not in line
    } - BY_NAME
    assert {name for name in asked if not name.startswith("configz")} == granted


def test_role_grants_nothing_but_list() -> None:
    block = re.search(r"```yaml\n(.*?)```", DOCS["collecting.md"], re.DOTALL)
    assert block is not None
    rules = yaml.safe_load(block[1])["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list"}
    assert "secrets" not in block[1]


def test_every_command_is_in_the_readme() -> None:
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        assert re.search(rf"kube-evidence\s{name}\b", README), name


@pytest.mark.parametrize("name", sorted(DOCS))
def test_links_between_documents_resolve(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCS[name]):
        assert (ROOT / "docs" / target).exists(), target


def test_the_instructions_are_one_page_and_name_every_file() -> None:
    text = (ROOT / "collectors" / "INSTRUCTIONS.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 67
    assert max(map(len, text.splitlines())) <= 100
    by_hand = {"kubernetes/api-collector.yaml", "kubernetes/node-collector.yaml",
               "kubernetes/openshift.yaml", "INSTRUCTIONS.md"}  # fmt: skip
    assert [name for name in handed_out_files() if name not in by_hand and name not in text] == []


def test_the_paper_form_is_that_of_the_guide() -> None:
    form = (ROOT / "collectors" / "PAPER-FORM.md").read_text(encoding="utf-8")
    block = re.search(r"```\n(EVIDENCE COLLECTED.*?)```", form, re.DOTALL)
    assert block is not None
    assert block[1] in DOCS["custody.md"]


def test_readme_links_resolve() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_check_types_are_sorted() -> None:
    assert list(CHECK_TYPES) == sorted(CHECK_TYPES)
