"""One row of the reviewer's block: what the auditor decided there, or what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analyzer.judgement.legible import says_something
from analyzer.judgement.workbook_cells import CellKind
from analyzer.judgement.workbook_register import Row
from analyzer.judgement.workbook_values import day_of, is_word, same, short, shown, word_of
from analyzer.model.assessment import ControlResult
from analyzer.model.digests import result_digest
from analyzer.model.judgement import Method, Review, ReviewVerdict
from analyzer.model.review_sheet import (
    BLOCK,
    CLEAR,
    COMMENT,
    METHOD,
    METHOD_WORDS,
    OBSERVED,
    RESULT,
    REVIEWED_ON,
    REVIEWER,
    VERDICT,
    VERDICT_WORDS,
)
from analyzer.model.verdict import Verdict

_DIGEST = re.compile("[0-9a-f]{16}")
_REPEATED = frozenset((VERDICT, METHOD, REVIEWED_ON))
_LONGEST = {COMMENT: 32_767, REVIEWER: 200}
_VERDICTS = {verdict: verdict.value for verdict in Verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What holds for every row of a workbook.

    Attributes:
        reviewer, reviewed_on: For rows that leave the cell empty; may be empty themselves.
        from_1904: Dates count from 1904.
        same_report: The workbook was written from the very assessment that it is read against.
    """

    reviewer: str
    reviewed_on: str
    from_1904: bool
    same_report: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a row comes to.

    Attributes:
        review: The control's review from now on; None when it has none.
        made: The row says something new.
        cleared: The row takes an earlier review back.
    """

    review: Review | None
    made: bool = False
    cleared: bool = False


@dataclass(slots=True)
class Remarks:
    """What is to be said of the cells: problems refuse the workbook, warnings do not."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_block(
    row: Row, control: ControlResult, written: Mapping[str, str], given: Given, remarks: Remarks
) -> Decision:
    """Read the auditor's columns of one row.

    Args:
        row: Of this control.
        control: As the assessment has it, with an earlier review if there is one.
        written: Text by heading as the block was filled in advance.
        given: What holds for every row.
        remarks: Where problems and warnings are put.
    """
    touched = frozenset(
        heading
        for heading in BLOCK
        if not _untouched(row, heading, written.get(heading, ""), given)
    )
    earlier = control.review.review if control.review else None
    block = _Block(
        row=row, control=control, earlier=earlier, touched=touched, given=given, remarks=remarks
    )
    if block.is_unreadable():
        return Decision(review=earlier)
    if not block.says(VERDICT):
        block.warn_unheard()
        return Decision(review=earlier)
    if is_word(row.cell(VERDICT), CLEAR):
        block.warn_unheard_beside_clear()
        return Decision(review=None, cleared=earlier is not None)
    if earlier and not touched:
        return Decision(review=earlier)
    review = block.review()
    return Decision(review=review or earlier, made=review not in (None, earlier))


def _untouched(row: Row, heading: str, written: str, given: Given) -> bool:
    if heading in (VERDICT, METHOD):
        return is_word(row.cell(heading), written)
    return same(row.cell(heading), written, from_1904=given.from_1904)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A row's block while it is read.

    Attributes:
        earlier: The review that filled it in advance.
        touched: Headings whose cells say something else than what was written.
    """

    row: Row
    control: ControlResult
    earlier: Review | None
    touched: frozenset[str]
    given: Given
    remarks: Remarks

    def says(self, heading: str) -> str:
        """Return what stands below a heading."""
        return shown(self.row.cell(heading))

    def is_unreadable(self) -> bool:
        """Refuse formulas and error values: nobody works them out here."""
        before = len(self.remarks.problems)
        for heading in BLOCK:
            cell = self.row.cell(heading)
            if cell is not None and (cell.formula or cell.kind is CellKind.OTHER):
                what = "a formula" if cell.formula else "an error value"
                self._problem(heading, f"holds {what}")
        return len(self.remarks.problems) > before

    def warn_unheard(self) -> None:
        """Say what has no effect, since the row has no verdict."""
        told = self._told()
        # A name or a day alone may have been filled down the whole column.
        if len(told) > 1 or {METHOD, COMMENT} & set(told):
            self._warn(f"{self._cells(told)} no effect without a verdict in {self.row.at(VERDICT)}")

    def warn_unheard_beside_clear(self) -> None:
        """Say what is not kept anywhere, since the row takes its review back."""
        told = self._told()
        if told:
            self._warn(f"{self._cells(told)} no effect beside {CLEAR} in {self.row.at(VERDICT)}")

    def _told(self) -> list[str]:
        """Return the headings of what somebody wrote beside the verdict."""
        return [h for h in BLOCK if h != VERDICT and h in self.touched and self.says(h)]

    def _cells(self, headings: list[str]) -> str:
        cells = ", ".join(self.row.at(heading) for heading in headings)
        return f"{cells} {'have' if len(headings) > 1 else 'has'}"

    def _warn(self, what: str) -> None:
        self.remarks.warnings.append(what)

    def review(self) -> Review | None:
        """Return what the row newly says; None when it makes no sense, which is remarked."""
        before = len(self.remarks.problems)
        verdict = self._verdict()
        method = self._method(verdict)
        comment = self._text(COMMENT, self.earlier.comment if self.earlier else "")
        reviewer = self._text(REVIEWER, self.earlier.reviewer if self.earlier else "")
        if not says_something(reviewer):
            reviewer = self.given.reviewer
        if not says_something(comment) and verdict not in (None, ReviewVerdict.AGREE):
            self._problem(COMMENT, "needs a comment that says why")
        if not says_something(reviewer):
            self._problem(REVIEWER, "needs a name")
        day = self._day()
        result, observed = self._seen()
        if verdict is None or method is None or observed is None:
            return None
        if len(self.remarks.problems) > before:
            return None
        return Review(
            control=self.control.id,
            verdict=verdict,
            method=method,
            comment=comment,
            reviewer=reviewer,
            reviewed_on=day,
            observed=observed,
            result=result,
        )

    def _verdict(self) -> ReviewVerdict | None:
        verdict = word_of(self.row.cell(VERDICT), VERDICT_WORDS)
        if verdict is None:
            self._unknown(VERDICT, (*VERDICT_WORDS.values(), CLEAR))
        return verdict

    def _method(self, verdict: ReviewVerdict | None) -> Method | None:
        """Return the method; who agrees without naming one has examined the evidence shown."""
        method = word_of(self.row.cell(METHOD), METHOD_WORDS)
        if method is None and self.says(METHOD):
            self._unknown(METHOD, METHOD_WORDS.values())
        elif method is None and verdict is ReviewVerdict.AGREE:
            return Method.EXAMINE
        elif method is None:
            self._problem(METHOD, f"needs a method ({', '.join(METHOD_WORDS.values())})")
        return method

    def _text(self, heading: str, earlier: str) -> str:
        """Return a text; an untouched one is the earlier review's, before it was cut to fit."""
        if heading not in self.touched:
            return earlier
        text = self.says(heading)
        if len(text) > _LONGEST[heading]:
            self._problem(heading, f"is longer than {_LONGEST[heading]} characters")
        return text

    def _day(self) -> str:
        cell = self.row.cell(REVIEWED_ON)
        if cell is None or not shown(cell):
            if not self.given.reviewed_on:
                self._problem(REVIEWED_ON, "needs a date")
            return self.given.reviewed_on
        day = day_of(cell, from_1904=self.given.from_1904)
        if day is None:
            self._problem(REVIEWED_ON, f"says {short(shown(cell))}, which is no date YYYY-MM-DD")
        return day or ""

    def _seen(self) -> tuple[str, Verdict | None]:
        """Return the digest of the result that was reviewed, and its verdict.

        Who only mends the wording of an earlier review has not repeated it: that takes another
        verdict, method or day, as the sheet's own note on stale reviews has it.
        """
        if self.earlier and not self.touched & _REPEATED:
            return self.earlier.result, self.earlier.observed
        result = self._result()
        return result, self._observed(result)

    def _result(self) -> str:
        """Return the digest of the result that the auditor had in sight."""
        said = self.says(RESULT)
        if _DIGEST.fullmatch(said):
            return said
        if self.given.same_report:
            return result_digest(self.control)
        self._problem(
            RESULT, "lacks the hidden result digest; nobody can tell which result was reviewed"
        )
        return ""

    def _observed(self, result: str) -> Verdict | None:
        """Return the verdict that the auditor saw: today's, unless the result was another one."""
        if not result or result == result_digest(self.control):
            return self.control.verdict
        seen = word_of(self.row.cell(OBSERVED), _VERDICTS)
        if seen is None:
            self._problem(
                OBSERVED, f"says {short(self.says(OBSERVED))}, which is no verdict of the tool"
            )
        return seen

    def _unknown(self, heading: str, known: Iterable[str]) -> None:
        said = short(self.says(heading))
        self._problem(heading, f"says {said}; known are {', '.join(known)}")

    def _problem(self, heading: str, what: str) -> None:
        self.remarks.problems.append(f"{self.row.at(heading)} {what}")
