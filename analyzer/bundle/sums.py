"""SHA256SUMS against the members: nothing changed, nothing missing, nothing extra."""

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType

from analyzer.bundle.archive import Archive
from analyzer.bundle.refusal import ADVICE_COPY, refuse, shown
from analyzer.bundle.signatures import is_signature

SUMS = "bundle/SHA256SUMS"
_LINE = re.compile(rb"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,93})")
_ADVICE = (
    "The bundle was changed after it was sealed, or sealed by something else than a collector. "
    + ADVICE_COPY
)


def check_sums(archive: Archive) -> Mapping[str, str]:
    """Check every member against SHA256SUMS.

    Returns:
        SHA-256 by member name, in archive order; of SHA256SUMS and the signatures too.

    Raises:
        BundleRefusedError: No sums, a member not listed, a listed member missing, or a
            difference.
    """
    if SUMS not in archive.members:
        raise refuse(archive.name, "SHA256SUMS is missing", ADVICE_COPY)
    listed = _parse(archive)
    actual = {name: hashlib.sha256(data).hexdigest() for name, data in archive.members.items()}
    for name, digest in listed.items():
        if name not in actual:
            raise refuse(archive.name, f"{name} is listed in SHA256SUMS but missing", _ADVICE)
        if actual[name] != digest:
            raise refuse(f"{archive.name}: {name}", "SHA-256 differs from SHA256SUMS", _ADVICE)
    for name in archive.members:
        if name not in listed and name != SUMS and not is_signature(name):
            raise refuse(archive.name, f"{name} is not listed in SHA256SUMS", _ADVICE)
    return MappingProxyType(actual)


def _parse(archive: Archive) -> dict[str, str]:
    where = f"{archive.name}: {SUMS}"
    data = archive.members[SUMS]
    if not data.endswith(b"\n"):
        raise refuse(where, "last line has no end", _ADVICE)
    listed: dict[str, str] = {}
    for number, line in enumerate(data[:-1].split(b"\n"), start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise refuse(where, f"line {number} is not a sum and a name", _ADVICE)
        name = "bundle/" + found[2].decode("ascii")
        if name in listed or name == SUMS or is_signature(name):
            raise refuse(where, f"line {number} must not list {shown(name)}", _ADVICE)
        listed[name] = found[1].decode("ascii")
    return listed
