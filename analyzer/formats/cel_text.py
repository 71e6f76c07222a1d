"""CEL expressions as text: written one way, and taken apart at their outermost operators.

Only what is needed to recognise simple boolean expressions; nothing is evaluated.
Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

LONGEST = 8_000
"""Characters of an expression, variables written out, beyond which it is not looked at."""

_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\w+|\s+|.", re.DOTALL)
_VARIABLE = re.compile(r"\"(?:\\.|[^\"\\])*\"|\bvariables\.(\w+)")
_OPEN, _CLOSE = "([{", ")]}"
_DEEPEST = 6
"""Variables within variables that are written out."""


_OF_A_POD: Mapping[str, bool] = MappingProxyType(
    {
        'object.kind=="Pod"': True,
        'object.kind!="Pod"': False,
        "has(object.spec.jobTemplate)": False,
        "has(object.spec.template)": False,
    }
)
"""Conditions that a policy about several kinds asks first, as a pod answers them."""


def normal(text: str) -> str:
    """Drop white space outside of literals, and write every literal in double quotes."""
    if len(text) > LONGEST:
        return ""
    out: list[str] = []
    gap = False
    for token in _TOKEN.findall(text):
        if token.isspace():
            gap = True
            continue
        if gap and out and _wordy(out[-1][-1]) and _wordy(token[0]):
            out.append(" ")
        gap = False
        plain = token[0] == "'" and not set('"\\') & set(token)
        out.append(f'"{token[1:-1]}"' if plain else token)
    return "".join(out)


def _wordy(character: str) -> bool:
    return character.isalnum() or character == "_"


def written_out(text: str, variables: Mapping[str, str]) -> str:
    """Return an expression with its variables replaced by what they stand for; empty if too long.

    Args:
        text: An expression as it stands.
        variables: Expressions by the names of the policy's variables.
    """
    result = normal(text)
    for _ in range(_DEEPEST):
        replaced = _VARIABLE.sub(lambda found: _replaced(found, variables), result)
        if len(replaced) > LONGEST:
            return ""
        if replaced == result:
            break
        result = replaced
    return result


def _replaced(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name = found.group(1)
    if name is None or name not in variables:
        return found.group()
    inner = for_pods(normal(variables[name]))
    return inner if re.fullmatch(r"[\w.]+", inner) else f"({inner})"


def for_pods(text: str) -> str:
    """Return the branch that an expression takes where the object is a pod."""
    text = unwrapped(text)
    for _ in range(_DEEPEST):
        choice = ternary(text)
        if choice is None or choice[0] not in _OF_A_POD:
            break
        text = unwrapped(choice[1] if _OF_A_POD[choice[0]] else choice[2])
    return text


def unwrapped(text: str) -> str:
    """Take off parentheses around the whole of an expression."""
    if not text.startswith("("):
        return text
    pairs, last, layers = _pairs(text), len(text) - 1, 0
    while text[layers : layers + 1] == "(" and pairs.get(layers) == last - layers:
        layers += 1
    return text[layers : len(text) - layers]


def split(text: str, operator: str) -> tuple[str, ...]:
    """Split at an operator that stands outside of brackets and literals."""
    parts: list[str] = []
    start = 0
    for at in _outside(text):
        if at >= start and text.startswith(operator, at):
            parts.append(text[start:at])
            start = at + len(operator)
    parts.append(text[start:])
    return tuple(parts)


def ternary(text: str) -> tuple[str, str, str] | None:
    """Take ``condition?one:other`` apart; None when it is something else."""
    places = [at for at in _outside(text) if text[at] == "?" and text[at - 1 : at] not in (".", "")]
    if not places:
        return None
    condition, rest = text[: places[0]], text[places[0] + 1 :]
    at = _colon(rest)
    return (condition, rest[:at], rest[at + 1 :]) if at >= 0 else (condition, "", "")


def _colon(text: str) -> int:
    """Return the place of the colon that ends the first branch; -1 when there is none."""
    inner = 0
    for at in _outside(text):
        if text[at] == "?" and text[at - 1 : at] not in (".", ""):
            inner += 1
        elif text[at] == ":":
            if inner == 0:
                return at
            inner -= 1
    return -1


def call(text: str, name: str) -> tuple[str, str, str] | None:
    """Take ``target.name(variable,body)`` apart; None when the text is something else."""
    head, found, rest = _last_call(text)
    suffix = f".{name}"
    if not found or not head.endswith(suffix):
        return None
    variable, *body = split(rest, ",")
    target = head.removesuffix(suffix)
    return (unwrapped(target), variable, ",".join(body)) if body and _operand(target) else None


def _operand(text: str) -> bool:
    """Tell whether a text is one operand: what is called on it is called on all of it."""
    if unwrapped(text) != text:
        return True
    return all(len(split(text, operator)) == 1 for operator in ("+", "-", "==", "!=", "<", ">"))


def _last_call(text: str) -> tuple[str, bool, str]:
    if text.endswith(")"):
        for start, end in _pairs(text).items():
            if end == len(text) - 1 and text[start] == "(":
                return text[:start], True, text[start + 1 : -1]
    return text, False, ""


def _pairs(text: str) -> dict[int, int]:
    """Return where the bracket that opens at a place closes; what does not match is left out."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, character in _unquoted(text, 0):
        if character in _OPEN:
            waiting.append(at)
        elif character in _CLOSE and waiting:
            start = waiting.pop()
            if _OPEN.index(text[start]) == _CLOSE.index(character):
                found[start] = at
    return found


def _outside(text: str) -> Iterator[int]:
    depth = 0
    for at, character in _unquoted(text, 0):
        if character in _CLOSE:
            depth -= 1
        if depth == 0:
            yield at
        if character in _OPEN:
            depth += 1


def _unquoted(text: str, start: int) -> Iterator[tuple[int, str]]:
    quote, escaped = "", False
    for at in range(start, len(text)):
        character = text[at]
        if quote:
            closes = character == quote and not escaped
            escaped = character == "\\" and not escaped
            quote = "" if closes else quote
        elif character in "\"'":
            quote = character
        else:
            yield at, character
