"""Every format is either in our words or in those of the one mapping, and is told of."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from analyzer.reports import REPORTS
from analyzer.reports.exports.mapping import Words

ROOT = Path(__file__).parents[2]
OUR_WORDS = {"json", "xlsx", "md", "html", "csv"}
"""Formats that print our verdicts as they are."""


@pytest.mark.parametrize("name", REPORTS)
def test_a_format_says_in_which_words_it_speaks(name: str) -> None:
    mapped = {field.name.replace("_", "-") for field in fields(Words)}
    assert name in OUR_WORDS ^ mapped, "see docs/adding-a-report.md, step 4"


def test_the_readme_names_every_format() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = re.search(r"^\| reports \| (.*) \|$", readme, re.MULTILINE)
    assert row is not None
    assert re.findall(r"`([a-z-]+)`", row[1]) == list(REPORTS)


def test_no_two_formats_write_the_same_file() -> None:
    names = [file for report in REPORTS.values() for file in report.files]
    assert len(set(names)) == len(names)
