"""assessment.json: lossless, canonical, strict, and as its schema says."""

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analyzer.model.assessment import Assessment
from analyzer.model.bundle import CollectorText
from analyzer.model.cause import Cause
from analyzer.model.errors import UserFileError
from analyzer.model.responsibility import Attestation, Basis, Comparison, Party
from analyzer.model.verdict import Disposition, Reason, Verdict
from analyzer.reports import document
from analyzer.reports.assessment_json import read, report_id, write
from tests.reports.builder import build

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas" / "assessment.v1.schema.json").read_text("utf-8")
)


def test_reading_what_was_written_gives_an_equal_value(assessment: Assessment) -> None:
    assert read(write(assessment)) == assessment


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=2, max_size=9).map(tuple))
def test_any_text_survives(texts: tuple[str, ...]) -> None:
    made = build(texts=texts, findings_each=1, profile=len(texts) % 2 == 0)
    assert read(write(made)) == made


def test_form_is_canonical(assessment: Assessment) -> None:
    written = write(assessment)
    assert written.endswith(b"}\n")
    assert not written.endswith(b"\n\n")
    assert "שלום".encode() in written
    assert json.dumps(json.loads(written), sort_keys=True) == json.dumps(json.loads(written))
    assert json.loads(written)["as_of"].endswith("Z")


def test_half_surrogates_are_written_visibly() -> None:
    written = json.loads(write(build(texts=("a\udc80b", "c"))))
    assert "a\\udc80b" in written["notices"]


def test_report_id_is_a_digest_of_the_document(assessment: Assessment) -> None:
    assert report_id(b"") == "e3b0c44298fc1c14"
    assert report_id(write(assessment)) != report_id(write(build(profile=False)))


def test_document_fits_its_schema(assessment: Assessment) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    for made in (assessment, build(profile=False)):
        assert list(validator.iter_errors(json.loads(write(made)))) == []


def test_schema_refuses_what_the_contract_refuses(assessment: Assessment) -> None:
    broken = json.loads(write(assessment))
    broken["controls"][0]["verdict"] = "ok"
    broken["as_of"] = "2026-01-02"
    broken["extra"] = 1
    paths = {tuple(e.absolute_path) for e in Draft202012Validator(SCHEMA).iter_errors(broken)}
    assert paths == {("controls", 0, "verdict"), ("as_of",), ()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("verdict", Verdict),
        ("reason", Reason),
        ("cause", Cause),
        ("collector_text", CollectorText),
        ("disposition", Disposition),
        ("party", Party),
        ("basis", Basis),
        ("attestation", Attestation),
        ("comparison", Comparison),
    ],
)
def test_schema_words_are_the_words_of_the_code(name: str, words: type[StrEnum]) -> None:
    assert SCHEMA["$defs"][name]["enum"] == sorted(word.value for word in words)


def _structs() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    for name, kind in sorted(vars(document).items()):
        if isinstance(kind, type) and issubclass(kind, document.Document) and name != "Document":
            yield name, kind


def test_schema_has_every_field_and_no_other() -> None:
    shapes = {tuple(sorted(s["properties"])) for s in _objects(SCHEMA) if "properties" in s}
    fields = {tuple(sorted(kind.__struct_fields__)) for _, kind in _structs()}
    assert shapes == fields


def test_schema_objects_are_closed_and_complete() -> None:
    for shape in _objects(SCHEMA):
        if "properties" in shape:
            assert shape["additionalProperties"] is False
            assert shape["required"] == sorted(shape["properties"])


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _objects(child)


def _set(*path: str | int, to: object) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("unknown", to=1), "unknown field"),
        (_set("schema", to="assessment.v2"), "schema"),
        (_set("controls", 1, "waiver", to={}), "waiver"),
        (_set("controls", 1, "verdict", to="fine"), "Invalid enum value"),
        (_set("controls", 1, "verdict", to="fail"), "summary.by_verdict differs"),
        (_set("controls", 1, "id", to="1.1.1"), "control ids are not unique"),
        (_set("controls", 1, "counts", to={}), "counts of control 1.1.2"),
        (_set("controls", 1, "findings", 0, "evidence", to=["EV-9999"]), "names EV-9999"),
        (_set("evidence", 1, "id", to="EV-0001"), "evidence ids are not unique"),
        (_set("benchmark", "controls", to=1), "benchmark.controls"),
        (_set("coverage", "controls_decided", to=1), "coverage differs"),
        (_set("summary", "by_party", "shared", "total", to=1), "does not add up"),
        (_set("summary", "by_level", "1", "by_verdict", to={}), "by_level.1 does not count"),
        (_set("summary", "by_verdict", to={}), "does not count every verdict"),
        (_set("summary", "readings_differ", to=1), "readings_differ differs"),
        (_set("controls", 9, "other_reading", "verdict", to="pass"), "reads the same"),
        (_set("summary", "by_disposition", "compliant", to=1), "summary.by_disposition differs"),
    ],
)
def test_a_changed_file_is_refused(
    assessment: Assessment, change: Callable[[Any], None], message: str
) -> None:
    value = json.loads(write(assessment))
    change(value)
    with pytest.raises(UserFileError, match=message) as refused:
        read(json.dumps(value).encode(), where="mine.json")
    assert refused.value.where == "mine.json"
    assert refused.value.advice


@pytest.mark.parametrize("number", ["1.1.\u00b2", "1.1.2\n", "1.1." + "9" * 5000, "1..2", "1", ""])
def test_what_is_no_number_of_a_control_is_refused(assessment: Assessment, number: str) -> None:
    value = json.loads(write(assessment))
    value["controls"][1]["id"] = number
    with pytest.raises(UserFileError, match="is not a control's number"):
        read(json.dumps(value).encode())


@pytest.mark.parametrize("text", ["`<img src=x>`", "ab" * 32 + "\n", "AB" * 32, "ab" * 31, ""])
@pytest.mark.parametrize(
    ("register", "name"),
    [
        ("bundles", "sha256"),
        ("bundles", "fingerprint"),
        ("evidence", "sha256"),
        ("evidence", "bundle_sha256"),
    ],
)
def test_what_is_no_hash_is_refused(
    assessment: Assessment, register: str, name: str, text: str
) -> None:
    value = json.loads(write(assessment))
    value[register][1][name] = text
    with pytest.raises(UserFileError, match=f"{register} has a hash"):
        read(json.dumps(value).encode())


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"null", b'{"schema":1}']
)
def test_what_is_no_assessment_is_refused(content: bytes) -> None:
    with pytest.raises(UserFileError):
        read(content)
