"""From files with their offences to one finding a node."""

from collections.abc import Callable
from dataclasses import dataclass

from analyzer.checks.file_gather import FileGroup
from analyzer.checks.file_groups import FILE_SETS
from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.node import FileStat
from analyzer.model.verdict import Reason, Verdict

SHOWN = 8
"""Files that one sentence names before it only counts."""
CITED = 100
"""Files that one finding cites."""

Files = tuple[tuple[str, Evidence[FileStat]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule:
    """What a rule says of one file.

    Attributes:
        offence: What is wrong with a file; empty when nothing is.
        doubt: Why a file that looks right may not be; empty when there is no doubt.
        facts: What the report shows of it.
        picks: Whether the rule is about this path.
        what: The files in words, ``certificate files``.
    """

    offence: Callable[[FileStat], str]
    doubt: Callable[[FileStat], str]
    facts: Callable[[FileStat], str]
    picks: Callable[[str, FileStat | None], bool]
    what: str


def judge_group(group: FileGroup, name: str, rule: FileRule) -> Judgement:
    """Judge the files of one node: every one has to satisfy the rule."""
    key = f"file/{FILE_SETS[name].role}"
    if group.problem is not None:
        return _despite(group.problem, group, key, rule)
    if group.unused:
        return _unused(group)
    files = tuple((p, s) for p, s in group.files if rule.picks(p, _facts(s)))
    if not files:
        detail = f"node {group.node.name} has no {rule.what} among the files collected"
        problem = Unreadable(reason=Reason.NE_FILE_NOT_COLLECTED, detail=detail)
        return no_evidence(problem, key, group.subject)
    return _judge_files(files, group, key, rule)


def _despite(problem: Unreadable, group: FileGroup, key: str, rule: FileRule) -> Judgement:
    """Judge a set of which a part is not known: an offender is one all the same."""
    files = tuple((p, s) for p, s in group.files if rule.picks(p, _facts(s)))
    judged = _judge_files(files, group, key, rule) if files else None
    if judged is not None and judged.verdict is Verdict.FAIL:
        return judged
    return no_evidence(problem, key, group.subject, sources=group.looked)


def _judge_files(files: Files, group: FileGroup, key: str, rule: FileRule) -> Judgement:
    present = [(path, s) for path, s in files if isinstance(s, Present)]
    offences = [(p, s, rule.offence(s.value)) for p, s in present if rule.offence(s.value)]
    if offences:
        sources = tuple(stat.source for _, stat, _ in offences)
        said = [f"{path} {offence}" for path, _, offence in offences]
        return _verdict(Verdict.FAIL, group, sources, said, f"of {len(files)} files violate")
    unknown = next(((p, s) for p, s in files if not isinstance(s, Present)), None)
    if unknown is not None:
        return no_evidence(_missing(*unknown), key, group.subject)
    doubts = [(s, f"{p} {rule.doubt(s.value)}") for p, s in present if rule.doubt(s.value)]
    if doubts:
        sources = tuple(stat.source for stat, _ in doubts)
        return _verdict(
            Verdict.MANUAL,
            group,
            sources,
            [d for _, d in doubts],
            f"of {len(files)} files need a person",
        )
    sources = tuple(stat.source for _, stat in present)
    said = [f"{path} {rule.facts(stat.value)}" for path, stat in present]
    return _verdict(Verdict.PASS, group, sources, said, f"of {len(files)} files satisfy")


_SHOWN_PASSING = 3  # what passes is cited in full; naming a few says enough in a sentence

_REASONS = {
    Verdict.FAIL: Reason.FAIL_EXPLICIT,
    Verdict.MANUAL: Reason.RV_AMBIGUOUS,
    Verdict.PASS: Reason.PASS_EXPLICIT,
}


def _verdict(
    verdict: Verdict,
    group: FileGroup,
    sources: tuple[Source, ...],
    said: list[str],
    phrase: str,
) -> Judgement:
    limit = _SHOWN_PASSING if verdict is Verdict.PASS else SHOWN
    shown = "; ".join(said[:limit])
    more = f"; and {len(said) - limit} more" if len(said) > limit else ""
    rest = (f"all of them: {'; '.join(said)}",) if len(said) > limit else ()
    return Judgement(
        verdict=verdict,
        reason=_REASONS[verdict],
        actual=f"{shown}{more}",
        why=f"{shown}." if phrase.startswith("of 1 ") else f"{len(said)} {phrase}: {shown}{more}.",
        sources=sources[:CITED],
        notes=(*group.notes, *(note for note in rest if verdict is not Verdict.PASS)),
        whole=tuple(said),
    )


def _unused(group: FileGroup) -> Judgement:
    return Judgement(
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_FILE_NOT_USED,
        actual="no such file",
        why=f"{group.unused[:1].upper()}{group.unused[1:]}.",
        sources=group.looked,
        notes=group.notes,
    )


def _missing(path: str, stat: Evidence[FileStat]) -> Unreadable:
    """Say why a file that is in use is not known."""
    if isinstance(stat, Unreadable):
        return stat
    source = stat.source if isinstance(stat, Absent) else None
    return Unreadable(
        reason=Reason.NE_FILE_ABSENT_ON_HOST,
        detail=f"{path} is in use and was not found on the host",
        source=source,
    )


def _facts(stat: Evidence[FileStat]) -> FileStat | None:
    return stat.value if isinstance(stat, Present) else None
