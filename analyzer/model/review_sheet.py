"""The part of the Controls sheet that people fill in: its headings, words and hidden keys.

The workbook's writer and the reader of a filled-in one both go by these names.
"""

from analyzer.model.judgement import Method, ReviewVerdict

PROGRAM = "kube-evidence "
"""How the author of a workbook begins; a version follows."""

FORMAT = "workbook.v1"
"""Version of what is written here, kept in the hidden sheet."""

SHEET = "Controls"
META_SHEET = "_meta"
"""Very hidden; column A holds names, column B values."""
LISTS_SHEET = "_lists"

META_FORMAT = "format"
META_REPORT = "report_id"
META_CASE = "case"
META_BENCHMARK = "benchmark"
META_CLUSTER = "cluster"
META_REVIEWS = "reviews"
"""SHA-256 of the file whose reviews filled the block in advance; empty without one."""

NUMBER = "Recommendation #"
OBSERVED = "Verdict"
"""Headings of the tool's columns that a reader needs: the control, and what the tool found."""

VERDICT = "Auditor verdict"
METHOD = "Method"
COMMENT = "Comment"
REVIEWER = "Reviewer"
REVIEWED_ON = "Reviewed on"
BLOCK = (VERDICT, METHOD, COMMENT, REVIEWER, REVIEWED_ON)
"""Headings of the columns that belong to the auditor, in the order written."""

FINAL = "Final disposition"
"""A live formula right of the block."""

ROW_KEY = "Row key"
RESULT = "Result digest"
KEYS = (ROW_KEY, RESULT)
"""Hidden columns: ``cis-1.12/1.2.3``, and the result digest of what the row shows."""

VERDICT_WORDS = {
    ReviewVerdict.AGREE: "Agree",
    ReviewVerdict.PASS: "Pass",
    ReviewVerdict.FAIL: "Fail",
    ReviewVerdict.NOT_APPLICABLE: "Not applicable",
    ReviewVerdict.COMPENSATED: "Compensated",
    ReviewVerdict.NEED_MORE_EVIDENCE: "Need more evidence",
}
METHOD_WORDS = {
    Method.EXAMINE: "EXAMINE",
    Method.INTERVIEW: "INTERVIEW",
    Method.TEST: "TEST",
}
CLEAR = "(clear)"
"""Typed as a verdict: the review of an earlier round is to be forgotten."""


def row_key(benchmark: str, control: str) -> str:
    """Return the key of a control's row."""
    return f"{benchmark}/{control}"
