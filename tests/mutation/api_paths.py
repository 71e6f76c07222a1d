"""Change one place of a JSON document, named by a pointer, without touching the original."""

import copy
from typing import Any

_END = "-"


def steps(path: str) -> list[str]:
    """Split a JSON pointer (RFC 6901) into its steps."""
    if not path.startswith("/"):
        raise ValueError(f"not a JSON pointer: {path!r}")
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def replaced(document: Any, path: str, value: Any) -> Any:
    """Return a copy with ``value`` at ``path``; mappings on the way are made, ``-`` appends."""
    made = copy.deepcopy(document)
    at = made
    *way, last = steps(path)
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if isinstance(at, list) and last == _END:
        at.append(copy.deepcopy(value))
    elif isinstance(at, list):
        at[int(last)] = copy.deepcopy(value)
    else:
        at[last] = copy.deepcopy(value)
    return made


def removed(document: Any, path: str) -> Any:
    """Return a copy without what stands at ``path``.

    Raises:
        KeyError, IndexError: Nothing stands there.
    """
    made = copy.deepcopy(document)
    at = made
    *way, last = steps(path)
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    del at[int(last) if isinstance(at, list) else last]
    return made
