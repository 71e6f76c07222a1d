"""The Summary sheet read back: as stored, as LibreOffice computes it, and against figures."""

import subprocess
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from analyzer.model.assessment import Assessment, Tally
from analyzer.reports.words import VERDICTS
from tests.tools import needed

Rows = list[tuple[Any, ...]]
_AGAINST = "Published against observed"
DISPOSITIONS = "Dispositions: what follows for the audit"


def stored(content: bytes) -> Rows:
    """Return the values that the file itself holds."""
    sheet = load_workbook(BytesIO(content), data_only=True)["Summary"]
    return list(sheet.iter_rows(values_only=True))


def untouched(_: Any) -> None:
    """Change nothing."""


def recomputed(content: bytes, folder: Path, change: Callable[[Any], None] = untouched) -> Rows:
    """Return the Summary as LibreOffice computes it; openpyxl keeps formulas, not their values."""
    program = needed("soffice")
    book = load_workbook(BytesIO(content))
    change(book)
    book.save(folder / "bare.xlsx")
    bare = load_workbook(folder / "bare.xlsx", data_only=True)["Summary"]
    assert [row[2] for row in bare.iter_rows(values_only=True) if row[0] == "All controls"] == [
        None
    ] * 3
    subprocess.run(
        [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(folder / "bare.xlsx")],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    return stored((folder / "out" / "bare.xlsx").read_bytes())


def block(rows: Rows, title: str) -> Rows:
    """Return the rows below a table's title and headings, up to the next empty one."""
    start = next(n for n, row in enumerate(rows) if row[0] == title)
    found = []
    for row in rows[start + 1 :]:
        if all(cell is None for cell in row):
            break
        found.append(row)
    return found


def _figures(tally: Tally) -> list[float | str]:
    shares = ("n/a" if share is None else share for share in (tally.score, tally.coverage))
    return [*(tally.by_verdict[verdict] for verdict in VERDICTS), tally.total, *shares]


def _close(found: Any, wanted: list[float | str]) -> bool:
    return all(
        cell == figure
        if isinstance(figure, str | int)
        else cell == pytest.approx(figure, abs=0.00011)
        for cell, figure in zip(found, wanted, strict=True)
    )


def check(rows: Rows, a: Assessment, now: dict[str, int] | None = None) -> None:
    """Compare every figure of the sheet with the assessment's.

    ``now`` are the final dispositions, where an auditor has filled in more than it knows.
    """
    s = a.summary
    chapters = {name: tally for name, tally in s.by_section.items() if "." not in name}
    tables: list[tuple[str, dict[str, Tally], bool]] = [
        ("By section", chapters, True),
        ("By subsection", _undivided(s.by_section), False),
        ("By responsibility", dict(s.by_party), True),
        ("By level", {f"Level {name}": tally for name, tally in s.by_level.items()}, True),
    ]
    for title, tallies, total in tables:
        found = {row[0]: row[2:12] for row in block(rows, title)[1:]}
        wanted = {**tallies, **({"All controls": s.overall} if total else {})}
        assert set(found) == set(wanted), title
        for name, tally in wanted.items():
            assert _close(found[name], _figures(tally)), (title, name, found[name])
    _check_standing(rows, a)
    _check_counts(rows, a, dict(a.summary.by_disposition) if now is None else now)


def _undivided(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    """Return the sections that no other one is a part of; their controls are all there are."""
    return {
        name: tally
        for name, tally in tallies.items()
        if not any(other.startswith(f"{name}.") for other in tallies)
    }


def _check_standing(rows: Rows, a: Assessment) -> None:
    s, counts = a.summary, a.summary.overall.by_verdict
    scope = sum(counts.values()) - counts["not-applicable"] - counts["out-of-scope"]
    first, second = block(rows, "Score and coverage")[1:]
    coverage = "n/a" if s.overall.coverage is None else s.overall.coverage
    for row, waived, score in ((first, 0, s.overall.score), (second, s.waived,
                                                             s.score_after_waivers)):  # fmt: skip
        figures = [counts["pass"], counts["fail"] - waived, waived, scope]
        assert _close(row[2:8], [*figures, "n/a" if score is None else score, coverage])


def _check_counts(rows: Rows, a: Assessment, now: dict[str, int]) -> None:
    s = a.summary
    found = {row[0]: row[2:4] for row in block(rows, DISPOSITIONS)[1:]}
    alone = [(c.review.computed if c.review else c.disposition).value for c in a.controls]
    assert {w: n for w, (n, _) in found.items() if n} == {w: alone.count(w) for w in alone}
    assert {w: n for w, (_, n) in found.items() if n} == now
    published = any(c.responsibility.attested_raw for c in a.controls)
    assert (_AGAINST in [row[0] for row in rows]) == published
    if published:
        against = block(rows, _AGAINST)
        assert {row[0]: row[2] for row in against[1:] if row[2]} == s.by_comparison
    further = {row[0]: row[2] for row in block(rows, "Further figures")}
    assert further == {
        "readings differ": s.readings_differ,
        "partial passes": len([c for c in a.controls if c.partial]),
        "evidence to ask for": len(a.gaps),
        "stale reviews": s.stale_reviews,
    }
    _check_people(rows, a)


def _check_people(rows: Rows, a: Assessment) -> None:
    titles = [str(row[0]) for row in rows]
    changed = [title for title in titles if title.startswith("Changes since ")]
    assert bool(changed) == (a.changes is not None)
    if a.changes is not None:
        found = {row[0]: row[2] for row in block(rows, changed[0])[1:]}
        limits = [word for word in found if str(word).startswith("Limit of the comparison: ")]
        assert len(limits) == len(a.changes.limits)
        assert {w: n for w, n in found.items() if w not in limits} == dict(a.changes.counts)
    for other in a.third_party:
        title = f"What {other.tool} says: an assertion, not evidence"
        said = [one.agreement.value for one in other.results]
        counted = {row[0]: row[2] for row in block(rows, title)[1:] if row[2]}
        assert counted == {word: said.count(word) for word in said}
