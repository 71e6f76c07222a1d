"""Odd values, and odd changes of a document: what a mutation puts where something sound stood."""

import json
import random
from collections.abc import Callable
from typing import Any

import yaml

Value = Any
_DEEP = 70

ODD: tuple[Value, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63),
    10**30, "", " ", "x", "0", "-1", "true", "false", "TRUE", "yes", "null", "~", "NaN",
    "Infinity", "1e999", "0x10", "0o17", "1_000", "10s", "-5m", "999999999h", "1.5h", "٣",
    "*", "**", "a,b,,c", ",", "=", "--", "-", "/", "//", "../../etc/passwd", "/proc/self/environ",
    "C:\\Windows", "\x00", "\x07", "\x1b[31mred\x1b[0m", "\r\n", "a\nb", "\t", "\u2028", "\u202e",
    "\ufeff", "\u0000x", "é", "e\u0301", "🙂", "\uff1d", "ﬀ", "ß", "İ", "node-a\u200b", "A" * 300,
    "A" * 70_000, "KEB-REDACTED-r1", "KEB-REDACTED-", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1",
    "<script>alert(1)</script>", "| a | b |", "```", "](javascript:x)", "${HOME}", "$(id)", "`id`",
    "{{ x }}", "%s%n", "' or 1=1 --", "0600", "7777", "99999", "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "system:masters", "system:authenticated",
    "cluster-admin", "kube-system", "default", "RuntimeDefault", "Unconfined", "AlwaysAllow",
    "Node,RBAC", "v1.36.2", "v9999999999.1", "1.2", "::1", "0.0.0.0", "[::]:10250", [], {}, [[]],
    [{}], {"": ""}, {"x": None}, [None], [0], ["x"], ["*"], {"a": {"b": {"c": []}}},
    [1, "x", None, {}], {"__proto__": {}, "constructor": 1},
)  # fmt: skip


def odd(rng: random.Random) -> Value:
    """Return one odd value; rarely one that is nested deeper than anything may be."""
    if rng.random() < 0.02:
        return deep(rng)
    return rng.choice(ODD)


def deep(rng: random.Random) -> Value:
    """Return lists or mappings within one another, below or above the limit."""
    value: Value = "x"
    for _ in range(rng.choice((10, _DEEP, 400))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def places(value: Value, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a document, the document itself first."""
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def at(value: Value, path: tuple[Any, ...]) -> Value:
    for step in path:
        value = value[step]
    return value


def changed(value: Value, path: tuple[Any, ...], new: Callable[[Value], Value]) -> Value:
    """Return a copy in which the value at ``path`` is another one."""
    if not path:
        return new(value)
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {k: changed(v, rest, new) if k == step else v for k, v in value.items()}
    return [changed(v, rest, new) if n == step else v for n, v in enumerate(value)]


def twisted(value: Value, rng: random.Random) -> tuple[Value, str]:
    """Change one place of a document and say which and how."""
    path = rng.choice(places(value))
    old = at(value, path)
    how = rng.choice(_TWISTS.get(type(old), _SCALAR))
    return changed(value, path, lambda one: how(one, rng)), f"{how.__name__[1:]} {_shown(path)}"


def _replace(_old: Value, rng: random.Random) -> Value:
    return odd(rng)


def _wrap(old: Value, rng: random.Random) -> Value:
    return [old] if rng.random() < 0.5 else {str(odd(rng))[:40]: old}


def _text(old: Value, _rng: random.Random) -> Value:
    return old if isinstance(old, str) else json.dumps(old)


def _respell(old: Value, rng: random.Random) -> Value:
    text = str(old)
    ways: tuple[Callable[[str], str], ...] = (
        str.upper, str.lower, str.title, lambda t: t + " ", lambda t: " " + t, lambda t: t[:-1],
        lambda t: t + t, lambda t: t.replace("-", "_"), lambda t: t.replace("a", "\u0430"),
        lambda t: t[::-1], lambda t: t + "\x00", lambda t: f'"{t}"', lambda t: t + "\n",
    )  # fmt: skip
    return rng.choice(ways)(text)


def _drop(old: Value, rng: random.Random) -> Value:
    """Take one member out."""
    if not old:
        return None
    if isinstance(old, dict):
        gone = rng.choice(list(old))
        return {key: value for key, value in old.items() if key != gone}
    index = rng.randrange(len(old))
    return old[:index] + old[index + 1 :]


def _rename(old: Value, rng: random.Random) -> Value:
    """Give one key another name, or one that differs in case only."""
    if not old:
        return {str(odd(rng))[:40]: odd(rng)}
    key = rng.choice(list(old))
    name = rng.choice((str(key).swapcase(), str(key).title(), f"{key} ", str(odd(rng))[:200], "x"))
    return {(name if one == key else one): value for one, value in old.items()}


def _shuffle(old: Value, rng: random.Random) -> Value:
    if isinstance(old, dict):
        keys = list(old)
        rng.shuffle(keys)
        return {key: old[key] for key in keys}
    order = list(old)
    rng.shuffle(order)
    return order


def _double(old: Value, rng: random.Random) -> Value:
    """Repeat a member, the second one twisted."""
    if not old:
        return old
    if isinstance(old, dict):
        key = rng.choice(list(old))
        return {**old, f"{key}": odd(rng), f"{str(key).swapcase()}": old[key]}
    one = rng.choice(old)
    return [*old, one, twisted(one, rng)[0] if one not in (None, [], {}) else one]


def _turn(old: Value, _rng: random.Random) -> Value:
    """Make a list of a mapping, and a mapping of a list."""
    if isinstance(old, dict):
        return [{"name": key, "value": value} for key, value in old.items()]
    return {str(index): value for index, value in enumerate(old)}


def _many(old: Value, rng: random.Random) -> Value:
    count = rng.choice((3, 100, 1_000))
    if isinstance(old, dict):
        return {**old, **{f"k{n}": odd(rng) for n in range(min(count, 100))}}
    return list(old) * count if len(json.dumps(old)) < 500 else old


_SCALAR = (_replace, _replace, _replace, _wrap, _text, _respell, _respell)
_TWISTS: dict[type, tuple[Callable[[Value, random.Random], Value], ...]] = {
    dict: (_replace, _wrap, _text, _drop, _drop, _rename, _rename, _shuffle, _double, _turn, _many),
    list: (_replace, _wrap, _text, _drop, _drop, _shuffle, _double, _double, _turn, _many),
}


def _shown(path: tuple[Any, ...]) -> str:
    return "/" + "/".join(
        ascii(step)[1:-1] if isinstance(step, str) else str(step) for step in path
    )


def as_json(value: Value) -> bytes:
    """Write JSON as a careless program does: NaN and half characters included."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


def as_yaml(value: Value) -> bytes:
    """Write YAML; what PyYAML cannot write is written as JSON, which is YAML too."""
    try:
        return yaml.dump(value, Dumper=_DUMPER, allow_unicode=True).encode("utf-8", "surrogatepass")
    except (yaml.YAMLError, RecursionError, TypeError):
        return as_json(value)


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def flipped(data: bytes, rng: random.Random) -> bytes:
    """Turn one to three bits over."""
    changed_bytes = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        if changed_bytes:
            changed_bytes[rng.randrange(len(changed_bytes))] ^= 1 << rng.randrange(8)
    return bytes(changed_bytes)


def jumbled(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Change a text without understanding it."""
    spot = rng.randrange(len(data) + 1)
    other = rng.randrange(len(data) + 1)
    first, last = sorted((spot, other))
    word = str(odd(rng))[:500].encode("utf-8", "surrogatepass")
    ways: dict[str, Callable[[], bytes]] = {
        "flip": lambda: flipped(data, rng),
        "cut": lambda: data[:spot],
        "behead": lambda: data[spot:],
        "take out": lambda: data[:first] + data[last:],
        "insert": lambda: data[:spot] + word + data[spot:],
        "repeat": lambda: data[:last] + data[first:last] + data[last:],
        "crlf": lambda: data.replace(b"\n", b"\r\n"),
        "bom": lambda: b"\xef\xbb\xbf" + data,
        "tabs": lambda: data.replace(b"  ", b"\t"),
        "noise": lambda: rng.randbytes(rng.choice((1, 40, 500))),
        "empty": lambda: b"",
        "lines": lambda: b"\n".join(rng.sample(rows := data.split(b"\n"), len(rows))),
        "line twice": lambda: _again(data, rng),
        "documents": lambda: data + b"\n---\n" + data,
        "anchors": lambda: b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, *c]\n" + data,
        "tag": lambda: data.replace(b": ", b": !!python/object/apply:os.system ", 1),
        "quotes": lambda: data.replace(b": true", b': "true"').replace(b": false", b": 'false'"),
        "utf16": lambda: data.decode("utf-8", "replace").encode("utf-16"),
        "nuls": lambda: b"\x00" + data.replace(b"\n", b"\x00"),
    }
    name = rng.choice(list(ways))
    return ways[name](), name


def _again(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    index = rng.randrange(len(lines))
    return b"\n".join([*lines[: index + 1], lines[index], *lines[index + 1 :]])
