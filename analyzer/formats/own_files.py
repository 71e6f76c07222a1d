"""Files that we or the user write: strict YAML, held to a JSON Schema, refused with a place.

Benchmarks, check definitions, defaults, policies and provider profiles are all read here.
Unknown keys are refused by their schemas; every scalar is text.
"""

from collections.abc import Mapping
from difflib import get_close_matches
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


def _order(error: ValidationError) -> tuple[bool, str, str]:
    """Put unknown keys first: a misspelt one explains why another is missing."""
    return error.validator != "additionalProperties", pointer(error), error.message


def pointer(error: ValidationError) -> str:
    """Return the place of a schema error as a JSON pointer."""
    return "".join(f"/{_escaped(str(part))}" for part in error.absolute_path)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _unknown_key(error: ValidationError) -> str | None:
    """Return the first key that the schema does not know, where that is the error."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, Mapping):
        return None
    known = _known_keys(error)
    return next((str(key) for key in error.instance if key not in known), None)


def _known_keys(error: ValidationError) -> list[str]:
    schema = error.schema
    return list(schema.get("properties", {})) if isinstance(schema, Mapping) else []


def _meant(key: str, error: ValidationError) -> str:
    """Offer the known key that looks most like an unknown one."""
    alike = get_close_matches(key, _known_keys(error), n=1)
    return f"; did you mean {alike[0]}?" if alike else ""


def _explain(error: ValidationError, data: bytes) -> tuple[str, str]:
    unknown = _unknown_key(error)
    place = pointer(error) + (f"/{_escaped(unknown)}" if unknown is not None else "")
    line = line_of(data, place, limits=OURS) if place else None
    where = f", line {line}" if line is not None else ""
    what = error.message
    if unknown is not None:
        what = f"'{unknown}' was unexpected{_meant(unknown, error)}"
    if len(what) > _LONGEST:  # a schema error repeats the whole value it refuses
        what = f"{what[:_LONGEST]} ..."
    return where, f"{place}: {what}" if place else what
