"""CEL expressions as text: written one way, and taken apart at their outermost operators.

Only what is needed to recognise simple boolean expressions; nothing is evaluated.
Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

LONGEST = 4_000
"""Characters of an expression, variables written out, beyond which it is not looked at."""
NESTED = 24
"""Brackets within brackets beyond which an expression is not looked at."""

_BLANK = " \t\n\f\r"
_LITERAL = r"\"(?:\\.|[^\"\\\n\r])*\"|'(?:\\.|[^'\\\n\r])*'"
_TOKEN = re.compile(rf"{_LITERAL}|//[^\n]*|\w+|[{_BLANK}]+|.", re.DOTALL)
_VARIABLE = re.compile(rf"{_LITERAL}|(?<![\w.])(?<!\.\?)variables\.(\w+)")
_OPEN, _CLOSE = "([{", ")]}"
_GIVEN = (
    "authorizer",
    "namespaceObject",
    "object",
    "oldObject",
    "params",
    "request",
    "variables",
)
"""Names that the API server gives a meaning; a loop may not take them for its own."""
_TAKEN = re.compile(rf"[(,](?:{'|'.join(_GIVEN)}),")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
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
    """Drop what stands between tokens, and write every literal in double quotes.

    Returns:
        Nothing where the text is not surely understood: raw, bytes and triple-quoted literals,
        quotes that do not close, characters CEL does not have, a loop over a name that has a
        meaning, too deep nesting.
    """
    if len(text) > 2 * LONGEST:
        return ""
    out: list[str] = []
    gap = False
    for token in _TOKEN.findall(text):
        if not token.strip(_BLANK) or token.startswith("//"):
            if "\r" in token.strip(_BLANK):
                return ""  # implementations disagree on whether it ends the comment
            gap = True
            continue
        if not _plain(token, "" if gap or not out else out[-1]):
            return ""
        if gap and out and _wordy(out[-1][-1]) and _wordy(token[0]):
            out.append(" ")
        gap = False
        simple = token[0] == "'" and not set('"\\') & set(token)
        out.append(f'"{token[1:-1]}"' if simple else token)
    bare = "".join('""' if token[0] in "\"'" else token for token in out)
    understood = not _TAKEN.search(bare) and _deepest(bare) <= NESTED
    return "".join(out) if understood else ""


def _plain(token: str, before: str) -> bool:
    """Tell whether a token means what it seems to, given the one it touches."""
    if token[0] in "\"'":  # r"" and b"" are other literals, and so is \"\"\"
        return len(token) > 1 and not (before and (_wordy(before[-1]) or before[-1] in "\"'"))
    return token.isascii() and "`" not in token


def _deepest(bare: str) -> int:
    deepest = depth = 0
    for character in bare:
        depth += (character in _OPEN) - (character in _CLOSE)
        deepest = max(deepest, depth)
    return deepest


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
    if len(body) != 1 or _NAME.fullmatch(variable) is None or not _operand(target):
        return None
    return unwrapped(target), variable, body[0]


def _operand(text: str) -> bool:
    """Tell whether a text is one operand: what is called on it is called on all of it."""
    if unwrapped(text) != text:
        return True
    return all(len(split(text, operator)) == 1 for operator in ("+", "-", "==", "!=", "<", ">"))


def outermost(text: str) -> str:
    """Return a text without its literals and without what stands in its brackets."""
    return "".join(text[at] for at in _outside(text))


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
