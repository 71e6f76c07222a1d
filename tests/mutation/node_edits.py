"""The words in which edits of nodes are written (tests/mutation/edits/*.yaml).

Every word takes ``node:`` (``cp-1`` unless it is said; ``*`` means each). Flags are written
without dashes. What an edit names must be there, so that none goes quietly without effect.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import yaml

from tests.mutation.base import pki
from tests.mutation.world import File, Node, Running, put

Args = Mapping[str, Any]
_CERTIFICATE = re.compile(r"@([\w.+-]+\.crt)")
"""``@cluster-ca.crt+etcd-ca.crt`` in a content stands for certificates of tests/data/pki."""


def argv_set(node: Node, args: Args) -> Node:
    """Give a flag one value, wherever it stood: ``{component, flag, value}``."""
    flag, value = str(args["flag"]), str(args["value"])
    word = f"--{flag}={value}"
    return _argv(node, args, lambda argv: (*_less(argv, flag), word))


def argv_add(node: Node, args: Args) -> Node:
    """Add words after the others, or right after the program: ``{component, words, first}``."""
    words = tuple(str(word) for word in args["words"])
    if args.get("first"):
        return _argv(node, args, lambda argv: (argv[0], *words, *argv[1:]))
    return _argv(node, args, lambda argv: (*argv, *words))


def argv_remove(node: Node, args: Args) -> Node:
    """Take a flag away: ``{component, flag}``."""

    def changed(argv: tuple[str, ...]) -> tuple[str, ...]:
        left = _less(argv, str(args["flag"]))
        if left == argv:
            raise KeyError(f"no flag {args['flag']!r}")
        return left

    return _argv(node, args, changed)


def argv_replace(node: Node, args: Args) -> Node:
    """Put words in the place of a flag: ``{component, flag, words}``."""
    flag, words = str(args["flag"]), tuple(str(word) for word in args["words"])

    def changed(argv: tuple[str, ...]) -> tuple[str, ...]:
        at = next(i for i, word in enumerate(argv) if _is_flag(word, flag))
        return (*argv[:at], *words, *argv[at + 1 :])

    return _argv(node, args, changed)


def env(node: Node, args: Args) -> Node:
    """Give a process a variable: ``{component, name, value}``."""

    def changed(one: Running) -> Running:
        environ = {**one.environ, str(args["name"]): str(args["value"])}
        return replace(one, environ=MappingProxyType(environ))

    return _process(node, args, changed)


def process_add(node: Node, args: Args) -> Node:
    """Start another process: ``{component, pid, argv}``."""
    argv = tuple(str(word) for word in args["argv"])
    one = Running(component=str(args["component"]), pid=int(args["pid"]), argv=argv)
    return replace(node, processes=(*node.processes, one))


def process_remove(node: Node, args: Args) -> Node:
    """Stop the processes of a component: ``{component}``."""
    left = tuple(one for one in node.processes if one.component != args["component"])
    if left == node.processes:
        raise KeyError(f"no process {args['component']!r}")
    return replace(node, processes=left)


def process_uid(node: Node, args: Args) -> Node:
    """Let a process run as another user: ``{component, uid}``."""
    return _process(node, args, lambda one: replace(one, uid=int(args["uid"])))


def file(node: Node, args: Args) -> Node:
    """Put a file: ``{path, content, mode, uid, gid, link, acl, kind}``; what is not said stays.

    ``like`` takes another path's facts and content first.
    """
    path = str(args["path"])
    start = node.files[str(args["like"])] if "like" in args else node.files.get(path, File())
    return put(node, path, replace(start, **_facts(args)))


def file_remove(node: Node, args: Args) -> Node:
    """Take a file away: ``{path}``."""
    if args["path"] not in node.files:
        raise KeyError(f"no file {args['path']!r}")
    return put(node, str(args["path"]), None)


def chmod(node: Node, args: Args) -> Node:
    """Change what is there: ``{path, mode, uid, gid, acl, content}``."""
    return put(node, str(args["path"]), replace(node.files[str(args["path"])], **_facts(args)))


def text(node: Node, args: Args) -> Node:
    """Replace a piece of a file's text: ``{path, old, new}``."""
    found = node.files[str(args["path"])]
    old, content = str(args["old"]), found.content or ""
    if content.count(old) != 1:
        raise KeyError(f"{old!r} stands {content.count(old)} times in {args['path']}")
    return put(
        node, str(args["path"]), replace(found, content=content.replace(old, str(args["new"])))
    )


def yaml_set(node: Node, args: Args) -> Node:
    """Set or (value null) take away keys of a YAML file: ``{path, set: {DOTTED.KEY: VALUE}}``."""
    found = node.files[str(args["path"])]
    document = yaml.safe_load(found.content or "")
    for dotted, value in args["set"].items():
        *parents, last = str(dotted).split(".")
        here = document
        for key in parents:
            here = here.setdefault(key, {})
        if value is None:
            del here[last]
        else:
            here[last] = value
    return put(node, str(args["path"]), replace(found, content=yaml.safe_dump(document)))


def users(node: Node, args: Args) -> Node:
    """Give the host other users and groups: ``{text}``."""
    return replace(node, users=str(args["text"]))


def _facts(args: Args) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "content" in args:
        facts["content"] = _CERTIFICATE.sub(_certificates, args["content"])
    for name in ("link", "kind", "acl"):
        if name in args:
            facts[name] = args[name]
    if "mode" in args:
        facts["mode"] = str(args["mode"])
    for name in ("uid", "gid"):
        if name in args:
            facts[name] = int(args[name])
    return facts


def _certificates(found: re.Match[str]) -> str:
    return "".join(pki(name) for name in found[1].split("+"))


def _process(node: Node, args: Args, change: Callable[[Running], Running]) -> Node:
    component = str(args["component"])
    if not node.running(component):
        raise KeyError(f"no process {component!r}")
    changed = (change(one) if one.component == component else one for one in node.processes)
    return replace(node, processes=tuple(changed))


def _argv(node: Node, args: Args, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Node:
    return _process(node, args, lambda one: replace(one, argv=change(one.argv)))


def _less(argv: tuple[str, ...], flag: str) -> tuple[str, ...]:
    return tuple(word for word in argv if not _is_flag(word, flag))


def _is_flag(word: str, flag: str) -> bool:
    return word.startswith("--") and word[2:].partition("=")[0] == flag


NODE_EDITS: Mapping[str, Callable[[Node, Args], Node]] = MappingProxyType(
    {
        "argv_add": argv_add,
        "argv_remove": argv_remove,
        "argv_replace": argv_replace,
        "argv_set": argv_set,
        "chmod": chmod,
        "env": env,
        "file": file,
        "file_remove": file_remove,
        "process_add": process_add,
        "process_remove": process_remove,
        "process_uid": process_uid,
        "text": text,
        "users": users,
        "yaml_set": yaml_set,
    }
)
"""Every operation by its word in the data."""
