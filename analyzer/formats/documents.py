"""Steps through a decoded document that refuse what has another shape than expected."""

from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError


def mapping(value: YamlValue, what: str) -> dict[str, YamlValue]:
    """Return a mapping; nothing stands for an empty one.

    Raises:
        EvidenceFormatError: It is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise EvidenceFormatError("", f"{what} is not a mapping")
    return value


def sequence(value: YamlValue, what: str) -> list[YamlValue]:
    """Return a list; nothing stands for an empty one.

    Raises:
        EvidenceFormatError: It is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise EvidenceFormatError("", f"{what} is not a list")
    return value


def texts(value: YamlValue, what: str) -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        EvidenceFormatError: It is something else.
    """
    found = sequence(value, what)
    items = tuple(item for item in found if isinstance(item, str))
    if len(items) != len(found):
        raise EvidenceFormatError("", f"{what} holds something else than text")
    return items


def text(value: YamlValue, what: str) -> str:
    """Return a text; nothing stands for an empty one.

    Raises:
        EvidenceFormatError: It is something else.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EvidenceFormatError("", f"{what} is not text")
    return value
