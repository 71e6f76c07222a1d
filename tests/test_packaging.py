"""The wheel's package list is written by hand: it must name every folder that holds modules."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_package_list_is_complete() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "setuptools"
    ]
    beside = set(setup["package-dir"])
    inside = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "analyzer").rglob("*.py")
    }
    assert set(setup["packages"]) == inside | beside
    for folder in setup["package-dir"].values():
        assert (ROOT / folder).is_dir()
    assert setup["packages"] == sorted(setup["packages"])
