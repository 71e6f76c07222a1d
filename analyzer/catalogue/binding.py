"""Bind a check definition to its check type: texts become the type's typed fields.

A parameter that the type does not have, lacks, or cannot read is refused before any bundle is
opened, so that a slip in the data is never a failed control.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec

from analyzer.catalogue.definitions import CheckSpec
from analyzer.model.errors import UserFileError
from analyzer.model.outcome import Check, CheckFactory

PARTS = "parts"
"""Name of the field by which a composite check type takes its parts."""
SUBJECT = "subject"
"""Name of the field by which a check type takes the lifetime of what it judges."""
_OURS = frozenset({PARTS, SUBJECT})


def bind(spec: CheckSpec, check_types: Mapping[str, CheckFactory], *, where: str) -> Check:
    """Make the check that a definition describes.

    Args:
        spec: Type, parameters as text, and parts.
        check_types: Known check types by name.
        where: Control and topic, for error messages.

    Raises:
        UserFileError: Unknown type; unknown, missing or unreadable parameter.
    """
    factory = check_types.get(spec.type)
    if factory is None:
        known = ", ".join(sorted(check_types)) or "none"
        raise UserFileError(
            where, f"unknown check type {spec.type}", advice=f"Known check types: {known}."
        )
    arguments = _arguments(spec, factory, where=where)
    if spec.subject is not None and SUBJECT in inspect.signature(factory).parameters:
        arguments[SUBJECT] = spec.subject
    if spec.parts:
        parts = enumerate(spec.parts)
        arguments[PARTS] = tuple(bind(part, check_types, where=f"{where}/{n}") for n, part in parts)
    try:
        return factory(**arguments)
    except (TypeError, ValueError) as error:
        raise UserFileError(where, str(error), advice=_takes(spec.type, factory)) from error


def _arguments(spec: CheckSpec, factory: CheckFactory, *, where: str) -> dict[str, object]:
    """Convert parameters to the types that the check type's signature declares."""
    fields = inspect.signature(factory).parameters
    hints = get_type_hints(factory)
    given = set(spec.params) | ({PARTS} if spec.parts else set())
    unknown = sorted(given - set(fields)) + sorted(_OURS & set(spec.params))
    missing = [n for n, f in fields.items() if f.default is f.empty and n not in given]
    for what, names in (("does not take", unknown), ("needs", missing)):
        if names:
            raise UserFileError(
                where,
                f"check type {spec.type} {what} {', '.join(names)}",
                advice=_takes(spec.type, factory),
            )
    return {
        name: _convert(value, hints.get(name, str), f"{where}/{name}")
        for name, value in spec.params.items()
    }


def _convert(value: object, hint: Any, where: str) -> object:
    try:
        return msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError as error:
        raise UserFileError(
            where, str(error), advice="Write the parameter as its check type reads it."
        ) from error


def _takes(name: str, factory: Callable[..., object]) -> str:
    names = (name for name in inspect.signature(factory).parameters if name != SUBJECT)
    fields = ", ".join(names) or "no parameters"
    return f"Check type {name} takes: {fields}."
