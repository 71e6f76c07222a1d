"""The files that make up a systemd service on a node, in the order in which systemd reads them."""

from analyzer.model.evidence import Absent, Present, Unreadable
from analyzer.model.node import NodeEvidence
from analyzer.model.verdict import Reason

_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
"""Highest first: systemd takes a unit, and a drop-in of one name, from the first that has it."""
_NOTHING = "/dev/null"


def unit_files(node: NodeEvidence, unit: str) -> tuple[Present[str], ...] | Unreadable:
    """Return the content of a service's unit file, then of its drop-ins by name.

    Args:
        node: Evidence of the node.
        unit: ``kubelet.service``.

    Returns:
        At least the unit file; or why one of the files is not known.
    """
    main = _unit(node, unit)
    if isinstance(main, Unreadable):
        return main
    paths: dict[str, str] = {}
    for folder in _FOLDERS:
        found = _drop_ins(node, f"{folder}/{unit}.d")
        if isinstance(found, Unreadable):
            return found
        for path in found:
            paths.setdefault(path.rpartition("/")[2], path)
    used = (paths[name] for name in sorted(paths) if not _masked(node, paths[name]))
    contents = (main, *(node.content(path) for path in used))
    unknown = next((c for c in contents if isinstance(c, Unreadable)), None)
    return unknown or tuple(c for c in contents if isinstance(c, Present))


def _unit(node: NodeEvidence, unit: str) -> Present[str] | Unreadable:
    for folder in _FOLDERS:
        path = f"{folder}/{unit}"
        stat = node.stat(path)
        if isinstance(stat, Unreadable):
            return stat
        if isinstance(stat, Present):
            content = node.content(path)
            return content if not isinstance(content, Absent) else _unknown(path)
    detail = f"node {node.name} has no {unit} where units are kept, so another one starts it"
    return Unreadable(reason=Reason.NE_FILE_ABSENT_ON_HOST, detail=detail)


def _drop_ins(node: NodeEvidence, folder: str) -> tuple[str, ...] | Unreadable:
    seen = node.stat(folder)
    if isinstance(seen, Unreadable):
        return seen
    if isinstance(seen, Absent):
        return ()
    inside = (path for path in node.files if path.rpartition("/")[0] == folder)
    return tuple(sorted(path for path in inside if path.endswith(".conf")))


def _masked(node: NodeEvidence, path: str) -> bool:
    """Tell whether a drop-in is switched off by a link to nothing."""
    stat = node.stat(path)
    return isinstance(stat, Present) and stat.value.resolved == _NOTHING


def _unknown(path: str) -> Unreadable:
    return Unreadable(
        reason=Reason.NE_FILE_NOT_COLLECTED, detail=f"the content of {path} was not collected"
    )
