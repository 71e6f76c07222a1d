"""bundle/FORMAT and bundle/manifest.json: is this a bundle that we can read, and of what."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

import jsonschema

from analyzer.bundle.archive import Archive
from analyzer.bundle.limits import Limits
from analyzer.bundle.refusal import ADVICE_COPY, ADVICE_FOREIGN, ADVICE_VERSION, refuse, shown
from analyzer.formats.process_text import host_text
from analyzer.formats.schema_files import load_schema
from analyzer.formats.strict_json import parse_object
from analyzer.model.bundle import BundleKind
from analyzer.model.errors import EvidenceFormatError

FORMAT = "bundle/FORMAT"
MANIFEST = "bundle/manifest.json"
MAJOR = 1
MINOR = 0
_FORMAT_LINE = re.compile(rb"k8s-evidence-bundle ([0-9]{1,4})\.([0-9]{1,4})\n")


def check_format(archive: Archive) -> None:
    """Demand the format line, and a major version that we know.

    Raises:
        BundleRefusedError: Another file, or another major version.
    """
    found = _FORMAT_LINE.fullmatch(archive.members[FORMAT])
    where = f"{archive.name}: {FORMAT}"
    if found is None:
        raise refuse(where, "not the format line of an evidence bundle", ADVICE_FOREIGN)
    _check_version(where, int(found[1]), 0)


def read_manifest(archive: Archive, *, limits: Limits) -> Mapping[str, Any]:
    """Decode the manifest and check it against schemas/manifest.v1.

    Raises:
        BundleRefusedError: Missing, not JSON, not fitting, or made for a newer reader.
    """
    where = f"{archive.name}: {MANIFEST}"
    data = archive.members.get(MANIFEST)
    if data is None:
        raise refuse(archive.name, "manifest.json is missing", ADVICE_COPY)
    if len(data) > limits.document_size:
        raise refuse(where, f"larger than {limits.document_size} bytes", ADVICE_FOREIGN)
    try:
        manifest = parse_object(data, max_depth=limits.json_depth)
    except EvidenceFormatError as error:
        raise refuse(where, error.what, ADVICE_FOREIGN) from error
    problem = schema_problem("manifest.v1", manifest)
    if problem:
        raise refuse(where, f"does not fit its schema: {problem}", ADVICE_FOREIGN)
    stated = manifest["format"]
    _check_version(where, stated["major"], stated.get("min_reader_minor") or 0)
    _check_time(where, manifest)
    return MappingProxyType(manifest)


def subject_of(manifest: Mapping[str, Any], kind: BundleKind) -> str:
    """Return the node's name, or the cluster's UID (``cluster`` where it is unknown)."""
    if kind is BundleKind.NODE:
        return host_text(manifest["subject"]["node_name"])
    return manifest["cluster"].get("uid") or "cluster"


def schema_problem(name: str, value: object) -> str | None:
    """Check a value against one of our schemas.

    Returns:
        None when it fits, else the first place (in a stable order) and the rule that it
        breaks there; never the refused content.
    """
    errors = sorted(_validator(name).iter_errors(value), key=lambda error: error.json_path)
    if not errors:
        return None
    return f"{shown(errors[0].json_path)} breaks the rule '{errors[0].validator}'"


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(load_schema(name))


def _check_version(where: str, major: int, min_reader_minor: int) -> None:
    if major != MAJOR:
        raise refuse(where, f"format version {major} is not supported", ADVICE_VERSION)
    if min_reader_minor > MINOR:
        what = f"asks for a reader of format version {MAJOR}.{min_reader_minor}"
        raise refuse(where, what, ADVICE_VERSION)


def _check_time(where: str, manifest: Mapping[str, Any]) -> None:
    """The schema cannot know how many days a month has."""
    for name in ("started", "finished"):
        try:
            datetime.fromisoformat(manifest["time"][name])
        except ValueError as error:
            raise refuse(where, f"time.{name} is not a time", ADVICE_FOREIGN) from error
