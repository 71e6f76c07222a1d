"""TLS cipher suite names, and the sets of them that benchmark versions allow."""

from collections.abc import Mapping
from types import MappingProxyType

_GCM_AND_CHACHA = tuple(
    f"TLS_ECDHE_{key}_WITH_{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")
)
_STATIC_RSA_GCM = ("TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384")
_TLS13 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
_CBC = tuple(
    f"TLS_ECDHE_{key}_WITH_AES_{bits}_CBC_SHA" for key in ("ECDSA", "RSA") for bits in (128, 256)
)
_OLD = (
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
)

CIPHER_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "C6": _GCM_AND_CHACHA,
        "C8": (*_GCM_AND_CHACHA, *_STATIC_RSA_GCM),
        "C11": (*_GCM_AND_CHACHA, *_TLS13),
        "C15": (*_GCM_AND_CHACHA, *_TLS13, *_CBC),
        "C21": (*_GCM_AND_CHACHA, *_TLS13, *_CBC, *_OLD, *_STATIC_RSA_GCM),
    }
)
"""Allowed suites by the name of the set; the number counts names, of which C11 to C21 have the
two spellings of each CHACHA20 suite."""

WEAK_MARKS = ("_CBC_", "3DES", "TLS_RSA_WITH_", "RC4")
"""Parts of names of suites that a set may allow and that are not strong all the same."""


def canonical(name: str) -> str:
    """Return the IANA name of a suite; Go also knows both CHACHA20 suites by a short name."""
    name = name.strip().upper()
    return f"{name}_SHA256" if name.endswith("CHACHA20_POLY1305") else name
