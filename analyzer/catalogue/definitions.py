"""Check definitions by topic: what to compare, read from data/checks, one file a component."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from analyzer.catalogue.wording import worded
from analyzer.formats.own_files import data_names, load_data
from analyzer.model.benchmark import Definition, Subject, Without
from analyzer.model.errors import UserFileError
from analyzer.model.version import parse_version

FOLDER = "checks"
_SPAN = ("since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One check as data: its type, its parameters, and the parts of a composite one.

    Attributes:
        subject: The definition's; a check type that judges by it has a field of this name.
    """

    type: str
    params: Mapping[str, object]
    parts: tuple["CheckSpec", ...] = ()
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A definition with the check it describes.

    Attributes:
        definition: Its texts speak of the parameters that it sets itself.
        template: The same with ``{parameter}`` still in its texts, for benchmarks to fill.
        defaults: Defaults of settings that only this rule reads, as the file has them.
    """

    definition: Definition
    template: Definition
    spec: CheckSpec
    defaults: Mapping[str, Any]


@cache
def load_definitions() -> Mapping[str, Entry]:
    """Return every check definition by topic, sorted.

    Raises:
        UserFileError: A file is not valid, or two files define one topic.
    """
    files = {name: load_data(FOLDER, name, "checks.v1") for name in data_names(FOLDER)}
    return read_definitions(files)


def read_definitions(files: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Entry]:
    """Turn decoded definition files, by file name, into entries by topic.

    Raises:
        UserFileError: Two files define one topic; a text names a parameter that is not set.
    """
    entries: dict[str, Entry] = {}
    homes: dict[str, str] = {}
    for name, topics in files.items():
        for topic, fields in topics.items():
            if topic in entries:
                raise UserFileError(
                    f"{FOLDER}/{name}.yaml",
                    f"topic {topic} is defined in {FOLDER}/{homes[topic]}.yaml already",
                    advice="Keep one of the two definitions.",
                )
            entries[topic] = _entry(topic, fields, where=f"{FOLDER}/{name}.yaml/{topic}")
            homes[topic] = name
    return MappingProxyType({topic: entries[topic] for topic in sorted(entries)})


def _entry(topic: str, fields: Mapping[str, Any], *, where: str) -> Entry:
    spec = replace(_spec(fields), subject=_subject(fields.get("subject"), where=where))
    template = Definition(
        topic=topic,
        title=fields["title"],
        role=fields["role"],
        type=spec.type,
        params=spec.params,
        rule=fields["rule"],
        rationale=fields["rationale"],
        remediation=fields["remediation"],
        decidability=fields["decidability"],
        source=fields["source"],
        subject=spec.subject,
    )
    definition = worded(template, spec.params, where=where)
    defaults = MappingProxyType(dict(fields.get("defaults", {})))
    return Entry(definition=definition, template=template, spec=spec, defaults=defaults)


def _spec(fields: Mapping[str, Any]) -> CheckSpec:
    return CheckSpec(
        type=fields["type"],
        params=MappingProxyType(dict(fields.get("with", {}))),
        parts=tuple(_spec(part) for part in fields.get("checks", ())),
    )


def _subject(fields: Mapping[str, str] | None, *, where: str) -> Subject | None:
    if fields is None:
        return None
    since, until = (parse_version(fields[key]) if key in fields else None for key in _SPAN)
    if since is not None and until is not None and until < since:
        raise UserFileError(
            where,
            f"subject: since {since} until {until} is no span of versions",
            advice="Write the first and the last Kubernetes version that has it.",
        )
    return Subject(
        what=fields["what"],
        since=since,
        until=until,
        without=Without(fields["without"]),
        instead=fields.get("instead", ""),
        source=fields["source"],
    )
