"""Small bundles that would cost much: one text is read once, and a large one not at all."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from analyzer.formats.config_file import load_document
from analyzer.formats.read_once import ReadOnce
from analyzer.formats.strict_yaml import COLLECTED, load_collected
from analyzer.model.errors import EvidenceFormatError

Counted = list[int]


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Count how often the YAML parser is started."""
    started: Counted = []
    parse: Callable[..., Any] = yaml.parse

    def counted(text: str, **options: Any) -> Any:
        started.append(len(text))
        return parse(text, **options)

    monkeypatch.setattr(yaml, "parse", counted)
    return started


def test_one_text_is_parsed_once(parses: Counted) -> None:
    text = "counted: [once]\n"
    values = [load(text) for load in (load_collected, load_document) for _ in range(20)]
    assert values == [{"counted": ["once"]}] * 40
    assert len(parses) == 1


def test_a_text_that_is_refused_is_parsed_once(parses: Counted) -> None:
    text = "refused: once\nrefused: twice\n"
    said = []
    for _ in range(20):
        with pytest.raises(EvidenceFormatError) as caught:
            load_collected(text)
        said.append(str(caught.value))
    assert set(said) == {"a key is repeated in one mapping (line 2)"}
    assert len(parses) == 1


def test_more_values_than_the_limit_are_refused() -> None:
    start = "a: ["
    assert load_collected(start + "1," * (COLLECTED.nodes - 3) + "1]\n")
    with pytest.raises(EvidenceFormatError, match="more than 50000 values"):
        load_collected(start + "1," * COLLECTED.nodes + "1]\n")


def test_a_text_beyond_the_limit_is_never_parsed(parses: Counted) -> None:
    with pytest.raises(EvidenceFormatError, match="larger than 2097152 bytes"):
        load_collected("a: [" + "1," * COLLECTED.size + "1]\n")
    assert parses == []


def test_what_is_kept_is_bounded() -> None:
    asked: list[str] = []

    def read(text: str) -> str:
        asked.append(text)
        return text.upper()

    once = ReadOnce(read, kept=4)
    assert [once(text) for text in ("aa", "bb", "aa", "cc", "aa", "bb")] == [
        "AA",
        "BB",
        "AA",
        "CC",
        "AA",
        "BB",
    ]
    assert asked == ["aa", "bb", "cc", "bb"]
    assert once("longer than all") == "LONGER THAN ALL"
