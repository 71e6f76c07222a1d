"""What people added, as text: waivers with what became of them, and the auditor's reviews."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.judgement import WAIVER_STATE_MEANING, Scope, WaiverRecord, WaiverState
from analyzer.reports.markdown_register import auditor_word, control_link
from analyzer.reports.markdown_text import brief, plain, table
from analyzer.reports.story import review_story, waiver_story
from analyzer.reports.words import several

_SHOWN = 300
_NAMES = 6


def waivers(a: Assessment) -> Iterator[str]:
    """Yield every waiver of the file, whatever became of it; nothing without a file."""
    if not a.waivers:
        return
    yield "## Waivers"
    yield " ".join(plain(sentence) for sentence in waiver_story(a))
    yield table(
        ("waiver", "state, and why", "covers", "reason and justification", "valid, and people"),
        (_waiver(record) for record in a.waivers),
    )
    states = [s for s in WaiverState if any(r.state is s for r in a.waivers)]
    yield table(("state", "meaning"), ((s.value, WAIVER_STATE_MEANING[s]) for s in states))


def _waiver(record: WaiverRecord) -> tuple[str, ...]:
    w = record.waiver
    covers = several(record.matched, _NAMES) or f"nothing of {several(w.controls, _NAMES)}"
    people = [("owner", w.owner), ("approver", w.approver), ("ticket", w.ticket)]
    told = "".join(f"; {label} {text}" for label, text in people if text)
    return (
        plain(w.id),
        f"**{record.state.value}**: {brief(record.why, _SHOWN)}",
        plain(f"{covers}; findings: {record.findings}{_where(w.scope)}"),
        f"{w.reason.value}: {brief(w.justification, _SHOWN)}",
        plain(f"{w.valid_from} to {w.expires_on}{told}"),
    )


def _where(scope: Scope) -> str:
    parts = (("nodes", scope.nodes), ("namespaces", scope.namespaces), ("objects", scope.objects))
    return "".join(f"; {name} {several(told, _NAMES)}" for name, told in parts if told)


def reviews(a: Assessment) -> Iterator[str]:
    """Yield the auditor's verdict beside ours wherever there is one."""
    reviewed = tuple(control for control in a.controls if control.review)
    if not reviewed:
        return
    yield "## Reviews"
    yield " ".join(plain(sentence) for sentence in review_story(a))
    yield table(
        ("control", "observed", "auditor", "method", "comment", "by", "disposition"),
        (_review(control) for control in reviewed),
    )


def _review(c: ControlResult) -> tuple[str, ...]:
    if c.review is None:
        return ()
    said = c.review.review
    stale = f" Stale: {c.review.why}" if c.review.stale else ""
    return (
        control_link(c), c.verdict.value, auditor_word(c), said.method.value,
        brief(said.comment, _SHOWN) + plain(stale), plain(f"{said.reviewer}, {said.reviewed_on}"),
        c.disposition.value,
    )  # fmt: skip
