"""Of configuration documents the fields that rules read stay, and nothing of any other field."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.formats.strict_yaml import load_all
from tests.collectors.node_documents import MARK, PLACES, REDACTORS, texts
from tests.collectors.node_run import (
    REPOSITORY,
    Collected,
    assert_absent,
    collect,
    process,
    secret,
    write,
)
from tests.collectors.redactor import redact

READERS = (
    "formats/audit_policy.py",
    "formats/authorization_file.py",
    "formats/cni_config.py",
    "formats/encryption_config.py",
    "formats/kube_admission_config.py",
    "checks/anonymous_requests.py",
    "checks/image_provenance.py",
    "checks/manifest_drift.py",
)
# What readers ask for that is no field of these documents, or masked with the name left standing.
ELSEWHERE = {"client-certificate-data", "secret"}


def furnish(root: Path, documents: dict[str, str]) -> Path:
    """Put documents where a node has them, and an API server that names the rest."""
    for name, text in documents.items():
        write(root, PLACES[name][0], text)
    flags = [f"{flag}={path}" for path, flag in PLACES.values() if flag]
    process(root, 9, "kube-apiserver", *flags)
    return root


def blob(run: Collected, name: str) -> str:
    """Return what was kept of a document."""
    path = PLACES[name][0]
    (found,) = [r for r in run.probes if r["target"] == path and "blob" in r]
    assert found["status"] == "ok"
    return run.members["bundle/" + found["blob"]].decode()


def masked(value: Any) -> Any:
    """Return a document with one word for every mask; masks in a text of others stay apart."""
    if isinstance(value, dict):
        return {name: masked(below) for name, below in value.items()}
    if isinstance(value, list):
        return [masked(one) for one in value]
    return MARK.sub("MASKED", value) if isinstance(value, str) else value


def as_json(text: str) -> str:
    """Return a document as JSON, over several lines."""
    return json.dumps(yaml.safe_load(text), indent=1)


def names_in(value: Any) -> Iterator[str]:
    """Return the name of every field at any depth, lists passed through."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from names_in(below)
    elif isinstance(value, list):
        for one in value:
            yield from names_in(one)


def paths_in(value: Any, at: str = "") -> Iterator[str]:
    """Return the dotted path of every field, as check definitions write them."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield f"{at}{name}"
            yield from paths_in(below, f"{at}{name}.")
    elif isinstance(value, list):
        for one in value:
            yield from paths_in(one, f"{at[:-1]}[].")


def keys_of_rules() -> set[str]:
    """Return each key of a configuration file that a definition or a check in code asks for."""
    found: set[str] = set()
    for path in (REPOSITORY / "analyzer" / "data" / "checks").glob("*.yaml"):
        for definition in yaml.safe_load(path.read_text()).values():
            options = definition.get("with") or {}
            found.update(options.get("keys", ()))
            found.update(value for name, value in options.items() if name.endswith("_key"))
    for path in (REPOSITORY / "analyzer" / "checks").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"Query", "Setting"}:
                found.update(_given(call))
    return found - {""}


def _given(call: ast.Call) -> Iterator[str]:
    for option in call.keywords:
        if option.arg in {"key", "keys"}:
            for part in ast.walk(option.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def names_of_readers() -> set[str]:
    """Return each name that the readers of whole documents ask for."""
    found: set[str] = set()
    for path in READERS:
        text = (REPOSITORY / "analyzer" / path).read_text()
        found.update(re.findall(r'\.get\("([A-Za-z-]+)"', text))
        found.update(re.findall(r'\b_names\(\w+, "([A-Za-z]+)"\)', text))
        found.update(re.findall(r'find\([^)]*, "([A-Za-z.]+)"\)', text))
    return found - ELSEWHERE


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the trees and bundles of this module."""
    return tmp_path_factory.mktemp("fields")


@pytest.fixture(scope="module", params=["yaml", "json"])
def kept(trees: Path, request: pytest.FixtureRequest) -> Collected:
    """Return what is kept of the documents in either way of writing."""
    written = {n: as_json(t) if request.param == "json" else t for n, t in texts().items()}
    written["cni"] = texts()["cni"]
    return collect(furnish(trees / request.param, written), trees / f"{request.param}-out")


def test_the_documents_hold_every_key_that_a_rule_reads() -> None:
    keys = keys_of_rules()
    assert len(keys) > 30
    held = {path for text in texts().values() for path in paths_in(yaml.safe_load(text))}
    assert keys <= held


def test_the_documents_hold_every_name_that_a_reader_asks_for() -> None:
    names = names_of_readers()
    assert {"defaultAllow", "rules", "namespaces", "providers", "level"} <= names
    held = {name for text in texts().values() for name in names_in(yaml.safe_load(text))}
    assert names <= held


@pytest.mark.parametrize("name", sorted(PLACES))
def test_what_rules_read_comes_out_as_it_went_in(kept: Collected, name: str) -> None:
    given = load_all(texts()[name])
    assert masked(list(load_all(blob(kept, name)))) == list(given)


NAMES = ("Q7w3Zk9x2Lp0vB8t1Rn", "somethingNew", "9digits", "with-dash_", "<b>")
"""Names of fields that no document has, the first one a secret."""


def poisoned(value: Any, made: list[str]) -> Any:
    """Return a document with unknown fields of every shape in each of its mappings."""
    if isinstance(value, list):
        return [poisoned(one, made) for one in value]
    if not isinstance(value, dict):
        return value
    values = [secret() for _ in range(6)]
    made.extend(values)
    strange = (
        values[0],
        [values[1], {"name": values[2]}],
        {"kind": values[3], "users": [values[4]]},
        f"{values[5]}\nsecond line",
        7,
    )
    fields = dict(zip(NAMES, strange, strict=True))
    return {**fields, **{name: poisoned(below, made) for name, below in value.items()}}


def cleaned(value: Any) -> Any:
    """Return a document less the fields that are masked by name, or unknown."""
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    if not isinstance(value, dict):
        return MARK.sub("MASKED", value) if isinstance(value, str) else value
    known = {n: v for n, v in value.items() if not MARK.fullmatch(n) and n not in NAMES}
    return {name: cleaned(below) for name, below in known.items()}


def poisoned_texts(made: list[str], *, flow: bool) -> dict[str, str]:
    """Return every document with unknown fields all over, in block style or as JSON."""
    written = {}
    for name, text in texts().items():
        document = poisoned(yaml.safe_load(text), made)
        block = yaml.safe_dump(document, sort_keys=False, width=60)
        written[name] = json.dumps(document) if flow or name == "cni" else block
    return written


@pytest.mark.parametrize("flow", [False, True], ids=["block", "flow"])
def test_no_unknown_field_shows_anything(trees: Path, *, flow: bool) -> None:
    made: list[str] = []
    root = furnish(trees / f"poisoned-{flow}", poisoned_texts(made, flow=flow))
    run = collect(root, trees / f"poisoned-{flow}-out")
    assert len(made) > 300
    assert_absent(run, NAMES[0], *made)
    for name, text in texts().items():
        (found,) = load_all(blob(run, name))
        assert cleaned(found) == load_all(text)[0], name
        assert len(MARK.findall(blob(run, name))) > 2 or name == "cni"
    rules = {r["rule"] for r in run.lines("redactions.ndjson")}
    assert "field-allow-list" in rules


# Conditions with ZZ in the place of a secret, and what is kept of them, with # for each mask.
CONDITIONS = (
    ("request.user == 'ZZ'", "request.user == '#'"),
    (
        '!(claims.iss in ["https://example.com", "ZZ"])',
        '!(claims.iss in ["https://example.com", "#"])',
    ),
    ("claims.hd == 'v1' || claims.n == '4096x'", "claims.hd == 'v1' || claims.n == '#'"),
    ("claims.a == 'don\\'t ZZ'", "#"),
    ("claims.a == 'ZZ", "#"),
    ("claims.a == r'ZZ' // ZZ's", "#"),
    ("token=ZZ", "token=#"),
    ("claims.password == 'correct horse'", "claims.password == '#'"),
)


def test_of_conditions_the_words_stay_and_strange_literals_go(tmp_path: Path) -> None:
    value = "Zq7Wk3hunterX9"
    rules = [{"expression": given.replace("ZZ", value)} for given, _ in CONDITIONS]
    document = {"kind": "AuthenticationConfiguration", "jwt": [{"userValidationRules": rules}]}
    how, role = REDACTORS["authentication"]
    done = redact(tmp_path, json.dumps(document).encode(), how=how, role=role)
    (found,) = load_all(done.kept or b"")
    (jwt,) = masked(found)["jwt"]
    kept = [rule["expression"].replace("MASKED", "#") for rule in jwt["userValidationRules"]]
    assert kept == [expected for _, expected in CONDITIONS]
    assert value not in done.records


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBCjCCAQCg\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("given", "stays"),
    [
        (CERTIFICATE, True),
        (CERTIFICATE * 2, True),
        (CERTIFICATE.replace("MIIBCjCCAQCg", "MIIBCgIBAAME"), False),
        (f"{CERTIFICATE}ZZ ZZ\n", False),
        (f"ZZ ZZ\n{CERTIFICATE}", False),
        (f"{CERTIFICATE}TUVFSA==\n", False),
        (f"{CERTIFICATE}\n{CERTIFICATE}", True),
        (CERTIFICATE[:-10], False),
        ("/etc/ZZ", False),
    ],
)
def test_an_embedded_authority_is_certificates_alone(
    tmp_path: Path, given: str, stays: bool
) -> None:
    issuer = {"url": "https://h", "certificateAuthority": given}
    document = {"kind": "AuthenticationConfiguration", "jwt": [{"issuer": issuer}]}
    how, role = REDACTORS["authentication"]
    done = redact(tmp_path, json.dumps(document).encode(), how=how, role=role)
    (found,) = load_all(done.kept or b"")
    kept = masked(found)["jwt"][0]["issuer"]["certificateAuthority"]
    assert kept == (given if stays else "MASKED")
