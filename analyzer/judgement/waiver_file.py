"""The user's waiver file: strict YAML, held to its schema and to what no schema can say.

Nothing here looks at results; ``waivers`` does.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from analyzer.formats.own_files import read_own
from analyzer.formats.strict_yaml import OURS, line_of
from analyzer.formats.user_file import read_user_file
from analyzer.judgement.legible import legible
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Scope, Waiver, WaiverReason

SCHEMA = "waivers.v1"
SHORTEST_JUSTIFICATION = 20
"""Characters that can be seen, runs of blanks counted once."""
_LIMIT_BYTES = 1024 * 1024
_ADVICE = f"Mend the file; schemas/{SCHEMA}.schema.json says what it may hold."


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverFile:
    """What one waiver file says.

    Attributes:
        where: The file's name for messages.
        content: The file's bytes, to find the line of a message in; empty when the waivers come
            from an assessment that was kept.
        benchmark: Id of the benchmark whose numbers it uses.
        cluster: UID of the only cluster that it speaks of; empty when it names none.
        sha256: Of the file's bytes.
        waivers: In the file's order; ids are unique.
    """

    where: str
    benchmark: str
    cluster: str
    sha256: str
    waivers: tuple[Waiver, ...]
    content: bytes = field(default=b"", repr=False)


def load_waivers(path: Path) -> WaiverFile:
    """Read a waiver file.

    Raises:
        UserFileError: It cannot be read, breaks its schema, uses an id twice, names a day that
            does not exist or an end before the beginning, or leaves out who decided and why;
            names the line.
    """
    data = read_user_file(path, option="--waivers", limit_bytes=_LIMIT_BYTES)
    document = read_own(data, where=str(path), schema=SCHEMA)
    file = WaiverFile(
        where=str(path),
        benchmark=document["benchmark"],
        cluster=document.get("cluster", ""),
        sha256=hashlib.sha256(data).hexdigest(),
        waivers=tuple(map(_waiver, document["waivers"])),
        content=data,
    )
    seen = set()
    for number, waiver in enumerate(file.waivers):
        if waiver.id in seen:
            _refuse(file, f"/waivers/{number}/id", f"waiver {waiver.id} stands in the file twice")
        seen.add(waiver.id)
        for key, what in _wrong(waiver):
            _refuse(file, f"/waivers/{number}/{key}", what)
    return file


def check_controls(file: WaiverFile, benchmark: str, known: Collection[str]) -> None:
    """Refuse a number that the file's own benchmark does not have.

    Args:
        file: Of any benchmark; numbers of another one are not looked at.
        benchmark: Id of the benchmark that is assessed.
        known: All its control numbers.

    Raises:
        UserFileError: A waiver names a control that does not exist; names the line.
    """
    if file.benchmark != benchmark:
        return
    for at, waiver in enumerate(file.waivers):
        for nth, number in enumerate(waiver.controls):
            if number not in known:
                what = f"waiver {waiver.id} names control {number}, which {benchmark} does not have"
                _refuse(file, f"/waivers/{at}/controls/{nth}", what)


def _refuse(file: WaiverFile, pointer: str, what: str) -> NoReturn:
    line = line_of(file.content, pointer, limits=OURS)
    place = file.where if line is None else f"{file.where}, line {line}"
    raise UserFileError(place, what, advice=_ADVICE)


def _waiver(entry: Mapping[str, Any]) -> Waiver:
    scope = entry.get("scope", {})
    return Waiver(
        id=entry["id"],
        controls=tuple(entry["controls"]),
        scope=Scope(**{kind: tuple(names) for kind, names in scope.items()}),
        reason=WaiverReason(entry["reason"]),
        justification=entry["justification"],
        owner=entry["owner"],
        approver=entry["approver"],
        valid_from=entry["valid_from"],
        expires_on=entry["expires_on"],
        ticket=entry.get("ticket", ""),
        digest=entry.get("digest", ""),
    )


def _wrong(waiver: Waiver) -> Iterator[tuple[str, str]]:
    """Yield what no schema can see: empty words, one person twice, impossible days.

    Yields:
        The entry's key at fault, and what is wrong.
    """
    who = f"waiver {waiver.id}"
    if len(_folded(waiver.justification)) < SHORTEST_JUSTIFICATION:
        least = f"less than {SHORTEST_JUSTIFICATION} characters"
        yield "justification", f"{who} has a justification of {least}"
    for key, name in (("owner", waiver.owner), ("approver", waiver.approver)):
        if not _folded(name):
            yield key, f"{who} names no {key}"
    if _folded(waiver.owner) == _folded(waiver.approver):
        yield "approver", f"{who} is approved by its owner; four eyes are needed"
    for key, day in (("valid_from", waiver.valid_from), ("expires_on", waiver.expires_on)):
        if not is_day(day):
            yield key, f"{who}: {day} is not a day of the calendar"
    if waiver.expires_on < waiver.valid_from:
        yield "expires_on", f"{who} ends on {waiver.expires_on}, before it begins"


def _folded(text: str) -> str:
    """Return a text without what does not tell two people apart: case, and what nobody sees."""
    return legible(text).casefold()


def is_day(text: str) -> bool:
    """Tell whether a text is a day that exists, in one of ISO 8601's spellings."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
