"""``kube-evidence verify`` and ``inspect``: what bundles are and hold; nothing is judged."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from analyzer.bundle.custody import Custody
from analyzer.bundle.signatures import check_commands
from analyzer.bundle.summaries import (
    InspectSummary,
    MissingPiece,
    VerifySummary,
    inspect_summary,
    verify_summary,
)
from analyzer.cli.console import say
from analyzer.cli.exits import Exit, printable
from analyzer.cli.opening import open_bundles
from analyzer.reports.bundle_lines import TEXT_MEANING, never_ran

_SHOWN_MISSING = 40


def run_verify(paths: tuple[Path, ...]) -> int:
    """Print what was checked of each bundle."""
    for bundle in open_bundles(paths):
        _print(_verify_lines(verify_summary(bundle)))
    return Exit.DONE


def run_inspect(paths: tuple[Path, ...]) -> int:
    """Print what each bundle holds, by status, and what is missing."""
    for bundle in open_bundles(paths):
        _print(_inspect_lines(inspect_summary(bundle)))
    return Exit.DONE


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        say(printable(line))
    say("")


def _verify_lines(summary: VerifySummary) -> Iterator[str]:
    yield f"{summary.name}: {summary.kind} bundle of {summary.subject}"
    yield f"  archive     sha256:{summary.sha256}"
    yield f"  custody     sha256:{summary.fingerprint}  (compare with the collector's print-out)"
    yield from _made_by(summary.custody, summary.collected_at)
    yield (
        f"  integrity   {summary.members} members, {summary.size} bytes: every hash matches, "
        "every document fits its schema"
        + ("" if summary.complete else "; the collection is INCOMPLETE")
    )
    methods = ", ".join(f"{name} ({method})" for name, method in summary.signatures)
    yield f"  signature   {summary.signature_state.value}{': ' + methods if methods else ''}"
    for member, method in summary.signatures:
        yield f"  to check {method}, with the signer's key that you have by another way:"
        for command in check_commands(summary.name, member):
            yield f"    {command}"
    yield f"  redactions  {summary.redactions}"
    if not summary.leaks:
        yield "  leak scan   nothing that looks like a secret"
    for hit in summary.leaks:
        yield f"  leak scan   LOOKS LIKE A SECRET: {hit.member} line {hit.line} ({hit.rule})"
    for note in summary.notes:
        yield f"  note        {note}"


def _inspect_lines(summary: InspectSummary) -> Iterator[str]:
    yield f"{summary.name}: {summary.kind} bundle of {summary.subject}"
    yield from _made_by(summary.custody, summary.collected_at)
    if summary.custody.stopped:
        yield f"  stopped     {summary.custody.stopped}: {never_ran(summary.totals)}"
    yield f"  {_counts(summary.totals)}" + ("" if summary.complete else "  INCOMPLETE")
    for probe, counts in summary.counts.items():
        yield f"  {probe:<44} {_counts(counts)}"
    yield from _processes(summary)
    if summary.missing:
        yield f"  gave no evidence ({len(summary.missing)}):"
    for piece in summary.missing[:_SHOWN_MISSING]:
        yield f"    {_missing(piece)}"
    if len(summary.missing) > _SHOWN_MISSING:
        yield f"    and {len(summary.missing) - _SHOWN_MISSING} more"


def _processes(summary: InspectSummary) -> Iterator[str]:
    if summary.processes:
        yield "  processes:"
    elif "proc/scan" in summary.counts:
        yield "  processes: none of a Kubernetes component"
    for line in summary.processes:
        yield f"    {line}"


def _made_by(custody: Custody, collected_at: str) -> Iterator[str]:
    """Yield who collected, when and with what; case and operator where they were noted."""
    yield f"  made by     {custody.collector} at {collected_at}"
    digest = f" (sha256:{custody.text_sha256})" if custody.text_sha256 else ""
    yield f"  collector   {TEXT_MEANING[custody.text]}{digest}"
    if custody.case_no:
        yield f"  case        {custody.case_no}"
    if custody.operator:
        yield f"  operator    {custody.operator}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counts.items())


def _missing(piece: MissingPiece) -> str:
    why = f" ({piece.detail})" if piece.detail else ""
    return f"{piece.status}: {piece.probe} {piece.target}{why}"
