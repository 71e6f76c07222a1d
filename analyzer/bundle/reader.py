"""A path -> a checked Bundle, or a refusal. Past this room nothing re-checks integrity.

In this order, each step only on what the one before has accepted:

1. the archive: form, size and names (``archive``);
2. the format line and its version;
3. SHA256SUMS against every member;
4. the manifest against its schema, and the collector's text against its hash there;
5. plan, probe records and redactions, line by line, and the blobs they name;
6. the counts of the manifest against plan and records.
"""

from pathlib import Path

from analyzer.bundle.archive import Archive, read_archive
from analyzer.bundle.claims import check_collector, check_counts
from analyzer.bundle.limits import DEFAULT_LIMITS, Limits
from analyzer.bundle.manifest import check_format, read_manifest, subject_of
from analyzer.bundle.paths import bundle_paths
from analyzer.bundle.probes import check_redactions, read_probes
from analyzer.bundle.refusal import refuse
from analyzer.bundle.signatures import signature_members
from analyzer.bundle.sums import SUMS, check_sums
from analyzer.model.bundle import Bundle, BundleKind

_NO_IMPORTS = "Collect with our own collectors; bundles made by other tools cannot be read yet."


def read_bundle(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Read and check one bundle file.

    Raises:
        BundleRefusedError: It cannot be read or trusted; the message says where and what.
    """
    return check_archive(read_archive(path, limits=limits), limits=limits)


def read_bundles(paths: tuple[Path, ...], *, limits: Limits = DEFAULT_LIMITS) -> tuple[Bundle, ...]:
    """Read every bundle that the user named: files, and folders of them.

    The same archive named twice counts once.

    Raises:
        BundleRefusedError: One of them is refused, or a folder holds none.
    """
    found: dict[str, Bundle] = {}
    for path in bundle_paths(paths, limits=limits):
        bundle = read_bundle(path, limits=limits)
        found.setdefault(bundle.sha256, bundle)
    return tuple(found.values())


def check_archive(archive: Archive, *, limits: Limits = DEFAULT_LIMITS) -> Bundle:
    """Check the members of an archive against one another.

    Raises:
        BundleRefusedError: They do not make a whole bundle.
    """
    check_format(archive)
    digests = check_sums(archive)
    manifest = read_manifest(archive, limits=limits)
    kind = BundleKind(manifest["kind"])
    if kind is BundleKind.IMPORT:
        raise refuse(archive.name, "imported bundles are not supported", _NO_IMPORTS)
    check_collector(archive, manifest, digests)
    probes = read_probes(archive, digests, limits=limits)
    check_counts(archive, manifest, probes)
    check_redactions(archive, limits=limits)
    return Bundle(
        name=archive.name,
        sha256=archive.sha256,
        fingerprint=digests[SUMS],
        kind=kind,
        subject=subject_of(manifest, kind),
        members=archive.members,
        member_sha256=digests,
        manifest=manifest,
        probes=probes,
        signatures=signature_members(archive.members),
    )
