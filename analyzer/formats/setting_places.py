"""Every value that one process is given for a setting, by its arguments and its environment."""

from collections.abc import Iterator
from dataclasses import replace

from analyzer.formats.command_line import Occurrence, values_of
from analyzer.formats.settings import Origin, Query, Shape, Value
from analyzer.model.evidence import Source, Unreadable, is_redacted
from analyzer.model.node import Process
from analyzer.model.verdict import Reason


def flag_values(
    process: Process, flags: tuple[Occurrence, ...], query: Query
) -> Iterator[Value | Unreadable]:
    """Return what the arguments say, the one that counts first.

    Repeats of a list add up to one value; of anything else the last one counts.
    """
    written = values_of(flags, query.flag) if query.flag else ()
    if query.shape is Shape.GATE:
        yield from _gates(process, written, query)
    elif query.shape is Shape.LIST:
        yield from (_list(process, written),) if written else ()
    else:
        yield from (_scalar(process, occurrence) for occurrence in reversed(written))


def variable_values(process: Process, query: Query) -> Iterator[Value | Unreadable]:
    """Return what etcd's variable of the flag says; an empty one says nothing."""
    if not query.flag:
        return
    if process.environ_gap is not None:
        yield process.environ_gap
        return
    if process.environ_source is None:
        yield Unreadable(
            reason=Reason.NE_FILE_NOT_COLLECTED,
            detail=f"the environment of {process.component} (pid {process.pid}) was not collected",
            source=process.source,
        )
        return
    name = variable_name(query.flag)
    value = process.environ.get(name, "")
    if not value:
        return
    written = f"{name}={value}"
    yield Value(
        text=value,
        items=_members(value) if query.shape is Shape.LIST else (value,),
        origin=Origin.ENVIRONMENT,
        source=replace(process.environ_source, selector=name, excerpt=written[:400]),
        written=written,
    )


def variable_name(flag: str) -> str:
    """Return the name of etcd's variable for a flag."""
    return "ETCD_" + flag.upper().replace("-", "_")


def _scalar(process: Process, occurrence: Occurrence) -> Value:
    value = "true" if occurrence.value is None else occurrence.value
    return Value(
        text=value,
        items=(value,),
        origin=Origin.FLAG,
        source=_place(process, occurrence),
        written=occurrence.text,
    )


def _list(process: Process, written: tuple[Occurrence, ...]) -> Value:
    items = tuple(i for o in written for i in _members(o.value or ""))
    return Value(
        text=",".join(items),
        items=items,
        origin=Origin.FLAG,
        source=_place(process, written[-1]),
        written=" ".join(o.text for o in written),
    )


def _gates(
    process: Process, written: tuple[Occurrence, ...], query: Query
) -> Iterator[Value | Unreadable]:
    """Return what is said of a gate, and then of its group, whose switch it goes before."""
    for name in (query.gate, query.gate_group) if query.gate_group else (query.gate,):
        for occurrence in reversed(written):
            yield from _gate(process, occurrence, name, query)
    if any(is_redacted(occurrence.value or "") for occurrence in written):
        yield Unreadable(
            reason=Reason.NE_REDACTED,
            detail="the feature gates were masked by the collector",
            source=process.source,
        )


def _gate(
    process: Process, occurrence: Occurrence, name: str, query: Query
) -> Iterator[Value | Unreadable]:
    for pair in reversed(_members(occurrence.value or "")):
        key, _, value = pair.partition("=")
        if key.strip() == name and not value.strip():
            yield Unreadable(
                reason=Reason.NE_SCHEMA_INVALID,
                detail=f"--{query.flag} names {name} without a value: no component starts so",
                source=_place(process, occurrence),
            )
        elif key.strip() == name:
            yield Value(
                text=value.strip(),
                items=(value.strip(),),
                origin=Origin.FLAG,
                source=_place(process, occurrence),
                written=f"--{query.flag}={name}={value.strip()}",
            )


def _place(process: Process, occurrence: Occurrence) -> Source:
    return replace(
        process.source, selector=f"argv[{occurrence.index}]", excerpt=occurrence.text[:400]
    )


def _members(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
