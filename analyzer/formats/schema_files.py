"""Where our JSON Schemas are: in the installed package, or in a checkout."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE.parent / "schemas", _HERE.parent.parent / "schemas")


def load_schema(name: str) -> dict[str, Any]:
    """Read one of our schemas.

    Args:
        name: ``manifest.v1`` for schemas/manifest.v1.schema.json.

    Raises:
        FileNotFoundError: The installation lacks the schema: a defect of ours.
    """
    for folder in _PLACES:
        path = folder / f"{name}.schema.json"
        if path.is_file():
            schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return schema
    raise FileNotFoundError(f"schema {name} is not installed")
