"""The plan and the probe records, matched: what was meant to run, and what became of it."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from analyzer.bundle.archive import Archive
from analyzer.bundle.limits import Limits
from analyzer.bundle.manifest import schema_problem
from analyzer.bundle.refusal import ADVICE_COPY, ADVICE_FOREIGN, ADVICE_LIMIT, refuse
from analyzer.formats.bundle_records import PlanLine, ProbeLine, RedactionLine, check_line
from analyzer.formats.strict_json import parse_object, split_lines
from analyzer.model.bundle import ProbeRecord
from analyzer.model.errors import EvidenceFormatError

PLAN = "bundle/plan.ndjson"
PROBES = "bundle/probes.ndjson"
REDACTIONS = "bundle/redactions.ndjson"
NOT_RUN = "not_run"
INVALID = "invalid"
_ANSWERED = ("id", "kind", "target")
"""What a record repeats of its plan line; ``via`` may be told better once it ran."""
_API_VERSION = re.compile(r"^(/apis/[a-z0-9.-]+/)v[0-9a-z]+(?=/)")
_OF_PROCESS = ("proc/cmdline", "proc/environ", "proc/status")


def read_probes(
    archive: Archive, digests: Mapping[str, str], *, limits: Limits
) -> tuple[ProbeRecord, ...]:
    """Match every planned probe with its record.

    A record that answers a planned probe but does not fit its schema becomes ``invalid``:
    its probe is known, what it says is not. A record that cannot be matched makes the
    document as a whole unreadable.

    Returns:
        One record for each plan line, by seq.

    Raises:
        BundleRefusedError: Plan or records are missing, broken or do not match, or a
            record names a blob that is not the one in the archive.
    """
    plan = _read_plan(archive, limits)
    records: dict[int, ProbeRecord] = {}
    where = f"{archive.name}: {PROBES}"
    for number, record in _objects(archive, PROBES, limits):
        seq = record.get("seq")
        if type(seq) is not int or seq not in plan:
            raise refuse(where, f"line {number} answers no line of the plan", ADVICE_FOREIGN)
        if seq in records:
            raise refuse(where, f"line {number} answers probe {seq} again", ADVICE_FOREIGN)
        records[seq] = _record(record, number, plan[seq][1])
        _check_blob(f"{where} line {number}", records[seq], digests)
    missing = (_not_run(seq, *plan[seq]) for seq in plan if seq not in records)
    return tuple(sorted((*records.values(), *missing), key=lambda one: one.seq))


def check_redactions(archive: Archive, *, limits: Limits) -> int:
    """Check every line of the redaction record, and return how many there are.

    Raises:
        BundleRefusedError: Missing, or a line does not fit its schema.
    """
    count = 0
    for number, value in _objects(archive, REDACTIONS, limits):
        try:
            check_line(value, RedactionLine)
        except EvidenceFormatError as error:
            where = f"{archive.name}: {REDACTIONS} line {number}"
            what = f"does not fit its schema: {error.what}"
            raise refuse(where, what, ADVICE_FOREIGN) from error
        count += 1
    return count


def _read_plan(archive: Archive, limits: Limits) -> dict[int, tuple[int, dict[str, Any]]]:
    """Return line number and plan line by seq."""
    plan: dict[int, tuple[int, dict[str, Any]]] = {}
    for number, value in _objects(archive, PLAN, limits):
        where = f"{archive.name}: {PLAN} line {number}"
        if number > limits.probes:
            raise refuse(archive.name, f"plan of more than {limits.probes} lines", ADVICE_LIMIT)
        try:
            line = check_line(value, PlanLine)
        except EvidenceFormatError as error:
            what = f"does not fit its schema: {error.what}"
            raise refuse(where, what, ADVICE_FOREIGN) from error
        if line.seq in plan:
            raise refuse(where, f"probe {line.seq} is planned twice", ADVICE_FOREIGN)
        plan[line.seq] = (number, value)
    return plan


def _objects(archive: Archive, member: str, limits: Limits) -> Iterator[tuple[int, dict[str, Any]]]:
    data = archive.members.get(member)
    if data is None:
        raise refuse(archive.name, f"{member.removeprefix('bundle/')} is missing", ADVICE_COPY)
    number = 0
    try:
        for number, line in split_lines(data, max_length=limits.line_length):
            yield number, parse_object(line, max_depth=limits.json_depth)
    except EvidenceFormatError as error:
        where = f"{archive.name}: {member} line {number}"
        raise refuse(where, error.what, ADVICE_FOREIGN) from error


def _record(record: dict[str, Any], number: int, planned: dict[str, Any]) -> ProbeRecord:
    problem = _problem(record, planned)
    value = record if problem is None else {**planned, "detail": problem}
    return ProbeRecord(
        seq=planned["seq"],
        line=number,
        probe=planned["id"],
        status=record["status"] if problem is None else INVALID,
        record=MappingProxyType(value),
    )


def _problem(record: dict[str, Any], planned: dict[str, Any]) -> str | None:
    """Say why a record cannot be believed, in words that do not quote it."""
    try:
        line = check_line(record, ProbeLine)
    except EvidenceFormatError as error:
        return f"does not fit its schema: {schema_problem('probe.v1', record) or error.what}"
    for field in _ANSWERED:
        if _asked(record[field]) != _asked(planned[field]):
            return f"has another {field} than the probe that was planned"
    if line.id.partition("/")[0] != line.kind:
        return "has a kind that does not go with its id"
    if _is_of_other_process(line):
        return "has another pid than its target"
    if line.blob is not None and line.sha256 is None:
        return "names a blob without its sha256"
    return None


def _asked(text: str) -> str:
    """Return what was asked for, without the version of an API group.

    The plan is written before discovery says in which version a server offers a kind.
    """
    return _API_VERSION.sub(r"\1", text)


def _is_of_other_process(line: ProbeLine) -> bool:
    """Tell whether a record of one process names another in its target."""
    if line.id not in _OF_PROCESS or line.pid is None:
        return False  # without a pid it is no process's record: the scan is told so
    return line.target != f"/proc/{line.pid}/{line.id.partition('/')[2]}"


def _not_run(seq: int, number: int, planned: dict[str, Any]) -> ProbeRecord:
    return ProbeRecord(
        seq=seq,
        line=number,
        probe=planned["id"],
        status=NOT_RUN,
        record=MappingProxyType(planned),
    )


def _check_blob(where: str, probe: ProbeRecord, digests: Mapping[str, str]) -> None:
    blob = probe.record.get("blob")
    if blob is None:
        return
    actual = digests.get(f"bundle/{blob}")
    if actual is None:
        raise refuse(where, f"names {blob}, which is missing", ADVICE_COPY)
    if actual != probe.record["sha256"]:
        raise refuse(where, f"states another SHA-256 for {blob}", ADVICE_COPY)
