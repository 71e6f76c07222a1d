"""Where a piece of evidence stands, and why it is not known: shared by node and API evidence."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from analyzer.bundle.manifest import MANIFEST
from analyzer.bundle.probes import INVALID, NOT_RUN, PLAN, PROBES
from analyzer.formats.process_text import host_text
from analyzer.model.bundle import Bundle, BundleKind, ProbeRecord
from analyzer.model.cause import NOT_ACCEPTED
from analyzer.model.evidence import Source, Unreadable
from analyzer.model.verdict import Reason

EXCERPT = 400
_UNAUTHORIZED = 401

_NODE_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "denied": Reason.NE_PERMISSION_DENIED,
        "loop": Reason.NE_COLLECTION_ERROR,
        "error": Reason.NE_COLLECTION_ERROR,
        "timeout": Reason.NE_TIMEOUT,
        "truncated": Reason.NE_TRUNCATED,
        "unsupported": Reason.NE_FILE_NOT_COLLECTED,
        "excluded": Reason.NE_FILE_NOT_COLLECTED,
        NOT_RUN: Reason.NE_NOT_RUN,
        INVALID: Reason.NE_SCHEMA_INVALID,
    }
)
_API_REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        **_NODE_REASONS,
        "denied": Reason.NE_API_FORBIDDEN,
        "unsupported": Reason.NE_API_KIND_MISSING,
        "excluded": Reason.NE_API_NOT_COLLECTED,
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "denied": "access was denied",
        "loop": "its links lead nowhere",
        "error": "collecting it failed",
        "timeout": "collecting it took too long",
        "truncated": "it was cut off",
        "unsupported": "it cannot be read this way",
        "excluded": "it was left out on purpose",
        NOT_RUN: "the collector stopped before it",
        INVALID: "its record does not fit",
    }
)


def source(bundle: Bundle, member: str, *, selector: str = "", excerpt: str = "") -> Source:
    """Name a place in a member of a bundle."""
    return Source(
        bundle_sha256=bundle.sha256,
        member=member,
        member_sha256=bundle.member_sha256[member],
        selector=selector,
        excerpt=excerpt[:EXCERPT],
    )


def manifest_source(bundle: Bundle, *, selector: str = "", excerpt: str = "") -> Source:
    """Name a place in the manifest."""
    return source(bundle, MANIFEST, selector=selector, excerpt=excerpt)


def record_source(
    bundle: Bundle, probe: ProbeRecord, *, pointer: str = "", excerpt: str = ""
) -> Source:
    """Name the record of a probe, or its plan line when it never ran."""
    member = PLAN if probe.status == NOT_RUN else PROBES
    selector = f"line {probe.line} {pointer}".rstrip()
    text = excerpt or f"{probe.probe} {target_of(bundle, probe)}: {probe.status}"
    return source(bundle, member, selector=selector, excerpt=text)


def blob_member(probe: ProbeRecord) -> str | None:
    """Return the member that holds a probe's content."""
    blob = probe.record.get("blob")
    return f"bundle/{blob}" if blob is not None else None


def stopped(bundle: Bundle) -> str:
    """Return why the run that made a bundle ended before its plan did; empty if it did not."""
    return text_of(bundle, bundle.manifest.get("stopped") or "")


def target_of(bundle: Bundle, probe: ProbeRecord) -> str:
    """Return what was asked for, as the host or the API writes it."""
    return text_of(bundle, probe.record["target"])


def text_of(bundle: Bundle, text: str) -> str:
    """Read a string of a record: byte text in node bundles, plain text in API bundles."""
    return host_text(text) if bundle.kind is BundleKind.NODE else text


def why_not(bundle: Bundle, probe: ProbeRecord, *, status: str | None = None) -> Unreadable:
    """Say why a probe gives no evidence.

    Args:
        bundle: The probe's bundle.
        probe: A probe whose status is neither ``ok`` nor ``absent``.
        status: Judge it as if it had this status.
    """
    word = status or probe.status
    reasons = _NODE_REASONS if bundle.kind is BundleKind.NODE else _API_REASONS
    detail = text_of(bundle, probe.record.get("detail") or "")
    unknown_caller = (probe.record.get("api") or {}).get("http_code") == _UNAUTHORIZED
    sentence = f"{target_of(bundle, probe)}: {NOT_ACCEPTED if unknown_caller else _WORDS[word]}"
    detail = "" if detail == NOT_ACCEPTED else detail
    return Unreadable(
        reason=reasons[word],
        detail=f"{sentence} ({detail})" if detail else sentence,
        source=record_source(bundle, probe),
    )


def lacking(bundle: Bundle, problem: Unreadable) -> Unreadable:
    """Say of records that are missing that the run stopped before them, where it did."""
    why = stopped(bundle)
    if not why:
        return problem
    detail = f"{problem.detail}; the collector stopped before its end ({why})"
    return replace(problem, reason=Reason.NE_NOT_RUN, detail=detail)


def misfit(bundle: Bundle, probe: ProbeRecord, what: str) -> Unreadable:
    """Say that a record or its content contradicts itself or the format, and is not believed."""
    return Unreadable(
        reason=Reason.NE_SCHEMA_INVALID,
        detail=f"{target_of(bundle, probe)}: {what}",
        source=record_source(bundle, probe),
    )
