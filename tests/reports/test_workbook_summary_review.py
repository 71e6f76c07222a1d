"""Summary of report.xlsx while an auditor fills in verdicts, and with reviews of before."""

from pathlib import Path
from typing import Any

from analyzer.model import review_sheet
from analyzer.model.assessment import Assessment
from analyzer.model.judgement import ReviewVerdict
from analyzer.reports import rendering_of
from analyzer.reports.workbook import write
from tests.reports.builder import build
from tests.reports.summary_sheet import block, check, recomputed, stored

_FOLLOWS = {
    "Pass": "compliant",
    "Fail": "non-compliant",
    "Not applicable": "not-applicable",
    "Compensated": "compensated",
    "Need more evidence": "pending-review",
}


def test_dispositions_and_reviews_follow_the_auditor(tmp_path: Path) -> None:
    a = build(texts=("plain", "text"), people=False)
    typed = {c.id: word for c, word in zip(a.controls, [*_FOLLOWS, "Agree"] * 3, strict=False)}

    def fill(book: Any) -> None:
        sheet = book["Controls"]
        heads = [cell.value for cell in sheet[1]]
        number, verdict = (heads.index(n) for n in ("Recommendation #", review_sheet.VERDICT))
        for row in sheet.iter_rows(min_row=2):
            if row[number].value in typed:
                row[verdict].value = typed[row[number].value]

    before = stored(write(a, rendering_of(a)))
    rows = recomputed(write(a, rendering_of(a)), tmp_path, fill)
    final = [_FOLLOWS.get(typed.get(c.id, ""), c.disposition.value) for c in a.controls]
    check(before, a)
    check(rows, a, {word: final.count(word) for word in final})
    reviews = {row[0]: row[2] for row in block(rows, "Auditor's review")[1:]}
    words = list(typed.values())
    assert reviews == {
        **{word: words.count(word) for word in review_sheet.VERDICT_WORDS.values()},
        "left to review": len(a.controls) - len(words),
    }


def test_reviews_that_are_stale_are_left_to_review(assessment: Assessment, tmp_path: Path) -> None:
    s = assessment.summary
    assert s.stale_reviews
    wanted = {
        **{review_sheet.VERDICT_WORDS[w]: s.by_review.get(w.value, 0) for w in ReviewVerdict},
        "left to review": len(assessment.controls) - sum(s.by_review.values()),
    }
    content = write(assessment, rendering_of(assessment))
    for rows in (stored(content), recomputed(content, tmp_path)):
        assert {row[0]: row[2] for row in block(rows, "Auditor's review")[1:]} == wanted
        check(rows, assessment)
