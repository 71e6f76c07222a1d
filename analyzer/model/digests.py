"""Digests by which a person's word is tied to what the tool showed when it was given."""

import hashlib
from collections.abc import Iterable

from analyzer.model.assessment import Assessment, BundleSummary, ControlResult, Finding
from analyzer.model.verdict import Verdict


def facts_digest(actual: str, expected: str, whole: Iterable[str] = ()) -> str:
    """Digest what was found and what should be, none of it cut: 16 hex digits.

    Args:
        actual: As the check wrote it.
        expected: As the check wrote it.
        whole: All of which ``actual`` shows only the first, as in ``Outcome``.
    """
    return _digest((actual, expected, *whole))[:16]


def result_digest(control: ControlResult) -> str:
    """Digest what the tool concluded on a control: 16 hex digits.

    Covers verdict, reason and, of every finding, subject, verdict, reason and facts: all that
    was found, also what its text only counts. Evidence ids, explanations, responsibility and
    people's additions are left out, so that a review does not go stale because a sentence was
    mended; another wording of what was found or is expected does make it stale.
    """
    parts = [control.verdict.value, control.reason.value]
    for f in control.findings:
        parts += [f.subject, f.verdict.value, f.reason.value, f.facts]
    return _digest(parts)[:16]


def failing_digest(failures: Iterable[tuple[str, Finding]]) -> str:
    """Digest failing findings: ``sha256:`` and 64 hex digits; empty for none.

    Covers of each its control, subject, verdict, reason and facts, as ``result_digest`` does.

    Args:
        failures: Control number and finding; the order does not matter.
    """
    lines = sorted(
        (control, f.subject, f.verdict.value, f.reason.value, f.facts) for control, f in failures
    )
    if not lines:
        return ""
    return "sha256:" + _digest(part for line in lines for part in line)


def failures_of(control: ControlResult) -> tuple[tuple[str, Finding], ...]:
    """Return a control's failing findings as ``failing_digest`` takes them."""
    return tuple((control.id, f) for f in control.findings if f.verdict is Verdict.FAIL)


def case_digest(assessment: Assessment) -> str:
    """Digest what was assessed: the benchmark and the bundles' hashes; 16 hex digits.

    Two runs over the same bundles are the same case, whatever the tool's version, profile or
    reading; a workbook of one may be read against the other.
    """
    return _case(assessment.benchmark_id, assessment.bundles)


def _case(benchmark: str, bundles: tuple[BundleSummary, ...]) -> str:
    return _digest([benchmark, *sorted(bundle.sha256 for bundle in bundles)])[:16]


def _digest(parts: Iterable[str]) -> str:
    """Hash texts so that no two lists of texts look alike: each is preceded by its length."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(f"{len(data)}:".encode())
        state.update(data)
    return state.hexdigest()
