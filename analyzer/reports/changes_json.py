"""changes.json: what changed between two assessments, for programs; schema changes.v1."""

from typing import Literal

import msgspec

from analyzer.model.changes import Changes
from analyzer.reports.document import ChangesSideDoc, ControlChangeDoc, Document

_ENCODER = msgspec.json.Encoder(order="sorted")


class ChangesFile(Document, frozen=True, kw_only=True):
    """The whole file: the changes of an assessment.json, with the name of the shape."""

    schema: Literal["changes.v1"]
    older: ChangesSideDoc
    newer: ChangesSideDoc
    limits: tuple[str, ...]
    counts: dict[str, int]
    rows: tuple[ControlChangeDoc, ...]


def write_changes_json(changes: Changes) -> bytes:
    """Return the document: sorted keys, UTF-8, one final newline."""
    document = ChangesFile(
        schema="changes.v1",
        older=_side(changes.older),
        newer=_side(changes.newer),
        limits=changes.limits,
        counts=dict(changes.counts),
        rows=msgspec.convert(changes.rows, tuple[ControlChangeDoc, ...], from_attributes=True),
    )
    return msgspec.json.format(_ENCODER.encode(document), indent=1) + b"\n"


def _side(side: object) -> ChangesSideDoc:
    return msgspec.convert(side, ChangesSideDoc, from_attributes=True)
