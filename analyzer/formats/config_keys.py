"""One setting in configuration files laid over one another."""

from analyzer.formats.config_file import ConfigFile, find
from analyzer.formats.settings import Looked, Origin, Query, Shape, Unset, Value
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason


def read_key(files: tuple[ConfigFile, ...], query: Query, origin: Origin) -> Looked | None:
    """Read a key from the highest file that has it; an explicit null unsets it."""
    for place, file in enumerate(reversed(files)):
        below = place == len(files) - 1
        from_origin = origin if below or origin is Origin.CONFIGZ else Origin.DROPIN
        try:
            found = _value_in(file, query, from_origin)
        except EvidenceFormatError as error:
            return Unreadable(
                reason=Reason.NE_SCHEMA_INVALID,
                detail=f"{file.path}: {error}",
                source=file.source,
            )
        if found is not None:
            return found
    return None


def _value_in(file: ConfigFile, query: Query, origin: Origin) -> Value | Unset | None:
    if query.shape is Shape.GATE:
        return _gate_in(file, query, origin)
    head, each, tail = query.key.partition("[].")
    place = find(file.document, head)
    if place is None:
        return None
    if place.value is None:
        return Unset(looked=(file.source,))
    items = _file_items(place.value, tail if each else "", query)
    text = ",".join(items)
    written = f"{query.key}: {text} in {file.path}"
    source = file.at(place.pointer, f"{query.key}: {text}")
    return Value(text=text, items=items, origin=origin, source=source, written=written)


def _gate_in(file: ConfigFile, query: Query, origin: Origin) -> Value | None:
    place = find(file.document, query.key)
    gates = place.value if place else None
    if gates is None:
        return None
    if not isinstance(gates, dict):
        raise EvidenceFormatError("", f"{query.key} is not a mapping")
    name = query.gate if query.gate in gates else query.gate_group
    value = gates.get(name)
    if not isinstance(value, str):
        return None
    written = f"{query.key}.{name}: {value} in {file.path}"
    source = file.at(f"/{query.key}/{name}", f"{name}: {value}")
    return Value(text=value, items=(value,), origin=origin, source=source, written=written)


def _file_items(value: YamlValue, field: str, query: Query) -> tuple[str, ...]:
    if isinstance(value, str) and query.shape is Shape.SCALAR:
        return (value,)
    if query.shape is not Shape.LIST or not isinstance(value, list):
        raise EvidenceFormatError("", f"{query.key} is not a {query.shape.value}")
    items = [entry.get(field) if isinstance(entry, dict) and field else entry for entry in value]
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        raise EvidenceFormatError("", f"{query.key} holds something else than text")
    return texts
