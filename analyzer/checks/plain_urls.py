"""Whether etcd and its clients speak TLS at all: certificates do nothing on a plain URL."""

from dataclasses import replace

from analyzer.checks.judgement import Judgement, no_evidence, unique
from analyzer.checks.settings_evidence import unreadable_key
from analyzer.checks.subjects import Target
from analyzer.formats.scalars import is_loopback
from analyzer.formats.settings import Query, Shape, Value
from analyzer.model.evidence import Source, Unreadable
from analyzer.model.verdict import Reason, Verdict

_SHOWN = 8
_PLAIN, _SOCKET = "http://", "unix://"
_WITH_TLS = ("https://", "unixs://")


def unless_plain_listener(judged: Judgement, target: Target, flag: str) -> Judgement:
    """Fail what passed where etcd listens without TLS; on this host beside TLS it is a note.

    etcd reads neither certificates nor the demand for a client's on a listener whose URL has no
    TLS. Its default would be such a one, but a URL can also be set by a variable that bundles of
    old do not hold, so that nothing being set proves nothing.

    Args:
        judged: What the settings alone say; the letter's answer.
        target: The etcd process.
        flag: Flag, and key of the file, that lists the URLs; empty for no such question.
    """
    found = target.config.look_up(Query(flag=flag, key=flag)) if flag else None
    if isinstance(found, Unreadable) and judged.verdict is Verdict.PASS:
        key = unreadable_key(found, target.config, "")
        return no_evidence(found, key, target.subject, sources=judged.sources)
    urls = _urls(found) if isinstance(found, Value) else ()
    plain = tuple(url for url in urls if url.lower().startswith((_PLAIN, _SOCKET)))
    open_ones = tuple(url for url in plain if not _on_this_host(url))
    if not plain or not isinstance(found, Value):
        return judged
    names = f"--{flag} names {_shown(open_ones or plain)}"
    if any(url.lower().startswith(_WITH_TLS) for url in urls) and not open_ones:
        note = f"plain HTTP: {names}, where no certificate is asked"
        return replace(judged, notes=(*judged.notes, note))
    why = f"{names}: etcd ignores its certificate settings there"
    return undone(judged, found.written, why, sources=(found.source,))


def unless_plain_server(judged: Judgement, target: Target) -> Judgement:
    """Fail what passed where the API server reaches an etcd by a URL without TLS."""
    found = target.config.look_up(Query(flag="etcd-servers", shape=Shape.LIST))
    if isinstance(found, Unreadable) and judged.verdict is Verdict.PASS:
        key = unreadable_key(found, target.config, "")
        return no_evidence(found, key, target.subject, sources=judged.sources)
    plain = (
        tuple(url for url in _urls(found) if url.lower().startswith(_PLAIN))
        if isinstance(found, Value)
        else ()
    )
    if not plain or not isinstance(found, Value):
        return judged
    names = f"--etcd-servers names {_shown(plain)}"
    why = f"{names}: certificates do nothing on a connection without TLS"
    return undone(judged, found.written, why, sources=(found.source,))


def undone(
    judged: Judgement,
    other: str,
    why: str,
    *,
    sources: tuple[Source, ...],
    reason: Reason = Reason.FAIL_EXPLICIT,
) -> Judgement:
    """Turn a pass into a failure because of another setting; the letter keeps its pass.

    Args:
        judged: What the rule's own setting says; anything but a pass stays as it is.
        other: The setting that undoes it, as it is written or by its default.
        why: One sentence without its full stop.
        sources: Where that setting stands, or was looked for.
        reason: Why it fails.
    """
    if judged.verdict is not Verdict.PASS:
        return judged
    return replace(
        judged,
        verdict=Verdict.FAIL,
        reason=reason,
        actual=f"{judged.actual}; {other}",
        why=f"{why}.",
        sources=unique((*sources, *judged.sources)),
        letter=judged.letter or Verdict.PASS,
        letter_why=judged.letter_why
        if judged.letter
        else f"the benchmark's text asks for {judged.actual} alone",
        letter_reason=judged.letter_reason if judged.letter else judged.reason,
    )


def _urls(value: Value) -> tuple[str, ...]:
    return tuple(url.strip() for url in value.text.split(","))


def _on_this_host(url: str) -> bool:
    if url.lower().startswith(_SOCKET):
        return True
    return is_loopback(url[len(_PLAIN) :].partition("/")[0])


def _shown(urls: tuple[str, ...]) -> str:
    return ", ".join(urls[:_SHOWN])
