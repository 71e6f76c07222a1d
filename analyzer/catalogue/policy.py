"""The declared policy: ours by default, and what the user's file changes of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analyzer.formats.own_files import load_data, read_own
from analyzer.formats.user_file import read_user_file
from analyzer.model.context import Policy

SCHEMA = "policy.v1"
_SYSTEM = "system-namespaces"
_LARGEST_BYTES = 1024 * 1024


def load_policy(path: Path | None, *, platform: tuple[str, ...] = ()) -> Policy:
    """Return the default policy, changed by the user's file where one is given.

    A list in the user's file replaces the default list; it does not add to it.

    Args:
        path: The user's file.
        platform: Namespaces that the product brings, by its provider profile: they stand beside
            Kubernetes' own in the default list of system namespaces.

    Raises:
        UserFileError: The user's file cannot be read, or names or sets what no policy has.
    """
    base = _with_platform(_policy(load_data("policy", "default", SCHEMA), name="default"), platform)
    if path is None:
        return base
    data = read_user_file(path, option="--policy", limit_bytes=_LARGEST_BYTES)
    changes = _policy(read_own(data, where=str(path), schema=SCHEMA), name=path.stem)
    return replace(
        changes,
        values=MappingProxyType({**base.values, **changes.values}),
        lists=MappingProxyType({**base.lists, **changes.lists}),
    )


def _with_platform(base: Policy, platform: tuple[str, ...]) -> Policy:
    names = tuple(sorted({*base.lists[_SYSTEM], *platform}))
    return replace(base, lists=MappingProxyType({**base.lists, _SYSTEM: names}))


def _policy(document: Mapping[str, Any], *, name: str) -> Policy:
    lists = document.get("lists", {})
    return Policy(
        id=document.get("id", name),
        values=MappingProxyType(dict(document.get("values", {}))),
        lists=MappingProxyType({key: tuple(entries) for key, entries in lists.items()}),
    )
