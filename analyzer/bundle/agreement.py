"""Records that speak of the same thing must agree; where they do not, none is believed.

A path is recorded once for each role that led to it, so several records of it are normal.
Two different answers are not: a reader that took one of them would let whoever wrote the
bundle choose the verdict.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from analyzer.model.evidence import REDACTED, Absent, Evidence, Present, Unreadable
from analyzer.model.node import CapturedFile, FileStat
from analyzer.model.verdict import Reason

_MASK = re.compile(re.escape(REDACTED) + r"\w*")


def agreed_files(
    path: str, records: tuple[CapturedFile, ...], folder: Evidence[FileStat] | None
) -> tuple[CapturedFile, ...]:
    """Take back what the records of one path say where they contradict one another.

    Args:
        path: The path asked for.
        records: Its records, one for each role.
        folder: The same path recorded as a walked directory, if it was.
    """
    facts = (*(record.stat for record in records), *((folder,) if folder is not None else ()))
    contents = tuple(record.content for record in records)
    if not same_facts(facts):
        unknown = contradiction(path, facts)
        return tuple(replace(record, stat=unknown, content=unknown) for record in records)
    if not _same_content(contents):
        unknown = contradiction(path, contents)
        return tuple(replace(record, content=unknown) for record in records)
    return records


def same_facts(found: Iterable[Evidence[FileStat]]) -> bool:
    """Tell whether the facts of one path agree; its size may change while it is looked at."""
    said = tuple(found)
    facts = [replace(one.value, size=0) for one in said if isinstance(one, Present)]
    return _agree(facts, said)


def contradiction(path: str, found: Iterable[Evidence[object]]) -> Unreadable:
    """Say that the records of a path contradict one another, and where the last of them is."""
    sources = [one.source for one in found if one.source is not None]
    return Unreadable(
        reason=Reason.NE_SCHEMA_INVALID,
        detail=f"{path}: its records contradict one another",
        source=sources[-1] if sources else None,
    )


def _same_content(found: tuple[Evidence[str], ...]) -> bool:
    """Compare texts without their masks: each capture numbers its own."""
    if len(found) < 2:
        return True
    texts = [_MASK.sub(REDACTED, one.value) for one in found if isinstance(one, Present)]
    return _agree(texts, found)


def _agree(values: list[FileStat] | list[str], found: tuple[Evidence[object], ...]) -> bool:
    if any(value != values[0] for value in values):
        return False
    return not (values and any(isinstance(one, Absent) for one in found))
