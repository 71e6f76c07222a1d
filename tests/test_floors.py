"""Imports point strictly down: model, formats, the floor-2 rooms, pipeline and diff, cli.

What several modules of tests share stands in a module of its own: none imports from another.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "analyzer"
FLOOR = {
    "model": 0,
    "formats": 1,
    "bundle": 2,
    "catalogue": 2,
    "checks": 2,
    "responsibility": 2,
    "judgement": 2,
    "reports": 2,
    "pipeline": 3,
    "diff": 3,
    "cli": 4,
    "__main__": 5,
}
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
TESTS = sorted((ROOT.parent / "tests").rglob("*.py"))
STANDARD_ONLY = {"model"}
HOMES = {
    "typer": {"cli"},
    "rich": {"cli"},
    "yaml": {"formats"},
    "msgspec": {"formats", "catalogue", "reports"},
    "jsonschema": {"bundle", "catalogue", "responsibility", "judgement", "formats"},
    "pandas": {"reports"},
    "xlsxwriter": {"reports"},
    "jinja2": {"reports"},
    "defusedxml": {"judgement"},
    "openpyxl": set(),
    "cryptography": {"formats"},
}


def imports_of(path: Path) -> list[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            whole = module == "analyzer" or module.partition(".")[0] == "tests"
            names += [f"{module}.{a.name}" for a in node.names] if whole else [module]
    return names


def room_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "analyzer" or len(parts) == 1:
            continue
        target = parts[1]
        if target in ("__version__", room):
            continue
        assert FLOOR[target] < FLOOR[room], f"{path} ({room}) imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_third_party_packages_stay_at_home(path: Path) -> None:
    room = room_of(path)
    for name in imports_of(path):
        package = name.split(".")[0]
        if package in HOMES:
            assert room in HOMES[package], f"{path} imports {package}"
            assert room not in STANDARD_ONLY


def test_no_module_imports_from_the_tests_of_another() -> None:
    found = [(path, name) for path in TESTS for name in imports_of(path) if of_tests(name)]
    assert found == []


def of_tests(name: str) -> bool:
    return any(part.startswith("test_") for part in name.split("."))


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms <= set(FLOOR)
