"""What another tool says about the same cluster: an assertion beside ours, never evidence."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Agreement(StrEnum):
    """Another tool's word beside our verdict."""

    DIFFERS = "differs"
    ONLY_THEIRS = "only-theirs"
    ONLY_OURS = "only-ours"
    AGREES = "agrees"
    NEITHER = "neither"
    NOT_COMPARABLE = "not-comparable"


AGREEMENT_MEANING = {
    Agreement.DIFFERS: "Both decided, and not alike.",
    Agreement.ONLY_THEIRS: "They decided, and we did not.",
    Agreement.ONLY_OURS: "We decided, and they did not.",
    Agreement.AGREES: "Both decided alike.",
    Agreement.NEITHER: "Neither decided.",
    Agreement.NOT_COMPARABLE: "They judged another benchmark, or a control that ours lacks.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """One line of another tool's result.

    Attributes:
        control: Their number; ours is the same where the two are comparable.
        role: The part of the cluster they name (``master``, ``node``); may be empty.
        word: Their verdict as written, ``PASS``.
        detail: Their reason or actual value, short; may be empty.
        agreement: Against this assessment's verdict on the control.
    """

    control: str
    role: str
    word: str
    detail: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdParty:
    """Another tool's whole result.

    Attributes:
        tool: ``kube-bench``.
        benchmark: The benchmark it names; empty when it names none.
        sha256: Of the file that was read.
        comparable: It judged this assessment's benchmark.
        why: One sentence: why it is, or is not.
        results: In the order of control numbers.
    """

    tool: str
    benchmark: str
    sha256: str
    comparable: bool
    why: str
    results: tuple[Asserted, ...]
