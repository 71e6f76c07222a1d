"""Texts of a definition, made true for one benchmark: ``{limit}`` becomes the limit it sets.

A text must not name a value that a benchmark may change; it names the parameter instead.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from analyzer.formats.cipher_suites import CIPHER_SETS
from analyzer.model.benchmark import Definition
from analyzer.model.errors import UserFileError

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PHRASES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "allowed_set": {name: ", ".join(suites) for name, suites in CIPHER_SETS.items()},
        "include_super_admin": {
            "false": "admin.conf",
            "true": "admin.conf and super-admin.conf",
        },
    }
)
"""What to say for a value that means nothing to a reader, by parameter and value."""


def worded(template: Definition, params: Mapping[str, object], *, where: str) -> Definition:
    """Return a definition with these parameters, whose texts speak of their values.

    Args:
        template: A definition whose title, rule, rationale and remediation may hold
            ``{parameter}``.
        params: Parameters as text or lists of text.
        where: File and topic or control, for error messages.

    Raises:
        UserFileError: A text names a parameter that is not set, or that is no text.
    """
    return replace(
        template,
        params=params,
        title=_fill(template.title, params, f"{where}/title"),
        rule=_fill(template.rule, params, f"{where}/rule"),
        rationale=_fill(template.rationale, params, f"{where}/rationale"),
        remediation=_fill(template.remediation, params, f"{where}/remediation"),
    )


def _fill(text: str, params: Mapping[str, object], where: str) -> str:
    return _PLACEHOLDER.sub(lambda found: _words(found[1], params, where), text)


def _words(name: str, params: Mapping[str, object], where: str) -> str:
    value = params.get(name)
    if isinstance(value, str):
        return _PHRASES.get(name, {}).get(value, value)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    usable = ", ".join(f"{{{known}}}" for known in sorted(params)) or "none"
    raise UserFileError(
        where,
        f"{{{name}}} is no parameter that can be put into words",
        advice=f"Parameters set here: {usable}.",
    )
