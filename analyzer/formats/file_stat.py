"""A probe record of a path -> its facts."""

from collections.abc import Mapping
from typing import Any

from analyzer.formats.process_text import Names, host_text
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.node import FileStat


def file_stat(record: Mapping[str, Any], names: Names) -> FileStat:
    """Read the facts of a record that fits schemas/probe.v1.

    Args:
        record: A line of probes.ndjson.
        names: The host's users and groups.

    Raises:
        EvidenceFormatError: The record holds no facts.
    """
    stat = record.get("stat")
    if stat is None:
        raise EvidenceFormatError("", "the record holds no facts about the path")
    path = host_text(record["target"])
    link = record.get("link")
    return FileStat(
        path=path,
        resolved=host_text(record.get("resolved") or "") or path,
        kind=stat["type"],
        mode=int(stat["mode"], 8),
        uid=stat["uid"],
        gid=stat["gid"],
        owner=names.users.get(stat["uid"]),
        group=names.groups.get(stat["gid"]),
        size=stat["size"],
        has_acl=record.get("acl"),
        link_target=host_text(link["target"]) if link else None,
    )


def stat_text(stat: FileStat) -> str:
    """Say the facts in one line, for an excerpt."""
    mode = f"{stat.mode:04o}"
    return f"type={stat.kind} mode={mode} uid={stat.uid} gid={stat.gid}"
