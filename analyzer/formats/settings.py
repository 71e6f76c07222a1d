"""Settings as questions and answers: what a rule asks for, and what was found."""

from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.model.evidence import Source, Unreadable


@unique
class Shape(StrEnum):
    """How a setting is written, and so how repeats and layers combine."""

    SCALAR = "scalar"
    LIST = "list"
    GATE = "gate"


@unique
class Holds(StrEnum):
    """What a file has to hold for a setting; its component starts with nothing else."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    DURATION = "duration"


_ZEROS = {"false": Holds.BOOLEAN, "0": Holds.NUMBER, "0s": Holds.DURATION}


@unique
class Origin(StrEnum):
    """Where an effective value comes from."""

    FLAG = "flag"
    ENVIRONMENT = "environment variable"
    FILE = "configuration file"
    DROPIN = "drop-in file"
    CONFIGZ = "configz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One setting, under each name that it goes by.

    Attributes:
        flag: Flag without dashes; empty when there is none.
        key: Dotted key of the configuration file, ``authorizers[].type`` for a field of
            each list item; empty when there is none.
        file: Flag that names the file holding ``key``; empty for the component's usual one.
        shape: How it is written.
        gate: Name of the feature gate (shape GATE).
        gate_group: ``AllBeta`` or ``AllAlpha``: the group switch that covers the gate.
        zero: What an absent key of a configz answer means, which leaves zero values out;
            None means unset.
    """

    flag: str = ""
    key: str = ""
    file: str = ""
    shape: Shape = Shape.SCALAR
    gate: str = ""
    gate_group: str = ""
    zero: str | None = None

    @property
    def holds(self) -> Holds:
        """Return what a file has to hold, which the zero value tells."""
        if self.shape is Shape.GATE:
            return Holds.BOOLEAN
        return _ZEROS.get(self.zero or "", Holds.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A setting that is set.

    Attributes:
        text: The value; list members are joined with commas.
        items: List members, or the one value.
        origin: Where it comes from.
        source: The place in evidence.
        written: How it stands there: ``--profiling=false``.
    """

    text: str
    items: tuple[str, ...]
    origin: Origin
    source: Source
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unset:
    """Nothing sets it; every place that could was looked into.

    Attributes:
        looked: Those places.
        known_unset: True when the component itself says that it has no value.
        written: What stands there and means the default, as it stands; empty for nothing.
    """

    looked: tuple[Source, ...]
    known_unset: bool = False
    written: str = ""


Looked = Value | Unset | Unreadable
