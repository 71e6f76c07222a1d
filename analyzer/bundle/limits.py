"""How much of a hostile archive is read before it is refused."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one bundle; everything is counted while it is read, no header is believed.

    Attributes:
        compressed_size: Bytes of the archive as a file.
        inflated_size: Bytes of the tar stream after decompression.
        ratio: Inflated bytes for one compressed byte, enforced beyond ``ratio_grace``.
        ratio_grace: Inflated bytes below which any ratio is accepted.
        members: Number of members.
        member_size: Bytes of one member.
        name_length: Bytes of a member's name.
        document_size: Bytes of one JSON document that is read whole (the manifest, a
            configz answer).
        line_length: Bytes of one line of an ``.ndjson`` member, the newline not counted.
        json_depth: Nested arrays and objects.
        probes: Lines of the plan, and lines of the probe records.
        bundles: Archives that one directory may hold.
    """

    compressed_size: int = 1 * GIB
    inflated_size: int = 2 * GIB
    ratio: int = 200
    ratio_grace: int = 10 * MIB
    members: int = 20_000
    member_size: int = 512 * MIB
    name_length: int = 100
    document_size: int = 8 * MIB
    line_length: int = 8 * MIB
    json_depth: int = 64
    probes: int = 200_000
    bundles: int = 10_000


DEFAULT_LIMITS = Limits()
