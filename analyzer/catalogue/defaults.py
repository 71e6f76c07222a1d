"""What components do when a setting is absent, by Kubernetes version.

Read from data/defaults, and from definitions that are alone in reading a setting.
"""

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from analyzer.catalogue.definitions import Entry, load_definitions
from analyzer.formats.own_files import data_names, load_data
from analyzer.model.context import Default, Defaults
from analyzer.model.errors import UserFileError
from analyzer.model.version import Version, parse_version

FOLDER = "defaults"


@cache
def load_defaults() -> Defaults:
    """Return every default, by component and setting.

    Raises:
        UserFileError: A file is not valid, or two places state the default of one setting.
    """
    entries: dict[tuple[str, str], tuple[Default, ...]] = {}
    for name in data_names(FOLDER):
        document = load_data(FOLDER, name, "defaults.v1")
        entries |= read_defaults(document, where=f"{FOLDER}/{name}.yaml")
    for topic, entry in load_definitions().items():
        entries |= own_defaults(topic, entry, known=entries)
    return Defaults(entries=MappingProxyType(entries))


def read_defaults(
    document: Mapping[str, Any], *, where: str
) -> Mapping[tuple[str, str], tuple[Default, ...]]:
    """Turn a decoded file into defaults by component and setting, in the file's order.

    Raises:
        UserFileError: The file is named after another component.
    """
    component = document["component"]
    if where != f"{FOLDER}/{component}.yaml":
        raise UserFileError(
            where, f"/component is {component}", advice="Give the file the name of its component."
        )
    return _by_setting(component, document["settings"])


def own_defaults(
    topic: str, entry: Entry, *, known: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[Default, ...]]:
    """Return the defaults that a definition states itself.

    Raises:
        UserFileError: It names no component, or a setting whose default is known already.
    """
    if not entry.defaults:
        return {}
    component = entry.spec.params.get("component")
    found = _by_setting(str(component), entry.defaults)
    twice = sorted(name for _, name in set(found) & set(known))
    if component is None or twice:
        what = f"default of {', '.join(twice)} is stated elsewhere too" if twice else "no component"
        raise UserFileError(
            f"checks/{topic}",
            f"defaults: {what}",
            advice=f"Keep what several rules read in data/{FOLDER}, by component.",
        )
    return found


def _by_setting(
    component: str, settings: Mapping[str, Any]
) -> dict[tuple[str, str], tuple[Default, ...]]:
    return {
        (component, name): tuple(_default(component, name, fields) for fields in found)
        for name, found in settings.items()
    }


def _default(component: str, name: str, fields: Mapping[str, Any]) -> Default:
    return Default(
        component=component,
        name=name,
        value=fields.get("value"),
        since=_version(fields.get("since")),
        until=_version(fields.get("until")),
        when=fields["when"],
        source=fields["source"],
        verified="unverified" not in fields,
        checked_to=_version(fields.get("checked_to")),
    )


def _version(text: str | None) -> Version | None:
    return parse_version(text) if text is not None else None
