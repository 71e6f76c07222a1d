"""The matched processes of a node bundle in one line each, for whoever looks into it."""

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.bundle.node_processes import CMDLINE, processes
from analyzer.bundle.places import text_of
from analyzer.model.bundle import Bundle, BundleKind
from analyzer.model.node import Process

_ID = 12
"""Digits of a container's id: as many as the runtimes' own tools show."""


def process_lines(bundle: Bundle) -> tuple[str, ...]:
    """Return what each process is: its container, whether it sees other mounts, where it listens.

    A fact that was not read is left out; that it is left out means nothing.
    """
    if bundle.kind is not BundleKind.NODE:
        return ()
    told = {
        probe.record.get("pid"): probe.record.get("process") or {}
        for probe in bundle.probes
        if probe.probe == CMDLINE
    }
    return tuple(", ".join(_parts(bundle, one, told.get(one.pid, {}))) for one in processes(bundle))


def _parts(bundle: Bundle, process: Process, facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"{process.component} pid {process.pid}"
    exe, container = facts.get("exe"), facts.get("container_id")
    if exe:
        yield f"runs {text_of(bundle, exe)}"
    if container:
        yield f"container {text_of(bundle, container)[:_ID]}"
    if facts.get("own_mounts") is True:
        yield "mounts of its own: its paths may be others on the host"
    if facts.get("own_network") is True:
        yield "a network of its own"
    where = dict.fromkeys(f"{one.address} port {one.port}" for one in process.listeners)
    if where:
        yield f"listens on {' and '.join(where)}"
