"""Single values as Kubernetes reads them: booleans, numbers, durations, addresses."""

import ipaddress
import re

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_YAML_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})
_YAML_FALSE = frozenset(
    {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"}
)
_NUMBER = re.compile(r"([+-]?)(0[xX]|0[oO]|0[bB]|0(?=[0-9_]))?(_?[0-9a-fA-F](?:_?[0-9a-fA-F])*)")
_BASES = {"0x": 16, "0o": 8, "0": 8, "0b": 2, "": 10}
_LONGEST_NUMBER = 66
_DURATION_PART = re.compile(r"([0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}


def parse_boolean(text: str, *, yaml: bool = False) -> bool | None:
    """Read a boolean; None when the spelling is not one.

    Args:
        text: The value.
        yaml: Read it as a plain YAML 1.1 scalar, as Kubernetes' configuration files do;
            otherwise as Go's ``strconv.ParseBool``, as flags and variables do.
    """
    true, false = (_YAML_TRUE, _YAML_FALSE) if yaml else (_TRUE, _FALSE)
    if text in true:
        return True
    return False if text in false else None


def parse_number(text: str) -> int | None:
    """Read a signed whole number as Go does in base 0; None when it is not one.

    A leading ``0`` makes it octal, as do flags (strconv.ParseInt) and YAML 1.1; ``0x``, ``0o``
    and ``0b`` name their base, and single underscores may stand between digits.
    """
    found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if found is None:
        return None
    sign, prefix, digits = found[1], (found[2] or "").lower(), found[3]
    if not prefix and digits.startswith("_"):
        return None
    try:
        number = int(digits.replace("_", ""), _BASES[prefix])
    except ValueError:  # a digit that the base does not have
        return None
    return -number if sign == "-" else number


def parse_duration(text: str) -> float | None:
    """Read a Go duration (``1h30m``, ``0s``, ``0``) as seconds; None when it is not one."""
    sign = -1.0 if text.startswith("-") else 1.0
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return 0.0
    parts = _DURATION_PART.findall(body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        return None
    return sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)


def is_loopback(text: str) -> bool:
    """Tell whether an address, with or without a port, can only be reached from the host.

    ``localhost`` counts; any other name does not, because it could resolve to anything.
    """
    host = _host(text.strip())
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(text: str) -> str:
    """Take the port and the brackets off."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
