"""What the commands verify and inspect say of a bundle, as plain values to be printed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyzer.bundle.custody import Custody, custody_of
from analyzer.bundle.known import unknown_probes
from analyzer.bundle.leak_scan import LeakHit, scan_bundle
from analyzer.bundle.places import target_of, text_of
from analyzer.bundle.probes import INVALID, NOT_RUN, REDACTIONS
from analyzer.bundle.process_lines import process_lines
from analyzer.bundle.signatures import SignatureState, signature_method, signature_state
from analyzer.model.bundle import Bundle

STATUSES = (
    "ok",
    "absent",
    "denied",
    "loop",
    "error",
    "timeout",
    "truncated",
    "unsupported",
    "excluded",
    NOT_RUN,
    INVALID,
)
"""Every status a probe can have, in the order of a table's columns."""

_ANSWERED = frozenset({"ok", "absent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifySummary:
    """What checking one bundle came to; integrity held, or there would be no summary.

    Attributes:
        name, sha256, fingerprint, kind, subject: As of the bundle.
        custody: Who made it, with which program, and why the run ended early if it did.
        collected_at: UTC, ``YYYY-MM-DDThh:mm:ssZ``.
        complete: Every probe gave evidence.
        members: Number of members.
        size: Bytes of all members.
        planned: Probes of the plan.
        redactions: Values that the collector took out.
        signatures: Member and method of each detached signature.
        signature_state: ``unsigned`` or ``unverified``.
        leaks: What looks like a secret.
        notes: Sentences about what does not add up, without breaking integrity.
    """

    name: str
    sha256: str
    fingerprint: str
    kind: str
    subject: str
    custody: Custody
    collected_at: str
    complete: bool
    members: int
    size: int
    planned: int
    redactions: int
    signatures: tuple[tuple[str, str], ...]
    signature_state: SignatureState
    leaks: tuple[LeakHit, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPiece:
    """One probe that gave no evidence.

    Attributes:
        probe: Id, ``file/kubelet-config``.
        target: What was asked for.
        status: Why not, as a status.
        detail: The collector's words, may be empty.
    """

    probe: str
    target: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectSummary:
    """What one bundle holds.

    Attributes:
        name, kind, subject: As of the bundle.
        custody: Who made it, with which program, and why the run ended early if it did.
        collected_at: UTC, ``YYYY-MM-DDThh:mm:ssZ``.
        complete: Every probe gave evidence.
        counts: For each probe id, sorted, how many probes ended in which status (statuses
            in the order of STATUSES, zeros left out).
        totals: The same over all ids.
        processes: Each matched process of a node in one line.
        missing: Probes that gave no evidence, in the order of the plan.
    """

    name: str
    kind: str
    subject: str
    custody: Custody
    collected_at: str
    complete: bool
    counts: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    processes: tuple[str, ...]
    missing: tuple[MissingPiece, ...]


def verify_summary(bundle: Bundle) -> VerifySummary:
    """Sum up the checks of a bundle that was read, and scan it for secrets."""
    custody = custody_of(bundle)
    return VerifySummary(
        name=bundle.name,
        sha256=bundle.sha256,
        fingerprint=bundle.fingerprint,
        kind=bundle.kind.value,
        subject=bundle.subject,
        custody=custody,
        collected_at=bundle.manifest["time"]["finished"],
        complete=bundle.manifest["complete"],
        members=len(bundle.members),
        size=sum(map(len, bundle.members.values())),
        planned=len(bundle.probes),
        redactions=bundle.members[REDACTIONS].count(b"\n"),
        signatures=tuple((name, signature_method(name)) for name in bundle.signatures),
        signature_state=signature_state(bundle.signatures),
        leaks=scan_bundle(bundle),
        notes=_notes(bundle, custody),
    )


def inspect_summary(bundle: Bundle) -> InspectSummary:
    """Sum up what was collected, by probe id and status, and what is missing."""
    by_id: dict[str, Counter[str]] = {}
    for probe in bundle.probes:
        by_id.setdefault(probe.probe, Counter())[probe.status] += 1
    return InspectSummary(
        name=bundle.name,
        kind=bundle.kind.value,
        subject=bundle.subject,
        custody=custody_of(bundle),
        collected_at=bundle.manifest["time"]["finished"],
        complete=bundle.manifest["complete"],
        counts=MappingProxyType({name: _in_order(by_id[name]) for name in sorted(by_id)}),
        totals=_in_order(Counter(probe.status for probe in bundle.probes)),
        processes=process_lines(bundle),
        missing=tuple(
            MissingPiece(
                probe=probe.probe,
                target=target_of(bundle, probe),
                status=probe.status,
                detail=text_of(bundle, probe.record.get("detail") or ""),
            )
            for probe in bundle.probes
            if probe.status not in _ANSWERED
        ),
    )


def _in_order(counts: Counter[str]) -> Mapping[str, int]:
    return MappingProxyType({name: counts[name] for name in STATUSES if counts[name]})


def _without_components(bundle: Bundle) -> bool:
    """Tell whether a node's processes were looked through, and none was recorded."""
    ids = {probe.probe for probe in bundle.probes if probe.status != NOT_RUN}
    return "proc/scan" in ids and "proc/cmdline" not in ids


def _notes(bundle: Bundle, custody: Custody) -> tuple[str, ...]:
    statuses = Counter(probe.status for probe in bundle.probes)
    sayings = (
        (
            not bundle.manifest["complete"],
            "incomplete: some of the plan gave no evidence, or the run was cut short",
        ),
        (custody.stopped, f"the run stopped before its end: {custody.stopped}"),
        (_without_components(bundle), "no process of a Kubernetes component was found"),
        (statuses[NOT_RUN], f"{statuses[NOT_RUN]} planned probes have no record"),
        (statuses[INVALID], f"{statuses[INVALID]} records do not fit their schema"),
        (unknown_probes(bundle), f"unknown probe ids: {', '.join(unknown_probes(bundle))}"),
    )
    return tuple(sentence for applies, sentence in sayings if applies)
