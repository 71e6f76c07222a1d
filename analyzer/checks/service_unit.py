"""The files that make up a systemd unit on a node, in the order in which systemd reads them."""

from collections.abc import Iterator

from analyzer.model.evidence import Absent, Present, Unreadable
from analyzer.model.node import FileStat, NodeEvidence
from analyzer.model.verdict import Reason

FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
"""Highest first: systemd takes a unit, and a drop-in of one name, from the first that has it.

systemd.unit(5), and lookup_paths_init in its source.
"""
_ALWAYS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
"""In these a collector of any age looked for the kubelet's service, each file by itself."""
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
    if main is None:
        detail = f"node {node.name} has no {unit} where units are kept, so another one starts it"
        return Unreadable(reason=Reason.NE_FILE_ABSENT_ON_HOST, detail=detail)
    return _with_drop_ins(node, unit, (main,))


def slice_files(node: NodeEvidence, unit: str) -> tuple[Present[str], ...] | Unreadable:
    """Return the same of a slice, which needs no file to exist: there may be none at all."""
    main = _unit(node, unit)
    if isinstance(main, Unreadable):
        return main
    return _with_drop_ins(node, unit, (main,) if main else ())


def unseen_folder(node: NodeEvidence) -> str:
    """Return the first folder of units of which no record says what is in it; empty for none."""
    return next((folder for folder in FOLDERS if folder not in node.directories), "")


def _with_drop_ins(
    node: NodeEvidence, unit: str, main: tuple[Present[str], ...]
) -> tuple[Present[str], ...] | Unreadable:
    paths: dict[str, str] = {}
    for below in _drop_in_folders(unit):
        for folder in FOLDERS:
            found = _drop_ins(node, folder, below)
            if isinstance(found, Unreadable):
                return found
            for path in found:
                paths.setdefault(path.rpartition("/")[2], path)
    used = (paths[name] for name in sorted(paths) if not _masked(node, paths[name]))
    contents = tuple(node.content(path) for path in used)
    unknown = next((c for c in contents if isinstance(c, Unreadable)), None)
    return unknown or (*main, *(c for c in contents if isinstance(c, Present)))


def _drop_in_folders(unit: str) -> Iterator[str]:
    """Yield the folders of a unit's drop-ins, those of its own name first.

    Those of ``a-b.slice`` lie in ``a-b.slice.d``, ``a-.slice.d`` and ``slice.d``.
    """
    name, _, kind = unit.rpartition(".")
    yield f"{unit}.d"
    parts = name.split("-")
    yield from (f"{'-'.join(parts[:end])}-.{kind}.d" for end in range(len(parts) - 1, 0, -1))
    yield f"{kind}.d"


def _unit(node: NodeEvidence, unit: str) -> Present[str] | Unreadable | None:
    for folder in FOLDERS:
        path = f"{folder}/{unit}"
        stat = _looked_at(node, folder, unit)
        if isinstance(stat, Unreadable):
            return stat
        if stat is not None:
            content = node.content(path)
            return content if not isinstance(content, Absent) else _unknown(path)
    return None


def _looked_at(node: NodeEvidence, folder: str, name: str) -> Present[FileStat] | Unreadable | None:
    """Return the facts about a name in a folder of units; None when it is not there.

    The record of such a folder stands for all that it holds. Where there is none, each path
    of the usual folders counts by its own record, and of the others :func:`unseen_folder` tells
    that nobody looked.
    """
    path = f"{folder}/{name}"
    listed = node.directories.get(folder)
    recorded = path in node.files or path in node.directories
    usual = listed is None and folder in _ALWAYS and name.startswith("kubelet.service")
    found = node.stat(path) if recorded or usual else None
    if found is None:
        return listed if isinstance(listed, Unreadable) else None
    return None if isinstance(found, Absent) else found


def _drop_ins(node: NodeEvidence, folder: str, below: str) -> tuple[str, ...] | Unreadable:
    seen = _looked_at(node, folder, below)
    if isinstance(seen, Unreadable) or seen is None:
        return seen or ()
    inside = (path for path in node.files if path.rpartition("/")[0] == f"{folder}/{below}")
    return tuple(sorted(path for path in inside if path.endswith(".conf")))


def _masked(node: NodeEvidence, path: str) -> bool:
    """Tell whether a drop-in is switched off by a link to nothing."""
    stat = node.stat(path)
    return isinstance(stat, Present) and stat.value.resolved == _NOTHING


def _unknown(path: str) -> Unreadable:
    return Unreadable(
        reason=Reason.NE_FILE_NOT_COLLECTED, detail=f"the content of {path} was not collected"
    )
