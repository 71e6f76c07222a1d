"""The kubelet's own answer (configz) beside what its arguments and files say."""

from dataclasses import replace

from analyzer.checks.judgement import Judgement, all_of, unique
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Looked, Query
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason, Verdict

DIFFER = "the kubelet's own answer and its file differ"


def own_answer(target: Target, query: Query) -> Looked | None:
    """Return what configz says of a setting; None when it says nothing beside a process."""
    if target.fallback is None or not query.key:
        return None
    found = target.fallback.look_up(query)
    return None if isinstance(found, Unreadable) else found


def compared(judged: Judgement, answered: Judgement, *, differ: bool) -> Judgement:
    """Judge by both: they agree and both are cited, or the worse one decides.

    A running kubelet goes on with what it read at its start, and a file shows what it will read
    at its next one; a setting is right only where both are. Where the target does not let the
    answer stand in for a file it can only fail.

    Args:
        judged: By arguments, files and defaults.
        answered: By configz.
        differ: Two values were found, and they are not the same.
    """
    if answered.verdict is Verdict.NO_EVIDENCE:
        return judged
    if judged.verdict is Verdict.NO_EVIDENCE:
        unseen = judged.reason is Reason.NE_FILE_NOT_COLLECTED
        return judged if unseen and answered.verdict is not Verdict.FAIL else answered
    if not differ and judged.verdict is answered.verdict:
        return replace(judged, sources=unique((*judged.sources, *answered.sources)))
    both = all_of((judged, answered))
    return replace(both, notes=(*both.notes, DIFFER))
