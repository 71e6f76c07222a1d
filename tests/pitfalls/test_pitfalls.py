"""Every pitfall of the peer, through the whole pipeline: bundle bytes in, written reports out."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.errors import UsageError
from tests.pitfalls.pitfall import (
    CASE_KEYS,
    REFUSED,
    ROW_KEYS,
    Pitfall,
    bundles,
    documents,
    pitfalls,
    reports,
    row_text,
    run,
    texts,
)


@pytest.mark.parametrize("pitfall", list(pitfalls()), ids=str)
def test_pitfall(pitfall: Pitfall, tmp_path: Path) -> None:
    case = pitfall.case
    for read in bundles(case, tmp_path):
        if case.get("chosen") == REFUSED:
            with pytest.raises(UsageError):
                run(case, read, tmp_path)
            continue
        assessment = run(case, read, tmp_path)
        assert assessment.benchmark_id == case.get("chosen", assessment.benchmark_id)
        assert _lacking(case.get("why", []), assessment.benchmark_why) == []
        rows = {control.id: control for control in assessment.controls}
        _judged(case, rows)
        _traced(case, rows, assessment)
        _written(case, reports(assessment))


ROOT = Path(__file__).resolve().parents[2]


def _lacking(words: list[object], text: str) -> list[object]:
    return [word for word in words if str(word) not in text]


def _judged(case: Mapping[str, Any], rows: Mapping[str, ControlResult]) -> None:
    for number, verdict in case.get("verdicts", {}).items():
        row = rows[number]
        assert row.verdict.value == verdict, f"{number}: {row_text(row)}"
        other = row.other_reading.verdict.value if row.other_reading else None
        assert other == case.get("letter", {}).get(number), f"{number}: {row.other_reading}"
    for number, words in case.get("says", {}).items():
        assert _lacking(words, row_text(rows[number])) == [], row_text(rows[number])


def _traced(
    case: Mapping[str, Any], rows: Mapping[str, ControlResult], assessment: Assessment
) -> None:
    counted = assessment.summary.overall.by_verdict
    for word, count in case.get("counts", {}).items():
        some = [f"{r.id}: {r.explanation}" for r in assessment.controls if r.verdict.value == word]
        assert counted[word] == count, some[:5]
    for number, expected in case.get("findings", {}).items():
        assert {f.subject: f.verdict.value for f in rows[number].findings} == expected
    for number, places in case.get("places", {}).items():
        ids = {entry for finding in rows[number].findings for entry in finding.evidence}
        cited = [f"{e.member} {e.selector}" for e in assessment.evidence if e.id in ids]
        assert _lacking(places, "\n".join(cited)) == [], cited


def _written(case: Mapping[str, Any], written: dict[str, str]) -> None:
    """The written reports say the same, and nothing that must not be said."""
    document = json.loads(written["json"])
    rows = {control["id"]: control["verdict"] for control in document["controls"]}
    for number, verdict in case.get("verdicts", {}).items():
        assert rows[number] == verdict
        pattern = rf"^\| {re.escape(number)} \|[^\n]*\| \*\*{re.escape(verdict)}\*\* \|"
        assert re.search(pattern, written["md"], re.MULTILINE), number
    found = list(texts(document))
    assert max(map(len, found)) <= case.get("longest", 10_000)
    for text in (*written.values(), *found):
        assert [word for word in case.get("never", []) if word in text] == []


def test_all_rows_are_there() -> None:
    found = documents()
    assert [d["row"] for d in found.values()] == [f"P{n}" for n in range(1, 34)]
    for path, document in found.items():
        assert path.name.startswith(f"P{int(document['row'][1:]):02d}-")
        assert set(document) == ROW_KEYS
        assert document["cases"]
        for case in document["cases"]:
            assert set(case) <= CASE_KEYS
            asserted = [case[key] for key in ("verdicts", "chosen", "why") if case.get(key)]
            assert asserted, "a case that asserts nothing"


def test_the_document_tells_every_row() -> None:
    told = (ROOT / "docs" / "pitfalls.md").read_text(encoding="utf-8")
    for path, found in documents().items():
        row, peer, promise = (" ".join(found[key].split()) for key in ("row", "peer", "promise"))
        link = f"[{row}](../tests/pitfalls/{path.name})"
        assert f"| {link} | {peer} | {promise} | {len(found['cases'])} |" in told
