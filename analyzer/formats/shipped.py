"""Files that ship beside the package: in the wheel inside it, in a checkout next to it."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

COLLECTORS = ("api.py", "node.sh")
_BESIDE = (
    "INSTRUCTIONS.md",
    "PAPER-FORM.md",
    "kubernetes/api-collector.yaml",
    "kubernetes/collect.sh",
    "kubernetes/node-collector.yaml",
    "kubernetes/openshift.yaml",
    "kubernetes/reader-role.yaml",
    "sign.sh",
)
"""What goes to the customer with the collectors."""


def shipped_folder(name: str) -> Traversable:
    """Return a shipped folder (``schemas``, ``collectors``): the package's, else the checkout's."""
    packaged = files("analyzer").joinpath(name)
    if packaged.is_dir():
        return packaged
    return Path(str(files("analyzer"))).parent / name


def collector_files() -> Mapping[str, bytes]:
    """Return the collectors' bytes by file name."""
    folder = shipped_folder("collectors")
    return {name: folder.joinpath(name).read_bytes() for name in COLLECTORS}


def handed_out_files() -> Mapping[str, bytes]:
    """Return all that a customer gets, by name; folders are divided by ``/``."""
    folder = shipped_folder("collectors")
    names = sorted((*COLLECTORS, *_BESIDE))
    return {name: folder.joinpath(*name.split("/")).read_bytes() for name in names}
