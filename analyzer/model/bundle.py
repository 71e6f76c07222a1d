"""A bundle that was opened and checked: bytes by member name, and what its manifest says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any


@unique
class BundleKind(StrEnum):
    """What a bundle's subject is."""

    NODE = "node"
    API = "api"
    IMPORT = "import"


@unique
class CollectorText(StrEnum):
    """How the program's text in a bundle compares with the one shipped with this analyzer."""

    AS_SHIPPED = "as shipped"
    DIFFERS = "differs"
    OTHER_VERSION = "other version"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRecord:
    """One planned probe with what became of it.

    Attributes:
        seq: Number in the plan, from 1.
        line: Line (from 1) of bundle/probes.ndjson, or of bundle/plan.ndjson when it never ran.
        probe: Id such as ``file/kubelet-config``.
        status: ``ok absent denied loop error timeout truncated unsupported excluded not_run``,
            or ``invalid`` when the record does not fit its schema.
        record: The decoded record (plan line when it never ran).
    """

    seq: int
    line: int
    probe: str
    status: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A verified bundle. Past this value nothing checks integrity again.

    Attributes:
        name: File name, without folders.
        sha256: SHA-256 of the archive as a file.
        fingerprint: SHA-256 of bundle/SHA256SUMS: the custody fingerprint.
        kind: Node or API.
        subject: Node name, or the cluster's UID.
        members: Bytes by member name (``bundle/...``), in archive order.
        member_sha256: Checked SHA-256 by member name.
        manifest: The decoded manifest.
        probes: Every planned probe, by seq.
        signatures: Names of detached signature members, sorted.
    """

    name: str
    sha256: str
    fingerprint: str
    kind: BundleKind
    subject: str
    members: Mapping[str, bytes]
    member_sha256: Mapping[str, str]
    manifest: Mapping[str, Any]
    probes: tuple[ProbeRecord, ...]
    signatures: tuple[str, ...]
