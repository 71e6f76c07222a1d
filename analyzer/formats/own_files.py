"""Files that we or the user write: strict YAML, held to a JSON Schema, refused with a place.

Benchmarks, check definitions, defaults, policies and provider profiles are all read here.
Unknown keys are refused by their schemas; every scalar is text.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from analyzer.formats.schema_files import load_schema
from analyzer.formats.strict_yaml import OURS, line_of, load_strict
from analyzer.model.errors import EvidenceFormatError, UserFileError

_SUFFIX = ".yaml"
_LONGEST = 200


def data_file(folder: str, name: str) -> Traversable:
    """Return one file of the package's data, ``benchmarks/cis-1.10.yaml``."""
    return files("analyzer").joinpath("data", folder, name + _SUFFIX)


def data_names(folder: str) -> tuple[str, ...]:
    """List the files of a data folder, without their suffix, sorted."""
    found = files("analyzer").joinpath("data", folder).iterdir()
    names = (entry.name for entry in found)
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))


def load_data(folder: str, name: str, schema: str) -> Mapping[str, Any]:
    """Read one file of the package's data and hold it to a schema.

    Raises:
        UserFileError: It is not valid.
    """
    where = f"{folder}/{name}{_SUFFIX}"
    return read_own(data_file(folder, name).read_bytes(), where=where, schema=schema)


def read_own(data: bytes, *, where: str, schema: str) -> Mapping[str, Any]:
    """Read a YAML text and hold it to a schema.

    Args:
        data: The file's bytes.
        where: Its name for error messages.
        schema: Name of the schema, ``benchmark.v1``; it must describe a mapping.

    Returns:
        Mappings, lists and texts as the file has them.

    Raises:
        UserFileError: Broken YAML, or the schema refuses it; names the line and the place.
    """
    advice = f"Mend the file; schemas/{schema}.schema.json says what it may hold."
    try:
        value = load_strict(data)
    except EvidenceFormatError as error:
        place = ", ".join(part for part in (where, error.where) if part)
        raise UserFileError(place, error.what, advice=advice) from error
    errors = sorted(_validator(schema).iter_errors(value), key=_order)
    if errors:
        place, what = _explain(errors[0], data)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise UserFileError(where + place, what + more, advice=advice)
    document: Mapping[str, Any] = value  # type: ignore[assignment]  # the schema says so
    return document


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(schema))


def _order(error: ValidationError) -> tuple[str, str]:
    return pointer(error), error.message


def pointer(error: ValidationError) -> str:
    """Return the place of a schema error as a JSON pointer."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)
    return "".join(f"/{part}" for part in parts)


def _explain(error: ValidationError, data: bytes) -> tuple[str, str]:
    place = pointer(error)
    line = line_of(data, place, limits=OURS) if place else None
    where = f", line {line}" if line is not None else ""
    what = error.message
    if len(what) > _LONGEST:  # a schema error repeats the whole value it refuses
        what = f"{what[:_LONGEST]} ..."
    return where, f"{place}: {what}" if place else what
