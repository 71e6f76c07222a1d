"""The reviewer's block: columns of the register that people fill in, and what follows from them.

An earlier review fills the block in advance. A stale one does so too, but has no effect before
somebody repeats it: chooses its word or method anew, or gives another day.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.model import review_sheet
from analyzer.model.assessment import ControlResult
from analyzer.model.digests import result_digest
from analyzer.model.judgement import REVIEW_DISPOSITION, AppliedReview, WaiverRecord
from analyzer.model.verdict import Disposition
from analyzer.reports.table import Column, Kind
from analyzer.reports.text import one_line
from analyzer.reports.workbook_cells import clip, day_of

DISPOSITION = "Disposition"
STALE = "Stale review"
_DAY_ZERO = datetime.date(1899, 12, 30)
"""What spreadsheets count days from."""
_MOST_QUOTED = 255
"""UTF-16 units of a text inside a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A control as the register shows it.

    Attributes:
        waivers: Every waiver that names this control's failures, whatever became of it.
    """

    control: ControlResult
    benchmark: str
    waivers: tuple[WaiverRecord, ...]


def _of_review(value: Callable[[AppliedReview], str]) -> Callable[[RegisterRow], str]:
    return lambda row: value(row.control.review) if row.control.review else ""


def _final(cells: Mapping[str, Any], at: Callable[[str], str]) -> str:
    """Return the formula of what follows; blank, Agree and (clear) keep what was computed."""
    verdict, kept = at(review_sheet.VERDICT), at(DISPOSITION)
    formula = kept
    for word, disposition in REVIEW_DISPOSITION.items():
        said = review_sheet.VERDICT_WORDS[word]
        formula = f'IF({verdict}="{said}","{disposition.value}",{formula})'
    if cells.get(STALE):
        formula = f'IF({at(STALE)}="",{formula},{kept})'
    return f"={formula}"


def _stale(cells: Mapping[str, Any], at: Callable[[str], str]) -> str:
    """Return the formula of the note on a stale review: it goes when the review is repeated."""
    if not cells[STALE]:
        return ""
    same = [f'{at(name)}="{cells[name]}"' for name in (review_sheet.VERDICT, review_sheet.METHOD)]
    day = day_of(cells[review_sheet.REVIEWED_ON])
    if day is not None:
        same.append(f"{at(review_sheet.REVIEWED_ON)}={(day - _DAY_ZERO).days}")
    return f'=IF(AND({",".join(same)}),"{cells[STALE]}","")'


def _stale_note(row: RegisterRow) -> str:
    review = row.control.review
    said = f"stale: {review.why}" if review is not None and review.stale else ""
    return clip(one_line(said).replace('"', "'"), _MOST_QUOTED)


BLOCK: tuple[Column[RegisterRow], ...] = (
    Column(
        name=review_sheet.VERDICT,
        kind=Kind.WORD,
        width=16,
        value=_of_review(lambda a: review_sheet.VERDICT_WORDS[a.review.verdict]),
        words=tuple(review_sheet.VERDICT_WORDS.values()),
        entry=True,
        printed=False,
    ),
    Column(
        name=review_sheet.METHOD,
        kind=Kind.WORD,
        width=12,
        value=_of_review(lambda a: review_sheet.METHOD_WORDS[a.review.method]),
        entry=True,
        printed=False,
    ),
    Column(
        name=review_sheet.COMMENT,
        kind=Kind.PROSE,
        width=40,
        value=_of_review(lambda a: a.review.comment),
        entry=True,
        printed=False,
    ),
    Column(
        name=review_sheet.REVIEWER,
        kind=Kind.PROSE,
        width=18,
        value=_of_review(lambda a: a.review.reviewer),
        entry=True,
        printed=False,
    ),
    Column(
        name=review_sheet.REVIEWED_ON,
        kind=Kind.DATE,
        width=12,
        value=_of_review(lambda a: a.review.reviewed_on),
        entry=True,
        printed=False,
    ),
    Column(
        name=review_sheet.FINAL,
        kind=Kind.WORD,
        width=16,
        value=lambda row: row.control.disposition.value,
        formula=_final,
        words=tuple(word.value for word in Disposition),
        printed=False,
    ),
    Column(
        name=STALE,
        kind=Kind.PROSE,
        width=40,
        value=_stale_note,
        formula=_stale,
        optional=True,
        printed=False,
    ),
)

KEYS: tuple[Column[RegisterRow], ...] = (
    Column(
        name=review_sheet.ROW_KEY,
        kind=Kind.ID,
        width=18,
        value=lambda row: review_sheet.row_key(row.benchmark, row.control.id),
        hidden=True,
        printed=False,
    ),
    Column(
        name=review_sheet.RESULT,
        kind=Kind.ID,
        width=18,
        value=lambda row: result_digest(row.control),
        hidden=True,
        printed=False,
    ),
)
