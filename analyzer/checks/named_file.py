"""A file that an API server's flag names: its path, and its content, or why it is not known."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Query, Value
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.verdict import Reason, Verdict

_NOT_LOOKED = (Reason.NE_FILE_NOT_COLLECTED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file whose content is at hand.

    Attributes:
        flag: Where the path stands.
        flag_text: How it stands there.
        text: Content.
        source: The blob that holds it.
    """

    path: str
    flag: Source
    flag_text: str
    text: str
    source: Source


def named_path(target: Target, query: Query, *, key: str, why_unset: str) -> Value | Judgement:
    """Return the path that a flag names, or the verdict that follows from its lack."""
    looked = target.config.look_up(query)
    if isinstance(looked, Unreadable):
        return no_evidence(looked, key, target.subject, sources=target.config.looked)
    if isinstance(looked, Value) and looked.text:
        return looked
    return Judgement(
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_ABSENT,
        actual=f"--{query.flag} unset",
        why=f"--{query.flag} is unset, {why_unset}.",
        sources=target.config.looked,
    )


def named_file(target: Target, flag: str, role: str, *, why_unset: str) -> NamedFile | Judgement:
    """Return the file that a flag names, or the verdict that follows from its lack.

    Not set is a failure, and so is a file that was looked for and is not there; a file that
    could not be read is no evidence.
    """
    key = f"process/{target.config.component}"
    path = named_path(target, Query(flag=flag), key=key, why_unset=why_unset)
    if isinstance(path, Judgement):
        return path
    content: Evidence[str] = (
        target.node.content(path.text)
        if target.node is not None
        else Unreadable(reason=Reason.NE_NODE_MISSING, detail="the node was not visited")
    )
    match content:
        case Present(value=text, source=source):
            return NamedFile(
                path=path.text,
                flag=path.source,
                flag_text=path.written,
                text=text,
                source=source,
            )
        case Absent(source=source):
            return Judgement(
                verdict=Verdict.FAIL,
                reason=Reason.FAIL_ABSENT,
                actual=f"{path.text} does not exist",
                why=f"{path.written} names a file that is not on the node.",
                sources=(path.source, source),
            )
        case Unreadable():
            return no_evidence(content, f"file/{role}", target.subject, sources=(path.source,))


def not_there(judged: Judgement, target: Target, value: Value, path: str) -> Judgement:
    """Turn a pass into a failure when the node has no file of that path, and note doubts.

    The collector looks at what such flags name; where it did not, the setting alone is judged.
    """
    found = target.node.stat(path) if target.node is not None else None
    match found:
        case Present(source=source):
            return replace(judged, sources=(*judged.sources, source))
        case Absent(source=source):
            return replace(
                judged,
                verdict=Verdict.FAIL,
                reason=Reason.FAIL_EXPLICIT,
                actual=f"{value.written}; {path} does not exist",
                why=f"{value.written} names a file that is not on the host.",
                sources=(*judged.sources, source),
            )
        case Unreadable(reason=reason, detail=detail) if reason not in _NOT_LOOKED:
            note = f"the file itself could not be looked at: {detail}"
            return replace(judged, notes=(*judged.notes, note))
        case _:
            return replace(judged, notes=(*judged.notes, "the file itself was not looked at"))


def broken_file(file: NamedFile, role: str, problem: str, subject: str) -> Judgement:
    """Say that a file does not hold what it should."""
    unreadable = Unreadable(
        reason=Reason.NE_SCHEMA_INVALID, detail=f"{file.path} {problem}", source=file.source
    )
    return no_evidence(unreadable, f"file/{role}", subject, sources=(file.flag,))
