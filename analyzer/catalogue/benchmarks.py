"""Benchmarks as data: numbered controls that name check definitions, and which one to choose."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from analyzer.catalogue.binding import bind
from analyzer.catalogue.choice import NAME_ONE, Span, choose
from analyzer.catalogue.definitions import Entry, load_definitions
from analyzer.catalogue.wording import worded
from analyzer.formats.own_files import data_names, load_data
from analyzer.model.benchmark import Benchmark, Control, ControlId, Subject, control_order
from analyzer.model.errors import UserFileError
from analyzer.model.outcome import CheckFactory
from analyzer.model.version import Version, parse_version

FOLDER = "benchmarks"
SCHEMA = "benchmark.v1"


def known_benchmarks() -> tuple[str, ...]:
    """Return the ids of all benchmarks, in the order of the Kubernetes they were written for.

    That is the order in which they were published, which their numbers do not tell: 1.24 came
    before 1.7. Where two speak of the same Kubernetes, the higher number is the later one.
    """
    return tuple(span.id for span in _spans())


def load_benchmark(benchmark_id: str, check_types: Mapping[str, CheckFactory]) -> Benchmark:
    """Read one benchmark and bind every control to its check.

    Raises:
        UserFileError: There is no such benchmark, or it is not valid: a control is missing,
            repeated, out of order or without a section; a topic or check type is unknown; a
            parameter does not fit, or a text names one that is not set.
    """
    if benchmark_id not in data_names(FOLDER):
        known = ", ".join(known_benchmarks())
        raise UserFileError(
            benchmark_id, "there is no such benchmark", advice=NAME_ONE.format(known=known)
        )
    document = load_data(FOLDER, benchmark_id, SCHEMA)
    return read_benchmark(
        document, load_definitions(), check_types, where=f"{FOLDER}/{benchmark_id}.yaml"
    )


def read_benchmark(
    document: Mapping[str, Any],
    definitions: Mapping[str, Entry],
    check_types: Mapping[str, CheckFactory],
    *,
    where: str,
) -> Benchmark:
    """Turn a decoded benchmark file into a benchmark; errors as ``load_benchmark``."""
    _refuse_wrong_id(document, where)
    ids = [control["id"] for control in document["controls"]]
    _refuse_wrong_count(ids, int(document["controls_total"]), where)
    _refuse_disorder(ids, where)
    sections = MappingProxyType(dict(document["sections"]))
    controls = (
        _control(fields, sections, definitions, check_types, where=f"{where}/{fields['id']}")
        for fields in document["controls"]
    )
    span = document["kubernetes"]
    return Benchmark(
        id=document["id"],
        title=document["title"],
        version=document["version"],
        versions=(span["from"], span["to"]),
        sections=sections,
        controls=tuple(controls),
        levels_inferred=document.get("levels_inferred", "").strip(),
    )


def choose_benchmark(version: Version | None) -> tuple[str, str]:
    """Choose the benchmark for a Kubernetes version; as ``choice.choose`` among all of ours."""
    return choose(_spans(), version)


@cache
def _spans() -> tuple[Span, ...]:
    """Every benchmark's versions, oldest first."""
    spans = []
    for name in sorted(data_names(FOLDER), key=_by_version):
        kubernetes = load_data(FOLDER, name, SCHEMA)["kubernetes"]
        first, last = parse_version(kubernetes["from"]), parse_version(kubernetes["to"])
        if first is None or last is None or last < first:
            raise UserFileError(
                f"{FOLDER}/{name}.yaml",
                f"kubernetes: {kubernetes['from']} to {kubernetes['to']} is no span of versions",
                advice="Write the first and the last Kubernetes version, in this order.",
            )
        spans.append(Span(id=name, first=first, last=last, source=kubernetes["source"]))
    return tuple(sorted(spans, key=lambda span: (span.first, span.last)))


def _by_version(name: str) -> tuple[str, tuple[int, ...]]:
    """Sort key that puts cis-1.10 after cis-1.5."""
    family, _, version = name.rpartition("-")
    return family, tuple(int(part) for part in version.split(".") if part.isdigit())


def _refuse_wrong_id(document: Mapping[str, Any], where: str) -> None:
    if where != f"{FOLDER}/{document['id']}.yaml":
        raise UserFileError(
            where, f"/id is {document['id']}", advice="Give the file the name of its id."
        )


def _refuse_wrong_count(ids: list[str], total: int, where: str) -> None:
    repeated = sorted({i for i in ids if ids.count(i) > 1}, key=control_order)
    if repeated:
        raise UserFileError(
            where, f"repeated controls: {', '.join(repeated)}", advice="Keep one of each."
        )
    if len(ids) != total:
        raise UserFileError(
            where,
            f"{len(ids)} controls, but /controls_total says {total}",
            advice="Compare the list with the published document, and add what is missing.",
        )


def _refuse_disorder(ids: list[str], where: str) -> None:
    for before, after in pairwise(ids):
        if control_order(after) < control_order(before):
            raise UserFileError(
                where, f"{after} stands after {before}", advice="Sort the controls by number."
            )


def _control(
    fields: Mapping[str, Any],
    sections: Mapping[str, str],
    definitions: Mapping[str, Entry],
    check_types: Mapping[str, CheckFactory],
    *,
    where: str,
) -> Control:
    section = fields["id"].rpartition(".")[0]
    if section not in sections:
        raise UserFileError(
            where, f"section {section} has no title", advice="Add it to the file's sections."
        )
    entry = definitions.get(fields["check"])
    if entry is None:
        raise UserFileError(
            where,
            f"no check definition has the topic {fields['check']}",
            advice="Define it in data/checks, or name another topic.",
        )
    params = MappingProxyType({**entry.spec.params, **fields.get("with", {})})
    check = bind(replace(entry.spec, params=params), check_types, where=where)
    template = replace(entry.template, title=fields.get("title", entry.template.title))
    definition = worded(template, params, where=where)
    label = fields["assessment"]
    return Control(
        id=ControlId(fields["id"]),
        section=section,
        title=definition.title,
        level=int(fields["level"]),
        assessment=label,
        scored=fields["scored"] == "true" if "scored" in fields else label == "automated",
        node_role=definition.role,
        definition=definition,
        check=check,
        wording=_wording(fields.get("asks_for"), definitions, where),
    )


def _wording(topic: str | None, definitions: Mapping[str, Entry], where: str) -> Subject | None:
    """Return the subject of the topic that a text names in the place of its own."""
    if topic is None:
        return None
    entry = definitions.get(topic)
    if entry is None or entry.definition.subject is None:
        raise UserFileError(
            where,
            f"asks_for names {topic}, which is no topic with a subject",
            advice="Name a topic of data/checks that has a subject, or leave asks_for out.",
        )
    return entry.definition.subject
