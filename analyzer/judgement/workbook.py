"""A filled-in workbook into reviews: rows by hidden key, columns by heading, nothing by position.

What cannot be understood is refused with the addresses of all such cells; what was edited where
nobody is asked is pointed out and not taken over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.judgement.review_file import ReviewFile, control_order
from analyzer.judgement.workbook_archive import FILL_AGAIN
from analyzer.judgement.workbook_block import Decision, Given, Remarks, read_block
from analyzer.judgement.workbook_cells import Cell, CellKind
from analyzer.judgement.workbook_register import (
    HEAD_ROWS,
    Register,
    Row,
    find_register,
    read_meta,
)
from analyzer.judgement.workbook_remarks import odd_days, out_of_sight, twins
from analyzer.judgement.workbook_sheets import read_sheets
from analyzer.judgement.workbook_values import same, short, shown
from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.digests import case_digest, result_digest
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Review
from analyzer.model.review_sheet import (
    COMMENT,
    METHOD,
    NUMBER,
    REVIEWED_ON,
    REVIEWER,
    ROW_KEY,
    VERDICT,
    row_key,
)

_SAID_AT_ONCE = 20
_REPORT = re.compile("([0-9a-f]{16})?")
_MEND = "Mend these cells and run again; docs/reviewing.md says what each may hold."

Cells = Mapping[str, Mapping[str, str]]
"""Text by heading by control number, as the workbook's writer wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookReview:
    """What came out of a filled-in workbook.

    Attributes:
        file: Every review that holds now: new ones, and earlier ones that nobody touched.
        made: Controls whose review is new or changed, in order.
        kept: Controls whose earlier review stays as it was.
        cleared: Controls whose earlier review was taken back.
        stale: Controls whose review is of another result than the assessment's.
        warnings: One sentence each, at most twenty of a kind.
    """

    file: ReviewFile
    made: tuple[str, ...]
    kept: tuple[str, ...]
    cleared: tuple[str, ...]
    stale: tuple[str, ...]
    warnings: tuple[str, ...]


def read_workbook(
    content: bytes,
    assessment: Assessment,
    written: Cells,
    *,
    report_id: str,
    name: str = "report.xlsx",
    reviewer: str = "",
    reviewed_on: str = "",
) -> WorkbookReview:
    """Read what auditors filled in.

    Args:
        content: The workbook's bytes, from anybody.
        assessment: The run that it was written from, or another over the same bundles.
        written: Every cell as the writer fills it for this assessment, the block included.
        report_id: Of the assessment.
        name: What messages call the workbook.
        reviewer: Name for rows without one.
        reviewed_on: Date, ``YYYY-MM-DD``, for rows without one.

    Raises:
        UserFileError: Not such a workbook, of another case, or some cells make no sense; the
            message names all of them, up to twenty.
    """
    ours = (review_sheet.SHEET, review_sheet.META_SHEET)
    sheets = read_sheets(content, ours, name, head_rows=HEAD_ROWS)
    meta = read_meta(sheets.get(review_sheet.META_SHEET), name)
    _refuse_foreign(meta, assessment, name)
    if review_sheet.SHEET not in sheets:
        raise UserFileError(name, f"has no sheet {review_sheet.SHEET}", advice=FILL_AGAIN)
    needed = _needed(reviewer, reviewed_on)
    register = find_register(sheets[review_sheet.SHEET], needed, name)
    given = Given(
        reviewer=reviewer.strip(),
        reviewed_on=reviewed_on,
        from_1904=register.from_1904,
        same_report=meta.get(review_sheet.META_REPORT) == report_id,
    )
    remarks = Remarks()
    rows = _rows_by_control(register, assessment, remarks)
    decisions = {
        control.id: read_block(row, control, written.get(control.id, {}), given, remarks)
        for control in assessment.controls
        if (row := rows.get(control.id))
    }
    _refuse(remarks.problems, name)
    edited = _edited(rows, written, given, register)
    told = (
        _of_other_report(meta, report_id, given),
        *twins(sheets),
        *out_of_sight(decisions, rows, register),
        *_some([f"{joined} is joined; only its first row counts" for joined in register.joined]),
        *_some(remarks.warnings),
        *_some(odd_days(decisions, rows, assessment)),
        *_some(edited),
    )
    return _result(assessment, meta, decisions, tuple(one for one in told if one))


def _needed(reviewer: str, reviewed_on: str) -> tuple[str, ...]:
    by_option = {REVIEWER: reviewer, REVIEWED_ON: reviewed_on}
    rest = tuple(heading for heading, given in by_option.items() if not given)
    return (VERDICT, METHOD, COMMENT, *rest)


def _refuse_foreign(meta: Mapping[str, str], assessment: Assessment, name: str) -> None:
    if meta[review_sheet.META_CASE] == case_digest(assessment):
        _refuse_other_reviews(meta, assessment, name)
        return
    benchmark = meta.get(review_sheet.META_BENCHMARK, "")
    cluster, ours = meta.get(review_sheet.META_CLUSTER, ""), assessment.cluster.uid or ""
    if benchmark != assessment.benchmark_id:
        what = f"is of {benchmark}, and the assessment is of {assessment.benchmark_id}"
    elif cluster != ours:
        what = (
            f"is of cluster {cluster or '(unknown)'}, and the assessment of {ours or '(unknown)'}"
        )
    else:
        report = meta.get(review_sheet.META_REPORT, "")
        what = f"was made from other bundles than the assessment (its report id is {report})"
    raise UserFileError(
        name,
        what,
        advice="Name the assessment.json that was written with the workbook with --assessment; "
        "to carry reviews to newer evidence, give the reviews.yaml to analyze with --reviews.",
    )


def _refuse_other_reviews(meta: Mapping[str, str], assessment: Assessment, name: str) -> None:
    """Refuse a block that was filled in from reviews that the assessment does not hold.

    Nobody could tell then what the auditor wrote from what stood there before, and a stale
    review that nobody touched would pass for a new one.
    """
    if meta.get(review_sheet.META_REVIEWS) in ("", assessment.reviews_sha256):
        return
    raise UserFileError(
        name,
        "was filled in advance from other reviews than the assessment holds",
        advice="Name the assessment.json that was written with this workbook with --assessment; "
        "kube-evidence report ASSESSMENT --reviews FILE --format json writes it again.",
    )


def _rows_by_control(
    register: Register, assessment: Assessment, remarks: Remarks
) -> Mapping[str, Row]:
    """Find the row of each control; a control with two rows is a problem."""
    keyed = ROW_KEY in register.columns
    if not keyed:
        remarks.warnings.append(f"column {ROW_KEY} is gone; rows were found by {NUMBER}")
    elif NUMBER not in register.columns:
        remarks.warnings.append(f"column {NUMBER} is gone; rows were found by {ROW_KEY}")
    known = {
        row_key(assessment.benchmark_id, c.id) if keyed else c.id: c.id for c in assessment.controls
    }
    rows: dict[str, Row] = {}
    for row in register.rows:
        key = shown(row.cell(ROW_KEY if keyed else NUMBER))
        control = known.get(key)
        if control is None:
            _say_stray(row, key, remarks)
        elif control in rows:
            at = row.at(ROW_KEY if keyed else NUMBER)
            remarks.problems.append(
                f"{at}: a second row of {control}; the first is row {rows[control].number}"
            )
        else:
            rows[control] = row
            _say_torn(row, control, set(known.values()), remarks)
    _say_gone(assessment.controls, rows, remarks)
    return rows


def _say_stray(row: Row, key: str, remarks: Remarks) -> None:
    """Rows of the auditor's own are welcome; what they conclude belongs to no control."""
    if key:
        at = row.at(ROW_KEY if ROW_KEY in row.columns else NUMBER)
        remarks.problems.append(f"{at} says {short(key)}, which is no control of this assessment")
    elif shown(row.cell(VERDICT)):
        remarks.warnings.append(
            f"{row.at(VERDICT)}: the row belongs to no control, and is left out"
        )


def _say_torn(row: Row, control: str, known: set[str], remarks: Remarks) -> None:
    """Refuse a row whose visible number is not that of its hidden key.

    People conclude on the number that they see; the key may have been sorted apart, or planted.
    """
    if NUMBER not in row.columns:
        return
    cell = row.cell(NUMBER)
    number = shown(cell)
    said = short(number) if number else "nothing"
    if cell is not None and cell.formula:
        remarks.problems.append(f"{row.at(NUMBER)} holds a formula")
    elif number == control or (number not in known and _is_retyped(cell, control)):
        return
    else:
        remarks.problems.append(
            f"{row.at(NUMBER)} says {said}, but the row's hidden key says {control}: "
            "some columns were sorted without the others, or the number was edited"
        )


def _is_retyped(cell: Cell | None, control: str) -> bool:
    """Tell whether a two-part number was made one number, 5.1 of 5.10, on the way."""
    number = cell is not None and cell.kind is CellKind.NUMBER
    return number and same(cell, control, from_1904=False)


def _say_gone(
    controls: tuple[ControlResult, ...], rows: Mapping[str, Row], remarks: Remarks
) -> None:
    gone = [control.id for control in controls if control.id not in rows]
    if gone:
        more = f" and {len(gone) - _SAID_AT_ONCE} more" if len(gone) > _SAID_AT_ONCE else ""
        numbers = ", ".join(gone[:_SAID_AT_ONCE])
        remarks.warnings.append(f"no row of {numbers}{more}; an earlier review of it is kept")


def _refuse(problems: list[str], name: str) -> None:
    if problems:
        raise UserFileError(name, "; ".join(_some(problems)), advice=_MEND)


def _some(sentences: list[str]) -> list[str]:
    rest = len(sentences) - _SAID_AT_ONCE
    return sentences[:_SAID_AT_ONCE] + ([f"and {rest} more of this kind"] if rest > 0 else [])


def _of_other_report(meta: Mapping[str, str], report_id: str, given: Given) -> str:
    if given.same_report:
        return ""
    theirs = meta.get(review_sheet.META_REPORT, "")
    return (
        f"the workbook is of report {theirs}, the assessment of report {report_id} on the same "
        "bundles; whether the tool's columns were edited cannot be told"
    )


def _edited(rows: Mapping[str, Row], written: Cells, given: Given, register: Register) -> list[str]:
    """Find cells of the tool's own columns that say something else now."""
    if not given.same_report:
        return []
    found = []
    for control, row in sorted(rows.items(), key=lambda item: item[1].number):
        for heading, text in written.get(control, {}).items():
            if heading in review_sheet.BLOCK or heading not in register.columns:
                continue
            cell = row.cell(heading)
            if not same(cell, text, from_1904=given.from_1904):
                found.append(
                    f"{row.at(heading)} ({heading}) was edited from {short(text)} to "
                    f"{short(shown(cell))}; that has no effect"
                )
    return found


def _result(
    assessment: Assessment,
    meta: Mapping[str, str],
    decisions: Mapping[str, Decision],
    warnings: tuple[str, ...],
) -> WorkbookReview:
    reviews: dict[str, Review] = {}
    for control in assessment.controls:
        earlier = control.review.review if control.review else None
        decision = decisions.get(control.id, Decision(review=earlier))
        if decision.review is not None:
            reviews[control.id] = decision.review
    made = tuple(c for c, decision in decisions.items() if decision.made)
    now = {control.id: result_digest(control) for control in assessment.controls}
    report = meta.get(review_sheet.META_REPORT, "")
    return WorkbookReview(
        file=ReviewFile(
            benchmark=assessment.benchmark_id,
            cluster=assessment.cluster.uid or "",
            report=report if _REPORT.fullmatch(report) else "",
            reviews=tuple(reviews[number] for number in sorted(reviews, key=control_order)),
        ),
        made=made,
        kept=tuple(number for number in reviews if number not in made),
        cleared=tuple(c for c, decision in decisions.items() if decision.cleared),
        stale=tuple(n for n, review in reviews.items() if review.result != now[n]),
        warnings=warnings,
    )
