"""What another tool says, set beside an assessment; it never changes anything of ours."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analyzer.bundle.leak_scan import scan_member
from analyzer.formats.kube_bench_json import (
    LIMIT_BYTES,
    KubeBenchResult,
    KubeBenchRun,
    read_kube_bench,
)
from analyzer.formats.user_file import read_user_file
from analyzer.model.assertion import Agreement, Asserted, ThirdParty
from analyzer.model.assessment import Assessment
from analyzer.model.benchmark import control_order
from analyzer.model.verdict import Verdict

_TOOL = "kube-bench"
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){1,4}")
_DECIDED = {"PASS": Verdict.PASS, "FAIL": Verdict.FAIL}
_WORDS = {*_DECIDED, "WARN", "INFO"}
_NAMED = 5
_DETAIL = 300
_HELD_BACK = "held back here: it looks like a secret"

_BARE = {"1.5": "cis-1.5", "1.15": "cis-1.5", "1.6": "cis-1.6"}
"""What groups of kube-bench's first CIS folders call themselves; 1.15 is cfg/cis-1.5/etcd.yaml.

Source: aquasecurity/kube-bench cfg/cis-1.5, cfg/cis-1.6, cmd/testdata/result.json.
"""
_CIS_ROLES = {"etcd", "controlplane", "policies"}
"""Parts of a cluster that came with CIS 1.5: without one of them, a bare number is a version of
Kubernetes (cfg/1.6), under whose numbers other controls stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherResult:
    """Another tool's file, read.

    Attributes:
        sha256: Of the file.
    """

    run: KubeBenchRun
    sha256: str


def load_third_party(path: Path) -> OtherResult:
    """Read another tool's result; kube-bench's is the one kind known.

    Raises:
        UserFileError: It cannot be read, or is no such result.
    """
    data = read_user_file(path, option="--third-party", limit_bytes=LIMIT_BYTES)
    run = read_kube_bench(data, str(path))
    return OtherResult(run=run, sha256=hashlib.sha256(data).hexdigest())


def third_party(assessment: Assessment, other: OtherResult) -> ThirdParty:
    """Set another tool's words beside our verdicts.

    Only ``PASS`` and ``FAIL`` decide something, and only where the tool judged this benchmark.
    Several results of one number are taken together: a failure anywhere is a failure, a pass
    needs all of them, as ours do.
    """
    names = _benchmarks(other.run)
    ours = {control.id: control.verdict for control in assessment.controls}
    same = {name for name in names.values() if name == assessment.benchmark_id}
    together: dict[str, list[str]] = defaultdict(list)
    for one in other.run.results:
        if names[one.version] in same:
            together[one.control].append(one.word)
    rows = (
        _asserted(one, ours, together[one.control] if names[one.version] in same else [])
        for one in other.run.results
    )
    return ThirdParty(
        tool=_TOOL,
        benchmark=_listed(names.values()),
        sha256=other.sha256,
        comparable=bool(same),
        why=_why(names.values(), assessment, other.run.detected),
        results=tuple(sorted(rows, key=_order)),
    )


def _benchmarks(run: KubeBenchRun) -> Mapping[str, str]:
    """Return the benchmark that each version word of a file stands for."""
    cis = any(one.role in _CIS_ROLES for one in run.results)
    versions = dict.fromkeys(one.version for one in run.results)
    return {version: _BARE.get(version, version) if cis else version for version in versions}


def _asserted(one: KubeBenchResult, ours: Mapping[str, Verdict], together: list[str]) -> Asserted:
    """Return one row; ``together`` has every word on the number, empty where nothing compares."""
    comparable = bool(together) and one.control in ours and one.word in _WORDS
    agreement = Agreement.NOT_COMPARABLE
    detail = _harmless(one.detail)
    if comparable:
        theirs = _decision(together)
        agreement = _agreement(ours[one.control], theirs)
        if len(set(together)) > 1:
            said = theirs.name if theirs else "undecided"
            detail = f"({len(together)} results together: {said}) {detail}".strip()
    return Asserted(
        control=one.control, role=one.role, word=one.word, detail=detail, agreement=agreement
    )


def _harmless(detail: str) -> str:
    """Return a short detail, or none where it looks like a secret: whole processes stand there."""
    if scan_member("", detail.encode("utf-8", "replace")):
        return _HELD_BACK
    return detail if len(detail) <= _DETAIL else detail[: _DETAIL - 2] + " …"


def _decision(words: list[str]) -> Verdict | None:
    if "FAIL" in words:
        return Verdict.FAIL
    return Verdict.PASS if set(words) == {"PASS"} else None


def _agreement(ours: Verdict, theirs: Verdict | None) -> Agreement:
    decided = ours in _DECIDED.values()
    if theirs is None:
        return Agreement.ONLY_OURS if decided else Agreement.NEITHER
    if not decided:
        return Agreement.ONLY_THEIRS
    return Agreement.AGREES if ours is theirs else Agreement.DIFFERS


def _listed(names: Iterable[str]) -> str:
    found = [name for name in dict.fromkeys(names) if name]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def _why(names: Iterable[str], a: Assessment, detected: str) -> str:
    found = list(dict.fromkeys(names))
    others = _listed(name for name in found if name != a.benchmark_id)
    unnamed = "a part that names none" if "" in found else ""
    rest = " and ".join(part for part in (others, unnamed) if part)
    saw = f" It saw Kubernetes {detected}." if detected else ""
    if found == [a.benchmark_id]:
        return f"It judged {a.benchmark_id}, as this assessment does.{saw}"
    if a.benchmark_id in found:
        return f"Only its part on {a.benchmark_id} is compared; the file holds {rest}, too.{saw}"
    judged = f"It judged {others}" if others else "It names no benchmark"
    return f"{judged}; this assessment is of {a.benchmark_id}, so that numbers may differ.{saw}"


def _order(row: Asserted) -> tuple[object, ...]:
    number = _NUMBER.fullmatch(row.control)
    place = control_order(row.control) if number else ((), row.control)
    return number is None, place, row.role, row.word, row.detail
