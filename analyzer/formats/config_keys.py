"""One setting in configuration files laid over one another."""

import re
from collections.abc import Iterator

from analyzer.formats.config_file import ConfigFile, find
from analyzer.formats.scalars import parse_boolean, parse_duration, parse_number
from analyzer.formats.settings import Holds, Looked, Origin, Query, Shape, Unset, Value
from analyzer.formats.strict_yaml import Quoted, YamlValue
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Unreadable, is_redacted
from analyzer.model.verdict import Reason

_FLOAT = re.compile(r"[+-]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_key(files: tuple[ConfigFile, ...], query: Query, origin: Origin) -> Looked | None:
    """Read a key from the highest file that has it; an explicit null unsets it.

    A feature gate of its own name counts before the switch of its group, whichever file
    either stands in: the files are laid over one another before gates are set.
    """
    return next(values_in(files, query, origin), None)


def values_in(files: tuple[ConfigFile, ...], query: Query, origin: Origin) -> Iterator[Looked]:
    """Return what each file says of a key, the one that counts first, down to a null."""
    if query.shape is not Shape.GATE:
        yield from _down(files, query, query.key, origin)
        return
    for name in (query.gate, query.gate_group):
        key = f"{query.key}.{name}" if name else ""
        yield from _down(files, query, key, origin) if key else ()


def _down(
    files: tuple[ConfigFile, ...], query: Query, key: str, origin: Origin
) -> Iterator[Looked]:
    """Go down from the highest file; nothing below a null counts."""
    for place, file in enumerate(reversed(files)):
        below = place == len(files) - 1
        from_origin = origin if below or origin is Origin.CONFIGZ else Origin.DROPIN
        try:
            found = _value_in(file, query, key, from_origin)
        except EvidenceFormatError as error:
            yield Unreadable(
                reason=Reason.NE_SCHEMA_INVALID,
                detail=f"{file.path}: {error}",
                source=file.source,
            )
            return
        if isinstance(found, Unset) and query.shape is Shape.GATE:
            return
        if found is not None:
            yield found
        if isinstance(found, Unset):
            return


def _value_in(file: ConfigFile, query: Query, key: str, origin: Origin) -> Value | Unset | None:
    head, each, tail = key.partition("[].")
    place = find(file.document, head)
    if place is None:
        return None
    if place.value is None:
        return Unset(looked=(file.source,))
    items = _file_items(place.value, tail if each else "", query)
    if origin is not Origin.CONFIGZ:
        _check(items, query.holds, key)
    items = tuple(str(item) for item in items)
    text = ",".join(items)
    written = f"{key}: {text} in {file.path}"
    source = file.at(place.pointer, f"{key}: {text}")
    return Value(text=text, items=items, origin=origin, source=source, written=written)


def _file_items(value: YamlValue, field: str, query: Query) -> tuple[str, ...]:
    if isinstance(value, str) and query.shape is not Shape.LIST:
        return (value,)
    if query.shape is not Shape.LIST or not isinstance(value, list):
        raise EvidenceFormatError("", f"{query.key} is not a {query.shape.value}")
    items = [entry.get(field) if isinstance(entry, dict) and field else entry for entry in value]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        raise EvidenceFormatError("", f"{query.key} holds something else than text")
    return texts


def _check(items: tuple[str, ...], holds: Holds, key: str) -> None:
    """Refuse what the component refuses: a running one has read something else than this file.

    Kubernetes and etcd decode such files into typed fields; ``"true"`` is no boolean to them.

    Raises:
        EvidenceFormatError: A value of another type.
    """
    for item in items:
        if not is_redacted(item) and not _fits(item, holds):
            said = f'"{item[:40]}"' if isinstance(item, Quoted) else item[:40]
            wrong = f"{key}: {said} is not a {holds.value}"
            raise EvidenceFormatError("", f"{wrong}, and nothing that reads it starts with that")


def _fits(item: str, holds: Holds) -> bool:
    quoted = isinstance(item, Quoted)
    match holds:
        case Holds.BOOLEAN:
            return not quoted and parse_boolean(item, yaml=True) is not None
        case Holds.NUMBER:
            return not quoted and parse_number(item) is not None
        case Holds.DURATION:
            return (quoted or not _is_typed(item)) and parse_duration(item) is not None
        case Holds.TEXT:
            return quoted or not _is_typed(item)


def _is_typed(text: str) -> bool:
    """Tell whether a plain scalar is a boolean or a number to YAML."""
    boolean = parse_boolean(text, yaml=True) is not None
    return boolean or parse_number(text) is not None or bool(_FLOAT.fullmatch(text))
