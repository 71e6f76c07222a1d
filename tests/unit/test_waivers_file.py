"""Waiver files that are read, and files that are refused: tests/judgement/waivers/refused.yaml."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.formats.schema_files import load_schema
from analyzer.judgement.waiver_file import check_controls, load_waivers
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Scope, Waiver, WaiverReason, WaiverState
from tests.judgement.results import read_cases

REFUSED = [pytest.param(case, id=case["case"]) for case in read_cases("refused")]
DOC = (Path(__file__).resolve().parents[2] / "docs" / "waivers.md").read_text(encoding="utf-8")
SOUND = """\
benchmark: cis-1.12
waivers:
  # Profiling.
  - id: W-1
    controls: ["1.2.15"]
    reason: risk-accepted
    justification: Profiles are read by the platform team; the port is firewalled.
    owner: Platform team
    approver: Security officer
    valid_from: 2026-01-01
    expires_on: 2026-06-30
    ticket: RISK-7
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_file(tmp_path: Path) -> None:
    file = load_waivers(written(tmp_path, SOUND))
    assert file.benchmark == "cis-1.12"
    assert file.cluster == ""
    assert file.sha256 == hashlib.sha256(SOUND.encode()).hexdigest()
    assert file.waivers == (
        Waiver(
            id="W-1",
            controls=("1.2.15",),
            scope=Scope(),
            reason=WaiverReason.RISK_ACCEPTED,
            justification="Profiles are read by the platform team; the port is firewalled.",
            owner="Platform team",
            approver="Security officer",
            valid_from="2026-01-01",
            expires_on="2026-06-30",
            ticket="RISK-7",
            digest="",
        ),
    )


def test_a_scope_a_digest_and_a_cluster(tmp_path: Path) -> None:
    digest = "sha256:" + "0a" * 32
    text = SOUND.replace("benchmark: cis-1.12", "benchmark: cis-1.12\ncluster: aaaa-1")
    text += (
        "    scope: {nodes: [cp-1], namespaces: [shop, team-*], objects: [cluster, Pod/shop/*]}\n"
        f"    digest: {digest}\n"
    )
    file = load_waivers(written(tmp_path, text))
    assert file.cluster == "aaaa-1"
    assert file.waivers[0].scope == Scope(
        nodes=("cp-1",), namespaces=("shop", "team-*"), objects=("cluster", "Pod/shop/*")
    )
    assert file.waivers[0].digest == digest


def test_numbers_stay_text(tmp_path: Path) -> None:
    text = SOUND.replace('["1.2.15"]', "[5.10, 2.1]")
    assert load_waivers(written(tmp_path, text)).waivers[0].controls == ("5.10", "2.1")


@pytest.mark.parametrize(
    ("owner", "approver"),
    [
        ("Jose", "Jos\u00e9"),
        ("\u05d3\u05e0\u05d4", "\u05d3\u05df"),  # two names in Hebrew
        ("\u0915\u093f", "\u0915\u0940"),  # the vowels of these are marks
        ("Ada \u2764\ufe0f", "Grace \u2764\ufe0f"),
    ],
)
def test_people_of_other_alphabets_stay_two(owner: str, approver: str, tmp_path: Path) -> None:
    text = SOUND.replace("Platform team", owner, 1)
    assert text.count(f"owner: {owner}") == 1
    file = load_waivers(written(tmp_path, text.replace("Security officer", approver)))
    assert (file.waivers[0].owner, file.waivers[0].approver) == (owner, approver)


def test_a_file_without_waivers_is_sound(tmp_path: Path) -> None:
    assert load_waivers(written(tmp_path, "benchmark: cis-1.12\nwaivers: []\n")).waivers == ()


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: Mapping[str, Any], tmp_path: Path) -> None:
    assert SOUND.count(case["replace"] + "\n") == 1
    path = written(tmp_path, SOUND.replace(case["replace"] + "\n", f"{case['by'].rstrip()}\n"))
    with pytest.raises(UserFileError) as caught:
        check_controls(load_waivers(path), "cis-1.12", ("1.2.15", "1.3.2"))
    assert case["says"] in caught.value.what
    assert caught.value.advice
    place = f", line {case['line']}" if "line" in case and "(line" not in case["says"] else ""
    assert caught.value.where == f"{path}{place}"


def test_a_number_is_held_against_its_own_benchmark_only(tmp_path: Path) -> None:
    file = load_waivers(written(tmp_path, SOUND))
    check_controls(file, "cis-1.10", ("1.1.1",))
    with pytest.raises(UserFileError, match=r"1\.2\.15, which cis-1\.12 does not have"):
        check_controls(file, "cis-1.12", ("1.1.1",))


def test_waivers_that_come_from_no_file_have_no_line(tmp_path: Path) -> None:
    kept = replace(load_waivers(written(tmp_path, SOUND)), where="kept", content=b"")
    with pytest.raises(UserFileError) as caught:
        check_controls(kept, "cis-1.12", ("1.1.1",))
    assert caught.value.where == "kept"


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\xfe", b"[]", b"waivers", b"{"])
def test_what_is_no_waiver_file_at_all(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_bytes(content)
    with pytest.raises(UserFileError):
        load_waivers(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(UserFileError, match="not a file that exists") as caught:
            load_waivers(path)
        assert "--waivers" in caught.value.advice


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(UserFileError, match="larger than 1048576 bytes"):
        load_waivers(path)


def test_more_waivers_than_anybody_reviews(tmp_path: Path) -> None:
    head, _, entry = SOUND.partition("  # Profiling.\n")
    text = head + "".join(entry.replace("W-1", f"W-{n}") for n in range(1001))
    with pytest.raises(UserFileError, match="/waivers: "):
        load_waivers(written(tmp_path, text))


def test_the_schema_knows_the_words_and_the_fields() -> None:
    schema = load_schema("waivers.v1")
    Draft202012Validator.check_schema(schema)
    waiver = schema["$defs"]["waiver"]["properties"]
    assert waiver["reason"]["enum"] == [word.value for word in WaiverReason]
    assert set(waiver) == {field.name for field in fields(Waiver)}
    assert set(waiver["scope"]["properties"]) == {field.name for field in fields(Scope)}


def test_the_schema_describes_every_property() -> None:
    def undescribed(node: object, path: str) -> list[str]:
        if isinstance(node, list):
            return [hit for child in node for hit in undescribed(child, path)]
        if not isinstance(node, dict):
            return []
        found = [
            f"{path}/{name}"
            for name, child in node.get("properties", {}).items()
            if "description" not in child
        ]
        return found + [
            hit for name, child in node.items() for hit in undescribed(child, f"{path}/{name}")
        ]

    assert undescribed(json.loads(json.dumps(load_schema("waivers.v1"))), "") == []


def test_the_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    assert block is not None
    file = load_waivers(written(tmp_path, block[1]))
    assert [waiver.id for waiver in file.waivers] == ["api-profiling", "node-exporter-on-the-host"]


def test_the_documentation_names_every_key_word_and_state() -> None:
    keys = {field.name for field in fields(Waiver)} | {field.name for field in fields(Scope)}
    for word in (*keys, *(word.value for word in (*WaiverReason, *WaiverState))):
        assert f"`{word}`" in DOC, word
