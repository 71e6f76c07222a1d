"""Programs beside Python that some tests need: LibreOffice, Chromium, pandoc."""

import os
import shutil

import pytest

_NAMES = {
    "soffice": ("soffice", "libreoffice"),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
}
ALL_TOOLS = "KUBE_EVIDENCE_ALL_TOOLS"
"""Set to 1 where every tool is promised, as CI does: a missing one is then a failure."""


def needed(name: str) -> str:
    """Return the path of a program; without it, skip, or fail where all tools are promised."""
    for candidate in _NAMES.get(name, (name,)):
        found = shutil.which(candidate)
        if found:
            return found
    said = f"{name} is not installed"
    if os.environ.get(ALL_TOOLS) == "1":
        pytest.fail(said)
    pytest.skip(said)
