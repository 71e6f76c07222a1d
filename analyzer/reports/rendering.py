"""What a report is told beside the assessment itself."""

from dataclasses import dataclass
from enum import StrEnum, unique

LABEL = "Confidential"


@unique
class Paper(StrEnum):
    """Paper that a workbook is set up to print on."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One way to write an assessment down.

    Attributes:
        report_id: First 16 hex digits of SHA-256 over the canonical assessment.json.
        label: Who may see it, in the header of every printed page.
    """

    report_id: str
    paper: Paper = Paper.A4
    label: str = LABEL
