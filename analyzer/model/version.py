"""Kubernetes versions, compared by major and minor."""

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?!\d)")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A Kubernetes minor version; patch and vendor suffix play no part in any rule."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Return ``MAJOR.MINOR``."""
        return f"{self.major}.{self.minor}"


def parse_version(text: str) -> Version | None:
    """Read ``v1.36.2``, ``1.32``, ``v1.30.4+IKS``; anything else, other digits too, is None."""
    found = _PATTERN.match(text.strip())
    return Version(int(found[1]), int(found[2])) if found else None
