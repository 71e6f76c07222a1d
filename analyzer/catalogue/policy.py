"""The declared policy: ours by default, and what the user's file changes of it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analyzer.formats.own_files import load_data, read_own
from analyzer.model.context import Policy
from analyzer.model.errors import UserFileError

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
    changes = _policy(read_own(_read(path), where=str(path), schema=SCHEMA), name=path.stem)
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


def _read(path: Path) -> bytes:
    if not path.is_file():  # a named pipe would block for ever
        raise UserFileError(
            str(path), "not a file that exists", advice="Name a YAML file with --policy."
        )
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise UserFileError(
            str(path), f"cannot be read: {error.strerror}", advice="Check --policy."
        ) from error
    if len(data) > _LARGEST_BYTES:
        raise UserFileError(
            str(path), "larger than 1 MiB", advice="Check that --policy names a policy file."
        )
    return data
