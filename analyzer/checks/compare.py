"""How one value is compared with what a rule wants."""

from enum import StrEnum, unique

from analyzer.formats.scalars import is_loopback, parse_boolean, parse_duration, parse_number
from analyzer.formats.settings import Origin, Value


@unique
class Kind(StrEnum):
    """What a setting holds."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    DURATION = "duration"
    TEXT = "text"
    PATH = "path"
    LIST = "list"
    GATE = "gate"
    ADDRESS = "address"


@unique
class Expect(StrEnum):
    """What a rule wants of it; ``value`` (or the policy) is the other side."""

    EQUALS = "equals"
    DIFFERS = "differs"
    SET = "set"
    UNSET = "unset"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    POSITIVE = "positive"
    NOT_ZERO = "not-zero"
    CONTAINS = "contains"
    LACKS = "lacks"
    LOOPBACK = "loopback"


_IN_WORDS = {
    Expect.EQUALS: "{}",
    Expect.DIFFERS: "anything but {}",
    Expect.SET: "set",
    Expect.UNSET: "unset",
    Expect.AT_LEAST: "at least {}",
    Expect.AT_MOST: "above 0 and at most {}",
    Expect.POSITIVE: "above 0",
    Expect.NOT_ZERO: "not 0",
    Expect.CONTAINS: "a list with {}",
    Expect.LACKS: "a list without {}",
    Expect.LOOPBACK: "a loopback address",
}


def in_words(expect: Expect, wanted: str) -> str:
    """Return what satisfies the rule, short."""
    return _IN_WORDS[expect].format(wanted)


def malformed(kind: Kind, value: Value) -> str:
    """Say what is wrong with a value that its component could not have read; empty when fine."""
    if kind in (Kind.BOOLEAN, Kind.GATE) and _boolean(value) is None:
        return f"{value.text!r} is not a boolean"
    if kind is Kind.NUMBER and parse_number(value.text) is None:
        return f"{value.text!r} is not a number"
    if kind is Kind.DURATION and parse_duration(value.text) is None:
        return f"{value.text!r} is not a duration"
    if kind is Kind.PATH and value.text and not value.text.strip():
        return f"{value.text!r} names no file"
    return ""


def satisfies(kind: Kind, expect: Expect, wanted: str, value: Value) -> bool:
    """Tell whether a well-formed value is what the rule wants."""
    if expect in (Expect.CONTAINS, Expect.LACKS):
        return (wanted in value.items) is (expect is Expect.CONTAINS)
    if expect in (Expect.SET, Expect.UNSET):
        return bool(value.text) is (expect is Expect.SET)
    if expect is Expect.LOOPBACK:
        return is_loopback(value.text)
    if expect in (Expect.EQUALS, Expect.DIFFERS):
        return _equals(kind, wanted, value) is (expect is Expect.EQUALS)
    return _in_range(expect, _amount(kind, value.text), _amount(kind, wanted or "0"))


def meaning(kind: Kind, value: Value) -> str:
    """Say what a number means that is not written as people read it; empty for any other."""
    number = parse_number(value.text) if kind is Kind.NUMBER else None
    plain = number is None or str(number) == value.text.removeprefix("+")
    return "" if plain else f", which is {number}"


def alike(kind: Kind, one: Value, other: Value) -> bool:
    """Tell whether two values mean the same."""
    if kind in (Kind.BOOLEAN, Kind.GATE):
        return _boolean(one) is _boolean(other)
    if kind in (Kind.NUMBER, Kind.DURATION):
        return _amount(kind, one.text) == _amount(kind, other.text)
    return one.items == other.items


def _equals(kind: Kind, wanted: str, value: Value) -> bool:
    if kind in (Kind.BOOLEAN, Kind.GATE):
        return _boolean(value) is parse_boolean(wanted)
    if kind in (Kind.NUMBER, Kind.DURATION):
        return _amount(kind, value.text) == _amount(kind, wanted)
    return value.text == wanted


def _in_range(expect: Expect, amount: float, limit: float) -> bool:
    match expect:
        case Expect.AT_LEAST:
            return amount >= limit
        case Expect.AT_MOST:
            return 0 < amount <= limit
        case Expect.POSITIVE:
            return amount > 0
        case _:
            return amount != 0


def _amount(kind: Kind, text: str) -> float:
    """Return a number or the seconds of a duration."""
    amount = parse_duration(text) if kind is Kind.DURATION and text[-1:].isalpha() else None
    if amount is None:
        number = parse_number(text)
        amount = float(number) if number is not None else 0.0
    return amount


def _boolean(value: Value) -> bool | None:
    yaml = value.origin in (Origin.FILE, Origin.DROPIN, Origin.CONFIGZ)
    return parse_boolean(value.text, yaml=yaml)
