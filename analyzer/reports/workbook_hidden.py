"""Hidden sheets: the words that the reviewer's block offers, and what the workbook is of."""

from xlsxwriter import Workbook

from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment
from analyzer.model.digests import case_digest
from analyzer.reports.workbook_cells import cell_text

VERDICT_LIST = "AuditorVerdicts"
METHOD_LIST = "AuditorMethods"
"""Defined names; a list written into the rule itself may have 255 letters only."""


def add_lists(book: Workbook) -> None:
    """Add the sheet of words to choose from, and name its ranges."""
    sheet = book.add_worksheet(review_sheet.LISTS_SHEET)
    verdicts = (*review_sheet.VERDICT_WORDS.values(), review_sheet.CLEAR)
    lists = ((VERDICT_LIST, verdicts), (METHOD_LIST, tuple(review_sheet.METHOD_WORDS.values())))
    for column, (name, words) in enumerate(lists):
        sheet.set_column(column, column, 20)
        for row, word in enumerate(words):
            sheet.write_string(row, column, word)
        letter = "AB"[column]
        last = len(words)
        book.define_name(name, f"='{review_sheet.LISTS_SHEET}'!${letter}$1:${letter}${last}")
    sheet.hide()


def add_meta(book: Workbook, assessment: Assessment, report_id: str) -> None:
    """Add what the reader of a filled-in workbook goes by; very hidden."""
    sheet = book.add_worksheet(review_sheet.META_SHEET)
    facts = {
        review_sheet.META_FORMAT: review_sheet.FORMAT,
        review_sheet.META_REPORT: report_id,
        review_sheet.META_CASE: case_digest(assessment),
        review_sheet.META_BENCHMARK: assessment.benchmark_id,
        review_sheet.META_CLUSTER: cell_text(assessment.cluster.uid or ""),
        review_sheet.META_REVIEWS: assessment.reviews_sha256,
    }
    sheet.set_column(0, 1, 24)
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()
