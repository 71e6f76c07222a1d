"""What kube-bench writes with ``--json``: its words on each control, and nothing made of them.

The file comes from a user and its texts from a cluster: sizes are bounded, unknown fields are
passed over (newer versions add some), unknown words are kept as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analyzer.formats.strict_json import parse_json
from analyzer.model.errors import EvidenceFormatError, UserFileError

LIMIT_BYTES = 64 << 20
_MOST_RESULTS = 50_000
_MOST_LINES = 1_000
_DEPTH = 16
_WORD = 40
_DETAIL = 4_000
_ADVICE = "Give what kube-bench wrote with --json, unchanged."


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeBenchResult:
    """One line of one group.

    Attributes:
        control: Its number as written.
        role: The part of the cluster, ``master``; empty where the file names none.
        version: The benchmark that its group names, ``cis-1.10``; may be empty.
        word: ``PASS``, ``FAIL``, ``WARN``, ``INFO``, or whatever stands there.
        detail: The reason, else the value that was found; cut at 4,000 characters, may be
            empty. It may hold secrets: nothing masked it.
    """

    control: str
    role: str
    version: str
    word: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeBenchRun:
    """A whole file.

    Attributes:
        results: In the order of the file; at least one. A control may stand in it more than
            once: for several parts of a cluster, or several nodes.
        detected: The first Kubernetes version that a group says it saw; empty for none.
    """

    results: tuple[KubeBenchResult, ...]
    detected: str


def read_kube_bench(data: bytes, where: str) -> KubeBenchRun:
    """Read a result: the object of a whole run, a bare list of groups, or groups by themselves.

    Args:
        data: The file.
        where: Its name for messages.

    Raises:
        UserFileError: Not such a file, or larger than one can be.

    Source:
        aquasecurity/kube-bench, check/controls.go, check/check.go (the fields), cmd/common.go
        (``writeJSONOutput``: with totals or without); before 0.3 each part of a cluster was an
        object of its own on its own line (cmd/common.go, ``runChecks``).
    """
    if len(data) > LIMIT_BYTES:
        raise _refusal(where, f"larger than {LIMIT_BYTES >> 20} MiB")
    try:
        groups = [group for value in _documents(data) for group in _groups(value)]
        results = tuple(_bounded(line for group in groups for line in _results(group)))
    except EvidenceFormatError as error:
        raise _refusal(where, error.what) from error
    if not results:
        raise _refusal(where, "holds no results")
    detected = (_text(group, "detected_version") for group in groups)
    return KubeBenchRun(results=results, detected=next(filter(None, detected), ""))


def _documents(data: bytes) -> list[Any]:
    try:
        return [parse_json(data, max_depth=_DEPTH)]
    except EvidenceFormatError:
        lines = [line for line in data.splitlines() if line.strip()]
        if not 1 < len(lines) <= _MOST_LINES or not all(line[:1] == b"{" for line in lines):
            raise
        return [parse_json(line, max_depth=_DEPTH) for line in lines]


def _groups(value: Any) -> list[dict[str, Any]]:
    """Return the objects that each speak of one part of a cluster."""
    found = value
    if isinstance(value, dict):
        found = value.get("Controls", [value])
    groups = _objects(found, "Controls")
    if not all("tests" in group for group in groups):
        raise EvidenceFormatError("", "not a kube-bench result (no field tests)")
    return groups


def _results(group: dict[str, Any]) -> Iterator[KubeBenchResult]:
    role, version = _text(group, "node_type"), _text(group, "version")
    for section in _objects(group["tests"], "tests"):
        for one in _objects(section.get("results"), "results"):
            control, word = _text(one, "test_number"), _text(one, "status")
            if not control or not word:
                raise EvidenceFormatError("", "a result lacks its number or its status")
            detail = _text(one, "reason", _DETAIL) or _text(one, "actual_value", _DETAIL)
            yield KubeBenchResult(
                control=control, role=role, version=version, word=word, detail=detail
            )


def _bounded(lines: Iterator[KubeBenchResult]) -> Iterator[KubeBenchResult]:
    for count, line in enumerate(lines):
        if count == _MOST_RESULTS:
            raise EvidenceFormatError("", f"more than {_MOST_RESULTS} results")
        yield line


def _objects(value: Any, name: str) -> list[dict[str, Any]]:
    """Return a list of objects; null stands for an empty one, as Go writes it."""
    found = [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise EvidenceFormatError("", f"{name} is not a list of objects")
    return found


def _text(one: dict[str, Any], name: str, most: int = _WORD) -> str:
    value = one.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise EvidenceFormatError("", f"{name} is not text")
    found = value.strip()
    return found if len(found) <= most else found[: most - 2] + " …"


def _refusal(where: str, what: str) -> UserFileError:
    return UserFileError(where, what, advice=_ADVICE)
